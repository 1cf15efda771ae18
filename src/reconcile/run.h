#ifndef BANKOPS_RECONCILE_RUN_H
#define BANKOPS_RECONCILE_RUN_H

#include "base/error.h"

#include <libpq-fe.h>
#include <stdbool.h>

struct run_options {
    const char *lane;     /* code */
    const char *date;     /* YYYY-MM-DD, or NULL: the business date */
    const char *rule_set; /* id of one to try, or NULL: the approved set of the lane */
    bool dry_run;         /* keep nothing */
    /* Told of each step as it begins; may be NULL. */
    void (*step)(void *data, const char *what);
    void *step_data;
    /* Asked before the end, while all that the run did can be read; false takes it back. May be
     * NULL. */
    bool (*report)(void *data, PGconn *connection, const char *run, struct error *error);
    void *report_data;
};

/* Matches what is open in a lane, in one transaction: reads the open lines, finds the matches here,
 * hands them to api.run_commit, which checks them. Waits for another run of the lane. The
 * connection must be idle and is idle again afterwards. */
bool run_lane(PGconn *connection, const struct run_options *options, struct error *error);

#endif
