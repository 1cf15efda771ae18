#ifndef BANKOPS_COMMAND_WORK_TREE_H
#define BANKOPS_COMMAND_WORK_TREE_H

#include "base/error.h"

#include <stdbool.h>

/* The unattended jobs as children of one process: each is started again when it ends, after 1 s and
 * twice as long each time up to a minute; what they say goes to standard output, one line each with
 * time and name. */

struct work_choices {
    const char *jobs;      /* names separated by commas, or NULL: all */
    const char *secrets, *authority, *as, *conninfo; /* passed on when not NULL */
    bool quiet;            /* only failures are reported */
};

/* False with an error when `jobs` names one that is not there. */
bool work_jobs_known(const char *jobs, struct error *error);

/* Runs the jobs until SIGTERM, SIGINT or SIGHUP, then ends them and waits for them. `state` is a file
 * that is kept saying what runs: the number of this process, then a line for each job. */
bool work_tree_run(const struct work_choices *choices, int state, struct error *error);

#endif
