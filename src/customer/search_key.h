#ifndef BANKOPS_CUSTOMER_SEARCH_KEY_H
#define BANKOPS_CUSTOMER_SEARCH_KEY_H

#include "base/buffer.h"

#include <stddef.h>

/* Appends the text as it is compared in a search: full-width forms become ASCII, ASCII letters
 * lower case; blanks, hyphens and dashes of any width, dots between names (· ・ •), apostrophes and
 * control characters go away. Chinese and other letters stay. Invalid bytes are dropped. The same
 * as bank.search_key(text) in SQL. */
void search_key(struct buffer *out, const char *text, size_t length);

#endif
