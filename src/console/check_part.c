#include "console/check_part.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/action.h"
#include "console/file_field.h"
#include "console/work.h"

#include <stdlib.h>
#include <string.h>

bool check_has_field(const struct fields *fields, const char *name)
{
    for (int i = 0; fields && i < fields->count; i++)
        if (!strcmp(fields->items[i].name, name))
            return true;
    return fields && file_field_named(fields, name);
}

bool check_has_filter(const struct definition *definition, const char *name)
{
    for (int i = 0; i < definition->filter_count; i++)
        if (!strcmp(definition->filters[i].name, name))
            return true;
    return false;
}

bool check_has_parameter(const struct definition *definition, const char *name)
{
    for (int i = 0; i < definition->parameter_count; i++)
        if (!strcmp(definition->parameters[i], name))
            return true;
    return false;
}

static bool is_given(const struct definition *definition, const char *name)
{
    for (int i = 0; i < definition->given_count; i++)
        if (!strcmp(definition->given[i], name))
            return true;
    return false;
}

static bool has_value(const struct check *check, const struct scope *scope, const char *name)
{
    const struct definition *definition = check->definition;
    if (name[0] == '@' || scope->loads || check_has_parameter(definition, name) ||
        check_has_field(scope->fields, name) || is_given(definition, name))
        return true;
    struct place_of_cell cell;
    if (definition->kind == KIND_VIEW && definition_cell(definition, name, &cell))
        return true;
    if (scope->filters && check_has_filter(definition, name))
        return true;
    if (scope->search && definition->search && !strcmp(definition->search, name))
        return true;
    for (int i = 0; i < 2; i++)
        if (scope->columns[i] && defined_columns_find(scope->columns[i], name) >= 0)
            return true;
    return false;
}

/* Each of the names, with | between them. */
static bool all_have_value(const struct check *check, const struct scope *scope, const char *names)
{
    char *copy = xstrdup(names), *at = copy, *name;
    bool known = true;
    while (known && (name = strsep(&at, "|")))
        known = has_value(check, scope, name);
    free(copy);
    return known;
}

void check_bindings(struct check *check, const struct bindings *bindings,
                           const struct scope *scope, const char *pointer)
{
    for (int i = 0; i < bindings->count; i++) {
        const struct binding *binding = &bindings->items[i];
        const cJSON *name;
        char *place = xasprintf("%s/%s", pointer, binding->parameter);
        if (binding->name && !all_have_value(check, scope, binding->name))
            finding(check->found, place,
                    _("\"%s\" is no column, parameter or field that has a value here"),
                    binding->name);
        cJSON_ArrayForEach(name, binding->fields) if (!has_value(check, scope, name->valuestring))
            finding(check->found, place,
                    _("\"%s\" is no column, parameter or field that has a value here"),
                    name->valuestring);
        if (!strcmp(binding->parameter, "p_request"))
            finding(check->found, place, _("p_request is added by the program"));
        free(place);
    }
}

void check_source(struct check *check, const struct source *source,
                         const struct scope *scope, const char *pointer)
{
    char *where = xasprintf("%s/where", pointer);
    char *arguments = xasprintf("%s/arguments", pointer);
    if (!source->view == !source->function)
        finding(check->found, pointer, _("exactly one of \"view\" and \"function\" is needed"));
    if (source->function && source->where.count)
        finding(check->found, where,
                _("\"where\" belongs to a view; a function takes \"arguments\""));
    if (source->view && source->arguments.count)
        finding(check->found, arguments,
                _("\"arguments\" belong to a function; a view takes \"where\""));
    check_bindings(check, &source->where, scope, where);
    check_bindings(check, &source->arguments, scope, arguments);
    free(where);
    free(arguments);
}

void check_columns(struct check *check, const struct defined_columns *columns,
                          const char *pointer)
{
    bool shown = false;
    for (int i = 0; i < columns->count; i++) {
        const struct defined_column *column = &columns->items[i];
        char *place = xasprintf("%s/%d", pointer, i);
        shown = shown || !column->hidden;
        if (!column->hidden && !column->title.en)
            finding(check->found, place, _("a column that is shown needs a \"title\""));
        if (defined_columns_find(columns, column->name) != i)
            finding(check->found, place, _("the column \"%s\" is listed twice"), column->name);
        if (column->currency && column->currency_at < 0)
            finding(check->found, place, _("the currency column \"%s\" is not listed"),
                    column->currency);
        if (column->ends && column->ends_at < 0)
            finding(check->found, place, _("the column \"%s\" is not listed"), column->ends);
        if (column->share && (column->share_at[0] < 0 || column->share_at[1] < 0))
            finding(check->found, place, _("\"share\" names a column that is not listed"));
        if (column->format == FORMAT_MONEY && !column->currency)
            finding(check->found, place, _("a money column needs \"currency\""));
        if (column->reveal.function) {
            struct fields reason = {.items = &(struct defined_field){.name = "reason"}, .count = 1};
            struct scope scope = {{columns, NULL}, &reason, false, false, false};
            char *reveal = xasprintf("%s/reveal/arguments", place);
            check_bindings(check, &column->reveal.arguments, &scope, reveal);
            free(reveal);
        }
        free(place);
    }
    if (!shown)
        finding(check->found, pointer, _("no column is shown"));
}

void check_jump(struct check *check, const struct jump *jump, const struct scope *scope,
                       const char *pointer)
{
    const struct catalogue_entry *target;
    char *place = xasprintf("%s/arguments", pointer);
    char *screen = xasprintf("%s/screen", pointer);
    if (jump->screen) {
        target = catalogue_find(check->catalogue, jump->screen);
        if (!target)
            finding(check->found, screen, _("there is no screen \"%s\""), jump->screen);
        if (jump->screen_from && !has_value(check, scope, jump->screen_from))
            finding(check->found, pointer,
                    _("\"%s\" is no column, parameter or field that has a value here"),
                    jump->screen_from);
        check_bindings(check, &jump->arguments, scope, place);
    }
    free(screen);
    free(place);
}

void check_fields(struct check *check, const struct fields *fields,
                         const struct scope *row, const char *pointer)
{
    for (int i = 0; i < fields->count; i++) {
        const struct defined_field *field = &fields->items[i];
        char *place = xasprintf("%s/%d", pointer, i);
        if (field->type == FIELD_CHOICE && !field->value_count && !field->names.view)
            finding(check->found, place, _("a choice needs \"values\""));
        if (field->lookup) {
            struct scope scope = {{row ? row->columns[0] : NULL, row ? row->columns[1] : NULL},
                                  fields, false, false, false};
            char *lookup = xasprintf("%s/lookup", place);
            char *columns = xasprintf("%s/columns", lookup);
            char *source = xasprintf("%s/source", lookup);
            struct fields with_search = *fields;
            struct defined_field search = {.name = field->lookup->search};
            if (field->lookup->search)
                with_search = (struct fields){&search, 1};
            scope.fields = &with_search;
            if (field->lookup->search && field->lookup->source.view)
                finding(check->found, lookup,
                        _("\"search\" needs a function, which a view is not"));
            check_columns(check, &field->lookup->columns, columns);
            check_source(check, &field->lookup->source, &scope, source);
            if (defined_columns_find(&field->lookup->columns, field->lookup->value) < 0)
                finding(check->found, lookup, _("the column \"%s\" is not listed"),
                        field->lookup->value);
            free(lookup);
            free(columns);
            free(source);
        }
        for (int other = 0; other < i; other++)
            if (!strcmp(fields->items[other].name, field->name))
                finding(check->found, place, _("the field \"%s\" is listed twice"), field->name);
        free(place);
    }
}

static void check_when(struct check *check, const struct condition *when, int count,
                       const char *place)
{
    for (int i = 0; i < count; i++)
        if (when[i].column < 0)
            finding(check->found, place, _("\"when\" names a column that is not listed"));
}

static void check_action(struct check *check, const struct actions *actions, int at,
                         const struct scope *outer, const char *place)
{
    const struct defined_action *action = &actions->items[at];
    struct scope scope = *outer;
    char *arguments = xasprintf("%s/arguments", place);
    char *then = xasprintf("%s/then", place);
    char *ask = xasprintf("%s/ask", place);
    const char *taken = action->key ? action_key_taken(check->definition, action->key) : NULL;
    scope.fields = &action->ask;
    int named = !!action->function + !!action->form + !!action->screen + !!action->work;
    if (named > 1 || (!named && check->definition->kind != KIND_FLOW))
        finding(check->found, place, _("exactly one of function, form, screen and work is needed"));
    if (action->work && !work_find(action->work))
        finding(check->found, place, _("there is no work \"%s\""), action->work);
    if (action->form && !catalogue_find(check->catalogue, action->form))
        finding(check->found, place, _("there is no screen \"%s\""), action->form);
    if (action->screen && !catalogue_find(check->catalogue, action->screen))
        finding(check->found, place, _("there is no screen \"%s\""), action->screen);
    if (action->screen_from && !has_value(check, &scope, action->screen_from))
        finding(check->found, place,
                _("\"%s\" is no column, parameter or field that has a value here"),
                action->screen_from);
    if (taken)
        finding(check->found, place, _("the key %s is taken by \"%s\""), action->key, taken);
    for (int i = 0; i < at; i++) {
        if (action->key && actions->items[i].key && !strcmp(action->key, actions->items[i].key))
            finding(check->found, place, _("the key %s is bound twice"), action->key);
        if (!strcmp(action->name, actions->items[i].name))
            finding(check->found, place, _("the action \"%s\" is listed twice"), action->name);
    }
    /* "new" is what F6 does on this screen. */
    if (action_find(action->name) && strcmp(action->name, "new"))
        finding(check->found, place, _("\"%s\" is the name of an action of every screen"),
                action->name);
    check_when(check, action->when, action->when_count, place);
    check_bindings(check, &action->arguments, &scope, arguments);
    check_jump(check, &action->after.jump, &scope, then);
    check_jump(check, &action->offer.jump, &scope, place);
    for (int i = 0; i < action->ask.count; i++)
        check_when(check, action->ask.items[i].when, action->ask.items[i].when_count, ask);
    check_fields(check, &action->ask, &scope, ask);
    free(arguments);
    free(then);
    free(ask);
}

void check_actions(struct check *check, const struct actions *actions,
                          const struct scope *scope, const char *pointer)
{
    for (int i = 0; i < actions->count; i++) {
        char *place = xasprintf("%s/%d", pointer, i);
        check_action(check, actions, i, scope, place);
        free(place);
    }
}

void check_key(struct check *check, const int *key, int key_count,
                      const struct order *order, int order_count, bool keyset, const char *pointer)
{
    char *order_place = xasprintf("%s/order", pointer);
    char *key_place = xasprintf("%s/key", pointer);
    for (int i = 0; i < order_count; i++)
        if (order[i].column < 0)
            finding(check->found, order_place, _("a column of the order is not listed"));
    for (int i = 0; i < key_count; i++) {
        bool ordered = false;
        if (key[i] < 0) {
            finding(check->found, key_place, _("a column of the key is not listed"));
            continue;
        }
        for (int j = 0; j < order_count; j++)
            ordered = ordered || order[j].column == key[i];
        if (keyset && !ordered)
            finding(check->found, order_place,
                    _("every column of the key must stand in the order"));
    }
    if (keyset && (!order_count || !key_count))
        finding(check->found, pointer, _("a list over a view needs \"order\" and \"key\""));
    free(order_place);
    free(key_place);
}
