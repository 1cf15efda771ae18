#ifndef BANKOPS_CONSOLE_CHECK_DATABASE_H
#define BANKOPS_CONSOLE_CHECK_DATABASE_H

#include "console/definition.h"
#include "console/schema.h"

#include <libpq-fe.h>

/* Checks that schema api of a database has the views, functions, parameters and columns that a
 * screen names. Returns the number of findings. */
int check_database(PGconn *connection, const struct definition *definition, schema_report report,
                   void *data);

#endif
