#include "command/reconcile_lane.h"

#include "base/alloc.h"
#include "base/language.h"
#include "command/seal.h"
#include "reconcile/run.h"
#include "reconcile/run_try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const struct error *error)
{
    error_print(error);
    return error_exit_status(error);
}

static void tell_run(const PGresult *rows, const char *lane, bool dry_run)
{
    char book[64], statement[64], matches[64], breaks[64];
    long long unexplained = atoll(PQgetvalue(rows, 0, 7));
    printf(_("%s up to %s%s: %s and %s open, %s (%s%%), %s, %s s\n"), lane, PQgetvalue(rows, 0, 0),
           dry_run ? _(" (dry run)") : "",
           language_count(book, "%lld book line", "%lld book lines", atoll(PQgetvalue(rows, 0, 1))),
           language_count(statement, "%lld statement line", "%lld statement lines",
                          atoll(PQgetvalue(rows, 0, 2))),
           language_count(matches, "%lld match", "%lld matches", atoll(PQgetvalue(rows, 0, 3))),
           PQgetvalue(rows, 0, 6),
           language_count(breaks, "%lld break", "%lld breaks", atoll(PQgetvalue(rows, 0, 4))),
           PQgetvalue(rows, 0, 5));
    if (unexplained)
        printf(ngettext("%s: the balance of %lld account is not explained (:rec)\n",
                        "%s: the balances of %lld accounts are not explained (:rec)\n",
                        (unsigned long)unexplained),
               lane, unexplained);
}

static bool report(PGconn *connection, const struct reconcile_lane *reconcile, const char *lane,
                   const char *run, struct error *error)
{
    PGresult *rows;
    const char *values[] = {run};
    if (!session_rows(connection,
                      "SELECT r.as_of, r.book_count, r.statement_count, r.match_count, "
                      "r.break_count, r.seconds, coalesce(round(r.rate, 2)::text, '–'), "
                      "(SELECT count(*) FROM api.balance_statement(r.lane_id, r.as_of) b "
                      "WHERE b.difference <> 0) "
                      "FROM api.lane_run_list r WHERE r.run_id = $1::bigint",
                      1, values, &rows, error))
        return false;
    if (!reconcile->quiet)
        tell_run(rows, lane, reconcile->dry_run);
    PQclear(rows);
    return true;
}

struct told {
    const struct reconcile_lane *wanted;
    const char *lane;
};

static bool report_run(void *data, PGconn *connection, const char *run, struct error *error)
{
    const struct told *told = data;
    return report(connection, told->wanted, told->lane, run, error);
}

static void show_step(void *data, const char *what)
{
    fprintf(stderr, "%s: %s\n", (const char *)data, what);
}

static bool try_lane(PGconn *connection, const struct reconcile_lane *reconcile, const char *lane,
                     struct error *error)
{
    struct run_trial trial = {lane, reconcile->date, reconcile->rule_set};
    struct run_trial_result result;
    if (!run_try(connection, &trial, &result, error))
        return false;
    char lines[64], gained[64];
    if (!reconcile->quiet)
        printf(_("%s: %s version %s tried on %s: %lld confirmed instead of %lld, %lld suggested "
                 "instead of %lld; %s gained, %lld lost, %lld otherwise\n"),
               lane, reconcile->rule_set, result.version,
               language_count(lines, "%lld line", "%lld lines", result.lines), result.confirmed[1],
               result.confirmed[0], result.suggested[1], result.suggested[0],
               language_count(gained, "%lld line", "%lld lines", result.gained), result.lost,
               result.other);
    return true;
}

static bool match_lane(PGconn *connection, const struct reconcile_lane *reconcile, const char *lane,
                       struct error *error)
{
    struct told told = {reconcile, lane};
    if (reconcile->rule_set)
        return try_lane(connection, reconcile, lane, error);
    char *name = xstrdup(lane);
    struct run_options options = {.lane = lane,
                                  .date = reconcile->date,
                                  .dry_run = reconcile->dry_run,
                                  .report = report_run,
                                  .report_data = &told,
                                  .step = reconcile->progress ? show_step : NULL,
                                  .step_data = name};
    bool done = run_lane(connection, &options, error);
    free(name);
    if (!done && !strcmp(error->where, "p_lane"))
        snprintf(error->where, sizeof error->where, "%s", lane);
    if (!done && !strcmp(error->where, "p_as_of") && reconcile->date)
        snprintf(error->where, sizeof error->where, "--date");
    return done;
}

static int run_all(PGconn *connection, const struct reconcile_lane *reconcile, struct error *error)
{
    PGresult *lanes;
    int status = 0;
    if (!session_rows(connection, "SELECT code FROM api.lane_list WHERE active ORDER BY code", 0,
                      NULL, &lanes, error))
        return fail(error);
    for (int i = 0; i < PQntuples(lanes) && PQstatus(connection) == CONNECTION_OK; i++)
        if (!match_lane(connection, reconcile, PQgetvalue(lanes, i, 0), error))
            status = fail(error);
    PQclear(lanes);
    return status;
}

int reconcile_lanes(const struct reconcile_lane *reconcile, int count, char **lanes)
{
    struct error error = ERROR_INIT;
    int status = 0;
    PGconn *connection = session_open(&reconcile->session, &error);
    if (!connection)
        return fail(&error);
    if (reconcile->all)
        status = run_all(connection, reconcile, &error);
    for (int i = 0; i < count && PQstatus(connection) == CONNECTION_OK; i++)
        if (!match_lane(connection, reconcile, lanes[i], &error))
            status = fail(&error);
    seal_trail(connection);
    PQfinish(connection);
    return status;
}
