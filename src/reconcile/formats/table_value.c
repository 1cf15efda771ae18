#include "reconcile/formats/table_part.h"

#include "base/date.h"
#include "base/language.h"
#include "base/money.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool number(const char *text, size_t count, int *value)
{
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
        *value = *value * 10 + text[i] - '0';
    }
    return count > 0;
}

/* YYYYMMDD, or YYYY-MM-DD with any mark, each perhaps followed by a blank or T and a time. */
static bool plain_date(struct slice text, int *day)
{
    int year, month, date;
    size_t wide = text.length > 4 && !isdigit((unsigned char)text.text[4]);
    size_t length = 8 + 2 * wide;
    if (text.length < length || !number(text.text, 4, &year))
        return false;
    if (wide && text.text[4] != text.text[7])
        return false;
    if (text.length > length && text.text[length] != ' ' && text.text[length] != 'T')
        return false;
    return number(text.text + 4 + wide, 2, &month) &&
           number(text.text + 6 + 2 * wide, 2, &date) && date_from_civil(year, month, date, day);
}

/* The two digits where `mark` stands in the format; -1 when it does not stand there. */
static bool part(const char *format, const char *mark, struct slice text, int *value)
{
    const char *at = strstr(format, mark);
    *value = -1;
    return !at || number(text.text + (at - format), strlen(mark), value);
}

/* The year that brings a month and day nearest below the day that the file is of. */
static bool add_year(int limit, int month, int date, int *day)
{
    int year, at_month, at_day;
    if (limit == ITEM_NO_DATE)
        return false;
    date_to_civil(limit + 1, &year, &at_month, &at_day);
    for (int back = 0; back < 8; back++)
        if (date_from_civil(year - back, month, date, day) && *day <= limit + 1)
            return true;
    return false;
}

static bool formatted_date(const struct table *table, const char *format, struct slice text,
                           int *day)
{
    int year, month, date, hour, minute, second;
    size_t length = strlen(format);
    if (text.length < length ||
        (text.length > length && isdigit((unsigned char)text.text[length]) &&
         isdigit((unsigned char)text.text[length - 1])))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!strchr("YMDhms", format[i]) && format[i] != text.text[i])
            return false;
    if (!part(format, "YYYY", text, &year) || !part(format, "MM", text, &month) ||
        !part(format, "DD", text, &date) || !part(format, "hh", text, &hour) ||
        !part(format, "mm", text, &minute) || !part(format, "ss", text, &second) || hour > 24 ||
        minute > 59 || second > 60)
        return false;
    return year < 0 ? add_year(table->year_day, month, date, day)
                    : date_from_civil(year, month, date, day);
}

bool table_day_text(const struct table *table, struct slice text, int *day)
{
    const char *format = table->profile->date_format;
    if (format && formatted_date(table, format, text, day))
        return true;
    /* Cells of a workbook that are dates come in one form, whatever the profile says of text. */
    return (!format || source_is_sheet(table->source)) && plain_date(text, day);
}

/* What spreadsheets make of a date: 2023/2/1, 2/1/2023, 45170. */
static bool is_turned(struct slice text)
{
    int digits = 0, marks = 0;
    size_t i = 0;
    for (; i < text.length && text.text[i] != ' '; i++) {
        if (isdigit((unsigned char)text.text[i]))
            digits++;
        else if (strchr("/-", text.text[i]))
            marks++;
        else
            return false;
    }
    return (marks == 2 && digits < 8 && digits > 3) || (!marks && digits == 5 && i == text.length);
}

bool table_day(struct table *table, int column, int *day)
{
    struct slice text = table_cell(table, column);
    if (text.length && text.length == table->date_length &&
        !memcmp(text.text, table->date, text.length))
        return *day = table->day, true;
    struct slice raw = text;
    char what[200];
    text = table_text(table, column);
    const char *format = table->profile->date_format;
    if (!table_day_text(table, text, day) || !item_is_day(*day)) {
        if (is_turned(text))
            return table_refuse(table, column,
                                _("the date was turned by a spreadsheet; use the file as the "
                                  "sender delivered it"));
        if (format && !strstr(format, "YYYY") && table->year_day == ITEM_NO_DATE)
            return table_refuse_hint(table, column,
                                     _("Keep the file's name as it was delivered, or give its day "
                                       "with --file-date."),
                                     _("the date has no year"));
        snprintf(what, sizeof what, _("no date that exists (%s)"),
                 format ? format : "YYYYMMDD, YYYY-MM-DD");
        return table_refuse(table, column, what);
    }
    if (raw.length < sizeof table->date) {
        memcpy(table->date, raw.text, raw.length);
        table->date_length = raw.length;
        table->day = *day;
    }
    return true;
}

bool table_currency(struct slice text, char currency[4])
{
    static const struct {
        const char *name, *code;
    } names[] = {{"人民币", "CNY"}, {"人民币元", "CNY"}, {"RMB", "CNY"}, {"美元", "USD"},
                 {"港币", "HKD"}, {"港元", "HKD"}, {"欧元", "EUR"}, {"日元", "JPY"},
                 {"英镑", "GBP"}, {"澳门元", "MOP"}, {"新加坡元", "SGD"}, {"澳大利亚元", "AUD"},
                 {"加拿大元", "CAD"}, {"瑞士法郎", "CHF"}, {"156", "CNY"}, {"840", "USD"},
                 {"344", "HKD"}, {"978", "EUR"}, {"392", "JPY"}};
    if (text.length == 3 && isupper((unsigned char)text.text[0]) &&
        isupper((unsigned char)text.text[1]) && isupper((unsigned char)text.text[2]) &&
        memcmp(text.text, "RMB", 3)) {
        memcpy(currency, text.text, 3);
        return currency[3] = '\0', true;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (table_same_text(text, names[i].name))
            return strcpy(currency, names[i].code), true;
    return false;
}

/* Digits of any width, signs and marks as plain ASCII without currency signs; false when there is
 * anything else. */
static bool fold_figures(struct slice text, char plain[48], size_t *length)
{
    static const char *const signs[] = {"¥", "￥", "元", "－", "−", "＋", "，", "．", "　"};
    static const char *const meant[] = {"", "", "", "-", "-", "+", ",", ".", ""};
    const char *at = text.text, *end = at + text.length;
    *length = 0;
    while (at < end) {
        size_t i = 0, count = sizeof signs / sizeof *signs;
        for (; i < count; i++)
            if ((size_t)(end - at) >= strlen(signs[i]) && !memcmp(at, signs[i], strlen(signs[i])))
                break;
        const char *put = i < count ? meant[i] : NULL;
        char digit[2] = "";
        if (!put && end - at >= 3 && !memcmp(at, "\xEF\xBC", 2) && (unsigned char)at[2] >= 0x90 &&
            (unsigned char)at[2] <= 0x99)
            digit[0] = (char)('0' + (unsigned char)at[2] - 0x90);
        if (!put && !digit[0] && (unsigned char)*at >= 0x80)
            return false;
        at += put ? strlen(signs[i]) : digit[0] ? 3 : 1;
        digit[0] = digit[0] ? digit[0] : at[-1];
        for (put = put ? put : digit; *put; put++)
            if (*length < 47)
                plain[(*length)++] = *put;
    }
    return *length < 47;
}

static bool whole_number(struct slice text, int64_t *value)
{
    int64_t sum = 0;
    char sign = text.length ? *text.text : '\0';
    size_t at = sign == '-' || sign == '+' || sign == 'C' || sign == 'D';
    if (text.length - at < 1 || text.length - at > 18)
        return false;
    for (size_t i = at; i < text.length; i++) {
        unsigned digit = (unsigned char)text.text[i] - '0';
        if (digit > 9)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sign == '-' || sign == 'D' ? -sum : sum;
    return true;
}

static bool parse(const struct table *table, struct slice text, int digits, int64_t *amount)
{
    char plain[48];
    for (size_t i = 0; i < text.length; i++) {
        if ((unsigned char)text.text[i] < 0x80)
            continue;
        if (!fold_figures(text, plain, &text.length))
            return false;
        text.text = plain;
        break;
    }
    if (text.length > 2 && *text.text == '(' && text.text[text.length - 1] == ')') {
        if (!money_parse(text.text + 1, text.length - 2, table->profile->decimal_mark, digits,
                         amount))
            return false;
        return *amount = -*amount, true;
    }
    return money_parse(text.text, text.length, table->profile->decimal_mark, digits, amount);
}

/* A letter of direction in an amount that has a column for that. */
static bool says_twice(const struct table *table, int column)
{
    return column == COLUMN_AMOUNT && table->columns[COLUMN_DIRECTION] >= 0 &&
           isalpha((unsigned char)*table_cell(table, column).text);
}

bool table_money(struct table *table, int column, const char *currency, int64_t *amount)
{
    if (table->profile->columns[column].minor_units)
        return (whole_number(table_cell(table, column), amount) &&
                !says_twice(table, column)) ||
               table_refuse(table, column,
                            _("a whole number of minor units (cents) is expected"));
    struct slice text = table_text(table, column);
    if (!text.length && column != COLUMN_AMOUNT)
        return *amount = 0, true;
    return parse(table, text, money_digits(currency), amount) ||
           table_refuse(table, column,
                        _("an amount with at most the decimals of its currency is expected"));
}

bool table_micro_text(const struct table *table, struct slice text, int64_t *amount)
{
    return parse(table, text, 6, amount);
}

bool table_micro(struct table *table, int column, const char *currency, int64_t *amount)
{
    bool minor = table->profile->columns[column].minor_units;
    struct slice text = minor ? table_cell(table, column) : table_text(table, column);
    if (!text.length)
        return *amount = 0, true;
    if (!minor)
        return table_micro_text(table, text, amount) ||
               table_refuse(table, column, _("an amount is expected"));
    if (!whole_number(text, amount))
        return table_refuse(table, column, _("a whole number of minor units (cents) is expected"));
    for (int digits = money_digits(currency); digits < 6; digits++)
        if (__builtin_mul_overflow(*amount, 10, amount))
            return table_refuse(table, column, _("the amount exceeds 64 bits"));
    return true;
}

/* 6.22848E+18: the digits are gone. */
static bool is_shortened(struct slice text)
{
    if (text.length > 24 || text.length < 5 || (text.text[1] != '.' && text.text[1] != 'E') ||
        !memmem(text.text, text.length, "E+", 2))
        return false;
    for (const char *p = text.text; p < text.text + text.length; p++)
        if (!isdigit((unsigned char)*p) && !strchr(".E+", *p))
            return false;
    return true;
}

static void count_zeros(struct table *table, struct slice text, struct table_ids *ids)
{
    size_t zeros = 0;
    for (size_t i = 0; i < text.length; i++)
        if (!isdigit((unsigned char)text.text[i]))
            return;
    while (zeros < text.length - 15 && text.text[text.length - 1 - zeros] == '0')
        zeros++;
    ids->whole |= zeros < text.length - 15;
    ids->line = ids->line ? ids->line : source_line(table->source);
    ids->zeros += zeros;
}

bool table_check_id(struct table *table, int column, int which)
{
    struct slice text = table_cell(table, column);
    if (text.length < 5)
        return true;
    if (text.length > 15 && which >= 0 && !table->ids[which].whole)
        count_zeros(table, text, &table->ids[which]);
    if (!is_shortened(text))
        return true;
    return table_refuse(table, column,
                        _("the number was shortened by a spreadsheet (E+ notation); use the file as "
                          "the sender delivered it"));
}

bool table_check_ids(struct table *table)
{
    for (int i = 0; i < 3; i++)
        if (!table->ids[i].whole && table->ids[i].zeros >= 6)
            return source_refuse_at(table->source, table->ids[i].line, 0, NULL,
                                    _("Use the file as the sender delivered it."), table->error,
                                    _("the long numbers all end in zeros behind the 15th digit: a "
                                      "spreadsheet cut them off"));
    return true;
}
