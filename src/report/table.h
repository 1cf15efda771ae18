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
    const int64_t *bars;       /* one for each row, < 0: no value */
    int64_t greatest;          /* of a full bar; 0: the greatest of `bars` */
};

/* Appends the report; notes and bars are fitted to `cells`, the table takes what it needs. */
void report_table_text(const struct report_table *table, int cells, struct buffer *out);

#endif
