#ifndef BANKOPS_DATABASE_SCRIPT_H
#define BANKOPS_DATABASE_SCRIPT_H

#include "base/error.h"

#include <libpq-fe.h>

/* Runs the statements of one file inside the present transaction. On failure the error's where is
 * "name:line" of the statement, or of the place in it that the server points at. */
bool script_run(PGconn *connection, const char *name, const char *text, struct error *error);

/* Line (from 1) on which statement `index` (from 0) of a script begins; knows comments, quoted
 * texts and dollar quotes. */
int script_statement_line(const char *text, int index);

#endif
