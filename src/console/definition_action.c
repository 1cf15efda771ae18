#include "console/definition_part.h"

#include "base/alloc.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

struct after read_after(const cJSON *object)
{
    const cJSON *then = json_member(object, "then");
    struct after after = {.then = THEN_STAY};
    if (cJSON_IsString(then))
        after.then = strcmp(then->valuestring, "back") ? THEN_STAY : THEN_BACK;
    else if (then)
        after = (struct after){THEN_OPEN, read_jump(object, "then")};
    return after;
}

struct offer read_offer(const cJSON *object)
{
    return (struct offer){json_string(json_member(object, "offer"), "error", NULL),
                          read_jump(object, "offer")};
}

enum danger read_danger(const cJSON *object)
{
    static const char *const names[] = {"none", "confirm", "post", NULL};
    return read_word(json_string(object, "danger", "none"), names);
}

static enum answer_kind read_result(const cJSON *object)
{
    static const char *const names[] = {"outcome", "save", "show", NULL};
    return read_word(json_string(object, "result", "outcome"), names);
}

static struct defined_lookup *read_lookup(const cJSON *object)
{
    const cJSON *item = json_member(object, "lookup");
    struct defined_lookup *lookup;
    if (!item)
        return NULL;
    lookup = xcalloc(1, sizeof *lookup);
    lookup->source = read_source(item, "source");
    lookup->search = json_string(item, "search", NULL);
    lookup->value = json_string(item, "value", "");
    lookup->columns = read_columns(item, "columns");
    return lookup;
}

struct fields read_fields(const cJSON *object, const char *name)
{
    static const char *const types[] = {"text",   "memo", "integer",  "money", "date",
                                        "choice", "bool", "password", "show",  "datetime",
                                        "file",   NULL};
    struct fields fields;
    const cJSON *item, *array = json_member(object, name);
    int at = 0;
    fields.items = read_array(array, sizeof *fields.items, &fields.count);
    cJSON_ArrayForEach(item, array)
    {
        struct defined_field *field = &fields.items[at++];
        field->name = json_string(item, "name", "");
        field->title = read_both(item, "title");
        field->help = read_both(item, "help");
        field->type = read_word(json_string(item, "type", "text"), types);
        field->length = json_int(item, "length",
                                 field->type == FIELD_MEMO   ? 2000
                                 : field->type == FIELD_FILE ? 1000
                                                             : 60);
        field->rows = json_int(item, "rows", field->type == FIELD_MEMO ? 4 : 1);
        field->required = json_bool(item, "required", false);
        field->loaded = json_bool(item, "loaded", true);
        field->values = read_values(item, &field->value_count);
        field->names = read_code_list(item);
        field->lookup = read_lookup(item);
        field->initial = json_string(item, "default", NULL);
        field->currency = json_string(item, "currency", NULL);
        field->check = json_string(item, "check", NULL);
        field->format = read_format(item);
    }
    return fields;
}

static struct condition *read_conditions(const cJSON *when, const struct defined_columns *columns,
                                         int *count)
{
    const cJSON *item, *text;
    struct condition *conditions = read_array(when, sizeof *conditions, count);
    int at = 0;
    cJSON_ArrayForEach(item, when)
    {
        struct condition *condition = &conditions[at++];
        int value = 0;
        condition->column = defined_columns_find(columns, item->string);
        condition->values = read_array(item, sizeof *condition->values, &condition->count);
        cJSON_ArrayForEach(text, item) condition->values[value++] = text->valuestring;
    }
    return conditions;
}

/* The fields that an action asks for, some only of certain rows. */
static struct fields read_ask(const cJSON *object, const struct defined_columns *columns)
{
    struct fields fields = read_fields(object, "ask");
    struct defined_field *field = fields.items;
    const cJSON *item;
    cJSON_ArrayForEach(item, json_member(object, "ask"))
    {
        field->when = read_conditions(json_member(item, "when"), columns, &field->when_count);
        field++;
    }
    return fields;
}

static unsigned read_needs(const cJSON *item)
{
    unsigned needs = 0;
    const cJSON *need;
    cJSON_ArrayForEach(need, json_member(item, "needs"))
    {
        needs |= !strcmp(need->valuestring, "row") ? NEED_ROW : 0;
        needs |= !strcmp(need->valuestring, "marks") ? NEED_MARKS : 0;
        needs |= !strcmp(need->valuestring, "write") ? NEED_WRITE : 0;
    }
    if (json_member(item, "function") || json_member(item, "work"))
        needs |= NEED_WRITE | NEED_CONNECTION;
    return json_member(item, "form") ? needs | NEED_WRITE : needs;
}

struct actions read_actions(const cJSON *object, const struct defined_columns *columns)
{
    struct actions actions;
    const cJSON *item, *array = json_member(object, "actions");
    int at = 0;
    actions.items = read_array(array, sizeof *actions.items, &actions.count);
    cJSON_ArrayForEach(item, array)
    {
        struct defined_action *action = &actions.items[at++];
        action->name = json_string(item, "name", "");
        action->key = json_string(item, "key", NULL);
        action->option = json_string(item, "option", NULL);
        action->title = read_both(item, "title");
        action->help = read_both(item, "help");
        action->function = json_string(item, "function", NULL);
        action->form = json_string(item, "form", NULL);
        action->screen = json_string(item, "screen", NULL);
        action->screen_from = json_string(item, "screen_from", NULL);
        action->work = json_string(item, "work", NULL);
        action->arguments = read_bindings(item, "arguments");
        action->ask = read_ask(item, columns);
        action->needs = read_needs(item);
        action->roles = read_roles(item);
        action->when = read_conditions(json_member(item, "when"), columns, &action->when_count);
        action->danger = read_danger(item);
        action->result = read_result(item);
        action->amount = defined_columns_find(columns, json_string(item, "amount", ""));
        action->after = read_after(item);
        action->offer = read_offer(item);
    }
    return actions;
}

static void conditions_free(struct condition *conditions, int count)
{
    for (int i = 0; i < count; i++)
        free(conditions[i].values);
    free(conditions);
}

void fields_free(struct fields *fields)
{
    for (int i = 0; i < fields->count; i++) {
        struct defined_lookup *lookup = fields->items[i].lookup;
        free(fields->items[i].values);
        conditions_free(fields->items[i].when, fields->items[i].when_count);
        if (lookup) {
            source_free(&lookup->source);
            defined_columns_free(&lookup->columns);
            free(lookup);
        }
    }
    free(fields->items);
}

void actions_free(struct actions *actions)
{
    for (int i = 0; i < actions->count; i++) {
        struct defined_action *action = &actions->items[i];
        conditions_free(action->when, action->when_count);
        free(action->arguments.items);
        free(action->after.jump.arguments.items);
        free(action->offer.jump.arguments.items);
        fields_free(&action->ask);
    }
    free(actions->items);
}

const char *bindings_name(const struct bindings *bindings, const char *parameter)
{
    for (int i = 0; i < bindings->count; i++)
        if (bindings->items[i].name && !strcmp(bindings->items[i].parameter, parameter))
            return bindings->items[i].name;
    return parameter;
}
