#ifndef BANKOPS_REPORT_SPREADSHEET_H
#define BANKOPS_REPORT_SPREADSHEET_H

#include "base/error.h"

#include <stdbool.h>

/* An XLSX workbook of one sheet: lines of heading, a frozen row of column titles, rows, a chart.
 * Written by libxlsxwriter, which is loaded when the first workbook is opened. Rows go to disk as they
 * come, so memory does not grow with them. Text is always written as a string cell, so none can become
 * a formula. Numbers are cells of a number with a format; one of more than 15 digits, which a
 * spreadsheet cannot hold exactly, is written as text. */
struct spreadsheet;

enum spreadsheet_kind { SHEET_TEXT, SHEET_NUMBER, SHEET_DATE, SHEET_DATETIME };

struct spreadsheet_column {
    const char *title;
    enum spreadsheet_kind kind;
    bool right;
};

/* Opens a workbook that will be written to `path`; `title` names the sheet. NULL on failure. */
struct spreadsheet *spreadsheet_open(const char *path, const char *title, struct error *error);

/* A line above the table; the first is the title. Before the columns. */
void spreadsheet_heading(struct spreadsheet *sheet, const char *text);
/* The row of titles; texts are used until the workbook is closed. */
void spreadsheet_columns(struct spreadsheet *sheet, const struct spreadsheet_column *columns,
                         int count);
/* One text for each column, NULL = empty: numbers as digits with sign and point ("-12.50"), dates
 * as YYYY-MM-DD, times as YYYY-MM-DD HH:MM:SS; what is no such value is written as text.
 * `strong`: a line of totals. */
void spreadsheet_row(struct spreadsheet *sheet, const char *const *cells, bool strong);
/* A chart beside the table, after its rows: a bar of the column `value` for each, named by `label`.
 * None without rows and of more than a hundred. */
void spreadsheet_chart(struct spreadsheet *sheet, int label, int value);
/* A line below the table. */
void spreadsheet_note(struct spreadsheet *sheet, const char *text);
/* Writes the file and frees; false when anything could not be written. */
bool spreadsheet_close(struct spreadsheet *sheet, struct error *error);

#endif
