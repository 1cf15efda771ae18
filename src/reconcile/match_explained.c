#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>

/* Safeguard of pairs beside a line that a near partner explains (match_rival.c). The pair is another's
 * when that line was mistyped into its number, while the own partner of the pair's line is lost and the
 * near one's is too. How often, follows from how many lines have no partner: where it is more than
 * once in many runs, the pairs with the greatest share are left to a person. */

/* Wrong pairs that may be expected of all that a run confirms. */
static const double risk_most = 0.005;

/* What an account shows: lines of a side, and those without a sure partner. */
struct losses {
    double lines[2], alone[2];
};

struct risk {
    double expected;
    uint32_t taken, line;
};

/* Whether no line has exactly this one's reference: its partner is lost, or one of them mistyped. */
static bool is_alone(const struct match_line *line, const struct match_rule *rule)
{
    return line->form && match_line_status(line) != MATCH_CONFIRMED &&
           (!rule || rule->kind != MATCH_REFERENCE);
}

static uint64_t block_key(const struct match_line *line, int side)
{
    return match_mix(match_mix(line->account, (uint64_t)side), (uint64_t)line->amount);
}

static struct losses *count_losses(const struct match_store *store, struct match_keys *alone)
{
    struct losses *losses = xcalloc(store->account_count + 1, sizeof *losses);
    for (size_t i = 0; i < store->count; i++)
        losses[store->lines[i].account].lines[store->lines[i].side]++;
    for (size_t i = 0; i < match_rest_count(store); i++) {
        uint32_t index = match_rest(store, i);
        const struct match_line *line = &store->lines[index];
        if (!is_alone(line, match_line_rule(store, line)) || match_is_copy(store, index))
            continue;
        losses[line->account].alone[line->side]++;
        match_keys_add(alone, block_key(line, line->side), index);
    }
    match_keys_sort(alone);
    return losses;
}

/* Probability that two more lines have no partner of their reference, in proportion to that of the
 * pair: one of the side of the explained line, and one of the other side with its amount and a
 * certain number. */
static double expect(const struct match_store *store, const struct losses *losses,
                     const struct match_keys *alone, uint32_t index)
{
    const struct match_line *line = &store->lines[index];
    const struct losses *account = &losses[line->account];
    uint64_t key = block_key(line, !line->side);
    size_t at = match_keys_find(alone, key), end = at;
    while (end < alone->count && alone->list[end].key == key)
        end++;
    return (account->alone[line->side] + 0.5) / account->lines[line->side] *
           ((double)(end - at) + 0.5) / (account->lines[!line->side] + 1);
}

static int by_expected(const void *left, const void *right)
{
    const struct risk *a = left, *b = right;
    if (a->expected != b->expected)
        return a->expected < b->expected ? -1 : 1;
    if (a->taken != b->taken)
        return a->taken < b->taken ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

void match_doubt_explained(struct match_store *store, const struct match_explained *explained)
{
    struct match_keys alone = {NULL, 0, 0};
    if (!explained->count)
        return;
    struct losses *losses = count_losses(store, &alone);
    struct risk *risks = xmalloc(explained->count * sizeof *risks);
    double left = risk_most;
    for (size_t i = 0; i < explained->count; i++) {
        uint32_t line = explained->list[i].line;
        risks[i] = (struct risk){expect(store, losses, &alone, line), explained->list[i].taken, line};
    }
    qsort(risks, explained->count, sizeof *risks, by_expected);
    for (size_t i = 0; i < explained->count; i++)
        if ((left -= risks[i].expected) < 0)
            match_demote(store, risks[i].taken, MATCH_DOUBT_NEAR, risks[i].line);
    free(risks);
    free(losses);
    match_keys_free(&alone);
}
