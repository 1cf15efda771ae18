#include "demo/statement.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/file.h"
#include "database/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOPIC_STATEMENT = 9, SMALL_BANK = 10000 };

const struct statement_lane statement_lanes[STATEMENT_LANES] = {
    {"NOSTRO-USD", "美元存放同业 Nostro USD", "nostro", "1031-840-0001", "36190072",
     "Harbour Trust Bank, New York", "USD", "nostro-usd", true, 420, false},
    {"CLEARING", "同业往来人民币 Interbank CNY", "clearing", "1011-156-0008", "9988200100017723",
     "东港商业银行", "CNY", "clearing-cny", false, 1600, false},
    {"WALLET", "电子钱包渠道 Wallet channel", "channel", "2241-156-0310", "MCH1900022817",
     "电子钱包支付服务", "CNY", "wallet-channel", false, 5000, false},
    {"NOSTRO-EUR", "欧元存放同业 Nostro EUR", "nostro", "1031-978-0001", "DE40500105178812345678",
     "Mainufer Bank, Frankfurt", "EUR", "nostro-eur", true, 160, true},
};

enum fault { FAULT_NONE, FAULT_BANK_ONLY, FAULT_OURS_ONLY, FAULT_AMOUNT, FAULT_DUPLICATE };

/* One event, as either side may see it. */
struct event {
    int64_t amount; /* money in is positive */
    int value;      /* day */
    char reference[32], bank_reference[32];
    const char *party, *narrative, *kind;
    enum fault fault;
};

int statement_day(const struct plan *plan)
{
    int day = plan->day - 1;
    while (date_weekday(day) > 5)
        day--;
    return day;
}

static void compact_day(int day, char text[9])
{
    int year, month, of_month;
    char digits[40];
    date_to_civil(day, &year, &month, &of_month);
    snprintf(digits, sizeof digits, "%04d%02d%02d", year, month, of_month);
    memcpy(text, digits, 8);
    text[8] = '\0';
}

char *statement_file_name(const struct plan *plan, const struct statement_lane *lane, bool book)
{
    char day[9];
    compact_day(statement_day(plan), day);
    return xasprintf("%s%s-%s.%s", book ? "book-" : "", lane->file, day,
                     lane->mt940 && !book ? "sta" : "csv");
}

static void describe(struct event *event, struct random *random, const struct statement_lane *lane)
{
    static const char *const abroad[] = {"NORTHFIELD TOOLS INC", "BLUE HERON TRADING LLC",
                                         "KESTREL MARINE LTD",   "ADLER MASCHINEN GMBH",
                                         "PACIFIC GROVE FOODS",  "VERDE TEXTILES SPA"};
    static const char *const wires[] = {"INVOICE", "CONTRACT", "PROFORMA", "FREIGHT", "SALARY"};
    static const char *const home[] = {"宏达商贸有限公司", "瑞通供应链有限公司",
                                       "佳和连锁超市",     "中联建设集团",
                                       "恒信电子有限公司", "锦程物流有限公司"};
    static const char *const goods[] = {"货款", "往来款", "工程款", "服务费", "运费"};
    bool wallet = !strcmp(lane->kind, "channel");
    event->party = lane->mt940 ? abroad[random_below(random, 6)]
                   : wallet    ? ""
                               : home[random_below(random, 6)];
    event->narrative = lane->mt940 ? wires[random_below(random, 5)]
                       : wallet    ? event->amount > 0 ? "订单收款" : "订单退款"
                                   : goods[random_below(random, 5)];
    event->kind = wallet ? event->amount > 0 ? "trade" : "refund" : "transfer";
}

static enum fault pick_fault(struct random *random)
{
    static const enum fault faults[] = {FAULT_BANK_ONLY, FAULT_OURS_ONLY, FAULT_AMOUNT,
                                        FAULT_DUPLICATE};
    static const int weights[] = {30, 35, 20, 15};
    return random_chance(random, 100) ? faults[random_weighted(random, weights, 4, 100)]
                                      : FAULT_NONE;
}

static void make_event(struct event *event, struct random *random, const struct plan *plan,
                       const struct statement_lane *lane, int index)
{
    bool wallet = !strcmp(lane->kind, "channel");
    int day = statement_day(plan);
    char stamp[9];
    memset(event, 0, sizeof *event);
    compact_day(day, stamp);
    int64_t amount =
        wallet ? random_scale(random, 300, 200000) : random_scale(random, 20000, 90000000);
    event->amount = random_chance(random, wallet ? 9600 : 5600) ? amount : -amount;
    event->value = day;
    if (wallet)
        snprintf(event->reference, sizeof event->reference, "%s%06d%08d", stamp, index * 17 + 1,
                 (int)random_below(random, 100000000));
    else
        snprintf(event->reference, sizeof event->reference, "FT%s%08d", stamp + 3,
                 (int)random_below(random, 1000) * 100000 + index * 7 + 11);
    snprintf(event->bank_reference, sizeof event->bank_reference, "HT%010d",
             (int)random_below(random, 2000000000));
    describe(event, random, lane);
    event->fault = pick_fault(random);
    if (event->fault == FAULT_OURS_ONLY && random_chance(random, 4000))
        event->value = day - (int)random_between(random, 1, 4);
}

/* What the other bank shows: another amount, or nothing. */
static int64_t stated_amount(const struct event *event)
{
    if (event->fault == FAULT_OURS_ONLY)
        return 0;
    if (event->fault == FAULT_AMOUNT)
        return event->amount > 0 ? event->amount - 2500 : event->amount - 1200;
    return event->amount;
}

static int64_t book_amount(const struct event *event)
{
    return event->fault == FAULT_BANK_ONLY ? 0 : event->amount;
}

static int times_stated(const struct event *event)
{
    return event->fault == FAULT_DUPLICATE ? 2 : stated_amount(event) ? 1 : 0;
}

/* Decimal with a comma, as SWIFT writes amounts. */
static void swift_amount(struct buffer *out, int64_t amount)
{
    int64_t minor = amount < 0 ? -amount : amount;
    buffer_format(out, "%" PRId64 ",%02d", minor / 100, (int)(minor % 100));
}

static void swift_balance(struct buffer *out, const char *tag, int day, const char *currency,
                          int64_t amount)
{
    char date[9];
    compact_day(day, date);
    buffer_format(out, ":%s:%c%s%s", tag, amount < 0 ? 'D' : 'C', date + 2, currency);
    swift_amount(out, amount);
    buffer_add(out, "\r\n");
}

static void swift_line(struct buffer *out, const struct event *event)
{
    char date[9];
    int64_t amount = stated_amount(event);
    compact_day(event->value, date);
    buffer_format(out, ":61:%s%s%c", date + 2, date + 4, amount < 0 ? 'D' : 'C');
    swift_amount(out, amount);
    buffer_format(out, "NTRF%s//%s\r\n", event->reference, event->bank_reference);
    buffer_format(out, ":86:/%s/%s/REMI/%s %s\r\n", amount < 0 ? "BENM" : "ORDP", event->party,
                  event->narrative, event->reference + 8);
}

static int64_t opening_balance(const struct statement_lane *lane)
{
    return lane->mt940 ? 1284350072 : 35200419466;
}

static int64_t total(const struct event *events, int count, bool book)
{
    int64_t sum = 0;
    for (int i = 0; i < count; i++)
        sum +=
            book ? book_amount(&events[i]) : stated_amount(&events[i]) * times_stated(&events[i]);
    return sum;
}

static void write_mt940(struct buffer *out, const struct plan *plan,
                        const struct statement_lane *lane, const struct event *events, int count)
{
    int day = statement_day(plan), year, month, of_month, first;
    char date[9];
    int64_t opening = opening_balance(lane), closing = opening + total(events, count, false);
    compact_day(day, date);
    date_to_civil(day, &year, &month, &of_month);
    date_from_civil(year, 1, 1, &first);
    buffer_format(out, ":20:STMT%s\r\n:25:%s\r\n:28C:%d/1\r\n", date, lane->external_account,
                  day - first + 1);
    swift_balance(out, "60F", day, lane->currency, opening);
    for (int i = 0; i < count; i++)
        for (int n = times_stated(&events[i]); n > 0; n--)
            swift_line(out, &events[i]);
    swift_balance(out, "62F", day, lane->currency, closing + (lane->wrong_closing ? 90000 : 0));
    buffer_add(out, "-\r\n");
}

static void csv_balance(struct buffer *out, const char *id, int day, const char *account,
                        const char *currency, int64_t amount)
{
    char date[11];
    date_format(day, date);
    buffer_format(out, "%s,%s,%s,%s,%c,%" PRId64 ",%s,,,,\n", id, date, account, currency,
                  amount < 0 ? 'D' : 'C', amount < 0 ? -amount : amount, "");
}

static void csv_line(struct buffer *out, int id, const struct event *event, const char *account,
                     const char *currency, int64_t amount)
{
    char date[11];
    date_format(event->value, date);
    buffer_format(out, "%d,%s,%s,%s,%c,%" PRId64 ",%s,%s,%s,%s,%s\n", id, date, account, currency,
                  amount < 0 ? 'D' : 'C', amount < 0 ? -amount : amount, event->reference,
                  event->bank_reference, event->party, event->narrative, event->kind);
}

static void write_csv(struct buffer *out, const struct plan *plan,
                      const struct statement_lane *lane, const struct event *events, int count,
                      bool book)
{
    const char *account = book ? lane->book_account : lane->external_account;
    int day = statement_day(plan), id = 1;
    int64_t opening = opening_balance(lane);
    buffer_add(out, "id,value_date,account,ccy,dc,amount_minor,ref,bank_ref,counterparty,narrative,"
                    "kind\n");
    csv_balance(out, "#opening", day, account, lane->currency, opening);
    for (int i = 0; i < count; i++) {
        int64_t amount = book ? book_amount(&events[i]) : stated_amount(&events[i]);
        for (int n = book ? amount != 0 : times_stated(&events[i]); n > 0; n--)
            csv_line(out, id++, &events[i], account, lane->currency, amount);
    }
    csv_balance(out, "#closing", day, account, lane->currency,
                opening + total(events, count, book));
}

static bool write_file(const struct plan *plan, const char *folder,
                       const struct statement_lane *lane, const struct event *events, int count,
                       bool book, struct error *error)
{
    struct buffer out = BUFFER_INIT;
    char *name = statement_file_name(plan, lane, book), *path = xasprintf("%s/%s", folder, name);
    if (lane->mt940 && !book)
        write_mt940(&out, plan, lane, events, count);
    else
        write_csv(&out, plan, lane, events, count, book);
    bool good = file_write(path, buffer_text(&out), out.length, error);
    buffer_free(&out);
    free(name);
    free(path);
    return good;
}

static bool write_lane(const struct plan *plan, const char *folder, int index, struct error *error)
{
    const struct statement_lane *lane = &statement_lanes[index];
    int count = plan->customers < SMALL_BANK ? lane->lines / 5 : lane->lines;
    struct event *events = xcalloc((size_t)count, sizeof *events);
    struct random random;
    random_start(&random, plan->seed, TOPIC_STATEMENT, (uint64_t)index << 32 | (uint64_t)plan->day);
    for (int i = 0; i < count; i++)
        make_event(&events[i], &random, plan, lane, i);
    /* At least one of each kind, however few lines there are. */
    for (int fault = FAULT_BANK_ONLY; fault <= FAULT_DUPLICATE && count > 20; fault++)
        events[fault * 4].fault = (enum fault)fault;
    bool good = write_file(plan, folder, lane, events, count, false, error) &&
                write_file(plan, folder, lane, events, count, true, error);
    free(events);
    return good;
}

bool statement_write(const struct plan *plan, const char *folder, struct error *error)
{
    if (!file_make_directory(folder, 0700, error))
        return false;
    for (int i = 0; i < STATEMENT_LANES; i++)
        if (!write_lane(plan, folder, i, error))
            return false;
    return true;
}

/* The lanes belong to the first branch, whose clerks reconcile for the bank. */
bool statement_load_lanes(PGconn *connection, const struct plan *plan, struct error *error)
{
    char day[11], opening[24];
    date_format(statement_day(plan), day);
    for (int i = 0; i < STATEMENT_LANES; i++) {
        const struct statement_lane *lane = &statement_lanes[i];
        snprintf(opening, sizeof opening, "%lld", (long long)opening_balance(lane));
        const char *values[] = {lane->code,
                                lane->name,
                                lane->kind,
                                lane->book_account,
                                lane->external_account,
                                lane->external_bank,
                                lane->currency,
                                day,
                                opening};
        if (!session_do(connection,
                        "WITH lane AS (INSERT INTO bank.recon_lane (code, name, kind, unit_id,"
                        " buffer_days) VALUES ($1, $2, $3, 2, 1) RETURNING lane_id)"
                        " INSERT INTO bank.recon_account (lane_id, unit_id, book_account,"
                        " external_account, external_bank, currency, opening_date, opening_book,"
                        " opening_statement) SELECT lane_id, 2, $4, $5, $6, $7, $8::date,"
                        " $9::bigint, $9::bigint FROM lane",
                        9, values, error))
            return false;
    }
    return true;
}
