#ifndef BANKOPS_RECONCILE_OUTLINE_H
#define BANKOPS_RECONCILE_OUTLINE_H

#include "reconcile/item.h"

#include <stdio.h>

/* What a file holds, in short, for a person who decides whether to import it: collected while the
 * lines pass on to another sink. */
struct outline {
    const struct sink *next;
    struct outline_statement *list;
    size_t count, capacity;
    struct outline_lines *lines; /* by position */
    size_t line_count, line_capacity;
    uint64_t controls, broken;
    struct outline_control *worst;
    size_t worst_count;
};

/* A sink that fills the outline and hands everything to `next`, which must outlive it. */
struct sink outline_sink(struct outline *outline, const struct sink *next);
/* Prints it: per statement account, period, counts, sums and balances; then the control totals. */
void outline_print(const struct outline *outline, FILE *out);
/* Empties it for the next file. */
void outline_free(struct outline *outline);

#endif
