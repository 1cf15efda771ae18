#ifndef BANKOPS_DATABASE_BACKUP_H
#define BANKOPS_DATABASE_BACKUP_H

#include "base/error.h"
#include "database/cluster.h"

#include <libpq-fe.h>

/* Backups in PostgreSQL's custom archive format, made and read by pg_dump and pg_restore. The roles
 * of the staff travel inside, without passwords. */

/* Writes a backup of the connection's database whole or not at all. `place` is a file that does not
 * exist yet, or a folder, where the name is bankops-YYYYMMDD-HHMMSS.backup. *path (owned by the
 * caller) is the file. */
bool backup_write(PGconn *connection, const char *place, const struct progress *progress,
                  char **path, struct error *error);

/* Fails unless the file is a readable backup of bankops. */
bool backup_check(const char *file, struct error *error);

/* Loads a backup, in one transaction, into the connection's database, which must be empty. */
bool backup_restore(PGconn *connection, const char *file, const struct progress *progress,
                    struct error *error);

#endif
