#ifndef BANKOPS_CUSTOMER_IDENTIFIER_H
#define BANKOPS_CUSTOMER_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers by which a customer is known, made with their check digits. What a person types is
 * checked by the database (bank.resident_id_fault and its like). */

/* Check character ('0'-'9' or 'X') of the first 17 digits of a resident identity number,
 * GB 11643-1999; 0 when one is no digit. */
char identifier_resident_check(const char *text);
/* Writes the identity number of region (six digits of GB/T 2260), birth day (days since
 * 1970-01-01) and sequence (0-999, odd = male) into text[19]. */
void identifier_resident_make(int region, int birth, int sequence, char text[19]);

/* Check character of the first 17 characters of a unified social credit code, GB 32100-2015; 0 when
 * one is not of its alphabet. */
char identifier_credit_check(const char *text);
/* Writes the code of a company (department 9, kind 1) with the organisation number
 * 0-99999999 and its own check character of GB 11714 into text[19]. */
void identifier_credit_make(int region, int organisation, char text[19]);

/* Whether a text of 18 characters ends in the check character of the others; small letters count as
 * capitals. */
bool identifier_resident_good(const char *text);
bool identifier_credit_good(const char *text);

/* Luhn check digit (ISO/IEC 7812-1 annex B) of `length` digits that stand before it; 0 when one is
 * no digit. */
char identifier_luhn_check(const char *text, size_t length);

/* Writes the account number of this bank (16 digits, ISO 7064 MOD 97-10) of branch (0-9999), product
 * (0-99) and serial (below 10^8) into text[17]. */
void identifier_account_make(int branch, int product, int serial, char text[17]);

/* Writes the customer number of this bank (10 digits, ISO 7064 MOD 11,10) of serial (below 10^9) into
 * text[11]. */
void identifier_customer_make(int64_t serial, char text[11]);

#endif
