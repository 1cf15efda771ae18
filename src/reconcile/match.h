#ifndef BANKOPS_RECONCILE_MATCH_H
#define BANKOPS_RECONCILE_MATCH_H

#include "reconcile/item.h"

/* Which lines of our book and which lines of a statement are the same movement. Pure: no file, no
 * database, no clock. The result depends on the lines alone, not on the order they were added in.
 * A line is in one match at most. */
struct match_store;

enum match_side { MATCH_BOOK, MATCH_STATEMENT };

enum match_rule {
    MATCH_NONE,
    MATCH_EXACT,      /* account, direction, amount and reference, once on each side */
    MATCH_IDENTICAL,  /* the same with several equal lines, paired in order; a surplus stays open */
    MATCH_REVERSAL,   /* movement and counter-movement of one reference on one side alone */
    MATCH_NORMALISED, /* reference equal but for case, marks, channel prefix, leading zeros, place */
    MATCH_TRUNCATED,  /* one reference is the first 16 characters of the other */
    MATCH_SPLIT,      /* one line against the lines that carry its reference as parent */
    MATCH_FEE,        /* reference equal, the statement's amount less a fee of a known rate */
    MATCH_AMBIGUOUS,  /* equal lines of several dates, paired by date */
    MATCH_FUZZY,      /* amount equal, reference nearly */
    MATCH_SUBSET,     /* one line against 2 to 5 lines of one day with that total */
    MATCH_RULES
};

enum match_status { MATCH_OPEN, MATCH_SUGGESTED, MATCH_CONFIRMED };

struct match_line {
    int64_t amount;   /* minor units, money in is positive on both sides */
    uint64_t form;    /* hash of the reference whatever its writing, 0 without one */
    uint32_t text;    /* offset in the store of id, reference and narrative, one after the other */
    uint32_t account; /* number of account and currency */
    int date;
    uint32_t next;    /* following line of its match, in a ring; itself when in none */
    uint16_t id_length, reference_length, narrative_length;
    uint8_t side, mark; /* enum match_side; rule and status, read them with the functions below */
};

/* Limits of the rules; match_limits() gives those the program ships with. */
struct match_limits {
    int early, late;           /* days that the statement may precede and follow the book */
    int fee_low, fee_high;     /* rate of the fee in millionths */
    uint32_t block;            /* lines of one account and amount that fuzzy compares */
    uint32_t pool, parts;      /* lines that a subset is drawn from, and its lines */
    uint64_t steps;            /* of the search for the subset of one line */
};
struct match_limits match_limits(void);

struct match_counts {
    uint64_t lines[2], confirmed_lines[2], suggested_lines[2];
    uint64_t confirmed[MATCH_RULES], suggested[MATCH_RULES]; /* matches */
};

struct match_store *match_store_new(void);
void match_store_free(struct match_store *store);
/* Number of the account, for match_add(); the same name and currency give the same number. */
uint32_t match_account(struct match_store *store, struct slice name, const char currency[4]);
/* Copies one line into the store. Refuses what the store cannot hold: 4 GiB of text or 2^32 lines,
 * and texts beyond 65535 bytes. */
bool match_add(struct match_store *store, enum match_side side, uint32_t account,
               const struct item *item, struct error *error);

/* Finds all matches of the lines added. Call it once. */
void match_run(struct match_store *store, const struct match_limits *limits);

void match_count(const struct match_store *store, struct match_counts *counts);
/* Lines of the store in its own order: book first, then by id. */
size_t match_line_count(const struct match_store *store);
const struct match_line *match_line_at(const struct match_store *store, size_t index);
struct slice match_line_id(const struct match_store *store, const struct match_line *line);
enum match_rule match_line_rule(const struct match_line *line);
enum match_status match_line_status(const struct match_line *line);
/* Name of the rule in files: "exact", "split"… */
const char *match_rule_name(enum match_rule rule);

#endif
