#ifndef BANKOPS_CONSOLE_FIELD_CHECK_H
#define BANKOPS_CONSOLE_FIELD_CHECK_H

#include <stdbool.h>

/* Whether a text that was typed can be such a number; else why not, in the user's language. */
typedef bool (*field_check)(const char *text, const char **problem);

/* The check of a field: "credit-code" (GB 32100) or "resident-id" (GB 11643). NULL: any text. */
field_check field_check_find(const char *name);

#endif
