#include "command/core_rows.h"

#include "base/clock.h"
#include "base/digest.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Amounts and numbers are texts: anything else of an object is none of ours. */
static cJSON *copy_rows(const cJSON *page)
{
    cJSON *rows = cJSON_CreateArray();
    const cJSON *object, *each;
    int number = 0;
    cJSON_ArrayForEach(object, page)
    {
        cJSON *row = cJSON_CreateObject();
        cJSON_AddNumberToObject(row, "row", ++number);
        cJSON_ArrayForEach(each, object)
        {
            if (each->string && cJSON_IsString(each) && strcmp(each->string, "row") != 0)
                cJSON_AddStringToObject(row, each->string, each->valuestring);
        }
        cJSON_AddItemToArray(rows, row);
    }
    return rows;
}

static void read_result(PGresult *list, struct core_result *result)
{
    *result = (struct core_result){.refused = PQntuples(list) && !PQgetisnull(list, 0, 0)};
    result->row = result->refused ? atoi(PQgetvalue(list, 0, 0)) : 0;
    snprintf(result->field, sizeof result->field, "%s", PQgetvalue(list, 0, 1));
    snprintf(result->message, sizeof result->message, "%s", PQgetvalue(list, 0, 2));
    if (!result->refused && !*result->message) {
        result->added = atoi(PQgetvalue(list, 0, 3));
        result->changed = atoi(PQgetvalue(list, 0, 4));
    }
}

bool core_rows_take(PGconn *connection, const char *name, const cJSON *page,
                    struct core_result *result, struct error *error)
{
    char sha256[65], request[37];
    cJSON *rows = copy_rows(page);
    char *text = cJSON_PrintUnformatted(rows);
    digest_sha256(text, strlen(text), sha256);
    clock_uuid(request);
    const char *values[] = {name, sha256, text, request};
    PGresult *list = NULL;
    *result = (struct core_result){.refused = false};
    bool good = !cJSON_GetArraySize(rows) ||
                session_rows(connection,
                             "SELECT \"row\", field, message, added, changed FROM "
                             "api.core_import($1, $2, $3::jsonb, false, $4::uuid)",
                             4, values, &list, error);
    if (list)
        read_result(list, result);
    PQclear(list);
    cJSON_free(text);
    cJSON_Delete(rows);
    return good;
}
