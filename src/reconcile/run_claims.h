#ifndef BANKOPS_RECONCILE_RUN_CLAIMS_H
#define BANKOPS_RECONCILE_RUN_CLAIMS_H

#include "reconcile/match.h"

#include <libpq-fe.h>

/* What a run claims in the database (api.run_line): all matches of a store but those that the database
 * finds by itself, with their reasons. */
struct run_claims;

/* Of a store that has run, which must outlive the answer. bulk: the database finds plain pairs. */
struct run_claims *run_claims_new(const struct match_store *store, const struct match_rules *rules,
                                  bool bulk);
void run_claims_free(struct run_claims *claims);

/* Writes them down, as far as there is room, while the connection is busy yet. */
void run_claims_gather(struct run_claims *claims);
/* Sends all of them; once. */
bool run_claims_send(struct run_claims *claims, PGconn *connection, struct error *error);
/* What is left to the database, as api.run_commit wants it; NULL for nothing. The caller frees it. */
char *run_claims_left(const struct run_claims *claims);

#endif
