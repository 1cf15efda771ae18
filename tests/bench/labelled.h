#ifndef BANKOPS_TESTS_BENCH_LABELLED_H
#define BANKOPS_TESTS_BENCH_LABELLED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A labelled set while a generator makes it: the lines of both sides, which of them belong together,
 * and the dice. README.md describes the files. */

enum { REFERENCE = 48, NARRATIVE = 96 };

struct line {
    char side, direction;  /* L or S, C or D */
    int id, day, account;  /* day 1 is the first of June 2024; months of 30 days */
    int64_t amount;
    char reference[REFERENCE], narrative[NARRATIVE];
    const char *currency;
};

struct labelled {
    struct line *lines;
    size_t count, capacity;
    FILE *truth;
    int ids[2]; /* last id of each side */
    long group; /* what the next line belongs to */
    uint64_t state;
};

/* A number from 0 to limit - 1. */
int64_t below(struct labelled *set, int64_t limit);
/* Opens the truth; ends the program when the folder cannot be written, as the other functions do. */
void labelled_begin(struct labelled *set, const char *folder);
/* Adds a line like this one to a side and to the group of the moment. The line is valid until the
 * next is added. */
struct line *labelled_put(struct labelled *set, char side, const struct line *like,
                          const char *kind);
/* Writes ledger and statement, each in an order of its own, and frees the lines. */
void labelled_end(struct labelled *set, const char *folder);
/* Whether the name is one of `count` names. */
bool is_one_of(const char *name, const char *const *names, size_t count);

#endif
