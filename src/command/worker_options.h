#ifndef BANKOPS_COMMAND_WORKER_OPTIONS_H
#define BANKOPS_COMMAND_WORKER_OPTIONS_H

#include "command/worker.h"

/* What the command line of an unattended job says besides struct worker. */
struct worker_choices {
    bool quiet, helped;    /* helped: --help was asked for, nothing else is to be done */
    const char *authority; /* file of certificates to trust instead of the system's, or NULL */
    char *secrets;         /* text of the file of secrets, or NULL; the caller frees it */
};

/* Reads --once, --quiet, --as, --database and --help, and with `link` also --secrets and
 * --authority. */
bool worker_options(struct worker *worker, struct worker_choices *choices, bool link, int argc,
                    char **argv, struct error *error);

#endif
