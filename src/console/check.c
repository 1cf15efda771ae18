#include "console/check.h"
#include "console/file_field.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/action.h"
#include "console/flow.h"
#include "console/work.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
    const struct definition *definition;
    const struct catalogue *catalogue;
    schema_report report;
    void *data;
    int findings;
};

/* Where a value may come from at a place of the file. */
struct scope {
    const struct defined_columns *columns[2];
    const struct fields *fields;
    bool filters, search;
    bool loads; /* of what submit needs, a form asks its source for the rest */
};

static void __attribute__((format(printf, 3, 4)))
finding(struct check *check, const char *pointer, const char *what, ...)
{
    char text[512];
    va_list list;
    va_start(list, what);
    vsnprintf(text, sizeof text, what, list);
    va_end(list);
    check->findings++;
    check->report(check->data, pointer, text);
}

static bool has_field(const struct fields *fields, const char *name)
{
    for (int i = 0; fields && i < fields->count; i++)
        if (!strcmp(fields->items[i].name, name))
            return true;
    return fields && file_field_named(fields, name);
}

static bool has_filter(const struct definition *definition, const char *name)
{
    for (int i = 0; i < definition->filter_count; i++)
        if (!strcmp(definition->filters[i].name, name))
            return true;
    return false;
}

static bool has_parameter(const struct definition *definition, const char *name)
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
    if (name[0] == '@' || scope->loads || has_parameter(definition, name) ||
        has_field(scope->fields, name) || is_given(definition, name))
        return true;
    struct place_of_cell cell;
    if (definition->kind == KIND_VIEW && definition_cell(definition, name, &cell))
        return true;
    if (scope->filters && has_filter(definition, name))
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

static void check_bindings(struct check *check, const struct bindings *bindings,
                           const struct scope *scope, const char *pointer)
{
    for (int i = 0; i < bindings->count; i++) {
        const struct binding *binding = &bindings->items[i];
        const cJSON *name;
        char *place = xasprintf("%s/%s", pointer, binding->parameter);
        if (binding->name && !all_have_value(check, scope, binding->name))
            finding(check, place,
                    _("\"%s\" is no column, parameter or field that has a value here"),
                    binding->name);
        cJSON_ArrayForEach(name, binding->fields) if (!has_value(check, scope, name->valuestring))
            finding(check, place,
                    _("\"%s\" is no column, parameter or field that has a value here"),
                    name->valuestring);
        if (!strcmp(binding->parameter, "p_request"))
            finding(check, place, _("p_request is added by the program"));
        free(place);
    }
}

static void check_source(struct check *check, const struct source *source,
                         const struct scope *scope, const char *pointer)
{
    char *where = xasprintf("%s/where", pointer);
    char *arguments = xasprintf("%s/arguments", pointer);
    if (!source->view == !source->function)
        finding(check, pointer, _("exactly one of \"view\" and \"function\" is needed"));
    if (source->function && source->where.count)
        finding(check, where, _("\"where\" belongs to a view; a function takes \"arguments\""));
    if (source->view && source->arguments.count)
        finding(check, arguments, _("\"arguments\" belong to a function; a view takes \"where\""));
    check_bindings(check, &source->where, scope, where);
    check_bindings(check, &source->arguments, scope, arguments);
    free(where);
    free(arguments);
}

static void check_columns(struct check *check, const struct defined_columns *columns,
                          const char *pointer)
{
    bool shown = false;
    for (int i = 0; i < columns->count; i++) {
        const struct defined_column *column = &columns->items[i];
        char *place = xasprintf("%s/%d", pointer, i);
        shown = shown || !column->hidden;
        if (!column->hidden && !column->title.en)
            finding(check, place, _("a column that is shown needs a \"title\""));
        if (defined_columns_find(columns, column->name) != i)
            finding(check, place, _("the column \"%s\" is listed twice"), column->name);
        if (column->currency && column->currency_at < 0)
            finding(check, place, _("the currency column \"%s\" is not listed"), column->currency);
        if (column->ends && column->ends_at < 0)
            finding(check, place, _("the column \"%s\" is not listed"), column->ends);
        if (column->share && (column->share_at[0] < 0 || column->share_at[1] < 0))
            finding(check, place, _("\"share\" names a column that is not listed"));
        if (column->format == FORMAT_MONEY && !column->currency)
            finding(check, place, _("a money column needs \"currency\""));
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
        finding(check, pointer, _("no column is shown"));
}

static void check_jump(struct check *check, const struct jump *jump, const struct scope *scope,
                       const char *pointer)
{
    const struct catalogue_entry *target;
    char *place = xasprintf("%s/arguments", pointer);
    char *screen = xasprintf("%s/screen", pointer);
    if (jump->screen) {
        target = catalogue_find(check->catalogue, jump->screen);
        if (!target)
            finding(check, screen, _("there is no screen \"%s\""), jump->screen);
        if (jump->screen_from && !has_value(check, scope, jump->screen_from))
            finding(check, pointer,
                    _("\"%s\" is no column, parameter or field that has a value here"),
                    jump->screen_from);
        check_bindings(check, &jump->arguments, scope, place);
    }
    free(screen);
    free(place);
}

/* `row`: the columns under the cursor that a lookup may name beside the fields; NULL: none. */
static void check_fields(struct check *check, const struct fields *fields,
                         const struct scope *row, const char *pointer)
{
    for (int i = 0; i < fields->count; i++) {
        const struct defined_field *field = &fields->items[i];
        char *place = xasprintf("%s/%d", pointer, i);
        if (field->type == FIELD_CHOICE && !field->value_count && !field->names.view)
            finding(check, place, _("a choice needs \"values\""));
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
                finding(check, lookup, _("\"search\" needs a function, which a view is not"));
            check_columns(check, &field->lookup->columns, columns);
            check_source(check, &field->lookup->source, &scope, source);
            if (defined_columns_find(&field->lookup->columns, field->lookup->value) < 0)
                finding(check, lookup, _("the column \"%s\" is not listed"), field->lookup->value);
            free(lookup);
            free(columns);
            free(source);
        }
        for (int other = 0; other < i; other++)
            if (!strcmp(fields->items[other].name, field->name))
                finding(check, place, _("the field \"%s\" is listed twice"), field->name);
        free(place);
    }
}

static void check_when(struct check *check, const struct condition *when, int count, const char *place)
{
    for (int i = 0; i < count; i++)
        if (when[i].column < 0)
            finding(check, place, _("\"when\" names a column that is not listed"));
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
        finding(check, place, _("exactly one of function, form, screen and work is needed"));
    if (action->work && !work_find(action->work))
        finding(check, place, _("there is no work \"%s\""), action->work);
    if (action->form && !catalogue_find(check->catalogue, action->form))
        finding(check, place, _("there is no screen \"%s\""), action->form);
    if (action->screen && !catalogue_find(check->catalogue, action->screen))
        finding(check, place, _("there is no screen \"%s\""), action->screen);
    if (action->screen_from && !has_value(check, &scope, action->screen_from))
        finding(check, place, _("\"%s\" is no column, parameter or field that has a value here"),
                action->screen_from);
    if (taken)
        finding(check, place, _("the key %s is taken by \"%s\""), action->key, taken);
    for (int i = 0; i < at; i++) {
        if (action->key && actions->items[i].key && !strcmp(action->key, actions->items[i].key))
            finding(check, place, _("the key %s is bound twice"), action->key);
        if (!strcmp(action->name, actions->items[i].name))
            finding(check, place, _("the action \"%s\" is listed twice"), action->name);
    }
    /* "new" is what F6 does on this screen. */
    if (action_find(action->name) && strcmp(action->name, "new"))
        finding(check, place, _("\"%s\" is the name of an action of every screen"), action->name);
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

static void check_actions(struct check *check, const struct actions *actions,
                          const struct scope *scope, const char *pointer)
{
    for (int i = 0; i < actions->count; i++) {
        char *place = xasprintf("%s/%d", pointer, i);
        check_action(check, actions, i, scope, place);
        free(place);
    }
}

/* Each key column must be listed, and for keyset pages also stand in the order. */
static void check_key(struct check *check, const int *key, int key_count,
                      const struct order *order, int order_count, bool keyset, const char *pointer)
{
    char *order_place = xasprintf("%s/order", pointer);
    char *key_place = xasprintf("%s/key", pointer);
    for (int i = 0; i < order_count; i++)
        if (order[i].column < 0)
            finding(check, order_place, _("a column of the order is not listed"));
    for (int i = 0; i < key_count; i++) {
        bool ordered = false;
        if (key[i] < 0) {
            finding(check, key_place, _("a column of the key is not listed"));
            continue;
        }
        for (int j = 0; j < order_count; j++)
            ordered = ordered || order[j].column == key[i];
        if (keyset && !ordered)
            finding(check, order_place, _("every column of the key must stand in the order"));
    }
    if (keyset && (!order_count || !key_count))
        finding(check, pointer, _("a list over a view needs \"order\" and \"key\""));
    free(order_place);
    free(key_place);
}

static void check_filters(struct check *check)
{
    const struct definition *definition = check->definition;
    for (int i = 0; i < definition->filter_count; i++) {
        const struct defined_filter *filter = &definition->filters[i];
        char *place = xasprintf("/filters/%d", i);
        if (!filter->column == !filter->argument)
            finding(check, place, _("exactly one of \"column\" and \"argument\" is needed"));
        if (filter->column && definition->source.function)
            finding(check, place, _("a function source is filtered by \"argument\""));
        if (filter->argument && definition->source.view)
            finding(check, place, _("a view is filtered by \"column\""));
        free(place);
    }
}

static void check_list(struct check *check)
{
    const struct definition *definition = check->definition;
    struct scope source = {{NULL, NULL}, &definition->fields, true, true, false};
    struct scope row = {{&definition->columns, NULL}, NULL, true, true, false};
    check_columns(check, &definition->columns, "/columns");
    check_source(check, &definition->source, &source, "/source");
    check_filters(check);
    check_key(check, definition->key, definition->key_count, definition->order,
              definition->order_count, definition->source.view != NULL, "");
    if (definition->search && !definition->source.function)
        finding(check, "/search", _("\"search\" needs a function source"));
    if (definition->position && defined_columns_find(&definition->columns, definition->position) < 0)
        finding(check, "/position", _("the column \"%s\" is not listed"), definition->position);
    if (definition->command && !has_filter(definition, definition->command) &&
        !has_parameter(definition, definition->command))
        finding(check, "/command", _("\"%s\" is no filter and no parameter"), definition->command);
    check_jump(check, &definition->enter, &row, "/enter");
    check_actions(check, &definition->actions, &row, "/actions");
}

static void check_report(struct check *check)
{
    const struct definition *definition = check->definition;
    struct scope scope = {{NULL, NULL}, &definition->fields, false, false, false};
    check_columns(check, &definition->columns, "/columns");
    check_fields(check, &definition->fields, NULL, "/fields");
    check_source(check, &definition->source, &scope, "/source");
    for (int i = 0; i < definition->total_count; i++)
        if (definition->totals[i] < 0)
            finding(check, "/totals", _("a column of the totals is not listed"));
    if (definition->sheet == -2)
        finding(check, "/sheet", _("this column is not listed"));
    if (definition->chart.kind && (definition->chart.x < 0 || definition->chart.y < 0))
        finding(check, "/chart", _("a column of the chart is not listed"));
}

static void check_form(struct check *check)
{
    const struct definition *definition = check->definition;
    struct scope parameters = {{NULL, NULL}, NULL, false, false, false};
    struct scope fields = {{NULL, NULL}, &definition->fields, false, false, false};
    struct scope sent = fields;
    check_fields(check, &definition->fields, NULL, "/fields");
    if (definition->load.view || definition->load.function)
        check_source(check, &definition->load, &parameters, "/load");
    if (definition->conflict.function || definition->conflict.view)
        check_source(check, &definition->conflict, &parameters, "/conflict");
    if (definition->presence.function || definition->presence.view)
        check_source(check, &definition->presence, &parameters, "/presence");
    if (definition->leave.function || definition->leave.view)
        check_source(check, &definition->leave, &parameters, "/leave");
    sent.loads = definition->load.view || definition->load.function;
    check_bindings(check, &definition->submit.arguments, &sent, "/submit/arguments");
    check_jump(check, &definition->submit.after.jump, &fields, "/submit/then");
    check_jump(check, &definition->submit.offer.jump, &fields, "/submit/offer");
    if (definition->command && !has_field(&definition->fields, definition->command))
        finding(check, "/command", _("there is no field \"%s\""), definition->command);
}

static void check_panel(struct check *check, const struct defined_panel *panel,
                        const struct defined_columns *main, const char *pointer)
{
    struct scope source = {{NULL, NULL}, NULL, false, false, false};
    struct scope row = {{&panel->columns, main}, NULL, false, false, false};
    char *place = xasprintf("%s/source", pointer);
    char *columns = xasprintf("%s/columns", pointer);
    char *enter = xasprintf("%s/enter", pointer);
    char *actions = xasprintf("%s/actions", pointer);
    check_columns(check, &panel->columns, columns);
    check_source(check, &panel->source, &source, place);
    check_key(check, panel->key, panel->key_count, panel->order, panel->order_count,
              panel->kind == PANEL_TIMELINE, pointer);
    if (panel->kind == PANEL_TIMELINE && !panel->source.view)
        finding(check, place, _("a timeline reads a view"));
    if (panel->kind == PANEL_CHART &&
        (!panel->chart.kind || panel->chart.x < 0 || panel->chart.y < 0))
        finding(check, pointer, _("a chart needs \"chart\" with listed columns"));
    if (check->definition->kind == KIND_VIEW && panel->page > check->definition->page_count)
        finding(check, pointer, _("page %d has no name in \"pages\""), panel->page);
    check_jump(check, &panel->enter, &row, enter);
    check_actions(check, &panel->actions, &row, actions);
    free(place);
    free(columns);
    free(enter);
    free(actions);
}

static void check_view(struct check *check)
{
    const struct definition *definition = check->definition;
    const struct defined_columns *main = NULL;
    for (int i = 0; i < definition->panel_count && !main; i++)
        if (definition->panels[i].kind == PANEL_FIELDS)
            main = &definition->panels[i].columns;
    struct scope parameters = {{NULL, NULL}, NULL, false, false, false};
    if (definition->leave.function || definition->leave.view)
        check_source(check, &definition->leave, &parameters, "/leave");
    if (!main)
        finding(check, "/panels", _("a view needs a panel of kind fields"));
    for (int i = 0; i < definition->panel_count; i++) {
        char *place = xasprintf("/panels/%d", i);
        check_panel(check, &definition->panels[i], main, place);
        free(place);
    }
    struct scope scope = {{main, NULL}, NULL, false, false, false};
    check_actions(check, &definition->actions, &scope, "/actions");
}

static void check_flow(struct check *check)
{
    const struct definition *definition = check->definition;
    struct scope scope = {{NULL, NULL}, NULL, false, false, false};
    const struct flow *flow = flow_find(definition->name);
    if (!flow)
        finding(check, "/kind", _("this program has no flow of that name"));
    for (int i = 0; i < definition->panel_count; i++) {
        char *place = xasprintf("/panels/%d", i);
        check_panel(check, &definition->panels[i], NULL, place);
        if (definition->panels[i].kind == PANEL_FIELDS && !scope.columns[0])
            scope.columns[0] = &definition->panels[i].columns;
        free(place);
    }
    if (!scope.columns[0] && definition->panel_count)
        scope.columns[0] = &definition->panels[0].columns;
    for (int i = 0; flow && i < definition->actions.count; i++) {
        const struct defined_action *action = &definition->actions.items[i];
        if (!action->function && !action->form && !action->screen && !action->work &&
            !flow->ops->perform)
            finding(check, "/actions", _("exactly one of function, form, screen and work is needed"));
    }
    check_actions(check, &definition->actions, &scope, "/actions");
}

int check_references(const struct definition *definition, const char *name,
                     const struct catalogue *catalogue, schema_report report, void *data)
{
    struct check check = {definition, catalogue, report, data, 0};
    const struct catalogue_entry *same =
        definition->code ? catalogue_find_code(catalogue, definition->code) : NULL;
    if (strcmp(definition->name, name) != 0)
        finding(&check, "/name", _("must be \"%s\", as the file is called"), name);
    if (same && strcmp(same->name, name) != 0)
        finding(&check, "/code", _("the code \"%s\" belongs to the screen \"%s\""),
                definition->code, same->name);
    if (definition->code && command_is_reserved(definition->code))
        finding(&check, "/code", _("\"%s\" is a command of every screen"), definition->code);
    if (command_is_reserved(definition->name))
        finding(&check, "/name", _("\"%s\" is a command of every screen"), definition->name);
    switch (definition->kind) {
    case KIND_LIST:
        check_list(&check);
        break;
    case KIND_REPORT:
        check_report(&check);
        break;
    case KIND_FORM:
        check_form(&check);
        break;
    case KIND_VIEW:
        check_view(&check);
        break;
    case KIND_FLOW:
        check_flow(&check);
        break;
    case KIND_MENU:
        break;
    }
    return check.findings;
}
