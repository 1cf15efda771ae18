#ifndef BANKOPS_CUSTOMER_CONCEAL_H
#define BANKOPS_CUSTOMER_CONCEAL_H

#include "base/buffer.h"

#include <stddef.h>

/* Appends a text without what tells who it is about, before it leaves the bank: identity numbers and
 * passports, cards and accounts, phones, mail addresses, other long numbers (also of full width, in
 * Han figures, and with blanks and signs between the digits), the given names wherever they stand,
 * what follows "my name is", 我叫, Mr, 姓名, 柜员, Regards and the like or stands before 先生, 女士,
 * 经理, and addresses with a house number. Each is replaced by [ID], [CARD], [PHONE], [EMAIL],
 * [NUMBER], [NAME] or [ADDRESS]. `names` ends with NULL. */
void conceal(struct buffer *out, const char *text, size_t length, const char *const *names);

#endif
