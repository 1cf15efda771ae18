#include "base/date.h"
#include "base/language.h"
#include "reconcile/formats/mt940_parse.h"
#include "reconcile/formats/narrative.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* MMDD of the year that brings it nearest to the value date. */
static bool nearest(int near, int month, int day, int *days)
{
    int year, ignored_month, ignored_day, best = INT_MAX;
    date_to_civil(near, &year, &ignored_month, &ignored_day);
    for (int y = year - 1; y <= year + 1; y++) {
        int candidate;
        if (date_from_civil(y, month, day, &candidate) && abs(candidate - near) < best) {
            best = abs(candidate - near);
            *days = candidate;
        }
    }
    return best != INT_MAX;
}

/* Mark of :61: — R?[DC] with E for expected ones (MT942), then perhaps the funds code. */
static bool read_mark(struct mt940_cursor *cursor, int *sign, bool *is_reversal, bool *is_expected)
{
    bool reversal = cursor->at < cursor->end && *cursor->at == 'R';
    *is_expected = cursor->at < cursor->end && *cursor->at == 'E';
    cursor->at += reversal || *is_expected;
    if (cursor->at >= cursor->end || (*cursor->at != 'C' && *cursor->at != 'D'))
        return false;
    *sign = (*cursor->at++ == 'C') != reversal ? 1 : -1;
    *is_reversal = reversal;
    if (cursor->at < cursor->end && isalpha((unsigned char)*cursor->at))
        cursor->at++;
    return true;
}

static bool read_dates(struct mt940_cursor *cursor, struct item *item)
{
    struct mt940_cursor entry;
    int number;
    item->book_date = ITEM_NO_DATE;
    if (!mt940_date(cursor, &item->value_date))
        return false;
    while (cursor->at < cursor->end && *cursor->at == ' ')
        cursor->at++;
    entry = *cursor;
    if (!mt940_digits(&entry, 4, &number))
        return true;
    *cursor = entry;
    return nearest(item->value_date, number / 100, number % 100, &item->book_date);
}

/* Type identification 1!a3!c; some banks fill it with blanks, some leave it out. */
static size_t kind_length(const char *at, const char *end)
{
    if (end - at < 4 || !isupper((unsigned char)*at) ||
        (end - at >= 6 && !memcmp(at, "NONREF", 6)))
        return 0;
    for (int i = 1; i < 4; i++)
        if (!isalnum((unsigned char)at[i]) && at[i] != ' ')
            return 0;
    return 4;
}

/* Type identification, customer reference, `//` and the bank's reference. */
static void read_references(struct mt940_cursor *cursor, struct item *item,
                            struct slice *supplement)
{
    const char *at = cursor->at, *end = cursor->end;
    item->bank_reference = (struct slice){"", 0};
    item->kind = slice_trim(at, kind_length(at, end));
    at += kind_length(at, end);
    const char *slashes = end - at >= 2 ? memmem(at, (size_t)(end - at), "//", 2) : NULL;
    item->reference = slice_trim(at, (size_t)((slashes ? slashes : end) - at));
    /* Some banks fill the 16 characters with blanks and go on with the supplement. */
    if (!slashes && end - at > 16 && at[15] == ' ') {
        item->reference = slice_trim(at, 16);
        *supplement = slice_trim(at + 16, (size_t)(end - at - 16));
    }
    if (slashes)
        item->bank_reference = slice_trim(slashes + 2, (size_t)(end - slashes - 2));
    if (narrative_no_reference(item->bank_reference))
        item->bank_reference = (struct slice){"", 0};
}

static void read_details(struct mt940 *mt940, struct slice supplement, struct item *item)
{
    struct narrative narrative = {.text = mt940->purpose};
    struct slice text = source_text(
        mt940->source, (struct slice){mt940->details.text, mt940->details.length});
    narrative_read(text, &narrative);
    item->counterparty = narrative.name;
    item->narrative = narrative.purpose;
    if (narrative_no_reference(item->reference))
        item->reference = narrative.reference;
    if (narrative_no_reference(item->reference))
        item->reference = (struct slice){"", 0};
    if (!supplement.length || supplement.length + 1 + narrative.purpose.length > MT940_FIELD_LIMIT)
        return;
    /* The supplement stands before the purpose: both lie in `purpose`, the supplement in front. */
    char *joined = mt940->purpose + MT940_JOINED * MT940_FIELD_LIMIT;
    memcpy(joined, supplement.text, supplement.length);
    size_t used = supplement.length;
    if (narrative.purpose.length) {
        joined[used++] = ' ';
        memcpy(joined + used, narrative.purpose.text, narrative.purpose.length);
        used += narrative.purpose.length;
    }
    for (size_t i = 0; i < supplement.length; i++)
        if (joined[i] == '\n')
            joined[i] = ' ';
    item->narrative = (struct slice){joined, used};
}

static bool count_item(struct mt940 *mt940, int64_t amount, bool expected)
{
    struct statement *statement = &mt940->statement;
    int64_t *sum = expected ? &statement->pending_sum : &statement->movement;
    *(expected ? &statement->pending_count : &statement->item_count) += 1;
    if (amount < 0)
        mt940->debit.count++, mt940->debit.sum -= amount;
    else
        mt940->credit.count++, mt940->credit.sum += amount;
    return !__builtin_add_overflow(*sum, amount, sum) &&
           mt940->debit.sum >= 0 && mt940->credit.sum >= 0;
}

/* Without a decimal mark a type, a reference or nothing ends the amount. */
static bool amount_ends(const char *start, const struct mt940_cursor *cursor)
{
    size_t length = (size_t)(cursor->at - start);
    return memchr(start, ',', length) || memchr(start, '.', length) || cursor->at == cursor->end ||
           strchr("FNS/ ", *cursor->at);
}

/* The :61: that waited is complete: parse it with what followed and hand it over. */
bool mt940_entry_finish(struct mt940 *mt940)
{
    struct item item = {.source_id = {"", 0}};
    struct slice line = mt940_first_line(&mt940->entry);
    struct mt940_cursor cursor = {line.text, line.text + line.length};
    int sign;
    bool expected;
    if (!mt940->entry_waits)
        return true;
    mt940->entry_waits = mt940->behind_entry = false;
    if (!read_dates(&cursor, &item))
        return mt940_refuse(mt940, &mt940->entry, _("no value date YYMMDD that exists"));
    if (!read_mark(&cursor, &sign, &item.reversal, &expected))
        return mt940_refuse(mt940, &mt940->entry, _("no mark D, C, RD or RC after the dates"));
    const char *amount = cursor.at;
    if (!mt940_amount(&cursor, mt940->statement.currency, &item.amount) ||
        !amount_ends(amount, &cursor))
        return mt940_refuse(mt940, &mt940->entry,
                            _("no amount with a decimal comma that the currency allows"));
    item.amount *= sign;
    if (!count_item(mt940, item.amount, expected))
        return mt940_refuse(mt940, &mt940->entry, _("the sum of the lines exceeds 64 bits"));
    if (expected)
        return true; /* not booked */
    line = source_text(mt940->source, (struct slice){cursor.at, (size_t)(cursor.end - cursor.at)});
    cursor = (struct mt940_cursor){line.text, line.text + line.length};
    struct slice supplement = {"", 0};
    read_references(&cursor, &item, &supplement);
    const char *rest = memchr(mt940->entry.text, '\n', mt940->entry.length);
    if (rest)
        supplement = source_text(
            mt940->source,
            slice_trim(rest, mt940->entry.length - (size_t)(rest - mt940->entry.text)));
    read_details(mt940, supplement, &item);
    item.statement = mt940->statement.position;
    item.line = mt940->entry.line;
    return mt940->sink->item(mt940->sink->context, &item, mt940->error);
}

/* Sub-fields become those of :86: that narrative_read() knows: 01 to 14 purpose, 15 and 16 name. */
bool mt940_entry_non_swift(struct mt940 *mt940)
{
    const char *at = mt940->field.text, *end = at + mt940->field.length;
    struct mt940_field *details = &mt940->details;
    if (details->length + 2 * mt940->field.length + 8 > MT940_FIELD_LIMIT)
        return mt940_refuse(mt940, &mt940->field, _("the field is longer than 64 KiB"));
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        if (length > 2 && isdigit((unsigned char)at[0]) && isdigit((unsigned char)at[1])) {
            int code = (at[0] - '0') * 10 + at[1] - '0';
            const char *mark = code == 15 ? "?32" : code == 16 ? "?33" : code < 15 ? "?20" : "?99";
            memcpy(details->text + details->length, mark, 3);
            memcpy(details->text + details->length + 3, at + 2, length - 2);
            details->text[details->length + length + 1] = ' ';
            details->length += length + 2;
        }
        at += length + 1;
    }
    return true;
}
