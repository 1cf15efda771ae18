#ifndef BANKOPS_BASE_MONEY_H
#define BANKOPS_BASE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Number of minor-unit digits of an ISO 4217 currency code; 2 for codes not listed there. */
int money_digits(const char *currency);

/* Formats minor units with thousands separators: 123456, "CNY" -> "1,234.56".
 * Returns `text` (capacity bytes; 40 is always enough). */
char *money_format(int64_t minor, const char *currency, char *text, size_t capacity);

/* Reads a decimal amount of `length` bytes into minor units. Accepts an optional sign, digits,
 * thousands commas when in groups of three, and `mark` ('.' or ',') before at most `digits`
 * decimals (further decimals must be zero). No exponent, no blanks. False on anything else or
 * when it does not fit in 64 bits. */
bool money_parse(const char *text, size_t length, char mark, int digits, int64_t *minor);

#endif
