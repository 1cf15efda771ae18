#include "reconcile/match_days.h"
#include "reconcile/match_lot.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Safeguard where references are used again: for the customer's next order, by a counter that began
 * anew, each month. Of two movements of one reference the one loses its book line and the other its
 * statement line, and the two that are left look like a pair; or of a sale and its refund the other
 * side has neither, which looks like a reversal. How often follows from what the lane shows: lines
 * of one side that have one reference, how many days they lie apart, how many of them have one
 * amount, and how many lines of those days have no partner. Where it is more than once in many
 * runs, the pairs of such days are left to a person. */

enum {
    GAP_MOST = 16,    /* days between two uses of a reference that matter */
    EARLY = 8,        /* days between book and statement that are told apart */
    OFFSETS = EARLY + 17,
    RISKS = 8,        /* and how likely both lines have lost their partner */
    RUN_MOST = 64,    /* lines of one reference and side that are compared */
    SAMPLE = 65536,   /* lines whose amounts are compared */
    PAIRS_LEAST = 20, /* of an account, which tell the days of its pairs; fewer say less than all */
    ACCOUNTS_MOST = 1024
};

/* Wrong pairs, and wrong reversals, that may be expected of all that a run confirms. */
static const double risk_most = 0.05;
/* Days on which so many lines have no partner are not there on the other side. */
static const double nearly_lost = 0.25;

/* Uses of references that have two on each side, and of those that have more. */
enum { TWO, MORE, USES };

struct gaps {
    double same[GAP_MOST], any[GAP_MOST]; /* of one amount, of any */
};

/* What an account shows. */
struct account {
    double lines;              /* of both sides */
    struct gaps uses[USES];    /* two lines of one reference on a side, so many days apart */
    double counter, opposite;  /* such lines of both directions: of one amount, of any */
    double half[2];            /* those of one amount of which this side lacks one */
    double alike;              /* share of all pairs of lines that have one amount */
    double offsets[OFFSETS], pairs;
    double expected[USES][OFFSETS][RISKS], found[USES][OFFSETS][RISKS];
    bool doubtful[USES][OFFSETS][RISKS], reversed[2], weak;
};

struct siblings {
    struct match_store *store;
    const struct match_days *days;
    struct account *accounts, all;
    size_t count;
};

static struct account *account_of(const struct siblings *siblings, const struct match_line *line)
{
    return &siblings->accounts[line->account % siblings->count];
}

static int offset(int days)
{
    return days < -EARLY ? 0 : days >= OFFSETS - EARLY ? OFFSETS - 1 : days + EARLY;
}

/* Four times less likely each. */
static int risk(double probability)
{
    int level = 0;
    for (; level < RISKS - 1 && probability < 0.25; probability *= 4)
        level++;
    return level;
}

/* A confirmed pair of a line of each side, but for near ones. */
static bool is_pair(const struct match_store *store, const struct match_line *line)
{
    const struct match_rule *rule = match_line_rule(store, line);
    const struct match_line *mate = &store->lines[line->next];
    return rule && match_line_status(line) == MATCH_CONFIRMED && mate->side != line->side &&
           (rule->kind == MATCH_REFERENCE || rule->kind == MATCH_NARRATIVE ||
            rule->kind == MATCH_TRUNCATED);
}

/* Whether the line is part of a match with lines of the other side. */
static bool has_partner(const struct match_store *store, const struct match_line *line)
{
    const struct match_rule *rule = match_line_rule(store, line);
    return rule && rule->kind != MATCH_REVERSAL && rule->kind != MATCH_SUBSET;
}

/* What the lines of one reference on one side say. */
struct side {
    uint32_t lines[RUN_MOST];
    size_t total, taken;
    struct gaps gaps;
    double same, any, counter, opposite;
};

static void count_two(const struct match_store *store, uint32_t one, uint32_t other,
                      struct side *side)
{
    const struct match_line *a = &store->lines[one], *b = &store->lines[other];
    int gap = abs(a->date - b->date);
    if (a->account != b->account || gap >= GAP_MOST || !match_same_writing(store, one, other))
        return;
    if ((a->amount < 0) != (b->amount < 0)) {
        bool equal = (uint64_t)a->amount == 0 - (uint64_t)b->amount;
        side->opposite += !equal;
        side->counter += equal && has_partner(store, a) && has_partner(store, b);
        return;
    }
    bool same = a->amount == b->amount;
    if (same && !gap) /* copies, or as good as each other */
        return;
    side->gaps.same[gap] += same;
    side->gaps.any[gap]++;
    side->same += same;
    side->any++;
}

static void count_side(const struct match_store *store, const struct match_key *keys, size_t count,
                       int which, struct side *side)
{
    for (size_t i = 0; i < count; i++)
        side->total += store->lines[keys[i].line].side == which;
    size_t step = side->total / RUN_MOST + 1, at = 0;
    for (size_t i = 0; i < count; i++)
        if (store->lines[keys[i].line].side == which && at++ % step == 0)
            side->lines[side->taken++] = keys[i].line;
    for (size_t i = 0; i < side->taken; i++)
        for (size_t j = 0; j < i; j++)
            count_two(store, side->lines[i], side->lines[j], side);
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* Lines of one reference. What one side alone has is copied there, and no other movement. */
static void count_run(const struct siblings *siblings, const struct match_key *keys, size_t count)
{
    const struct match_store *store = siblings->store;
    struct side sides[2] = {{.total = 0}, {.total = 0}};
    struct account *account = account_of(siblings, &store->lines[keys[0].line]);
    for (int side = 0; side < 2; side++)
        count_side(store, keys, count, side, &sides[side]);
    double step = (double)(sides[0].total > sides[1].total ? sides[0].total : sides[1].total);
    double weight = (step / RUN_MOST > 1 ? step * step / RUN_MOST / RUN_MOST : 1) / 2;
    double same = weight * least(sides[0].same, sides[1].same);
    double any = weight * least(sides[0].any, sides[1].any);
    struct gaps *uses = &account->uses[sides[0].total == 2 && sides[1].total == 2 ? TWO : MORE];
    for (int side = 0; side < 2; side++)
        for (int gap = 0; gap < GAP_MOST; gap++) {
            if (same > 0)
                uses->same[gap] += same * sides[side].gaps.same[gap] / sides[side].same;
            if (any > 0)
                uses->any[gap] += any * sides[side].gaps.any[gap] / sides[side].any;
        }
    account->counter += 2 * weight * least(sides[0].counter, sides[1].counter);
    account->opposite += 2 * weight * least(sides[0].opposite, sides[1].opposite);
}

/* Whether one of the first two cancels the other out and lacks what the third is to that other: a
 * line of the other side. A mistyped number has its partner elsewhere; days that the other side does
 * not have are for other safeguards. */
static bool is_half(const struct siblings *siblings, const struct match_line *a,
                    const struct match_line *b, const struct match_line *mate)
{
    const struct match_line *alone = mate->amount == a->amount ? b : a;
    const struct match_line *other = alone == a ? b : a;
    const struct match_rule *rule = match_line_rule(siblings->store, alone);
    if (a->side != b->side || a->side == mate->side || mate->amount != other->amount ||
        (uint64_t)a->amount != 0 - (uint64_t)b->amount || (rule && rule->kind == MATCH_NEAR))
        return false;
    return match_days_lost(siblings->days, a->account, a->side, a->date) < nearly_lost &&
           match_days_lost(siblings->days, b->account, b->side, b->date) < nearly_lost;
}

static void count_half(const struct siblings *siblings, const struct match_key *keys)
{
    const struct match_line *lines[3];
    for (size_t i = 0; i < 3; i++)
        lines[i] = &siblings->store->lines[keys[i].line];
    for (size_t i = 0; i < 3; i++)
        if (is_half(siblings, lines[i], lines[(i + 1) % 3], lines[(i + 2) % 3]))
            account_of(siblings, lines[i])->half[lines[(i + 2) % 3]->side]++;
}

/* Returns whether any reference has several lines of both sides. */
static bool count_uses(const struct siblings *siblings)
{
    const struct match_keys *keys = &siblings->store->references;
    bool any = false;
    for (size_t at = 0, run; at < keys->count; at += run) {
        run = match_keys_run(keys, at);
        const struct match_line *line = &siblings->store->lines[keys->list[at].line];
        if (run < 3 || !match_is_key(match_reference(siblings->store, line), line))
            continue; /* a word is never confirmed by itself */
        if (run == 3)
            count_half(siblings, &keys->list[at]);
        else
            count_run(siblings, &keys->list[at], run);
        any = true;
    }
    return any;
}

static void count_pairs(struct siblings *siblings)
{
    const struct match_store *store = siblings->store;
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        struct account *account = account_of(siblings, line);
        account->lines++;
        if (line->side == MATCH_STATEMENT || !is_pair(store, line))
            continue;
        int days = offset(store->lines[line->next].date - line->date);
        account->offsets[days]++;
        account->pairs++;
        siblings->all.offsets[days]++;
        siblings->all.pairs++;
    }
}

/* How many of two lines of a side have one amount, from a part of the lines. */
static void count_amounts(struct siblings *siblings)
{
    const struct match_store *store = siblings->store;
    struct match_keys keys = {NULL, 0, 0};
    double(*seen)[2] = xcalloc(siblings->count, sizeof *seen);
    size_t step = store->count / SAMPLE + 1;
    for (size_t i = 0; i < store->count; i += step) {
        const struct match_line *line = &store->lines[i];
        size_t account = line->account % siblings->count;
        match_keys_add(&keys,
                       match_mix(match_mix(account, line->side), (uint64_t)line->amount),
                       (uint32_t)i);
        seen[account][line->side]++;
    }
    match_keys_sort(&keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        account_of(siblings, &store->lines[keys.list[at].line])->alike +=
            (double)run * (double)(run - 1);
    }
    for (size_t i = 0; i < siblings->count; i++) {
        double pairs = seen[i][0] * (seen[i][0] - 1) + seen[i][1] * (seen[i][1] - 1);
        siblings->accounts[i].alike = pairs > 0 ? siblings->accounts[i].alike / pairs : 0;
    }
    match_keys_free(&keys);
    free(seen);
}

static const struct account *telling_days(const struct siblings *siblings,
                                          const struct account *account)
{
    return account->pairs < PAIRS_LEAST ? &siblings->all : account;
}

/* Share of the pairs that have so many days between them. */
static double days_share(const struct account *account, int days)
{
    return days <= -EARLY || days >= OFFSETS - EARLY - 1
               ? 0
               : (account->offsets[days + EARLY] + 0.05) / (account->pairs + 1);
}

/* Lines so many days from one of the other side that have its reference and amount and are another
 * movement, to one line. A pair that stands alone may come of references with two uses, one beside
 * other lines of its reference of any. */
static double others_at(const struct siblings *siblings, const struct account *account, int use,
                        int days)
{
    const struct account *telling = telling_days(siblings, account);
    double sum = 0;
    for (int gap = 0; gap < GAP_MOST; gap++) {
        double same = account->uses[use].same[gap], any = account->uses[use].any[gap];
        if (use == MORE) {
            same += account->uses[TWO].same[gap];
            any += account->uses[TWO].any[gap];
        }
        double uses = same > any * account->alike ? same : any * account->alike;
        sum += uses * (days_share(telling, days - gap) + (gap ? days_share(telling, days + gap) : 0));
    }
    return account->lines > 0 ? 2 * sum / account->lines : 0;
}

/* Wrong pairs of each kind of an account. */
static void expect_pairs(const struct siblings *siblings, uint32_t number, struct account *account)
{
    const struct match_days *days = siblings->days;
    int first = match_days_first(days), last = first + (int)match_days_span(days);
    for (int use = 0; use < USES; use++)
        for (int apart = -EARLY + 1; apart < OFFSETS - EARLY - 1; apart++) {
            double others = others_at(siblings, account, use, apart);
            for (int date = first; others > 0 && date < last; date++) {
                size_t lines = match_days_lines(days, number, MATCH_BOOK, date);
                double both = match_days_lost(days, number, MATCH_BOOK, date) *
                              match_days_lost(days, number, MATCH_STATEMENT, date + apart);
                if (lines && date + apart >= first && date + apart < last)
                    account->expected[use][apart + EARLY][risk(both)] +=
                        (double)lines * others * both;
            }
        }
}

/* Whether other lines have the line's reference, besides those of the pair. */
static bool has_siblings(const struct match_store *store, const struct match_line *line)
{
    const struct match_keys *keys = &store->references;
    size_t at = match_keys_find(keys, match_reference_key(line));
    return line->form && at < keys->count && match_keys_run(keys, at) > 2;
}

/* The days between the lines of a pair, from the first that are told apart, and how likely both
 * have lost their partner. */
static int days_of(const struct match_store *store, const struct match_line *line)
{
    return offset(store->lines[line->next].date - line->date);
}

static int risk_of(const struct siblings *siblings, const struct match_line *line)
{
    const struct match_line *mate = &siblings->store->lines[line->next];
    return risk(match_days_lost(siblings->days, line->account, MATCH_BOOK, line->date) *
                match_days_lost(siblings->days, line->account, MATCH_STATEMENT, mate->date));
}

static void count_found(struct siblings *siblings)
{
    const struct match_store *store = siblings->store;
    for (size_t i = 0; i < store->counts[MATCH_BOOK]; i++) {
        const struct match_line *line = &store->lines[i];
        if (is_pair(store, line))
            account_of(siblings, line)->found[has_siblings(store, line) ? MORE : TWO]
                                             [days_of(store, line)][risk_of(siblings, line)]++;
    }
}

static double expected_in_all(const struct siblings *siblings)
{
    double sum = 0;
    for (size_t i = 0; i < siblings->count; i++)
        for (size_t k = 0; k < USES * OFFSETS * RISKS; k++)
            sum += (&siblings->accounts[i].expected[0][0][0])[k];
    return sum;
}

static bool judge_pairs(struct siblings *siblings)
{
    const size_t cells = USES * OFFSETS * RISKS;
    size_t count = 0;
    if (expected_in_all(siblings) <= risk_most)
        return false;
    count_found(siblings);
    struct match_share *shares = xcalloc(siblings->count * cells + 1, sizeof *shares);
    for (size_t i = 0; i < siblings->count; i++) {
        struct account *account = &siblings->accounts[i];
        double *expected = &account->expected[0][0][0], *found = &account->found[0][0][0];
        bool *doubtful = &account->doubtful[0][0][0];
        for (size_t k = 0; k < cells; k++)
            if (expected[k] > 0)
                shares[count++] =
                    (struct match_share){expected[k], found[k], i * cells + k, &doubtful[k]};
    }
    bool any = match_spend(shares, count, risk_most);
    free(shares);
    return any;
}

/* Sales and refunds of which the other side has neither: of those that it has, so many lack one.
 * And lines of one reference that cancel out by chance. */
static double expect_reversals(const struct siblings *siblings, uint32_t number, int side)
{
    const struct match_days *days = siblings->days;
    const struct account *account = &siblings->accounts[number];
    double known = (siblings->all.half[!side] + 0.5) / (2 * siblings->all.counter + 1);
    double lacking = (account->half[!side] + known) / (2 * account->counter + 1);
    double uses = account->opposite * account->alike, sum = 0;
    int first = match_days_first(days), last = first + (int)match_days_span(days);
    for (int date = first; uses > 0 && date < last; date++) {
        double lost = match_days_lost(days, number, side, date);
        sum += (double)match_days_lines(days, number, side, date) * lost * lost;
    }
    return account->counter * lacking * lacking +
           (uses > 0 ? uses / account->lines * sum : 0);
}

static bool judge_reversals(struct siblings *siblings)
{
    struct match_share *shares = xcalloc(siblings->count * 2 + 1, sizeof *shares);
    for (size_t i = 0; i < siblings->count; i++) {
        siblings->all.counter += siblings->accounts[i].counter;
        for (int side = 0; side < 2; side++)
            siblings->all.half[side] += siblings->accounts[i].half[side];
    }
    for (size_t i = 0; i < siblings->count; i++)
        for (size_t side = 0; side < 2; side++)
            shares[2 * i + side] =
                (struct match_share){expect_reversals(siblings, (uint32_t)i, (int)side), 0,
                                     2 * i + side, &siblings->accounts[i].reversed[side]};
    bool any = match_spend(shares, 2 * siblings->count, risk_most);
    free(shares);
    return any;
}

/* An account whose commonest pairs are doubtful: its references are no keys, for no rule. */
static void find_weak(struct siblings *siblings)
{
    for (size_t i = 0; i < siblings->count; i++) {
        struct account *account = &siblings->accounts[i];
        const struct account *telling = telling_days(siblings, account);
        int best = EARLY;
        double expected = 0, doubtful = 0;
        for (int k = 0; k < OFFSETS; k++)
            best = telling->offsets[k] > telling->offsets[best] ? k : best;
        for (int k = 0; k < RISKS; k++) {
            expected += account->expected[TWO][best][k];
            doubtful += account->doubtful[TWO][best][k] ? account->expected[TWO][best][k] : 0;
        }
        account->weak = doubtful > expected / 2;
    }
}

static bool is_doubtful(const struct siblings *siblings, const struct match_line *line)
{
    const struct match_store *store = siblings->store;
    const struct match_rule *rule = match_line_rule(store, line);
    const struct account *account = account_of(siblings, line);
    if (rule->kind == MATCH_REVERSAL)
        return account->reversed[line->side] || account->weak;
    if (!is_pair(store, line) || rule->fee.given || rule->tolerance)
        return account->weak;
    if (line->side == MATCH_STATEMENT)
        return false;
    int days = days_of(store, line), level = risk_of(siblings, line);
    return account->doubtful[TWO][days][level] ||
           (account->doubtful[MORE][days][level] && has_siblings(store, line));
}

void match_doubt_siblings(struct match_store *store, const struct match_days *days)
{
    struct siblings siblings = {.store = store, .days = days};
    siblings.count = store->account_count < ACCOUNTS_MOST ? store->account_count : ACCOUNTS_MOST;
    siblings.accounts = xcalloc(siblings.count + 1, sizeof *siblings.accounts);
    if (count_uses(&siblings)) {
        count_pairs(&siblings);
        count_amounts(&siblings);
        for (size_t i = 0; i < siblings.count; i++)
            expect_pairs(&siblings, (uint32_t)i, &siblings.accounts[i]);
        bool pairs = judge_pairs(&siblings), reversals = judge_reversals(&siblings);
        find_weak(&siblings);
        for (size_t i = 0; (pairs || reversals) && i < store->count; i++)
            if (match_line_status(&store->lines[i]) == MATCH_CONFIRMED &&
                match_line_rule(store, &store->lines[i])->kind != MATCH_NEAR &&
                is_doubtful(&siblings, &store->lines[i]))
                match_demote(store, (uint32_t)i, MATCH_DOUBT_SIBLING, UINT32_MAX);
    }
    free(siblings.accounts);
}
