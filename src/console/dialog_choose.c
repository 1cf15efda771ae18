#include "console/dialog.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"
#include "terminal/draw.h"
#include "terminal/edit.h"

#include <stdlib.h>
#include <string.h>

enum { HELP_ROWS = 4 }; /* for the text below the list */

struct choose {
    struct dialog_items items;
    struct edit filter;
    int at;  /* among those shown */
    int top; /* first shown line */
    char *legend;
    void (*chosen)(void *data, int tag);
    bool (*keys)(void *data, const struct key *key, int tag);
    void (*typed)(void *data,
                  const char *text); /* searches; NULL: what is typed narrows the items */
    bool (*asking)(void *data);      /* whether other items are on their way */
    void *data;
};

static char *copy(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

void dialog_item_add(struct dialog_items *items, int tag, const char *text, const char *note,
                     const char *refusal, const char *help)
{
    ARRAY_RESERVE(items->items, items->count, items->capacity);
    items->items[items->count++] =
        (struct dialog_item){xstrdup(text), copy(note), copy(refusal), copy(help), tag};
}

static void items_free(struct dialog_items *items)
{
    for (int i = 0; i < items->count; i++) {
        free(items->items[i].text);
        free(items->items[i].note);
        free(items->items[i].refusal);
        free(items->items[i].help);
    }
    free(items->items);
    *items = (struct dialog_items){NULL, 0, 0};
}

static bool shows(const struct choose *choose, const struct dialog_item *item)
{
    const char *filter = edit_text(&choose->filter);
    return choose->typed || !*filter || strcasestr(item->text, filter) ||
           (item->note && strcasestr(item->note, filter)) ||
           (item->help && strcasestr(item->help, filter));
}

/* The n-th item that the filter lets through, NULL when there is none. */
static struct dialog_item *shown(const struct choose *choose, int nth)
{
    for (int i = 0; i < choose->items.count; i++)
        if (shows(choose, &choose->items.items[i]) && nth-- == 0)
            return &choose->items.items[i];
    return NULL;
}

static int shown_count(const struct choose *choose)
{
    int count = 0;
    for (int i = 0; i < choose->items.count; i++)
        count += shows(choose, &choose->items.items[i]);
    return count;
}

static int width_of(const char *text)
{
    struct buffer safe = BUFFER_INIT;
    if (text)
        text_safe(&safe, text, strlen(text));
    int width = text_width(buffer_text(&safe));
    buffer_free(&safe);
    return width;
}

static void measure(const struct choose *choose, int *text, int *note)
{
    *text = 20;
    *note = 0;
    for (int i = 0; i < choose->items.count; i++) {
        int width = width_of(choose->items.items[i].text);
        *text = width > *text ? width : *text;
        width = width_of(choose->items.items[i].note);
        *note = width > *note ? width : *note;
    }
    *note = *note < 40 ? *note : 40;
    *text = *text < 60 ? *text : 60;
}

static void paint_item(const struct dialog_item *item, int row, const struct area *in, int note,
                       bool selected)
{
    unsigned style = item->refusal ? STYLE_DISABLED : STYLE_NORMAL;
    if (selected)
        style = STYLE_SELECTED;
    draw_text(row, in->left, in->columns - note - 2, style, item->text);
    draw_text(row, in->left + in->columns - note - 2, 2, style, "");
    draw_text(row, in->left + in->columns - note, note, selected ? style : STYLE_KEY,
              item->note ? item->note : "");
    if (selected)
        draw_cursor(row, in->left, false);
}

/* The end of what was typed, as much as fits. */
static void paint_filter(const char *filter, int row, const struct area *in)
{
    int used = draw_word(row, in->left, STYLE_LABEL, _("Search: "));
    while (*filter && used + width_of(filter) >= in->columns)
        filter += edit_next(filter, strlen(filter), 0);
    used += draw_word(row, in->left + used, STYLE_FOCUS, filter);
    draw_cursor(row, in->left + used, true);
}

/* What stands below the list while the cursor is on this item. */
static const char *below(const struct dialog_item *item)
{
    return item->refusal ? item->refusal : item->help ? item->help : "";
}

/* Lines for the longest of these texts. */
static int help_rows(const struct choose *choose, int columns)
{
    struct area none = {0, 0, 0, screen_columns() - 6};
    int most = 1;
    none.columns = columns < none.columns ? columns : none.columns;
    for (int i = 0; i < choose->items.count && most < HELP_ROWS; i++) {
        int lines = dialog_paragraph(below(&choose->items.items[i]), &none, STYLE_MUTED);
        most = lines > most ? lines : most;
    }
    return most < HELP_ROWS ? most : HELP_ROWS;
}

/* Height for the whole list, so that the box stands still while it is narrowed. */
static void paint(struct dialog *dialog)
{
    struct choose *choose = dialog->state;
    const struct dialog_item *item = shown(choose, choose->at);
    const char *filter = edit_text(&choose->filter);
    struct area in;
    int text, note, lines, told;
    measure(choose, &text, &note);
    text = text + note + 2 < 56 ? 56 - note - 2 : text;
    told = help_rows(choose, text + note + 2);
    dialog_box(dialog,
               (choose->typed && choose->items.count < 8 ? 8 : choose->items.count) + 2 + told,
               text + note + 2, STYLE_BORDER, &in);
    while (told > 1 && in.rows - 2 - told < 3)
        told--;
    lines = in.rows - 2 - told;
    if (choose->at < choose->top)
        choose->top = choose->at;
    if (choose->at >= choose->top + lines)
        choose->top = choose->at - lines + 1;
    for (int i = 0; i < lines && shown(choose, choose->top + i); i++)
        paint_item(shown(choose, choose->top + i), in.top + i, &in, note,
                   choose->top + i == choose->at);
    if (!item)
        draw_text(in.top, in.left, in.columns, STYLE_MUTED,
                  choose->items.count || *filter ? _("Nothing has this text.")
                  : choose->typed                ? _("Type what you look for.")
                                                 : _("There is nothing to choose from."));
    if (item)
        dialog_paragraph(below(item), &(struct area){in.top + lines + 1, in.left, told, in.columns},
                         item->refusal ? STYLE_WARNING : STYLE_MUTED);
    if (*filter || choose->typed) {
        paint_filter(filter, in.top + in.rows - 1, &in);
    } else {
        draw_text(in.top + in.rows - 1, in.left, in.columns, STYLE_KEY_LABEL,
                  choose->legend ? choose->legend
                                 : _("Enter = choose   Esc = cancel   type to search"));
    }
}

static void finish(struct dialog *dialog, int tag)
{
    struct choose *choose = dialog->state;
    void (*chosen)(void *data, int tag) = choose->chosen;
    void *data = choose->data;
    dialog_close(dialog);
    if (chosen)
        chosen(data, tag);
}

static void move(struct choose *choose, int by)
{
    int count = shown_count(choose);
    choose->at += by;
    if (choose->at >= count)
        choose->at = count - 1;
    if (choose->at < 0)
        choose->at = 0;
}

static void enter(struct dialog *dialog)
{
    struct choose *choose = dialog->state;
    const struct dialog_item *item = shown(choose, choose->at);
    if (!item || item->refusal || !*item->text)
        screen_bell();
    else
        finish(dialog, item->tag);
}

static bool moves(struct choose *choose, int code)
{
    switch (code) {
    case K_UP:
        move(choose, -1);
        return true;
    case K_DOWN:
        move(choose, 1);
        return true;
    case K_PAGE_UP:
    case K_F(7):
        move(choose, -10);
        return true;
    case K_PAGE_DOWN:
    case K_F(8):
        move(choose, 10);
        return true;
    case K_HOME:
        move(choose, -choose->items.count);
        return true;
    case K_END:
        move(choose, choose->items.count);
        return true;
    default:
        return false;
    }
}

static void type(struct choose *choose, const struct key *key)
{
    enum edit_result result = edit_key(&choose->filter, key);
    if (result == EDIT_IGNORED)
        screen_bell();
    if (result == EDIT_CHANGED && choose->typed)
        choose->typed(choose->data, edit_text(&choose->filter));
    choose->at = 0;
}

static void press(struct dialog *dialog, const struct key *key)
{
    struct choose *choose = dialog->state;
    const struct dialog_item *item = shown(choose, choose->at);
    screen_dirty();
    if (key->code == K_ESCAPE && *edit_text(&choose->filter) && !choose->typed) {
        edit_set(&choose->filter, "");
        choose->at = 0;
    } else if (dialog_leaves(key)) {
        finish(dialog, -1);
    } else if (key->code == K_ENTER) {
        enter(dialog);
    } else if (choose->keys && item && choose->keys(choose->data, key, item->tag)) {
        return;
    } else if (!moves(choose, key->code)) {
        type(choose, key);
    }
}

static void choose_free(struct dialog *dialog)
{
    struct choose *choose = dialog->state;
    items_free(&choose->items);
    edit_free(&choose->filter);
    free(choose->legend);
    free(choose);
}

static void cancel(struct dialog *dialog)
{
    finish(dialog, -1);
}

/* What is typed goes into the search at once; what chooses waits for what it finds. */
static bool waits(struct dialog *dialog, const struct key *key)
{
    struct choose *choose = dialog->state;
    bool text = key_is_text(key->code) || key->code == K_BACKSPACE || key->code == K_PASTE;
    return choose->asking && !text && choose->asking(choose->data);
}

static const struct dialog_ops choose_ops = {paint, press, choose_free, cancel, waits};

struct dialog *dialog_choose(struct console *console, const char *title, struct dialog_items *items,
                             void (*chosen)(void *data, int tag), void *data)
{
    struct choose *choose = xcalloc(1, sizeof *choose);
    choose->items = *items;
    choose->chosen = chosen;
    choose->data = data;
    choose->filter = (struct edit)EDIT_INIT;
    *items = (struct dialog_items){NULL, 0, 0};
    return dialog_push(console, &choose_ops, title, choose);
}

void dialog_choose_keys(struct dialog *dialog, const char *legend,
                        bool (*keys)(void *data, const struct key *key, int tag))
{
    struct choose *choose = dialog->state;
    free(choose->legend);
    choose->legend = xstrdup(legend);
    choose->keys = keys;
}

void dialog_choose_search(struct dialog *dialog, const char *text,
                          void (*typed)(void *data, const char *text), bool (*asking)(void *data))
{
    struct choose *choose = dialog->state;
    edit_set(&choose->filter, text);
    choose->typed = typed;
    choose->asking = asking;
}

void dialog_choose_replace(struct dialog *dialog, struct dialog_items *items)
{
    struct choose *choose = dialog->state;
    items_free(&choose->items);
    choose->items = *items;
    *items = (struct dialog_items){NULL, 0, 0};
    move(choose, 0);
    screen_dirty();
}

void dialog_choose_select(struct dialog *dialog, int tag)
{
    struct choose *choose = dialog->state;
    for (int i = 0; shown(choose, i); i++)
        if (shown(choose, i)->tag == tag)
            choose->at = i;
    screen_dirty();
}
