#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { FILTER = 1 << 20 };

/* Account, direction and the reference without its part number; 0 without one. */
static uint64_t parent_key(const struct match_store *store, const struct match_line *line)
{
    struct slice reference = match_reference(store, line), parent, core;
    struct match_form form;
    if (match_no_reference(reference, &store->rules->absent))
        return 0;
    match_parent(reference, &parent);
    form = match_core(parent, &store->rules->prefixes);
    core = match_form_core(&form);
    return core.length ? match_mix(match_hash(core.text, core.length) | 1,
                                   match_mix(line->account, line->amount < 0))
                       : 0;
}

static bool has_part(const struct match_store *store, uint32_t line)
{
    return match_has_part(store, &store->lines[line]);
}

static bool one_parent(const struct match_store *store, uint32_t one, uint32_t other)
{
    const struct match_line *a = &store->lines[one], *b = &store->lines[other];
    const struct match_words *prefixes = &store->rules->prefixes;
    struct slice x, y;
    match_parent(match_reference(store, a), &x);
    match_parent(match_reference(store, b), &y);
    struct match_form p = match_core(x, prefixes), q = match_core(y, prefixes);
    return a->account == b->account && (a->amount < 0) == (b->amount < 0) &&
           match_same_reference(&p, &q);
}

/* Whether two parts carry the same number: one of them is a copy. */
static bool repeated(const struct match_store *store, const uint32_t *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (match_same_writing(store, lines[i], lines[j]))
                return true;
    return false;
}

/* Lines of one parent. The keys of the open ones come first. */
struct family {
    uint32_t lines[2][MATCH_PARTS];
    size_t counts[2];
};

/* One line of a side against all lines of the other that carry its reference as their parent: the
 * total of the whole group must be that line's amount. */
static void join_family(struct match_store *store, const struct match_rule *rule,
                        const struct family *family)
{
    int one = family->counts[0] == 1 ? 0 : 1;
    size_t parts = family->counts[!one];
    uint32_t lines[MATCH_PARTS + 1] = {family->lines[one][0]};
    int64_t rest;
    if (family->counts[one] != 1 || parts < 2 || parts > rule->parts || has_part(store, lines[0]))
        return;
    rest = store->lines[lines[0]].amount;
    for (size_t i = 0; i < parts; i++) {
        uint32_t part = lines[i + 1] = family->lines[!one][i];
        if (!has_part(store, part) || !one_parent(store, lines[0], part) ||
            !match_in_days(&store->lines[lines[0]], &store->lines[part], rule) ||
            __builtin_sub_overflow(rest, store->lines[part].amount, &rest))
            return;
    }
    if (!rest && !repeated(store, lines + 1, parts))
        match_join(store, lines, parts + 1, rule, true);
}

static void gather(const struct match_store *store, const struct match_key *keys, size_t count,
                   struct family *family)
{
    family->counts[0] = family->counts[1] = 0;
    for (size_t i = 0; i < count; i++) {
        int side = store->lines[keys[i].line].side;
        if (!match_is_open(store, keys[i].line))
            continue;
        if (family->counts[side] < MATCH_PARTS)
            family->lines[side][family->counts[side]] = keys[i].line;
        family->counts[side]++;
    }
}

static void collect(const struct match_store *store, struct match_keys *keys)
{
    for (size_t i = 0; i < match_rest_count(store); i++) {
        const struct match_line *line = &store->lines[match_rest(store, i)];
        uint64_t key = line->mark ? 0 : parent_key(store, line);
        if (key)
            match_keys_add(keys, key, match_rest(store, i));
    }
    match_keys_sort(keys);
}

void match_rule_split(struct match_store *store, const struct match_rule *rule)
{
    struct match_keys keys = {NULL, 0, 0};
    struct family *family = xmalloc(sizeof *family);
    collect(store, &keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        gather(store, &keys.list[at], run, family);
        if (run > 2 && family->counts[0] <= MATCH_PARTS && family->counts[1] <= MATCH_PARTS)
            join_family(store, rule, family);
    }
    match_keys_free(&keys);
    free(family);
}

static bool is_confirmed_pair(const struct match_store *store, uint32_t line)
{
    const struct match_rule *rule = match_line_rule(store, &store->lines[line]);
    return rule && rule->kind == MATCH_REFERENCE &&
           match_line_status(&store->lines[line]) == MATCH_CONFIRMED;
}

static bool is_reversal(const struct match_store *store, uint32_t line)
{
    const struct match_rule *rule = match_line_rule(store, &store->lines[line]);
    return rule && rule->kind == MATCH_REVERSAL &&
           match_line_status(&store->lines[line]) == MATCH_CONFIRMED;
}

static bool is_unsure(const struct match_store *store, uint32_t line)
{
    return match_line_status(&store->lines[line]) != MATCH_CONFIRMED;
}

/* Lines that were taken, whose reference open parts have as parent and whose amount is the total of
 * those parts: with two explanations the match is left to a person. Movement and counter-movement of
 * a reference that parts of the other side name are two movements, whatever the total. */
static void doubt_family(struct match_store *store, const struct match_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct match_line *whole = &store->lines[keys[i].line];
        int64_t rest = whole->amount;
        uint32_t part = UINT32_MAX;
        bool reversal = is_reversal(store, keys[i].line);
        if (!reversal && !is_confirmed_pair(store, keys[i].line))
            continue;
        for (size_t j = 0; j < count; j++)
            if (is_unsure(store, keys[j].line) && has_part(store, keys[j].line) &&
                store->lines[keys[j].line].side != whole->side) {
                part = keys[j].line;
                if (__builtin_sub_overflow(rest, store->lines[part].amount, &rest))
                    break;
            }
        if (part != UINT32_MAX && (!rest || reversal))
            match_demote(store, keys[i].line, MATCH_DOUBT_PARTS, part);
    }
}

/* Another line of the side, reference and amount; UINT32_MAX without one. */
static uint32_t other_whole(const struct match_store *store, uint32_t whole)
{
    const struct match_line *line = &store->lines[whole];
    const struct match_keys *keys = &store->references;
    uint64_t key = match_reference_key(line);
    size_t from = match_keys_find(keys, key);
    for (size_t at = from; at < keys->count && keys->list[at].key == key && at < from + MATCH_PARTS;
         at++) {
        const struct match_line *other = &store->lines[keys->list[at].line];
        if (other != line && other->side == line->side && other->account == line->account &&
            other->amount == line->amount)
            return keys->list[at].line;
    }
    return UINT32_MAX;
}

/* Parts of a reference and amount that two lines have may be those of either. */
static void doubt_wholes(struct match_store *store)
{
    for (size_t i = 0; i < match_rest_count(store); i++) {
        uint32_t whole = match_rest(store, i);
        const struct match_rule *rule = match_line_rule(store, &store->lines[whole]);
        if (!rule || rule->kind != MATCH_SPLIT || has_part(store, whole))
            continue;
        uint32_t other = other_whole(store, whole);
        if (other != UINT32_MAX)
            match_demote(store, whole, MATCH_DOUBT_PARTS, other);
    }
}

void match_doubt_parts(struct match_store *store)
{
    doubt_wholes(store);
    struct match_keys keys = {NULL, 0, 0};
    uint8_t *filter = xcalloc(FILTER, 1);
    for (size_t i = 0; i < match_rest_count(store); i++)
        if (is_unsure(store, match_rest(store, i)) && has_part(store, match_rest(store, i))) {
            uint64_t key = parent_key(store, &store->lines[match_rest(store, i)]);
            match_keys_add(&keys, key, match_rest(store, i));
            filter[key & (FILTER - 1)] = 1;
        }
    for (size_t i = 0; keys.count && i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        uint64_t key =
            line->form ? match_mix(line->form, match_mix(line->account, line->amount < 0)) : 0;
        if (line->mark && key && filter[key & (FILTER - 1)])
            match_keys_add(&keys, key, (uint32_t)i);
    }
    match_keys_sort(&keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        if (run > 1 && run <= MATCH_PARTS)
            doubt_family(store, &keys.list[at], run);
    }
    match_keys_free(&keys);
    free(filter);
}
