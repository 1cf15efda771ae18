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

static char upper(char letter)
{
    return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
}

static int number(const char *text, size_t length)
{
    int value = 0;
    for (size_t i = 0; i < length; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

/* Province part of GB/T 2260, with Taiwan, Hong Kong and Macao residence permits. */
static bool province(int code)
{
    return (code >= 11 && code <= 15) || (code >= 21 && code <= 23) || (code >= 31 && code <= 37) ||
           (code >= 41 && code <= 46) || (code >= 50 && code <= 54) || (code >= 61 && code <= 65) ||
           code == 71 || (code >= 81 && code <= 83);
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

bool identifier_resident(const char *text, size_t length, struct identifier_resident *resident)
{
    struct identifier_resident read;
    if (length != 18 || identifier_resident_check(text) != upper(text[17]) || !upper(text[17]))
        return false;
    int year = number(text + 6, 4);
    if (!province(number(text, 2)) || year < 1800 ||
        !date_from_civil(year, number(text + 10, 2), number(text + 12, 2), &read.birth))
        return false;
    read.region = number(text, 6);
    read.sex = (text[16] - '0') % 2 ? IDENTIFIER_MALE : IDENTIFIER_FEMALE;
    if (resident)
        *resident = read;
    return true;
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
    const char *at = letter ? strchr(credit_alphabet, upper(letter)) : NULL;
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

bool identifier_credit_code(const char *text, size_t length)
{
    if (length != 18 || !digits_only(text + 2, 6))
        return false;
    if (!strchr("123456789ANY", upper(text[0])) || !province(number(text + 2, 2)))
        return false;
    char check = identifier_credit_check(text);
    return check && check == upper(text[17]);
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

bool identifier_card(const char *text, size_t length)
{
    if (length < 13 || length > 19 || text[0] == '0' || !digits_only(text, length))
        return false;
    return identifier_luhn_check(text, length - 1) == text[length - 1];
}

/* Blocks of the mainland mobile plan that are given to subscribers: third digit by second. */
bool identifier_phone(const char *text, size_t length)
{
    static const char *const third[10] = {
        [3] = "0123456789", [4] = "56789",      [5] = "012356789", [6] = "2567",
        [7] = "012345678",  [8] = "0123456789", [9] = "012356789"};
    if (length != 11 || text[0] != '1' || !digits_only(text, length))
        return false;
    const char *allowed = third[text[1] - '0'];
    return allowed && strchr(allowed, text[2]);
}

static int mod97(const char *text, size_t length)
{
    int rest = 0;
    for (size_t i = 0; i < length; i++)
        rest = (rest * 10 + (text[i] - '0')) % 97;
    return rest;
}

bool identifier_account(const char *text, size_t length)
{
    return length == 16 && digits_only(text, length) && mod97(text, length) == 1;
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

bool identifier_customer(const char *text, size_t length)
{
    return length == 10 && digits_only(text, length) && mod11_10(text, 9) == text[9];
}

void identifier_customer_make(int64_t serial, char text[11])
{
    char digits[32];
    snprintf(digits, sizeof digits, "%09lld", (long long)serial);
    memcpy(text, digits, 9);
    text[9] = mod11_10(text, 9);
    text[10] = '\0';
}

enum identifier_kind identifier_recognise(const char *text, size_t length)
{
    if (identifier_resident(text, length, NULL))
        return IDENTIFIER_RESIDENT;
    if (identifier_credit_code(text, length))
        return IDENTIFIER_CREDIT_CODE;
    if (identifier_phone(text, length))
        return IDENTIFIER_PHONE;
    if (identifier_account(text, length))
        return IDENTIFIER_ACCOUNT;
    if (identifier_card(text, length))
        return IDENTIFIER_CARD;
    return identifier_customer(text, length) ? IDENTIFIER_CUSTOMER : IDENTIFIER_NONE;
}
