#include "console/report_period.h"

#include <stdio.h>
#include <string.h>

/* Year, first month counted from 0, and months; false when the text is no period. */
static bool period_read(const char *text, int *year, int *month, int *length)
{
    int part = 0, end = 0, most;
    if (!text || sscanf(text, "%4d%n", year, &end) != 1 || end != 4)
        return false;
    if (!text[4]) {
        *month = 0;
        *length = 12;
        return true;
    }
    *length = text[5] == 'Q' || text[5] == 'q' ? 3 : 1;
    most = 12 / *length;
    end = 0;
    if (sscanf(text + 4, *length == 3 ? "-%*1[Qq]%1d%n" : "-%2d%n", &part, &end) != 1 || !end ||
        text[4 + end] || part < 1 || part > most)
        return false;
    *month = (part - 1) * *length;
    return true;
}

/* From months since the year 0. */
static void period_write(int months, int length, char text[8])
{
    char written[24];
    int year = months / 12, month = months % 12;
    if (length == 12)
        snprintf(written, sizeof written, "%04d", year);
    else if (length == 3)
        snprintf(written, sizeof written, "%04d-Q%d", year, month / 3 + 1);
    else
        snprintf(written, sizeof written, "%04d-%02d", year, month + 1);
    snprintf(text, 8, "%.7s", written);
}

void period_quarter(const char *day, char text[8])
{
    int year, month;
    text[0] = '\0';
    if (day && sscanf(day, "%4d-%2d", &year, &month) == 2 && month >= 1 && month <= 12)
        period_write(year * 12 + (month - 1) / 3 * 3, 3, text);
}

bool period_step(const char *period, int by, char text[8])
{
    int year, month, length, months;
    if (!period_read(period, &year, &month, &length))
        return false;
    months = year * 12 + month + by * length;
    if (months < 12 || months >= 9999 * 12)
        return false;
    period_write(months, length, text);
    return true;
}

bool period_begun(const char *period, const char *day)
{
    int year, month, length, now, today;
    if (!period_read(period, &year, &month, &length) || sscanf(day, "%4d-%2d", &now, &today) != 2)
        return false;
    return year * 12 + month <= now * 12 + today - 1;
}
