#include "reconcile/match_store.h"

#include <stdlib.h>

/* By how many of those found are expected to be wrong. */
static int by_rate(const void *left, const void *right)
{
    const struct match_share *a = left, *b = right;
    double x = a->expected / (a->found + 1), y = b->expected / (b->found + 1);
    if (x != y)
        return x < y ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

bool match_spend(struct match_share *shares, size_t count, double risk)
{
    bool any = false;
    qsort(shares, count, sizeof *shares, by_rate);
    for (size_t i = 0; i < count; i++) {
        risk -= shares[i].expected;
        *shares[i].doubtful = risk < 0;
        any = any || risk < 0;
    }
    return any;
}
