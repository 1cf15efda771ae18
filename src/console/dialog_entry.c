#include "console/dialog.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/entry.h"
#include "terminal/draw.h"

#include <stdlib.h>
#include <string.h>

struct asking {
    struct entry *entry;
    const struct fields *fields;
    char *text;
    void (*done)(void *data, const struct values *values);
    void *data;
};

static void paint(struct dialog *dialog)
{
    struct asking *asking = dialog->state;
    int columns = screen_columns() - 10 < 70 ? screen_columns() - 10 : 70;
    int most = screen_columns() - 6 < columns ? screen_columns() - 6 : columns;
    int head = dialog_paragraph(asking->text, &(struct area){0, 0, 0, most}, STYLE_MESSAGE);
    head += head > 0;
    int rows = entry_rows(asking->entry, columns);
    struct area in, body;
    dialog_box(dialog, rows + head + 2, columns, STYLE_BORDER, &in);
    dialog_paragraph(asking->text, &in, STYLE_MESSAGE);
    body = (struct area){in.top + head, in.left, in.rows - head - 2, in.columns};
    draw_text(in.top + in.rows - 1, in.left, in.columns, STYLE_KEY_LABEL,
              _("Enter = next field, at the last one done   F10 = done   Esc = cancel"));
    entry_paint(asking->entry, &body);
}

/* What chosen codes are called, as FIELD@name, for the question that follows. */
static void add_names(const struct asking *asking, struct values *values)
{
    for (int i = 0; i < asking->fields->count; i++) {
        char *called = entry_named(asking->entry, i);
        char *name = xasprintf("%s@name", asking->fields->items[i].name);
        if (called)
            values_set(values, name, called);
        free(name);
        free(called);
    }
}

static void finish(struct dialog *dialog, bool submit)
{
    struct asking *asking = dialog->state;
    struct values values = VALUES_INIT;
    void (*done)(void *data, const struct values *values) = asking->done;
    void *data = asking->data;
    if (submit) {
        entry_values(asking->entry, &values);
        add_names(asking, &values);
        entry_remember(asking->entry);
    }
    dialog_close(dialog);
    done(data, submit ? &values : NULL);
    values_clear(&values);
}

static void press(struct dialog *dialog, const struct key *key)
{
    struct asking *asking = dialog->state;
    struct key own = action_form_key(dialog->console->keymap, key);
    if (dialog_leaves(key)) {
        if (!entry_give_up(asking->entry))
            finish(dialog, false);
        return;
    }
    enum entry_result result = entry_key(asking->entry, &own);
    if (result == ENTRY_IGNORED)
        screen_bell();
    if (result == ENTRY_SUBMIT)
        finish(dialog, true);
    screen_dirty();
}

static void asking_free(struct dialog *dialog)
{
    struct asking *asking = dialog->state;
    entry_free(asking->entry);
    free(asking->text);
    free(asking);
}

static void cancel(struct dialog *dialog)
{
    finish(dialog, false);
}

static bool waits(struct dialog *dialog, const struct key *key)
{
    struct asking *asking = dialog->state;
    return entry_waits(asking->entry) || entry_unnamed(asking->entry, key);
}

static const struct dialog_ops entry_ops = {paint, press, asking_free, cancel, waits};

struct dialog *dialog_entry(struct page *page, const char *title, const char *text,
                            const struct fields *fields, const struct values *initial,
                            void (*done)(void *data, const struct values *values), void *data)
{
    struct asking *asking = xcalloc(1, sizeof *asking);
    asking->entry = entry_new(page, fields);
    asking->fields = fields;
    entry_fill(asking->entry, initial);
    asking->text = xstrdup(text ? text : "");
    asking->done = done;
    asking->data = data;
    return dialog_push(page->console, &entry_ops, title, asking);
}

bool dialog_entry_refuse(struct dialog *dialog, const char *field, const char *message)
{
    struct asking *asking = dialog->state;
    screen_dirty();
    return entry_refuse(asking->entry, field, message);
}
