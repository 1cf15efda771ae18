#include "reconcile/match_days.h"

#include <math.h>
#include <stdlib.h>

/* Safeguard of days that one side does not have: a period that ends earlier or begins later, a day
 * that was not delivered. Movement and counter-movement of one side may as well be a sale and its
 * refund there, whose lines of the other side are not there. The days tell: many lines of this side
 * have no partner, and the other side has fewer lines, or those of other days have one far more often.
 * Where hardly any line of either side has one, the two files are of other days, and what agrees is
 * another movement of the reference. */

enum {
    DAYS_MOST = 3, /* that a partner is away in most lanes, its own day included */
    OFFSETS = 16,  /* days between the lines of a pair that are told apart */
    SAMPLE = 20000, /* pairs whose days are looked at */
    LINES_LEAST = 50 /* of a side; fewer do not tell which days it has */
};

/* Of fewer pairs the days between them are not usual. */
static const double usual_least = 0.0005;
/* Share of the pairs a day or two apart, where the sides have too few days in common to see. */
static const double unseen = 0.15;
/* Days on which both lines may have lost their partner so often are not covered. */
static const double lost_most = 0.01;
/* Nor is anything else that has a reference. */
static const double nearly_all = 0.4;
/* Nor are days on which lines have lost it so much more often than on the best one, or than never. */
static const double more_lost = 0.1;
/* Lines of the other side to one of this side, below which some are not there. */
static const double covered_least = 0.7;

struct cover {
    struct match_store *store;
    const struct match_days *days;
    const double *shares; /* of pairs with so many days from book to statement, from -OFFSETS on */
    bool all; /* by the lines of all accounts */
};

/* Whether the sides have hardly more days in common than a payment takes. */
static bool is_narrow(const struct match_days *days)
{
    int first = match_days_first(days), end = first + (int)match_days_span(days), common = 0;
    for (int date = first; date < end; date++)
        common += match_days_within(days, 0, true, MATCH_BOOK, date) &&
                  match_days_within(days, 0, true, MATCH_STATEMENT, date);
    return common <= DAYS_MOST;
}

static void count_offsets(const struct match_store *store, const struct match_days *match_days,
                          double shares[2 * OFFSETS + 1])
{
    size_t step = store->counts[MATCH_BOOK] / SAMPLE + 1, pairs = 0;
    for (size_t i = 0; i < store->counts[MATCH_BOOK]; i += step) {
        const struct match_line *line = &store->lines[i], *mate = &store->lines[line->next];
        int days = mate->date - line->date;
        if (match_line_status(line) != MATCH_CONFIRMED || mate->side == MATCH_BOOK)
            continue;
        pairs++;
        if (days >= -OFFSETS && days <= OFFSETS)
            shares[days + OFFSETS]++;
    }
    for (int i = 0; pairs && i <= 2 * OFFSETS; i++)
        shares[i] /= (double)pairs;
    for (int i = OFFSETS + 1; i < OFFSETS + DAYS_MOST && is_narrow(match_days); i++)
        shares[i] = shares[i] < unseen ? unseen : shares[i];
}

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

/* Share of the pairs that have so many days between them that the partner of a line of this day is
 * before the first or after the last one of the other side. */
static double beyond(const struct cover *cover, const struct match_line *line)
{
    double sum = 0;
    for (int i = 0; i <= 2 * OFFSETS; i++) {
        int days = line->side == MATCH_BOOK ? i - OFFSETS : OFFSETS - i;
        if (cover->shares[i] > 0 && !match_days_within(cover->days, line->account, cover->all,
                                                       !line->side, line->date + days))
            sum += cover->shares[i];
    }
    return sum;
}

/* Whether lines of the day have surely lost their partner more often than those of the best day; or
 * more often than seldom, and the other side ends or begins about then. */
static bool is_gap(const struct cover *cover, const struct match_line *line)
{
    const struct match_days *days = cover->days;
    double share = lost(cover, line);
    size_t lines = cover->all ? match_days_lines_of_all(days, line->side, line->date)
                              : match_days_lines(days, line->account, line->side, line->date);
    if (share <= more_lost || !lines)
        return false;
    double surely = share - 3 * sqrt(share * (1 - share) / (double)lines) - more_lost;
    return surely > match_days_least(days, line->account, cover->all, line->side) ||
           (surely > 0 && beyond(cover, line) > more_lost);
}

static bool is_uncovered(const struct cover *cover, const struct match_line *one,
                         const struct match_line *other)
{
    double both = lost(cover, one) * lost(cover, other);
    return both > nearly_all || (is_gap(cover, one) && is_gap(cover, other)) ||
           (both > lost_most && (is_thin(cover, one) || is_thin(cover, other)));
}

static void doubt_reversals(struct match_store *store, const struct match_days *days,
                            const double *shares)
{
    struct cover own = {store, days, shares, false}, all = {store, days, shares, true};
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

/* A pair whose reference stands in a narrative on one side: that may speak of the other line, whose own
 * partner is of a day that is not there. */
static bool is_hearsay(const struct cover *own, const struct cover *all, const struct match_line *line,
                       const struct match_line *other)
{
    const struct match_store *store = own->store;
    const struct match_rule *rule = match_line_rule(store, line);
    if (rule->kind != MATCH_NARRATIVE &&
        (rule->kind != MATCH_REFERENCE || rule->writing != MATCH_ANY))
        return false;
    const struct match_line *lines[] = {line, other};
    for (int i = 0; i < 2; i++)
        if (match_no_reference(match_reference(store, lines[!i]), &store->rules->absent) &&
            (is_gap(own, lines[i]) || is_gap(all, lines[i])))
            return true;
    return false;
}

/* A pair that has as many days between it as hardly another, of days when both are gone: the reference
 * was used again. */
static bool is_far(const struct cover *all, const struct match_line *line,
                   const struct match_line *other)
{
    int days = other->date - line->date;
    if (other->side == line->side || (days >= 0 && days < DAYS_MOST))
        return false;
    return (abs(days) > OFFSETS || all->shares[days + OFFSETS] < usual_least) &&
           is_gap(all, line) && is_gap(all, other);
}

static void doubt_pairs(struct match_store *store, const struct match_days *days,
                        const double *shares)
{
    struct cover own = {store, days, shares, false}, all = {store, days, shares, true};
    if (store->counts[0] < LINES_LEAST || store->counts[1] < LINES_LEAST)
        return;
    for (size_t i = 0; i < store->counts[MATCH_BOOK]; i++) {
        const struct match_line *line = &store->lines[i];
        if (match_line_status(line) != MATCH_CONFIRMED)
            continue;
        const struct match_line *mate = &store->lines[line->next];
        bool most = lost(&own, line) > nearly_all;
        const struct match_line *other = most ? other_side(store, line) : mate;
        if ((most && other->side != line->side && lost(&own, line) * lost(&own, other) > nearly_all) ||
            is_hearsay(&own, &all, line, mate) || is_far(&all, line, mate))
            match_demote(store, (uint32_t)i, MATCH_DOUBT_COVER, UINT32_MAX);
    }
}

void match_doubt_cover(struct match_store *store, const struct match_days *days)
{
    double shares[2 * OFFSETS + 1] = {0};
    count_offsets(store, days, shares);
    doubt_reversals(store, days, shares);
    doubt_pairs(store, days, shares);
}
