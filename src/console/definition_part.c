#include "console/definition_part.h"

#include "base/alloc.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

int read_word(const char *text, const char *const *names)
{
    for (int i = 0; text && names[i]; i++)
        if (!strcmp(names[i], text))
            return i;
    return 0;
}

void *read_array(const cJSON *array, size_t size, int *count)
{
    *count = cJSON_GetArraySize(array);
    return *count ? xcalloc((size_t)*count, size) : NULL;
}

struct both read_both(const cJSON *object, const char *name)
{
    const cJSON *both = json_member(object, name);
    return (struct both){json_string(both, "en", NULL), json_string(both, "zh", NULL)};
}

struct bindings read_bindings(const cJSON *object, const char *name)
{
    struct bindings bindings;
    const cJSON *item, *array = json_member(object, name);
    int at = 0;
    bindings.items = read_array(array, sizeof *bindings.items, &bindings.count);
    cJSON_ArrayForEach(item, array)
    {
        struct binding *binding = &bindings.items[at++];
        binding->parameter = item->string;
        binding->name = cJSON_IsString(item) ? item->valuestring : NULL;
        binding->value = cJSON_IsString(item) ? NULL : json_string(item, "value", "");
        binding->fields = json_member(item, "fields");
    }
    return bindings;
}

struct source read_source(const cJSON *object, const char *name)
{
    const cJSON *source = json_member(object, name);
    return (struct source){
        .view = json_string(source, "view", NULL),
        .where = read_bindings(source, "where"),
        .function = json_string(source, "function", NULL),
        .arguments = read_bindings(source, "arguments"),
        .limit = json_string(source, "limit", NULL),
    };
}

static const char *const styles[] = {"normal",  "strong", "muted", "good",
                                     "warning", "danger", NULL};
static const enum style style_of[] = {STYLE_NORMAL, STYLE_ACCENT,  STYLE_MUTED,
                                      STYLE_GOOD,   STYLE_WARNING, STYLE_DANGER};
static const char *const formats[] = {"text", "integer", "money",   "date",  "month", "datetime",
                                      "time", "due",     "percent", "badge", "bool",  "masked",
                                      NULL};
/* Cells of a column without a width, by format. */
static const int widths[] = {16, 8, 16, 10, 7, 16, 5, 8, 7, 10, 4, 14};

enum format read_format(const cJSON *object)
{
    return read_word(json_string(object, "format", "text"), formats);
}

struct named_value *read_values(const cJSON *object, int *count)
{
    const cJSON *item, *array = json_member(object, "values"),
                       *style = json_member(object, "style");
    struct named_value *values;
    int at = 0, styled = cJSON_GetArraySize(style);
    *count = cJSON_GetArraySize(array);
    if (!*count && !styled)
        return NULL;
    values = xcalloc((size_t)(*count + styled), sizeof *values);
    cJSON_ArrayForEach(item, array)
    {
        struct named_value *value = &values[at++];
        if (cJSON_IsArray(array)) {
            value->value = json_string(item, "value", "");
            value->title = read_both(item, "title");
        } else {
            value->value = item->string;
            value->title = (struct both){json_string(item, "en", ""), json_string(item, "zh", "")};
        }
    }
    cJSON_ArrayForEach(item, style)
    {
        struct named_value *value =
            (struct named_value *)named_value_find(values, at, item->string);
        if (!value) {
            value = &values[at++];
            value->value = item->string;
        }
        value->style = style_of[read_word(item->valuestring, styles)];
    }
    *count = at;
    return values;
}

struct defined_names read_code_list(const cJSON *object)
{
    const cJSON *names = json_member(object, "names");
    return (struct defined_names){.view = json_string(names, "view", NULL),
                                  .value = json_string(names, "value", ""),
                                  .en = json_string(names, "en", ""),
                                  .zh = json_string(names, "zh", ""),
                                  .order = json_string(names, "order", NULL),
                                  .own = -1};
}

static void read_column(struct defined_column *column, const cJSON *item)
{
    const cJSON *sort = json_member(item, "sort");
    column->name = json_string(item, "name", "");
    column->english = json_string(item, "english", NULL);
    column->title = read_both(item, "title");
    column->help = read_both(item, "help");
    column->format = read_format(item);
    column->width = json_int(item, "width", widths[column->format]);
    column->right = !strcmp(json_string(item, "align", ""), "right") ||
                    (!json_member(item, "align") &&
                     (column->format == FORMAT_INTEGER || column->format == FORMAT_MONEY ||
                      column->format == FORMAT_PERCENT || column->format == FORMAT_DUE));
    column->currency = json_string(item, "currency", NULL);
    column->currency_at = -1;
    column->ends = json_string(item, "ends", NULL);
    column->whole = json_string(item, "whole", NULL);
    column->ends_at = -1;
    column->flex = json_int(item, "flex", 0);
    column->least = json_int(item, "least", 0);
    column->most = json_int(item, "most", 0);
    column->priority = json_int(item, "priority", 1);
    column->values = read_values(item, &column->value_count);
    column->names = read_code_list(item);
    column->hidden = json_bool(item, "hidden", false);
    column->sortable = !cJSON_IsFalse(sort);
    column->reveal.function = json_string(json_member(item, "reveal"), "function", NULL);
    column->reveal.arguments = read_bindings(json_member(item, "reveal"), "arguments");
    column->reveal.roles = read_roles(json_member(item, "reveal"));
}

static void read_share(const struct defined_columns *columns, int column, const cJSON *item)
{
    const cJSON *share = json_member(item, "share");
    columns->items[column].share = share != NULL;
    for (int part = 0; part < 2; part++)
        columns->items[column].share_at[part] = defined_columns_find(
            columns, cJSON_GetStringValue(cJSON_GetArrayItem(share, part)));
}

struct defined_columns read_columns(const cJSON *object, const char *name)
{
    struct defined_columns columns;
    const cJSON *item, *array = json_member(object, name);
    int at = 0;
    columns.items = read_array(array, sizeof *columns.items, &columns.count);
    cJSON_ArrayForEach(item, array) read_column(&columns.items[at++], item);
    for (int i = 0; i < columns.count; i++) {
        columns.items[i].currency_at = defined_columns_find(&columns, columns.items[i].currency);
        columns.items[i].ends_at = defined_columns_find(&columns, columns.items[i].ends);
        read_share(&columns, i, cJSON_GetArrayItem(array, i));
    }
    return columns;
}

struct order *read_order(const cJSON *object, const struct defined_columns *columns, int *count)
{
    const cJSON *item, *array = json_member(object, "order");
    struct order *order = read_array(array, sizeof *order, count);
    int at = 0;
    cJSON_ArrayForEach(item, array)
    {
        order[at].column = defined_columns_find(columns, json_string(item, "column", ""));
        order[at++].descending = json_bool(item, "descending", false);
    }
    return order;
}

int *read_column_names(const cJSON *object, const char *name, const struct defined_columns *columns,
                       int *count)
{
    const cJSON *item, *array = json_member(object, name);
    int *names = read_array(array, sizeof *names, count);
    int at = 0;
    cJSON_ArrayForEach(item, array) names[at++] = defined_columns_find(columns, item->valuestring);
    return names;
}

struct jump read_jump(const cJSON *object, const char *name)
{
    const cJSON *jump = json_member(object, name);
    return (struct jump){json_string(jump, "screen", NULL), json_string(jump, "screen_from", NULL),
                         read_bindings(jump, "arguments")};
}

unsigned role_bit(const char *name)
{
    static const char *const names[] = {"clerk", "rm", "supervisor", "auditor", "admin", NULL};
    for (int i = 0; names[i]; i++)
        if (!strcmp(name, names[i]))
            return 1u << i;
    return 0;
}

unsigned read_roles(const cJSON *object)
{
    const cJSON *item, *array = json_member(object, "roles");
    unsigned roles = 0;
    cJSON_ArrayForEach(item, array) roles |= role_bit(item->valuestring);
    return roles ? roles : ROLE_ALL;
}

struct defined_filter *read_filters(const cJSON *object, int *count)
{
    static const char *const operations[] = {"=", "prefix", ">=", "<=", "contains", "in", NULL};
    const cJSON *item, *array = json_member(object, "filters");
    struct defined_filter *filters = read_array(array, sizeof *filters, count);
    int at = 0;
    cJSON_ArrayForEach(item, array)
    {
        struct defined_filter *filter = &filters[at++];
        filter->name = json_string(item, "name", "");
        filter->title = read_both(item, "title");
        filter->column = json_string(item, "column", NULL);
        filter->argument = json_string(item, "argument", NULL);
        filter->operation = read_word(json_string(item, "operator", "="), operations);
        filter->values = read_values(item, &filter->value_count);
        filter->names = read_code_list(item);
        filter->type = json_string(item, "type",
                                   filter->values || filter->names.view ? "choice" : "text");
        filter->initial = json_string(item, "default", NULL);
    }
    return filters;
}

struct defined_chart read_chart(const cJSON *object, const struct defined_columns *columns)
{
    static const char *const kinds[] = {"none", "bar", "line", "spark", NULL};
    const cJSON *chart = json_member(object, "chart");
    return (struct defined_chart){
        read_word(json_string(chart, "kind", "none"), kinds),
        defined_columns_find(columns, json_string(chart, "x", "")),
        defined_columns_find(columns, json_string(chart, "y", "")),
    };
}

static void read_panel(struct defined_panel *panel, const cJSON *item)
{
    static const char *const kinds[] = {"fields", "table", "chart", "timeline", "text", NULL};
    static const char *const sides[] = {"left", "right", "full", NULL};
    panel->name = json_string(item, "name", "");
    panel->title = read_both(item, "title");
    panel->empty = read_both(item, "empty");
    panel->kind = read_word(json_string(item, "kind", ""), kinds);
    panel->source = read_source(item, "source");
    panel->columns = read_columns(item, "columns");
    panel->order = read_order(item, &panel->columns, &panel->order_count);
    panel->key = read_column_names(item, "key", &panel->columns, &panel->key_count);
    panel->label = defined_columns_find(&panel->columns, json_string(item, "label", ""));
    panel->chart = read_chart(item, &panel->columns);
    panel->limit = json_int(item, "limit", panel->kind == PANEL_TIMELINE ? 60 : 100);
    panel->page = json_int(item, "page", 1);
    panel->rows = json_int(item, "rows", 0);
    panel->side = read_word(json_string(item, "side", "full"), sides);
    panel->focus = json_bool(item, "focus", false);
    panel->fit = json_bool(item, "fit", false);
    panel->enter = read_jump(item, "enter");
    panel->actions = read_actions(item, &panel->columns);
}

struct defined_panel *read_panels(const cJSON *object, int *count)
{
    const cJSON *item, *array = json_member(object, "panels");
    struct defined_panel *panels = read_array(array, sizeof *panels, count);
    int at = 0;
    cJSON_ArrayForEach(item, array) read_panel(&panels[at++], item);
    return panels;
}

void source_free(struct source *source)
{
    free(source->where.items);
    free(source->arguments.items);
}

void defined_columns_free(struct defined_columns *columns)
{
    for (int i = 0; i < columns->count; i++) {
        free(columns->items[i].values);
        free(columns->items[i].reveal.arguments.items);
    }
    free(columns->items);
}

void panels_free(struct defined_panel *panels, int count)
{
    for (int i = 0; i < count; i++) {
        source_free(&panels[i].source);
        defined_columns_free(&panels[i].columns);
        free(panels[i].order);
        free(panels[i].key);
        free(panels[i].enter.arguments.items);
        actions_free(&panels[i].actions);
    }
    free(panels);
}
