#include "base/clock.h"
#include "base/language.h"
#include "command/classify_database.h"
#include "command/worker.h"
#include "complaint/store.h"
#include "demo/learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_MS = 30000 };

struct night {
    const char *day, *attempt; /* as the claim says them */
    bool promote;
};

/* Makes the model active when it was better; that it was not is no failure. */
static bool try_promote(PGconn *connection, const char *model, bool *promoted, struct error *error)
{
    char request[37];
    const char *const values[] = {model, request};
    clock_uuid(request);
    if (!session_script(connection, "SAVEPOINT promote", error))
        return false;
    *promoted =
        session_do(connection, "SELECT api.model_promote($1::int, $2::uuid)", 2, values, error);
    if (*promoted)
        return true;
    if (strcmp(error->code, "BO423"))
        return false;
    *error = (struct error)ERROR_INIT;
    return session_script(connection, "ROLLBACK TO promote", error);
}

/* The model and the end of the claim become true together. */
static bool train(PGconn *connection, const struct night *night, struct learn_result *result,
                  bool *promoted, struct error *error)
{
    struct triage *rival = NULL;
    char model[16];
    bool good = session_begin(connection, error) &&
                store_load_rival(connection, &rival, error) &&
                learn_run(connection, rival, result, error);
    triage_close(rival);
    snprintf(model, sizeof model, "%d", result->model_id);
    if (good && night->promote)
        good = try_promote(connection, model, promoted, error);
    const char *const values[] = {night->day, night->attempt, model, *promoted ? "true" : "false"};
    good = good &&
           session_do(connection,
                      "SELECT api.nightly_done($1::date, $2::int, $3::int, $4::boolean, '')", 4,
                      values, error) &&
           session_script(connection, "COMMIT", error);
    if (!good && PQtransactionStatus(connection) > PQTRANS_ACTIVE)
        session_script(connection, "ROLLBACK", NULL);
    return good;
}

/* Gives the night back, so that it is tried again; the worker ends with the error all the same. */
static void give_back(PGconn *connection, const struct night *night, const struct error *error)
{
    const char *const values[] = {night->day, night->attempt, error->what};
    if (PQstatus(connection) == CONNECTION_OK)
        session_do(connection,
                   "SELECT api.nightly_done($1::date, $2::int, NULL, false, $3)", 3, values,
                   &(struct error)ERROR_INIT);
}

static void say(const struct night *night, const struct learn_result *result, bool promoted)
{
    printf(_("%s: model %d trained on %d examples, %d of %d held-out cases right; %s\n"),
           night->day, result->model_id, result->examples, result->hits, result->held,
           promoted ? _("it is active") : _("it stays in shadow"));
    fflush(stdout);
}

static bool look(void *data, PGconn *connection, int64_t *wait_ms, struct error *error)
{
    const bool *quiet = data;
    PGresult *claim = NULL;
    *wait_ms = LOOK_MS;
    if (!session_rows(connection, "SELECT night, try_no, promote FROM api.nightly_claim()", 0, NULL,
                      &claim, error))
        return false;
    bool good = true;
    if (PQntuples(claim) == 1) {
        struct night night = {PQgetvalue(claim, 0, 0), PQgetvalue(claim, 0, 1),
                              *PQgetvalue(claim, 0, 2) == 't'};
        struct learn_result result = {0};
        bool promoted = false;
        good = train(connection, &night, &result, &promoted, error);
        if (!good)
            give_back(connection, &night, error);
        else if (!*quiet)
            say(&night, &result, promoted);
    }
    PQclear(claim);
    return good;
}

bool classify_nightly(const struct session_options *session, bool once, bool quiet,
                      struct error *error)
{
    struct worker worker = {.conninfo = session->conninfo, .as = session->as, .once = once,
                            .round = look, .data = &quiet};
    return worker_run(&worker, error);
}
