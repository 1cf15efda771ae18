#ifndef BANKOPS_REPORT_PAPER_H
#define BANKOPS_REPORT_PAPER_H

#include "report/table.h"

/* A sheet of paper: lines and cells of a page, what stands above and below on each. */
struct report_paper {
    int lines, cells;
    const char *bank;   /* above on the left, before the title */
    const char *footer; /* below on the left; who printed it and when */
};

/* Appends the report in pages, each with heading, page number, column titles and footer, and with
 * room for two signatures on the last; a form feed ends each page. A table that is wider than the
 * paper is printed in strips, one after the other, each with the columns that name its rows, and its
 * long texts are wrapped. Sheets are numbered and signed each by itself. Charts are left out. */
void report_paper_text(const struct report_table *table, const struct report_paper *paper,
                       struct buffer *out);

#endif
