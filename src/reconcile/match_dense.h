#ifndef BANKOPS_RECONCILE_MATCH_DENSE_H
#define BANKOPS_RECONCILE_MATCH_DENSE_H

#include "reconcile/match_store.h"

/* Whether a number that only one line has is its own. Where the numbers around it are all in use, of
 * whatever account, a slip would have made a number that another line has as well. */

struct match_dense {
    const struct match_store *store;
    struct match_keys lines; /* references asked for, and how many lines have them */
    uint8_t *filter;         /* the references of all lines */
    double by_chance;        /* share of the filter that is set */
    double share;            /* of the numbers around all those asked for that no line has, a bound */
};

/* For the lines of the rivals, and others. The caller frees what it holds with match_dense_free(). */
void match_dense_measure(struct match_dense *dense, const struct match_store *store,
                         const struct match_rivals *rivals, const struct match_keys *alone);
void match_dense_free(struct match_dense *dense);
/* Whether another line has the reference, of whatever account, side and amount. */
bool match_dense_has_other(const struct match_dense *dense, uint32_t line);
/* Probability that a number made at random near the line's would be no other line's. */
double match_dense_unused(const struct match_dense *dense, uint32_t line);

#endif
