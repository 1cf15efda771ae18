#ifndef BANKOPS_RECONCILE_RUN_TRY_H
#define BANKOPS_RECONCILE_RUN_TRY_H

#include "base/error.h"

#include <libpq-fe.h>
#include <stdbool.h>

struct run_trial {
    const char *lane;
    const char *date;     /* last day of the lines, or NULL: the last day that has any */
    const char *rule_set; /* name of a set with a draft or a proposal */
};

/* What the trial gave, for a summary. */
struct run_trial_result {
    char version[16];
    long long lines, confirmed[2], suggested[2]; /* before, after */
    long long gained, lost, other;               /* lines */
};

/* Matches all lines of a lane's last eight days twice, by its approved rules and by the version in
 * work, and keeps with that version what differs (api.rule_set_tried). No match is kept. */
bool run_try(PGconn *connection, const struct run_trial *trial, struct run_trial_result *result,
             struct error *error);

#endif
