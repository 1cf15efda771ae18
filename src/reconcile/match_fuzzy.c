#include "reconcile/match_store.h"

#include "base/alloc.h"
#include "reconcile/match_text.h"

#include <stdlib.h>

/* The nearest line of the other side, and how much farther the second nearest is. */
struct near {
    uint32_t line;
    int distance, second;
};

static bool in_window(const struct match_line *book, const struct match_line *statement,
                      const struct match_limits *limits)
{
    int days = statement->date - book->date;
    return days >= -limits->early && days <= limits->late;
}

/* Edits allowed for a reference of this length; none for short ones. */
static int allowed(size_t length)
{
    return length >= 10 ? 2 : length >= 7 ? 1 : 0;
}

static void note(struct near *near, uint32_t line, int distance)
{
    if (distance < near->distance) {
        near->second = near->distance;
        near->distance = distance;
        near->line = line;
    } else if (distance < near->second) {
        near->second = distance;
    }
}

static void compare(const struct match_store *store, uint32_t book, uint32_t statement,
                    const struct match_limits *limits, struct near *a, struct near *b)
{
    const struct match_line *x = &store->lines[book], *y = &store->lines[statement];
    struct match_form p, q;
    int distance;
    if (!in_window(x, y, limits))
        return;
    p = match_plain(match_reference(store, x));
    q = match_plain(match_reference(store, y));
    distance = match_distance((struct slice){p.text, p.length}, (struct slice){q.text, q.length});
    if (distance > allowed(p.length < q.length ? p.length : q.length))
        return;
    note(a, statement, distance);
    note(b, book, distance);
}

/* Suggests the pairs that are each other's nearest, with nothing as near beside them. */
static void suggest(struct match_store *store, uint32_t *sides[2], const size_t counts[2],
                    const struct match_limits *limits)
{
    struct near *near[2];
    for (int side = 0; side < 2; side++) {
        near[side] = xmalloc(counts[side] * sizeof **near);
        for (size_t i = 0; i < counts[side]; i++)
            near[side][i] = (struct near){UINT32_MAX, 3, 3};
    }
    for (size_t i = 0; i < counts[0]; i++)
        for (size_t j = 0; j < counts[1]; j++)
            compare(store, sides[0][i], sides[1][j], limits, &near[0][i], &near[1][j]);
    for (size_t i = 0; i < counts[0]; i++)
        for (size_t j = 0; j < counts[1]; j++) {
            const struct near *a = &near[0][i], *b = &near[1][j];
            const uint32_t lines[] = {sides[0][i], sides[1][j]};
            if (a->line == lines[1] && b->line == lines[0] && a->second > a->distance &&
                b->second > b->distance)
                match_join(store, lines, 2, MATCH_FUZZY, MATCH_SUGGESTED);
        }
    free(near[0]);
    free(near[1]);
}

static bool one_block(const struct match_store *store, const struct match_key *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct match_line *a = &store->lines[keys[0].line], *b = &store->lines[keys[i].line];
        if (a->account != b->account || a->amount != b->amount)
            return false;
    }
    return true;
}

void match_fuzzy(struct match_store *store, const struct match_limits *limits)
{
    struct match_keys keys = {NULL, 0, 0};
    uint32_t *sides[2] = {xmalloc(limits->block * sizeof **sides),
                          xmalloc(limits->block * sizeof **sides)};
    size_t counts[2];
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        if (!line->mark && !match_no_reference(match_reference(store, line)))
            match_keys_add(&keys, match_mix(line->account, (uint64_t)line->amount), (uint32_t)i);
    }
    match_keys_sort(&keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        match_part(store, &keys.list[at], run, sides, counts, limits->block);
        if (run <= limits->block && counts[0] && counts[1] &&
            one_block(store, &keys.list[at], run))
            suggest(store, sides, counts, limits);
    }
    match_keys_free(&keys);
    free(sides[0]);
    free(sides[1]);
}
