#ifndef BANKOPS_COMPLAINT_STORE_H
#define BANKOPS_COMPLAINT_STORE_H

#include "complaint/triage.h"

#include <libpq-fe.h>
#include <stdint.h>

/* The classifier and its cases in the database (071-classify.sql). */

/* Reads a model (id as text; NULL: the active one) and checks its bytes. *triage is NULL when there
 * is none. */
bool store_load(PGconn *connection, const char *model_id, struct triage **triage,
                struct error *error);

/* The active model to compare a new one with. One that another version of the program wrote says
 * nothing here: it has its number and no parts, so that the new one may take its place. */
bool store_load_rival(PGconn *connection, struct triage **triage, struct error *error);

/* Reads it again when another model has become active since, or none was. */
bool store_refresh(PGconn *connection, struct triage **triage, struct error *error);

/* What one pass did. */
struct store_pass {
    int64_t seen, routed, asked, unknown;
};

/* Classifies up to `limit` cases that wait, in one transaction, and adds to *pass. *more: there may
 * be others. Safe to run on several connections at once. */
bool store_pass_run(PGconn *connection, struct triage *triage, int limit, struct store_pass *pass,
                    bool *more, struct error *error);

#endif
