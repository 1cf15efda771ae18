#include "command/classify_database.h"

#include "base/clock.h"
#include "base/csv_reader.h"
#include "base/file.h"
#include "base/language.h"
#include "command/classify_opinion.h"
#include "command/worker.h"
#include "complaint/store.h"
#include "console/csv.h"
#include "demo/complaint-sample.h"
#include "demo/learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 1000, OPINIONS = 5, IDLE_MS = 2000 };

static PGconn *open_as_worker(const struct session_options *wanted, struct error *error)
{
    struct session_options session = *wanted;
    session_default_role(&session, "worker01");
    return session_open(&session, error);
}

static double percent(int part, int all)
{
    return all ? 100.0 * part / all : 0;
}

/* *same: the new model has the bytes of the active one, because no label changed since. */
static bool is_same(PGconn *connection, const struct learn_result *result, bool *same,
                    struct error *error)
{
    char ids[2][16], *digests;
    const char *const values[] = {ids[0], ids[1]};
    snprintf(ids[0], sizeof ids[0], "%d", result->model_id);
    snprintf(ids[1], sizeof ids[1], "%d", result->rival_id);
    if (!session_value(connection,
                       "SELECT count(DISTINCT sha256) FROM api.model_list "
                       "WHERE model_id IN ($1::int, $2::int)",
                       2, values, &digests, error))
        return false;
    *same = result->rival_id && !strcmp(digests, "1");
    free(digests);
    return true;
}

static void say_result(const struct learn_result *result, bool same)
{
    printf(_("model     %d, in shadow\nexamples  %d, of them decided by people: %d\n"),
           result->model_id, result->examples, result->corrections);
    printf(result->own_cases
               ? _("compared  on %d held-out cases of the bank\n")
               : _("compared  on %d texts of the program: no decided case is held out yet\n"),
           result->held);
    printf(_("accuracy  %.2f (business and reason right), top-3 %.2f\n"),
           percent(result->hits, result->held), percent(result->top3, result->held));
    printf(_("automatic %.2f %% of the cases, %.2f %% of them right\n"),
           percent(result->automatic, result->held),
           percent(result->automatic_hits, result->automatic));
    printf(_("calibration error %.2f\n"), 100 * result->calibration);
    if (result->rival_id)
        printf(_("active    model %d: %.2f on the same\n"), result->rival_id,
               percent(result->rival_hits, result->held));
    if (same)
        puts(_("          the same model: nobody has corrected a class since"));
    printf(_("time      %.2f s\n"), result->seconds);
}

/* Promotes a model; that it is not better is no failure of the nightly job. */
static bool promote(PGconn *connection, const char *model, bool nightly, struct error *error)
{
    char request[37];
    const char *const values[] = {model, request};
    clock_uuid(request);
    if (session_do(connection, "SELECT api.model_promote($1::int, $2::uuid)", 2, values, error))
        return printf(_("model %s is active\n"), model) > 0;
    if (!nightly || strcmp(error->code, "BO423"))
        return false;
    printf(_("model %s stays in shadow: %s\n"), model, error->what);
    *error = (struct error)ERROR_INIT;
    return true;
}

bool classify_learn(const struct session_options *session, bool and_promote, struct error *error)
{
    struct learn_result result;
    struct triage *rival = NULL;
    char id[16];
    bool same = false;
    PGconn *connection = open_as_worker(session, error);
    bool good = connection && store_load_rival(connection, &rival, error) &&
                learn_run(connection, rival, &result, error) &&
                is_same(connection, &result, &same, error);
    if (good) {
        say_result(&result, same);
        snprintf(id, sizeof id, "%d", result.model_id);
        good = !and_promote || promote(connection, id, true, error);
    }
    triage_close(rival);
    PQfinish(connection);
    return good;
}

bool classify_promote(const struct session_options *session, const char *model,
                      struct error *error)
{
    PGconn *connection = open_as_worker(session, error);
    char *newest = NULL;
    bool good = connection &&
                (model || session_value(connection,
                                        "SELECT max(model_id) FROM api.model_list "
                                        "WHERE state = 'shadow'",
                                        0, NULL, &newest, error));
    if (good && !model && !*newest)
        good = error_set(error, ERROR_INPUT, "classify promote",
                         _("bankops classify train --from-database makes one."),
                         _("no model is in shadow"));
    good = good && promote(connection, model ? model : newest, false, error);
    free(newest);
    PQfinish(connection);
    return good;
}

bool classify_rollback(const struct session_options *session, struct error *error)
{
    PGconn *connection = open_as_worker(session, error);
    char request[37], *id = NULL;
    const char *const values[] = {request};
    clock_uuid(request);
    bool good = connection && session_value(connection,
                                            "SELECT id FROM api.model_rollback($1::uuid)", 1,
                                            values, &id, error);
    if (good)
        printf(_("model %s is active\n"), id);
    free(id);
    PQfinish(connection);
    return good;
}

bool classify_models(const struct session_options *session, struct error *error)
{
    PGconn *connection = open_as_worker(session, error);
    PGresult *rows = NULL;
    bool good = connection &&
                session_rows(connection,
                             "SELECT model_id, state, to_char(trained_at, 'YYYY-MM-DD HH24:MI'), "
                             "examples, corrections, held, accuracy, auto_share, auto_accuracy, "
                             "bytes, left(sha256, 12) FROM api.model_list ORDER BY model_id",
                             0, NULL, &rows, error);
    if (good)
        printf(_("model  state    trained           examples  people's  held  right  auto  of them "
                 "right     bytes  SHA-256\n"));
    for (int i = 0; good && i < PQntuples(rows); i++)
        printf("%5s  %-7s  %s  %8s  %8s  %4s  %5s  %4s  %13s  %8s  %s\n", PQgetvalue(rows, i, 0),
               PQgetvalue(rows, i, 1), PQgetvalue(rows, i, 2), PQgetvalue(rows, i, 3),
               PQgetvalue(rows, i, 4), PQgetvalue(rows, i, 5), PQgetvalue(rows, i, 6),
               PQgetvalue(rows, i, 7), PQgetvalue(rows, i, 8), PQgetvalue(rows, i, 9),
               PQgetvalue(rows, i, 10));
    PQclear(rows);
    PQfinish(connection);
    return good;
}

/* The worker that classifies what waits. */
struct cases_job {
    struct triage *triage;
    struct store_pass pass;
    bool quiet;
};

static bool cases_round(void *data, PGconn *connection, int64_t *wait_ms, struct error *error)
{
    struct cases_job *job = data;
    struct store_pass before = job->pass;
    bool more = false;
    int asked = 0;
    *wait_ms = IDLE_MS;
    if (!store_refresh(connection, &job->triage, error))
        return false;
    if (!job->triage)
        return true;
    if (!store_pass_run(connection, job->triage, BATCH, &job->pass, &more, error) ||
        (!more && !classify_opinions(connection, OPINIONS, &asked, error)))
        return false;
    if (asked && !job->quiet)
        printf(_("second opinions asked for: %d\n"), asked);
    int64_t done = job->pass.routed + job->pass.asked + job->pass.unknown - before.routed -
                   before.asked - before.unknown;
    *wait_ms = (more && done) || asked == OPINIONS ? 0 : IDLE_MS;
    if (done && !job->quiet) {
        printf(_("routed %lld, left to a person %lld, unknown %lld\n"),
               (long long)(job->pass.routed - before.routed),
               (long long)(job->pass.asked - before.asked),
               (long long)(job->pass.unknown - before.unknown));
        fflush(stdout);
    }
    return true;
}

bool classify_cases(const struct session_options *session, bool once, bool quiet,
                    struct error *error)
{
    struct cases_job job = {.quiet = quiet};
    struct worker worker = {.conninfo = session->conninfo, .as = session->as, .once = once,
                            .round = cases_round, .data = &job};
    bool good = worker_run(&worker, error);
    if (good && once && !job.triage)
        good = error_set(error, ERROR_INPUT, "classify cases",
                         _("bankops classify train --from-database --promote makes one."),
                         _("no model is active"));
    else if (good && once && !quiet && !job.pass.seen)
        puts(_("no case waits to be classified"));
    triage_close(job.triage);
    return good;
}

bool classify_texts(int count, uint64_t seed, const char *output, struct error *error)
{
    struct buffer out = BUFFER_INIT, text = BUFFER_INIT;
    struct random random;
    random_start(&random, seed, 70, 0);
    buffer_add(&out, "text,channel,business,reason,language");
    csv_end(&out);
    for (int i = 0; i < count; i++) {
        struct complaint_sample sample = COMPLAINT_SAMPLE_INIT;
        sample.english = random_chance(&random, 4000);
        sample.day = (int)random_between(&random, 20000, 21000);
        complaint_sample_make(&sample, &random);
        buffer_clear(&text);
        buffer_format(&text, "%s\n%s", buffer_text(&sample.subject), buffer_text(&sample.facts));
        csv_field(&out, buffer_text(&text));
        buffer_format(&out, ",%s,%s,%s,%s", sample.channel, sample.business, sample.reason,
                      sample.english ? "en" : "zh");
        csv_end(&out);
        complaint_sample_free(&sample);
    }
    bool good = output ? file_write(output, out.data, out.length, error)
                       : fwrite(out.data, 1, out.length, stdout) == out.length && !fflush(stdout);
    buffer_free(&out);
    buffer_free(&text);
    return good;
}
