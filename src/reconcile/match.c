#include "reconcile/match_store.h"

static const char *const names[MATCH_RULES] = {"none",      "exact",     "identical", "reversal",
                                               "normalised", "truncated", "split",     "fee",
                                               "ambiguous", "fuzzy",     "subset"};

const char *match_rule_name(enum match_rule rule)
{
    return names[rule];
}

struct match_limits match_limits(void)
{
    return (struct match_limits){.early = 1,
                                 .late = 3,
                                 .fee_low = 3800,
                                 .fee_high = 6000,
                                 .block = 256,
                                 .pool = 40,
                                 .parts = 5,
                                 .steps = 1000000};
}

void match_part(const struct match_store *store, const struct match_key *keys, size_t count,
                uint32_t *sides[2], size_t counts[2], size_t limit)
{
    counts[0] = counts[1] = 0;
    for (size_t i = 0; i < count; i++) {
        int side = store->lines[keys[i].line].side;
        if (counts[side] < limit)
            sides[side][counts[side]] = keys[i].line;
        counts[side]++;
    }
}

/* Most certain first: what a rule takes is gone for those after it. */
void match_run(struct match_store *store, const struct match_limits *limits)
{
    match_store_sort(store);
    match_exact(store);
    match_truncated(store);
    match_surplus(store);
    match_grouped(store, limits);
    match_fuzzy(store, limits);
    match_subset(store, limits);
}

void match_count(const struct match_store *store, struct match_counts *counts)
{
    *counts = (struct match_counts){.lines = {0, 0}};
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        enum match_status status = match_line_status(line);
        bool first = true;
        for (uint32_t at = line->next; at != i; at = store->lines[at].next)
            first = first && at > i;
        counts->lines[line->side]++;
        counts->confirmed_lines[line->side] += status == MATCH_CONFIRMED;
        counts->suggested_lines[line->side] += status == MATCH_SUGGESTED;
        counts->confirmed[match_line_rule(line)] += first && status == MATCH_CONFIRMED;
        counts->suggested[match_line_rule(line)] += first && status == MATCH_SUGGESTED;
    }
}
