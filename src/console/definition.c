#include "console/definition_part.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/language.h"
#include "console/part.h"

#include <stdlib.h>
#include <string.h>

const char *both_text(const struct both *both)
{
    const char *text = language_current() == LANGUAGE_CHINESE ? both->zh : both->en;
    return text ? text : "";
}

bool definition_cell(const struct definition *definition, const char *name,
                     struct place_of_cell *place)
{
    const char *dot = strchr(name, '.');
    if (!dot || dot[1] < '1' || dot[1] > '9' || dot[2] != '.')
        return false;
    for (int i = 0; i < definition->panel_count; i++) {
        const struct defined_panel *panel = &definition->panels[i];
        size_t length = strlen(panel->name);
        if (length != (size_t)(dot - name) || strncmp(name, panel->name, length) != 0)
            continue;
        *place = (struct place_of_cell){i, dot[1] - '1',
                                        defined_columns_find(&panel->columns, dot + 3)};
        return place->column >= 0;
    }
    return false;
}

int defined_columns_find(const struct defined_columns *columns, const char *name)
{
    for (int i = 0; name && i < columns->count; i++)
        if (!strcmp(columns->items[i].name, name))
            return i;
    return -1;
}

const struct named_value *named_value_find(const struct named_value *values, int count,
                                           const char *value)
{
    for (int i = 0; value && i < count; i++)
        if (!strcmp(values[i].value, value))
            return &values[i];
    return NULL;
}

static enum screen_kind kind_of(const char *name)
{
    static const char *const kinds[] = {"list", "form", "view", "report", "menu", "flow"};
    for (int i = 0; i < (int)ARRAY_LENGTH(kinds); i++)
        if (!strcmp(kinds[i], name))
            return (enum screen_kind)i;
    return KIND_FLOW;
}

static const char **read_names(const cJSON *json, const char *member, int *count)
{
    const cJSON *item, *array = json_member(json, member);
    const char **names = xcalloc((size_t)cJSON_GetArraySize(array) + 1, sizeof *names);
    cJSON_ArrayForEach(item, array)
        names[(*count)++] = item->valuestring;
    return names;
}

static void read_common(struct definition *definition, const cJSON *json)
{
    const cJSON *menu = json_member(json, "menu");
    definition->name = json_string(json, "name", "");
    definition->code = json_string(json, "code", NULL);
    definition->kind = kind_of(json_string(json, "kind", ""));
    definition->title = read_both(json, "title");
    definition->help = read_both(json, "help");
    definition->empty = read_both(json, "empty");
    definition->notes = read_both(json, "notes");
    definition->roles = read_roles(json);
    definition->menu_group = json_string(menu, "group", NULL);
    definition->menu_order = json_int(menu, "order", 0);
    definition->refresh = json_int(json, "refresh", 0);
    definition->ahead = json_int(json, "ahead", 0);
    definition->machine = json_bool(json, "machine", false);
    definition->search = json_string(json, "search", NULL);
    definition->command = json_string(json, "command", NULL);
    definition->position = json_string(json, "position", NULL);
    definition->parameters = read_names(json, "parameters", &definition->parameter_count);
    definition->given = read_names(json, "values", &definition->given_count);
}

static void read_rows(struct definition *definition, const cJSON *json)
{
    definition->source = read_source(json, "source");
    definition->columns = read_columns(json, "columns");
    definition->key = read_column_names(json, "key", &definition->columns, &definition->key_count);
    definition->order = read_order(json, &definition->columns, &definition->order_count);
    definition->filters = read_filters(json, &definition->filter_count);
    definition->enter = read_jump(json, "enter");
    definition->totals =
        read_column_names(json, "totals", &definition->columns, &definition->total_count);
    definition->chart = read_chart(json, &definition->columns);
    const char *sheet = json_string(json, "sheet", NULL);
    int at = sheet ? defined_columns_find(&definition->columns, sheet) : -1;
    definition->sheet = sheet && at < 0 ? -2 : at;
}

static void read_submit(struct definition *definition, const cJSON *json)
{
    const cJSON *submit = json_member(json, "submit");
    definition->fields = read_fields(json, "fields");
    definition->load = read_source(json, "load");
    definition->conflict = read_source(json, "conflict");
    definition->presence = read_source(json, "presence");
    definition->leave = read_source(json, "leave");
    definition->submit = (struct submit){
        .title = read_both(submit, "title"),
        .function = json_string(submit, "function", NULL),
        .arguments = read_bindings(submit, "arguments"),
        .danger = read_danger(submit),
        .label = json_string(submit, "label", NULL),
        .after = read_after(submit),
        .offer = read_offer(submit),
    };
}

static void read_pages(struct definition *definition, const cJSON *json)
{
    const cJSON *item, *pages = json_member(json, "pages");
    definition->pages = xcalloc((size_t)cJSON_GetArraySize(pages) + 1, sizeof *definition->pages);
    cJSON_ArrayForEach(item, pages) definition->pages[definition->page_count++] =
        (struct both){json_string(item, "en", ""), json_string(item, "zh", "")};
    definition->panels = read_panels(json, &definition->panel_count);
}

static void read_groups(struct definition *definition, const cJSON *json)
{
    const cJSON *item, *groups = json_member(json, "groups");
    definition->groups =
        xcalloc((size_t)cJSON_GetArraySize(groups) + 1, sizeof *definition->groups);
    cJSON_ArrayForEach(item, groups) definition->groups[definition->group_count++] =
        (struct group){json_string(item, "name", ""), read_both(item, "title")};
}

const struct defined_columns *definition_action_columns(const struct definition *definition)
{
    for (int i = 0; i < definition->panel_count; i++)
        if (definition->panels[i].kind == PANEL_FIELDS)
            return &definition->panels[i].columns;
    if (definition->kind == KIND_FLOW && definition->panel_count)
        return &definition->panels[0].columns;
    return &definition->columns;
}

struct definition *definition_new(cJSON *json)
{
    struct definition *definition = xcalloc(1, sizeof *definition);
    definition->json = json;
    read_common(definition, json);
    read_rows(definition, json);
    read_submit(definition, json);
    read_pages(definition, json);
    read_groups(definition, json);
    definition->actions = read_actions(json, definition_action_columns(definition));
    definition->label =
        defined_columns_find(definition_action_columns(definition),
                                             json_string(json, "label", ""));
    return definition;
}

static bool is_field(const struct fields *fields, const char *name)
{
    for (int i = 0; i < fields->count; i++)
        if (!strcmp(fields->items[i].name, name))
            return true;
    return false;
}

struct defined_columns definition_load(const struct definition *definition,
                                       bool (*given)(void *data, const char *name), void *data,
                                       struct defined_column *items)
{
    const struct bindings *arguments = &definition->submit.arguments;
    struct defined_columns all = {items, 0};
    memset(items, 0, LOAD_MOST * sizeof *items);
    for (int i = 0; i < definition->fields.count && all.count < LOAD_MOST; i++) {
        const struct defined_field *field = &definition->fields.items[i];
        if (field->loaded && field->type != FIELD_PASSWORD && !given(data, field->name))
            items[all.count++].name = field->name;
    }
    for (int i = 0; i < arguments->count && all.count < LOAD_MOST; i++) {
        const char *name = arguments->items[i].name;
        if (name && name[0] != '@' && !is_field(&definition->fields, name) &&
            defined_columns_find(&all, name) < 0 && !given(data, name))
            items[all.count++].name = name;
    }
    return all;
}

void definition_free(struct definition *definition)
{
    if (!definition)
        return;
    source_free(&definition->source);
    source_free(&definition->load);
    source_free(&definition->conflict);
    source_free(&definition->presence);
    source_free(&definition->leave);
    defined_columns_free(&definition->columns);
    fields_free(&definition->fields);
    actions_free(&definition->actions);
    panels_free(definition->panels, definition->panel_count);
    for (int i = 0; i < definition->filter_count; i++)
        free(definition->filters[i].values);
    free(definition->filters);
    free(definition->key);
    free(definition->order);
    free(definition->totals);
    free(definition->enter.arguments.items);
    free(definition->submit.arguments.items);
    free(definition->submit.after.jump.arguments.items);
    free(definition->submit.offer.jump.arguments.items);
    free(definition->pages);
    free(definition->groups);
    free(definition->parameters);
    free(definition->given);
    parts_free(definition->parts);
    cJSON_Delete(definition->json);
    free(definition);
}
