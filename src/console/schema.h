#ifndef BANKOPS_CONSOLE_SCHEMA_H
#define BANKOPS_CONSOLE_SCHEMA_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Receives one finding: JSON Pointer of the value and what is wrong with it, in the user's
 * language. */
typedef void (*schema_report)(void *data, const char *pointer, const char *what);

/* Checks a value against a JSON Schema (the part of draft 2020-12 that screen.schema.json uses:
 * $ref to $defs, type, const, enum, pattern, lengths, bounds, items, properties, required,
 * propertyNames, additionalProperties, anyOf, oneOf chosen by the member "kind").
 * Reports every finding; returns their number. */
int schema_check(const cJSON *schema, const cJSON *value, schema_report report, void *data);

#endif
