#include "reconcile/run_unique.h"

#include "base/alloc.h"
#include "reconcile/match_store.h"
#include "reconcile/plain_key.h"

#include <stdlib.h>
#include <string.h>

/* Lines of one account, reference and amount without its sign. */
struct told {
    uint32_t first, second; /* number plus one */
    uint32_t lines : 2;     /* at most 3 */
    uint32_t tag : 30;      /* of the hash: few lines meet the slot of another one with their tag */
};

struct run_unique {
    const struct match_store *store;
    const struct match_rule *rule;
    uint8_t *has; /* by line */
    size_t count;
    uint32_t *others;
    size_t other_count;
};

/* The lines of which the first bit of the hash is `odd`, told by a thread. */
struct half {
    const struct run_unique *unique;
    bool odd;
    struct told *table; /* open addressing */
    size_t slots, count;
    uint32_t *others;
    size_t other_count, other_capacity;
};

static uint64_t size_of(int64_t amount)
{
    return amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
}

/* False when nothing is left of the reference. */
static bool hash_line(const struct match_store *store, const struct match_line *line, uint64_t *hash)
{
    struct slice text = match_reference(store, line);
    uint64_t word = 0, sum = match_mix(line->account, size_of(line->amount));
    size_t signs = 0;
    for (char sign; (sign = plain_key_sign(&text)); word = word << 8 | (unsigned char)sign)
        if (signs++ && signs % 8 == 1) {
            sum = match_mix(sum, word);
            word = 0;
        }
    *hash = match_mix(match_mix(sum, word), signs);
    return signs > 0;
}

static bool same(const struct match_store *store, const struct match_line *one,
                 const struct match_line *other)
{
    if (one->account != other->account || size_of(one->amount) != size_of(other->amount))
        return false;
    struct slice a = match_reference(store, one), b = match_reference(store, other);
    for (char sign; (sign = plain_key_sign(&a));)
        if (sign != plain_key_sign(&b))
            return false;
    return !plain_key_sign(&b);
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 33) & 0x3fffffff;
}

static struct told *slot_of(const struct half *half, uint64_t hash)
{
    return &half->table[hash & (half->slots - 1)];
}

static void tell(struct half *half, uint32_t number, uint64_t hash)
{
    const struct match_store *store = half->unique->store;
    const uint32_t tag = tag_of(hash);
    struct told *told = slot_of(half, hash);
    while (told->lines && (told->tag != tag || !same(store, &store->lines[number],
                                                     &store->lines[told->first - 1])))
        if (++told == half->table + half->slots)
            told = half->table;
    told->tag = tag;
    if (told->lines == 0)
        told->first = number + 1;
    else
        told->second = number + 1;
    if (told->lines < 3)
        told->lines++;
}

/* The line in the slot of a hash that has its tag, or NULL. */
static const struct match_line *met(const struct half *half, uint64_t hash)
{
    const struct told *told = slot_of(half, hash);
    return told->lines && told->tag == tag_of(hash) ? &half->unique->store->lines[told->first - 1]
                                                    : NULL;
}

/* Tells all lines. The reference of each is fetched some lines ahead, then its slot, the line in it and
 * the reference of that, since they are hardly ever at hand. */
static void tell_all(struct half *half)
{
    enum { OWN = 16, SLOT = 24, LINE = 16, TEXT = 8 };
    struct {
        uint64_t hash;
        uint32_t line;
    } ahead[32];
    const struct match_store *store = half->unique->store;
    size_t taken = 0, done = 0;
    for (size_t i = 0; i < store->count || done < taken; i++) {
        const struct match_line *line;
        uint64_t hash;
        if (i < store->count) {
            if (i + OWN < store->count)
                __builtin_prefetch(match_reference(store, &store->lines[i + OWN]).text);
            if (!hash_line(store, &store->lines[i], &hash) || hash >> 63 != half->odd)
                continue;
            __builtin_prefetch(slot_of(half, hash), 1);
            ahead[taken % 32].hash = hash;
            ahead[taken++ % 32].line = (uint32_t)i;
            if (taken < SLOT)
                continue;
        }
        if (done + LINE < taken && (line = met(half, ahead[(done + LINE) % 32].hash)))
            __builtin_prefetch(line);
        if (done + TEXT < taken && (line = met(half, ahead[(done + TEXT) % 32].hash)))
            __builtin_prefetch(match_reference(store, line).text);
        tell(half, ahead[done % 32].line, ahead[done % 32].hash);
        done++;
    }
}

static void add_other(struct half *half, uint32_t book)
{
    ARRAY_RESERVE(half->others, half->other_count, half->other_capacity);
    half->others[half->other_count++] = book;
}

/* Lines of the book come before those of the statement. */
static void judge(struct half *half, const struct told *told)
{
    const struct run_unique *unique = half->unique;
    if (told->lines != 2)
        return;
    const struct match_line *book = &unique->store->lines[told->first - 1];
    const struct match_line *other = &unique->store->lines[told->second - 1];
    if (book->side == other->side || book->amount != other->amount || !book->amount)
        return;
    if (book->next == told->second - 1 && other->next == told->first - 1 &&
        match_line_status(book) == MATCH_CONFIRMED &&
        match_line_rule(unique->store, book) == unique->rule) {
        unique->has[told->first - 1] = unique->has[told->second - 1] = 1;
        half->count++;
    } else {
        add_other(half, told->first - 1);
    }
}

static void tell_half(void *part)
{
    enum { AHEAD = 16 };
    struct half *half = part;
    half->slots = 1024;
    while (half->slots <= half->unique->store->count)
        half->slots *= 2;
    half->table = xcalloc(half->slots, sizeof *half->table);
    tell_all(half);
    for (size_t i = 0; i < half->slots; i++) {
        if (i + AHEAD < half->slots && half->table[i + AHEAD].lines == 2) {
            __builtin_prefetch(&half->unique->store->lines[half->table[i + AHEAD].first - 1]);
            __builtin_prefetch(&half->unique->store->lines[half->table[i + AHEAD].second - 1]);
        }
        judge(half, &half->table[i]);
    }
    free(half->table);
}

static const struct match_rule *rule_of(const struct match_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct match_rule *rule = &rules->list[i];
        if (rule->kind == MATCH_REFERENCE && rule->writing == MATCH_SAME && rule->confirm &&
            rule->ambiguity == MATCH_LEAVE && !rule->fee.given && !rule->tolerance)
            return rule;
    }
    return NULL;
}

struct run_unique *run_unique_new(const struct match_store *store, const struct match_rules *rules)
{
    struct run_unique *unique = xcalloc(1, sizeof *unique);
    struct half even = {.unique = unique}, odd = {.unique = unique, .odd = true};
    *unique = (struct run_unique){.store = store, .rule = rule_of(rules)};
    unique->has = xcalloc(store->count + 1, 1);
    match_both(tell_half, &even, &odd);
    unique->count = even.count + odd.count;
    unique->other_count = even.other_count + odd.other_count;
    unique->others = xmalloc((unique->other_count + 1) * sizeof *unique->others);
    if (even.other_count)
        memcpy(unique->others, even.others, even.other_count * sizeof *even.others);
    if (odd.other_count)
        memcpy(unique->others + even.other_count, odd.others, odd.other_count * sizeof *odd.others);
    free(even.others);
    free(odd.others);
    return unique;
}

void run_unique_free(struct run_unique *unique)
{
    if (!unique)
        return;
    free(unique->has);
    free(unique->others);
    free(unique);
}

const char *run_unique_rule(const struct match_rules *rules)
{
    const struct match_rule *rule = rule_of(rules);
    return rule ? rule->name : NULL;
}

size_t run_unique_count(const struct run_unique *unique)
{
    return unique->count;
}

bool run_unique_has(const struct run_unique *unique, size_t line)
{
    return unique->has[line];
}

const uint32_t *run_unique_others(const struct run_unique *unique, size_t *count)
{
    *count = unique->other_count;
    return unique->others;
}
