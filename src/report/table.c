#include "report/table.h"

#include "base/alloc.h"
#include "base/text.h"
#include "terminal/chart.h"

#include <stdlib.h>
#include <string.h>

enum { GAP = 2, BAR_LEAST = 10 };

static char *safe(const char *text)
{
    struct buffer out = BUFFER_INIT;
    text_safe(&out, text ? text : "", text ? strlen(text) : 0);
    buffer_add(&out, "");
    return buffer_take(&out);
}

static int safe_width(const char *text)
{
    char *shown = safe(text);
    int width = text_width(shown);
    free(shown);
    return width;
}

static void add_cell(struct buffer *out, const char *text, int width, bool right)
{
    char *shown = safe(text);
    text_fit(out, shown, width, right ? TEXT_RIGHT : TEXT_LEFT);
    free(shown);
}

static void add_repeated(struct buffer *out, const char *mark, int times)
{
    while (times-- > 0)
        buffer_add(out, mark);
}

/* No blanks at the end of a line. */
static void end_line(struct buffer *out)
{
    while (out->length && out->data[out->length - 1] == ' ')
        out->data[--out->length] = '\0';
    buffer_add_char(out, '\n');
}

static int column_width(const struct report_table *table, int column)
{
    int width = safe_width(table->headings[column]);
    for (int row = 0; row < table->rows; row++) {
        int own = safe_width(table->cells[row * table->columns + column]);
        width = own > width ? own : width;
    }
    if (table->totals) {
        int own = safe_width(table->totals[column]);
        width = own > width ? own : width;
    }
    return width;
}

/* What of the text stands on this line of a cell that is `width` wide; the caller frees it. */
static char *cell_line(const char *text, int line, int width)
{
    char *shown = safe(text);
    size_t from = 0, next = 0, bytes = strlen(shown);
    if (text_width(shown) <= width) {
        if (line)
            *shown = '\0';
        return shown;
    }
    for (; line >= 0 && shown[next]; line--) {
        size_t step;
        from = next;
        bytes = text_wrap(shown + from, width, &step);
        next = from + step;
    }
    memmove(shown, shown + from, bytes);
    shown[line < 0 ? bytes : 0] = '\0';
    return shown;
}

/* A cell wider than its column takes several lines. */
static void add_row(const struct report_table *table, const char *const *cells, const int *widths,
                    struct buffer *out)
{
    bool more = true;
    for (int line = 0; more; line++) {
        struct buffer whole = BUFFER_INIT;
        more = line == 0;
        for (int column = 0; column < table->columns; column++) {
            char *part = cell_line(cells[column], line, widths[column]);
            more |= *part != '\0';
            add_repeated(&whole, " ", column ? GAP : 0);
            add_cell(&whole, part, widths[column], table->right[column]);
            free(part);
        }
        if (more) {
            buffer_add(out, buffer_text(&whole));
            end_line(out);
        }
        buffer_free(&whole);
    }
}

static void add_rule(const struct report_table *table, const int *widths, struct buffer *out)
{
    for (int column = 0; column < table->columns; column++) {
        add_repeated(out, " ", column ? GAP : 0);
        add_repeated(out, "-", widths[column]);
    }
    end_line(out);
}

int *report_table_widths(const struct report_table *table)
{
    int *widths = xcalloc((size_t)table->columns + 1, sizeof *widths);
    for (int column = 0; column < table->columns; column++)
        widths[column] = column_width(table, column);
    return widths;
}

void report_table_head(const struct report_table *table, const int *widths, struct buffer *out)
{
    add_row(table, table->headings, widths, out);
    add_rule(table, widths, out);
}

void report_table_rows(const struct report_table *table, const int *widths, int from, int count,
                       struct buffer *out)
{
    for (int row = from; row < from + count && row < table->rows; row++)
        add_row(table, table->cells + row * table->columns, widths, out);
}

void report_table_totals(const struct report_table *table, const int *widths, struct buffer *out)
{
    if (!table->totals || !table->rows)
        return;
    add_rule(table, widths, out);
    add_row(table, table->totals, widths, out);
}

static void add_table(const struct report_table *table, struct buffer *out)
{
    int *widths = report_table_widths(table);
    report_table_head(table, widths, out);
    report_table_rows(table, widths, 0, table->rows, out);
    report_table_totals(table, widths, out);
    free(widths);
}

static const char *label_of(const struct report_table *table, int row)
{
    return table->labels ? table->labels[row] : table->cells[row * table->columns + table->label];
}

static void add_bar(const struct report_table *table, int row, int label_width, int bar_width,
                    int64_t greatest, struct buffer *out)
{
    const char *const *cells = table->cells + row * table->columns;
    struct line line = LINE_INIT;
    add_cell(out, label_of(table, row), label_width, false);
    buffer_add(out, "  ");
    if (table->bars[row] >= 0)
        chart_bar(&line, 0, table->bars[row], greatest, bar_width, false);
    add_cell(out, buffer_text(&line.text), bar_width, false);
    buffer_add(out, "  ");
    add_cell(out, cells[table->bar], safe_width(cells[table->bar]), true);
    end_line(out);
    line_free(&line);
}

static void add_chart(const struct report_table *table, int cells, struct buffer *out)
{
    int64_t greatest = table->greatest;
    int label_width = 0, value_width = 0;
    for (int row = 0; row < table->rows; row++) {
        const char *const *texts = table->cells + row * table->columns;
        int label = safe_width(label_of(table, row)), value = safe_width(texts[table->bar]);
        label_width = label > label_width ? label : label_width;
        value_width = value > value_width ? value : value_width;
        if (!table->greatest && table->bars[row] > greatest)
            greatest = table->bars[row];
    }
    int bar_width = cells - label_width - value_width - 2 * GAP;
    if (bar_width < BAR_LEAST)
        bar_width = BAR_LEAST;
    buffer_add_char(out, '\n');
    add_cell(out, table->headings[table->bar], safe_width(table->headings[table->bar]), false);
    end_line(out);
    for (int row = 0; row < table->rows; row++)
        add_bar(table, row, label_width, bar_width, greatest > 0 ? greatest : 1, out);
}

void report_table_notes(const char *notes, int cells, struct buffer *out)
{
    char *rest = safe(notes), *from = rest;
    buffer_add_char(out, '\n');
    while (*from) {
        size_t next, bytes = text_wrap(from, cells, &next);
        buffer_add_bytes(out, from, bytes);
        end_line(out);
        from += next;
    }
    free(rest);
}

void report_table_text(const struct report_table *table, int cells, struct buffer *out)
{
    char *title = safe(table->title);
    buffer_format(out, "%s\n", title);
    free(title);
    if (table->subtitle) {
        char *subtitle = safe(table->subtitle);
        buffer_format(out, "%s\n", subtitle);
        free(subtitle);
    }
    buffer_add_char(out, '\n');
    add_table(table, out);
    if (table->bar >= 0 && table->rows)
        add_chart(table, cells, out);
    if (table->notes && *table->notes)
        report_table_notes(table->notes, cells < 20 ? 20 : cells, out);
}
