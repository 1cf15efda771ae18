#include "console/check_database.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/finding.h"
#include "console/names.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
    PGconn *connection;
    struct findings *found;
    unsigned roles; /* to whom the screen is open */
};

/* Names of one kind that api has: columns of a view, parameters or results of a function. */
struct names {
    char **items;
    int count, capacity;
    bool exists;
};

static void names_free(struct names *names)
{
    for (int i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
}

static bool has(const struct names *names, const char *name)
{
    for (int i = 0; i < names->count; i++)
        if (!strcmp(names->items[i], name))
            return true;
    return false;
}

/* Reads one column of names; the statement returns a row with an empty name when the object exists.
 */
static struct names ask(struct check *check, const char *sql, const char *object,
                        const char *pointer)
{
    struct names names = {NULL, 0, 0, false};
    struct error error = ERROR_INIT;
    PGresult *rows;
    if (!session_rows(check->connection, sql, 1, &object, &rows, &error)) {
        finding(check->found, pointer, "%s", error.what);
        return names;
    }
    for (int i = 0; i < PQntuples(rows); i++) {
        const char *name = PQgetvalue(rows, i, 0);
        names.exists = true;
        ARRAY_RESERVE(names.items, names.count, names.capacity);
        names.items[names.count++] = xstrdup(name);
    }
    PQclear(rows);
    return names;
}

static const char view_columns[] =
    "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('api.' || quote_ident($1)) "
    "AND attnum > 0 AND NOT attisdropped UNION ALL "
    "SELECT '' WHERE to_regclass('api.' || quote_ident($1)) IS NOT NULL";

static const char function_parameters[] =
    "SELECT '' FROM pg_proc WHERE pronamespace = 'api'::regnamespace AND proname = $1 UNION ALL "
    "SELECT p.name FROM pg_proc, unnest(proargnames, proargmodes::text[]) AS p(name, mode) "
    "WHERE pronamespace = 'api'::regnamespace AND proname = $1 "
    "AND coalesce(p.mode, 'i') IN ('i', 'b', 'v')";

static const char function_results[] =
    "SELECT '' FROM pg_proc WHERE pronamespace = 'api'::regnamespace AND proname = $1 UNION ALL "
    "SELECT p.name FROM pg_proc, unnest(proargnames, proargmodes::text[]) AS p(name, mode) "
    "WHERE pronamespace = 'api'::regnamespace AND proname = $1 AND p.mode IN ('o', 'b', 't') "
    "UNION ALL SELECT attname FROM pg_proc JOIN pg_type ON pg_type.oid = prorettype "
    "JOIN pg_attribute ON attrelid = typrelid AND attnum > 0 AND NOT attisdropped "
    "WHERE pronamespace = 'api'::regnamespace AND proname = $1";

static void check_parameters(struct check *check, const char *function,
                             const struct bindings *bindings, const char *extra,
                             const char *pointer)
{
    struct names names = ask(check, function_parameters, function, pointer);
    if (!names.exists)
        finding(check->found, pointer, _("api has no function %s"), function);
    for (int i = 0; names.exists && i < bindings->count; i++)
        if (!has(&names, bindings->items[i].parameter))
            finding(check->found, pointer, _("api.%s has no parameter %s"), function,
                    bindings->items[i].parameter);
    if (names.exists && extra && !has(&names, extra))
        finding(check->found, pointer, _("api.%s has no parameter %s"), function, extra);
    names_free(&names);
}

#define EACH_ROLE "SELECT r FROM unnest('{clerk,rm,supervisor,auditor,admin}'::text[]) AS r "

static const char view_forbidden[] =
    EACH_ROLE "WHERE NOT has_table_privilege('bankops_' || r, "
              "to_regclass('api.' || quote_ident($1)), 'SELECT')";

static const char function_forbidden[] =
    EACH_ROLE "JOIN pg_proc ON pronamespace = 'api'::regnamespace AND proname = $1 "
              "GROUP BY r HAVING NOT bool_or(has_function_privilege('bankops_' || r, pg_proc.oid, "
              "'EXECUTE'))";

/* Whoever may open the screen may read what it shows. */
static void check_readable(struct check *check, const struct source *source, const char *pointer)
{
    const char *object = source->view ? source->view : source->function;
    struct names roles =
        ask(check, source->view ? view_forbidden : function_forbidden, object, pointer);
    for (int i = 0; i < roles.count; i++)
        if (check->roles & role_bit(roles.items[i]))
            finding(check->found, pointer, _("api.%s may not be read by the role %s"), object,
                    roles.items[i]);
    names_free(&roles);
}

static void check_source(struct check *check, const struct source *source,
                         const struct defined_columns *columns, const char *pointer)
{
    const char *object = source->view ? source->view : source->function;
    if (!object)
        return;
    struct names names =
        ask(check, source->view ? view_columns : function_results, object, pointer);
    if (source->function)
        check_parameters(check, object, &source->arguments, source->limit, pointer);
    else if (!names.exists)
        finding(check->found, pointer, _("api has no view %s"), object);
    for (int i = 0; names.exists && columns && i < columns->count; i++) {
        const struct defined_column *column = &columns->items[i];
        if (!has(&names, column->name))
            finding(check->found, pointer, _("api.%s has no column %s"), object, column->name);
        if (column->english && !has(&names, column->english))
            finding(check->found, pointer, _("api.%s has no column %s"), object, column->english);
    }
    for (int i = 0; names.exists && i < source->where.count; i++)
        if (!has(&names, source->where.items[i].parameter))
            finding(check->found, pointer, _("api.%s has no column %s"), object,
                    source->where.items[i].parameter);
    names_free(&names);
}

static void check_fields(struct check *check, const struct fields *fields, const char *pointer)
{
    for (int i = 0; i < fields->count; i++) {
        struct defined_lookup *lookup = fields->items[i].lookup;
        char *place = xasprintf("%s/%d/lookup", pointer, i);
        if (lookup)
            check_source(check, &lookup->source, &lookup->columns, place);
        free(place);
    }
}

static void check_actions(struct check *check, const struct actions *actions, const char *pointer)
{
    for (int i = 0; i < actions->count; i++) {
        const struct defined_action *action = &actions->items[i];
        char *place = xasprintf("%s/actions/%d", pointer, i);
        char *asked = xasprintf("%s/ask", place);
        if (action->function)
            check_parameters(check, action->function, &action->arguments, "p_request", place);
        check_fields(check, &action->ask, asked);
        free(asked);
        free(place);
    }
}

static void check_columns(struct check *check, const struct defined_columns *columns,
                          const char *pointer)
{
    for (int i = 0; i < columns->count; i++)
        if (columns->items[i].reveal.function)
            check_parameters(check, columns->items[i].reveal.function,
                             &columns->items[i].reveal.arguments, "p_request", pointer);
}

/* Filters by a column or a parameter of the source. */
static void check_filters(struct check *check, const struct definition *definition)
{
    const struct source *source = &definition->source;
    for (int i = 0; i < definition->filter_count; i++) {
        const struct defined_filter *filter = &definition->filters[i];
        const char *wanted = source->view ? filter->column : filter->argument;
        char *place = xasprintf("/filters/%d", i);
        struct names names = ask(check, source->view ? view_columns : function_parameters,
                                 source->view ? source->view : source->function, place);
        if (names.exists && wanted && !has(&names, wanted))
            finding(check->found, place, _("api.%s has no column or parameter %s"),
                    source->view ? source->view : source->function, wanted);
        names_free(&names);
        free(place);
    }
}

/* What the form is opened with need not be loaded. */
static bool is_parameter(void *data, const char *name)
{
    const struct definition *definition = data;
    for (int i = 0; i < definition->parameter_count; i++)
        if (!strcmp(definition->parameters[i], name))
            return true;
    return false;
}

/* The view of a code list and the columns taken from it. */
static void check_names(const struct defined_names *names, void *data)
{
    struct defined_column items[] = {{.name = names->value}, {.name = names->en},
                                     {.name = names->zh}, {.name = names->order}};
    struct defined_columns columns = {items, names->order ? 4 : 3};
    struct source source = {.view = names->view};
    check_source(data, &source, &columns, "");
}

int check_database(PGconn *connection, const struct definition *definition, schema_report report,
                   void *data)
{
    struct findings found = {report, data, 0};
    struct check check = {connection, &found, definition->roles};
    check_source(&check, &definition->source, &definition->columns, "/source");
    if (definition->source.view || definition->source.function)
        check_readable(&check, &definition->source, "/source");
    if (definition->load.view || definition->load.function) {
        struct defined_column items[LOAD_MOST];
        struct defined_columns loaded =
            definition_load(definition, is_parameter, (void *)definition, items);
        check_source(&check, &definition->load, &loaded, "/load");
        check_readable(&check, &definition->load, "/load");
    }
    if (definition->conflict.function)
        check_source(&check, &definition->conflict, NULL, "/conflict");
    if (definition->presence.function)
        check_source(&check, &definition->presence, NULL, "/presence");
    check_filters(&check, definition);
    names_each(definition, check_names, &check);
    if (definition->leave.function)
        check_source(&check, &definition->leave, NULL, "/leave");
    check_columns(&check, &definition->columns, "/columns");
    check_fields(&check, &definition->fields, "/fields");
    check_actions(&check, &definition->actions, "");
    if (definition->submit.function)
        check_parameters(&check, definition->submit.function, &definition->submit.arguments,
                         "p_request", "/submit");
    for (int i = 0; i < definition->panel_count; i++) {
        const struct defined_panel *panel = &definition->panels[i];
        char *place = xasprintf("/panels/%d", i);
        char *source = xasprintf("%s/source", place);
        check_source(&check, &panel->source, &panel->columns, source);
        if (panel->source.view || panel->source.function)
            check_readable(&check, &panel->source, source);
        check_columns(&check, &panel->columns, place);
        check_actions(&check, &panel->actions, place);
        free(source);
        free(place);
    }
    return found.count;
}
