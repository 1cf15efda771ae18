#include "reconcile/formats/mt940.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/language.h"
#include "base/money.h"
#include "reconcile/formats/narrative.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_LIMIT = 1 << 16, SHORT = 256 };

struct field {
    char *text; /* FIELD_LIMIT bytes */
    size_t length;
    uint64_t line, offset;
};

struct mt940 {
    struct source *source;
    const struct sink *sink;
    struct error *error;
    char tag[4];          /* tag of the field being collected, "" before the first */
    struct field field;   /* its text, lines separated by '\n' */
    struct field entry;   /* the :61: that waits for its :86: */
    struct field details; /* all its :86: */
    char *purpose;        /* memory for narrative_read() */
    bool entry_waits, behind_entry;
    bool open, interim;   /* inside a statement; it is an MT942 */
    struct statement statement;
    uint64_t statement_offset;
    char account[SHORT], reference[SHORT];
    struct {
        int64_t sum;
        uint64_t count;
    } debit, credit;      /* of the items, for :90D: and :90C: */
};

static bool refuse(struct mt940 *mt940, const struct field *field, const char *what)
{
    char name[8] = ":61:";
    if (field != &mt940->entry)
        snprintf(name, sizeof name, ":%s:", mt940->tag);
    return source_refuse_at(mt940->source, field->line, field->offset,
                            field->text ? name : NULL,
                            _("Ask the bank for the statement again; nothing was imported."),
                            mt940->error, "%s", what);
}

/* Position in one field. */
struct cursor {
    const char *at, *end;
};

static bool digits(struct cursor *cursor, int count, int *value)
{
    *value = 0;
    if (cursor->end - cursor->at < count)
        return false;
    for (int i = 0; i < count; i++) {
        if (!isdigit((unsigned char)cursor->at[i]))
            return false;
        *value = *value * 10 + cursor->at[i] - '0';
    }
    cursor->at += count;
    return true;
}

static bool read_date(struct cursor *cursor, int *days)
{
    int number;
    if (!digits(cursor, 6, &number))
        return false;
    int year = number / 10000 + (number / 10000 > 79 ? 1900 : 2000);
    int month = number / 100 % 100, day = number % 100;
    if (date_from_civil(year, month, day, days))
        return true;
    /* Interest counted in months of 30 days gives value dates at the end of February. */
    return month == 2 && (day == 29 || day == 30) && date_from_civil(year, 3, 1, days) && (*days)--;
}

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

/* Digits with one comma or point. Fast for the usual form, strict for all. */
static bool read_amount(struct cursor *cursor, const char *currency, int64_t *amount)
{
    const char *start = cursor->at;
    char mark = ',';
    while (cursor->at < cursor->end &&
           (isdigit((unsigned char)*cursor->at) || *cursor->at == ',' || *cursor->at == '.'))
        if (*cursor->at++ == '.')
            mark = '.';
    size_t length = (size_t)(cursor->at - start);
    if (length && mark == '.' && memchr(start, ',', length))
        return false;
    return length && money_parse(start, length, mark, money_digits(currency), amount);
}

static struct slice trimmed(const char *text, size_t length)
{
    while (length && (unsigned char)*text <= ' ')
        text++, length--;
    while (length && (unsigned char)text[length - 1] <= ' ')
        length--;
    return (struct slice){text, length};
}

static struct slice first_line(const struct field *field)
{
    const char *end = memchr(field->text, '\n', field->length);
    return trimmed(field->text, end ? (size_t)(end - field->text) : field->length);
}

static void keep(char *target, struct slice text)
{
    size_t length = text.length < SHORT - 1 ? text.length : SHORT - 1;
    while (length < text.length && length && ((unsigned char)text.text[length] & 0xC0) == 0x80)
        length--; /* not inside a character */
    memcpy(target, text.text, length);
    target[length] = '\0';
}

static bool currency_of(struct cursor *cursor, char currency[4])
{
    if (cursor->end - cursor->at < 3)
        return false;
    for (int i = 0; i < 3; i++)
        if (!isupper((unsigned char)cursor->at[i]))
            return false;
    memcpy(currency, cursor->at, 3);
    currency[3] = '\0';
    cursor->at += 3;
    return true;
}

static bool same_currency(struct mt940 *mt940, const char *currency)
{
    char *own = mt940->statement.currency;
    if (!*own)
        memcpy(own, currency, 4);
    return !memcmp(own, currency, 4) ||
           refuse(mt940, &mt940->field, _("the currency differs from that of the opening balance"));
}

/* :60a: and :62a: — mark, date, currency, amount. */
static bool read_balance(struct mt940 *mt940, int64_t *balance, int *date)
{
    struct slice line = first_line(&mt940->field);
    struct cursor cursor = {line.text, line.text + line.length};
    char currency[4];
    if (!line.length || (*cursor.at != 'C' && *cursor.at != 'D'))
        return refuse(mt940, &mt940->field, _("a balance begins with C or D"));
    bool debit = *cursor.at++ == 'D';
    if (!read_date(&cursor, date))
        return refuse(mt940, &mt940->field, _("the balance has no date YYMMDD that exists"));
    if (!currency_of(&cursor, currency))
        return refuse(mt940, &mt940->field, _("the balance has no currency of three capitals"));
    if (!read_amount(&cursor, currency, balance) || cursor.at != cursor.end)
        return refuse(mt940, &mt940->field,
                      _("the balance is no amount with a comma that the currency allows"));
    if (debit)
        *balance = -*balance;
    return same_currency(mt940, currency);
}

/* Mark of :61: — R?[DC] with E for expected ones (MT942), then perhaps the funds code. */
static bool read_mark(struct cursor *cursor, int *sign)
{
    bool reversal = false;
    if (cursor->at < cursor->end && (*cursor->at == 'R' || *cursor->at == 'E'))
        reversal = *cursor->at++ == 'R';
    if (cursor->at >= cursor->end || (*cursor->at != 'C' && *cursor->at != 'D'))
        return false;
    *sign = (*cursor->at++ == 'C') != reversal ? 1 : -1;
    if (cursor->at < cursor->end && isalpha((unsigned char)*cursor->at))
        cursor->at++;
    return true;
}

static bool read_dates(struct cursor *cursor, struct item *item)
{
    struct cursor entry;
    int number;
    item->book_date = ITEM_NO_DATE;
    if (!read_date(cursor, &item->value_date))
        return false;
    while (cursor->at < cursor->end && *cursor->at == ' ')
        cursor->at++;
    entry = *cursor;
    if (!digits(&entry, 4, &number))
        return true;
    *cursor = entry;
    return nearest(item->value_date, number / 100, number % 100, &item->book_date);
}

/* Type identification 1!a3!c, customer reference, `//` and the bank's reference. */
static void read_references(struct cursor *cursor, struct item *item)
{
    const char *at = cursor->at, *end = cursor->end;
    item->kind = item->bank_reference = (struct slice){"", 0};
    if (end - at >= 4 && isupper((unsigned char)*at) && isalnum((unsigned char)at[1]) &&
        isalnum((unsigned char)at[2]) && isalnum((unsigned char)at[3])) {
        item->kind = (struct slice){at, 4};
        at += 4;
    }
    const char *slashes = end - at >= 2 ? memmem(at, (size_t)(end - at), "//", 2) : NULL;
    item->reference = trimmed(at, (size_t)((slashes ? slashes : end) - at));
    if (slashes)
        item->bank_reference = trimmed(slashes + 2, (size_t)(end - slashes - 2));
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
    if (!supplement.length || supplement.length + 1 + narrative.purpose.length > FIELD_LIMIT)
        return;
    /* The supplement stands before the purpose: both lie in `purpose`, the supplement in front. */
    char *joined = mt940->purpose + 4 * FIELD_LIMIT;
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

static bool count_item(struct mt940 *mt940, int64_t amount)
{
    struct statement *statement = &mt940->statement;
    statement->item_count++;
    if (amount < 0)
        mt940->debit.count++, mt940->debit.sum -= amount;
    else
        mt940->credit.count++, mt940->credit.sum += amount;
    return !__builtin_add_overflow(statement->movement, amount, &statement->movement) &&
           mt940->debit.sum >= 0 && mt940->credit.sum >= 0;
}

/* The :61: that waited is complete: parse it with what followed and hand it over. */
static bool finish_entry(struct mt940 *mt940)
{
    struct item item = {.source_id = {"", 0}};
    struct slice line = first_line(&mt940->entry);
    struct cursor cursor = {line.text, line.text + line.length};
    int sign;
    if (!mt940->entry_waits)
        return true;
    mt940->entry_waits = mt940->behind_entry = false;
    if (!read_dates(&cursor, &item))
        return refuse(mt940, &mt940->entry, _("no value date YYMMDD that exists"));
    if (!read_mark(&cursor, &sign))
        return refuse(mt940, &mt940->entry, _("no mark D, C, RD or RC after the dates"));
    if (!read_amount(&cursor, mt940->statement.currency, &item.amount))
        return refuse(mt940, &mt940->entry,
                      _("no amount with a decimal comma that the currency allows"));
    item.amount *= sign;
    line = source_text(mt940->source, (struct slice){cursor.at, (size_t)(cursor.end - cursor.at)});
    cursor = (struct cursor){line.text, line.text + line.length};
    read_references(&cursor, &item);
    const char *rest = memchr(mt940->entry.text, '\n', mt940->entry.length);
    struct slice supplement = {"", 0};
    if (rest)
        supplement = source_text(
            mt940->source,
            trimmed(rest, mt940->entry.length - (size_t)(rest - mt940->entry.text)));
    read_details(mt940, supplement, &item);
    item.statement = mt940->statement.position;
    item.line = mt940->entry.line;
    if (!count_item(mt940, item.amount))
        return refuse(mt940, &mt940->entry, _("the sum of the lines exceeds 64 bits"));
    return mt940->sink->item(mt940->sink->context, &item, mt940->error);
}

static bool finish_statement(struct mt940 *mt940)
{
    struct statement *statement = &mt940->statement;
    if (!mt940->open)
        return true;
    mt940->open = false;
    struct field start = {.line = statement->line, .offset = mt940->statement_offset};
    if (!*mt940->account)
        return refuse(mt940, &start, _("the statement names no account (:25:)"));
    if (!mt940->interim && !statement->has_opening)
        return refuse(mt940, &start, _("the statement has no opening balance (:60F:)"));
    if (!mt940->interim && !statement->has_closing)
        return refuse(mt940, &start,
                      _("the statement ends without a closing balance (:62F:): the file is "
                        "truncated"));
    if (!*statement->currency)
        return refuse(mt940, &start, _("the statement names no currency"));
    statement->account = source_text(mt940->source, (struct slice){mt940->account,
                                                                  strlen(mt940->account)});
    statement->reference = source_text(mt940->source, (struct slice){mt940->reference,
                                                                    strlen(mt940->reference)});
    return mt940->sink->statement(mt940->sink->context, statement, mt940->error);
}

static void start_statement(struct mt940 *mt940)
{
    int position = mt940->statement.position + 1;
    mt940->statement = (struct statement){.position = position,
                                          .line = mt940->field.line,
                                          .number = -1,
                                          .page = -1,
                                          .open_date = ITEM_NO_DATE,
                                          .close_date = ITEM_NO_DATE};
    mt940->statement_offset = mt940->field.offset;
    mt940->account[0] = mt940->reference[0] = '\0';
    mt940->open = true;
    mt940->interim = false;
    mt940->debit.sum = mt940->credit.sum = 0;
    mt940->debit.count = mt940->credit.count = 0;
}

static bool take_number(struct mt940 *mt940)
{
    struct slice line = first_line(&mt940->field);
    long values[2] = {0, 0};
    size_t which = 0;
    for (size_t i = 0; i < line.length; i++) {
        if (line.text[i] == '/' && which == 0)
            which = 1;
        else if (isdigit((unsigned char)line.text[i]) && values[which] < 100000000)
            values[which] = values[which] * 10 + line.text[i] - '0';
        else
            return refuse(mt940, &mt940->field, _("a statement number is digits/digits"));
    }
    mt940->statement.number = values[0] ? (int)values[0] : -1;
    mt940->statement.page = values[1] ? (int)values[1] : -1;
    return true;
}

/* :90D: and :90C: of an interim report: number of lines, currency, sum. */
static bool check_total(struct mt940 *mt940)
{
    struct slice line = first_line(&mt940->field);
    struct cursor cursor = {line.text, line.text + line.length};
    bool debit = mt940->tag[2] == 'D';
    uint64_t count = 0;
    int64_t sum;
    char currency[4];
    while (cursor.at < cursor.end && isdigit((unsigned char)*cursor.at) && count < 1000000000)
        count = count * 10 + (uint64_t)(*cursor.at++ - '0');
    if (!currency_of(&cursor, currency) || !read_amount(&cursor, currency, &sum))
        return refuse(mt940, &mt940->field, _("a control total is a count, a currency, a sum"));
    if (count == (debit ? mt940->debit.count : mt940->credit.count) &&
        sum == (debit ? mt940->debit.sum : mt940->credit.sum))
        return true;
    return refuse(mt940, &mt940->field,
                  _("the control total differs from the lines of the report"));
}

/* :34F: floor limit: tells an interim report and its currency. */
static bool take_floor(struct mt940 *mt940)
{
    struct slice line = first_line(&mt940->field);
    struct cursor cursor = {line.text, line.text + line.length};
    char currency[4];
    mt940->interim = true;
    if (!currency_of(&cursor, currency))
        return refuse(mt940, &mt940->field, _("the floor limit has no currency"));
    return same_currency(mt940, currency);
}

static bool take_opening(struct mt940 *mt940)
{
    mt940->statement.has_opening = true;
    return read_balance(mt940, &mt940->statement.opening, &mt940->statement.open_date);
}

static bool take_closing(struct mt940 *mt940)
{
    mt940->statement.has_closing = true;
    return read_balance(mt940, &mt940->statement.closing, &mt940->statement.close_date);
}

static bool append(struct mt940 *mt940, struct field *field, struct slice text)
{
    if (field->length + text.length + 1 > FIELD_LIMIT)
        return refuse(mt940, field, _("the field is longer than 64 KiB"));
    if (field->length)
        field->text[field->length++] = '\n';
    memcpy(field->text + field->length, text.text, text.length);
    field->length += text.length;
    return true;
}

static bool take_entry(struct mt940 *mt940)
{
    if (!mt940->open || !*mt940->statement.currency)
        return refuse(mt940, &mt940->field, _("a line stands before any opening balance"));
    if (mt940->statement.has_closing)
        return refuse(mt940, &mt940->field, _("a line stands behind the closing balance"));
    struct field swap = mt940->entry;
    mt940->entry = mt940->field;
    mt940->field = swap;
    mt940->details.length = 0;
    mt940->entry_waits = mt940->behind_entry = true;
    return true;
}

static bool is_tag(const struct mt940 *mt940, const char *tag)
{
    return mt940->tag[0] == tag[0] && mt940->tag[1] == tag[1];
}

/* The field in mt940->field is complete. */
static bool finish_field(struct mt940 *mt940)
{
    if (!mt940->tag[0])
        return true;
    if (is_tag(mt940, "86")) {
        struct slice text = {mt940->field.text, mt940->field.length};
        return !mt940->behind_entry || append(mt940, &mt940->details, text);
    }
    if (!finish_entry(mt940))
        return false;
    if (is_tag(mt940, "20")) {
        if (!finish_statement(mt940))
            return false;
        start_statement(mt940);
        keep(mt940->reference, first_line(&mt940->field));
    } else if (is_tag(mt940, "61")) {
        return take_entry(mt940);
    } else if (!mt940->open) {
        return true;
    } else if (is_tag(mt940, "25")) {
        keep(mt940->account, first_line(&mt940->field));
    } else if (is_tag(mt940, "28")) {
        return take_number(mt940);
    } else if (is_tag(mt940, "60")) {
        return take_opening(mt940);
    } else if (is_tag(mt940, "62")) {
        return take_closing(mt940);
    } else if (is_tag(mt940, "34")) {
        return take_floor(mt940);
    } else if (is_tag(mt940, "90")) {
        return check_total(mt940);
    }
    return true;
}

/* Length of ":NN:" or ":NNA:" at the start of the line, 0 when there is none. */
static size_t tag_length(struct slice line)
{
    if (line.length < 4 || line.text[0] != ':')
        return 0;
    const char *at = line.text + 1;
    bool numbered = isdigit((unsigned char)at[0]) && isdigit((unsigned char)at[1]);
    if (!numbered && memcmp(at, "NS", 2))
        return 0;
    if (at[2] == ':')
        return 4;
    return line.length > 4 && isupper((unsigned char)at[2]) && at[3] == ':' ? 5 : 0;
}

static bool start_field(struct mt940 *mt940, struct slice line, size_t tag)
{
    if (!finish_field(mt940))
        return false;
    memcpy(mt940->tag, line.text + 1, tag - 2);
    mt940->tag[tag - 2] = '\0';
    mt940->field.length = 0;
    mt940->field.line = source_line(mt940->source);
    mt940->field.offset = source_offset(mt940->source);
    return append(mt940, &mt940->field, (struct slice){line.text + tag, line.length - tag});
}

static bool finish_message(struct mt940 *mt940)
{
    bool done = finish_field(mt940) && finish_entry(mt940) && finish_statement(mt940);
    mt940->tag[0] = '\0';
    return done;
}

static bool ends_message(const struct mt940 *mt940, struct slice line)
{
    if (line.length >= 2 && line.text[0] == '-' && line.text[1] == '}')
        return true;
    bool complete = mt940->statement.has_closing || mt940->interim || is_tag(mt940, "62");
    return line.length == 1 && ((line.text[0] == '-' && complete) || line.text[0] == '$');
}

static bool take_line(struct mt940 *mt940, struct slice line)
{
    size_t tag = tag_length(line);
    if (tag)
        return start_field(mt940, line, tag);
    if (ends_message(mt940, line))
        return finish_message(mt940);
    if (line.length && line.text[0] == '{') {
        const char *block = memmem(line.text, line.length, "{4:", 3);
        size_t skipped = block ? (size_t)(block + 3 - line.text) : line.length;
        line = (struct slice){line.text + skipped, line.length - skipped};
        if ((tag = tag_length(line)))
            return start_field(mt940, line, tag);
        return true;
    }
    return !mt940->tag[0] || append(mt940, &mt940->field, line);
}

static void release(struct mt940 *mt940)
{
    free(mt940->field.text);
    free(mt940->entry.text);
    free(mt940->details.text);
    free(mt940->purpose);
}

bool mt940_read(struct source *source, const struct sink *sink, struct error *error)
{
    struct mt940 mt940 = {.source = source, .sink = sink, .error = error};
    struct slice line;
    bool done = true;
    error->kind = ERROR_NONE;
    mt940.field.text = xmalloc(FIELD_LIMIT);
    mt940.entry.text = xmalloc(FIELD_LIMIT);
    mt940.details.text = xmalloc(FIELD_LIMIT);
    /* Decoding may lengthen a field threefold; behind it lies room to join the supplement. */
    mt940.purpose = xmalloc(8 * FIELD_LIMIT);
    while (done && source_next(source, &line, error))
        done = take_line(&mt940, line);
    done = done && error->kind == ERROR_NONE && finish_message(&mt940);
    if (done && !mt940.statement.position)
        done = source_refuse(source, 0, NULL, NULL, error, _("the file holds no statement"));
    release(&mt940);
    return done;
}

bool mt940_recognise(struct slice head)
{
    bool reference = false;
    for (const char *at = head.text, *end = head.text + head.length; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t tag = tag_length((struct slice){at, (size_t)((stop ? stop : end) - at)});
        reference |= tag && (!memcmp(at, ":20:", 4) || !memcmp(at, ":25:", 4));
        if (tag && reference && (!memcmp(at, ":60", 3) || !memcmp(at, ":61:", 4) ||
                                 !memcmp(at, ":28", 3) || (tag == 5 && !memcmp(at, ":34F:", 5))))
            return true;
        at = stop ? stop + 1 : end;
    }
    return false;
}
