#ifndef BANKOPS_CONSOLE_VALUES_H
#define BANKOPS_CONSOLE_VALUES_H

#include "console/definition.h"

/* Named texts: arguments of a screen, values of a form. NULL is a null value. */
struct value {
    char *name, *text;
};

struct values {
    struct value *items;
    int count, capacity;
};

#define VALUES_INIT {NULL, 0, 0}

/* Sets or replaces; both texts are copied. */
void values_set(struct values *values, const char *name, const char *text);
/* The text; NULL when null or absent. */
const char *values_get(const struct values *values, const char *name);
bool values_has(const struct values *values, const char *name);
void values_copy(struct values *to, const struct values *from);
void values_clear(struct values *values);

/* Finds what a name stands for at some place of the console; NULL = null. */
typedef const char *(*value_lookup)(void *data, const char *name);

/* The values of these names as a JSON object of texts; a null value is "", which means none. The
 * caller frees. */
char *values_object(const struct cJSON *names, value_lookup lookup, void *data);

/* Adds to *values each parameter of the bindings with its value. */
void values_bind(struct values *values, const struct bindings *bindings, value_lookup lookup,
                 void *data);

#endif
