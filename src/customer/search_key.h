#ifndef BANKOPS_CUSTOMER_SEARCH_KEY_H
#define BANKOPS_CUSTOMER_SEARCH_KEY_H

#include "base/buffer.h"

#include <stddef.h>

/* Appends the text as names are stored for search: full-width forms become ASCII, ASCII letters
 * lower case, blanks single and none at the ends; no middle dots, no invisible or bidirectional
 * characters. Invalid bytes are dropped. The same as bank.search_fold(text) for names in Chinese
 * and Latin letters. */
void search_fold(struct buffer *out, const char *text, size_t length);

/* The same without blanks, dashes of any width and dots: how a typed number or name is compared. */
void search_key(struct buffer *out, const char *text, size_t length);

#endif
