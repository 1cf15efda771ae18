#ifndef BANKOPS_COMMAND_WORKER_H
#define BANKOPS_COMMAND_WORKER_H

#include "database/session.h"

#include <stdint.h>

/* An unattended job that works in rounds. Several of them, on several machines, may run at once:
 * the rounds themselves are safe for that. */
struct worker {
    const char *conninfo, *as; /* as struct session_options; as NULL: worker01 of the private one */
    bool once;                 /* until nothing is due, then end */
    /* One round. Says in *wait_ms how long nothing will be due (0: there is more to do now). */
    bool (*round)(void *data, PGconn *connection, int64_t *wait_ms, struct error *error);
    void *data;
};

enum { WORKER_LONGEST_WAIT = 30000 }; /* milliseconds between two looks at the database */

/* Runs rounds until SIGINT or SIGTERM (then true), or with `once` until one answers a wait. Without
 * `once` a lost or refusing server is tried again, from 1 to 30 s apart, and told on standard
 * error once; any other error ends the job. */
bool worker_run(const struct worker *worker, struct error *error);

#endif
