#ifndef BANKOPS_RECONCILE_MATCH_SLIP_H
#define BANKOPS_RECONCILE_MATCH_SLIP_H

#include "reconcile/match_store.h"

/* Slips of the hand in a reference, and how often they happen, by the near pairs that a run found. All
 * rates are bounds from above: where little was seen they are great. */

enum match_slip_kind {
    MATCH_SLIP_DIGIT,
    MATCH_SLIP_SWAP,
    MATCH_SLIP_LENGTH,
    MATCH_SLIPS,
    MATCH_SLIP_NONE
};

/* What makes one reference of another: a digit for another one, two digits swapped, or a digit more or
 * less inside. Nothing else is told apart: a first or last character more may be another channel's name
 * or a number cut. */
struct match_slip {
    enum match_slip_kind kind;
    size_t place;  /* from the end */
    int apart;     /* the two digits */
    size_t length; /* of the longer one */
};
/* The slip that makes the one of the other; MATCH_SLIP_NONE when none of these does. */
struct match_slip match_slip_between(struct slice one, struct slice other);

/* What an account shows of faults. */
struct match_faults {
    double lines[2];           /* by side */
    double alone[2];           /* without a partner of their reference, copies apart */
    double lost[2];            /* of them those of a number that no other line has */
    double copies[2];          /* of a line with a partner */
    double late[2];            /* of them of another day */
    double typed[MATCH_SLIPS]; /* near pairs */
    double unclear;            /* those by none of these slips, and lines that are left on both sides */
    double told[2];            /* near pairs of which this side's number is another's: it is mistyped */
};

struct match_slips {
    const struct match_store *store;
    struct match_faults *accounts, all;
    struct match_keys alone; /* lines without a partner of their reference, by match_slip_block() */
    double places[MATCH_SLIPS][MATCH_FORM + 1], apart[10], seen[MATCH_SLIPS];
};

/* Account, side and amount. */
uint64_t match_slip_block(const struct match_line *line, int side);
/* The caller frees what it holds with match_slips_free(). */
void match_slips_measure(struct match_slips *slips, const struct match_store *store);
void match_slips_free(struct match_slips *slips);
/* Lines without a partner that have this key. */
double match_slips_alone(const struct match_slips *slips, uint64_t block);

/* Of so many lines, so many of which were seen to have a fault, the greatest share that is likely;
 * `more` lines have the share `before`. */
double match_slips_bound(double seen, double lines, double before, double more);
/* How many at most are to be expected where so many were seen. */
double match_slips_most(double seen);
/* How many at least are to be expected where so many were seen. */
double match_slips_least(double seen);
/* Share of the lines of a side that have such a slip. */
double match_slips_rate(const struct match_slips *slips, uint32_t account, int side,
                        enum match_slip_kind kind);
/* Share of the slips of that kind that are this one. */
double match_slips_share(const struct match_slips *slips, const struct match_slip *slip);
/* Share of the lines of a side that are copies. */
double match_slips_copied(const struct match_slips *slips, uint32_t account, int side);
/* Share of the copies that are of another day. */
double match_slips_late(const struct match_slips *slips);

#endif
