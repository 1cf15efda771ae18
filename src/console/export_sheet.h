#ifndef BANKOPS_CONSOLE_EXPORT_SHEET_H
#define BANKOPS_CONSOLE_EXPORT_SHEET_H

#include "console/definition.h"
#include "report/spreadsheet.h"

/* Rows of a screen as a workbook: titles in the language of now, amounts and dates as such. */
struct export_sheet {
    struct spreadsheet *sheet;
    const struct defined_columns *columns;
    const int *shown; /* column indexes */
    int count;
    struct spreadsheet_column *heads;
};

/* Opens the workbook and writes its headings (NULL at the end) and titles. */
bool export_sheet_open(struct export_sheet *out, const char *path, const char *title,
                       const char *const *headings, const struct defined_columns *columns,
                       const int *shown, int count, struct error *error);
/* One row, cells by column of the screen. */
void export_sheet_row(struct export_sheet *out, const char *const *cells, bool strong);
/* Writes the file and frees. */
bool export_sheet_close(struct export_sheet *out, struct error *error);

#endif
