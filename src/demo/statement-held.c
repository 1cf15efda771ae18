#include "demo/statement-part.h"

#include "base/alloc.h"

#include <stdlib.h>

/* Files of one account each that the acceptance gate holds back, each for another reason. */

enum { NUMBER = 51, MISSING = 1234500, BEFORE = 8, BETWEEN = 5 };

static const struct swift_page whole = {.opens = true, .closes = true};

/* The next period of the account: begins where `before` ended. */
static struct period next(const struct period *before, int to, int number, struct random *random)
{
    struct period period = {.lane = before->lane, .from = to, .to = to, .number = number};
    for (int side = 0; side < 2; side++)
        period.opening[side] = before->opening[side] + period_total(before, side);
    period_fill(&period, random);
    return period;
}

static bool write_swift(const char *folder, const struct period *period,
                        const struct swift_page *page, struct error *error)
{
    struct buffer out = BUFFER_INIT;
    period_swift(&out, period, page);
    bool good = statement_write_file(folder, period, false, &out, error);
    buffer_free(&out);
    return good;
}

/* A day is missing, and the day after the held one waits for it; of consecutive balances only the
 * number in between. */
static bool write_gap(const struct plan *plan, const char *folder, const struct period *first,
                      bool balances, struct random *random, struct error *error)
{
    struct period held = next(first, statement_weekday(plan->day - BETWEEN), NUMBER + 2, random);
    held.opening[false] += balances ? MISSING : 0;
    struct period after = next(&held, statement_day(plan), NUMBER + 3, random);
    bool good = write_swift(folder, first, &whole, error) &&
                write_swift(folder, &held, &whole, error) &&
                (!balances || write_swift(folder, &after, &whole, error));
    free(held.events);
    free(after.events);
    return good;
}

/* The second of three pages is missing. */
static bool write_pages(const char *folder, const struct period *first, struct random *random,
                        struct error *error)
{
    struct buffer out = BUFFER_INIT;
    struct period last = next(first, first->to, first->number, random);
    period_swift(&out, first, &(struct swift_page){.page = 1, .opens = true});
    period_swift(&out, &last, &(struct swift_page){.page = 3, .closes = true});
    bool good = statement_write_file(folder, first, false, &out, error);
    free(last.events);
    buffer_free(&out);
    return good;
}

static bool write_twice(const char *folder, const struct period *period, struct error *error)
{
    struct buffer out = BUFFER_INIT;
    period_swift(&out, period, &whole);
    period_swift(&out, period, &whole);
    bool good = statement_write_file(folder, period, false, &out, error);
    buffer_free(&out);
    return good;
}

static bool write_control(const char *folder, const struct period *period, struct error *error)
{
    struct buffer out = BUFFER_INIT;
    period_bai(&out, period, 100);
    bool good = statement_write_file(folder, period, false, &out, error);
    buffer_free(&out);
    return good;
}

bool statement_write_held(const struct plan *plan, const char *folder,
                          const struct statement_lane *lane, struct random *random,
                          struct error *error)
{
    bool chained = lane->held == HELD_GAP || lane->held == HELD_SEQUENCE;
    int day = chained ? statement_weekday(plan->day - BEFORE) : statement_day(plan);
    struct period first = {.lane = lane,
                           .from = day,
                           .to = day,
                           .number = NUMBER,
                           .opening = {statement_start(lane), statement_start(lane)}};
    period_fill(&first, random);
    bool good = lane->held == HELD_PAGE     ? write_pages(folder, &first, random, error)
                : lane->held == HELD_TWICE  ? write_twice(folder, &first, error)
                : lane->held == HELD_CONTROL ? write_control(folder, &first, error)
                                            : write_gap(plan, folder, &first,
                                                        lane->held == HELD_GAP, random, error);
    free(first.events);
    return good;
}
