#include "reconcile/match_days.h"
#include "reconcile/match_dense.h"
#include "reconcile/match_plain.h"
#include "reconcile/match_slip.h"

#include "base/alloc.h"

#include <stdlib.h>

/* Safeguard of exact pairs beside a line without a sure partner whose reference is nearly theirs
 * (match_rival.c). The pair is wrong when its other line is that line's partner, mistyped into the
 * pair's number, while the pair's own partner is lost; or when the line is the first writing of the
 * pair's movement, mistyped, and the one that reads right a copy. In proportion to the world in which
 * the pair is right and the line's partner lost, the odds are those of one certain slip; or those of
 * a copy and a slip against a line that is lost and has this amount, this number and this day. Both
 * follow from the faults that the lane shows. The surest pairs are confirmed until so many wrong ones
 * may be expected; what is more is left to a person, as is a pair of which too little is known. */

/* Wrong pairs that may be expected of all that a run confirms. */
static const double risk_most = 0.005;
/* Days on which so many lines have no partner are not there on the other side. */
static const double lost_most = 0.25;
/* A line that has fewer partners by chance has a rare amount. */
static const double rare = 0.01;
/* A length that at least this share of the references of an account has is usual. */
static const double usual_least = 0.05;
/* Where more of the numbers around a line's are in no use, it may be a slip that made its number. */
static const double unused_most = 0.05;
/* Share of the lines that are there twice, once mistyped, where too few lines tell and none is seen. */
static const double doubled_few = 2e-5;
/* Of them those of two days, at least. */
static const double late_least = 0.1;

enum {
    PAIRS_LEAST = 1000, /* of the lane, and lines of an account; fewer tell too little of faults */
    SAMPLE = 5000,      /* lines whose numbers are looked at */
    AGAIN_ONE_IN = 2000, /* lines of which one has its reference and amount again */
    PRIOR = 1000        /* lines that those of all accounts, or amounts, count as beside those of one */
};

/* Lines of one account, side and amount, and one more; unused without. */
struct block {
    uint64_t key;
    uint32_t lines;
};

struct odds {
    struct match_store *store;
    const struct match_days *days;
    struct match_rivals *rivals;
    const struct match_keys *open;
    struct match_open_lines *open_lines;
    struct match_slips slips;
    struct match_dense dense;
    struct block *blocks; /* of lines without partner: a table with open addresses */
    size_t block_mask;
    double doubled[2][2]; /* share of a side's lines that are there twice, once mistyped; on two days */
    bool usable;
};

struct risk {
    double expected;
    uint32_t first, taken, line; /* of the match */
};

static struct block *find_block(const struct odds *odds, uint64_t key)
{
    uint64_t at = key & odds->block_mask;
    while (odds->blocks[at].lines && odds->blocks[at].key != key)
        at = (at + 1) & odds->block_mask;
    return &odds->blocks[at];
}

/* How many lines the side of the amount has. */
static double number_of_lines(const struct odds *odds, const struct match_line *line)
{
    const struct block *block = find_block(odds, match_slip_block(line, line->side));
    return block->lines > 1 ? block->lines - 1 : 1;
}

static void count_blocks(struct odds *odds)
{
    const struct match_store *store = odds->store;
    const struct match_keys *alone = &odds->slips.alone;
    odds->block_mask = 1023;
    while (odds->block_mask < 4 * alone->count)
        odds->block_mask = odds->block_mask * 2 + 1;
    odds->blocks = xcalloc(odds->block_mask + 1, sizeof *odds->blocks);
    for (size_t i = 0; i < alone->count; i++)
        *find_block(odds, alone->list[i].key) = (struct block){alone->list[i].key, 1};
    for (size_t i = 0; i < store->count; i++) {
        struct block *block =
            find_block(odds, match_slip_block(&store->lines[i], store->lines[i].side));
        block->lines += block->lines > 0;
    }
}

/* Whether chance makes next to no pair beside such a line: its amount is rare. */
static bool is_rare(const struct odds *odds, const struct match_line *line, double *chance)
{
    size_t length = match_reference(odds->store, line).length;
    *chance = 10 * (double)length *
              (number_of_lines(odds, line) - 1) /
              match_lane_space(odds->store->lanes, line->account, length);
    return *chance < rare &&
           match_lane_share(odds->store->lanes, line->account, length) >= usual_least;
}

/* Whether the number is the line's own: no other line has it, and a slip would have made one that
 * another line has. */
static bool is_own(const struct odds *odds, uint32_t index)
{
    return !match_dense_has_other(&odds->dense, index) &&
           match_dense_unused(&odds->dense, index) <= unused_most;
}

/* How many lines have lost their partner, by a part of them: nothing is near them, and their number is
 * their own. */
static void measure_lost(struct odds *odds)
{
    const struct match_store *store = odds->store;
    const struct match_keys *alone = &odds->slips.alone;
    size_t step = alone->count / SAMPLE + 1;
    for (size_t i = 0; i < alone->count; i += step) {
        const struct match_line *line = &store->lines[alone->list[i].line];
        const struct match_rule *rule = match_line_rule(store, line);
        if ((rule && rule->kind == MATCH_NEAR) || !is_own(odds, alone->list[i].line))
            continue;
        odds->slips.accounts[line->account].lost[line->side] += (double)step;
        odds->slips.all.lost[line->side] += (double)step;
    }
}

/* How often a line is there twice, once mistyped: as often as a copy is mistyped; or as is seen of rare
 * amounts, where nothing else makes such a pair. */
static void measure_doubled(struct odds *odds)
{
    const struct match_store *store = odds->store;
    const struct match_keys *alone = &odds->slips.alone;
    double seen[2][2] = {{0}}, by_chance[2] = {0, 0}, lines[2] = {0, 0}, chance;
    for (size_t i = 0; i < alone->count; i++) {
        const struct match_line *line = &store->lines[alone->list[i].line];
        if (is_rare(odds, line, &chance)) {
            by_chance[line->side] += chance;
            lines[line->side]++;
        }
    }
    for (size_t i = 0; i < odds->rivals->count; i++) {
        uint32_t index = odds->rivals->list[i].line, taken = odds->rivals->list[i].taken;
        const struct match_line *line = &store->lines[index], *one = &store->lines[taken];
        const struct match_rule *rule = match_line_rule(store, line);
        if (one->side == line->side && one->amount == line->amount &&
            (!rule || rule->kind != MATCH_NEAR) && is_rare(odds, line, &chance) &&
            !match_is_copy(store, index))
            seen[line->side][one->date != line->date]++;
    }
    double again = match_slips_late(&odds->slips); /* on another day, as copies are */
    again = again > late_least ? again : late_least;
    for (int side = 0; side < 2; side++)
        for (int late = 0; late < 2; late++) {
            double all = odds->slips.all.lines[side] * lines[side] /
                         (odds->slips.all.alone[side] + 1);
            double chance_here = by_chance[side] * (late ? 0.5 : 0.2); /* of days that are usual */
            double most = (match_slips_most(seen[side][late]) + 3) / (all + 1);
            if (seen[side][late] <= match_slips_most(chance_here) + 0.5) {
                most = (match_slips_most(chance_here) + 3) / (all + 1);
                double few = doubled_few * (late ? again : 1);
                most = most < few ? most : few;
            }
            odds->doubled[side][late] = most;
        }
}

/* Share of the lines of the side that are there twice, once mistyped, as far apart in days. */
static double twice(const struct odds *odds, const struct match_line *line,
                    const struct match_line *one, enum match_slip_kind kind)
{
    bool late = line->date != one->date;
    double copies = match_slips_copied(&odds->slips, line->account, line->side) *
                    match_slips_rate(&odds->slips, line->account, line->side, kind) *
                    (late ? match_slips_late(&odds->slips) : 1);
    return copies > odds->doubled[line->side][late] ? copies : odds->doubled[line->side][late];
}

/* Odds that the near partner of an explained line is another movement's, of its amount and a certain
 * number, and has lost its own, as has the pair's line; or that the line is the first writing of the
 * pair's. */
static double expect_explained(const struct odds *odds, uint32_t index, uint32_t taken)
{
    const struct match_line *line = &odds->store->lines[index];
    const struct match_faults *faults = &odds->slips.accounts[line->account];
    double typed = match_slips_least(faults->typed[MATCH_SLIP_DIGIT] + faults->typed[MATCH_SLIP_SWAP] +
                                     faults->typed[MATCH_SLIP_LENGTH]) + 0.5;
    double first = twice(odds, line, &odds->store->lines[taken], MATCH_SLIP_DIGIT) *
                   faults->lines[line->side] / typed;
    return ((faults->alone[line->side] + 0.5) / faults->lines[line->side] + first) *
           (match_slips_alone(&odds->slips, match_slip_block(line, !line->side)) + 0.5) /
           (faults->lines[!line->side] + 1);
}

/* The one the line is suggested with, when a slip tells the two apart; UINT32_MAX without one. */
static uint32_t near_mate(const struct match_store *store, uint32_t index, struct match_slip *slip)
{
    const struct match_line *line = &store->lines[index];
    const struct match_rule *rule = match_line_rule(store, line);
    if (!rule || rule->kind != MATCH_NEAR)
        return UINT32_MAX;
    *slip = match_slip_between(match_reference(store, line),
                               match_reference(store, &store->lines[line->next]));
    return slip->kind == MATCH_SLIP_NONE ? UINT32_MAX : line->next;
}

/* How much more often the pair's line has lost its partner on its day than the other on its. */
static double more_lost(const struct odds *odds, const struct match_line *taken,
                        const struct match_line *line)
{
    double own = match_days_lost(odds->days, taken->account, taken->side, taken->date);
    double all = match_days_lost_of_all(odds->days, taken->side, taken->date);
    if (own > lost_most || all > lost_most)
        return -1;
    own /= match_days_lost(odds->days, line->account, line->side, line->date) + 1e-9;
    all /= match_days_lost_of_all(odds->days, line->side, line->date) + 1e-9;
    own = own > all ? own : all;
    return own > 1 ? own : 1;
}

/* How much more often lines of this amount are mistyped than those of the account. */
static double more_typed(const struct odds *odds, const struct match_line *line)
{
    const struct match_store *store = odds->store;
    const struct match_keys *alone = &odds->slips.alone;
    const struct match_faults *faults = &odds->slips.accounts[line->account];
    uint64_t block = match_slip_block(line, line->side);
    double typed = faults->unclear + 1, near = 0;
    for (int kind = 0; kind < MATCH_SLIPS; kind++)
        typed += faults->typed[kind];
    typed /= faults->lines[line->side] + 1;
    for (size_t at = match_keys_find(alone, block); at < alone->count && alone->list[at].key == block;
         at++) {
        const struct match_rule *rule = match_line_rule(store, &store->lines[alone->list[at].line]);
        near += rule && rule->kind == MATCH_NEAR;
    }
    double more = (near + typed * PRIOR) / (number_of_lines(odds, line) + PRIOR) / typed;
    return more > 1 ? more : 1;
}

/* The line is the partner of the pair's other line, which was mistyped; the pair's own is lost. */
static double expect_mistyped(const struct odds *odds, uint32_t index, uint32_t taken,
                              const struct match_slip *slip)
{
    const struct match_line *line = &odds->store->lines[index], *one = &odds->store->lines[taken];
    const struct match_line *mate = &odds->store->lines[one->next];
    double days = (double)(*match_offset_count(odds->rivals, line, mate) + 1) /
                  (double)(*match_offset_count(odds->rivals, one, mate) + 1);
    return match_slips_rate(&odds->slips, line->account, mate->side, slip->kind) *
           match_slips_share(&odds->slips, slip) * days;
}

/* The line is the first writing of the pair's movement, mistyped, and the pair's line a copy; against
 * a movement of its own, whose partner is lost, or a copy of the line that has its number. */
static double expect_copy(const struct odds *odds, uint32_t index, uint32_t taken,
                          const struct match_slip *slip)
{
    const struct match_store *store = odds->store;
    const struct match_line *line = &store->lines[index], *one = &store->lines[taken];
    const struct match_faults *faults = &odds->slips.accounts[line->account], *all = &odds->slips.all;
    int side = line->side;
    uint32_t original = match_original(store, index);
    double first = twice(odds, line, one, slip->kind) * match_slips_share(&odds->slips, slip);
    if (original != UINT32_MAX) {
        bool late = store->lines[original].date != line->date;
        double copies = match_slips_least(late ? all->late[side] : all->copies[side] - all->late[side]);
        return first * all->lines[side] / (copies + 1e-9);
    }
    double lost = match_slips_least(all->lost[side]) / all->lines[side];
    lost = (faults->lost[side] + PRIOR * lost) / (faults->lines[side] + PRIOR) *
           number_of_lines(odds, line);
    double space = match_lane_space(store->lanes, line->account,
                                    match_reference(store, one).length);
    double day = ((double)match_days_lines_of_all(odds->days, side, line->date) + 1) /
                 (all->lines[side] + 1); /* a movement of its own has any day */
    return first / day * space / (lost + 1e-9) * match_dense_unused(&odds->dense, index);
}

/* How much sooner a slip makes the line's number of the pair's than of its near partner's. */
static double sooner(const struct odds *odds, const struct match_line *line,
                     const struct match_line *mate, const struct match_line *own)
{
    const struct match_store *store = odds->store;
    const struct match_faults *faults = &odds->slips.accounts[line->account];
    struct slice text = match_reference(store, line), partner = match_reference(store, mate);
    struct slice pair = match_reference(store, own);
    if (match_is_slip_of(text, partner, pair))
        return 1;
    struct match_slip one = match_slip_between(text, partner), other = match_slip_between(text, pair);
    if (one.kind == MATCH_SLIP_NONE || other.kind == MATCH_SLIP_NONE)
        return -1;
    double least = match_slips_least(faults->typed[one.kind]) / faults->lines[line->side] /
                   (double)one.length / (one.kind == MATCH_SLIP_SWAP ? 1 : 10);
    return match_slips_rate(&odds->slips, line->account, line->side, other.kind) *
           match_slips_share(&odds->slips, &other) / least;
}

/* The line has a near partner, but is the first writing of the pair's movement, mistyped, and the
 * pair's line a copy; then the partner has lost its own. */
static double expect_doubled(const struct odds *odds, const struct match_line *line,
                             const struct match_line *one)
{
    const struct match_faults *faults = &odds->slips.accounts[line->account];
    double typed = faults->unclear + 0.5;
    for (int kind = 0; kind < MATCH_SLIPS; kind++)
        typed += faults->typed[kind];
    return twice(odds, line, one, MATCH_SLIP_LENGTH) * faults->lines[line->side] /
           match_slips_least(typed) * (faults->alone[!line->side] + 1) /
           (faults->lines[!line->side] + 1);
}

/* The line and its near partner are crosswise another movement each, with the lines of the pair: one
 * slip made the mistyped one of the pair's number, a second one the pair. */
static double expect_crossed(const struct odds *odds, uint32_t index, uint32_t taken)
{
    const struct match_store *store = odds->store;
    const struct match_line *line = &store->lines[index], *one = &store->lines[taken];
    uint32_t partner = match_crossed(store, index, taken);
    if (partner == UINT32_MAX)
        return -1;
    const struct match_line *mate = &store->lines[partner], *own = &store->lines[one->next];
    struct match_slip slip = match_slip_between(match_reference(store, mate),
                                                match_reference(store, own));
    double more = sooner(odds, line, mate, own);
    if (slip.kind == MATCH_SLIP_NONE || !is_own(odds, partner) || more < 0)
        return -1;
    double days = (double)(*match_offset_count(odds->rivals, own, line) + 1) /
                  (double)(*match_offset_count(odds->rivals, mate, line) + 1);
    more = (more > 1 ? more : 1) * (days > 1 ? days : 1);
    return more * (expect_mistyped(odds, partner, one->next, &slip) * more_typed(odds, mate) +
                   expect_doubled(odds, line, one));
}

/* Odds that the pair is wrong; -1 where too little is known of it. */
static double expect(const struct odds *odds, uint32_t index, uint32_t taken)
{
    const struct match_store *store = odds->store;
    const struct match_line *line = &store->lines[index], *one = &store->lines[taken];
    if (match_is_explained(store, index, taken))
        return expect_explained(odds, index, taken);
    if (!odds->usable || odds->slips.accounts[line->account].lines[!line->side] < PAIRS_LEAST ||
        !match_is_plain(store, index, taken))
        return -1;
    struct match_slip slip = match_slip_between(match_reference(store, line),
                                                match_reference(store, one));
    struct match_slip own;
    double more = more_lost(odds, one, line);
    if (more < 0)
        return -1;
    if (slip.kind == MATCH_SLIP_NONE || !(is_own(odds, index) || match_is_copy(store, index)))
        return expect_crossed(odds, index, taken);
    if (near_mate(store, index, &own) != UINT32_MAX) {
        double unlike = match_slips_share(&odds->slips, &slip) /
                        match_slips_share(&odds->slips, &own);
        more *= unlike > 1 ? unlike : 1;
    }
    more *= more_typed(odds, line);
    return expect_mistyped(odds, index, taken, &slip) * more +
           (match_crossed(store, index, taken) == UINT32_MAX ? expect_copy(odds, index, taken, &slip)
                                                             : expect_doubled(odds, line, one));
}

/* Whether a line of the other side could be the partner of the pair's line but for another fault: then
 * two slips explain what there is as well as one slip and a loss. */
static bool has_another(const struct odds *odds, const struct risk *risk)
{
    const struct match_store *store = odds->store;
    struct match_slip slip;
    uint32_t mate = match_crossed(store, risk->line, risk->taken);
    if (mate == UINT32_MAX)
        mate = near_mate(store, risk->line, &slip);
    return !match_is_explained(store, risk->line, risk->taken) &&
           (match_near_partner(store, odds->open, risk->taken, 1, mate) != UINT32_MAX ||
            match_near_fee(store, odds->open_lines, risk->taken) != UINT32_MAX);
}

/* All lines beside one pair together. */
static int by_match(const void *left, const void *right)
{
    const struct risk *a = left, *b = right;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->expected < b->expected ? -1 : a->expected > b->expected;
}

/* What speaks against a pair: its risks, and their sum, -1 where one is not known. */
struct beside {
    const struct risk *risks;
    size_t count;
    double expected;
};

static int by_expected(const void *left, const void *right)
{
    const struct beside *a = left, *b = right;
    if (a->expected < b->expected || a->expected > b->expected)
        return a->expected < b->expected ? -1 : 1;
    return a->risks->first < b->risks->first ? -1 : a->risks->first > b->risks->first;
}

static size_t collect_risks(const struct odds *odds, struct risk *risks)
{
    const struct match_store *store = odds->store;
    size_t count = 0;
    for (size_t i = 0; i < odds->rivals->count; i++) {
        uint32_t taken = odds->rivals->list[i].taken, line = odds->rivals->list[i].line;
        if (match_line_status(&store->lines[taken]) == MATCH_CONFIRMED)
            risks[count++] = (struct risk){expect(odds, line, taken), match_first(store, taken),
                                           taken, line};
    }
    qsort(risks, count, sizeof *risks, by_match);
    return count;
}

static size_t add_up(const struct risk *risks, size_t count, struct beside *pairs)
{
    size_t found = 0;
    for (size_t at = 0, end; at < count; at = end) {
        double sum = 0;
        bool known = true;
        for (end = at; end < count && risks[end].first == risks[at].first; end++) {
            known = known && risks[end].expected >= 0;
            sum += risks[end].expected;
        }
        pairs[found++] = (struct beside){&risks[at], end - at, known ? sum : -1};
    }
    qsort(pairs, found, sizeof *pairs, by_expected);
    return found;
}

/* Confirms the surest pairs until the risk is spent. */
static void judge(const struct odds *odds, const struct beside *pairs, size_t count)
{
    double left = risk_most;
    for (size_t i = 0; i < count; i++) {
        const struct risk *doubt = NULL;
        if (pairs[i].expected < 0 || pairs[i].expected > left)
            doubt = pairs[i].risks;
        for (size_t k = 0; k < pairs[i].count && !doubt; k++)
            if (has_another(odds, &pairs[i].risks[k]))
                doubt = &pairs[i].risks[k];
        if (doubt)
            match_demote(odds->store, doubt->taken, MATCH_DOUBT_NEAR, doubt->line);
        else
            left -= pairs[i].expected;
    }
}

void match_doubt_rivals(struct match_store *store, const struct match_days *days,
                        struct match_rivals *rivals, const struct match_keys *open)
{
    struct odds odds = {.store = store, .days = days, .rivals = rivals, .open = open};
    if (!rivals->count)
        return;
    odds.usable = rivals->pairs >= PAIRS_LEAST && store->again * AGAIN_ONE_IN < store->count;
    odds.open_lines = match_open_lines_new(store);
    match_slips_measure(&odds.slips, store);
    count_blocks(&odds);
    match_dense_measure(&odds.dense, store, rivals, &odds.slips.alone);
    measure_lost(&odds);
    measure_doubled(&odds);
    struct risk *risks = xmalloc(rivals->count * sizeof *risks);
    struct beside *pairs = xmalloc(rivals->count * sizeof *pairs);
    size_t count = collect_risks(&odds, risks);
    judge(&odds, pairs, add_up(risks, count, pairs));
    free(pairs);
    free(risks);
    match_slips_free(&odds.slips);
    match_dense_free(&odds.dense);
    free(odds.blocks);
    match_open_lines_free(odds.open_lines);
}
