#include "console/command_arguments.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/date.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Values that a text after the code stands for. */
static bool filter_value(const struct definition *definition, const char *word,
                         struct values *values)
{
    for (int i = 0; i < definition->filter_count; i++) {
        const struct defined_filter *filter = &definition->filters[i];
        for (int v = 0; v < filter->value_count; v++) {
            const struct named_value *value = &filter->values[v];
            if (!strcasecmp(value->value, word) || !strcasecmp(value->title.en, word) ||
                !strcmp(value->title.zh, word)) {
                values_set(values, filter->name, value->value);
                return true;
            }
        }
        int days;
        if (!strcmp(filter->type, "date") && date_parse(word, &days)) {
            char text[11];
            date_format(days, text);
            values_set(values, filter->name, text);
            return true;
        }
    }
    return false;
}

static const struct defined_filter *filter_named(const struct definition *definition,
                                                const char *name)
{
    for (int i = 0; name && i < definition->filter_count; i++)
        if (!strcmp(definition->filters[i].name, name))
            return &definition->filters[i];
    return NULL;
}

/* A text where the screen takes one of fixed values, none of which it is: the number or name that
 * the list is searched by, among all rows. */
static bool number_value(const struct definition *definition, const char *text,
                         struct values *values)
{
    const struct defined_filter *fixed = filter_named(definition, definition->command);
    for (int i = 0; fixed && fixed->value_count && i < definition->filter_count; i++) {
        const struct defined_filter *filter = &definition->filters[i];
        if (strcmp(filter->type, "text") != 0 || !filter->column || !definition->position ||
            strcmp(filter->column, definition->position) != 0)
            continue;
        values_set(values, filter->name, text);
        if (named_value_find(fixed->values, fixed->value_count, "all"))
            values_set(values, fixed->name, "all");
        return true;
    }
    return false;
}

static void list_arguments(const struct definition *definition, const char *rest,
                           struct values *values)
{
    struct buffer left = BUFFER_INIT;
    char *copy = xstrdup(rest), *at = copy, *word;
    while (!definition->search && (word = strsep(&at, " ")))
        if (*word && !filter_value(definition, word, values))
            buffer_format(&left, "%s%s", left.length ? " " : "", word);
    if (definition->search) {
        values_set(values, definition->search, rest);
        values_set(values, "@direct", "1");
    } else if (left.length && number_value(definition, buffer_text(&left), values)) {
        values_set(values, "@direct", "1");
    } else if (left.length && definition->command) {
        values_set(values, definition->command, buffer_text(&left));
        values_set(values, "@direct", "1");
    } else if (left.length && definition->source.view) {
        values_set(values, "@position", buffer_text(&left));
    }
    free(copy);
    buffer_free(&left);
}

static bool suits(const struct defined_field *field, const char *word)
{
    int day;
    if (field->type == FIELD_CHOICE)
        return named_value_find(field->values, field->value_count, word) != NULL;
    return date_parse(word, &day) == (field->type == FIELD_DATE);
}

/* Words for the fields of a report in their order, days for those that want a day. */
static void report_arguments(const struct fields *fields, const char *rest, struct values *values)
{
    char *copy = xstrdup(rest), *at = copy, *word, day[11];
    int days;
    while ((word = strsep(&at, " ")))
        for (int i = 0; *word && i < fields->count; i++)
            if (!values_has(values, fields->items[i].name) && suits(&fields->items[i], word)) {
                if (fields->items[i].type == FIELD_DATE && date_parse(word, &days)) {
                    date_format(days, day);
                    word = day;
                }
                values_set(values, fields->items[i].name, word);
                break;
            }
    free(copy);
}

void command_arguments(const struct definition *definition, const char *rest,
                       struct values *values)
{
    if (!definition || !*rest)
        return;
    if (definition->kind == KIND_LIST)
        list_arguments(definition, rest, values);
    else if (definition->kind == KIND_REPORT)
        report_arguments(&definition->fields, rest, values);
    else if (definition->command)
        values_set(values, definition->command, rest);
    else if (definition->parameter_count)
        values_set(values, definition->parameters[0], rest);
}
