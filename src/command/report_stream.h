#ifndef BANKOPS_COMMAND_REPORT_STREAM_H
#define BANKOPS_COMMAND_REPORT_STREAM_H

#include "command/report_file.h"
#include "console/query.h"

/* Runs the query and writes its rows as CSV or as a workbook while they come, so that memory does
 * not grow with them. A file appears whole or not at all; nothing goes to standard output before
 * the first row is there. */
bool report_stream_write(const struct report_file *file, PGconn *connection,
                         const struct query *query, struct error *error);

#endif
