#ifndef BANKOPS_CONSOLE_PAGE_COLUMNS_H
#define BANKOPS_CONSOLE_PAGE_COLUMNS_H

#include "console/definition.h"
#include "terminal/column.h"

/* The columns of a screen file that can be shown, the first `most`, with titles in the current
 * language; shown_of gets for each the index in the file. The caller frees. */
struct columns *page_columns(const struct defined_columns *defined, int most, int *shown_of);

/* Titles in the language as it is now. */
void page_columns_translate(struct columns *columns, const struct defined_columns *defined,
                            const int *shown_of);

#endif
