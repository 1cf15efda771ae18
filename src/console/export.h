#ifndef BANKOPS_CONSOLE_EXPORT_H
#define BANKOPS_CONSOLE_EXPORT_H

#include "console/console.h"

/* Asks for a file name and writes all rows of the list, as filtered and sorted and with the columns
 * shown, as CSV: streamed from the server, whole or not at all, audited (api.export_log). */
void export_list(struct page *page);

/* The same for a report with the parameters it has now: all its rows, however many are shown. */
void export_report(struct page *page);

/* The same for panels of a record, read to the end whatever is shown of them: one panel as a table,
 * several below each other with their titles, the fields of an object as name and value. */
void export_panels(struct page *page, const struct defined_panel *panels, int count);

/* Appends the head and one row; for the command line as well. `shown` holds column indexes. */
void export_head(struct buffer *out, const struct defined_columns *columns, const int *shown,
                 int count);
void export_row(struct buffer *out, const struct defined_columns *columns, const int *shown,
                int count, const char *const *cells);

#endif
