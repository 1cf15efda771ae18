#ifndef BANKOPS_RECONCILE_ORIGINAL_H
#define BANKOPS_RECONCILE_ORIGINAL_H

#include "base/error.h"

#include <libpq-fe.h>
#include <stdio.h>

enum { ORIGINAL_ID = 24 };

/* Sends the bytes of a delivered file to the database, within the caller's transaction; its number
 * there goes to `id`. A content that is there already is kept once. */
bool original_send(PGconn *connection, const char *path, char id[ORIGINAL_ID], struct error *error);

/* Notes that these files ("{1,2}") were read from it, when it came whole. */
bool original_link(PGconn *connection, const char *id, const char *files, struct error *error);

/* Both. */
bool original_keep(PGconn *connection, const char *path, const char *files, struct error *error);

/* Writes the bytes that this file was read from, as they were delivered. */
bool original_write(PGconn *connection, const char *file, FILE *out, struct error *error);

#endif
