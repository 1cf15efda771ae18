#ifndef BANKOPS_CUSTOMER_PINYIN_H
#define BANKOPS_CUSTOMER_PINYIN_H

#include "base/buffer.h"
#include "base/error.h"

/* Readings of Chinese names by ICU, with surnames read right (单 shan, 曾 zeng, 尉迟 yu chi).
 * Loading ICU's rules takes tens of milliseconds: never on the start path of the console. */
struct pinyin;

/* NULL with *error filled when ICU's data cannot be loaded. The caller frees with pinyin_close. */
struct pinyin *pinyin_open(struct error *error);
void pinyin_close(struct pinyin *pinyin);

/* Appends the reading of a person's name to `full` ("ou yang na", a blank between syllables and
 * words) and the first letters of its syllables to `initials` ("oyn"); `full` must be empty,
 * `initials` may be NULL. Letters
 * and digits stay, in lower case without accents; everything else is left out. Readings are cached
 * by character. */
void pinyin_name(struct pinyin *pinyin, const char *name, struct buffer *full,
                 struct buffer *initials);
/* The same for a company or place: no surname reading, some words of company names are known. */
void pinyin_text(struct pinyin *pinyin, const char *text, struct buffer *full,
                 struct buffer *initials);

#endif
