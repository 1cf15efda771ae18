#ifndef BANKOPS_DEMO_LEARN_H
#define BANKOPS_DEMO_LEARN_H

#include "complaint/triage.h"

#include <libpq-fe.h>

/* Training a classifier of complaints from what people of the bank decided, and from texts that the
 * program writes itself, so that a bank without a history has a beginning. */

/* A trained model, on the cases held out (without any: on fresh texts of the program). rival: the
 * active model on the same ones. */
struct learn_result {
    int model_id;
    int examples, corrections; /* trained with; of them people's */
    int held, hits, top3, automatic, automatic_hits;
    int rival_id, rival_hits; /* 0 without an active model */
    bool own_cases;           /* the held-out ones are the bank's */
    double calibration, seconds;
};

/* Trains, compares and stores a model in shadow. `rival` may be NULL. */
bool learn_run(PGconn *connection, struct triage *rival, struct learn_result *result,
               struct error *error);

/* The first model of a new database: trained and made active. Does nothing when there is one. */
bool learn_begin(PGconn *connection, struct error *error);

/* For the demo bank, within the caller's transaction: what the first model says of every case
 * loaded, at the time it came in, and what people then decided. */
bool learn_history(PGconn *connection, struct error *error);

#endif
