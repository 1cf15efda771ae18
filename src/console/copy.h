#ifndef BANKOPS_CONSOLE_COPY_H
#define BANKOPS_CONSOLE_COPY_H

#include "console/page.h"

/* To the clipboard of the terminal (OSC 52): values as the screen shows them, masked ones masked. */

/* Rows as lines, the cells of the columns named by index divided by tabs. */
void copy_rows(struct page *page, const struct defined_columns *columns, const int *shown,
               int shown_count, const char *const *const *rows, int count);

/* Offers each shown column of the row with its value; the one chosen is copied. */
void copy_cell(struct page *page, const struct defined_columns *columns, const char *const *cells);

#endif
