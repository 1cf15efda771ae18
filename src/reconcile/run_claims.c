#include "reconcile/run_claims.h"

#include "base/alloc.h"
#include "base/json.h"
#include "database/copy.h"
#include "reconcile/run_lines.h"
#include "reconcile/run_unique.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROOM = 32 << 20 }; /* bytes that are gathered at most */

struct run_claims {
    const struct match_store *store;
    const struct match_rules *rules;
    struct run_unique *unique; /* NULL: all matches are claimed */
    struct copy copy;
    struct buffer evidence;
    size_t next; /* line to look at */
    size_t match;
};

static size_t lines_of(const struct match_store *store, size_t first)
{
    size_t count = 1;
    for (size_t at = match_line_at(store, first)->next; at != first;
         at = match_line_at(store, at)->next)
        count++;
    return count;
}

static void copy_item(struct run_claims *claims, size_t line)
{
    struct slice item =
        run_item_id(match_line_id(claims->store, match_line_at(claims->store, line)));
    copy_bytes(&claims->copy, item.text, item.length);
}

/* Why a match was made, for all rules but the one by which most are. */
static void copy_reason(struct run_claims *claims, size_t first)
{
    const struct match_line *line = match_line_at(claims->store, first);
    const struct match_rule *rule = match_line_rule(claims->store, line);
    if (rule->kind == MATCH_REFERENCE && rule->writing == MATCH_SAME &&
        rule->ambiguity == MATCH_LEAVE && !rule->fee.given &&
        match_line_status(line) == MATCH_CONFIRMED) {
        copy_null(&claims->copy);
        copy_null(&claims->copy);
        return;
    }
    buffer_clear(&claims->evidence);
    match_evidence(claims->store, first, &claims->evidence);
    cJSON *object = cJSON_ParseWithLength(claims->evidence.data, claims->evidence.length);
    copy_text(&claims->copy,
              cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "why")));
    copy_bytes(&claims->copy, claims->evidence.data, claims->evidence.length);
    cJSON_Delete(object);
}

/* One row: the item, its mate in a pair, and on the first row of a match what it is. */
static bool copy_line(struct run_claims *claims, size_t line, size_t mate, bool first,
                      struct error *error)
{
    const struct match_line *at = match_line_at(claims->store, line);
    struct copy *copy = &claims->copy;
    copy_integer(copy, (int64_t)claims->match);
    copy_item(claims, line);
    if (mate != line)
        copy_item(claims, mate);
    else
        copy_null(copy);
    if (first) {
        copy_text(copy, match_line_rule(claims->store, at)->name);
        copy_text(copy, match_line_status(at) == MATCH_CONFIRMED ? "t" : "f");
        copy_reason(claims, line);
    } else {
        for (int column = 0; column < 4; column++)
            copy_null(copy);
    }
    return copy_row_end(copy, error);
}

/* A line of our book and one of the statement with the same amount go as a pair. */
static bool copy_match(struct run_claims *claims, size_t first, struct error *error)
{
    const struct match_line *line = match_line_at(claims->store, first);
    const struct match_line *mate = match_line_at(claims->store, line->next);
    claims->match++;
    if (lines_of(claims->store, first) == 2 && line->side != mate->side &&
        line->amount == mate->amount)
        return line->side == MATCH_BOOK ? copy_line(claims, first, line->next, true, error)
                                        : copy_line(claims, line->next, first, true, error);
    size_t at = first;
    do {
        if (!copy_line(claims, at, at, at == first, error))
            return false;
        at = match_line_at(claims->store, at)->next;
    } while (at != first);
    return true;
}

/* Pairs that the database would find and that are none: no match, only the item of our book. */
static void copy_others(struct run_claims *claims)
{
    size_t count;
    const uint32_t *others = run_unique_others(claims->unique, &count);
    for (size_t i = 0; i < count; i++) {
        copy_integer(&claims->copy, 0);
        copy_item(claims, others[i]);
        for (int column = 0; column < 5; column++)
            copy_null(&claims->copy);
        copy_row_end(&claims->copy, NULL);
    }
}

struct run_claims *run_claims_new(const struct match_store *store, const struct match_rules *rules,
                                  bool bulk)
{
    struct run_claims *claims = xcalloc(1, sizeof *claims);
    claims->store = store;
    claims->rules = rules;
    copy_gather(&claims->copy);
    if (bulk) {
        claims->unique = run_unique_new(store, rules);
        copy_others(claims);
    }
    return claims;
}

void run_claims_free(struct run_claims *claims)
{
    if (!claims)
        return;
    run_unique_free(claims->unique);
    buffer_free(&claims->copy.block);
    buffer_free(&claims->evidence);
    free(claims);
}

/* The next match, if the next line begins one that is claimed. */
static bool copy_next(struct run_claims *claims, struct error *error)
{
    size_t line = claims->next++;
    return !match_line_leads(claims->store, line) ||
           (claims->unique && run_unique_has(claims->unique, line)) ||
           copy_match(claims, line, error);
}

void run_claims_gather(struct run_claims *claims)
{
    while (claims->next < match_line_count(claims->store) && claims->copy.block.length < ROOM)
        copy_next(claims, NULL);
}

bool run_claims_send(struct run_claims *claims, PGconn *connection, struct error *error)
{
    if (!copy_resume(&claims->copy, connection,
                     "COPY api.run_line (match, item_id, mate_id, rule, confirm, why, detail) "
                     "FROM STDIN",
                     error))
        return false;
    while (claims->next < match_line_count(claims->store))
        if (!copy_next(claims, error)) {
            copy_abort(&claims->copy);
            return false;
        }
    return copy_end(&claims->copy, error);
}

char *run_claims_left(const struct run_claims *claims)
{
    if (!claims->unique)
        return NULL;
    cJSON *object = cJSON_CreateObject();
    char count[24];
    snprintf(count, sizeof count, "%zu", run_unique_count(claims->unique));
    cJSON_AddStringToObject(object, "rule", run_unique_rule(claims->rules));
    cJSON_AddStringToObject(object, "pairs", count);
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
}
