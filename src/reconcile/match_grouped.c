#include "reconcile/match_store.h"

#include "base/alloc.h"
#include "reconcile/match_text.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS = 512, FILTER = 1 << 20 };

static uint64_t group_key(const struct match_store *store, const struct match_line *line)
{
    struct slice reference = match_reference(store, line), parent;
    struct match_form form;
    if (match_no_reference(reference))
        return 0;
    match_parent(reference, &parent);
    form = match_core(parent);
    return form.length ? match_mix(match_hash(form.text, form.length),
                                   match_mix(line->account, line->amount < 0))
                       : 0;
}

static bool has_parent(const struct match_store *store, uint32_t line)
{
    struct slice parent;
    return match_parent(match_reference(store, &store->lines[line]), &parent);
}

static bool one_group(const struct match_store *store, uint32_t one, uint32_t other)
{
    const struct match_line *a = &store->lines[one], *b = &store->lines[other];
    struct slice x, y;
    match_parent(match_reference(store, a), &x);
    match_parent(match_reference(store, b), &y);
    struct match_form p = match_core(x), q = match_core(y);
    return a->account == b->account && (a->amount < 0) == (b->amount < 0) &&
           p.length == q.length && !memcmp(p.text, q.text, p.length);
}

/* Whether two parts carry the same number: one of them is a copy. */
static bool repeated(const struct match_store *store, const uint32_t *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++) {
            struct slice a = match_reference(store, &store->lines[lines[i]]);
            struct slice b = match_reference(store, &store->lines[lines[j]]);
            if (a.length == b.length && !memcmp(a.text, b.text, a.length))
                return true;
        }
    return false;
}

/* One line of a side against all lines of the other that carry its reference as their parent: the
 * total of the whole group must be that line's amount. */
static void join_split(struct match_store *store, uint32_t *sides[2], const size_t counts[2])
{
    int one = counts[0] == 1 ? 0 : 1;
    size_t parts = counts[!one];
    uint32_t lines[PARTS + 1];
    int64_t rest;
    if (counts[one] != 1 || parts < 2 || parts > PARTS || has_parent(store, sides[one][0]))
        return;
    rest = store->lines[sides[one][0]].amount;
    lines[0] = sides[one][0];
    for (size_t i = 0; i < parts; i++) {
        lines[i + 1] = sides[!one][i];
        if (!has_parent(store, lines[i + 1]) || !one_group(store, lines[0], lines[i + 1]) ||
            __builtin_sub_overflow(rest, store->lines[lines[i + 1]].amount, &rest))
            return;
    }
    if (!rest && !repeated(store, lines + 1, parts))
        match_join(store, lines, parts + 1, MATCH_SPLIT, MATCH_CONFIRMED);
}

/* Whether statement and book differ by a fee of the rate, which may be rounded either way. */
static bool is_fee(const struct match_line *book, const struct match_line *statement,
                   const struct match_limits *limits)
{
    int64_t whole = llabs(book->amount), fee = whole - llabs(statement->amount);
    __int128 low = (__int128)whole * limits->fee_low / 1000000;
    __int128 high = ((__int128)whole * limits->fee_high + 999999) / 1000000;
    return fee > 0 && fee >= low && fee <= high;
}

static bool is_fee_pair(const struct match_store *store, uint32_t *sides[2],
                        const size_t counts[2], const struct match_limits *limits)
{
    if (counts[0] != 1 || counts[1] != 1)
        return false;
    const struct match_line *book = &store->lines[sides[0][0]];
    const struct match_line *statement = &store->lines[sides[1][0]];
    struct slice a = match_reference(store, book), b = match_reference(store, statement);
    return one_group(store, sides[0][0], sides[1][0]) && a.length == b.length &&
           !memcmp(a.text, b.text, a.length) && is_fee(book, statement, limits);
}

static uint64_t use_key(const struct match_store *store, const struct match_line *line)
{
    struct slice reference = match_reference(store, line);
    return match_mix(match_hash(reference.text, reference.length),
                     match_mix(line->account, line->amount < 0));
}

/* Confirms the pairs whose reference no other line of the account and direction carries, matched
 * ones included. A pair is two keys, book first. */
static void join_fees(struct match_store *store, const struct match_keys *pairs)
{
    uint8_t *filter = xcalloc(FILTER / 8, 1);
    struct match_keys uses = {NULL, 0, 0};
    for (size_t i = 0; i < pairs->count; i += 2) {
        uint64_t bit = pairs->list[i].key & (FILTER - 1);
        filter[bit >> 3] |= (uint8_t)(1 << (bit & 7));
    }
    for (size_t i = 0; pairs->count && i < store->count; i++) {
        uint64_t key = use_key(store, &store->lines[i]), bit = key & (FILTER - 1);
        if (filter[bit >> 3] >> (bit & 7) & 1)
            match_keys_add(&uses, key, (uint32_t)i);
    }
    match_keys_sort(&uses);
    for (size_t i = 0; i < pairs->count; i += 2) {
        const uint32_t lines[] = {pairs->list[i].line, pairs->list[i + 1].line};
        size_t used = match_keys_run(&uses, match_keys_find(&uses, pairs->list[i].key));
        match_join(store, lines, 2, MATCH_FEE, used == 2 ? MATCH_CONFIRMED : MATCH_SUGGESTED);
    }
    match_keys_free(&uses);
    free(filter);
}

void match_grouped(struct match_store *store, const struct match_limits *limits)
{
    struct match_keys keys = {NULL, 0, 0}, pairs = {NULL, 0, 0};
    uint32_t book[PARTS], statement[PARTS], *sides[2] = {book, statement};
    size_t counts[2];
    for (size_t i = 0; i < store->count; i++) {
        uint64_t key = store->lines[i].mark ? 0 : group_key(store, &store->lines[i]);
        if (key)
            match_keys_add(&keys, key, (uint32_t)i);
    }
    match_keys_sort(&keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        match_part(store, &keys.list[at], run, sides, counts, PARTS);
        join_split(store, sides, counts);
        if (!is_fee_pair(store, sides, counts, limits))
            continue;
        uint64_t key = use_key(store, &store->lines[book[0]]);
        match_keys_add(&pairs, key, book[0]);
        match_keys_add(&pairs, key, statement[0]);
    }
    join_fees(store, &pairs);
    match_keys_free(&keys);
    match_keys_free(&pairs);
}
