#ifndef BANKOPS_TESTS_BENCH_GENERATE_H
#define BANKOPS_TESTS_BENCH_GENERATE_H

#include "labelled.h"

/* A labelled set while it is made; README.md describes it. */

enum { PARTS = 5 };

/* What the events are, of 10,000; the rest is exact. */
struct mix {
    int noise, split, fee, reversal, duplicate, reuse, missing, identical, trap;
    bool both_sides, more_noise;
};

struct set {
    struct labelled all;
    int accounts;
    long serial;
    const char *style;
    char last[REFERENCE];
    struct mix mix;
};

/* A line that nothing else knows: new reference. */
struct line movement(struct set *set);
/* Days until the statement has a movement. */
int late(struct set *set);
/* Adds a line to the group of the current match. */
struct line *put(struct set *set, char side, const struct line *like, const char *kind);
/* Book and statement line of one movement; returns the statement's. */
struct line *pair(struct set *set, const struct line *line, const char *kind);

/* One reference damaged on one side. */
void noise(struct set *set);
/* Lines that look alike and are not one movement, or are in spite of what lies beside them. */
void trap(struct set *set);

#endif
