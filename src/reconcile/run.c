#include "reconcile/run.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "database/failure.h"
#include "database/session.h"
#include "reconcile/run_claims.h"
#include "reconcile/run_lines.h"
#include "reconcile/run_unique.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_SQL                                                                               \
    "item_id, account_id, side, movement, currency, value_date, reference, narrative, source_id, " \
    "fingerprint, occurrence, counterparty"

/* What api.run_begin said. */
struct begun {
    char lane_id[16], date[16], rule_set[16];
    char *fresh; /* statements, as an array */
    bool bulk;   /* the database finds plain pairs itself */
    struct match_rules *rules;
};

static void say(const struct run_options *options, const char *what)
{
    if (options->step)
        options->step(options->step_data, what);
}

static bool begin(PGconn *connection, const struct run_options *options, struct begun *begun,
                  struct error *error)
{
    PGresult *rows;
    const char *values[] = {options->lane, options->date, options->rule_set};
    if (!session_rows(connection,
                      "SELECT lane_id, as_of, rule_set_id, rules, fresh, bulk FROM api.run_begin($1, "
                      "$2::date, $3::int)",
                      3, values, &rows, error))
        return false;
    bool found = PQntuples(rows) == 1;
    if (found) {
        snprintf(begun->lane_id, sizeof begun->lane_id, "%s", PQgetvalue(rows, 0, 0));
        snprintf(begun->date, sizeof begun->date, "%s", PQgetvalue(rows, 0, 1));
        snprintf(begun->rule_set, sizeof begun->rule_set, "%s", PQgetvalue(rows, 0, 2));
        begun->fresh = xstrdup(PQgetvalue(rows, 0, 4));
        begun->bulk = *PQgetvalue(rows, 0, 5) == 't';
        begun->rules = match_rules_parse(options->lane, PQgetvalue(rows, 0, 3),
                                         (size_t)PQgetlength(rows, 0, 3), error);
    } else {
        error_set(error, ERROR_REFUSED, options->lane, NULL, _("there is no such rule set"));
    }
    PQclear(rows);
    return begun->rules != NULL;
}

static bool read_lines(PGconn *connection, const struct begun *begun, struct match_store *store,
                       struct error *error)
{
    char *fresh = xasprintf("SELECT " COLUMNS_SQL " FROM api.fresh_line_list WHERE statement_id = "
                            "ANY ('%s') AND day <= '%s'",
                            begun->fresh, begun->date);
    char *left = xasprintf("SELECT " COLUMNS_SQL " FROM api.open_line_list WHERE lane_id = %s AND "
                           "day <= '%s'",
                           begun->lane_id, begun->date);
    bool done = run_read_lines(connection, fresh, store, error) &&
                run_read_lines(connection, left, store, error);
    free(fresh);
    free(left);
    return done;
}

static bool commit_run(PGconn *connection, const struct run_options *options,
                       const struct begun *begun, const char *unique, char **run,
                       struct error *error)
{
    char request[37];
    clock_uuid(request);
    const char *values[] = {options->lane, begun->date, begun->rule_set, unique, request};
    return session_value(
        connection,
        "SELECT id FROM api.run_commit($1, $2::date, $3::int, $4::jsonb, $5::uuid)", 5, values, run,
        error);
}

/* Lets the database look for plain pairs; the answer is awaited by prepared(). */
static bool prepare(PGconn *connection, const struct run_options *options,
                    const struct begun *begun, struct error *error)
{
    const char *values[] = {options->lane, begun->date, begun->rule_set,
                            run_unique_rule(begun->rules)};
    return PQsendQueryParams(connection, "SELECT api.run_prepare($1, $2::date, $3::int, $4)", 4, NULL,
                             values, NULL, NULL, 0) == 1 ||
           failure_from_connection(connection, error);
}

static bool prepared(PGconn *connection, struct error *error)
{
    bool good = true;
    PGresult *result;
    while ((result = PQgetResult(connection))) {
        if (good && PQresultStatus(result) != PGRES_TUPLES_OK)
            good = failure_from_result(result, connection, error);
        PQclear(result);
    }
    return good && (PQstatus(connection) == CONNECTION_OK ||
                    failure_from_connection(connection, error));
}

/* Reads the lines, matches them and writes down what to claim; of a bulk over a connection of its own,
 * while the database looks for plain pairs over this one. The lane is locked, so that both see the same
 * lines. */
static bool find(PGconn *connection, const struct run_options *options, const struct begun *begun,
                 struct match_store *store, struct run_claims **claims, struct error *error)
{
    bool done = true, bulk = begun->bulk && run_unique_rule(begun->rules);
    PGconn *beside = bulk ? session_beside(connection) : NULL;
    say(options, _("reading the open lines"));
    if (bulk && !beside)
        done = read_lines(connection, begun, store, error);
    if (bulk)
        done = done && prepare(connection, options, begun, error);
    if (!bulk || beside)
        done = done && read_lines(beside ? beside : connection, begun, store, error);
    PQfinish(beside);
    if (done) {
        say(options, _("matching"));
        match_run(store);
        *claims = run_claims_new(store, begun->rules, bulk);
        if (bulk)
            run_claims_gather(*claims);
    }
    return (!bulk || prepared(connection, done ? error : NULL)) && done;
}

static bool match(PGconn *connection, const struct run_options *options, const struct begun *begun,
                  struct error *error)
{
    char *run = NULL, *left = NULL;
    struct match_store *store = match_store_new(begun->rules);
    struct run_claims *claims = NULL;
    bool done = find(connection, options, begun, store, &claims, error);
    if (done) {
        say(options, _("handing over the matches"));
        done = run_claims_send(claims, connection, error);
        left = run_claims_left(claims);
    }
    run_claims_free(claims);
    match_store_free(store);
    if (done)
        say(options, _("checking and keeping the matches"));
    done = done && commit_run(connection, options, begun, left, &run, error) &&
           (!options->report || options->report(options->report_data, connection, run, error));
    free(left);
    free(run);
    return done;
}

bool run_lane(PGconn *connection, const struct run_options *options, struct error *error)
{
    struct begun begun = {.fresh = NULL};
    say(options, _("waiting for the lane"));
    bool done = session_begin(connection, error) &&
                begin(connection, options, &begun, error) &&
                match(connection, options, &begun, error);
    match_rules_free(begun.rules);
    free(begun.fresh);
    if (!done || options->dry_run) {
        session_do(connection, "ROLLBACK", 0, NULL, done ? error : NULL);
        return done;
    }
    if (session_do(connection, "COMMIT", 0, NULL, error))
        return true;
    if (PQstatus(connection) == CONNECTION_OK)
        return false;
    return error_set(error, ERROR_UNCERTAIN, options->lane,
                     _("Run it again: what is matched already stays as it is."),
                     _("the connection was lost while the run was being kept"));
}
