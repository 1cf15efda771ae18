#ifndef BANKOPS_RECONCILE_RUN_UNIQUE_H
#define BANKOPS_RECONCILE_RUN_UNIQUE_H

#include "reconcile/match.h"

/* The pairs of a run that the database finds by itself (src/schema/096-reconcile-unique.sql): one line
 * of each side, and nothing else of the account has their reference and amount, whatever its sign. */
struct run_unique;

/* The rule that confirms them, NULL when the rule set has none. */
const char *run_unique_rule(const struct match_rules *rules);

/* Looks for them among the lines of a store that has run by a rule set with such a rule. The store must
 * outlive the answer. */
struct run_unique *run_unique_new(const struct match_store *store, const struct match_rules *rules);
void run_unique_free(struct run_unique *unique);

/* How many of them the store matched just so. */
size_t run_unique_count(const struct run_unique *unique);
/* Whether the match of this line is one of them. */
bool run_unique_has(const struct run_unique *unique, size_t line);
/* The book lines of the others, which the store matched otherwise or left open. */
const uint32_t *run_unique_others(const struct run_unique *unique, size_t *count);

#endif
