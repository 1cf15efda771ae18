#include "reconcile/match_store.h"

#include "base/alloc.h"
#include "reconcile/match_text.h"

#include <stdlib.h>
#include <string.h>

/* Signs of the amounts: money in and money out of one reference are looked at together. */
enum { IN, OUT };

static struct match_form form_of(const struct match_store *store, uint32_t line)
{
    return match_form_of(match_reference(store, &store->lines[line]),
                         match_narrative(store, &store->lines[line]));
}

static bool same_writing(const struct match_store *store, uint32_t one, uint32_t other)
{
    const struct match_line *a = &store->lines[one], *b = &store->lines[other];
    return a->reference_length == b->reference_length &&
           !memcmp(match_reference(store, a).text, match_reference(store, b).text,
                   a->reference_length) &&
           !match_no_reference(match_reference(store, a));
}

static bool same_key(const struct match_store *store, uint32_t one, uint32_t other)
{
    const struct match_line *a = &store->lines[one], *b = &store->lines[other];
    if (a->account != b->account || (a->amount != b->amount && a->amount != -b->amount))
        return false;
    if (same_writing(store, one, other))
        return true;
    struct match_form x = form_of(store, one), y = form_of(store, other);
    return x.length == y.length && !memcmp(x.text, y.text, x.length);
}

/* Every writing of a reference comes under one key, so that a line is taken as the only one of its
 * reference when it is. */
static void collect(const struct match_store *store, struct match_keys *keys)
{
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        uint64_t size = (uint64_t)(line->amount < 0 ? -line->amount : line->amount);
        if (!line->mark && line->form)
            match_keys_add(keys, match_mix(line->form, match_mix(line->account, size)),
                           (uint32_t)i);
    }
    match_keys_sort(keys);
}

/* Lines of one key by side and direction; false when they share the key by
 * chance. */
static bool divide(const struct match_store *store, const struct match_key *keys, size_t count,
                   uint32_t first[2][2], size_t counts[2][2])
{
    memset(counts, 0, 4 * sizeof counts[0][0]);
    for (size_t i = 0; i < count; i++) {
        const struct match_line *line = &store->lines[keys[i].line];
        int direction = line->amount < 0 ? OUT : IN;
        if (i && !same_key(store, keys[0].line, keys[i].line))
            return false;
        if (!counts[line->side][direction]++)
            first[line->side][direction] = keys[i].line;
    }
    return true;
}

/* Movement and counter-movement on one side, and nothing of that reference and amount on the
 * other: with lines there, they are two movements of a reference that was used twice. */
static void net_reversal(struct match_store *store, uint32_t first[2][2], size_t counts[2][2])
{
    for (int side = 0; side < 2; side++) {
        const uint32_t lines[] = {first[side][IN], first[side][OUT]};
        if (counts[side][IN] == 1 && counts[side][OUT] == 1 && !counts[!side][IN] &&
            !counts[!side][OUT])
            match_join(store, lines, 2, MATCH_REVERSAL, MATCH_CONFIRMED);
    }
}

void match_exact(struct match_store *store)
{
    struct match_keys keys = {NULL, 0, 0};
    uint32_t first[2][2];
    size_t counts[2][2];
    collect(store, &keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        if (run < 2 || !divide(store, &keys.list[at], run, first, counts))
            continue;
        for (int direction = IN; direction <= OUT; direction++) {
            const uint32_t lines[] = {first[0][direction], first[1][direction]};
            bool reversed = counts[0][!direction] != counts[1][!direction];
            if (counts[0][direction] == 1 && counts[1][direction] == 1)
                match_join(store, lines, 2,
                           same_writing(store, lines[0], lines[1]) ? MATCH_EXACT
                                                                   : MATCH_NORMALISED,
                           reversed ? MATCH_SUGGESTED : MATCH_CONFIRMED);
        }
        net_reversal(store, first, counts);
    }
    match_keys_free(&keys);
}

/* Open lines of a side by account and amount, to see who else could own a surplus line. */
static void collect_amounts(const struct match_store *store, struct match_keys *keys)
{
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        if (!line->mark)
            match_keys_add(keys,
                           match_mix(match_mix(line->account, line->side),
                                     (uint64_t)line->amount),
                           (uint32_t)i);
    }
    match_keys_sort(keys);
}

/* Whether an open line of `side` with this amount has nearly this reference: then the surplus of
 * the other side may be that line with a mistyped reference, and not a copy. */
static bool has_rival(const struct match_store *store, const struct match_keys *amounts,
                      const struct match_line *line, int side)
{
    uint64_t key = match_mix(match_mix(line->account, (uint64_t)side), (uint64_t)line->amount);
    for (size_t at = match_keys_find(amounts, key); at < amounts->count && amounts->list[at].key == key;
         at++) {
        const struct match_line *other = &store->lines[amounts->list[at].line];
        int distance = match_distance(match_reference(store, line), match_reference(store, other));
        if (distance > 0 && distance <= 2)
            return true;
    }
    return false;
}

static bool one_date(const struct match_store *store, const uint32_t *lines, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (store->lines[lines[i]].date != store->lines[lines[0]].date)
            return false;
    return true;
}

static void pair(struct match_store *store, uint32_t *sides[2], const size_t counts[2],
                 const struct match_keys *amounts)
{
    const struct match_line *line = &store->lines[sides[0][0]];
    size_t pairs = counts[0] < counts[1] ? counts[0] : counts[1];
    int small = counts[0] <= counts[1] ? 0 : 1;
    bool alike = one_date(store, sides[0], counts[0]) && one_date(store, sides[1], counts[1]);
    if (counts[0] != counts[1] && (!alike || has_rival(store, amounts, line, small)))
        return;
    for (size_t i = 0; i < pairs; i++) {
        const uint32_t lines[] = {sides[0][i], sides[1][i]};
        match_join(store, lines, 2, alike ? MATCH_IDENTICAL : MATCH_AMBIGUOUS,
                   alike ? MATCH_CONFIRMED : MATCH_SUGGESTED);
    }
}

static int by_date(const void *left, const void *right, void *context)
{
    const struct match_store *store = context;
    uint32_t one = *(const uint32_t *)left, other = *(const uint32_t *)right;
    const struct match_line *a = &store->lines[one], *b = &store->lines[other];
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    return one < other ? -1 : one > other;
}

/* The lines of one key and direction. Where one is written otherwise, it is left to a person which
 * of them belong together. */
static void pair_run(struct match_store *store, const struct match_key *keys, size_t count,
                     int direction, const struct match_keys *amounts)
{
    uint32_t *sides[2] = {xmalloc(count * sizeof **sides), xmalloc(count * sizeof **sides)};
    size_t counts[2] = {0, 0};
    bool mixed = false;
    for (size_t i = 0; i < count; i++) {
        const struct match_line *line = &store->lines[keys[i].line];
        if ((line->amount < 0) != direction || line->mark)
            continue;
        if (same_writing(store, keys[0].line, keys[i].line) &&
            same_key(store, keys[0].line, keys[i].line))
            sides[line->side][counts[line->side]++] = keys[i].line;
        else
            mixed = true;
    }
    for (int side = 0; side < 2; side++)
        qsort_r(sides[side], counts[side], sizeof **sides, by_date, store);
    if (counts[0] && counts[1] && !mixed)
        pair(store, sides, counts, amounts);
    free(sides[0]);
    free(sides[1]);
}

void match_surplus(struct match_store *store)
{
    struct match_keys keys = {NULL, 0, 0}, amounts = {NULL, 0, 0};
    collect(store, &keys);
    collect_amounts(store, &amounts);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        for (int direction = IN; run > 2 && direction <= OUT; direction++)
            pair_run(store, &keys.list[at], run, direction, &amounts);
    }
    match_keys_free(&keys);
    match_keys_free(&amounts);
}
