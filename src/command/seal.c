#include "command/seal.h"

void seal_trail(PGconn *connection)
{
    PGresult *rows = NULL;
    struct error error = ERROR_INIT;
    if (PQstatus(connection) == CONNECTION_OK &&
        session_rows(connection, "SELECT blocks FROM api.audit_seal()", 0, NULL, &rows, &error))
        PQclear(rows);
}
