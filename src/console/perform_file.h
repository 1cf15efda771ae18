#ifndef BANKOPS_CONSOLE_PERFORM_FILE_H
#define BANKOPS_CONSOLE_PERFORM_FILE_H

#include "console/console.h"

/* A file that a function answered: one row with name, kind, data (bytea as text). Saves it to the
 * current folder under a name that is free there, or shows it: a text in $PAGER (less), other kinds
 * in $BANKOPS_VIEWER, from a folder that nobody else can read and that is gone afterwards. Says what
 * became of it; false when it failed. */
bool perform_file(struct console *console, enum answer_kind wanted, const PGresult *rows);

/* Writes such a row under `path`, or below the current folder when NULL, never over another file.
 * *written gets the path; the caller frees. */
bool perform_file_write(const PGresult *rows, const char *path, char **written,
                        struct error *error);

#endif
