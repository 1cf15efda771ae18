#ifndef BANKOPS_CONSOLE_NAMES_H
#define BANKOPS_CONSOLE_NAMES_H

#include "console/query.h"

#include <libpq-fe.h>

/* Code lists of the database: what the values of a column, filter or field are called in both
 * languages ("names" in a screen file), so that a code added there needs no new screen file. Read
 * once in the life of the program, again on F5. Values written in the file stand first and keep
 * their style; a title missing there comes from the database. */

/* The first list of the screen that has not been read (or, `again`, the next after the first
 * `done`): fills the query, value, English and Chinese name of each code. False when there is none. */
bool names_next(const struct definition *definition, bool again, int *done, struct query *query,
                int *list);
/* The rows of that list. */
void names_take(int list, const PGresult *rows);
/* Puts what is known into the columns, filters and fields of the screen. */
void names_apply(const struct definition *definition);

/* Reads what the screen names over a synchronous connection and applies it. */
bool names_read(PGconn *connection, const struct definition *definition, struct error *error);

/* Calls visit for each list that the screen names, with its place in the file's tree. */
void names_each(const struct definition *definition,
                void (*visit)(const struct defined_names *names, void *data), void *data);

#endif
