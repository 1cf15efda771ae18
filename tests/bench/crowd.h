#ifndef BANKOPS_TESTS_BENCH_CROWD_H
#define BANKOPS_TESTS_BENCH_CROWD_H

#include "labelled.h"

enum { PRICES = 64, SHOPS = 30, STANDING = 40000, CUSTOMERS = 4000 };

/* Of 100,000 movements. */
struct rates {
    int damage, loss, copy, reversal, split, fee, late, again, trap;
};

/* A set in which lines crowd, while it is made; MATCHING.md describes it. */
struct crowd {
    struct labelled all;
    struct line last; /* an earlier movement, for references that come again */
    struct rates rates;
    const char *style;
    int accounts, prices, days;
    char copied;      /* side that has copies */
    const char *trap; /* the situation at hand, NULL in none */
    int64_t price[PRICES];
    long serial, shops[SHOPS], orders[CUSTOMERS];
};

/* Whether something befalls that does so in `rate` of 100,000 cases. */
bool strikes(struct crowd *crowd, int rate);
/* A line that nothing else knows. */
struct line new_movement(struct crowd *crowd);
/* Days until the statement has a movement. */
int delay(struct crowd *crowd);
/* Adds a line to the group of the moment; the kind gets the name of the situation before it. */
void put(struct crowd *crowd, char side, const struct line *line, const char *kind);
/* Writes a movement on both sides, the statement's `offset` days later, with what befalls it there. A
 * movement of which a side is lost is labelled "alone". */
void post(struct crowd *crowd, const struct line *line, const struct line *other, const char *kind,
          int loss);

/* The styles of references. */
bool is_style(const char *style);
void name_movement(struct crowd *crowd, struct line *line);
/* What becomes of a reference on its way: one slip mostly, now and then another writing, a cut or
 * none at all with its text in the narrative. */
void damage(struct crowd *crowd, struct line *line);

/* Lines side by side that look like one movement and are not. */
void trap(struct crowd *crowd);

#endif
