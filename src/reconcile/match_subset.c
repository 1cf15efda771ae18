#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_MOST = MATCH_SUBSET_PARTS, BUILD_STEPS = 100000000 };

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

/* All open lines by account, direction, side and day, and within those by the build of their
 * references. */
struct stock {
    struct match_store *store;
    const struct match_rule *rule;
    struct match_keys keys;
    uint64_t *builds; /* of the lines, in the order of the keys */
    struct pool pool;
    bool by_build;
    uint64_t steps; /* left for all totals by build */
};

/* Letters and length of the reference: parts of one payment are numbered alike. */
static uint64_t build_of(const struct match_store *store, uint32_t line)
{
    struct slice reference = match_reference(store, &store->lines[line]);
    struct match_form form;
    size_t letters = 0;
    if (match_no_reference(reference, &store->rules->absent))
        return 0;
    form = match_plain(reference);
    while (letters < form.length && form.text[letters] >= 'A' && form.text[letters] <= 'Z')
        letters++;
    return match_mix(match_hash(form.text, letters), form.length);
}

static void add_part(const struct stock *stock, uint32_t line, struct pool *pool)
{
    int64_t size = size_of(&stock->store->lines[line]);
    size_t place = pool->count++;
    for (; place && pool->amounts[place - 1] < size; place--) {
        pool->amounts[place] = pool->amounts[place - 1];
        pool->lines[place] = pool->lines[place - 1];
    }
    pool->amounts[place] = size;
    pool->lines[place] = line;
}

/* Behind the last line of the day and build of `from`: they stand together. */
static size_t end_of_build(const struct stock *stock, size_t from)
{
    const struct match_key *list = stock->keys.list;
    size_t low = from, high = from + 1, step = 1;
    while (high < stock->keys.count && list[high].key == list[from].key &&
           stock->builds[high] == stock->builds[from]) {
        low = high;
        high += step *= 2;
    }
    high = high < stock->keys.count ? high : stock->keys.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        bool same = list[middle].key == list[from].key &&
                    stock->builds[middle] == stock->builds[from];
        *(same ? &low : &high) = middle;
    }
    return high;
}

/* Loads the day's open lines from *at, or those of one build, and moves *at behind them; false when
 * there are too few or more than the limit. */
static bool load_pool(struct stock *stock, const struct match_line *line, int date, size_t *at)
{
    const struct match_keys *keys = &stock->keys;
    uint64_t key = keys->list[*at].key, build = stock->builds[*at];
    bool fit = true;
    stock->pool.count = 0;
    for (; *at < keys->count && keys->list[*at].key == key; ++*at) {
        const struct match_line *part = &stock->store->lines[keys->list[*at].line];
        if (stock->by_build && stock->builds[*at] != build)
            break;
        if (!fit || !fits(line, part, !line->side, date))
            continue;
        if (stock->pool.count < stock->rule->pool) {
            add_part(stock, keys->list[*at].line, &stock->pool);
            continue;
        }
        fit = false;
        if (stock->by_build) { /* nor the rest of the build */
            *at = end_of_build(stock, *at);
            break;
        }
        if (key < UINT64_MAX) { /* the rest of the day is not needed */
            *at = match_keys_find(keys, key + 1);
            break;
        }
    }
    return fit && stock->pool.count > 1;
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

/* The lines of one day, or those of one build, that are the total; `lines` holds the whole and its
 * parts. Returns how many, 0 for none. */
static uint32_t find_parts(struct stock *stock, uint32_t whole, int date, size_t *at,
                           uint32_t lines[PARTS_MOST + 1])
{
    const struct match_line *line = &stock->store->lines[whole];
    const struct pool *pool = &stock->pool;
    bool own = stock->by_build && stock->builds[*at] == build_of(stock->store, whole);
    struct search search = {.pool = pool};
    uint32_t count = 0;
    if (!load_pool(stock, line, date, at) || own)
        return 0;
    bool found = solve(&search, stock->rule, size_of(line));
    if (stock->by_build)
        stock->steps -= stock->rule->steps - search.steps < stock->steps
                            ? stock->rule->steps - search.steps
                            : stock->steps;
    if (!found)
        return 0;
    lines[count++] = whole;
    for (size_t i = 0; i < search.parts; i++)
        lines[count++] = pool->lines[search.found[i]];
    return count;
}

static void suggest(struct stock *stock, uint32_t whole)
{
    struct match_store *store = stock->store;
    const struct match_line *line = &store->lines[whole];
    const struct match_keys *keys = &stock->keys;
    uint32_t lines[PARTS_MOST + 1], others[PARTS_MOST + 1], count = 0, more, drawn = 0;
    for (int days = -stock->rule->early; days <= stock->rule->late; days++) {
        int date = line->side == MATCH_BOOK ? line->date + days : line->date - days;
        uint64_t key = pool_key(line, !line->side, date);
        size_t at = match_keys_find(keys, key);
        while (at < keys->count && keys->list[at].key == key) {
            more = find_parts(stock, whole, date, &at, count ? others : lines);
            if (count && more)
                return; /* two days or builds offer an answer */
            drawn = more ? (uint32_t)stock->pool.count : drawn;
            count += more;
        }
    }
    if (count) {
        match_join(store, lines, count, stock->rule, false);
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

/* The open lines, in the order of the stock. Returns them in that of their amounts. */
static uint32_t *take_stock(struct stock *stock)
{
    struct match_store *store = stock->store;
    struct match_keys builds = {NULL, 0, 0}, *keys = &stock->keys;
    for (size_t i = 0; i < match_rest_count(store); i++) {
        const struct match_line *line = &store->lines[match_rest(store, i)];
        if (!line->mark && line->amount > INT64_MIN / PARTS_MOST &&
            line->amount < INT64_MAX / PARTS_MOST)
            match_keys_add(&builds, match_mix(build_of(store, match_rest(store, i)), 0),
                           match_rest(store, i));
    }
    match_keys_sort(&builds);
    for (size_t i = 0; i < builds.count; i++) {
        const struct match_line *line = &store->lines[builds.list[i].line];
        match_keys_add(keys, pool_key(line, line->side, line->date), builds.list[i].line);
    }
    match_keys_free(&builds);
    match_keys_sort(keys);
    uint32_t *wholes = xmalloc((keys->count + 1) * sizeof *wholes);
    stock->builds = xmalloc((keys->count + 1) * sizeof *stock->builds);
    for (size_t i = 0; i < keys->count; i++) {
        wholes[i] = keys->list[i].line;
        stock->builds[i] = build_of(store, wholes[i]);
    }
    qsort_r(wholes, keys->count, sizeof *wholes, by_size, store);
    return wholes;
}

/* First the totals of lines that are numbered alike and otherwise than the whole, which are few; what
 * they take does not confuse the others. */
void match_rule_subset(struct match_store *store, const struct match_rule *rule)
{
    struct stock stock = {.store = store, .rule = rule, .by_build = true, .steps = BUILD_STEPS};
    stock.pool.lines = xmalloc(rule->pool * sizeof *stock.pool.lines);
    stock.pool.amounts = xmalloc(rule->pool * sizeof *stock.pool.amounts);
    uint32_t *wholes = take_stock(&stock);
    for (int turn = 0; turn < 2; turn++, stock.by_build = false)
        for (size_t i = 0; i < stock.keys.count && (stock.steps || !stock.by_build); i++)
            if (match_is_open(store, wholes[i]))
                suggest(&stock, wholes[i]);
    match_keys_free(&stock.keys);
    free(wholes);
    free(stock.builds);
    free(stock.pool.lines);
    free(stock.pool.amounts);
}
