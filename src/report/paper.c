#include "report/paper.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines of a page besides its rows: heading, subtitle, blank, titles, rule; blank, footer. */
enum { ABOVE = 5, BELOW = 2, LEAST_ROWS = 5 };

/* One text on the left, one on the right edge. */
static void add_line(struct buffer *out, const char *left, const char *right, int cells)
{
    struct buffer shown = BUFFER_INIT;
    text_safe(&shown, left, strlen(left));
    int rest = cells - text_width(right);
    text_fit(out, buffer_text(&shown), rest > 0 ? rest : 0, TEXT_LEFT);
    buffer_add(out, right);
    while (out->length && out->data[out->length - 1] == ' ')
        out->data[--out->length] = '\0';
    buffer_add_char(out, '\n');
    buffer_free(&shown);
}

static int line_count(const struct buffer *text)
{
    int lines = 0;
    for (size_t i = 0; i < text->length; i++)
        lines += text->data[i] == '\n';
    return lines;
}

/* What follows the rows on the last page. */
static void add_end(const struct report_table *table, const struct report_paper *paper,
                    const int *widths, struct buffer *out)
{
    report_table_totals(table, widths, out);
    if (table->notes && *table->notes)
        report_table_notes(table->notes, paper->cells, out);
    buffer_format(out, "\n\n%s ____________________    %s ____________________\n",
                  _("Prepared by"), _("Reviewed by"));
}

/* The pages of one sheet, which has this name or NULL. */
static void add_sheet(const struct report_table *table, const struct report_paper *paper,
                      const int *widths, const char *sheet, struct buffer *out)
{
    struct buffer end = BUFFER_INIT;
    add_end(table, paper, widths, &end);
    int room = paper->lines - ABOVE - BELOW;
    room = room < LEAST_ROWS ? LEAST_ROWS : room;
    int last = line_count(&end) + 1;
    int pages = (table->rows + last + room - 1) / room;
    pages = pages < 1 ? 1 : pages;
    for (int page = 0, row = 0; page < pages; page++) {
        char number[64], *heading;
        struct buffer body = BUFFER_INIT;
        snprintf(number, sizeof number, _("page %d of %d"), page + 1, pages);
        heading = xasprintf("%s  %s", paper->bank, table->title);
        add_line(out, heading, number, paper->cells);
        add_line(out, sheet ? sheet : table->subtitle ? table->subtitle : "", "", paper->cells);
        buffer_add_char(out, '\n');
        report_table_head(table, widths, out);
        report_table_rows(table, widths, row, room, &body);
        row += room;
        if (page == pages - 1)
            buffer_add_bytes(&body, end.data, end.length);
        buffer_add_bytes(out, buffer_text(&body), body.length);
        for (int lines = line_count(&body); lines < room; lines++)
            buffer_add_char(out, '\n');
        buffer_add_char(out, '\n');
        add_line(out, paper->footer, number, paper->cells);
        buffer_add_char(out, '\f');
        buffer_free(&body);
        free(heading);
    }
    buffer_free(&end);
}

void report_paper_text(const struct report_table *table, const struct report_paper *paper,
                       struct buffer *out)
{
    int *widths = report_table_widths(table);
    for (int from = 0, end; from < table->rows || !from; from = end) {
        struct report_table part = *table;
        for (end = from + 1; end < table->rows; end++)
            if (table->sheets && strcmp(table->sheets[from], table->sheets[end]) != 0)
                break;
        part.cells = table->cells + from * table->columns;
        part.rows = (end < table->rows ? end : table->rows) - from;
        part.totals = table->sheets ? NULL : table->totals;
        add_sheet(&part, paper, widths, table->sheets && part.rows ? table->sheets[from] : NULL,
                  out);
    }
    free(widths);
}
