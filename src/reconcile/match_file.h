#ifndef BANKOPS_RECONCILE_MATCH_FILE_H
#define BANKOPS_RECONCILE_MATCH_FILE_H

#include "reconcile/match.h"
#include "reconcile/profile.h"

/* Adds all lines of a file, of whatever format, to one side. A line without a number of its own
 * gets the number of its line in the file. `forced`: read it as the one profile there. */
bool match_load(struct match_store *store, enum match_side side, const char *path,
                const struct profiles *profiles, bool forced, struct error *error);

/* After match_run(): refuses a side whose table has an id column in which an id stands twice. */
bool match_check_ids(const struct match_store *store, enum match_side side, const char *path,
                     struct error *error);

/* Writes match_id,status,rule,side,line_id, a row for each line of each match; whole or not at
 * all. The second line of a number that a bank gave twice is NUMBER#2. */
bool match_write(const struct match_store *store, const char *path, struct error *error);

#endif
