#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_MOST = MATCH_SUBSET_PARTS };

/* Open lines of one side, account, direction and day that could be parts. */
struct pool {
    uint32_t *lines;  /* largest amount first */
    int64_t *amounts; /* without sign, in the same order */
    size_t count;
};

struct search {
    const struct pool *pool;
    size_t parts;             /* wanted */
    uint64_t steps;           /* left */
    size_t chosen[PARTS_MOST];
    size_t found[PARTS_MOST];
    int solutions;
};

static int64_t size_of(const struct match_line *line)
{
    return line->amount < 0 ? -line->amount : line->amount;
}

/* Chooses the parts from `depth` among the lines from `from` so that they add up to `rest`. Ends at
 * the second solution or without steps. */
static void choose(struct search *search, size_t depth, size_t from, int64_t rest)
{
    const struct pool *pool = search->pool;
    size_t left = search->parts - depth;
    if (!left) {
        if (!rest && !search->solutions++)
            memcpy(search->found, search->chosen, sizeof search->found);
        return;
    }
    for (size_t i = from; i + left <= pool->count && search->solutions < 2; i++) {
        if (!search->steps)
            return;
        search->steps--;
        if (pool->amounts[i] > rest)
            continue;
        if (pool->amounts[i] * (int64_t)left < rest)
            return; /* the lines that follow are no larger */
        search->chosen[depth] = i;
        choose(search, depth + 1, i + 1, rest - pool->amounts[i]);
    }
}

/* Key of the pool on the given side and day. */
static uint64_t pool_key(const struct match_line *line, int side, int date)
{
    return match_mix(match_mix(line->account, (uint64_t)(line->amount < 0) << 1 | (uint64_t)side),
                     (uint64_t)(int64_t)date);
}

static bool fits(const struct match_line *line, const struct match_line *part, int side, int date)
{
    return part->account == line->account && (part->amount < 0) == (line->amount < 0) &&
           part->side == side && part->date == date && !part->mark;
}

/* Loads the day's open lines; false when there are more than the limit. */
static bool load_pool(const struct match_store *store, const struct match_keys *keys,
                      const struct match_line *line, int date, size_t limit, struct pool *pool)
{
    uint64_t key = pool_key(line, !line->side, date);
    pool->count = 0;
    for (size_t at = match_keys_find(keys, key); at < keys->count && keys->list[at].key == key;
         at++) {
        const struct match_line *part = &store->lines[keys->list[at].line];
        size_t place = pool->count;
        if (!fits(line, part, !line->side, date))
            continue;
        if (pool->count == limit)
            return false;
        for (; place && pool->amounts[place - 1] < size_of(part); place--) {
            pool->amounts[place] = pool->amounts[place - 1];
            pool->lines[place] = pool->lines[place - 1];
        }
        pool->amounts[place] = size_of(part);
        pool->lines[place] = keys->list[at].line;
        pool->count++;
    }
    return true;
}

/* The fewest parts first: a total that two sets of as many lines reach is left to a person. */
static bool solve(struct search *search, const struct match_rule *rule, int64_t total)
{
    search->steps = rule->steps;
    for (size_t parts = 2; parts <= rule->parts && parts <= PARTS_MOST; parts++) {
        search->parts = parts;
        search->solutions = 0;
        choose(search, 0, 0, total);
        if (search->solutions || !search->steps)
            return search->solutions == 1 && search->steps;
    }
    return false;
}

static void suggest(struct match_store *store, const struct match_keys *keys, uint32_t whole,
                    const struct match_rule *rule, struct pool *pool)
{
    const struct match_line *line = &store->lines[whole];
    uint32_t lines[PARTS_MOST + 1], count = 0, drawn = 0;
    for (int days = -rule->early; days <= rule->late; days++) {
        int date = line->side == MATCH_BOOK ? line->date + days : line->date - days;
        struct search search = {.pool = pool};
        if (!load_pool(store, keys, line, date, rule->pool, pool) || pool->count < 2 ||
            !solve(&search, rule, size_of(line)))
            continue;
        if (count)
            return; /* two days offer an answer */
        lines[count++] = whole;
        drawn = (uint32_t)pool->count;
        for (size_t i = 0; i < search.parts; i++)
            lines[count++] = pool->lines[search.found[i]];
    }
    if (count) {
        match_join(store, lines, count, rule, false);
        match_note_add(store, (struct match_note){.line = match_first(store, whole),
                                                  .other = UINT32_MAX,
                                                  .second = 3,
                                                  .pool = drawn});
    }
}

static int64_t magnitude(const struct match_store *store, uint32_t line)
{
    return size_of(&store->lines[line]);
}

/* Largest first: it has the most parts to find and they are gone for the smaller ones. */
static int by_size(const void *left, const void *right, void *context)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int64_t x = magnitude(context, a), y = magnitude(context, b);
    if (x != y)
        return x > y ? -1 : 1;
    return a < b ? -1 : a > b;
}

void match_rule_subset(struct match_store *store, const struct match_rule *rule)
{
    struct match_keys keys = {NULL, 0, 0};
    struct pool pool = {xmalloc(rule->pool * sizeof *pool.lines),
                        xmalloc(rule->pool * sizeof *pool.amounts), 0};
    for (size_t i = 0; i < match_rest_count(store); i++) {
        const struct match_line *line = &store->lines[match_rest(store, i)];
        if (!line->mark && line->amount > INT64_MIN / PARTS_MOST &&
            line->amount < INT64_MAX / PARTS_MOST)
            match_keys_add(&keys, pool_key(line, line->side, line->date),
                           match_rest(store, i));
    }
    uint32_t *wholes = xmalloc((keys.count + 1) * sizeof *wholes);
    for (size_t i = 0; i < keys.count; i++)
        wholes[i] = keys.list[i].line;
    match_keys_sort(&keys);
    qsort_r(wholes, keys.count, sizeof *wholes, by_size, store);
    for (size_t i = 0; i < keys.count; i++)
        if (match_is_open(store, wholes[i]))
            suggest(store, &keys, wholes[i], rule, &pool);
    match_keys_free(&keys);
    free(wholes);
    free(pool.lines);
    free(pool.amounts);
}
