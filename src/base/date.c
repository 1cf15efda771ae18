#include "base/date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_length(int year, int month)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : length[month - 1];
}

bool date_from_civil(int year, int month, int day, int *days)
{
    if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > month_length(year, month))
        return false;
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    *days = era * 146097 + doe - 719468;
    return true;
}

void date_to_civil(int days, int *year, int *month, int *day)
{
    int z = days + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

static bool digits(const char *text, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

bool date_parse(const char *text, int *days)
{
    int year, month, day;
    size_t length = strlen(text);
    if (length == 8)
        return digits(text, 4, &year) && digits(text + 4, 2, &month) &&
               digits(text + 6, 2, &day) && date_from_civil(year, month, day, days);
    return length == 10 && text[4] == '-' && text[7] == '-' && digits(text, 4, &year) &&
           digits(text + 5, 2, &month) && digits(text + 8, 2, &day) &&
           date_from_civil(year, month, day, days);
}

void date_format(int days, char text[11])
{
    int year, month, day;
    date_to_civil(days, &year, &month, &day);
    if (year < 0 || year > 9999)
        year = month = day = 0;
    text[0] = (char)('0' + year / 1000);
    text[1] = (char)('0' + year / 100 % 10);
    text[2] = (char)('0' + year / 10 % 10);
    text[3] = (char)('0' + year % 10);
    text[4] = text[7] = '-';
    text[5] = (char)('0' + month / 10);
    text[6] = (char)('0' + month % 10);
    text[8] = (char)('0' + day / 10);
    text[9] = (char)('0' + day % 10);
    text[10] = '\0';
}

int date_weekday(int days)
{
    int weekday = (days + 3) % 7;
    return (weekday < 0 ? weekday + 7 : weekday) + 1;
}
