#ifndef BANKOPS_COMMAND_RECONCILE_LANE_H
#define BANKOPS_COMMAND_RECONCILE_LANE_H

#include "database/session.h"

#include <stdbool.h>

/* How lanes of the database are matched. */
struct reconcile_lane {
    struct session_options session;
    const char *rule_set; /* only try the version of this name that is in work, or NULL */
    const char *date; /* YYYY-MM-DD, or NULL: the business date */
    bool dry_run, quiet, all;
    bool progress;    /* tell each step on standard error */
};

/* Matches the lanes named, or all that the caller may see, each in one transaction, and prints
 * what was done. Returns the exit status. */
int reconcile_lanes(const struct reconcile_lane *wanted, int count, char **lanes);

#endif
