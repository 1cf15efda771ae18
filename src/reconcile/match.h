#ifndef BANKOPS_RECONCILE_MATCH_H
#define BANKOPS_RECONCILE_MATCH_H

#include "base/buffer.h"
#include "reconcile/item.h"
#include "reconcile/match_rules.h"

/* Which lines of our book and which lines of a statement are the same movement. Pure: no file, no
 * database, no clock. The result depends on the lines and the rule set alone, not on the order in
 * which the lines were added. A line is in one match at most. */
struct match_store;

enum match_side { MATCH_BOOK, MATCH_STATEMENT };

enum match_status {
    MATCH_OPEN,
    MATCH_SUGGESTED,
    MATCH_CONFIRMED
};

struct match_line {
    int64_t amount;   /* minor units, money in is positive on both sides */
    uint64_t form;    /* hash of the reference whatever its writing, 0 without one */
    uint32_t text;    /* offset in the store of id, reference and narrative, one after the other */
    uint32_t account; /* number of account and currency */
    int date;
    uint32_t payer;   /* name of the other party, 0 without one */
    uint32_t next;    /* following line of its match, in a ring; itself when in none */
    uint16_t id_length, reference_length, narrative_length;
    uint8_t side, mark; /* enum match_side; rule and status, read them with the functions below */
};

struct match_counts {
    uint64_t lines[2], confirmed_lines[2], suggested_lines[2];
    int64_t confirmed_value[2], value[2]; /* sums of the amounts without sign, at most INT64_MAX */
    uint64_t confirmed[MATCH_RULES_MOST], suggested[MATCH_RULES_MOST]; /* matches, by rule */
};

/* The rule set stays the caller's and must outlive the store. */
struct match_store *match_store_new(const struct match_rules *rules);
void match_store_free(struct match_store *store);
/* Number of the account, for match_add(); the same name and currency give the same number. The two
 * sides of a lane must be added under one name. */
uint32_t match_account(struct match_store *store, struct slice name, const char currency[4]);
/* Copies one line into the store: its source_id, value_date, amount, reference, narrative and, as a
 * number, its counterparty.
 * Refuses what the store cannot hold: 4 GiB of text or 2^32 lines, and texts beyond 65535 bytes. */
bool match_add(struct match_store *store, enum match_side side, uint32_t account,
               const struct item *item, struct error *error);

/* Finds all matches of the lines added. Call it once, after the last line. */
void match_run(struct match_store *store);

void match_count(const struct match_store *store, struct match_counts *counts);
/* Lines of the store in its own order: book first, then by id. */
size_t match_line_count(const struct match_store *store);
const struct match_line *match_line_at(const struct match_store *store, size_t index);
struct slice match_line_id(const struct match_store *store, const struct match_line *line);
enum match_status match_line_status(const struct match_line *line);
/* The rule that made the line's match; NULL when it is in none. */
const struct match_rule *match_line_rule(const struct match_store *store,
                                         const struct match_line *line);
/* Whether the line is the first of its match, so that a loop over all lines sees a match once. */
bool match_line_leads(const struct match_store *store, size_t index);
/* What the match of this line needs as adjustment: the sum of its book lines less the sum of its
 * statement lines, 0 but for fees and tolerances. A reversal is 0. */
int64_t match_difference(const struct match_store *store, size_t index);
/* Appends why the match of this line was made, as a JSON object that a person can read: "why" in
 * English, "rule", the rule set as "rules", "version" and "sha256", "book_reference",
 * "statement_reference" and the "form" in which they are equal, "book_lines", "statement_lines",
 * "difference" (minor units), "days"; of some also "distance", "margin", "runner_up" (id of a
 * line), "demoted". */
void match_evidence(const struct match_store *store, size_t index, struct buffer *out);

#endif
