#ifndef BANKOPS_BASE_ENCODING_H
#define BANKOPS_BASE_ENCODING_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether all of the text, whole lines, can be read as GB18030, and so few of its lines as UTF-8 that
 * it is neither that nor a mixture. */
bool encoding_is_gb18030(const char *text, size_t length);

/* Makes UTF-8 of a text that is GB18030 (GBK, GB2312) throughout, as spreadsheets in Chinese save it;
 * any other text stays as it is, also one whose lines are partly UTF-8. *data is owned by the caller,
 * NUL-terminated, and exchanged. False when ICU, which knows the characters, cannot be loaded. */
bool encoding_to_utf8(char **data, size_t *length, struct error *error);

#endif
