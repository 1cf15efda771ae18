#include "demo/statement-part.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/file.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOPIC_STATEMENT = 9, SMALL_BANK = 10000, SMALL_LANE = 100, PAST = 4, PAST_LINES = 20 };
enum { NUMBER = 231 };

#define MINOR "NOSTRO-FX", "小币种存放同业", "Nostro, minor currencies", "nostro"
#define ASIA "NOSTRO-HK", "港新存放同业", "Nostro Hong Kong", "nostro"

static const struct statement_lane lanes[STATEMENT_ACCOUNTS] = {
    {"NOSTRO-USD", "美元存放同业", "Nostro USD", "nostro", "1031-840-0001", "36190072",
     "Harbour Trust Bank, New York", "USD", "nostro-usd", true, 420, true, HELD_NOT},
    {"CLEARING", "同业往来人民币", "Interbank CNY", "clearing", "1011-156-0008", "9988200100017723",
     "东港商业银行", "CNY", "clearing-cny", false, 1600, true, HELD_NOT},
    {"WALLET", "电子钱包渠道", "Wallet channel", "channel", "2241-156-0310", "MCH1900022817",
     "电子钱包支付服务", "CNY", "wallet-channel", false, 5000, false, HELD_NOT},
    {"NOSTRO-EUR", "欧元存放同业", "Nostro EUR", "nostro", "1031-978-0001", "DE40500105178812345678",
     "Mainufer Bank, Frankfurt", "EUR", "nostro-eur", true, 160, false, HELD_CLOSING},
    {ASIA, "1031-344-0001", "8820344001", "Peak Harbour Bank, Hong Kong", "HKD", "nostro-hkd", true,
     60, false, HELD_NOT},
    {ASIA, "1031-702-0001", "8820702001", "Peak Harbour Bank, Hong Kong", "SGD", "nostro-sgd", true,
     60, false, HELD_NOT},
    {MINOR, "1031-826-0001", "GB0012345678", "Albion Bank, London", "GBP", "nostro-gbp", true, 24,
     false, HELD_GAP},
    {MINOR, "1031-756-0001", "CH0087654321", "Alpenbank, Zürich", "CHF", "nostro-chf", true, 24, false,
     HELD_SEQUENCE},
    {MINOR, "1031-036-0001", "AU0055512345", "Southern Cross Bank, Sydney", "AUD", "nostro-aud", true,
     24, false, HELD_PAGE},
    {MINOR, "1031-124-0001", "CA0044412345", "Maple Bank, Toronto", "CAD", "nostro-cad", true, 24,
     false, HELD_TWICE},
    {MINOR, "1031-554-0001", "NZ0033312345", "Kauri Bank, Auckland", "NZD", "nostro-nzd", true, 24,
     false, HELD_CONTROL},
};

int statement_weekday(int day)
{
    while (date_weekday(day) > 5)
        day--;
    return day;
}

int statement_day(const struct plan *plan)
{
    return statement_weekday(plan->day - 1);
}

int64_t statement_start(const struct statement_lane *lane)
{
    return lane->mt940 ? 1284350072 : 35200419466;
}

/* Last days of the periods before the day: one for each group of ages. */
static int past_day(const struct plan *plan, int index)
{
    static const int ago[PAST] = {118, 62, 21, 5};
    return statement_weekday(plan->day - ago[index]);
}

static int first_day(const struct plan *plan, const struct statement_lane *lane)
{
    return lane->past                    ? past_day(plan, 0)
           : lane->held == HELD_GAP      ? statement_weekday(plan->day - 8)
           : lane->held == HELD_SEQUENCE ? statement_weekday(plan->day - 8)
                                         : statement_day(plan);
}

static char *file_name(const struct period *period, bool book)
{
    int year, month, of_month;
    date_to_civil(period->to, &year, &month, &of_month);
    return xasprintf("%s%s-%04d%02d%02d.%s", book ? "book-" : "", period->lane->file, year, month,
                     of_month,
                     book || !period->lane->mt940        ? "csv"
                     : period->lane->held == HELD_CONTROL ? "bai"
                                                         : "sta");
}

bool statement_write_file(const char *folder, const struct period *period, bool book,
                          const struct buffer *text, struct error *error)
{
    char *name = file_name(period, book), *path = xasprintf("%s/%s", folder, name);
    bool good = file_write(path, text->data, text->length, error);
    free(name);
    free(path);
    return good;
}

void period_fill(struct period *period, struct random *random)
{
    if (!period->count)
        period->count = period->lane->lines;
    period->events = xcalloc((size_t)period->count, sizeof *period->events);
    for (int i = 0; i < period->count; i++)
        event_make(&period->events[i], random, period, i);
}

static bool write_period(const char *folder, const struct period *period, struct error *error)
{
    struct swift_page page = {.opens = true, .closes = true};
    bool good = true;
    if (period->lane->held == HELD_CLOSING)
        page.error = 90000;
    for (int book = 0; book < 2 && good; book++) {
        struct buffer out = BUFFER_INIT;
        if (period->lane->mt940 && !book)
            period_swift(&out, period, &page);
        else
            period_table(&out, period, book);
        good = statement_write_file(folder, period, book, &out, error);
        buffer_free(&out);
    }
    return good;
}

/* A period of the past: a few lines, of which some are open to this day. */
static void spoil_past(struct period *period, int index)
{
    static const enum fault more[PAST][2] = {{FAULT_STATUS, FAULT_CHARGE},
                                             {FAULT_DUPLICATE, FAULT_BATCH},
                                             {FAULT_AMOUNT, FAULT_BATCH},
                                             {FAULT_DATE, FAULT_TYPING}};
    event_spoil(&period->events[2], FAULT_BANK_ONLY);
    event_spoil(&period->events[4], FAULT_OURS_ONLY);
    event_spoil(&period->events[6], FAULT_UNNAMED);
    event_spoil(&period->events[8], more[index][0]);
    event_spoil(&period->events[12], more[index][1]);
}

/* At least one of each kind, however few lines there are; two of them with the value of the business
 * day. */
static void spoil_day(const struct plan *plan, struct period *period)
{
    for (int fault = 1; fault < FAULT_COUNT && fault * 4 + 3 < period->count; fault++)
        event_spoil(&period->events[fault * 4], (enum fault)fault);
    for (int fault = FAULT_BANK_ONLY; fault <= FAULT_OURS_ONLY; fault++)
        period->events[fault * 4].value = period->events[fault * 4].stated_value = plan->day;
}

/* Booked in one currency here, credited in another there. */
static void cross_currency(struct period *period)
{
    bool ours = !strcmp(period->lane->currency, "HKD");
    struct event *event = &period->events[2];
    if (strcmp(period->lane->code, "NOSTRO-HK") != 0)
        return;
    event_spoil(event, ours ? FAULT_OURS_ONLY : FAULT_BANK_ONLY);
    event->amount = ours ? 4512000 : 776500;
    snprintf(event->reference, sizeof event->reference, "FX%.5s0000417",
             period->events[3].reference + 2);
    memcpy(event->stated_reference, event->reference, sizeof event->reference);
}

static bool write_day(const struct plan *plan, const char *folder, struct period *period,
                      struct random *random, int past, struct error *error)
{
    const struct statement_lane *lane = period->lane;
    period->from = period->to = past < PAST ? past_day(plan, past) : statement_day(plan);
    period->number = NUMBER + past;
    period->count = past < PAST                                                ? PAST_LINES
                    : plan->customers < SMALL_BANK && lane->lines > SMALL_LANE ? lane->lines / 5
                                                                               : lane->lines;
    period_fill(period, random);
    if (past < PAST)
        spoil_past(period, past);
    else
        spoil_day(plan, period);
    cross_currency(period);
    bool good = write_period(folder, period, error);
    for (int side = 0; side < 2; side++)
        period->opening[side] += period_total(period, side);
    free(period->events);
    return good;
}

static bool write_lane(const struct plan *plan, const char *folder, int index, struct error *error)
{
    const struct statement_lane *lane = &lanes[index];
    struct random random;
    struct period period = {.lane = lane,
                            .opening = {statement_start(lane), statement_start(lane)}};
    bool good = true;
    random_start(&random, plan->seed, TOPIC_STATEMENT, (uint64_t)index << 32 | (uint64_t)plan->day);
    if (lane->held > HELD_CLOSING)
        return statement_write_held(plan, folder, lane, &random, error);
    for (int past = lane->past ? 0 : PAST; past <= PAST && good; past++)
        good = write_day(plan, folder, &period, &random, past, error);
    return good;
}

bool statement_write(const struct plan *plan, const char *folder, struct error *error)
{
    if (!file_make_directory(folder, 0700, error))
        return false;
    for (int i = 0; i < STATEMENT_ACCOUNTS; i++)
        if (!write_lane(plan, folder, i, error))
            return false;
    return true;
}

/* The lanes belong to the first branch, whose clerks reconcile for the bank. */
bool statement_load_lanes(PGconn *connection, const struct plan *plan, struct error *error)
{
    char day[11], opening[24];
    for (int i = 0; i < STATEMENT_ACCOUNTS; i++) {
        const struct statement_lane *lane = &lanes[i];
        date_format(first_day(plan, lane), day);
        snprintf(opening, sizeof opening, "%lld", (long long)statement_start(lane));
        const char *values[] = {lane->code,
                                lane->name,
                                lane->kind,
                                lane->book_account,
                                lane->external_account,
                                lane->external_bank,
                                lane->currency,
                                day,
                                opening,
                                lane->name_en};
        if (!session_do(connection,
                        "WITH lane AS (INSERT INTO bank.recon_lane (code, name, name_en, kind,"
                        " unit_id, buffer_days) VALUES ($1, $2, $10, $3, 2, 1) ON CONFLICT (code) DO"
                        " UPDATE SET name = excluded.name RETURNING lane_id)"
                        " INSERT INTO bank.recon_account (lane_id, unit_id, book_account,"
                        " external_account, external_bank, currency, opening_date, opening_book,"
                        " opening_statement) SELECT lane_id, 2, $4, $5, $6, $7, $8::date,"
                        " $9::bigint, $9::bigint FROM lane",
                        ARRAY_LENGTH(values), values, error))
            return false;
    }
    return true;
}
