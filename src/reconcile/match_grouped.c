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
    return form.length ? match_mix(match_hash(form.text, form.length) | 1,
                                   match_mix(line->account, line->amount < 0))
                       : 0;
}

static void set(uint8_t *filter, uint64_t key)
{
    filter[(key & (FILTER - 1)) >> 3] |= (uint8_t)(1 << (key & 7));
}

static bool may_hold(const uint8_t *filter, uint64_t key)
{
    return filter[(key & (FILTER - 1)) >> 3] >> (key & 7) & 1;
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

static uint64_t use_key(const struct match_line *line)
{
    return match_mix(line->form, match_mix(line->account, line->amount < 0));
}

/* Confirms the pairs whose reference no other line of the account and direction carries, matched
 * ones included. A pair is two keys, book first. */
static void join_fees(struct match_store *store, const struct match_keys *pairs)
{
    uint8_t *filter = xcalloc(FILTER / 8, 1);
    struct match_keys uses = {NULL, 0, 0};
    for (size_t i = 0; i < pairs->count; i += 2)
        set(filter, pairs->list[i].key);
    for (size_t i = 0; pairs->count && i < store->count; i++) {
        uint64_t key = use_key(&store->lines[i]);
        if (may_hold(filter, key))
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

/* Adds the lines that the exact rules took to the open lines of the same reference. */
static void add_taken(const struct match_store *store, struct match_keys *keys)
{
    uint8_t *filter = xcalloc(FILTER / 8, 1);
    size_t open = keys->count;
    for (size_t i = 0; i < open; i++)
        set(filter, keys->list[i].key);
    for (size_t i = 0; open && i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        if (line->mark && line->form && may_hold(filter, use_key(line)))
            match_keys_add(keys, use_key(line), (uint32_t)i);
    }
    free(filter);
}

/* Open lines that could as well be the partners of a line that was taken: less a fee, or as its
 * parts. With two explanations the match is left to a person. */
static void contest(struct match_store *store, uint32_t taken, uint32_t *sides[2],
                    const size_t counts[2], const struct match_limits *limits)
{
    struct match_line *line = &store->lines[taken];
    int other = !line->side;
    int64_t rest = line->amount;
    bool doubtful = false;
    for (size_t i = 0; i < counts[other] && i < PARTS; i++) {
        const struct match_line *open = &store->lines[sides[other][i]];
        if (has_parent(store, sides[other][i]))
            doubtful = doubtful || __builtin_sub_overflow(rest, open->amount, &rest);
        else
            doubtful = doubtful || (line->side == MATCH_BOOK ? is_fee(line, open, limits)
                                                             : is_fee(open, line, limits));
    }
    if (!doubtful && rest)
        return;
    for (uint32_t at = line->next;; at = store->lines[at].next) {
        store->lines[at].mark = (uint8_t)((store->lines[at].mark & ~3) | MATCH_SUGGESTED);
        if (at == taken)
            return;
    }
}

/* Moves the open lines to the front. Returns how many. */
static size_t open_first(const struct match_store *store, struct match_key *keys, size_t count)
{
    size_t open = 0;
    for (size_t i = 0; i < count; i++)
        if (match_is_open(store, keys[i].line)) {
            struct match_key swap = keys[open];
            keys[open++] = keys[i];
            keys[i] = swap;
        }
    return open;
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
    add_taken(store, &keys);
    match_keys_sort(&keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        size_t open = open_first(store, &keys.list[at], run);
        match_part(store, &keys.list[at], open, sides, counts, PARTS);
        for (size_t i = open; i < run; i++)
            contest(store, keys.list[at + i].line, sides, counts, limits);
        join_split(store, sides, counts);
        if (!is_fee_pair(store, sides, counts, limits))
            continue;
        uint64_t key = use_key(&store->lines[book[0]]);
        match_keys_add(&pairs, key, book[0]);
        match_keys_add(&pairs, key, statement[0]);
    }
    join_fees(store, &pairs);
    match_keys_free(&keys);
    match_keys_free(&pairs);
}
