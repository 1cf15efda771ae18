#include "complaint/store.h"

#include "base/clock.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARRAYS = 7 };

static bool add_part(struct triage **triage, PGresult *rows, int row, bool skip_foreign,
                     struct error *error)
{
    size_t length;
    if (!*triage && !(*triage = triage_open(atoi(PQgetvalue(rows, row, 0)), error)))
        return false;
    unsigned char *bytes = PQunescapeBytea((unsigned char *)PQgetvalue(rows, row, 2), &length);
    const char *data = (const char *)bytes;
    bool good = data && ((skip_foreign && model_is_foreign(data, length)) ||
                         triage_add(*triage, *PQgetvalue(rows, row, 1), data, length, error));
    PQfreemem(bytes);
    return good;
}

static bool load(PGconn *connection, const char *model_id, bool skip_foreign,
                 struct triage **triage, struct error *error)
{
    PGresult *rows;
    *triage = NULL;
    if (!session_rows(connection, "SELECT model_id, axis, data FROM api.model_parts($1::int)", 1,
                      &model_id, &rows, error))
        return false;
    bool good = true;
    for (int i = 0; i < PQntuples(rows) && good; i++)
        good = add_part(triage, rows, i, skip_foreign, error);
    PQclear(rows);
    if (good && (!*triage || skip_foreign || triage_ready(*triage)))
        return true;
    triage_close(*triage);
    *triage = NULL;
    return good;
}

bool store_load(PGconn *connection, const char *model_id, struct triage **triage,
                struct error *error)
{
    return load(connection, model_id, false, triage, error);
}

bool store_load_rival(PGconn *connection, struct triage **triage, struct error *error)
{
    return load(connection, NULL, true, triage, error);
}

bool store_refresh(PGconn *connection, struct triage **triage, struct error *error)
{
    char *active;
    if (!session_value(connection, "SELECT model_id FROM api.classify_settings()", 0, NULL, &active,
                       error))
        return false;
    int id = atoi(active);
    free(active);
    if (*triage && (*triage)->model_id == id)
        return true;
    triage_close(*triage);
    *triage = NULL;
    return id == 0 || store_load(connection, NULL, triage, error);
}

/* The arguments of api.case_machine_batch, array literals; codes hold nothing to quote. */
static void add_case(struct buffer arrays[ARRAYS], const PGresult *rows, int row,
                     const struct triage_answer *answer)
{
    for (int i = 0; i < ARRAYS; i++)
        buffer_add(&arrays[i], row ? "," : "{");
    buffer_add(&arrays[0], PQgetvalue(rows, row, 0));
    buffer_add(&arrays[1], PQgetvalue(rows, row, 1));
    buffer_format(&arrays[2], "\"%s\"", answer->channel);
    buffer_format(&arrays[3], "%.4f", (double)answer->channel_confidence);
    for (int k = 0; k < answer->count; k++) {
        const char *before = k ? " " : "\"";
        buffer_format(&arrays[4], "%s%s", before, answer->business[k]);
        buffer_format(&arrays[5], "%s%s", before, answer->reason[k]);
        buffer_format(&arrays[6], "%s%.4f", before, (double)answer->confidence[k]);
    }
    for (int i = 4; i < ARRAYS; i++)
        buffer_add_char(&arrays[i], '"');
}

static bool send_batch(PGconn *connection, const struct triage *triage,
                       struct buffer arrays[ARRAYS], struct store_pass *pass, struct error *error)
{
    char request[37], model[16], *counts;
    const char *values[ARRAYS + 2] = {model};
    long long routed = 0, asked = 0, unknown = 0;
    clock_uuid(request);
    snprintf(model, sizeof model, "%d", triage->model_id);
    for (int i = 0; i < ARRAYS; i++) {
        buffer_add_char(&arrays[i], '}');
        values[i + 1] = buffer_text(&arrays[i]);
    }
    values[ARRAYS + 1] = request;
    if (!session_value(connection,
                       "SELECT id FROM api.case_machine_batch($1::int, $2::bigint[], $3::bigint[], "
                       "$4::text[], $5::real[], $6::text[], $7::text[], $8::text[], $9::uuid)",
                       ARRAYS + 2, values, &counts, error))
        return false;
    sscanf(counts, "%lld %lld %lld", &routed, &asked, &unknown);
    pass->routed += routed;
    pass->asked += asked;
    pass->unknown += unknown;
    free(counts);
    return true;
}

/* Reads what waits, which stays locked, says what it is, and stores that. */
static bool run_page(PGconn *connection, struct triage *triage, int limit, struct store_pass *pass,
                     bool *more, struct error *error)
{
    PGresult *rows;
    char count[16];
    const char *values[] = {count};
    struct buffer arrays[ARRAYS] = {{0}};
    snprintf(count, sizeof count, "%d", limit);
    if (!session_rows(connection,
                      "SELECT customer_id, case_id, text FROM api.classify_waiting(0, $1::int)", 1,
                      values, &rows, error))
        return false;
    int found = PQntuples(rows);
    *more = found == limit;
    pass->seen += found;
    for (int i = 0; i < found; i++) {
        struct triage_answer answer;
        triage_say(triage, PQgetvalue(rows, i, 2), (size_t)PQgetlength(rows, i, 2), &answer);
        add_case(arrays, rows, i, &answer);
    }
    PQclear(rows);
    bool good = !found || send_batch(connection, triage, arrays, pass, error);
    for (int i = 0; i < ARRAYS; i++)
        buffer_free(&arrays[i]);
    return good;
}

bool store_pass_run(PGconn *connection, struct triage *triage, int limit, struct store_pass *sum,
                    bool *more, struct error *error)
{
    if (!session_begin(connection, error))
        return false;
    bool good = run_page(connection, triage, limit, sum, more, error);
    if (good)
        return session_script(connection, "COMMIT", error);
    if (PQtransactionStatus(connection) > PQTRANS_ACTIVE)
        session_script(connection, "ROLLBACK", NULL);
    return false;
}
