#ifndef BANKOPS_COMMAND_REPORT_FILE_H
#define BANKOPS_COMMAND_REPORT_FILE_H

#include "base/error.h"
#include "console/definition.h"

#include <libpq-fe.h>

/* How a report is written: text with a chart, pages of paper, CSV, or a workbook. */
enum layout { LAYOUT_TEXT, LAYOUT_PAPER, LAYOUT_CSV, LAYOUT_XLSX, LAYOUTS };

struct report_file {
    const struct definition *definition;
    enum layout layout;
    int lines, cells;           /* of a page of paper */
    const char *bank, *subtitle;
    const char *output;         /* NULL or "-": standard output */
};

/* Writes the rows of a report as text or on paper, whole or not at all; the other layouts:
 * command/report_stream.h. */
bool report_file_write(const struct report_file *file, PGresult *rows, struct error *error);

#endif
