#include "report/paper.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines of a page besides its titles and rows: heading, subtitle, blank; blank, footer. */
enum { ABOVE = 3, BELOW = 2, LEAST_ROWS = 5, LEAST_LINES = 7, GAP = 2 };
/* Cells of a wrapped text, of the lines to sign on; columns that may name a row. */
enum { TEXT_MOST = 40, TEXT_LEAST = 14, SIGNATURES = 46, KEYS_MOST = 3 };

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

/* What follows the rows on the last page; `last`: with notes and signatures. */
static void add_end(const struct report_table *table, const struct report_paper *paper,
                    const int *widths, bool last, struct buffer *out)
{
    report_table_totals(table, widths, out);
    if (!last)
        return;
    if (table->notes && *table->notes)
        report_table_notes(table->notes, paper->cells, out);
    const char *made = _("Prepared by"), *seen = _("Reviewed by");
    bool beside = text_width(made) + text_width(seen) + SIGNATURES <= paper->cells;
    buffer_format(out, "\n\n%s ____________________%s%s ____________________\n", made,
                  beside ? "    " : "\n\n", seen);
}

/* The lines of the pages to come, and where each page ends. A page begins with the titles of the
 * strip that stands there; rows stay whole where a page has room. */
struct pages {
    struct buffer text;
    const struct buffer *titles;
    size_t *ends;
    int count, used, room;
};

static void page_break(struct pages *pages)
{
    pages->ends = xrealloc(pages->ends, (size_t)(pages->count + 1) * sizeof *pages->ends);
    pages->ends[pages->count++] = pages->text.length;
    pages->used = 0;
}

static void pages_add_lines(struct pages *pages, const struct buffer *block)
{
    for (size_t i = 0; i < block->length; i++) {
        if (pages->used >= pages->room)
            page_break(pages);
        if (!pages->used && block != pages->titles)
            pages_add_lines(pages, pages->titles);
        buffer_add_char(&pages->text, block->data[i]);
        pages->used += block->data[i] == '\n';
    }
}

/* One block of lines, together on a page if a page holds it. */
static void pages_add(struct pages *pages, const struct buffer *block)
{
    int lines = line_count(block);
    if (pages->used && pages->used + lines > pages->room &&
        lines + line_count(pages->titles) <= pages->room)
        page_break(pages);
    pages_add_lines(pages, block);
}

/* A strip follows the one before on the same page where its titles and some rows have room. */
static void pages_begin(struct pages *pages, const struct buffer *titles)
{
    pages->titles = titles;
    if (pages->used && pages->used + line_count(titles) + LEAST_ROWS >= pages->room)
        page_break(pages);
    if (pages->used) {
        buffer_add_char(&pages->text, '\n');
        pages->used++;
    }
    pages_add_lines(pages, titles);
}

static void add_strip(const struct report_table *table, const struct report_paper *paper,
                      const int *widths, bool last, struct pages *pages)
{
    struct buffer titles = BUFFER_INIT, end = BUFFER_INIT;
    report_table_head(table, widths, &titles);
    pages_begin(pages, &titles);
    for (int row = 0; row < table->rows; row++) {
        struct buffer block = BUFFER_INIT;
        report_table_rows(table, widths, row, 1, &block);
        pages_add(pages, &block);
        buffer_free(&block);
    }
    add_end(table, paper, widths, last, &end);
    if (end.length)
        pages_add(pages, &end);
    buffer_free(&end);
    buffer_free(&titles);
}

/* Columns of one strip of a table that is too wide for the paper: the `keys` first ones, which name
 * the row, and those from `from` to before `end`. */
struct strip {
    int keys, from, end;
    struct report_table table;
    int *widths;
};

static int own_column(const struct strip *strip, int column)
{
    return column < strip->keys ? column : strip->from + column - strip->keys;
}

static const char *const *pick_columns(const struct report_table *table, const char *const *cells,
                                       int rows, const struct strip *strip)
{
    int columns = strip->table.columns;
    const char **picked = xcalloc((size_t)rows * columns + 1, sizeof *picked);
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < columns; column++)
            picked[row * columns + column] =
                cells[row * table->columns + own_column(strip, column)];
    return picked;
}

static void strip_make(const struct report_table *table, const int *widths, struct strip *strip)
{
    int columns = strip->table.columns = strip->keys + strip->end - strip->from;
    bool *right = xcalloc((size_t)columns, sizeof *right);
    strip->widths = xcalloc((size_t)columns, sizeof *strip->widths);
    for (int column = 0; column < columns; column++) {
        int own = own_column(strip, column);
        right[column] = table->right[own];
        strip->widths[column] = widths[own];
    }
    strip->table.right = right;
    strip->table.headings = pick_columns(table, table->headings, 1, strip);
    strip->table.cells = pick_columns(table, table->cells, table->rows, strip);
    strip->table.totals = table->totals ? pick_columns(table, table->totals, 1, strip) : NULL;
}

static void strip_free(struct strip *strip)
{
    free((void *)strip->table.right);
    free((void *)strip->table.headings);
    free((void *)strip->table.cells);
    free((void *)strip->table.totals);
    free(strip->widths);
}

/* As many columns from `from` on as the paper holds beside the first ones, at least one. */
static int strip_end(const int *widths, int columns, int keys, int from, int cells)
{
    int used = -GAP, end = from;
    for (int key = 0; key < keys; key++)
        used += GAP + widths[key];
    while (end < columns && (end == from || used + GAP + widths[end] <= cells))
        used += GAP + widths[end++];
    return end;
}

/* The first columns up to the one that a chart names its bars by say what a row is; else the first. */
static int key_columns(const struct report_table *table)
{
    int keys = table->bar >= 0 && table->label < KEYS_MOST && !table->labels ? table->label + 1 : 1;
    return keys > table->columns ? table->columns : keys;
}

/* The pages with what stands above and below on each. */
static void write_pages(const struct pages *pages, const struct report_paper *paper,
                        const char *heading, const char *below, struct buffer *out)
{
    size_t from = 0;
    for (int page = 0; page < pages->count; page++) {
        char number[64];
        struct buffer body = BUFFER_INIT;
        snprintf(number, sizeof number, _("page %d of %d"), page + 1, pages->count);
        add_line(out, heading, number, paper->cells);
        add_line(out, below, "", paper->cells);
        buffer_add_char(out, '\n');
        if (pages->ends[page] > from)
            buffer_add_bytes(&body, pages->text.data + from, pages->ends[page] - from);
        from = pages->ends[page];
        buffer_add_bytes(out, buffer_text(&body), body.length);
        for (int lines = line_count(&body); lines < pages->room; lines++)
            buffer_add_char(out, '\n');
        buffer_add_char(out, '\n');
        add_line(out, paper->footer, number, paper->cells);
        buffer_add_char(out, '\f');
        buffer_free(&body);
    }
}

/* The pages of one sheet, which has this name or NULL: strip after strip. */
static void add_sheet(const struct report_table *table, const struct report_paper *paper,
                      const int *widths, const char *sheet, struct buffer *out)
{
    struct pages pages = {BUFFER_INIT, NULL, NULL, 0, 0, paper->lines - ABOVE - BELOW};
    pages.room = pages.room < LEAST_LINES ? LEAST_LINES : pages.room;
    int keys = key_columns(table), from = keys;
    do {
        int end = strip_end(widths, table->columns, keys, from, paper->cells);
        struct strip strip = {keys, from, end, *table, NULL};
        strip_make(table, widths, &strip);
        from = strip.end;
        add_strip(&strip.table, paper, strip.widths, from >= table->columns, &pages);
        strip_free(&strip);
    } while (from < table->columns);
    page_break(&pages);
    char *heading = xasprintf("%s  %s", paper->bank, table->title);
    write_pages(&pages, paper, heading, sheet ? sheet : table->subtitle ? table->subtitle : "", out);
    free(heading);
    buffer_free(&pages.text);
    free(pages.ends);
}

/* Whether a table that is a little wider than the paper fits it with its widest texts wrapped, none to
 * less than half its width: the figures of a row stay beside what they are of. */
static bool narrow(const struct report_table *table, int *widths, int excess)
{
    int *given = xcalloc((size_t)table->columns, sizeof *given);
    for (int widest = 0; excess > 0 && widest >= 0; excess--) {
        widest = -1;
        for (int column = 0; column < table->columns; column++) {
            int now = widths[column] - given[column];
            if (!table->right[column] && now > TEXT_LEAST && now > (widths[column] + 1) / 2 &&
                (widest < 0 || now > widths[widest] - given[widest]))
                widest = column;
        }
        if (widest < 0)
            break;
        given[widest]++;
    }
    for (int column = 0; column < table->columns && excess <= 0; column++)
        widths[column] -= given[column];
    free(given);
    return excess <= 0;
}

/* In a table that is much wider than the paper long texts are wrapped: in columns of TEXT_MOST, and no
 * wider than the paper has beside the first ones, which take two thirds of it at most. The caller
 * frees them. */
static int *paper_widths(const struct report_table *table, int cells)
{
    int *widths = report_table_widths(table), whole = 0, named = 0;
    int keys = key_columns(table), rest = cells;
    for (int column = 0; column < table->columns; column++)
        whole += widths[column] + (column ? GAP : 0);
    for (int key = 0; key < keys; key++)
        named += widths[key] + GAP;
    if (whole <= cells || narrow(table, widths, whole - cells))
        return widths;
    for (int column = 0; column < table->columns; column++) {
        int most = column >= keys            ? rest
                   : named > cells * 2 / 3 ? cells * 2 / 3 / keys - GAP
                                           : TEXT_MOST;
        most = most > TEXT_MOST ? TEXT_MOST : most;
        most = most < 2 ? 2 : most;
        widths[column] = widths[column] > most ? most : widths[column];
        rest -= column < keys ? widths[column] + GAP : 0;
    }
    return widths;
}

void report_paper_text(const struct report_table *table, const struct report_paper *paper,
                       struct buffer *out)
{
    int *widths = paper_widths(table, paper->cells);
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
