#include "console/conflict.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/dialog.h"
#include "terminal/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `field` -1: the form has no such field. choose: both changed it. */
struct row {
    char *label, *before, *now, *mine, *value, *who;
    int field;
    bool choose, theirs;
};

struct conflict {
    struct page *page;
    struct entry *entry;
    const struct values *loaded;
    struct row *rows;
    int count, capacity, cursor, top;
    void (*done)(struct page *page, bool go_on);
};

struct conflict *conflict_new(struct page *page, struct entry *entry, const struct values *loaded)
{
    struct conflict *conflict = xcalloc(1, sizeof *conflict);
    conflict->page = page;
    conflict->entry = entry;
    conflict->loaded = loaded;
    return conflict;
}

static void conflict_free(struct conflict *conflict)
{
    for (int i = 0; i < conflict->count; i++) {
        struct row *row = &conflict->rows[i];
        free(row->label);
        free(row->before);
        free(row->now);
        free(row->mine);
        free(row->value);
        free(row->who);
    }
    free(conflict->rows);
    free(conflict);
}

/* The value as the form names it. */
static char *named(const struct defined_field *field, const char *value)
{
    const struct named_value *found =
        named_value_find(field->values, field->value_count, value ? value : "");
    return xstrdup(found && found->title.en ? both_text(&found->title) : value ? value : "");
}

static char *shown(const struct defined_field *field, const char *text, const char *value)
{
    if (field)
        return named(field, text ? text : value);
    return xstrdup(text ? text : value ? value : "");
}

void conflict_add(struct conflict *conflict, const char *field, const char *label,
                  const char *before, const char *now, const char *value, const char *who)
{
    struct form *form = entry_form(conflict->entry);
    const struct fields *fields = &conflict->page->definition->fields;
    int at = *field ? form_find(form, field) : -1;
    const struct defined_field *defined = at >= 0 ? &fields->items[at] : NULL;
    ARRAY_RESERVE(conflict->rows, conflict->count, conflict->capacity);
    struct row *row = &conflict->rows[conflict->count++];
    *row = (struct row){.label = xstrdup(label), .field = at, .theirs = true};
    row->before = shown(defined, before, values_get(conflict->loaded, field));
    row->now = shown(defined, now, value);
    row->value = value ? xstrdup(value) : NULL;
    row->who = xstrdup(who ? who : "");
    row->mine = xstrdup("");
    if (!defined || defined->type == FIELD_SHOW) {
        row->field = -1;
        return;
    }
    const char *mine = entry_value(conflict->entry, field);
    const char *first = values_get(conflict->loaded, field);
    free(row->mine);
    row->mine = named(defined, mine);
    row->choose = strcmp(mine ? mine : "", first ? first : "") != 0 &&
                  strcmp(mine ? mine : "", value ? value : "") != 0;
    row->theirs = !row->choose;
}

/* Cells of the columns in a box of so many; labels and who keep theirs, values share the rest. */
struct widths {
    int label, value, take;
};

static struct widths widths_of(int columns)
{
    struct widths widths = {12, 0, 8};
    widths.value = (columns - widths.label - widths.take - 4) / 3;
    return widths;
}

static void paint_cells(int row, int left, const struct widths *widths, unsigned style,
                        const char *const cells[5])
{
    int wide[] = {widths->label, widths->value, widths->value, widths->value, widths->take};
    for (int i = 0; i < 5; i++) {
        draw_text(row, left, wide[i], style, cells[i]);
        left += wide[i] + 1;
    }
}

/* A step of the other without fields of ours: who, what, the words. */
static void paint_step(int at, const struct area *in, const struct row *row, unsigned style)
{
    struct buffer text = BUFFER_INIT;
    buffer_format(&text, "%s%s%s%s%s", row->label, *row->who ? "  " : "", row->who,
                  *row->now ? ": " : "", row->now);
    draw_text(at, in->left, in->columns, style, buffer_text(&text));
    buffer_free(&text);
}

static void paint_row(const struct conflict *conflict, int nth, int at, const struct area *in)
{
    const struct row *row = &conflict->rows[nth];
    struct widths widths = widths_of(in->columns);
    unsigned style = nth == conflict->cursor ? STYLE_SELECTED
                     : row->choose           ? STYLE_WARNING
                                             : STYLE_NORMAL;
    const char *take = row->field < 0 ? "" : row->theirs ? _("theirs") : _("yours");
    const char *cells[] = {row->label, row->before, row->now, row->mine, take};
    if (*row->before || *row->mine || row->field >= 0)
        paint_cells(at, in->left, &widths, style, cells);
    else
        paint_step(at, in, row, style);
}

enum { HEAD = 4, FOOT = 3 };

static void paint(struct dialog *dialog)
{
    struct conflict *conflict = dialog->state;
    struct area in;
    int columns = screen_columns() - 6 < 100 ? screen_columns() - 6 : 100;
    dialog_box(dialog, conflict->count + HEAD + FOOT, columns, STYLE_WARNING, &in);
    struct widths widths = widths_of(in.columns);
    const char *heads[] = {"", _("Before"), _("Theirs"), _("Yours"), _("Taken")};
    int lines = in.rows - HEAD - FOOT;
    draw_text(in.top, in.left, in.columns, STYLE_MESSAGE,
              _("Somebody else changed this since you opened it. What you wrote is kept."));
    paint_cells(in.top + 2, in.left, &widths, STYLE_HEADING, heads);
    if (conflict->cursor < conflict->top)
        conflict->top = conflict->cursor;
    if (conflict->cursor >= conflict->top + lines)
        conflict->top = conflict->cursor - lines + 1;
    for (int i = 0; i < lines && conflict->top + i < conflict->count; i++)
        paint_row(conflict, conflict->top + i, in.top + HEAD - 1 + i, &in);
    const struct row *row = &conflict->rows[conflict->cursor];
    draw_text(in.top + in.rows - 2, in.left, in.columns, STYLE_MUTED, row->who);
    draw_text(in.top + in.rows - 1, in.left, in.columns, STYLE_KEY_LABEL,
              _("Space = yours or theirs   Enter = go on   Esc = leave it as it is"));
    draw_cursor(in.top + HEAD - 1 + conflict->cursor - conflict->top, in.left, true);
}

static void finish(struct dialog *dialog, bool go_on)
{
    struct conflict *conflict = dialog->state;
    struct form *form = entry_form(conflict->entry);
    for (int i = 0; go_on && i < conflict->count; i++)
        if (conflict->rows[i].field >= 0 && conflict->rows[i].theirs)
            form_type(form, conflict->rows[i].field, conflict->rows[i].value);
    void (*done)(struct page *page, bool go_on) = conflict->done;
    struct page *page = conflict->page;
    dialog_close(dialog);
    done(page, go_on);
}

static void press(struct dialog *dialog, const struct key *key)
{
    struct conflict *conflict = dialog->state;
    struct row *row = &conflict->rows[conflict->cursor];
    if (dialog_leaves(key))
        finish(dialog, false);
    else if (key->code == K_ENTER)
        finish(dialog, true);
    else if (key->code == ' ' && row->choose)
        row->theirs = !row->theirs;
    else if (key->code == K_UP && conflict->cursor > 0)
        conflict->cursor--;
    else if (key->code == K_DOWN && conflict->cursor + 1 < conflict->count)
        conflict->cursor++;
    else
        screen_bell();
    screen_dirty();
}

static void free_state(struct dialog *dialog)
{
    conflict_free(dialog->state);
}

static void cancel(struct dialog *dialog)
{
    finish(dialog, false);
}

void conflict_show(struct conflict *conflict, void (*done)(struct page *page, bool go_on))
{
    static const struct dialog_ops ops = {paint, press, free_state, cancel, NULL};
    conflict->done = done;
    for (int i = conflict->count - 1; i >= 0; i--)
        if (conflict->rows[i].choose)
            conflict->cursor = i;
    if (!conflict->count)
        conflict_add(conflict, "", _("Nothing that this form shows."), NULL, NULL, NULL, NULL);
    dialog_push(conflict->page->console, &ops, _("Changed by somebody else"), conflict);
}
