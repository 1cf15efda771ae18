#include "reconcile/match_store.h"

#include "reconcile/match_text.h"

#include <string.h>

static uint64_t block_key(const struct match_line *line)
{
    return match_mix(line->account, (uint64_t)line->amount);
}

static bool one_block(const struct match_line *a, const struct match_line *b)
{
    return a->account == b->account && a->amount == b->amount;
}

/* One is what a field of 16 characters left of the other. */
static bool agree_cut(const struct match_store *store, const struct match_line *a,
                      const struct match_line *b)
{
    struct match_form x = match_plain(match_reference(store, a));
    struct match_form y = match_plain(match_reference(store, b));
    return (x.length == MATCH_CUT) != (y.length == MATCH_CUT) && x.length >= MATCH_CUT &&
           y.length >= MATCH_CUT && !memcmp(x.text, y.text, MATCH_CUT);
}

/* Pairs the keys that stand for exactly one open line of each side. */
static void pair_keys(struct match_store *store, struct match_keys *keys)
{
    match_keys_sort(keys);
    for (size_t at = 0, run; at < keys->count; at += run) {
        run = match_keys_run(keys, at);
        uint32_t lines[2] = {keys->list[at].line, 0};
        if (run != 2)
            continue;
        lines[1] = keys->list[at + 1].line;
        const struct match_line *a = &store->lines[lines[0]], *b = &store->lines[lines[1]];
        if (a->side != b->side && one_block(a, b) && agree_cut(store, a, b))
            match_join(store, lines, 2, MATCH_TRUNCATED, MATCH_CONFIRMED);
    }
}

void match_truncated(struct match_store *store)
{
    struct match_keys keys = {NULL, 0, 0};
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        struct match_form form;
        if (line->mark)
            continue;
        form = match_plain(match_reference(store, line));
        if (form.length >= MATCH_CUT)
            match_keys_add(&keys, match_mix(match_hash(form.text, MATCH_CUT), block_key(line)),
                           (uint32_t)i);
    }
    pair_keys(store, &keys);
    match_keys_free(&keys);
}
