#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void match_keys_add(struct match_keys *keys, uint64_t key, uint32_t line)
{
    ARRAY_RESERVE(keys->list, keys->count, keys->capacity);
    keys->list[keys->count++] = (struct match_key){key, line};
}

void match_keys_free(struct match_keys *keys)
{
    free(keys->list);
    *keys = (struct match_keys){NULL, 0, 0};
}

size_t match_keys_run(const struct match_keys *keys, size_t from)
{
    size_t end = from + 1;
    while (end < keys->count && keys->list[end].key == keys->list[from].key)
        end++;
    return end - from;
}

size_t match_keys_find(const struct match_keys *keys, uint64_t key)
{
    size_t count = keys->count, reach = 64;
    size_t guess = (size_t)((unsigned __int128)key * count >> 64), low = guess, high = guess;
    while (low > 0 && keys->list[low - 1].key >= key) {
        high = low - 1;
        low = low > reach ? low - reach : 0;
        reach *= 4;
    }
    while (high < count && keys->list[high].key < key) {
        low = high + 1;
        high = count - high > reach ? high + reach : count;
        reach *= 4;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (keys->list[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum { DIGIT = 11, DIGITS = 1 << DIGIT };

/* One stable pass of a radix sort over the bits from `shift`. */
static void scatter(const struct match_key *from, struct match_key *to, size_t count, int shift)
{
    size_t places[DIGITS + 1] = {0};
    for (size_t i = 0; i < count; i++)
        places[(from[i].key >> shift & (DIGITS - 1)) + 1]++;
    for (int i = 1; i <= DIGITS; i++)
        places[i] += places[i - 1];
    for (size_t i = 0; i < count; i++)
        to[places[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
}

static void sort_all_bits(struct match_key *list, size_t count)
{
    struct match_key *other = xmalloc((count + 1) * sizeof *other);
    for (int shift = 0; shift < 64; shift += 2 * DIGIT) {
        scatter(list, other, count, shift);
        scatter(other, list, count, shift + DIGIT);
    }
    free(other);
}

static void insert_sort(struct match_key *list, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct match_key moved = list[i];
        size_t at = i;
        for (; at > 0 && list[at - 1].key > moved.key; at--)
            list[at] = list[at - 1];
        list[at] = moved;
    }
}

/* The keys are hashes: after three passes over their highest 33 bits hardly any is out of place. */
void match_keys_sort(struct match_keys *keys)
{
    if (keys->count < DIGITS) {
        sort_all_bits(keys->list, keys->count);
        return;
    }
    struct match_key *other = xmalloc(keys->count * sizeof *other);
    scatter(keys->list, other, keys->count, 31);
    scatter(other, keys->list, keys->count, 42);
    scatter(keys->list, other, keys->count, 53);
    insert_sort(other, keys->count);
    free(keys->list);
    keys->list = other;
    keys->capacity = keys->count;
}

static int compare_slices(struct slice a, struct slice b)
{
    if (a.length != b.length)
        return a.length < b.length ? -1 : 1;
    return memcmp(a.text, b.text, a.length);
}

static int compare_lines(const struct match_store *store, const struct match_line *a,
                         const struct match_line *b)
{
    int order;
    if (a->side != b->side)
        return a->side < b->side ? -1 : 1;
    if ((order = compare_slices(match_line_id(store, a), match_line_id(store, b))))
        return order;
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    if (a->amount != b->amount)
        return a->amount < b->amount ? -1 : 1;
    if (a->account != b->account) {
        const struct match_account *x = &store->accounts[a->account];
        const struct match_account *y = &store->accounts[b->account];
        return (order = strcmp(x->name, y->name)) ? order : memcmp(x->currency, y->currency, 3);
    }
    if ((order = compare_slices(match_reference(store, a), match_reference(store, b))))
        return order;
    return compare_slices(match_narrative(store, a), match_narrative(store, b));
}

static int compare_keys(const void *left, const void *right, void *context)
{
    const struct match_store *store = context;
    const struct match_key *a = left, *b = right;
    return compare_lines(store, &store->lines[a->line], &store->lines[b->line]);
}

/* Bytes that all ids of a side begin with. */
static void shared_prefix(const struct match_store *store, size_t shared[2])
{
    const struct match_line *first[2] = {NULL, NULL};
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        int side = line->side;
        if (!first[side]) {
            first[side] = line;
            shared[side] = line->id_length;
        }
        if (shared[side] > line->id_length)
            shared[side] = line->id_length;
        const char *a = match_text_of(store, line), *b = match_text_of(store, first[side]);
        for (size_t k = 0; k < shared[side]; k++)
            if (a[k] != b[k])
                shared[side] = k;
    }
}

/* Side, length and first bytes of the id after what all ids share: orders most of them. */
static uint64_t head_of(const struct match_store *store, const struct match_line *line,
                        size_t shared)
{
    size_t length = line->id_length - shared;
    const unsigned char *id = (const unsigned char *)match_text_of(store, line) + shared;
    uint64_t head = (uint64_t)line->side << 63 | (uint64_t)(length < 127 ? length : 127) << 56;
    for (size_t i = 0; i < 7; i++)
        head |= (uint64_t)(i < length && length < 127 ? id[i] : 0) << (48 - 8 * i);
    return head;
}

void match_store_sort(struct match_store *store)
{
    size_t shared[2] = {0, 0};
    if (!store->count)
        return;
    struct match_keys places = {NULL, 0, 0};
    shared_prefix(store, shared);
    for (size_t i = 0; i < store->count; i++)
        match_keys_add(&places, head_of(store, &store->lines[i], shared[store->lines[i].side]),
                       (uint32_t)i);
    sort_all_bits(places.list, places.count);
    for (size_t at = 0, run; at < places.count; at += run)
        if ((run = match_keys_run(&places, at)) > 1)
            qsort_r(&places.list[at], run, sizeof *places.list, compare_keys, store);
    struct match_line *lines = xmalloc(store->count * sizeof *lines);
    for (size_t i = 0; i < store->count; i++) {
        lines[i] = store->lines[places.list[i].line];
        lines[i].next = (uint32_t)i;
    }
    match_keys_free(&places);
    free(store->lines);
    store->lines = lines;
    store->capacity = store->count;
}
