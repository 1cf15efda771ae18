#include "demo/statement-part.h"

#include "base/date.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void compact_day(int day, char text[9])
{
    int year, month, of_month;
    char digits[40];
    date_to_civil(day, &year, &month, &of_month);
    snprintf(digits, sizeof digits, "%04d%02d%02d", year, month, of_month);
    memcpy(text, digits, 8);
    text[8] = '\0';
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
    int64_t amount = event_amount(event, false);
    bool named = !strcmp(event->reference, event->stated_reference);
    compact_day(event->stated_value, date);
    buffer_format(out, ":61:%s%s%c", date + 2, date + 4, amount < 0 ? 'D' : 'C');
    swift_amount(out, amount);
    buffer_format(out, "NTRF%s//%s\r\n", event->stated_reference, event->bank_reference);
    buffer_format(out, ":86:/%s/%s/REMI/%s %s\r\n", amount < 0 ? "BENM" : "ORDP",
                  event->stated_party, event->narrative, named ? event->reference + 8 : "");
}

void period_swift(struct buffer *out, const struct period *period, const struct swift_page *page)
{
    const char *currency = period->lane->currency;
    int64_t opening = period->opening[false];
    char date[9];
    compact_day(period->to, date);
    buffer_format(out, ":20:STMT%s\r\n:25:%s\r\n:28C:%d/%d\r\n", date,
                  period->lane->external_account, period->number, page->page ? page->page : 1);
    swift_balance(out, page->opens ? "60F" : "60M", period->from, currency, opening);
    for (int i = 0; i < period->count; i++)
        for (int n = event_times(&period->events[i], false); n > 0; n--)
            swift_line(out, &period->events[i]);
    swift_balance(out, page->closes ? "62F" : "62M", period->to, currency,
                  opening + period_total(period, false) + page->error);
    buffer_add(out, "-\r\n");
}

/* BAI2: 195 is a wire in, 495 a wire out; 010 and 015 are the balances of the ledger. The control
 * total of an account is the sum of all amounts in it. */
void period_bai(struct buffer *out, const struct period *period, int64_t error)
{
    int64_t opening = period->opening[false], closing = opening + period_total(period, false);
    int64_t control = opening + closing + error;
    int lines = 0;
    char date[9];
    compact_day(period->to, date);
    buffer_format(out, "01,SOUTHERN,BANKOPS,%s,0600,1,80,1,2/\n", date + 2);
    buffer_format(out, "02,BANKOPS,SOUTHERN,1,%s,0600,%s,2/\n", date + 2, period->lane->currency);
    buffer_format(out, "03,%s,%s,010,%" PRId64 ",,,015,%" PRId64 ",,/\n",
                  period->lane->external_account, period->lane->currency, opening, closing);
    for (int i = 0; i < period->count; i++) {
        const struct event *event = &period->events[i];
        int64_t amount = event_amount(event, false);
        for (int n = event_times(event, false); n > 0; n--, lines++) {
            buffer_format(out, "16,%s,%" PRId64 ",0,%s,%s,%s %s/\n", amount < 0 ? "495" : "195",
                          amount < 0 ? -amount : amount, event->bank_reference,
                          event->stated_reference, event->stated_party, event->narrative);
            control += amount < 0 ? -amount : amount;
        }
    }
    buffer_format(out, "49,%" PRId64 ",%d/\n98,%" PRId64 ",1,%d/\n99,%" PRId64 ",1,%d/\n", control,
                  lines + 2, control, lines + 4, control, lines + 6);
}

static void table_balance(struct buffer *out, const struct period *period, const char *id, int day,
                          bool book, int64_t amount)
{
    char date[11];
    date_format(day, date);
    buffer_format(out, "%s,%s,%s,%s,%c,%" PRId64 ",,,,,\n", id, date,
                  book ? period->lane->book_account : period->lane->external_account,
                  period->lane->currency, amount < 0 ? 'D' : 'C', amount < 0 ? -amount : amount);
}

static void table_line(struct buffer *out, const struct period *period, int id,
                       const struct event *event, bool book)
{
    char date[11];
    int64_t amount = event_amount(event, book);
    const char *reference = book ? event->reference : event->stated_reference;
    date_format(book ? event->value : event->stated_value, date);
    buffer_format(out, "%d,%s,%s,%s,%c,%" PRId64 ",%s,%s,%s,%s,%s\n", id, date,
                  book ? period->lane->book_account : period->lane->external_account,
                  period->lane->currency, amount < 0 ? 'D' : 'C', amount < 0 ? -amount : amount,
                  strcmp(reference, "NONREF") ? reference : "", event->bank_reference,
                  book ? event->party : event->stated_party, event->narrative, event->kind);
}

void period_table(struct buffer *out, const struct period *period, bool book)
{
    int id = 1;
    buffer_add(out, "id,value_date,account,ccy,dc,amount_minor,ref,bank_ref,counterparty,narrative,"
                    "kind\n");
    table_balance(out, period, "#opening", period->from, book, period->opening[book]);
    for (int i = 0; i < period->count; i++)
        for (int n = event_times(&period->events[i], book); n > 0; n--)
            table_line(out, period, id++, &period->events[i], book);
    table_balance(out, period, "#closing", period->to, book,
                  period->opening[book] + period_total(period, book));
}
