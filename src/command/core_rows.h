#ifndef BANKOPS_COMMAND_CORE_ROWS_H
#define BANKOPS_COMMAND_CORE_ROWS_H

#include "base/error.h"

#include <cjson/cJSON.h>
#include <libpq-fe.h>

/* What came of a page of orders and receivables: the first refused row, or what was new. */
struct core_result {
    bool refused;
    int row, added, changed; /* row: place in the page, from 1 */
    char field[40], message[200];
};

/* Takes the objects of a page (texts of the columns of import-core) in, whole or not at all; `name`
 * says where from. A page that was taken before adds nothing. False only when the database fails.
 */
bool core_rows_take(PGconn *connection, const char *name, const cJSON *page,
                    struct core_result *result, struct error *error);

#endif
