#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* A mistyped reference may be that of another line. Where that line's own partner is missing or
 * damaged, the two look like an exact pair. What gives it away is the owner of the mistyped line:
 * open, of the same amount, its reference one edit from the pair's. */

enum { DIGITS_LEAST = 6, DIGITS_MOST = 14 };

/* Among more values than this, hitting another's reference by accident does not happen. */
static const double space_most = 1e9;

struct rival {
    struct match_store *store;
    const struct match_lane *lanes;
    const struct match_rule *rule; /* whose days count */
    uint32_t line;
};

static bool is_keyed_pair(const struct match_store *store, uint32_t line)
{
    const struct match_rule *rule = match_line_rule(store, &store->lines[line]);
    return rule && (rule->kind == MATCH_REFERENCE || rule->kind == MATCH_NARRATIVE ||
                    rule->kind == MATCH_TRUNCATED) &&
           match_line_status(&store->lines[line]) == MATCH_CONFIRMED;
}

/* Whether the owner has found a partner that the taken line could not have as well. */
static bool is_explained(const struct match_store *store, uint32_t owner, uint32_t taken)
{
    const struct match_line *line = &store->lines[owner];
    if (line->next == owner)
        return false;
    struct match_form partner = match_line_form(store, line->next);
    struct match_form form = match_line_form(store, taken);
    return match_distance(match_form_core(&partner), match_form_core(&form)) > 1;
}

/* The pair that a reference one edit away is in. */
static void doubt(const struct rival *rival, const char *core, size_t length)
{
    struct match_store *store = rival->store;
    const struct match_line *line = &store->lines[rival->line];
    const struct match_keys *keys = &store->references;
    uint64_t key = match_mix(match_hash(core, length) | 1, line->account);
    for (size_t at = match_keys_find(keys, key); at < keys->count && keys->list[at].key == key;
         at++) {
        uint32_t taken = keys->list[at].line;
        const struct match_line *other = &store->lines[taken];
        if (other->side == line->side && other->account == line->account &&
            is_keyed_pair(store, taken) &&
            store->lines[other->next].amount == line->amount &&
            match_in_days(line, &store->lines[other->next], rival->rule) &&
            !is_explained(store, rival->line, taken))
            match_demote(store, taken, MATCH_DOUBT_NEAR, rival->line);
    }
}

/* All references that one digit or one swap makes of this one. */
static void try_all(const struct rival *rival, struct slice core)
{
    char text[DIGITS_MOST];
    memcpy(text, core.text, core.length);
    for (size_t i = 0; i < core.length; i++) {
        char was = text[i];
        for (text[i] = i ? '0' : '1'; text[i] <= '9'; text[i]++)
            if (text[i] != was)
                doubt(rival, text, core.length);
        text[i] = was;
        if (!i || text[i] == text[i - 1] || (i == 1 && was == '0'))
            continue;
        text[i] = text[i - 1];
        text[i - 1] = was;
        doubt(rival, text, core.length);
        text[i - 1] = text[i];
        text[i] = was;
    }
}

static bool all_digits(struct slice core)
{
    for (size_t i = 0; i < core.length; i++)
        if (core.text[i] < '0' || core.text[i] > '9')
            return false;
    return core.length >= DIGITS_LEAST && core.length <= DIGITS_MOST;
}

static bool is_candidate(const struct match_store *store, const struct match_line *line)
{
    const struct match_rule *rule = match_line_rule(store, line);
    enum match_status status = match_line_status(line);
    return line->form && (status == MATCH_OPEN || (status == MATCH_SUGGESTED && rule &&
                                                   rule->kind == MATCH_NEAR));
}

void match_doubt_near(struct match_store *store)
{
    static const struct match_rule usual = {.early = 1, .late = 3};
    struct match_lane *lanes = match_lanes_new(store);
    struct rival rival = {store, lanes, &usual, 0};
    for (size_t i = 0; i < store->rules->count; i++)
        if (store->rules->list[i].kind == MATCH_NEAR)
            rival.rule = &store->rules->list[i];
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        if (!is_candidate(store, line))
            continue;
        struct match_form form = match_line_form(store, (uint32_t)i);
        struct slice core = match_form_core(&form);
        rival.line = (uint32_t)i;
        if (all_digits(core) && match_lane_space(lanes, line->account, form.length) < space_most)
            try_all(&rival, core);
    }
    match_lanes_free(lanes);
}
