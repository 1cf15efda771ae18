#ifndef BANKOPS_BASE_TEXT_H
#define BANKOPS_BASE_TEXT_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes one character of at most `length` bytes. Returns the bytes used (at least 1 when
 * length > 0); invalid input gives U+FFFD and uses one byte. */
size_t text_decode(const char *text, size_t length, uint32_t *character);

/* Appends a character as UTF-8. */
void text_encode(struct buffer *buffer, uint32_t character);

/* True when all bytes are valid UTF-8 (no surrogates, overlong forms or > U+10FFFF); otherwise
 * *bad is the offset of the first wrong byte (bad may be NULL). */
bool text_valid(const char *text, size_t length, size_t *bad);

/* True for what Unicode calls white space: blanks of any width, tabs, line ends. */
bool text_blank(uint32_t character);

/* True for what takes no room and steers its neighbours or hides between them: zero-width
 * characters, controls of direction, soft hyphen, byte order mark. */
bool text_invisible(uint32_t character);

/* Cells of one character on the terminal: 0 for combining marks, 2 for wide, else 1. */
int text_character_width(uint32_t character);

/* Whether East Asian ambiguous characters take two cells (default false). */
void text_set_ambiguous_wide(bool wide);

/* Appends `text` so that it cannot act on a terminal: control characters become pictures or
 * <U+XXXX>, bidirectional and zero-width controls <U+XXXX>, invalid bytes U+FFFD, no more than two
 * combining marks stay on a base. Line ends become a return symbol. CVE-2021-42574. */
void text_safe(struct buffer *out, const char *text, size_t length);

/* Appends `text` for other programs (files, clipboard) without what acts unseen: control characters,
 * bidirectional controls and tag characters are left out, invalid bytes become U+FFFD. Each line end
 * becomes `line_end`; tabs become blanks. Joiners and variation selectors stay, for they belong to
 * characters of names. */
void text_plain(struct buffer *out, const char *text, size_t length, char line_end);

/* Cells that a safe text takes. */
int text_width(const char *text);

/* Bytes of the longest prefix of a safe text that fits `cells`; never splits a wide character or
 * leaves its marks behind. *used (may be NULL) is its width. */
size_t text_clip(const char *text, int cells, int *used);

enum text_align { TEXT_LEFT, TEXT_RIGHT };

/* Appends text cut or padded with blanks to exactly `cells`; a cut text ends in "…". */
void text_fit(struct buffer *out, const char *text, int cells, enum text_align align);

/* One part of a wrapped text: returns the bytes of the first line of at most `cells` and sets
 * *next to the offset where the following line begins. Breaks at blanks, between wide characters,
 * else anywhere. `cells` >= 2. */
size_t text_wrap(const char *text, int cells, size_t *next);

#endif
