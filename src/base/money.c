#include "base/money.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int money_digits(const char *currency)
{
    static const char *const none[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
                                       "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
    static const char *const three[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
    for (size_t i = 0; currency && i < sizeof none / sizeof *none; i++)
        if (!strcmp(none[i], currency))
            return 0;
    for (size_t i = 0; currency && i < sizeof three / sizeof *three; i++)
        if (!strcmp(three[i], currency))
            return 3;
    return 2;
}

char *money_format(int64_t minor, const char *currency, char *text, size_t capacity)
{
    char reversed[48];
    size_t n = 0;
    int decimals = money_digits(currency);
    uint64_t rest = minor < 0 ? -(uint64_t)minor : (uint64_t)minor;
    for (int i = 0; i < decimals; i++, rest /= 10)
        reversed[n++] = (char)('0' + rest % 10);
    if (decimals)
        reversed[n++] = '.';
    int group = 0;
    do {
        if (group && group % 3 == 0)
            reversed[n++] = ',';
        reversed[n++] = (char)('0' + rest % 10);
        rest /= 10;
        group++;
    } while (rest);
    if (minor < 0)
        reversed[n++] = '-';
    size_t out = 0;
    while (n && out + 1 < capacity)
        text[out++] = reversed[--n];
    text[out] = '\0';
    return text;
}

static bool push_digit(uint64_t *value, int digit)
{
    return !__builtin_mul_overflow(*value, 10u, value) &&
           !__builtin_add_overflow(*value, (uint64_t)digit, value);
}

/* Integer part; a comma counts as a separator only before exactly three digits. */
static bool parse_whole(const char *text, size_t length, char mark, size_t *at, uint64_t *value)
{
    size_t start = *at, group = 0;
    bool separated = false;
    for (; *at < length && text[*at] != mark; (*at)++) {
        char c = text[*at];
        if (c == ',' && mark != ',' && *at > start) {
            if ((separated && group != 3) || (!separated && group > 3))
                return false;
            separated = true;
            group = 0;
            continue;
        }
        if (!isdigit((unsigned char)c) || !push_digit(value, c - '0'))
            return false;
        group++;
    }
    return (!separated || group == 3) && *at > start;
}

bool money_parse(const char *text, size_t length, char mark, int digits, int64_t *minor)
{
    size_t at = 0;
    uint64_t value = 0;
    bool negative = false;
    int decimals = 0;
    if (length && (text[0] == '-' || text[0] == '+'))
        negative = text[at++] == '-';
    if (!parse_whole(text, length, mark, &at, &value))
        return false;
    if (at < length)
        at++;
    for (; at < length; at++) {
        if (!isdigit((unsigned char)text[at]))
            return false;
        if (decimals == digits) {
            if (text[at] != '0')
                return false;
            continue;
        }
        if (!push_digit(&value, text[at] - '0'))
            return false;
        decimals++;
    }
    for (; decimals < digits; decimals++)
        if (!push_digit(&value, 0))
            return false;
    if (value > (uint64_t)INT64_MAX)
        return false;
    *minor = negative ? -(int64_t)value : (int64_t)value;
    return true;
}
