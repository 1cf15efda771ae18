#include "console/copy.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/console.h"
#include "console/dialog.h"
#include "console/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_BYTES = 4096 };

static void send(struct console *console, const char *text, size_t length, const char *said)
{
    if (screen_copy(text, length))
        console_say(console, STYLE_MESSAGE, "%s", said);
    else
        console_refuse(console, _("This is too much for the clipboard; export it instead."));
}

void copy_rows(struct page *page, const struct defined_columns *columns, const int *shown,
               int shown_count, const char *const *const *rows, int count)
{
    struct buffer text = BUFFER_INIT;
    char cell[VALUE_BYTES], said[128];
    for (int row = 0; row < count; row++) {
        buffer_add(&text, row ? "\n" : "");
        for (int i = 0; i < shown_count; i++)
            buffer_format(&text, "%s%s", i ? "\t" : "",
                          format_cell(columns, shown[i], rows[row], console_now(page->console),
                                      NULL, cell, sizeof cell));
    }
    snprintf(said, sizeof said, ngettext("%d row was copied.", "%d rows were copied.",
                                         (unsigned long)count), count);
    if (count)
        send(page->console, buffer_text(&text), text.length, said);
    buffer_free(&text);
}

/* The values of the row when the question was put; the cursor may move meanwhile. */
struct choice {
    struct console *console;
    const struct defined_columns *columns;
    char **values;
};

static void chosen(void *data, int column)
{
    struct choice *choice = data;
    if (column >= 0) {
        const struct both *title = &choice->columns->items[column].title;
        struct buffer said = BUFFER_INIT;
        buffer_format(&said, _("%s was copied."), both_text(title));
        send(choice->console, choice->values[column], strlen(choice->values[column]),
             buffer_text(&said));
        buffer_free(&said);
    }
    for (int i = 0; i < choice->columns->count; i++)
        free(choice->values[i]);
    free(choice->values);
    free(choice);
}

void copy_cell(struct page *page, const struct defined_columns *columns, const char *const *cells)
{
    struct choice *choice = xcalloc(1, sizeof *choice);
    struct dialog_items items = {NULL, 0, 0};
    char cell[VALUE_BYTES];
    *choice = (struct choice){page->console, columns,
                              xcalloc((size_t)columns->count, sizeof *choice->values)};
    for (int i = 0; i < columns->count; i++) {
        format_cell(columns, i, cells, console_now(page->console), NULL, cell, sizeof cell);
        choice->values[i] = xstrdup(cell);
        if (!columns->items[i].hidden && *cell)
            dialog_item_add(&items, i, both_text(&columns->items[i].title), cell, NULL, NULL);
    }
    dialog_choose(page->console, _("Copy"), &items, chosen, choice);
}
