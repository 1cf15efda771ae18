#include "base/date.h"
#include "demo/maker.h"

#include <stdio.h>
#include <string.h>

enum { MOST_BUCKETS = 40, FIRST_MONTH = -26, EXPIRY_MONTHS = 24, PENDING_DAYS = 15 };

struct bucket {
    int64_t id, points, remaining;
    int earned, expires;
    bool pending;
};

/* The points of one customer while they are made. */
struct purse {
    struct maker *maker;
    struct profile *p;
    struct bucket buckets[MOST_BUCKETS];
    int count, first; /* buckets before `first` are empty */
    int64_t available, pending;
};

/* Last day of the month 24 months after the day, as bank.points_expiry says. */
static int expiry(int day)
{
    int year, month, of_month, end = 0;
    date_to_civil(day, &year, &month, &of_month);
    int count = year * 12 + month + EXPIRY_MONTHS;
    date_from_civil(count / 12, count % 12 + 1, 1, &end);
    return end - 1;
}

static void write_request(struct purse *purse)
{
    char text[40];
    uint64_t high = random_next(&purse->p->random), low = random_next(&purse->p->random);
    snprintf(text, sizeof text, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(high >> 32),
             (unsigned)(high >> 16 & 0xFFFF), (unsigned)(high & 0xFFF),
             (unsigned)(low >> 48 & 0x3FFF) | 0x8000, (unsigned long long)(low & 0xFFFFFFFFFFFF));
    rows_text(purse->maker->rows, ROWS_POINTS_TRANSACTION, text);
}

static int64_t write_transaction(struct purse *purse, const char *kind, const char *rule,
                                 int64_t points, const char *note, int day, int second)
{
    struct rows *rows = purse->maker->rows;
    int64_t id = purse->maker->next_transaction++;
    int64_t at = plan_moment(day, second);
    rows_integer(rows, ROWS_POINTS_TRANSACTION, purse->p->id);
    rows_integer(rows, ROWS_POINTS_TRANSACTION, id);
    rows_text(rows, ROWS_POINTS_TRANSACTION, "main");
    rows_integer(rows, ROWS_POINTS_TRANSACTION, purse->p->unit);
    rows_text(rows, ROWS_POINTS_TRANSACTION, kind);
    rows_text_or_null(rows, ROWS_POINTS_TRANSACTION, rule);
    rows_integer(rows, ROWS_POINTS_TRANSACTION, points);
    rows_text(rows, ROWS_POINTS_TRANSACTION, note);
    write_request(purse);
    if (rule && !strcmp(rule, "gift"))
        rows_integer(rows, ROWS_POINTS_TRANSACTION,
                     plan_person(purse->maker->plan, &purse->p->random, purse->p->unit, "clerk"));
    else
        rows_null(rows, ROWS_POINTS_TRANSACTION);
    rows_day(rows, ROWS_POINTS_TRANSACTION, day);
    rows_moment(rows, ROWS_POINTS_TRANSACTION,
                at > purse->maker->plan->now ? purse->maker->plan->now - 60 : at);
    rows_integer(rows, ROWS_POINTS_TRANSACTION, purse->available);
    rows_end(rows, ROWS_POINTS_TRANSACTION);
    return id;
}

static void write_posting(struct purse *purse, int64_t id, const char *from, const char *to,
                          int64_t points)
{
    struct rows *rows = purse->maker->rows;
    rows_integer(rows, ROWS_POINTS_POSTING, purse->p->id);
    rows_integer(rows, ROWS_POINTS_POSTING, id);
    rows_integer(rows, ROWS_POINTS_POSTING, 1);
    rows_integer(rows, ROWS_POINTS_POSTING, purse->p->unit);
    rows_text(rows, ROWS_POINTS_POSTING, from);
    rows_text(rows, ROWS_POINTS_POSTING, to);
    rows_integer(rows, ROWS_POINTS_POSTING, points);
    rows_end(rows, ROWS_POINTS_POSTING);
}

static void earn(struct purse *purse, const char *rule, int64_t points, const char *note, int day,
                 bool pending)
{
    if (purse->count == MOST_BUCKETS || points <= 0 || day > purse->maker->plan->day)
        return;
    struct bucket *bucket = &purse->buckets[purse->count++];
    *(pending ? &purse->pending : &purse->available) += points;
    int64_t id = write_transaction(purse, "earn", rule, points, note, day, 2 * 3600);
    *bucket = (struct bucket){id, points, points, day, expiry(day), pending};
    write_posting(purse, id, "bank:issue", pending ? "member:pending" : "member:available", points);
}

static void write_use(struct purse *purse, int64_t id, const struct bucket *bucket, int64_t points)
{
    struct rows *rows = purse->maker->rows;
    rows_integer(rows, ROWS_POINTS_USE, purse->p->id);
    rows_integer(rows, ROWS_POINTS_USE, id);
    rows_integer(rows, ROWS_POINTS_USE, bucket->id);
    rows_integer(rows, ROWS_POINTS_USE, purse->p->unit);
    rows_integer(rows, ROWS_POINTS_USE, points);
    rows_end(rows, ROWS_POINTS_USE);
}

/* Takes points out of the oldest buckets: buckets stand in the order of their expiry. */
static void spend_points(struct purse *purse, const char *kind, const char *rule, int64_t points,
                         const char *note, int day, int second)
{
    if (points <= 0)
        return;
    purse->available -= points;
    int64_t id = write_transaction(purse, kind, rule, -points, note, day, second);
    write_posting(purse, id, "member:available",
                  !strcmp(kind, "expire") ? "bank:expired" : "bank:redeemed", points);
    for (struct bucket *bucket = purse->buckets + purse->first; points > 0; bucket++) {
        int64_t part = bucket->remaining < points ? bucket->remaining : points;
        if (bucket->pending || !part)
            continue;
        write_use(purse, id, bucket, part);
        bucket->remaining -= part;
        points -= part;
    }
    while (purse->first < purse->count && !purse->buckets[purse->first].remaining)
        purse->first++;
}

static void expire_until(struct purse *purse, int day)
{
    while (purse->first < purse->count && purse->buckets[purse->first].expires < day) {
        struct bucket *bucket = &purse->buckets[purse->first];
        spend_points(purse, "expire", NULL, bucket->remaining, "到期失效", bucket->expires + 1,
                     600);
    }
}

static void month(struct purse *purse, int start)
{
    static const char *const gifts[] = {"兑换话费充值券", "兑换咖啡礼券", "兑换超市购物券",
                                        "兑换电影票", "兑换机场贵宾厅券"};
    struct profile *p = purse->p;
    struct random *random = &p->random;
    int day = start + (int)random_below(random, 27);
    if (random_chance(random, p->active ? 2600 : 500))
        earn(purse, "card", random_scale(random, 60, 1200) * (p->wealth + 1), "刷卡消费月度积分",
             day, false);
    if (p->wealth && random_chance(random, 900))
        earn(purse, "deposit", random_scale(random, 200, 2500) * (p->wealth + 1), "日均存款积分",
             day, false);
    if (random_chance(random, 250))
        earn(purse, "task", random_between(random, 1, 10) * 100, "完成手机银行新手任务", day,
             false);
    expire_until(purse, day);
    if (purse->available > 1500 && random_chance(random, 900) && day < purse->maker->plan->day) {
        int second = (int)random_between(random, 33000, 60000);
        const char *gift = gifts[random_below(random, 5)];
        spend_points(purse, "redeem", "gift",
                     purse->available / 100 * random_between(random, 25, 90), gift, day, second);
    }
}

static void write_buckets(struct purse *purse)
{
    struct rows *rows = purse->maker->rows;
    for (int i = 0; i < purse->count; i++) {
        const struct bucket *bucket = &purse->buckets[i];
        rows_integer(rows, ROWS_POINTS_BUCKET, purse->p->id);
        rows_integer(rows, ROWS_POINTS_BUCKET, bucket->id);
        rows_text(rows, ROWS_POINTS_BUCKET, "main");
        rows_integer(rows, ROWS_POINTS_BUCKET, purse->p->unit);
        rows_bool(rows, ROWS_POINTS_BUCKET, bucket->pending);
        rows_integer(rows, ROWS_POINTS_BUCKET, bucket->points);
        rows_integer(rows, ROWS_POINTS_BUCKET, bucket->remaining);
        rows_day(rows, ROWS_POINTS_BUCKET, bucket->earned);
        rows_day(rows, ROWS_POINTS_BUCKET, bucket->earned + (bucket->pending ? PENDING_DAYS : 0));
        rows_day(rows, ROWS_POINTS_BUCKET, bucket->expires);
        rows_end(rows, ROWS_POINTS_BUCKET);
    }
}

static void write_account(struct purse *purse)
{
    struct rows *rows = purse->maker->rows;
    rows_integer(rows, ROWS_POINTS_ACCOUNT, purse->p->id);
    rows_text(rows, ROWS_POINTS_ACCOUNT, "main");
    rows_integer(rows, ROWS_POINTS_ACCOUNT, purse->p->unit);
    rows_integer(rows, ROWS_POINTS_ACCOUNT, purse->available);
    rows_integer(rows, ROWS_POINTS_ACCOUNT, purse->pending);
    rows_integer(rows, ROWS_POINTS_ACCOUNT, 0);
    rows_end(rows, ROWS_POINTS_ACCOUNT);
}

void points_make(struct maker *maker, struct profile *p)
{
    struct purse purse = {.maker = maker, .p = p};
    if (p->company || p->dormant)
        return;
    for (int at = FIRST_MONTH; at <= 0; at++) {
        int start = plan_month(maker->plan, at);
        if (start >= p->opened)
            month(&purse, start);
    }
    expire_until(&purse, maker->plan->day);
    if (p->holds_wealth && p->opened < maker->plan->day - 20 && random_chance(&p->random, 1500)) {
        int day = maker->plan->day - (int)random_below(&p->random, 14);
        earn(&purse, "wealth", random_between(&p->random, 5, 80) * 100, "购买稳享系列理财", day,
             true);
    }
    if (!purse.count)
        return;
    write_account(&purse);
    write_buckets(&purse);
}
