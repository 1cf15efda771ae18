#ifndef BANKOPS_RECONCILE_ORIGINAL_H
#define BANKOPS_RECONCILE_ORIGINAL_H

#include "base/error.h"

#include <libpq-fe.h>
#include <stdio.h>

/* Keeps the bytes of a delivered file in the database, within the caller's transaction, and notes
 * that these files ("{1,2}") were read from it. A content that is there already is kept once. */
bool original_keep(PGconn *connection, const char *path, const char *files, struct error *error);

/* Writes the bytes that this file was read from, as they were delivered. */
bool original_write(PGconn *connection, const char *file, FILE *out, struct error *error);

#endif
