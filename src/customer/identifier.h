#ifndef BANKOPS_CUSTOMER_IDENTIFIER_H
#define BANKOPS_CUSTOMER_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers by which a customer is known, with their check digits. Every function takes plain ASCII
 * without blanks or dashes (search_key() makes it so) and reads exactly `length` bytes, so that
 * hostile input of any length is safe. Letters are accepted in both cases. */

enum identifier_kind {
    IDENTIFIER_NONE,
    IDENTIFIER_RESIDENT,    /* resident identity number, GB 11643-1999, 18 characters */
    IDENTIFIER_CREDIT_CODE, /* unified social credit code, GB 32100-2015, 18 characters */
    IDENTIFIER_PHONE,       /* mobile number of the mainland plan, 11 digits */
    IDENTIFIER_CARD,        /* card number, ISO/IEC 7812, 13 to 19 digits */
    IDENTIFIER_ACCOUNT,     /* account number of this bank, 16 digits, ISO 7064 MOD 97-10 */
    IDENTIFIER_CUSTOMER,    /* customer number of this bank, 10 digits, ISO 7064 MOD 11,10 */
};

enum identifier_sex { IDENTIFIER_MALE, IDENTIFIER_FEMALE };

/* What a resident identity number says. */
struct identifier_resident {
    int region; /* six-digit code of GB/T 2260 */
    int birth;  /* day number since 1970-01-01 */
    enum identifier_sex sex;
};

/* Verifies length, region of a province, an existing birth date from 1800 on, and the check
 * character. Fills *resident (may be NULL). */
bool identifier_resident(const char *text, size_t length, struct identifier_resident *resident);
/* Check character ('0'-'9' or 'X') of the first 17 digits; 0 when one is no digit. */
char identifier_resident_check(const char *text);
/* Writes the number of region, birth day and sequence (0-999, odd = male) into text[19]. */
void identifier_resident_make(int region, int birth, int sequence, char text[19]);

bool identifier_credit_code(const char *text, size_t length);
/* Check character of the first 17 characters; 0 when one is not of the alphabet. */
char identifier_credit_check(const char *text);
/* Writes the code of a company (department 9, kind 1) with the organisation number
 * 0-99999999 and its own check character of GB 11714 into text[19]. */
void identifier_credit_make(int region, int organisation, char text[19]);

/* Luhn check digit (ISO/IEC 7812-1 annex B) of `length` digits that stand before it; 0 when one is
 * no digit. */
char identifier_luhn_check(const char *text, size_t length);
bool identifier_card(const char *text, size_t length);

bool identifier_phone(const char *text, size_t length);

bool identifier_account(const char *text, size_t length);
/* Writes the account number of branch (0-9999), product (0-99) and serial (below 10^8) into
 * text[17]. */
void identifier_account_make(int branch, int product, int serial, char text[17]);

bool identifier_customer(const char *text, size_t length);
/* Writes the customer number of serial (below 10^9) into text[11]. */
void identifier_customer_make(int64_t serial, char text[11]);

/* What kind of number the text is: its form and check digits must hold. Ambiguous forms go to the
 * first that fits in the order of the enumeration. */
enum identifier_kind identifier_recognise(const char *text, size_t length);

#endif
