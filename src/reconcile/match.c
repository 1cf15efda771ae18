#include "reconcile/match_days.h"

#include <stdlib.h>

static void (*const kinds[MATCH_KINDS])(struct match_store *, const struct match_rule *) = {
    [MATCH_REFERENCE] = match_rule_reference, [MATCH_REVERSAL] = match_rule_reversal,
    [MATCH_TOTAL] = match_rule_total,         [MATCH_SPLIT] = match_rule_split,
    [MATCH_NARRATIVE] = match_rule_narrative, [MATCH_TRUNCATED] = match_rule_truncated,
    [MATCH_NEAR] = match_rule_near,           [MATCH_PAYER] = match_rule_payer,
    [MATCH_AMOUNT] = match_rule_amount,       [MATCH_SUBSET] = match_rule_subset};

static int by_line(const void *left, const void *right)
{
    const struct match_note *a = left, *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->doubt > b->doubt ? -1 : a->doubt < b->doubt;
}

/* A rule takes what it finds from those after it, but nothing is confirmed until the lines that
 * are left speak for no other pair. */
void match_run(struct match_store *store)
{
    match_store_sort(store);
    match_index_references(store);
    store->lanes = match_lanes_new(store);
    match_near_begin(store);
    for (size_t i = 0; i < store->rules->count; i++) {
        kinds[store->rules->list[i].kind](store, &store->rules->list[i]);
        if (!store->has_residue && store->rules->list[i].kind == MATCH_REFERENCE)
            match_index_residue(store);
    }
    if (!store->has_residue)
        match_index_residue(store);
    if (store->near_test) /* no near pair asked for it */
        match_near_crowded(store, 0);
    struct match_days *days = match_days_new(store);
    match_doubt_fees(store);
    match_doubt_near_fees(store);
    match_doubt_parts(store);
    match_doubt_totals(store);
    match_doubt_references(store);
    match_doubt_days(store);
    match_doubt_writings(store);
    match_doubt_cut(store);
    match_doubt_near(store, days);
    match_doubt_copies(store);
    match_doubt_chance(store);
    match_doubt_cover(store, days);
    match_doubt_siblings(store, days);
    match_days_free(days);
    match_doubt_twins(store);
    match_doubt_counters(store);
    match_lanes_free(store->lanes);
    store->lanes = NULL;
    free(store->nearness);
    store->nearness = NULL;
    match_keys_free(&store->references);
    match_keys_free(&store->residue);
    free(store->rest);
    store->rest = NULL;
    if (store->note_count)
        qsort(store->notes, store->note_count, sizeof *store->notes, by_line);
}

bool match_line_leads(const struct match_store *store, size_t index)
{
    const struct match_line *line = &store->lines[index];
    return line->mark >> 2 && line->next >= index && match_first(store, (uint32_t)index) == index;
}

static void add_value(int64_t *sum, int64_t amount)
{
    int64_t size = amount == INT64_MIN ? INT64_MAX : llabs(amount);
    if (__builtin_add_overflow(*sum, size, sum))
        *sum = INT64_MAX;
}

void match_count(const struct match_store *store, struct match_counts *counts)
{
    *counts = (struct match_counts){.lines = {0, 0}};
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        enum match_status status = match_line_status(line);
        if (i + 16 < store->count)
            __builtin_prefetch(&store->lines[store->lines[i + 16].next]);
        counts->lines[line->side]++;
        add_value(&counts->value[line->side], line->amount);
        if (status == MATCH_OPEN)
            continue;
        bool confirmed = status == MATCH_CONFIRMED, first = match_line_leads(store, i);
        counts->confirmed_lines[line->side] += confirmed;
        counts->suggested_lines[line->side] += !confirmed;
        if (confirmed)
            add_value(&counts->confirmed_value[line->side], line->amount);
        (confirmed ? counts->confirmed : counts->suggested)[(line->mark >> 2) - 1] += first;
    }
}

int64_t match_difference(const struct match_store *store, size_t index)
{
    __int128 sum = 0;
    uint32_t at = (uint32_t)index;
    bool both = false;
    do {
        const struct match_line *line = &store->lines[at];
        sum += line->side == MATCH_BOOK ? line->amount : -(__int128)line->amount;
        both = both || line->side != store->lines[index].side;
        at = line->next;
    } while (at != index);
    return both ? (int64_t)sum : 0;
}
