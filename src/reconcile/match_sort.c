#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void match_keys_add(struct match_keys *keys, uint64_t key, uint32_t line)
{
    MATCH_RESERVE(keys->list, keys->count, keys->capacity);
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
    struct match_key *other = xrealloc_large(NULL, keys->count * sizeof *other);
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

/* The lines of one side on their way into their order. */
struct ranks {
    struct match_store *store;
    int side;
    size_t shared;              /* bytes that all ids of the side begin with */
    struct match_key *places;   /* key of the id, place in the store */
    struct match_line *lines;   /* in order */
};

/* Where the lines of the side are. */
static void find_places(struct ranks *ranks)
{
    const struct match_store *store = ranks->store;
    const struct match_line *first = NULL;
    size_t found = 0, count = store->counts[ranks->side];
    for (size_t i = 0; found < count; i++) {
        const struct match_line *line = &store->lines[i];
        if (line->side != ranks->side)
            continue;
        ranks->places[found++].line = (uint32_t)i;
        if (!first) {
            first = line;
            ranks->shared = line->id_length;
        }
        if (ranks->shared > line->id_length)
            ranks->shared = line->id_length;
        const char *a = match_text_of(store, line), *b = match_text_of(store, first);
        if (memcmp(a, b, ranks->shared))
            for (size_t k = 0; k < ranks->shared; k++)
                if (a[k] != b[k])
                    ranks->shared = k;
    }
}

/* Length and first bytes of the id after what all ids share: orders most of them. */
static uint64_t head_of(const struct match_store *store, const struct match_line *line,
                        size_t shared)
{
    size_t length = line->id_length - shared;
    const unsigned char *id = (const unsigned char *)match_text_of(store, line) + shared;
    uint64_t head = (uint64_t)(length < 127 ? length : 127) << 56;
    for (size_t i = 0; i < 7 && i < length && length < 127; i++)
        head |= (uint64_t)id[i] << (48 - 8 * i);
    return head;
}

/* The bits of a key that differ between the keys, side by side: digits have four each. */
static uint64_t squeeze(uint64_t key, uint64_t differ)
{
    uint64_t squeezed = 0;
    for (int at = 0; differ;) {
        int from = __builtin_ctzll(differ), bits = __builtin_ctzll(~(differ >> from) | 1ull << 63);
        uint64_t mask = (2ull << (bits - 1)) - 1;
        squeezed |= (key >> from & mask) << at;
        differ &= ~(mask << from);
        at += bits;
    }
    return squeezed;
}

/* Fills in the keys. Returns how many bits of them say something. */
static int make_heads(struct ranks *ranks)
{
    const struct match_store *store = ranks->store;
    size_t count = store->counts[ranks->side];
    uint64_t differ = 0;
    for (size_t i = 0; i < count; i++) {
        struct match_key *place = &ranks->places[i];
        place->key = head_of(store, &store->lines[place->line], ranks->shared);
        differ |= place->key ^ ranks->places[0].key;
    }
    for (size_t i = 0; i < count; i++)
        ranks->places[i].key = squeeze(ranks->places[i].key, differ);
    return __builtin_popcountll(differ);
}

/* Notes where an id stands twice among lines whose ids begin alike. */
static void find_repeated(struct ranks *ranks, size_t from, size_t count)
{
    struct match_store *store = ranks->store;
    size_t first = ranks->side ? store->counts[0] : 0;
    for (size_t i = from + 1; i < from + count && !store->repeated[ranks->side]; i++)
        if (!compare_slices(match_line_id(store, &store->lines[ranks->places[i - 1].line]),
                            match_line_id(store, &store->lines[ranks->places[i].line])))
            store->repeated[ranks->side] = (uint32_t)(first + i + 1);
}

static void rank_side(void *part)
{
    struct ranks *ranks = part;
    struct match_store *store = ranks->store;
    size_t count = store->counts[ranks->side];
    find_places(ranks);
    int bits = make_heads(ranks);
    struct match_key *other = xrealloc_large(NULL, count * sizeof *other), *swap;
    for (int shift = 0; shift < bits; shift += DIGIT) {
        scatter(ranks->places, other, count, shift);
        swap = ranks->places;
        ranks->places = other;
        other = swap;
    }
    free(other);
    struct match_keys places = {ranks->places, count, count};
    for (size_t at = 0, run; at < count; at += run)
        if ((run = match_keys_run(&places, at)) > 1) {
            qsort_r(&ranks->places[at], run, sizeof *ranks->places, compare_keys, store);
            find_repeated(ranks, at, run);
        }
    for (size_t i = 0; i < count; i++) {
        if (i + 16 < count)
            __builtin_prefetch(&store->lines[ranks->places[i + 16].line]);
        ranks->lines[i] = store->lines[ranks->places[i].line];
    }
    free(ranks->places);
}

void match_store_sort(struct match_store *store)
{
    struct match_line *lines = xrealloc_large(NULL, store->count * sizeof *lines);
    struct ranks sides[2];
    for (int side = 0; side < 2; side++)
        sides[side] = (struct ranks){
            .store = store,
            .side = side,
            .places = xrealloc_large(NULL, store->counts[side] * sizeof *sides[side].places),
            .lines = lines + (side ? store->counts[0] : 0)};
    match_both(rank_side, &sides[0], &sides[1]);
    for (size_t i = 0; i < store->count; i++)
        lines[i].next = (uint32_t)i;
    free(store->lines);
    store->lines = lines;
    store->capacity = store->count;
}

/* The references that are one half of all by the first bit of their key. */
struct half {
    const struct match_store *store;
    uint64_t bit;
    struct match_keys keys;
};

static void index_half(void *part)
{
    struct half *half = part;
    const struct match_store *store = half->store;
    for (size_t i = 0; i < store->count; i++) {
        uint64_t key = store->lines[i].form ? match_reference_key(&store->lines[i]) : 0;
        if (store->lines[i].form && key >> 63 == half->bit)
            match_keys_add(&half->keys, key, (uint32_t)i);
    }
    match_keys_sort(&half->keys);
}

void match_index_references(struct match_store *store)
{
    struct half low = {store, 0, {NULL, 0, 0}}, high = {store, 1, {NULL, 0, 0}};
    struct match_keys *keys = &store->references;
    match_both(index_half, &low, &high);
    keys->count = keys->capacity = low.keys.count + high.keys.count;
    keys->list = xrealloc_large(low.keys.list, keys->count * sizeof *keys->list);
    if (high.keys.count)
        memcpy(keys->list + low.keys.count, high.keys.list,
               high.keys.count * sizeof *keys->list);
    match_keys_free(&high.keys);
}

/* Bits of a filter to one key. */
enum { FILTER_BITS = 16 };

struct match_filter match_filter_new(const struct match_keys *keys)
{
    struct match_filter filter = {.shift = 64 - 10};
    while (filter.shift > 64 - 40 && 1ull << (64 - filter.shift) < keys->count * FILTER_BITS)
        filter.shift--;
    filter.bits = xcalloc((1ull << (64 - filter.shift)) / 8, 1);
    for (size_t i = 0; i < keys->count; i++) {
        uint64_t bit = keys->list[i].key >> filter.shift;
        filter.bits[bit >> 3] |= (uint8_t)(1 << (bit & 7));
    }
    return filter;
}
