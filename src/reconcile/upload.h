#ifndef BANKOPS_RECONCILE_UPLOAD_H
#define BANKOPS_RECONCILE_UPLOAD_H

#include "reconcile/format.h"
#include "reconcile/outline.h"

#include <libpq-fe.h>

struct upload_options {
    char side;        /* 'S' statement, 'L' book */
    const char *lane; /* code of the only lane to look in, or NULL */
    bool dry_run;     /* judge everything, keep nothing */
    const char *name;  /* of the file in the records, or NULL: the source's without folders */
    struct outline *outline; /* filled with what the file holds, or NULL */
};

struct upload_result {
    char file_id[24];
    bool accepted;    /* false: held back by the gate */
    long long statements, lines, fresh;
    char reason[512]; /* of the gate */
};

/* Files that are kept together or not at all: upload_begin, upload_file for each, upload_end. The
 * connection must be idle before and is idle afterwards. */
bool upload_begin(PGconn *connection, struct error *error);

/* Brings one file into the database. Fails when it cannot be read, was imported before (SQLSTATE
 * BO409), or the database refuses; of this file nothing is there then, and the transaction goes
 * on: the caller may leave it out. */
bool upload_file(PGconn *connection, struct source *source, const struct format *format,
                 const struct upload_options *options, struct upload_result *result,
                 struct error *error);

/* Keeps everything, or with `keep` false nothing. */
bool upload_end(PGconn *connection, bool keep, const char *name, struct error *error);

#endif
