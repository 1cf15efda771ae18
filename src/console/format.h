#ifndef BANKOPS_CONSOLE_FORMAT_H
#define BANKOPS_CONSOLE_FORMAT_H

#include "console/definition.h"

#include <stdint.h>

/* Milliseconds since 1970-01-01 UTC of a timestamp as PostgreSQL writes it (ISO style, with zone);
 * false when it is none. */
bool format_timestamp(const char *text, int64_t *ms);

/* Text of one cell in `out` (cleared first). `cells` is the row by column, NULL = null.
 * `now_ms` is the database's clock, for due. *style (may be NULL) takes the style of the value.
 * Returns out. */
const char *format_cell(const struct defined_columns *columns, int column,
                        const char *const *cells, int64_t now_ms, unsigned *style, char *out,
                        size_t capacity);

/* The same without colour, and short forms written in full: for exports. */
const char *format_export(const struct defined_columns *columns, int column,
                          const char *const *cells, char *out, size_t capacity);

/* A money value typed in major units as minor units; false when it is no amount. */
bool format_money_minor(const char *text, const char *currency, char *out, size_t capacity);

#endif
