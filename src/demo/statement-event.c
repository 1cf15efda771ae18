#include "demo/statement-part.h"

#include "base/alloc.h"
#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum {
    CHARGED_LEAST = 500000,
    CHARGE = 1200,
    SHORT_IN = 2500,
    SHORT_OUT = 1200,
    UNNAMED_MOST = 9000000
};

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

void event_make(struct event *event, struct random *random, const struct period *period, int index)
{
    const struct statement_lane *lane = period->lane;
    bool wallet = !strcmp(lane->kind, "channel");
    int year, month, of_month;
    char stamp[40];
    memset(event, 0, sizeof *event);
    date_to_civil(period->to, &year, &month, &of_month);
    snprintf(stamp, sizeof stamp, "%04d%02d%02d", year, month, of_month);
    int64_t amount =
        wallet ? random_scale(random, 300, 200000) : random_scale(random, 20000, 90000000);
    event->amount = random_chance(random, wallet ? 9600 : 5600) ? amount : -amount;
    event->value = event->stated_value = period->to;
    if (wallet)
        snprintf(event->reference, sizeof event->reference, "%.8s%06d%08d", stamp, index * 17 + 1,
                 (int)random_below(random, 100000000));
    else
        snprintf(event->reference, sizeof event->reference, "FT%.5s%08d", stamp + 3,
                 (int)random_below(random, 1000) * 100000 + index * 7 + 11);
    memcpy(event->stated_reference, event->reference, sizeof event->reference);
    snprintf(event->bank_reference, sizeof event->bank_reference, "HT%010d",
             (int)random_below(random, 2000000000));
    describe(event, random, lane);
    event->stated_party = event->party;
    event_spoil(event, pick_fault(random));
    if (event->fault == FAULT_OURS_ONLY && random_chance(random, 4000))
        event->value -= (int)random_between(random, 1, 4);
}

static void no_reference(struct event *event)
{
    snprintf(event->stated_reference, sizeof event->stated_reference, "NONREF");
}

/* Both sides mean one payer, who is written in two ways. */
static void other_party(struct event *event)
{
    bool chinese = (unsigned char)event->party[0] >= 0x80;
    if (!*event->party)
        return;
    event->party = chinese ? "宏达商贸有限公司" : "ADLER MASCHINEN GMBH";
    event->stated_party = chinese ? "宏达商贸" : "ADLER MASCH";
}

static void swap_digits(char *reference)
{
    for (size_t at = strlen(reference) - 1; at > 8; at--)
        if (reference[at] != reference[at - 1]) {
            char digit = reference[at];
            reference[at] = reference[at - 1];
            reference[at - 1] = digit;
            return;
        }
}

static void make_batch(struct event *event)
{
    event->batch = 0;
    for (int i = 0; i < 3; i++) {
        event[i].amount = event[i].amount < 0 ? -event[i].amount : event[i].amount;
        event[i].fault = i ? FAULT_BATCHED : FAULT_BATCH;
        event->batch += event[i].amount;
    }
    no_reference(event);
}

void event_spoil(struct event *event, enum fault fault)
{
    int64_t size = event->amount < 0 ? -event->amount : event->amount;
    event->fault = fault;
    if (fault == FAULT_CHARGE || fault == FAULT_KNOWN_FEE)
        event->amount = size < CHARGED_LEAST ? size + CHARGED_LEAST : size;
    else if (fault == FAULT_DATE)
        event->value -= 14;
    else if (fault == FAULT_TYPING)
        swap_digits(event->stated_reference);
    else if (fault == FAULT_BATCH)
        make_batch(event);
    if (fault == FAULT_UNNAMED) {
        event->amount %= UNNAMED_MOST;
        no_reference(event);
        other_party(event);
    }
}

static int64_t stated_amount(const struct event *event)
{
    switch (event->fault) {
    case FAULT_OURS_ONLY:
    case FAULT_BATCHED:
        return 0;
    case FAULT_AMOUNT:
        return event->amount - (event->amount > 0 ? SHORT_IN : SHORT_OUT);
    case FAULT_CHARGE:
        return event->amount - CHARGE;
    case FAULT_KNOWN_FEE:
        return event->amount - event->amount / 200;
    case FAULT_STATUS:
        return -event->amount;
    case FAULT_BATCH:
        return event->batch;
    default:
        return event->amount;
    }
}

int64_t event_amount(const struct event *event, bool book)
{
    if (!book)
        return stated_amount(event);
    return event->fault == FAULT_BANK_ONLY ? 0 : event->amount;
}

int event_times(const struct event *event, bool book)
{
    return !event_amount(event, book) ? 0 : event->fault == FAULT_DUPLICATE && !book ? 2 : 1;
}

int64_t period_total(const struct period *period, bool book)
{
    int64_t sum = 0;
    for (int i = 0; i < period->count; i++)
        sum += event_amount(&period->events[i], book) * event_times(&period->events[i], book);
    return sum;
}
