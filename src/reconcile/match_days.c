#include "reconcile/match_days.h"

#include "base/alloc.h"

#include <stdlib.h>

enum {
    ENOUGH = 12,      /* lines that say how many of a day have no partner */
    TELLING = 50,     /* lines of a day that may be the best one */
    SOME = 20,        /* times more lines has the greatest day than one that is there */
    PRIOR = 2,        /* lines that those of all accounts count as beside those of one */
    CELLS = 1 << 19,  /* accounts and days that are told apart */
    SPAN_MOST = 40000 /* days */
};

/* Lines of a day by side, and those without a partner. */
struct day {
    uint32_t lines[2], alone[2];
    float lost[2];
};

/* What a side has: the least share that is lost on a day, and its first and last day of some lines. */
struct period {
    float least;
    int first, last;
};

struct match_days {
    int first;         /* day */
    size_t span, rows; /* days; accounts, or none when only all of them are told */
    struct day *list;  /* one row after the other, at last the one for all accounts */
    struct period (*periods)[2]; /* of each row and side */
};

/* Without a partner on the other side: open, or in a suggestion that no reference speaks for. */
static bool is_alone(const struct match_rule *rule)
{
    return !rule || rule->kind == MATCH_SUBSET || rule->kind == MATCH_AMOUNT ||
           rule->kind == MATCH_PAYER;
}

/* A line of the same side, reference and amount has a partner: this one may be a copy of it. */
static bool is_surplus(const struct match_store *store, uint32_t index)
{
    const struct match_line *line = &store->lines[index];
    const struct match_keys *keys = &store->references;
    uint64_t key = match_reference_key(line);
    size_t from = line->form ? match_keys_find(keys, key) : keys->count;
    for (size_t at = from;
         at < keys->count && keys->list[at].key == key && at < from + MATCH_PARTS; at++) {
        const struct match_line *other = &store->lines[keys->list[at].line];
        if (other->side == line->side && other->amount == line->amount &&
            other->account == line->account && !is_alone(match_line_rule(store, other)))
            return true;
    }
    return false;
}

static struct day *row_of(const struct match_days *days, uint32_t account)
{
    return &days->list[(days->rows ? account : 0) * days->span];
}

static struct day *row_of_all(const struct match_days *days)
{
    return &days->list[days->rows * days->span];
}

static void count_line(struct day *day, const struct match_line *line, bool alone)
{
    day->lines[line->side]++;
    day->alone[line->side] += alone;
}

static void count_lines(const struct match_store *store, struct match_days *days)
{
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        const struct match_rule *rule = match_line_rule(store, line);
        size_t day = (size_t)(line->date - days->first);
        if ((rule && rule->kind == MATCH_REVERSAL) ||
            (is_alone(rule) && is_surplus(store, (uint32_t)i)))
            continue;
        if (days->rows)
            count_line(&row_of(days, line->account)[day], line, is_alone(rule));
        count_line(&row_of_all(days)[day], line, is_alone(rule));
    }
}

/* Share of the lines of about this day that have no partner: as many days around as it takes to see
 * enough lines. `prior` lines more have the share `before`. */
static double lost_about(const struct match_days *days, const struct day *row, int side, size_t day,
                         double before, double prior)
{
    double lines = prior, alone = prior * before;
    for (size_t reach = 0; reach < days->span && lines < ENOUGH; reach++)
        for (int way = reach ? -1 : 1; way <= 1; way += 2) {
            if ((way < 0 && reach > day) || (way > 0 && day + reach >= days->span))
                continue;
            const struct day *at = &row[way < 0 ? day - reach : day + reach];
            lines += at->lines[side];
            alone += at->alone[side];
        }
    return alone / lines;
}

static double lost_at_all(const struct match_days *days, int side)
{
    double lines = 1, alone = 0.5;
    for (size_t i = 0; i < days->span; i++) {
        lines += row_of_all(days)[i].lines[side];
        alone += row_of_all(days)[i].alone[side];
    }
    return alone / lines;
}

static void find_period(const struct match_days *days, size_t row, int side)
{
    const struct day *list = &days->list[row * days->span];
    struct period *period = &days->periods[row][side];
    uint32_t most = 0;
    *period = (struct period){.least = 1};
    for (size_t i = 0; i < days->span; i++) {
        if (list[i].lines[side] >= TELLING && list[i].lost[side] < period->least)
            period->least = list[i].lost[side];
        most = list[i].lines[side] > most ? list[i].lines[side] : most;
    }
    for (size_t i = 0; i < days->span; i++)
        if (list[i].lines[side] > most / SOME) {
            period->first = period->last ? period->first : days->first + (int)i;
            period->last = days->first + (int)i;
        }
}

static void measure(struct match_days *days, size_t accounts)
{
    struct day *all = row_of_all(days);
    for (int side = 0; side < 2; side++) {
        double known = lost_at_all(days, side);
        for (size_t i = 0; i < days->span; i++)
            all[i].lost[side] = (float)lost_about(days, all, side, i, known, 1);
        for (size_t k = 0; days->rows && k < accounts; k++)
            for (size_t i = 0; i < days->span; i++)
                row_of(days, (uint32_t)k)[i].lost[side] = (float)lost_about(
                    days, row_of(days, (uint32_t)k), side, i, all[i].lost[side], PRIOR);
    }
    for (size_t row = 0; row <= days->rows; row++)
        for (int side = 0; side < 2; side++)
            find_period(days, row, side);
}

struct match_days *match_days_new(const struct match_store *store)
{
    struct match_days *days = xcalloc(1, sizeof *days);
    int first = store->count ? store->lines[0].date : 0, last = first;
    for (size_t i = 0; i < store->count; i++) {
        first = store->lines[i].date < first ? store->lines[i].date : first;
        last = store->lines[i].date > last ? store->lines[i].date : last;
    }
    days->first = first;
    if ((int64_t)last - first >= SPAN_MOST) /* all days are one */
        return days;
    days->span = (size_t)(last - first) + 1;
    days->rows = store->account_count > 1 && store->account_count * days->span <= CELLS
                     ? store->account_count
                     : 0;
    days->list = xcalloc((days->rows + 1) * days->span, sizeof *days->list);
    days->periods = xcalloc(days->rows + 1, sizeof *days->periods);
    count_lines(store, days);
    measure(days, store->account_count);
    return days;
}

void match_days_free(struct match_days *days)
{
    free(days->list);
    free(days->periods);
    free(days);
}

/* NULL beyond the days. */
static const struct day *find(const struct match_days *days, uint32_t account, int date)
{
    int64_t day = (int64_t)date - days->first;
    return day >= 0 && day < (int64_t)days->span ? &row_of(days, account)[day] : NULL;
}

size_t match_days_span(const struct match_days *days)
{
    return days->span;
}

int match_days_first(const struct match_days *days)
{
    return days->first;
}

bool match_days_own(const struct match_days *days)
{
    return days->rows > 0;
}

size_t match_days_lines(const struct match_days *days, uint32_t account, int side, int date)
{
    const struct day *day = find(days, account, date);
    return day ? day->lines[side] : 0;
}

double match_days_lost(const struct match_days *days, uint32_t account, int side, int date)
{
    const struct day *day = find(days, account, date);
    return day ? (double)day->lost[side] : 1;
}

double match_days_lost_of_all(const struct match_days *days, int side, int date)
{
    const struct day *day = find(days, 0, date);
    return day ? (double)row_of_all(days)[date - days->first].lost[side] : 1;
}

size_t match_days_lines_of_all(const struct match_days *days, int side, int date)
{
    return find(days, 0, date) ? row_of_all(days)[date - days->first].lines[side] : 0;
}

static const struct period *find_of(const struct match_days *days, uint32_t account, bool all, int side)
{
    static const struct period none = {.least = 1};
    size_t row = all ? days->rows : days->rows ? account : 0;
    return days->periods ? &days->periods[row][side] : &none;
}

double match_days_least(const struct match_days *days, uint32_t account, bool all, int side)
{
    return (double)find_of(days, account, all, side)->least;
}

bool match_days_within(const struct match_days *days, uint32_t account, bool all, int side, int date)
{
    const struct period *period = find_of(days, account, all, side);
    return date >= period->first && date <= period->last;
}
