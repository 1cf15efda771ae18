#ifndef BANKOPS_DATABASE_MIGRATE_H
#define BANKOPS_DATABASE_MIGRATE_H

#include "base/error.h"
#include "database/cluster.h"

#include <libpq-fe.h>

/* The schema as numbered files NNN-topic.sql in place_share("schema"), each applied once, in order,
 * in its own transaction, and recorded with its SHA-256 in migration.step. */

/* Applies what is missing. Refuses when an applied file was changed or is missing, and when the
 * database knows newer steps than this program. *applied counts (may be NULL). */
bool migrate_run(PGconn *connection, const struct progress *progress, int *applied,
                 struct error *error);

/* SQL that reads the schema's version in one row of (steps, newest number); any role may run it. */
extern const char migrate_version_sql[];

/* Judges that row, or the failed result: the error says whether the program is too old or the
 * schema has to be migrated. */
bool migrate_check(const PGresult *version, struct error *error);

#endif
