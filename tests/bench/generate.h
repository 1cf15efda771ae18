#ifndef BANKOPS_TESTS_BENCH_GENERATE_H
#define BANKOPS_TESTS_BENCH_GENERATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A labelled set while it is made; README.md describes it. */

enum { REFERENCE = 48, PARTS = 5 };

struct line {
    char side, direction;
    int id, day, account;
    int64_t amount;
    char reference[REFERENCE], narrative[80];
    const char *currency;
};

/* What the events are, of 10,000; the rest is exact. */
struct mix {
    int noise, split, fee, reversal, duplicate, reuse, missing, identical, trap;
    bool both_sides, more_noise;
};

struct set {
    struct line *lines;
    size_t count, capacity;
    FILE *truth;
    int ids[2], accounts;
    long match, serial;
    uint64_t state;
    const char *style;
    char last[REFERENCE];
    struct mix mix;
};

/* A number from 0 to limit - 1. */
int64_t below(struct set *set, int64_t limit);
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
