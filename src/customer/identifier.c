#include "customer/identifier.h"

#include "base/date.h"

#include <stdio.h>
#include <string.h>

static bool digits_only(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

char identifier_resident_check(const char *text)
{
    static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    if (!digits_only(text, 17))
        return 0;
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (text[i] - '0') * weight[i];
    return "10X98765432"[sum % 11];
}

void identifier_resident_make(int region, int birth, int sequence, char text[19])
{
    char digits[48];
    int year, month, day;
    date_to_civil(birth, &year, &month, &day);
    snprintf(digits, sizeof digits, "%06d%04d%02d%02d%03d", region, year, month, day, sequence);
    memcpy(text, digits, 17);
    text[17] = identifier_resident_check(text);
    text[18] = '\0';
}

static const char credit_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int credit_value(char letter)
{
    const char *at = letter ? strchr(credit_alphabet, letter) : NULL;
    return at ? (int)(at - credit_alphabet) : -1;
}

char identifier_credit_check(const char *text)
{
    int sum = 0, weight = 1;
    for (int i = 0; i < 17; i++) {
        int value = credit_value(text[i]);
        if (value < 0)
            return 0;
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    return credit_alphabet[(31 - sum % 31) % 31];
}

static bool is_checked(const char *text, char (*check)(const char *text))
{
    char capitals[19];
    if (strlen(text) != 18)
        return false;
    for (int i = 0; i <= 18; i++)
        capitals[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
    return check(capitals) && check(capitals) == capitals[17];
}

bool identifier_resident_good(const char *text)
{
    return is_checked(text, identifier_resident_check);
}

bool identifier_credit_good(const char *text)
{
    return is_checked(text, identifier_credit_check);
}

/* Check character of an organisation number, GB 11714. */
static char organisation_check(const char *text)
{
    static const int weight[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 8; i++)
        sum += (text[i] - '0') * weight[i];
    int check = 11 - sum % 11;
    return check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check);
}

void identifier_credit_make(int region, int organisation, char text[19])
{
    char digits[32];
    snprintf(digits, sizeof digits, "91%06d%08d", region, organisation);
    memcpy(text, digits, 16);
    text[16] = organisation_check(text + 8);
    text[17] = identifier_credit_check(text);
    text[18] = '\0';
}

char identifier_luhn_check(const char *text, size_t length)
{
    if (length == 0 || !digits_only(text, length))
        return 0;
    int sum = 0;
    for (size_t i = 0; i < length; i++) {
        int digit = text[length - 1 - i] - '0';
        if (i % 2 == 0)
            digit = digit > 4 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static int mod97(const char *text, size_t length)
{
    int rest = 0;
    for (size_t i = 0; i < length; i++)
        rest = (rest * 10 + (text[i] - '0')) % 97;
    return rest;
}

void identifier_account_make(int branch, int product, int serial, char text[17])
{
    char digits[40];
    snprintf(digits, sizeof digits, "%04d%02d%08d00", branch, product, serial);
    int check = 98 - mod97(digits, 16);
    memcpy(text, digits, 14);
    text[14] = (char)('0' + check / 10);
    text[15] = (char)('0' + check % 10);
    text[16] = '\0';
}

/* ISO 7064 MOD 11,10 over the digits before the check digit. */
static char mod11_10(const char *text, size_t length)
{
    int product = 10;
    for (size_t i = 0; i < length; i++) {
        int sum = (text[i] - '0' + product) % 10;
        product = (sum ? sum : 10) * 2 % 11;
    }
    return (char)('0' + (11 - product) % 10);
}

void identifier_customer_make(int64_t serial, char text[11])
{
    char digits[32];
    snprintf(digits, sizeof digits, "%09lld", (long long)serial);
    memcpy(text, digits, 9);
    text[9] = mod11_10(text, 9);
    text[10] = '\0';
}
