#include "reconcile/run_try.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/language.h"
#include "database/session.h"
#include "reconcile/run_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXAMPLES = 500 };

struct trial {
    char lane_id[16], rule_set[16], from[16], to[16], currency[4];
    struct match_rules *rules[2];
    struct match_store *stores[2];
    cJSON *examples;
};

static bool begin(PGconn *connection, const struct run_trial *wanted, struct trial *trial,
                  struct run_trial_result *result, struct error *error)
{
    PGresult *rows;
    const char *values[] = {wanted->lane, wanted->rule_set, wanted->date};
    if (!session_rows(
            connection,
            "SELECT b.lane_id, s.rule_set_id, s.version, d.day - 7, d.day, b.rules, t.rules, "
            "coalesce(l.currency, '') FROM api.run_begin($1, NULL, NULL) b "
            "JOIN api.lane_setting l USING (lane_id) "
            "JOIN api.rule_set_list s ON s.name = $2 AND s.status IN ('draft', 'proposed') "
            "CROSS JOIN LATERAL api.run_begin($1, NULL, s.rule_set_id) t "
            "CROSS JOIN LATERAL (SELECT coalesce($3::date, max(y.day)) AS day FROM api.lane_day y "
            "WHERE y.lane_id = b.lane_id AND y.book_count > 0 AND y.statement_count > 0) d",
            3, values, &rows, error))
        return false;
    if (PQntuples(rows) != 1 || PQgetisnull(rows, 0, 4)) {
        PQclear(rows);
        return error_set(error, ERROR_REFUSED, wanted->rule_set,
                         _("Draft a new version first (:rules)."),
                         _("there is no draft of this rule set, or no line to try it on"));
    }
    snprintf(trial->lane_id, sizeof trial->lane_id, "%s", PQgetvalue(rows, 0, 0));
    snprintf(trial->rule_set, sizeof trial->rule_set, "%s", PQgetvalue(rows, 0, 1));
    snprintf(result->version, sizeof result->version, "%s", PQgetvalue(rows, 0, 2));
    snprintf(trial->from, sizeof trial->from, "%s", PQgetvalue(rows, 0, 3));
    snprintf(trial->to, sizeof trial->to, "%s", PQgetvalue(rows, 0, 4));
    snprintf(trial->currency, sizeof trial->currency, "%s", PQgetvalue(rows, 0, 7));
    bool good = true;
    for (int i = 0; i < 2 && good; i++) {
        trial->rules[i] = match_rules_parse(i ? wanted->rule_set : wanted->lane,
                                            PQgetvalue(rows, 0, 5 + i),
                                            (size_t)PQgetlength(rows, 0, 5 + i), error);
        good = trial->rules[i] != NULL;
    }
    PQclear(rows);
    return good;
}

static bool match_both(PGconn *connection, struct trial *trial, struct error *error)
{
    char *query = xasprintf(
        "SELECT f.item_id, f.account_id, f.side, f.movement, f.currency, f.value_date, f.reference, "
        "f.narrative, f.source_id, f.fingerprint, f.occurrence, f.counterparty FROM "
        "api.fresh_line_list f WHERE "
        "f.statement_id IN (SELECT s.statement_id FROM api.statement_list s WHERE s.lane_id = %s AND "
        "s.live) AND f.day BETWEEN '%s' AND '%s'",
        trial->lane_id, trial->from, trial->to);
    bool good = true;
    for (int i = 0; i < 2 && good; i++) {
        trial->stores[i] = match_store_new(trial->rules[i]);
        good = run_read_lines(connection, query, trial->stores[i], error);
        if (good)
            match_run(trial->stores[i]);
    }
    free(query);
    return good;
}

/* Rule and status of a line's match, with the lines in it. */
static void name_state(const struct match_store *store, size_t line, char text[64])
{
    const struct match_line *at = match_line_at(store, line);
    const struct match_rule *rule = match_line_rule(store, at);
    text[0] = '\0';
    if (rule)
        snprintf(text, 64, "%s %s", rule->name,
                 match_line_status(at) == MATCH_CONFIRMED ? "confirmed" : "suggested");
}

/* Both stores hold the same lines in the same order: a ring of the one is the ring of the other. */
static bool same_partners(const struct trial *trial, size_t line)
{
    size_t a = match_line_at(trial->stores[0], line)->next;
    size_t b = match_line_at(trial->stores[1], line)->next;
    while (a == b && a != line) {
        a = match_line_at(trial->stores[0], a)->next;
        b = match_line_at(trial->stores[1], b)->next;
    }
    return a == b;
}

static void add_example(struct trial *trial, size_t line, const char *change, const char *before,
                        const char *after)
{
    const struct match_line *at = match_line_at(trial->stores[1], line);
    struct slice item = run_item_id(match_line_id(trial->stores[1], at));
    char amount[24], reference[64];
    if (cJSON_GetArraySize(trial->examples) >= EXAMPLES)
        return;
    cJSON *object = cJSON_CreateObject();
    snprintf(amount, sizeof amount, "%lld", (long long)at->amount);
    snprintf(reference, sizeof reference, "%s %.*s", at->side == MATCH_BOOK ? "L" : "S",
             (int)item.length, item.text);
    cJSON_AddStringToObject(object, "change", change);
    cJSON_AddStringToObject(object, "before", before);
    cJSON_AddStringToObject(object, "after", after);
    cJSON_AddStringToObject(object, "currency", trial->currency);
    cJSON_AddStringToObject(object, "amount", amount);
    cJSON_AddStringToObject(object, "reference", reference);
    cJSON_AddItemToArray(trial->examples, object);
}

static void compare_line(struct trial *trial, size_t line, struct run_trial_result *result)
{
    char before[64], after[64];
    bool was = match_line_status(match_line_at(trial->stores[0], line)) == MATCH_CONFIRMED;
    bool is = match_line_status(match_line_at(trial->stores[1], line)) == MATCH_CONFIRMED;
    name_state(trial->stores[0], line, before);
    name_state(trial->stores[1], line, after);
    if (was == is && !strcmp(before, after) && same_partners(trial, line))
        return;
    long long *count = was && !is ? &result->lost : is && !was ? &result->gained : &result->other;
    ++*count;
    add_example(trial, line, was && !is ? "lost" : is && !was ? "gained" : "other", before, after);
}

static void compare(struct trial *trial, struct run_trial_result *result)
{
    size_t lines = match_line_count(trial->stores[0]);
    result->lines = (long long)lines;
    for (int i = 0; i < 2; i++)
        for (size_t line = 0; line < lines; line++) {
            enum match_status status = match_line_status(match_line_at(trial->stores[i], line));
            result->confirmed[i] += status == MATCH_CONFIRMED;
            result->suggested[i] += status == MATCH_SUGGESTED;
        }
    for (size_t line = 0; line < lines; line++)
        compare_line(trial, line, result);
}

static char *describe(const struct trial *trial, const struct run_trial *wanted,
                      const struct run_trial_result *result)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "lane", wanted->lane);
    cJSON_AddStringToObject(object, "from", trial->from);
    cJSON_AddStringToObject(object, "day", trial->to);
    cJSON_AddNumberToObject(object, "lines", (double)result->lines);
    cJSON_AddNumberToObject(object, "confirmed_before", (double)result->confirmed[0]);
    cJSON_AddNumberToObject(object, "confirmed_after", (double)result->confirmed[1]);
    cJSON_AddNumberToObject(object, "suggested_before", (double)result->suggested[0]);
    cJSON_AddNumberToObject(object, "suggested_after", (double)result->suggested[1]);
    cJSON_AddNumberToObject(object, "gained", (double)result->gained);
    cJSON_AddNumberToObject(object, "lost", (double)result->lost);
    cJSON_AddNumberToObject(object, "other", (double)result->other);
    cJSON_AddItemReferenceToObject(object, "examples", trial->examples);
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
}

static bool keep(PGconn *connection, const struct trial *trial, const char *text,
                 struct error *error)
{
    char request[37];
    clock_uuid(request);
    const char *values[] = {trial->rule_set, text, request};
    return session_do(connection, "SELECT api.rule_set_tried($1::int, $2::jsonb, $3::uuid)", 3,
                      values, error);
}

bool run_try(PGconn *connection, const struct run_trial *wanted, struct run_trial_result *result,
             struct error *error)
{
    struct trial trial = {.examples = cJSON_CreateArray()};
    *result = (struct run_trial_result){.lines = 0};
    bool good = session_begin(connection, error) &&
                begin(connection, wanted, &trial, result, error) &&
                match_both(connection, &trial, error);
    if (good) {
        compare(&trial, result);
        char *text = describe(&trial, wanted, result);
        good = keep(connection, &trial, text, error);
        free(text);
    }
    for (int i = 0; i < 2; i++) {
        if (trial.stores[i])
            match_store_free(trial.stores[i]);
        match_rules_free(trial.rules[i]);
    }
    cJSON_Delete(trial.examples);
    if (!good) {
        session_do(connection, "ROLLBACK", 0, NULL, NULL);
        return false;
    }
    return session_do(connection, "COMMIT", 0, NULL, error);
}
