#include "base/date.h"
#include "base/language.h"
#include "base/money.h"
#include "reconcile/control.h"
#include "reconcile/formats/mt940_parse.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool mt940_refuse(struct mt940 *mt940, const struct mt940_field *field, const char *what)
{
    char name[8] = ":61:";
    if (field != &mt940->entry)
        snprintf(name, sizeof name, ":%s:", mt940->tag);
    return source_refuse_at(mt940->source, field->line, field->offset,
                            field->text ? name : NULL,
                            _("Ask the bank for the statement again; nothing was imported."),
                            mt940->error, "%s", what);
}

bool mt940_digits(struct mt940_cursor *cursor, int count, int *value)
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

bool mt940_date(struct mt940_cursor *cursor, int *days)
{
    int number;
    if (!mt940_digits(cursor, 6, &number))
        return false;
    int year = number / 10000 + (number / 10000 > 79 ? 1900 : 2000);
    int month = number / 100 % 100, day = number % 100;
    if (date_from_civil(year, month, day, days))
        return true;
    /* Interest counted in months of 30 days gives value dates at the end of February. */
    return month == 2 && (day == 29 || day == 30) && date_from_civil(year, 3, 1, days) && (*days)--;
}

/* Digits with one comma or point. Fast for the usual form, strict for all. */
bool mt940_amount(struct mt940_cursor *cursor, const char *currency, int64_t *amount)
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
    const char *at = memchr(start, mark, length);
    int digits = money_digits(currency);
    /* Three decimals of a currency that has fewer: 1.000 can be a thousand. */
    return length && !(digits < 3 && at && cursor->at - at == 4) &&
           money_parse(start, length, mark, digits, amount);
}

struct slice mt940_first_line(const struct mt940_field *field)
{
    const char *end = memchr(field->text, '\n', field->length);
    return slice_trim(field->text, end ? (size_t)(end - field->text) : field->length);
}

static bool currency_of(struct mt940_cursor *cursor, char currency[4])
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
           mt940_refuse(mt940, &mt940->field,
                        _("the currency differs from that of the opening balance"));
}

/* :60a: and :62a: — mark, date, currency, amount. */
static bool read_balance(struct mt940 *mt940, int64_t *balance, int *date)
{
    struct slice line = mt940_first_line(&mt940->field);
    struct mt940_cursor cursor = {line.text, line.text + line.length};
    char currency[4], *known = mt940->statement.currency;
    if (!line.length || (*cursor.at != 'C' && *cursor.at != 'D'))
        return mt940_refuse(mt940, &mt940->field, _("a balance begins with C or D"));
    bool debit = *cursor.at++ == 'D';
    if (!mt940_date(&cursor, date))
        return mt940_refuse(mt940, &mt940->field, _("the balance has no date YYMMDD that exists"));
    /* Some banks leave out the currency of the closing balance. */
    if (!currency_of(&cursor, currency) && !*strcpy(currency, known))
        return mt940_refuse(mt940, &mt940->field,
                            _("the balance has no currency of three capitals"));
    if (!mt940_amount(&cursor, currency, balance) || cursor.at != cursor.end)
        return mt940_refuse(mt940, &mt940->field,
                            _("the balance is no amount with a comma that the currency allows"));
    if (debit)
        *balance = -*balance;
    return same_currency(mt940, currency);
}

bool mt940_field_opening(struct mt940 *mt940)
{
    if (mt940->statement.has_opening)
        return mt940_refuse(mt940, &mt940->field, _("the statement has two opening balances"));
    mt940->statement.has_opening = true;
    mt940->statement.opening_interim = mt940->tag[2] == 'M';
    return read_balance(mt940, &mt940->statement.opening, &mt940->statement.open_date);
}

bool mt940_field_closing(struct mt940 *mt940)
{
    if (mt940->statement.has_closing)
        return mt940_refuse(mt940, &mt940->field, _("the statement has two closing balances"));
    mt940->statement.has_closing = true;
    mt940->statement.closing_interim = mt940->tag[2] == 'M';
    return read_balance(mt940, &mt940->statement.closing, &mt940->statement.close_date);
}

bool mt940_field_available(struct mt940 *mt940)
{
    int ignored;
    mt940->statement.has_available = true;
    return read_balance(mt940, &mt940->statement.available, &ignored);
}

/* Statement number and page. A number too large to count with is taken as none. */
bool mt940_field_number(struct mt940 *mt940)
{
    struct slice line = mt940_first_line(&mt940->field);
    long long values[2] = {0, 0};
    size_t which = 0;
    for (size_t i = 0; i < line.length; i++) {
        if (line.text[i] == '/' && which == 0)
            which = 1;
        else if (isdigit((unsigned char)line.text[i]) && values[which] < 100000000000000000)
            values[which] = values[which] * 10 + line.text[i] - '0';
        else
            return mt940_refuse(mt940, &mt940->field, _("a statement number is digits/digits"));
    }
    mt940->statement.number = values[0] && values[0] <= INT_MAX ? (int)values[0] : -1;
    mt940->statement.page = values[1] && values[1] <= INT_MAX ? (int)values[1] : -1;
    return true;
}

static bool report(struct mt940 *mt940, enum control_kind kind, const char *label,
                   int64_t expected, int64_t found)
{
    struct control control = {.statement = mt940->statement.position,
                              .kind = kind,
                              .expected = expected,
                              .found = found,
                              .line = mt940->field.line,
                              .label = {label, strlen(label)}};
    if (control_is_amount(kind))
        memcpy(control.currency, mt940->statement.currency, 4);
    return control_report(mt940->sink, &control, mt940->error);
}

/* :90D: and :90C: of an interim report: number of lines, currency, sum. */
bool mt940_field_total(struct mt940 *mt940)
{
    struct slice line = mt940_first_line(&mt940->field);
    struct mt940_cursor cursor = {line.text, line.text + line.length};
    bool debit = mt940->tag[2] == 'D';
    int64_t count = 0, sum;
    char currency[4];
    while (cursor.at < cursor.end && isdigit((unsigned char)*cursor.at) && count < 1000000000)
        count = count * 10 + *cursor.at++ - '0';
    if (!currency_of(&cursor, currency) || !mt940_amount(&cursor, currency, &sum))
        return mt940_refuse(mt940, &mt940->field,
                            _("a control total is a count, a currency, a sum"));
    if (!same_currency(mt940, currency))
        return false;
    if (debit)
        return report(mt940, CONTROL_DEBIT_COUNT, ":90D:", count, (int64_t)mt940->debit.count) &&
               report(mt940, CONTROL_DEBIT_SUM, ":90D:", sum, mt940->debit.sum);
    return report(mt940, CONTROL_CREDIT_COUNT, ":90C:", count, (int64_t)mt940->credit.count) &&
           report(mt940, CONTROL_CREDIT_SUM, ":90C:", sum, mt940->credit.sum);
}

/* Floor limit: tells an interim report and its currency. */
bool mt940_field_floor(struct mt940 *mt940)
{
    struct slice line = mt940_first_line(&mt940->field);
    struct mt940_cursor cursor = {line.text, line.text + line.length};
    char currency[4];
    mt940->statement.kind = STATEMENT_INTERIM;
    if (!currency_of(&cursor, currency))
        return mt940_refuse(mt940, &mt940->field, _("the floor limit has no currency"));
    return same_currency(mt940, currency);
}

/* Date and time of an interim report: up to then its lines are complete. */
void mt940_field_time(struct mt940 *mt940)
{
    struct slice line = mt940_first_line(&mt940->field);
    struct mt940_cursor cursor = {line.text, line.text + line.length};
    int day;
    if (!mt940->statement.has_closing && mt940_date(&cursor, &day))
        mt940->statement.close_date = day;
}
