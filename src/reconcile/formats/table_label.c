#include "reconcile/formats/table_part.h"

#include "base/date.h"
#include "base/language.h"
#include "base/money.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LINE_LIMIT = 4096 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether the pattern fits at exactly this place; a capture takes as little as it can. */
static bool fits(const char *pattern, const char *at, const char *end, struct slice *captures,
                 int room)
{
    for (; *pattern; pattern++) {
        if (*pattern == ' ') {
            if (at < end && !is_blank(*at))
                return false;
            while (at < end && is_blank(*at))
                at++;
        } else if (*pattern == '{' && room && strchr(pattern, '}')) {
            const char *rest = strchr(pattern, '}') + 1;
            for (const char *stop = at + 1; stop <= end; stop++) {
                *captures = record_trim((struct slice){at, (size_t)(stop - at)});
                bool last = stop == end || *stop == '\t';
                if (*rest ? fits(rest, stop, end, captures + 1, room - 1) : last)
                    return captures->length > 0;
                if (last)
                    return false;
            }
            return false;
        } else if (at == end || *at++ != *pattern) {
            return false;
        }
    }
    return true;
}

bool table_pattern(const char *pattern, struct slice line, struct slice captures[TABLE_CAPTURES])
{
    const char *end = line.text + (line.length < LINE_LIMIT ? line.length : LINE_LIMIT);
    for (int i = 0; i < TABLE_CAPTURES; i++)
        captures[i] = (struct slice){"", 0};
    for (const char *at = line.text; at <= end; at++) {
        if (at < end && *pattern != ' ' && *pattern != '{' && *at != *pattern)
            continue;
        if (fits(pattern, at, end, captures, TABLE_CAPTURES))
            return true;
    }
    return false;
}

/* Numbers in the text, in order: 2019年09月16日, 2019-09-16 00:00:00, 20190916. */
static int numbers(struct slice text, int values[3])
{
    int count = 0;
    size_t at = 0;
    while (at < text.length && count < 3) {
        int value = 0, digits = 0;
        for (; at < text.length && isdigit((unsigned char)text.text[at]) && digits < 8; at++) {
            value = value * 10 + text.text[at] - '0';
            digits++;
        }
        if (digits == 8) {
            values[0] = value / 10000;
            values[1] = value / 100 % 100;
            values[2] = value % 100;
            return 3;
        }
        if (digits == 6 && !count && at == text.length) { /* 260916 */
            values[0] = 2000 + value / 10000;
            values[1] = value / 100 % 100;
            values[2] = value % 100;
            return 3;
        }
        if (digits)
            values[count++] = value;
        else
            at++;
    }
    return count;
}

static int day_of(struct slice text)
{
    int values[3], day;
    return numbers(text, values) == 3 && date_from_civil(values[0], values[1], values[2], &day)
               ? day : ITEM_NO_DATE;
}

/* Last day of a month such as 2024年01月. */
static int month_end(struct slice text)
{
    int values[3], day;
    if (numbers(text, values) < 2)
        return ITEM_NO_DATE;
    int year = values[0] + (values[1] == 12), month = values[1] % 12 + 1;
    return date_from_civil(year, month, 1, &day) ? day - 1 : ITEM_NO_DATE;
}

static void keep(struct slice text, char target[TABLE_TEXT])
{
    snprintf(target, TABLE_TEXT, "%.*s", (int)(text.length < TABLE_TEXT ? text.length : 0),
             text.text);
}

static bool is_name(const char *name, size_t length, const char *wanted)
{
    return strlen(wanted) == length && !memcmp(name, wanted, length);
}

static void take(struct table *table, const char *name, size_t length, struct slice text)
{
    int64_t value;
    if (is_name(name, length, "account"))
        keep(text, table->account);
    else if (is_name(name, length, "currency"))
        table_currency(text, table->currency);
    else if (is_name(name, length, "opening"))
        keep(text, table->opening), table->has_opening = true;
    else if (is_name(name, length, "closing"))
        keep(text, table->closing), table->has_closing = true;
    else if (is_name(name, length, "from"))
        table->from = day_of(text);
    else if (is_name(name, length, "to"))
        table->to = table->year_day = day_of(text);
    else if (is_name(name, length, "month"))
        table->year_day = month_end(text);
    else if (is_name(name, length, "day"))
        table->year_day = day_of(text);
    else if (is_name(name, length, "number") &&
             money_parse(text.text, text.length, '.', 0, &value) && value > 0 && value < 100000000)
        table->number = (int)value;
}

static void take_all(struct table *table, const char *pattern, const struct slice *captures)
{
    int i = 0;
    for (const char *at = strchr(pattern, '{'); at && i < TABLE_CAPTURES; at = strchr(at + 1, '{'))
        take(table, at + 1, strcspn(at + 1, "}"), captures[i++]);
}

static bool refuse_total(struct table *table, const char *pattern)
{
    return source_refuse(table->source, 0, NULL, _("Ask the sender for the file again."),
                         table->error, _("the total cannot be read as a number: %s"), pattern);
}

static bool take_total(struct table *table, int which, const struct slice *captures)
{
    const char *pattern = table->profile->totals[which].pattern;
    struct table_tally *tally = &table->tallies[which];
    int i = 0;
    tally->line = source_line(table->source);
    for (const char *at = strchr(pattern, '{'); at && i < TABLE_CAPTURES; at = strchr(at + 1, '{')) {
        struct slice text = captures[i++];
        size_t length = strcspn(at + 1, "}");
        if (is_name(at + 1, length, "count")) {
            tally->has_count = true;
            if (!money_parse(text.text, text.length, '.', 0, &tally->stated_count))
                return refuse_total(table, pattern);
        } else if (is_name(at + 1, length, "sum")) {
            tally->has_sum = true;
            if (!table_micro_text(table, text, &tally->stated_sum))
                return refuse_total(table, pattern);
        }
    }
    return true;
}

/* The row as one line of UTF-8 with its cells parted by tabs. */
static struct slice join(struct table *table, char line[LINE_LIMIT])
{
    size_t length = 0;
    for (int i = 0; i < table->record.count && length + 1 < LINE_LIMIT; i++) {
        struct slice text = record_trim(table->record.fields[i]);
        if (!table->decoded)
            text = source_text(table->source, text);
        if (i)
            line[length++] = '\t';
        if (text.length > LINE_LIMIT - 1 - length)
            break;
        memcpy(line + length, text.text, text.length);
        length += text.length;
    }
    return (struct slice){line, length};
}

bool table_label(struct table *table)
{
    const struct profile *profile = table->profile;
    struct slice captures[TABLE_CAPTURES];
    char text[LINE_LIMIT];
    if (!profile->labels[0] && !profile->total_count)
        return true;
    struct slice line = join(table, text);
    for (int i = 0; i < PROFILE_LABELS && profile->labels[i]; i++)
        if (table_pattern(profile->labels[i], line, captures))
            take_all(table, profile->labels[i], captures);
    for (int i = 0; i < profile->total_count; i++)
        if (profile->totals[i].pattern &&
            table_pattern(profile->totals[i].pattern, line, captures) &&
            !take_total(table, i, captures))
            return false;
    return true;
}

const char *table_name_pattern(const struct profile *profile, const struct source *source,
                               struct slice captures[TABLE_CAPTURES])
{
    const char *name = source_name(source), *slash = strrchr(name, '/');
    struct slice base = {slash ? slash + 1 : name, 0};
    base.length = strlen(base.text);
    for (int i = 0; i < PROFILE_TEXTS && profile->file_names[i]; i++)
        if (table_pattern(profile->file_names[i], base, captures))
            return profile->file_names[i];
    return NULL;
}

bool table_file_name(struct table *table)
{
    struct slice captures[TABLE_CAPTURES];
    const char *pattern = table_name_pattern(table->profile, table->source, captures);
    if (pattern)
        take_all(table, pattern, captures);
    return pattern != NULL;
}
