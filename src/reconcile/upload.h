#ifndef BANKOPS_RECONCILE_UPLOAD_H
#define BANKOPS_RECONCILE_UPLOAD_H

#include "reconcile/format.h"

#include <libpq-fe.h>

struct upload_options {
    char side;        /* 'S' statement, 'L' book */
    const char *lane; /* code of the only lane to look in, or NULL */
    bool dry_run;     /* judge everything, keep nothing */
};

struct upload_result {
    char file_id[24];
    bool accepted;    /* false: held back by the gate */
    long long statements, lines, fresh;
    char reason[512]; /* of the gate */
};

/* Brings one file into the database in one transaction: whole or not at all. Fails when it cannot
 * be read, was imported before, or the database refuses; then nothing of it is kept. The
 * connection must be idle and is idle again afterwards. */
bool upload_file(PGconn *connection, struct source *source, const struct format *format,
                 const struct upload_options *options, struct upload_result *result,
                 struct error *error);

#endif
