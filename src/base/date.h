#ifndef BANKOPS_BASE_DATE_H
#define BANKOPS_BASE_DATE_H

#include <stdbool.h>

/* Calendar days of the proleptic Gregorian calendar as a count of days since 1970-01-01. */

/* Day number of a date; false when the date does not exist (month 13, 30 February). */
bool date_from_civil(int year, int month, int day, int *days);
/* The date of a day number. */
void date_to_civil(int days, int *year, int *month, int *day);
/* Reads "YYYY-MM-DD" or "YYYYMMDD" (ISO 8601), nothing else before the terminator. */
bool date_parse(const char *text, int *days);
/* Writes "YYYY-MM-DD"; text holds 11 bytes. Years 0000 to 9999. */
void date_format(int days, char text[11]);
/* 1 = Monday … 7 = Sunday (ISO 8601). */
int date_weekday(int days);

#endif
