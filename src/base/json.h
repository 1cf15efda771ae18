#ifndef BANKOPS_BASE_JSON_H
#define BANKOPS_BASE_JSON_H

#include "base/error.h"

#include <cjson/cJSON.h>
#include <stddef.h>

/* Parses strict JSON (RFC 8259) of `length` bytes: valid UTF-8, no NUL, no duplicate names in an
 * object, depth <= 32, numbers within 2^53, nothing after the value. `name` is the file's name for
 * messages; the error's where is "name:line:column". The caller frees with cJSON_Delete. */
cJSON *json_parse(const char *name, const char *text, size_t length, struct error *error);

/* Reads and parses a file of at most 1 MiB. */
cJSON *json_read(const char *path, struct error *error);

/* Line (from 1) where the value at a JSON Pointer (RFC 6901) starts in the text, 0 if absent. */
int json_line(const char *text, size_t length, const char *pointer);

/* String member or `fallback`; owned by the object. */
const char *json_string(const cJSON *object, const char *name, const char *fallback);
int json_int(const cJSON *object, const char *name, int fallback);
bool json_bool(const cJSON *object, const char *name, bool fallback);

#endif
