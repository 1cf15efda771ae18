#ifndef BANKOPS_CUSTOMER_MASK_H
#define BANKOPS_CUSTOMER_MASK_H

#include "base/buffer.h"

/* Masked forms of personal data (JR/T 0171-2020), as the database shows them by default.
 * Each appends to `out`. A text too short for its mask becomes all asterisks. */

/* 13812345621 -> 138****5621 */
void mask_phone(struct buffer *out, const char *phone);
/* First 6 and last 4 of a card number: 622202*********1234 */
void mask_card(struct buffer *out, const char *card);
/* First 6 and last 4 of an identity number: 110101********6234 */
void mask_resident(struct buffer *out, const char *number);
/* Last 4 of an account number. */
void mask_account(struct buffer *out, const char *account);
/* Last character of a Chinese name (欧阳小明 -> ***明), first letter of each word otherwise. */
void mask_name(struct buffer *out, const char *name);
/* First letter and domain: z***@example.com */
void mask_email(struct buffer *out, const char *email);

#endif
