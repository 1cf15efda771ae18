#include "console/dialog.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"
#include "console/format.h"
#include "terminal/draw.h"

#include <stdlib.h>
#include <string.h>

struct dialog *dialog_push(struct console *console, const struct dialog_ops *ops,
                           const char *title, void *state)
{
    struct dialog *dialog = xcalloc(1, sizeof *dialog);
    *dialog = (struct dialog){ops, console, console->dialog, xstrdup(title), state};
    console->dialog = dialog;
    screen_dirty();
    return dialog;
}

void dialog_close(struct dialog *dialog)
{
    struct dialog **at = &dialog->console->dialog;
    while (*at && *at != dialog)
        at = &(*at)->below;
    if (*at)
        *at = dialog->below;
    if (dialog->ops->free)
        dialog->ops->free(dialog);
    free(dialog->title);
    free(dialog);
    screen_dirty();
}

void dialog_close_all(struct console *console)
{
    while (console->dialog) {
        if (console->dialog->ops->cancel)
            console->dialog->ops->cancel(console->dialog);
        else
            dialog_close(console->dialog);
    }
}

bool dialog_leaves(const struct key *key)
{
    return key->code == K_ESCAPE || key->code == K_F(12) || key->code == K_F(3);
}

void dialog_box(const struct dialog *dialog, int rows, int columns, unsigned style,
                struct area *inside)
{
    int most_rows = screen_rows() - 4, most_columns = screen_columns() - 6;
    if (rows > most_rows)
        rows = most_rows;
    if (columns > most_columns)
        columns = most_columns;
    inside->rows = rows;
    inside->columns = columns;
    inside->top = (screen_rows() - rows) / 2;
    inside->left = (screen_columns() - columns) / 2;
    draw_fill(inside->top - 1, inside->left - 2, rows + 2, columns + 4, STYLE_NORMAL);
    draw_box(inside->top - 1, inside->left - 2, rows + 2, columns + 4, style, dialog->title);
}

/* A text, wrapped; for messages and questions. */
struct text_state {
    char *text;
    unsigned style;
    bool question;
    int top, rows; /* first line shown, lines that fit */
    void (*answer)(void *data, bool yes);
    void *data;
};

/* Draws the wrapped lines from `from` on; returns their number. */
static int wrap(const char *text, int cells, int from, int rows, int top, int left, unsigned style,
                bool paint)
{
    struct buffer line = BUFFER_INIT;
    int count = 0;
    while (*text) {
        size_t length = strcspn(text, "\n"), at = 0;
        buffer_clear(&line);
        text_safe(&line, text, length);
        const char *safe = buffer_text(&line);
        do {
            size_t next = 0, bytes = text_wrap(safe + at, cells, &next);
            if (paint && count >= from && count < from + rows) {
                char *part = xstrndup(safe + at, bytes);
                draw_text(top + count - from, left, cells, style, part);
                free(part);
            }
            count++;
            at += next;
            if (!next)
                break;
        } while (safe[at]);
        text += length + (text[length] == '\n');
    }
    buffer_free(&line);
    return count;
}

int dialog_paragraph(const char *text, const struct area *area, unsigned style)
{
    return wrap(text, area->columns, 0, area->rows, area->top, area->left, style, true);
}

static int columns_for(const char *text)
{
    int widest = 44;
    while (*text) {
        size_t length = strcspn(text, "\n");
        char *line = xstrndup(text, length);
        struct buffer safe = BUFFER_INIT;
        text_safe(&safe, line, length);
        int width = text_width(buffer_text(&safe));
        widest = width > widest ? width : widest;
        buffer_free(&safe);
        free(line);
        text += length + (text[length] == '\n');
    }
    return widest < 68 ? widest : 68;
}

static void text_paint(struct dialog *dialog)
{
    struct text_state *state = dialog->state;
    int columns = columns_for(state->text), lines;
    struct area in;
    columns = columns < screen_columns() - 6 ? columns : screen_columns() - 6;
    lines = wrap(state->text, columns, 0, 0, 0, 0, 0, false);
    dialog_box(dialog, lines + 2, columns, state->question ? STYLE_WARNING : STYLE_BORDER, &in);
    state->rows = in.rows - 2;
    if (state->top > lines - state->rows)
        state->top = lines > state->rows ? lines - state->rows : 0;
    wrap(state->text, in.columns, state->top, state->rows, in.top, in.left, state->style, true);
    draw_text(in.top + in.rows - 1, in.left, in.columns, STYLE_KEY_LABEL,
              state->question ? _("y = yes   n or Esc = no") : _("Enter = close"));
    draw_cursor(in.top, in.left, state->question);
}

/* Scrolls; the end is found when it is painted. */
static bool text_moves(struct text_state *state, int code)
{
    int by = code == K_DOWN                          ? 1
             : code == K_UP                          ? -1
             : code == K_PAGE_DOWN || code == K_F(8) ? state->rows
             : code == K_PAGE_UP || code == K_F(7)   ? -state->rows
                                                     : 0;
    state->top = state->top + by > 0 ? state->top + by : 0;
    return by != 0;
}

static void text_key(struct dialog *dialog, const struct key *key)
{
    struct text_state *state = dialog->state;
    void (*answer)(void *data, bool yes) = state->answer;
    void *data = state->data;
    bool yes = state->question && (key->code == 'y' || key->code == 'Y');
    bool no = dialog_leaves(key) || key->code == 'n' || key->code == 'N';
    if (!state->question)
        no = no || key->code == K_ENTER || key->code == ' ' || key->code == 'q';
    if (!yes && !no && !text_moves(state, key->code))
        screen_bell();
    if (yes || no) {
        dialog_close(dialog);
        if (answer)
            answer(data, yes);
    }
    screen_dirty();
}

static void text_free(struct dialog *dialog)
{
    struct text_state *state = dialog->state;
    free(state->text);
    free(state);
}

static void text_cancel(struct dialog *dialog)
{
    struct text_state *state = dialog->state;
    void (*answer)(void *data, bool yes) = state->answer;
    void *data = state->data;
    dialog_close(dialog);
    if (answer)
        answer(data, false);
}

static const struct dialog_ops text_ops = {text_paint, text_key, text_free, text_cancel, NULL};

void dialog_row(struct page *page, const struct defined_columns *columns,
                const char *const *cells)
{
    struct buffer text = BUFFER_INIT;
    char cell[4096];
    for (int i = 0; i < columns->count; i++) {
        format_cell(columns, i, cells, console_now(page->console), NULL, cell, sizeof cell);
        if (!columns->items[i].hidden && *cell)
            buffer_format(&text, "%s%s: %s", text.length ? "\n" : "",
                          both_text(&columns->items[i].title), cell);
    }
    dialog_text(page->console, both_text(&page->definition->title), buffer_text(&text),
                STYLE_NORMAL);
    buffer_free(&text);
}

void dialog_text(struct console *console, const char *title, const char *text, unsigned style)
{
    struct text_state *state = xcalloc(1, sizeof *state);
    state->text = xstrdup(text);
    state->style = style;
    dialog_push(console, &text_ops, title, state);
}

void dialog_confirm(struct console *console, const char *title, const char *text,
                    void (*answer)(void *data, bool yes), void *data)
{
    struct text_state *state = xcalloc(1, sizeof *state);
    state->text = xstrdup(text);
    state->question = true;
    state->answer = answer;
    state->data = data;
    dialog_push(console, &text_ops, title, state);
}
