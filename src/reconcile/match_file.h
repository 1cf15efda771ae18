#ifndef BANKOPS_RECONCILE_MATCH_FILE_H
#define BANKOPS_RECONCILE_MATCH_FILE_H

#include "reconcile/match.h"
#include "reconcile/profile.h"

/* Adds all lines of a file, of whatever format, to one side. A line without a number of its own
 * gets the number of its line in the file. `forced`: read it as the one profile there. */
bool match_load(struct match_store *store, enum match_side side, const char *path,
                const struct profiles *profiles, bool forced, struct error *error);

/* Writes match_id,status,rule,side,line_id, a row for each line of each match; whole or not at
 * all. */
bool match_write(const struct match_store *store, const char *path, struct error *error);

#endif
