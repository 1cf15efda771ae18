#include "reconcile/run_unique.h"

#include "base/alloc.h"
#include "reconcile/match_store.h"
#include "reconcile/plain_key.h"

#include <stdlib.h>

/* Lines of one account, reference and amount without its sign. */
struct told {
    uint32_t first, second; /* number plus one */
    uint32_t lines : 2;     /* at most 3 */
    uint32_t tag : 30;      /* of the hash: few lines meet the slot of another one with their tag */
};

struct run_unique {
    const struct match_store *store;
    const struct match_rule *rule;
    struct told *table; /* open addressing */
    size_t slots, count;
    uint8_t *has; /* by line */
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

static void tell(struct run_unique *unique, uint32_t number, uint64_t hash)
{
    const struct match_line *line = &unique->store->lines[number];
    const uint32_t tag = (uint32_t)(hash >> 34);
    size_t at = hash & (unique->slots - 1);
    while (unique->table[at].lines &&
           (unique->table[at].tag != tag ||
            !same(unique->store, line, &unique->store->lines[unique->table[at].first - 1])))
        at = (at + 1) & (unique->slots - 1);
    struct told *told = &unique->table[at];
    told->tag = tag;
    if (told->lines == 0)
        told->first = number + 1;
    else
        told->second = number + 1;
    if (told->lines < 3)
        told->lines++;
}

/* Tells all lines; the slot of each is fetched some lines ahead, since it is hardly ever at hand. */
static void tell_all(struct run_unique *unique)
{
    enum { AHEAD = 16 };
    uint64_t hash[AHEAD];
    bool given[AHEAD];
    const size_t count = unique->store->count;
    for (size_t i = 0; i < count + AHEAD; i++) {
        const size_t at = i % AHEAD;
        if (i >= AHEAD && given[at])
            tell(unique, (uint32_t)(i - AHEAD), hash[at]);
        given[at] = i < count && hash_line(unique->store, &unique->store->lines[i], &hash[at]);
        if (given[at])
            __builtin_prefetch(&unique->table[hash[at] & (unique->slots - 1)], 1);
    }
}

static void add_other(struct run_unique *unique, uint32_t book)
{
    ARRAY_RESERVE(unique->others, unique->other_count, unique->other_capacity);
    unique->others[unique->other_count++] = book;
}

/* Lines of the book come before those of the statement. */
static void judge(struct run_unique *unique, const struct told *told)
{
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
        unique->count++;
    } else {
        add_other(unique, told->first - 1);
    }
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
    *unique = (struct run_unique){.store = store, .rule = rule_of(rules), .slots = 1024};
    while (unique->slots < store->count * 2)
        unique->slots *= 2;
    unique->table = xcalloc(unique->slots, sizeof *unique->table);
    unique->has = xcalloc(store->count + 1, 1);
    tell_all(unique);
    for (size_t i = 0; i < unique->slots; i++)
        judge(unique, &unique->table[i]);
    free(unique->table);
    unique->table = NULL;
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
