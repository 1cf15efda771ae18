#ifndef BANKOPS_BASE_JSON_H
#define BANKOPS_BASE_JSON_H

#include "base/error.h"

#include <cjson/cJSON.h>
#include <stddef.h>

/* Parses strict JSON (RFC 8259) of `length` bytes: valid UTF-8, no NUL, no duplicate names in an
 * object, depth <= 32, numbers within 2^53, nothing after the value. `name` is the file's name for
 * messages; the error's where is "name:line:column". The caller frees with cJSON_Delete. */
cJSON *json_parse(const char *name, const char *text, size_t length, struct error *error);

/* The same for a list that another system sends, of which one bad part must not hold up the rest:
 * \u0000, which no text of the database can hold, becomes U+FFFD, and names, numbers and depth are
 * left to json_judge. */
cJSON *json_parse_parts(const char *name, const char *text, size_t length, struct error *error);

/* Judges names, numbers and depth of a value as json_parse does, but not inside its member `except`
 * (NULL: all). */
bool json_judge(const char *name, const cJSON *value, const cJSON *except, struct error *error);

/* Reads and parses a file of at most 1 MiB. */
cJSON *json_read(const char *path, struct error *error);

/* Line (from 1) where the value at a JSON Pointer (RFC 6901) starts in the text, 0 if absent. */
int json_line(const char *text, size_t length, const char *pointer);

/* The member of that name, NULL without one; owned by the object. */
const cJSON *json_member(const cJSON *object, const char *name);

/* String member or `fallback`; owned by the object. */
const char *json_string(const cJSON *object, const char *name, const char *fallback);
/* A number's whole part, true or false; `fallback` where the member is missing or of another
 * kind. */
int json_int(const cJSON *object, const char *name, int fallback);
bool json_bool(const cJSON *object, const char *name, bool fallback);

#endif
