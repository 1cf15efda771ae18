#include "console/format.h"

#include "base/date.h"
#include "base/language.h"
#include "base/money.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, SOON = 30 * MINUTE };

/* Offset in seconds of "+08", "-03:30", "+05:45"; 0 for "". */
static int zone_offset(const char *text)
{
    int hours = 0, minutes = 0;
    if (*text != '+' && *text != '-')
        return 0;
    sscanf(text + 1, "%2d:%2d", &hours, &minutes);
    return (*text == '-' ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
}

bool format_timestamp(const char *text, int64_t *ms)
{
    int year, month, day, hour, minute, used = 0, days;
    double second;
    if (!text || sscanf(text, "%4d-%2d-%2d%*1[ T]%2d:%2d:%lf%n", &year, &month, &day, &hour,
                        &minute, &second, &used) != 6)
        return false;
    if (!date_from_civil(year, month, day, &days))
        return false;
    *ms = (int64_t)days * DAY * 1000 + ((int64_t)hour * HOUR + minute * MINUTE) * 1000 +
          (int64_t)(second * 1000) - (int64_t)zone_offset(text + used) * 1000;
    return true;
}

/* "120d", "3d 04h", "2h 05m", "12m 30s"; a sign when over. */
static void format_due(const char *text, int64_t now_ms, unsigned *style, char *out,
                       size_t capacity)
{
    int64_t due;
    if (!format_timestamp(text, &due)) {
        snprintf(out, capacity, "%s", text);
        return;
    }
    long left = (long)((due - now_ms) / 1000);
    long size = labs(left);
    const char *sign = left < 0 ? "-" : "";
    if (style)
        *style = left < 0 ? STYLE_DANGER : left < SOON ? STYLE_WARNING : *style;
    if (size >= 100 * DAY)
        snprintf(out, capacity, _("%s%ldd"), sign, size / DAY);
    else if (size >= DAY)
        snprintf(out, capacity, _("%s%ldd %02ldh"), sign, size / DAY, size % DAY / HOUR);
    else if (size >= HOUR)
        snprintf(out, capacity, _("%s%ldh %02ldm"), sign, size / HOUR, size % HOUR / MINUTE);
    else
        snprintf(out, capacity, _("%s%ldm %02lds"), sign, size / MINUTE, size % MINUTE);
}

static void format_money(const struct defined_column *column, const char *const *cells,
                         const char *text, char *out, size_t capacity)
{
    const char *currency = column->currency_at >= 0 ? cells[column->currency_at] : NULL;
    char *end;
    errno = 0;
    long long minor = strtoll(text, &end, 10);
    if (*end || errno)
        snprintf(out, capacity, "%s", text);
    else
        money_format(minor, currency ? currency : "CNY", out, capacity);
}

/* Groups of three from 1,000 on: 1234567 -> 1,234,567. Identifiers are no figures: they are text. */
static void format_integer(const char *text, char *out, size_t capacity)
{
    size_t digits = strspn(text + (*text == '-'), "0123456789"), at = 0;
    if (text[(*text == '-') + digits] || digits < 4 || digits + digits / 3 + 2 > capacity) {
        snprintf(out, capacity, "%s", text);
        return;
    }
    if (*text == '-')
        out[at++] = *text++;
    for (size_t i = 0; i < digits; i++) {
        if (i && (digits - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = text[i];
    }
    out[at] = '\0';
}

static void format_percent(const char *text, char *out, size_t capacity)
{
    char *end;
    double number = strtod(text, &end);
    if (*end || end == text)
        snprintf(out, capacity, "%s", text);
    else if ((number > 0 && number < 0.05) || (number >= 99.95 && number < 100))
        snprintf(out, capacity, "%.3f%%", number); /* hardly anything, or almost all */
    else
        snprintf(out, capacity, "%.1f%%", number);
}

/* Part of a timestamp's text: date and minutes, without the year in a narrow column. */
static void format_part(const char *text, size_t from, size_t length, char *out, size_t capacity)
{
    size_t whole = strlen(text);
    if (whole < from + length)
        snprintf(out, capacity, "%s", text);
    else
        snprintf(out, capacity, "%.*s", (int)length, text + from);
}

static bool is_true(const char *text)
{
    return text[0] == 't' || text[0] == 'T' || text[0] == '1';
}

static void format_plain(const struct defined_column *column, const char *const *cells,
                         const char *text, char *out, size_t capacity)
{
    switch (column->format) {
    case FORMAT_MONEY:
        format_money(column, cells, text, out, capacity);
        break;
    case FORMAT_INTEGER:
        format_integer(text, out, capacity);
        break;
    case FORMAT_PERCENT:
        format_percent(text, out, capacity);
        break;
    case FORMAT_DATE:
        format_part(text, column->width < 10 ? 5 : 0, column->width < 10 ? 5 : 10, out, capacity);
        break;
    case FORMAT_MONTH:
        format_part(text, 0, 7, out, capacity);
        break;
    case FORMAT_DATETIME:
        format_part(text, column->width < 16 ? 5 : 0, column->width < 16 ? 11 : 16, out, capacity);
        break;
    case FORMAT_TIME:
        format_part(text, strlen(text) > 10 ? 11 : 0, 5, out, capacity);
        break;
    case FORMAT_BOOL:
        snprintf(out, capacity, "%s", is_true(text) ? _("Yes") : _("No"));
        break;
    case FORMAT_TEXT:
    case FORMAT_BADGE:
    case FORMAT_MASKED:
    case FORMAT_DUE:
        snprintf(out, capacity, "%s", text);
        break;
    }
}

const char *format_cell(const struct defined_columns *columns, int at, const char *const *cells,
                        int64_t now_ms, unsigned *style, char *out, size_t capacity)
{
    const struct defined_column *column = &columns->items[at];
    const char *text = cells[at];
    const struct named_value *value = named_value_find(column->values, column->value_count, text);
    out[0] = '\0';
    if (!text)
        return out;
    if (style && value)
        *style = value->style;
    else if (style && column->format == FORMAT_MASKED)
        *style = STYLE_MUTED;
    if (value && value->title.en)
        snprintf(out, capacity, "%s", both_text(&value->title));
    else if (column->format == FORMAT_DUE && column->ends && column->ends_at >= 0 &&
             cells[column->ends_at])
        out[0] = '\0';
    else if (column->format == FORMAT_DUE)
        format_due(text, now_ms, style, out, capacity);
    else
        format_plain(column, cells, text, out, capacity);
    return out;
}

const char *format_export(const struct defined_columns *columns, int at, const char *const *cells,
                          char *out, size_t capacity)
{
    const struct defined_column *column = &columns->items[at];
    const char *text = cells[at];
    const struct named_value *value = named_value_find(column->values, column->value_count, text);
    out[0] = '\0';
    if (!text)
        return out;
    if (value && value->title.en)
        snprintf(out, capacity, "%s", both_text(&value->title));
    else if (column->format == FORMAT_MONEY) {
        size_t to = 0;
        format_money(column, cells, text, out, capacity);
        for (size_t from = 0; out[from]; from++)
            if (out[from] != ',')
                out[to++] = out[from];
        out[to] = '\0';
    } else if (column->format == FORMAT_BOOL)
        snprintf(out, capacity, "%s", is_true(text) ? _("Yes") : _("No"));
    else if (column->format == FORMAT_DATETIME || column->format == FORMAT_DUE)
        snprintf(out, capacity, "%.19s", text);
    else if (column->format == FORMAT_MONTH)
        snprintf(out, capacity, "%.7s", text);
    else
        snprintf(out, capacity, "%s", text);
    return out;
}

bool format_money_minor(const char *text, const char *currency, char *out, size_t capacity)
{
    int64_t minor;
    if (!money_parse(text, strlen(text), '.', money_digits(currency), &minor))
        return false;
    snprintf(out, capacity, "%lld", (long long)minor);
    return true;
}
