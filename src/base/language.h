#ifndef BANKOPS_BASE_LANGUAGE_H
#define BANKOPS_BASE_LANGUAGE_H

#include "base/error.h"

#include <libintl.h>
#include <stdio.h>

#define _(text) gettext(text)
/* Marks a text for translation where a call is not possible (tables). */
#define N_(text) (text)

/* "1 line", "12 lines" in the user's language, written into the array `text`; is `text`. `one` and
 * `many` are literals with one %lld. */
#define language_count(text, one, many, count)                                                     \
    (snprintf((text), sizeof(text), ngettext((one), (many), (unsigned long)(count)),               \
              (long long)(count)),                                                                 \
     (const char *)(text))

enum language { LANGUAGE_ENGLISH, LANGUAGE_CHINESE };

/* Sets locale and message catalogue. `wanted` is "en", "zh" or NULL (from LC_ALL, LC_MESSAGES,
 * LANG). Uses C.UTF-8 where the named locale is not installed. Fails when the environment names
 * a character set that is not UTF-8. `locale_directory` holds the catalogues. */
bool language_start(const char *wanted, const char *locale_directory, struct error *error);

/* The language of messages and screens. */
enum language language_current(void);
/* Switches the messages while running. */
void language_set(enum language language);

#endif
