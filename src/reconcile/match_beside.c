#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Safeguard where numbers are so many that a typing error hits no other one: of a line that is written
 * twice, and once mistyped, the one that reads like the other side's is as likely the copy. Then the
 * mistyped one is open beside the pair: on its side, of its amount, one edit away. One of two halves of
 * the references is the same, by which they are found, or all but two characters in the middle. */

enum {
    AMOUNTS = 1 << 20, /* bits */
    COMPARED = 256     /* lines with one half; a half that more have says nothing */
};

struct beside {
    struct match_store *store;
    uint8_t *amounts; /* account, side and amount of the open lines */
    size_t middles[MATCH_FORM + 2]; /* where references of a length are cut in halves */
    struct match_keys halves;
    struct match_filter filter;
};

static uint64_t amount_key(const struct match_line *line)
{
    return match_mix((uint64_t)line->account * 2 + line->side, (uint64_t)line->amount);
}

/* What two references have in common, of which the one in a pair has `length` characters. */
enum half { HEAD, TAIL, ENDS };

static uint64_t half_key(uint64_t amount, size_t length, struct slice part, enum half half)
{
    return match_mix(amount, match_hash(part.text, part.length) + length * 3 + half);
}

/* All but the characters on both sides of the middle, which may be swapped. */
static uint64_t ends_key(uint64_t amount, struct slice reference, size_t middle)
{
    uint64_t head = match_hash(reference.text, middle - 1);
    struct slice tail = {reference.text + middle + 1, reference.length - middle - 1};
    return half_key(match_mix(amount, head), reference.length, tail, ENDS);
}

static void note_open(struct beside *beside, uint32_t index)
{
    const struct match_line *line = &beside->store->lines[index];
    struct slice reference = match_reference(beside->store, line);
    uint64_t amount = amount_key(line);
    if (reference.length > MATCH_FORM || match_edits_allowed(reference.length) < 1 ||
        match_no_reference(reference, &beside->store->rules->absent))
        return;
    beside->amounts[(amount & (AMOUNTS - 1)) >> 3] |= (uint8_t)(1 << (amount & 7));
    for (size_t length = reference.length - 1; length <= reference.length + 1; length++) {
        size_t head = beside->middles[length], tail = length - head;
        if (head <= reference.length)
            match_keys_add(&beside->halves,
                           half_key(amount, length, (struct slice){reference.text, head}, HEAD),
                           index);
        if (tail <= reference.length)
            match_keys_add(
                &beside->halves,
                half_key(amount, length,
                         (struct slice){reference.text + reference.length - tail, tail}, TAIL),
                index);
    }
    size_t middle = beside->middles[reference.length];
    if (middle && middle < reference.length)
        match_keys_add(&beside->halves, ends_key(amount, reference, middle), index);
}

static bool is_beside(const struct match_store *store, const struct match_line *line,
                      const struct match_line *open)
{
    struct slice one = match_reference(store, line), other = match_reference(store, open);
    if (open->account != line->account || open->side != line->side || open->amount != line->amount)
        return false;
    int distance = match_distance(one, other);
    return distance > 0 && distance <= match_edits_allowed(one.length) &&
           match_in_days(open->side == MATCH_BOOK ? open : &store->lines[line->next],
                         open->side == MATCH_BOOK ? &store->lines[line->next] : open,
                         match_line_rule(store, line));
}

static void look_up(struct beside *beside, uint32_t index, uint64_t key)
{
    const struct match_keys *halves = &beside->halves;
    struct match_store *store = beside->store;
    if (!match_filter_may_have(&beside->filter, key))
        return;
    size_t from = match_keys_find(halves, key);
    for (size_t at = from;
         at < halves->count && halves->list[at].key == key && at < from + COMPARED; at++)
        if (is_beside(store, &store->lines[index], &store->lines[halves->list[at].line])) {
            match_demote(store, index, MATCH_DOUBT_NEAR, halves->list[at].line);
            return;
        }
}

static void try_line(struct beside *beside, uint32_t index)
{
    const struct match_store *store = beside->store;
    const struct match_line *line = &store->lines[index];
    uint64_t amount = amount_key(line);
    if (!(beside->amounts[(amount & (AMOUNTS - 1)) >> 3] >> (amount & 7) & 1) ||
        match_line_status(line) != MATCH_CONFIRMED || store->lines[line->next].side == line->side)
        return;
    enum match_kind kind = match_line_rule(store, line)->kind;
    struct slice reference = match_reference(store, line);
    if (reference.length > MATCH_FORM || kind == MATCH_TOTAL || kind == MATCH_SPLIT)
        return;
    size_t head = beside->middles[reference.length];
    look_up(beside, index,
            half_key(amount, reference.length, (struct slice){reference.text, head}, HEAD));
    look_up(beside, index,
            half_key(amount, reference.length,
                     (struct slice){reference.text + head, reference.length - head}, TAIL));
    if (head && head < reference.length)
        look_up(beside, index, ends_key(amount, reference, head));
}

void match_doubt_beside(struct match_store *store, const uint32_t *open, size_t count)
{
    struct beside beside = {.store = store};
    if (!count)
        return;
    beside.amounts = xcalloc(AMOUNTS / 8, 1);
    for (size_t length = 0; length <= MATCH_FORM + 1; length++)
        beside.middles[length] = match_lane_middle(store->lanes, length);
    for (size_t i = 0; i < count; i++)
        note_open(&beside, open[i]);
    match_keys_sort(&beside.halves);
    beside.filter = match_filter_new(&beside.halves);
    for (size_t i = 0; beside.halves.count && i < store->count; i++) {
        if (i + 16 < store->count)
            __builtin_prefetch(match_text_of(store, &store->lines[i + 16]));
        try_line(&beside, (uint32_t)i);
    }
    match_keys_free(&beside.halves);
    free(beside.filter.bits);
    free(beside.amounts);
}
