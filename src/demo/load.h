#ifndef BANKOPS_DEMO_LOAD_H
#define BANKOPS_DEMO_LOAD_H

#include "base/error.h"
#include "demo/plan.h"

#include <libpq-fe.h>

enum load_stage { LOAD_CUSTOMERS, LOAD_INDEXES, LOAD_STATISTICS };

/* Called now and then, from the thread that loads: `done` of `total` in this stage. */
typedef void (*load_progress)(void *data, enum load_stage stage, int64_t done, int64_t total);

/* Whether the database may be filled. LOAD_SAME: it holds the demo bank of this seed and size. */
enum load_state { LOAD_EMPTY, LOAD_SAME, LOAD_OTHER };
/* Says what the database holds. False: it could not be asked. */
bool load_state(PGconn *connection, uint64_t seed, int64_t customers, enum load_state *state,
                struct error *error);

/* Generates the bank of the plan on one core while the server loads it on another; one transaction,
 * so that after a failure nothing is left. Then gathers statistics. `pinyin` is used by another
 * thread until the function returns. */
bool load_run(PGconn *connection, const struct plan *plan, struct pinyin *pinyin,
              load_progress progress, void *data, struct error *error);

/* Units, staff, products, calendar and settings of the plan; within the caller's transaction. */
bool organisation_load(PGconn *connection, const struct plan *plan, struct error *error);

/* Turns the rows of demo_complaint into cases with events, clocks and pauses. `now` as in plan. */
bool case_load(PGconn *connection, int64_t now, struct error *error);

#endif
