#include "command/report_file.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/language.h"
#include "console/format.h"
#include "console/report_total.h"
#include "report/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_CELLS = 100, CELL_BYTES = 4096 };

/* A report with its rows, shown columns only. */
struct result {
    const struct definition *definition;
    int *shown, columns;
    PGresult *raw;
    char **cells; /* rows * columns */
    int64_t *bars;
    char **totals;
    int rows, label, bar;
    char **labels;       /* of each row, of a chart whose labels stand in a hidden column */
    const char **sheets; /* of each row, NULL when there are none */
};

/* The raw cells of one row by column of the definition. */
static void raw_row(PGresult *rows, int row, int columns, const char **raw)
{
    for (int i = 0; i < columns; i++)
        raw[i] = PQgetisnull(rows, row, i) ? NULL : PQgetvalue(rows, row, i);
}

/* A number with at most one decimal as tenths, -1 when it is none. */
static int64_t tenths(const char *text)
{
    char *end;
    if (!text || !*text)
        return -1;
    double value = strtod(text, &end);
    return *end || value < 0 || value > 1e15 ? -1 : (int64_t)(value * 10 + 0.5);
}

static char *cell_text(const struct defined_columns *columns, int column, const char *const *raw)
{
    char text[CELL_BYTES];
    format_cell(columns, column, raw, 0, NULL, text, sizeof text);
    return xstrdup(text);
}

/* The row of totals by column of the definition; `texts` holds them. */
static void total_row(const struct result *result, const char **raw, char (*texts)[32])
{
    const struct definition *definition = result->definition;
    struct report_total total;
    report_total_start(&total, definition);
    for (int row = 0; row < result->rows; row++) {
        raw_row(result->raw, row, definition->columns.count, raw);
        report_total_add(&total, raw);
    }
    for (int i = 0; i < definition->columns.count; i++)
        raw[i] = report_total_cell(&total, i, texts[i]);
    report_total_free(&total);
}

static void add_totals(struct result *result)
{
    const struct defined_columns *columns = &result->definition->columns;
    if (!result->definition->total_count)
        return;
    const char **raw = xcalloc((size_t)columns->count, sizeof *raw);
    char(*texts)[32] = xcalloc((size_t)columns->count, sizeof *texts);
    result->totals = xcalloc((size_t)result->columns, sizeof *result->totals);
    total_row(result, raw, texts);
    for (int at = 0; at < result->columns; at++)
        if (raw[result->shown[at]])
            result->totals[at] = cell_text(columns, result->shown[at], raw);
    if (!result->totals[0])
        result->totals[0] = xstrdup(_("Total"));
    free(raw);
    free(texts);
}

static void collect(struct result *result, PGresult *rows)
{
    const struct definition *definition = result->definition;
    const struct defined_columns *columns = &definition->columns;
    const char **raw = xcalloc((size_t)columns->count, sizeof *raw);
    result->shown = xcalloc((size_t)columns->count, sizeof *result->shown);
    result->label = result->bar = -1;
    for (int i = 0; i < columns->count; i++) {
        if (columns->items[i].hidden)
            continue;
        if (i == definition->chart.x)
            result->label = result->columns;
        if (i == definition->chart.y)
            result->bar = result->columns;
        result->shown[result->columns++] = i;
    }
    result->raw = rows;
    result->rows = PQntuples(rows);
    result->cells = xcalloc((size_t)result->rows * (size_t)result->columns + 1, sizeof(char *));
    result->bars = xcalloc((size_t)result->rows + 1, sizeof *result->bars);
    if (result->bar >= 0 && result->label < 0)
        result->labels = xcalloc((size_t)result->rows + 1, sizeof *result->labels);
    if (definition->sheet >= 0)
        result->sheets = xcalloc((size_t)result->rows + 1, sizeof *result->sheets);
    for (int row = 0; row < result->rows; row++) {
        raw_row(rows, row, columns->count, raw);
        if (result->sheets)
            result->sheets[row] = raw[definition->sheet] ? raw[definition->sheet] : "";
        for (int at = 0; at < result->columns; at++)
            result->cells[row * result->columns + at] =
                cell_text(columns, result->shown[at], raw);
        if (result->labels)
            result->labels[row] = cell_text(columns, definition->chart.x, raw);
        if (result->bar >= 0)
            result->bars[row] = tenths(raw[definition->chart.y]);
    }
    add_totals(result);
    free(raw);
}

static void result_free(struct result *result)
{
    for (int i = 0; i < result->rows * result->columns; i++)
        free(result->cells[i]);
    for (int i = 0; result->totals && i < result->columns; i++)
        free(result->totals[i]);
    for (int row = 0; result->labels && row < result->rows; row++)
        free(result->labels[row]);
    free(result->labels);
    free(result->totals);
    free(result->sheets);
    free(result->cells);
    free(result->bars);
    free(result->shown);
}

static const char *heading(const struct result *result, int at)
{
    return both_text(&result->definition->columns.items[result->shown[at]].title);
}

static void write_text(const struct result *result, const struct report_file *file,
                       struct buffer *out)
{
    const struct definition *definition = result->definition;
    const char **headings = xcalloc((size_t)result->columns, sizeof *headings);
    bool *right = xcalloc((size_t)result->columns, sizeof *right);
    for (int at = 0; at < result->columns; at++) {
        headings[at] = heading(result, at);
        right[at] = definition->columns.items[result->shown[at]].right;
    }
    bool percent = result->bar >= 0 &&
                   definition->columns.items[definition->chart.y].format == FORMAT_PERCENT;
    struct report_table table = {.title = both_text(&definition->title),
                                 .subtitle = file->subtitle,
                                 .notes = both_text(&definition->notes),
                                 .headings = headings,
                                 .right = right,
                                 .columns = result->columns,
                                 .cells = (const char *const *)result->cells,
                                 .rows = result->rows,
                                 .totals = (const char *const *)result->totals,
                                 .label = result->label,
                                 .labels = (const char *const *)result->labels,
                                 .bar = result->bar,
                                 .bars = result->bars,
                                 .greatest = percent ? 1000 : 0,
                                 .sheets = result->sheets};
    struct report_paper paper = {file->lines, file->cells, file->bank, file->subtitle};
    if (file->layout == LAYOUT_PAPER)
        report_paper_text(&table, &paper, out);
    else
        report_table_text(&table, TEXT_CELLS, out);
    free(headings);
    free(right);
}

static bool put(const struct report_file *file, const struct buffer *out, struct error *error)
{
    if (file->output && strcmp(file->output, "-"))
        return file_write(file->output, buffer_text(out), out->length, error);
    if (fwrite(buffer_text(out), 1, out->length, stdout) != out->length || fflush(stdout))
        return error_errno(error, _("standard output"), NULL, _("cannot write"));
    return true;
}

bool report_file_write(const struct report_file *file, PGresult *rows, struct error *error)
{
    struct result result = {.definition = file->definition};
    struct buffer out = BUFFER_INIT;
    collect(&result, rows);
    write_text(&result, file, &out);
    bool good = put(file, &out, error);
    buffer_free(&out);
    result_free(&result);
    return good;
}
