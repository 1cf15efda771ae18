#ifndef BANKOPS_CONSOLE_PAGE_REPORT_H
#define BANKOPS_CONSOLE_PAGE_REPORT_H

#include "console/page.h"

#include "console/console.h"
#include "terminal/column.h"

enum { REPORT_CELLS_MOST = 64 };

/* State of a report page; shared by the files page_report*.c. */
struct report_state {
    struct values parameters;
    PGresult *rows;
    struct columns *columns;
    int shown_of[REPORT_CELLS_MOST];
    int at, top, height;
    char **totals; /* sums by column, NULL where there is none */
};

/* Rows that the page asks for: fewer when the report can be asked for its first rows. */
int report_rows_most(const struct page *page);

/* Paints parameters, rows, totals, notes and chart into the area; moves the first row shown so that
 * the cursor is inside. */
void report_paint(struct page *page, const struct area *area);

#endif
