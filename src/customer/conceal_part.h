#ifndef BANKOPS_CUSTOMER_CONCEAL_PART_H
#define BANKOPS_CUSTOMER_CONCEAL_PART_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* The parts of conceal(): texts are folded as conceal_fold() leaves them. */

/* Appends the text with plain digits, letters, hyphens and blanks for those of other widths, and
 * without characters that take no room. */
void conceal_fold(struct buffer *out, const char *text, size_t length);

/* Whether the text begins with this word, in either case. */
bool conceal_starts(const char *text, size_t length, const char *word);
/* Whether the next character is a Han character. */
bool conceal_han(const char *text, size_t length);
/* Bytes of a number in Arabic or Han figures that stands here, with a letter or a hyphen in it. */
size_t conceal_figures(const char *text, size_t length);

/* What stands here is dealt with and appended to *out; returns its bytes, 0 when nothing is here.
 * `inside` tells that a word of ASCII letters or digits goes on. */
size_t conceal_name(struct buffer *out, const char *text, size_t length, const char *const *names,
                    bool inside);
/* An address: takes back the street that ends *out. */
size_t conceal_place(struct buffer *out, const char *text, size_t length, bool inside);

#endif
