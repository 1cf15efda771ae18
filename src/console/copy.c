#include "console/copy.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"
#include "console/console.h"
#include "console/csv.h"
#include "console/dialog.h"
#include "console/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_BYTES = 256 };

static void send(struct console *console, const char *text, size_t length, const char *said)
{
    if (screen_copy(text, length))
        console_say(console, STYLE_MESSAGE, "%s", said);
    else
        console_refuse(console, _("This is too much for the clipboard; export it instead."));
}

/* A cell as it is shown, without what a terminal or a shell would act on when it is pasted: it is
 * one line. Texts are taken whole. The caller frees. */
static char *cell_text(struct page *page, const struct defined_columns *columns, int at,
                       const char *const *cells)
{
    char text[VALUE_BYTES];
    const struct defined_column *column = &columns->items[at];
    struct buffer plain = BUFFER_INIT;
    bool whole = (column->format == FORMAT_TEXT || column->format == FORMAT_BADGE) && cells[at] &&
                 !named_value_find(column->values, column->value_count, cells[at]);
    const char *from = whole ? cells[at]
                             : format_cell(columns, at, cells, console_now(page->console), NULL,
                                           text, sizeof text);
    text_plain(&plain, from, strlen(from), ' ');
    char *copy = xstrdup(buffer_text(&plain));
    buffer_free(&plain);
    return copy;
}

void copy_rows(struct page *page, const struct defined_columns *columns, const int *shown,
               int shown_count, const char *const *const *rows, int count)
{
    struct buffer text = BUFFER_INIT;
    char said[128];
    for (int row = 0; row < count; row++) {
        buffer_add(&text, row ? "\n" : "");
        for (int i = 0; i < shown_count; i++) {
            char *cell = cell_text(page, columns, shown[i], rows[row]);
            bool text_cell = columns->items[shown[i]].format == FORMAT_TEXT;
            bool formula = shown_count > 1 && text_cell && csv_is_formula(cell);
            buffer_format(&text, "%s%s%s", i ? "\t" : "", formula ? "'" : "", cell);
            free(cell);
        }
    }
    snprintf(said, sizeof said,
             ngettext("%d row was copied.", "%d rows were copied.", (unsigned long)count), count);
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
    *choice = (struct choice){page->console, columns,
                              xcalloc((size_t)columns->count, sizeof *choice->values)};
    for (int i = 0; i < columns->count; i++) {
        char *cell = choice->values[i] = cell_text(page, columns, i, cells);
        if (!columns->items[i].hidden && *cell)
            dialog_item_add(&items, i, both_text(&columns->items[i].title), cell, NULL, NULL);
    }
    dialog_choose(page->console, _("Copy"), &items, chosen, choice);
}
