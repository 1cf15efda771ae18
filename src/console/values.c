#include "console/values.h"

#include "base/alloc.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static struct value *find(const struct values *values, const char *name)
{
    for (int i = 0; i < values->count; i++)
        if (!strcmp(values->items[i].name, name))
            return &values->items[i];
    return NULL;
}

void values_set(struct values *values, const char *name, const char *text)
{
    struct value *value = find(values, name);
    char *copy = text ? xstrdup(text) : NULL;
    if (!value) {
        ARRAY_RESERVE(values->items, values->count, values->capacity);
        value = &values->items[values->count++];
        *value = (struct value){xstrdup(name), NULL};
    }
    free(value->text);
    value->text = copy;
}

const char *values_get(const struct values *values, const char *name)
{
    const struct value *value = find(values, name);
    return value ? value->text : NULL;
}

bool values_has(const struct values *values, const char *name)
{
    return find(values, name) != NULL;
}

void values_copy(struct values *to, const struct values *from)
{
    for (int i = 0; i < from->count; i++)
        values_set(to, from->items[i].name, from->items[i].text);
}

void values_clear(struct values *values)
{
    for (int i = 0; i < values->count; i++) {
        free(values->items[i].name);
        free(values->items[i].text);
    }
    free(values->items);
    *values = (struct values)VALUES_INIT;
}

char *values_object(const struct cJSON *names, value_lookup lookup, void *data)
{
    cJSON *object = cJSON_CreateObject();
    const cJSON *name;
    char *printed, *text;
    cJSON_ArrayForEach(name, names)
    {
        const char *value = lookup(data, name->valuestring);
        cJSON_AddStringToObject(object, name->valuestring, value ? value : "");
    }
    printed = cJSON_PrintUnformatted(object);
    text = xstrdup(printed);
    cJSON_free(printed);
    cJSON_Delete(object);
    return text;
}

/* The first of several names, with | between them, that has a value. */
static const char *first_value(const char *names, value_lookup lookup, void *data)
{
    const char *value = NULL;
    char *copy = xstrdup(names), *at = copy, *name;
    while (!value && (name = strsep(&at, "|")))
        value = lookup(data, name);
    free(copy);
    return value;
}

void values_bind(struct values *values, const struct bindings *bindings, value_lookup lookup,
                 void *data)
{
    for (int i = 0; i < bindings->count; i++) {
        const struct binding *binding = &bindings->items[i];
        char *object = binding->fields ? values_object(binding->fields, lookup, data) : NULL;
        values_set(values, binding->parameter,
                   object          ? object
                   : binding->name ? first_value(binding->name, lookup, data)
                                   : binding->value);
        free(object);
    }
}
