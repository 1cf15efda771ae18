#include "command/case_rows.h"

#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 1000 };

/* The members that a row may have; NULL after the last. */
static const char *const fields[] = {
    "id",         "received_at", "source",     "channel", "customer", "unit",
    "subject",    "text",        "business",   "reason",  "level",    "urgency",
    "remedy",     "flags",       "name",       "contact", "role",     "authority",
    "group_size", "third_party", "complained", "type",    NULL};

bool case_row_field(const char *name)
{
    if (!strncmp(name, "field.", 6) && name[6])
        return true;
    for (const char *const *each = fields; *each; each++)
        if (!strcmp(*each, name))
            return true;
    return false;
}

bool case_row_member(cJSON *row, const cJSON *value)
{
    char number[32];
    if (cJSON_IsString(value))
        return cJSON_AddStringToObject(row, value->string, value->valuestring);
    snprintf(number, sizeof number, "%.15g", cJSON_IsNumber(value) ? value->valuedouble : 0);
    return cJSON_IsNumber(value) && cJSON_AddStringToObject(row, value->string, number);
}

bool case_rows_begin(struct case_rows *rows, PGconn *connection, const char *system,
                     const char *name, const char *sha256, struct error *error)
{
    char *id;
    const char *values[] = {system, name, sha256};
    rows->connection = connection;
    rows->count = rows->bad = 0;
    if (!session_begin(connection, error))
        return false;
    if (!session_value(connection, "SELECT api.case_import_begin($1, $2, $3)", 3, values, &id,
                       error)) {
        session_script(connection, "ROLLBACK", NULL);
        return false;
    }
    rows->import = atoi(id);
    rows->waiting = cJSON_CreateArray();
    free(id);
    return true;
}

static bool tell(struct case_rows *rows, const PGresult *answer, struct error *error)
{
    for (int i = 0; i < PQntuples(answer); i++) {
        struct case_bad bad = {atoi(PQgetvalue(answer, i, 0)), PQgetvalue(answer, i, 1),
                               PQgetvalue(answer, i, 2), PQgetvalue(answer, i, 3),
                               PQgetvalue(answer, i, 4)};
        rows->bad++;
        if (!rows->refused(rows->data, &bad, error))
            return false;
    }
    return true;
}

bool case_rows_flush(struct case_rows *rows, struct error *error)
{
    char id[16], *text = cJSON_PrintUnformatted(rows->waiting);
    PGresult *answer = NULL;
    snprintf(id, sizeof id, "%d", rows->import);
    const char *values[] = {id, text};
    bool good = session_rows(rows->connection,
                             "SELECT row_number, field, message, detail, hint FROM "
                             "api.case_import_rows($1::int, $2::jsonb)",
                             2, values, &answer, error) &&
                tell(rows, answer, error);
    PQclear(answer);
    cJSON_free(text);
    cJSON_Delete(rows->waiting);
    rows->waiting = cJSON_CreateArray();
    return good;
}

bool case_rows_add(struct case_rows *rows, int number, cJSON *row, struct error *error)
{
    cJSON_AddNumberToObject(row, "row", number);
    cJSON_AddItemToArray(rows->waiting, row);
    rows->count++;
    return cJSON_GetArraySize(rows->waiting) < BATCH || case_rows_flush(rows, error);
}

bool case_rows_commit(struct case_rows *rows, int skipped, const char *cursor,
                      struct case_summary *summary, struct error *error)
{
    char id[16], lost[16];
    PGresult *answer = NULL;
    snprintf(id, sizeof id, "%d", rows->import);
    if (!case_rows_flush(rows, error))
        return false;
    snprintf(lost, sizeof lost, "%d", skipped + rows->bad);
    const char *values[] = {id, lost, cursor};
    bool good =
        session_rows(rows->connection, "SELECT * FROM api.case_import_done($1::int, $2::int, $3)",
                     3, values, &answer, error) &&
        session_script(rows->connection, "COMMIT", error);
    if (good)
        *summary = (struct case_summary){
            atoi(PQgetvalue(answer, 0, 0)), atoi(PQgetvalue(answer, 0, 1)),
            atoi(PQgetvalue(answer, 0, 2)), atoi(PQgetvalue(answer, 0, 3)), skipped + rows->bad};
    PQclear(answer);
    return good;
}

void case_rows_drop(struct case_rows *rows)
{
    if (rows->connection && PQtransactionStatus(rows->connection) > PQTRANS_ACTIVE)
        session_script(rows->connection, "ROLLBACK", NULL);
    cJSON_Delete(rows->waiting);
    rows->waiting = NULL;
}
