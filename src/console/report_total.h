#ifndef BANKOPS_CONSOLE_REPORT_TOTAL_H
#define BANKOPS_CONSOLE_REPORT_TOTAL_H

#include "console/definition.h"

#include <stdint.h>

/* The last line of a report: sums of its totals, percentages over them. A sum over several
 * currencies, or one that does not fit, is left out. */
struct report_total {
    const struct definition *definition;
    struct report_sum {
        bool wanted, sound;
        int64_t value;
        char currency[4]; /* of the first row, "" before it */
    } *sums;              /* by column of the definition */
    int64_t rows;
};

/* Frees nothing that was there. */
void report_total_start(struct report_total *total, const struct definition *definition);
/* Adds a row: its cells by column of the definition, NULL = null. */
void report_total_add(struct report_total *total, const char *const *cells);
/* What stands in a column as the database would have sent it: a sum, a percentage, the currency of
 * a sum. Written into `text`; NULL where nothing stands. */
const char *report_total_cell(const struct report_total *total, int column, char text[32]);
void report_total_free(struct report_total *total);

#endif
