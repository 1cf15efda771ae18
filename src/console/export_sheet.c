#include "console/export_sheet.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/format.h"

#include <stdlib.h>

enum { CELL_BYTES = 4096 };

static enum spreadsheet_kind kind_of(const struct defined_column *column)
{
    switch (column->format) {
    case FORMAT_INTEGER:
    case FORMAT_MONEY:
    case FORMAT_PERCENT:
        return SHEET_NUMBER;
    case FORMAT_DATE:
        return SHEET_DATE;
    case FORMAT_DATETIME:
    case FORMAT_DUE:
        return SHEET_DATETIME;
    default:
        return SHEET_TEXT;
    }
}

bool export_sheet_open(struct export_sheet *out, const char *path, const char *title,
                       const char *const *headings, const struct defined_columns *columns,
                       const int *shown, int count, struct error *error)
{
    *out = (struct export_sheet){.columns = columns, .shown = shown, .count = count};
    out->sheet = spreadsheet_open(path, title, error);
    if (!out->sheet)
        return false;
    for (; headings && *headings; headings++)
        spreadsheet_heading(out->sheet, *headings);
    out->heads = xcalloc((size_t)count + 1, sizeof *out->heads);
    for (int i = 0; i < count; i++) {
        const struct defined_column *column = &columns->items[shown[i]];
        out->heads[i] = (struct spreadsheet_column){
            column->title.en ? both_text(&column->title) : column->name, kind_of(column),
            column->right};
    }
    spreadsheet_columns(out->sheet, out->heads, count);
    return true;
}

/* A named value is its name, other text is written whole, the rest as exports say it. */
static char *text_of(const struct export_sheet *out, int column, const char *const *cells)
{
    const struct defined_column *defined = &out->columns->items[column];
    char text[CELL_BYTES];
    if (!cells[column])
        return NULL;
    if (kind_of(defined) == SHEET_TEXT && defined->format != FORMAT_BOOL &&
        defined->format != FORMAT_MONTH && defined->format != FORMAT_TIME &&
        !named_value_find(defined->values, defined->value_count, cells[column]))
        return xstrdup(cells[column]);
    format_export(out->columns, column, cells, text, sizeof text);
    return xstrdup(text);
}

void export_sheet_row(struct export_sheet *out, const char *const *cells, bool strong)
{
    char **texts = xcalloc((size_t)out->count + 1, sizeof *texts);
    for (int i = 0; i < out->count; i++)
        texts[i] = text_of(out, out->shown[i], cells);
    spreadsheet_row(out->sheet, (const char *const *)texts, strong);
    for (int i = 0; i < out->count; i++)
        free(texts[i]);
    free(texts);
}

bool export_sheet_close(struct export_sheet *out, struct error *error)
{
    bool good = spreadsheet_close(out->sheet, error);
    free(out->heads);
    out->heads = NULL;
    out->sheet = NULL;
    return good;
}
