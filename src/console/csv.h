#ifndef BANKOPS_CONSOLE_CSV_H
#define BANKOPS_CONSOLE_CSV_H

#include "base/buffer.h"

#include <stdbool.h>

/* Whether a spreadsheet could take a text for a formula. */
bool csv_is_formula(const char *text);

/* Appends one field of a CSV line (RFC 4180), as text_plain() with its lines kept. A text that a
 * spreadsheet could take for a formula (beginning with = + - @ | or their full-width forms, also
 * after blanks) gets a leading apostrophe, unless it is a number or a dash alone. `text` may be NULL
 * (empty field). */
void csv_field(struct buffer *out, const char *text);

/* Comma between two fields; CR LF at the end of the line. */
void csv_separator(struct buffer *out);
void csv_end(struct buffer *out);

#endif
