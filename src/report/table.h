#ifndef BANKOPS_REPORT_TABLE_H
#define BANKOPS_REPORT_TABLE_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* A report as text: heading, aligned table, totals, one bar for each row, notes. All texts may hold
 * any bytes (they are made safe) and belong to the caller. */
struct report_table {
    const char *title, *subtitle, *notes; /* subtitle and notes may be NULL */
    const char *const *headings;
    const bool *right; /* column is aligned to the right */
    int columns;
    const char *const *cells; /* rows * columns, row by row; NULL = empty */
    int rows;
    const char *const *totals; /* one for each column, NULL = blank; NULL: no totals */
    int label, bar;            /* columns of the chart; bar -1: no chart */
    const char *const *labels; /* of each row, of a chart whose labels are in no column; else NULL */
    const int64_t *bars;       /* one for each row, < 0: no value */
    int64_t greatest;          /* of a full bar; 0: the greatest of `bars` */
    const char *const *sheets; /* for paper: of each row the sheet that it stands on, those of one
                                  together; NULL: one sheet */
};

/* Appends the report; notes and bars are fitted to `cells`, the table takes what it needs. */
void report_table_text(const struct report_table *table, int cells, struct buffer *out);

/* The same in parts, for paper. Widths of all columns, the caller frees them; a cell wider than the
 * width that is given for its column is wrapped (widths >= 2). */
int *report_table_widths(const struct report_table *table);
void report_table_head(const struct report_table *table, const int *widths, struct buffer *out);
void report_table_rows(const struct report_table *table, const int *widths, int from, int count,
                       struct buffer *out);
void report_table_totals(const struct report_table *table, const int *widths, struct buffer *out);
/* A blank line and the notes, fitted to `cells`. */
void report_table_notes(const char *notes, int cells, struct buffer *out);

#endif
