#ifndef BANKOPS_RECONCILE_RUN_LINES_H
#define BANKOPS_RECONCILE_RUN_LINES_H

#include "reconcile/match.h"

#include <libpq-fe.h>

/* Adds the rows of a query to the store: item_id, account_id, side, movement, currency, value_date,
 * reference, narrative, source_id, fingerprint, occurrence, counterparty, by COPY. The line of an item
 * is named so that lines sort the same way whatever order they were imported in, its id last
 * (run_item_id). */
bool run_read_lines(PGconn *connection, const char *query, struct match_store *store,
                    struct error *error);

/* The item_id at the end of a line's name: digits, as text within it. */
struct slice run_item_id(struct slice name);

#endif
