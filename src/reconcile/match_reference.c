#include "reconcile/match_lot.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Rules about a line of each side with one reference. */

enum { BESIDE = 100000 }; /* keys from which on two threads are worth it */

uint64_t match_reference_key(const struct match_line *line)
{
    return match_mix(line->form, line->account);
}

bool match_same_writing(const struct match_store *store, uint32_t one, uint32_t other)
{
    const struct match_line *a = &store->lines[one], *b = &store->lines[other];
    return a->reference_length == b->reference_length &&
           !memcmp(match_reference(store, a).text, match_reference(store, b).text,
                   a->reference_length) &&
           !match_no_reference(match_reference(store, a), &store->rules->absent);
}

bool match_same_form(const struct match_store *store, uint32_t one, uint32_t other)
{
    if (match_same_writing(store, one, other))
        return true;
    struct match_form a = match_line_form(store, one), b = match_line_form(store, other);
    struct slice x = match_form_core(&a), y = match_form_core(&b);
    return x.length && x.length == y.length && !memcmp(x.text, y.text, x.length);
}

static size_t count_lines_open(const struct match_store *store, const struct match_key *keys,
                               size_t count)
{
    size_t open = 0;
    for (size_t i = 0; i < count; i++)
        open += !store->lines[keys[i].line].mark;
    return open;
}

/* Lines that are in no confirmed pair of one reference, in their order. */
static void list_rest(struct match_store *store)
{
    size_t capacity = store->count / 16 + 64;
    store->rest = xmalloc(capacity * sizeof *store->rest);
    for (size_t i = 0; i < store->count; i++) {
        const struct match_rule *rule = match_line_rule(store, &store->lines[i]);
        if (rule && rule->kind == MATCH_REFERENCE &&
            match_line_status(&store->lines[i]) == MATCH_CONFIRMED)
            continue;
        ARRAY_RESERVE(store->rest, store->rest_count, capacity);
        store->rest[store->rest_count++] = (uint32_t)i;
    }
}

void match_index_residue(struct match_store *store)
{
    const struct match_keys *keys = &store->references;
    store->has_residue = true;
    list_rest(store);
    for (size_t at = 0, run; at < keys->count; at += run) {
        if (at + 32 < keys->count)
            __builtin_prefetch(&store->lines[keys->list[at + 32].line]);
        run = match_keys_run(keys, at);
        if (run < 2 || !count_lines_open(store, &keys->list[at], run))
            continue;
        for (size_t i = at; i < at + run; i++)
            match_keys_add(&store->residue, keys->list[i].key, keys->list[i].line);
    }
}

static uint64_t size_of(const struct match_line *line)
{
    return line->amount < 0 ? 0 - (uint64_t)line->amount : (uint64_t)line->amount;
}

static int compare_writing(const struct match_store *store, const struct match_line *a,
                           const struct match_line *b)
{
    if (a->reference_length != b->reference_length)
        return a->reference_length < b->reference_length ? -1 : 1;
    return memcmp(match_reference(store, a).text, match_reference(store, b).text,
                  a->reference_length);
}

static int by_lot(const void *left, const void *right, void *context)
{
    const struct match_store *store = context;
    uint32_t one = *(const uint32_t *)left, other = *(const uint32_t *)right;
    const struct match_line *a = &store->lines[one], *b = &store->lines[other];
    int order;
    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    if (size_of(a) != size_of(b))
        return size_of(a) < size_of(b) ? -1 : 1;
    if (match_direction(a) != match_direction(b))
        return match_direction(a) < match_direction(b) ? -1 : 1;
    if ((order = compare_writing(store, a, b)))
        return order;
    if (a->side != b->side)
        return a->side < b->side ? -1 : 1;
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    return one < other ? -1 : one > other;
}

size_t match_lot_end(const struct match_store *store, const uint32_t *lines, size_t from,
                      size_t count)
{
    const struct match_line *first = &store->lines[lines[from]];
    size_t end = from + 1;
    while (end < count && store->lines[lines[end]].account == first->account &&
           size_of(&store->lines[lines[end]]) == size_of(first))
        end++;
    return end;
}

void match_count_open(const struct match_store *store, const struct match_lot *lot,
                      size_t counts[2][2], uint32_t first[2][2])
{
    memset(counts, 0, 4 * sizeof counts[0][0]);
    for (size_t i = 0; i < lot->count; i++) {
        const struct match_line *line = &store->lines[lot->lines[i]];
        if (!line->mark && !counts[line->side][match_direction(line)]++)
            first[line->side][match_direction(line)] = lot->lines[i];
    }
}

bool match_is_key(struct slice reference, const struct match_line *line)
{
    for (size_t i = 0; i < reference.length; i++)
        if (reference.text[i] >= '0' && reference.text[i] <= '9')
            return true;
    return !reference.length && line->narrative_length;
}

bool match_is_numbered(const struct match_store *store, const struct match_line *line)
{
    struct slice parent;
    if (!match_parent(match_reference(store, line), &parent))
        return false;
    struct match_form form = match_core(parent, &store->rules->prefixes);
    struct slice core = match_form_core(&form);
    uint64_t key = match_mix(match_hash(core.text, core.length) | 1, line->account);
    size_t at = match_keys_find(&store->references, key);
    return at < store->references.count && store->references.list[at].key == key;
}

static bool is_bare(const struct match_store *store, const struct match_line *line)
{
    return match_no_reference(match_reference(store, line), &store->rules->absent);
}

/* Whether the reference stands in the narrative alone, with a number behind it that is not read: that
 * of a part, or of another order of the customer. */
static bool is_mined_in_part(const struct match_store *store, const struct match_line *line)
{
    struct slice narrative = match_narrative(store, line);
    struct match_form form;
    size_t at = 0;
    if (!is_bare(store, line))
        return false;
    while (match_mined(narrative, &store->rules->prefixes, &at, &form))
        if (match_numbered(narrative, at - 1))
            return true;
    return false;
}

bool match_sure_writing(const struct match_store *store, uint32_t one, uint32_t other)
{
    const struct match_line *a = &store->lines[one], *b = &store->lines[other];
    if (match_same_writing(store, one, other))
        return match_is_key(match_reference(store, a), a);
    struct match_form x = match_line_form(store, one), y = match_line_form(store, other);
    return match_same_head(&x, &y) && !is_mined_in_part(store, a) && !is_mined_in_part(store, b) &&
           !(is_bare(store, a) && match_names_another(store, one, other)) &&
           !(is_bare(store, b) && match_names_another(store, other, one)) &&
           match_is_numbered(store, a) == match_is_numbered(store, b);
}

static void pair_two(struct match_store *store, const struct match_rule *rule, uint32_t book,
                     uint32_t statement, bool sure)
{
    const uint32_t lines[] = {book, statement};
    bool same = match_same_writing(store, book, statement);
    if (!match_in_days(&store->lines[book], &store->lines[statement], rule) ||
        (!same && (rule->writing == MATCH_SAME || !match_same_form(store, book, statement))))
        return;
    match_join(store, lines, 2, rule, sure && match_sure_writing(store, book, statement));
}

/* Lines from `from` that are of one direction and one writing. */
struct class {
    size_t from, end;
    uint32_t first[2]; /* open ones by side */
    size_t counts[2];
    bool alike[2]; /* the open lines of the side have one date and narrative */
};

static bool is_alike(const struct match_store *store, const struct match_line *a,
                     const struct match_line *b)
{
    struct slice x = match_narrative(store, a), y = match_narrative(store, b);
    return a->date == b->date && x.length == y.length && !memcmp(x.text, y.text, x.length);
}

static struct class next_class(const struct match_store *store, const struct match_lot *lot,
                               size_t from)
{
    struct class class = {.from = from, .end = from, .alike = {true, true}};
    const struct match_line *head = &store->lines[lot->lines[from]];
    for (; class.end < lot->count; class.end++) {
        const struct match_line *line = &store->lines[lot->lines[class.end]];
        if (match_direction(line) != match_direction(head) || compare_writing(store, line, head))
            break;
        if (line->mark)
            continue;
        if (!class.counts[line->side]++)
            class.first[line->side] = lot->lines[class.end];
        if (!is_alike(store, line, &store->lines[class.first[line->side]]))
            class.alike[line->side] = false;
    }
    return class;
}

static int by_index(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

/* Pairs the open lines of a class, by date or in the order of their ids; a surplus stays open. */
static void pair_in_order(struct match_store *store, const struct match_rule *rule,
                          const struct match_lot *lot, const struct class *class)
{
    size_t pairs = class->counts[0] < class->counts[1] ? class->counts[0] : class->counts[1];
    uint32_t *sides[2];
    bool whole = true;
    for (int side = 0; side < 2; side++) {
        size_t count = 0;
        sides[side] = xmalloc(class->counts[side] * sizeof **sides);
        for (size_t i = class->from; i < class->end; i++)
            if (!store->lines[lot->lines[i]].mark && store->lines[lot->lines[i]].side == side)
                sides[side][count++] = lot->lines[i];
        if (rule->ambiguity == MATCH_ORDER)
            qsort(sides[side], count, sizeof **sides, by_index);
    }
    for (size_t i = 0; i < pairs; i++)
        whole = whole && match_in_days(&store->lines[sides[0][i]], &store->lines[sides[1][i]],
                                       rule);
    for (size_t i = 0; i < pairs && (whole || rule->ambiguity == MATCH_DATE); i++)
        pair_two(store, rule, sides[0][i], sides[1][i], true);
    free(sides[0]);
    free(sides[1]);
}

/* Whether nothing but the id tells the lines of one side apart, so that it does not matter which
 * of them is whose partner; with a surplus, which of them has none. */
static bool is_interchangeable(const struct class *class)
{
    if (class->counts[0] == class->counts[1])
        return class->alike[0] || class->alike[1];
    return class->alike[0] && class->alike[1];
}

/* Whether the sides have different numbers of counter-movements of this writing. */
static bool has_counter(const struct match_store *store, const struct match_lot *lot,
                        const struct class *class)
{
    const struct match_line *head = &store->lines[lot->lines[class->from]];
    size_t counts[2] = {0, 0};
    for (size_t i = 0; i < lot->count; i++) {
        const struct match_line *line = &store->lines[lot->lines[i]];
        if (!line->mark && match_direction(line) != match_direction(head) &&
            !compare_writing(store, line, head))
            counts[line->side]++;
    }
    return counts[0] != counts[1];
}

/* Equal writings. Of a reference that stands once on each side in this writing, other writings are
 * other movements or copies; lines that are there several times wait for the rules of ambiguity. */
static void pair_classes(struct match_store *store, const struct match_rule *rule,
                         const struct match_lot *lot, size_t counts[2][2])
{
    struct class class;
    for (size_t from = 0; from < lot->count; from = class.end) {
        class = next_class(store, lot, from);
        if (!class.counts[0] || !class.counts[1])
            continue;
        int way = match_direction(&store->lines[class.first[0]]);
        bool single = class.counts[0] == 1 && class.counts[1] == 1;
        bool mixed = class.counts[0] != counts[0][way] || class.counts[1] != counts[1][way];
        bool reversed = counts[0][!way] != counts[1][!way] || has_counter(store, lot, &class);
        if (rule->ambiguity == MATCH_LEAVE && single)
            pair_two(store, rule, class.first[0], class.first[1], !reversed);
        else if (rule->ambiguity == MATCH_DATE ||
                 (rule->ambiguity == MATCH_ORDER && is_interchangeable(&class) && !mixed &&
                  !reversed))
            pair_in_order(store, rule, lot, &class);
    }
}

/* Lines of one reference and amount. */
static void pair_lot(struct match_store *store, const struct match_rule *rule,
                     const struct match_lot *lot)
{
    size_t counts[2][2];
    uint32_t first[2][2];
    match_count_open(store, lot, counts, first);
    if (rule->writing == MATCH_SAME) {
        pair_classes(store, rule, lot, counts);
        return;
    }
    for (int way = MATCH_IN; way <= MATCH_OUT; way++)
        if (counts[0][way] == 1 && counts[1][way] == 1)
            pair_two(store, rule, first[0][way], first[1][way],
                     counts[0][!way] == counts[1][!way]);
}

bool match_is_fee(const struct match_line *book, const struct match_line *statement,
                  const struct match_fee *fee)
{
    __int128 whole = size_of(book), taken = whole - size_of(statement);
    __int128 low = whole * fee->low / 1000000 + fee->fixed;
    __int128 high = (whole * fee->high + 999999) / 1000000 + fee->fixed;
    low = low < fee->least ? fee->least : low > fee->most ? fee->most : low;
    high = high < fee->least ? fee->least : high > fee->most ? fee->most : high;
    return taken > 0 && taken >= low && taken <= high;
}

static bool agrees(const struct match_rule *rule, const struct match_line *book,
                   const struct match_line *statement)
{
    __int128 difference = (__int128)size_of(book) - size_of(statement);
    if (rule->fee.given)
        return match_is_fee(book, statement, &rule->fee);
    difference = difference < 0 ? -difference : difference;
    return difference <= rule->tolerance &&
           difference * 1000000 <= (__int128)size_of(book) * rule->percent;
}

static bool has_own(const struct match_store *store, const struct match_line *line)
{
    return !match_no_reference(match_reference(store, line), &store->rules->absent);
}

/* The one open line of each side and direction among lines of one reference, when the amounts
 * agree but for a fee or a tolerance. Sure when no other line carries the reference, and both do: a
 * narrative may speak of another movement, and the amount does not say that it is this one. */
static void pair_inexact(struct match_store *store, const struct match_rule *rule,
                         const struct match_lot *run)
{
    size_t counts[2][2], used[2] = {0, 0};
    uint32_t first[2][2];
    match_count_open(store, run, counts, first);
    for (size_t i = 0; i < run->count; i++)
        used[match_direction(&store->lines[run->lines[i]])]++;
    for (int way = MATCH_IN; way <= MATCH_OUT; way++) {
        if (counts[0][way] != 1 || counts[1][way] != 1)
            continue;
        const struct match_line *book = &store->lines[first[0][way]];
        const struct match_line *statement = &store->lines[first[1][way]];
        if (book->account == statement->account && agrees(rule, book, statement))
            pair_two(store, rule, first[0][way], first[1][way],
                     used[way] == 2 && has_own(store, book) && has_own(store, statement));
    }
}

/* Nearly all references stand for one line of each side. */
static void pair_run_of_two(struct match_store *store, const struct match_rule *rule,
                            const struct match_key *keys)
{
    uint32_t book = keys[0].line, statement = keys[1].line;
    const struct match_line *a = &store->lines[book], *b = &store->lines[statement];
    if (!a->mark && !b->mark && a->side < b->side && a->amount == b->amount &&
        a->account == b->account)
        pair_two(store, rule, book, statement, true);
}

/* References from one place of the keys to another, and what is done with their lines. */
struct stretch {
    struct match_store *store;
    const struct match_keys *keys;
    const struct match_rule *rule;
    void (*use)(struct match_store *, const struct match_rule *, const struct match_lot *);
    size_t from, end;
};

static void use_stretch(void *part)
{
    const struct stretch *stretch = part;
    struct match_store *store = stretch->store;
    const struct match_keys *keys = stretch->keys;
    const struct match_rule *rule = stretch->rule;
    uint32_t *lines = NULL;
    size_t capacity = 0;
    bool quick = rule->kind == MATCH_REFERENCE && !rule->fee.given && !rule->tolerance;
    for (size_t at = stretch->from, run; at < stretch->end; at += run) {
        match_prefetch(store, keys, at);
        run = match_keys_run(keys, at);
        if (run < 2 || (run == 2 && quick)) {
            if (run == 2)
                pair_run_of_two(store, rule, &keys->list[at]);
            continue;
        }
        if (count_lines_open(store, &keys->list[at], run) < 2)
            continue;
        ARRAY_RESERVE(lines, run, capacity);
        for (size_t i = 0; i < run; i++)
            lines[i] = keys->list[at + i].line;
        qsort_r(lines, run, sizeof *lines, by_lot, store);
        stretch->use(store, rule, &(struct match_lot){lines, run});
    }
    free(lines);
}

void match_each_run(struct match_store *store, const struct match_rule *rule,
                     void (*use)(struct match_store *, const struct match_rule *,
                                 const struct match_lot *))
{
    const struct match_keys *keys = store->has_residue ? &store->residue : &store->references;
    size_t middle = keys->count / 2;
    struct stretch all = {store, keys, rule, use, 0, keys->count}, first = all, second = all;
    if (keys->count < BESIDE) {
        use_stretch(&all);
        return;
    }
    while (middle < keys->count && keys->list[middle].key == keys->list[middle - 1].key)
        middle++;
    first.end = second.from = middle;
    match_both(use_stretch, &first, &second);
}

static void pair_run(struct match_store *store, const struct match_rule *rule,
                     const struct match_lot *run)
{
    if (rule->fee.given || rule->tolerance) {
        pair_inexact(store, rule, run);
        return;
    }
    for (size_t from = 0, end; from < run->count; from = end) {
        end = match_lot_end(store, run->lines, from, run->count);
        pair_lot(store, rule, &(struct match_lot){run->lines + from, end - from});
    }
}

void match_rule_reference(struct match_store *store, const struct match_rule *rule)
{
    match_each_run(store, rule, pair_run);
}
