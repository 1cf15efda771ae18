#include "reconcile/match_days.h"

/* Safeguard of days that one side does not have: a period that ends earlier or begins later, a day
 * that was not delivered. Movement and counter-movement of one side may as well be a sale and its
 * refund there, whose lines of the other side are not there. The days tell: many lines of this side
 * have no partner, and the other side has fewer lines. Where hardly any line of either side has
 * one, the two files are of other days, and what agrees is another movement of the reference. */

enum {
    DAYS_MOST = 3, /* that a partner is away in most lanes, its own day included */
    LINES_LEAST = 50 /* of a side; fewer do not tell which days it has */
};

/* Days on which both lines may have lost their partner so often are not covered. */
static const double lost_most = 0.01;
/* Nor is anything else that has a reference. */
static const double nearly_all = 0.4;
/* Lines of the other side to one of this side, below which some are not there. */
static const double covered_least = 0.7;

struct cover {
    struct match_store *store;
    const struct match_days *days;
    bool all; /* by the lines of all accounts */
};

static double lost(const struct cover *cover, const struct match_line *line)
{
    return cover->all ? match_days_lost_of_all(cover->days, line->side, line->date)
                      : match_days_lost(cover->days, line->account, line->side, line->date);
}

/* Whether the other side has too few lines in the days where partners of such a day are. */
static bool is_thin(const struct cover *cover, const struct match_line *line)
{
    size_t lines[2] = {0, 0};
    for (int i = 0; i < DAYS_MOST; i++)
        for (int side = 0; side < 2; side++) {
            int date = line->side == MATCH_BOOK ? line->date + i : line->date - i;
            lines[side] += cover->all
                               ? match_days_lines_of_all(cover->days, side, date)
                               : match_days_lines(cover->days, line->account, side, date);
        }
    return (double)lines[!line->side] < covered_least * (double)lines[line->side];
}

static bool is_uncovered(const struct cover *cover, const struct match_line *one,
                         const struct match_line *other)
{
    double both = lost(cover, one) * lost(cover, other);
    return both > nearly_all ||
           (both > lost_most && (is_thin(cover, one) || is_thin(cover, other)));
}

static void doubt_reversals(struct match_store *store, const struct match_days *days)
{
    struct cover own = {store, days, false}, all = {store, days, true};
    for (size_t i = 0; i < match_rest_count(store); i++) {
        uint32_t index = match_rest(store, i);
        const struct match_line *line = &store->lines[index], *other = &store->lines[line->next];
        const struct match_rule *rule = match_line_rule(store, line);
        if (!rule || rule->kind != MATCH_REVERSAL || line->next < index)
            continue;
        if (!store->counts[!line->side] || is_uncovered(&all, line, other) ||
            is_uncovered(&own, line, other))
            match_demote(store, index, MATCH_DOUBT_COVER, UINT32_MAX);
    }
}

/* A line of the match on the other side; the line itself where there is none. */
static const struct match_line *other_side(const struct match_store *store,
                                           const struct match_line *line)
{
    const struct match_line *at = &store->lines[line->next];
    while (at != line && at->side == line->side)
        at = &store->lines[at->next];
    return at;
}

static void doubt_pairs(struct match_store *store, const struct match_days *days)
{
    struct cover own = {store, days, false};
    if (store->counts[0] < LINES_LEAST || store->counts[1] < LINES_LEAST)
        return;
    for (size_t i = 0; i < store->counts[MATCH_BOOK]; i++) {
        const struct match_line *line = &store->lines[i];
        if (match_line_status(line) != MATCH_CONFIRMED || lost(&own, line) <= nearly_all)
            continue;
        const struct match_line *other = other_side(store, line);
        if (other->side != line->side && lost(&own, line) * lost(&own, other) > nearly_all)
            match_demote(store, (uint32_t)i, MATCH_DOUBT_COVER, UINT32_MAX);
    }
}

void match_doubt_cover(struct match_store *store, const struct match_days *days)
{
    doubt_reversals(store, days);
    doubt_pairs(store, days);
}
