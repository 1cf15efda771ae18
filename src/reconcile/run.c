#include "reconcile/run.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/language.h"
#include "database/copy.h"
#include "database/failure.h"
#include "database/session.h"
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

static size_t lines_of(const struct match_store *store, size_t first)
{
    size_t count = 1;
    for (size_t at = match_line_at(store, first)->next; at != first;
         at = match_line_at(store, at)->next)
        count++;
    return count;
}

static void copy_item(struct copy *copy, const struct match_store *store, size_t line)
{
    struct slice item = run_item_id(match_line_id(store, match_line_at(store, line)));
    copy_bytes(copy, item.text, item.length);
}

/* Why a match was made, for all rules but the one by which most are. */
static void copy_reason(struct copy *copy, const struct match_store *store, size_t first,
                        struct buffer *evidence)
{
    const struct match_rule *rule = match_line_rule(store, match_line_at(store, first));
    if (rule->kind == MATCH_REFERENCE && rule->writing == MATCH_SAME &&
        rule->ambiguity == MATCH_LEAVE && !rule->fee.given &&
        match_line_status(match_line_at(store, first)) == MATCH_CONFIRMED) {
        copy_null(copy);
        copy_null(copy);
        return;
    }
    buffer_clear(evidence);
    match_evidence(store, first, evidence);
    cJSON *object = cJSON_ParseWithLength(evidence->data, evidence->length);
    copy_text(copy, cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "why")));
    copy_bytes(copy, evidence->data, evidence->length);
    cJSON_Delete(object);
}

/* One row: the item, its mate in a pair, and on the first row of a match what it is. */
static bool copy_line(struct copy *copy, const struct match_store *store, size_t match, size_t line,
                      size_t mate, bool first, struct buffer *evidence, struct error *error)
{
    const struct match_line *at = match_line_at(store, line);
    copy_integer(copy, (int64_t)match);
    copy_item(copy, store, line);
    if (mate != line)
        copy_item(copy, store, mate);
    else
        copy_null(copy);
    if (first) {
        copy_text(copy, match_line_rule(store, at)->name);
        copy_text(copy, match_line_status(at) == MATCH_CONFIRMED ? "t" : "f");
        copy_reason(copy, store, line, evidence);
    } else {
        for (int column = 0; column < 4; column++)
            copy_null(copy);
    }
    return copy_row_end(copy, error);
}

/* A line of our book and one of the statement with the same amount go as a pair. */
static bool copy_match(struct copy *copy, const struct match_store *store, size_t match,
                       size_t first, struct buffer *evidence, struct error *error)
{
    const struct match_line *line = match_line_at(store, first);
    const struct match_line *mate = match_line_at(store, line->next);
    if (lines_of(store, first) == 2 && line->side != mate->side && line->amount == mate->amount)
        return line->side == MATCH_BOOK
                   ? copy_line(copy, store, match, first, line->next, true, evidence, error)
                   : copy_line(copy, store, match, line->next, first, true, evidence, error);
    size_t at = first;
    do {
        if (!copy_line(copy, store, match, at, at, at == first, evidence, error))
            return false;
        at = match_line_at(store, at)->next;
    } while (at != first);
    return true;
}

/* Pairs that the database would find and that are none: no match, only the item of our book. */
static bool copy_others(struct copy *copy, const struct match_store *store,
                        const struct run_unique *unique, struct error *error)
{
    size_t count;
    const uint32_t *others = run_unique_others(unique, &count);
    for (size_t i = 0; i < count; i++) {
        copy_integer(copy, 0);
        copy_item(copy, store, others[i]);
        for (int column = 0; column < 5; column++)
            copy_null(copy);
        if (!copy_row_end(copy, error))
            return false;
    }
    return true;
}

/* All matches but those of `unique`, which may be NULL. */
static bool send_matches(PGconn *connection, const struct match_store *store,
                         const struct run_unique *unique, struct error *error)
{
    struct copy copy;
    struct buffer evidence = BUFFER_INIT;
    size_t match = 0;
    bool good = copy_begin(&copy, connection,
                           "COPY api.run_line (match, item_id, mate_id, rule, confirm, why, detail) "
                           "FROM STDIN",
                           error);
    if (!good)
        return false;
    good = !unique || copy_others(&copy, store, unique, error);
    for (size_t i = 0; i < match_line_count(store) && good; i++)
        if (match_line_leads(store, i) && !(unique && run_unique_has(unique, i)))
            good = copy_match(&copy, store, ++match, i, &evidence, error);
    buffer_free(&evidence);
    if (good)
        return copy_end(&copy, error);
    copy_abort(&copy);
    return false;
}

/* What is left to the database, as api.run_commit wants it; NULL for nothing. */
static char *unique_text(const struct run_unique *unique, const struct match_rules *rules)
{
    if (!unique)
        return NULL;
    cJSON *object = cJSON_CreateObject();
    char count[24];
    snprintf(count, sizeof count, "%zu", run_unique_count(unique));
    cJSON_AddStringToObject(object, "rule", run_unique_rule(rules));
    cJSON_AddStringToObject(object, "pairs", count);
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
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

/* Reads the lines and matches them; of a bulk over a connection of its own, while the database looks
 * for plain pairs over this one. The lane is locked, so that both see the same lines. */
static bool find(PGconn *connection, const struct run_options *options, const struct begun *begun,
                 struct match_store *store, bool *bulk, struct error *error)
{
    bool done = true;
    *bulk = begun->bulk && run_unique_rule(begun->rules);
    PGconn *beside = *bulk ? session_beside(connection) : NULL;
    say(options, _("reading the open lines"));
    if (*bulk && !beside)
        done = read_lines(connection, begun, store, error);
    if (*bulk)
        done = done && prepare(connection, options, begun, error);
    if (!*bulk || beside)
        done = done && read_lines(beside ? beside : connection, begun, store, error);
    PQfinish(beside);
    if (done) {
        say(options, _("matching"));
        match_run(store);
    }
    return (!*bulk || prepared(connection, done ? error : NULL)) && done;
}

static bool match(PGconn *connection, const struct run_options *options, const struct begun *begun,
                  struct error *error)
{
    char *run = NULL, *left = NULL;
    struct match_store *store = match_store_new(begun->rules);
    bool bulk, done = find(connection, options, begun, store, &bulk, error);
    if (done) {
        say(options, _("handing over the matches"));
        struct run_unique *unique = bulk ? run_unique_new(store, begun->rules) : NULL;
        done = send_matches(connection, store, unique, error);
        left = unique_text(unique, begun->rules);
        run_unique_free(unique);
    }
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
