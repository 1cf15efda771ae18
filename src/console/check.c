#include "console/check.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/check_part.h"
#include "console/flow.h"

#include <stdlib.h>
#include <string.h>

static void check_filters(struct check *check)
{
    const struct definition *definition = check->definition;
    for (int i = 0; i < definition->filter_count; i++) {
        const struct defined_filter *filter = &definition->filters[i];
        char *place = xasprintf("/filters/%d", i);
        if (!filter->column == !filter->argument)
            finding(check->found, place, _("exactly one of \"column\" and \"argument\" is needed"));
        if (filter->column && definition->source.function)
            finding(check->found, place, _("a function source is filtered by \"argument\""));
        if (filter->argument && definition->source.view)
            finding(check->found, place, _("a view is filtered by \"column\""));
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
        finding(check->found, "/search", _("\"search\" needs a function source"));
    if (definition->position &&
        defined_columns_find(&definition->columns, definition->position) < 0)
        finding(check->found, "/position", _("the column \"%s\" is not listed"),
                definition->position);
    if (definition->command && !check_has_filter(definition, definition->command) &&
        !check_has_parameter(definition, definition->command))
        finding(check->found, "/command", _("\"%s\" is no filter and no parameter"),
                definition->command);
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
            finding(check->found, "/totals", _("a column of the totals is not listed"));
    if (definition->sheet == -2)
        finding(check->found, "/sheet", _("this column is not listed"));
    if (definition->chart.kind && (definition->chart.x < 0 || definition->chart.y < 0))
        finding(check->found, "/chart", _("a column of the chart is not listed"));
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
    if (definition->command && !check_has_field(&definition->fields, definition->command))
        finding(check->found, "/command", _("there is no field \"%s\""), definition->command);
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
        finding(check->found, place, _("a timeline reads a view"));
    if (panel->kind == PANEL_CHART &&
        (!panel->chart.kind || panel->chart.x < 0 || panel->chart.y < 0))
        finding(check->found, pointer, _("a chart needs \"chart\" with listed columns"));
    if (check->definition->kind == KIND_VIEW && panel->page > check->definition->page_count)
        finding(check->found, pointer, _("page %d has no name in \"pages\""), panel->page);
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
        finding(check->found, "/panels", _("a view needs a panel of kind fields"));
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
        finding(check->found, "/kind", _("this program has no flow of that name"));
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
            finding(check->found, "/actions",
                    _("exactly one of function, form, screen and work is needed"));
    }
    check_actions(check, &definition->actions, &scope, "/actions");
}

int check_references(const struct definition *definition, const char *name,
                     const struct catalogue *catalogue, schema_report report, void *data)
{
    struct findings found = {report, data, 0};
    struct check check = {definition, catalogue, &found};
    const struct catalogue_entry *same =
        definition->code ? catalogue_find_code(catalogue, definition->code) : NULL;
    if (strcmp(definition->name, name) != 0)
        finding(check.found, "/name", _("must be \"%s\", as the file is called"), name);
    if (same && strcmp(same->name, name) != 0)
        finding(check.found, "/code", _("the code \"%s\" belongs to the screen \"%s\""),
                definition->code, same->name);
    if (definition->code && command_is_reserved(definition->code))
        finding(check.found, "/code", _("\"%s\" is a command of every screen"), definition->code);
    if (command_is_reserved(definition->name))
        finding(check.found, "/name", _("\"%s\" is a command of every screen"), definition->name);
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
    return found.count;
}
