#ifndef BANKOPS_RECONCILE_PROFILE_JSON_H
#define BANKOPS_RECONCILE_PROFILE_JSON_H

#include "base/error.h"

#include <cjson/cJSON.h>
#include <stddef.h>

/* Walks the JSON of a profile and knows the place for messages: file, line and JSON pointer. */
struct profile_json {
    const char *path;
    char *text; /* of the file, freed with profile_json_close */
    size_t length;
    cJSON *root;
    char pointer[240];
    struct error *error;
};

/* Reads the file (at most 1 MiB). */
bool profile_json_open(struct profile_json *json, const char *path, struct error *error);
void profile_json_close(struct profile_json *json);

/* Appends a member to the pointer; the result goes to profile_json_leave. */
size_t profile_json_enter(struct profile_json *json, const char *member);
size_t profile_json_enter_index(struct profile_json *json, int index);
void profile_json_leave(struct profile_json *json, size_t mark);

/* Fills the error with the current place and returns false. */
bool profile_json_refuse(struct profile_json *json, const char *what, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether `object` is an object that has only members of this list (names separated by blanks). */
bool profile_json_members(struct profile_json *json, const cJSON *object, const char *known);

/* Each reads an optional member and refuses a wrong type; texts are copies for the caller. */
bool profile_json_text(struct profile_json *json, const cJSON *object, const char *member,
                       char **text);
bool profile_json_flag(struct profile_json *json, const cJSON *object, const char *member,
                       bool *flag);
bool profile_json_number(struct profile_json *json, const cJSON *object, const char *member,
                         int low, int high, int *number);
/* A text or a list of at most `room` texts that are not empty. */
bool profile_json_texts(struct profile_json *json, const cJSON *object, const char *member,
                        char *texts[], size_t room);
/* Place of the member's text among `names` (NULL-terminated); refuses another text. */
bool profile_json_choice(struct profile_json *json, const cJSON *object, const char *member,
                         const char *const names[], int *choice);

#endif
