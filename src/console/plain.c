#include "console/plain.h"

#include "base/place.h"
#include "console/flow.h"
#include "console/names.h"
#include "console/plain_internal.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_panel(struct sheet *sheet, const struct defined_panel *panel)
{
    struct query query = QUERY_INIT;
    struct query_page page = {.source = &panel->source,
                              .columns = &panel->columns,
                              .order = panel->order,
                              .order_count = panel->order_count,
                              .limit = PLAIN_ROWS,
                              .value = sheet_value,
                              .data = sheet};
    query_page(&query, &page);
    PGresult *rows = sheet_query(sheet->plain, &query);
    plain_say(both_text(&panel->title));
    for (int i = 0; rows && i < PQntuples(rows); i++)
        plain_row(sheet->plain, &panel->columns, rows, i, panel->kind == PANEL_FIELDS ? 0 : i + 1,
                panel->kind == PANEL_FIELDS);
    if (rows && !PQntuples(rows))
        plain_say(_("none"));
    if (panel->kind == PANEL_FIELDS && !sheet->rows && rows && PQntuples(rows)) {
        sheet->rows = rows;
        sheet->row = 0;
    } else {
        PQclear(rows);
    }
}

static bool view_visit(struct sheet *sheet)
{
    for (int i = 0; i < sheet->definition->panel_count; i++)
        read_panel(sheet, &sheet->definition->panels[i]);
    for (;;) {
        char *text = plain_ask(_("Action, ? or b:"));
        bool quit = !text || !strcmp(text, "q"), back = text && !strcmp(text, "b");
        const struct defined_action *action = text ? sheet_action(sheet, text) : NULL;
        if (action)
            sheet_act(sheet, action);
        else if (!quit && !back)
            sheet_actions(sheet);
        free(text);
        if (quit || back)
            return !quit;
    }
}

static bool flow_visit(struct sheet *sheet)
{
    const struct flow *flow = flow_find(sheet->definition->name);
    return flow && flow->plain ? flow->plain(sheet) : view_visit(sheet);
}

static bool given(void *data, const char *name)
{
    return values_has(&((struct sheet *)data)->arguments, name);
}

static bool form_visit(struct sheet *sheet)
{
    const struct definition *definition = sheet->definition;
    struct values entered = VALUES_INIT;
    bool good;
    if (!plain_permits(sheet->plain, ROLE_ALL, true))
        return true;
    if (definition->load.function || definition->load.view) {
        struct query query = QUERY_INIT;
        struct defined_column items[LOAD_MOST];
        struct defined_columns all = definition_load(definition, given, sheet, items);
        query_source(&query, &definition->load, &all, 1, sheet_value, sheet);
        sheet->rows = sheet_query(sheet->plain, &query);
        sheet->row = sheet->rows && PQntuples(sheet->rows) ? 0 : -1;
    }
    good = plain_fields(sheet, &definition->fields, &entered);
    sheet->entered = &entered;
    if (good && plain_yes(_("Send it? (y/n)")))
        sheet_call(sheet, definition->submit.function, &definition->submit.arguments);
    values_clear(&entered);
    return true;
}

static bool report_visit(struct sheet *sheet)
{
    struct values entered = VALUES_INIT;
    struct query query = QUERY_INIT;
    if (plain_fields(sheet, &sheet->definition->fields, &entered)) {
        sheet->entered = &entered;
        query_source(&query, &sheet->definition->source, &sheet->definition->columns, 0,
                     sheet_value, sheet);
        PGresult *rows = sheet_query(sheet->plain, &query);
        for (int i = 0; rows && i < PQntuples(rows); i++)
            plain_row(sheet->plain, &sheet->definition->columns, rows, i, i + 1, false);
        PQclear(rows);
    }
    values_clear(&entered);
    return true;
}

static bool menu_visit(struct sheet *sheet)
{
    struct catalogue *catalogue = sheet->plain->catalogue;
    for (;;) {
        int number = 0, wanted;
        for (int i = 0; i < catalogue_count(catalogue); i++) {
            const struct catalogue_entry *entry = catalogue_at(catalogue, i);
            if (entry->menu_group && (entry->roles & sheet->plain->identity.role_bit))
                printf("%d. %s%s%s\n", ++number, catalogue_title(entry),
                       entry->code ? " :" : "", entry->code ? entry->code : "");
        }
        char *text = plain_ask(_("Number, or q to quit:"));
        wanted = text ? atoi(text) : 0;
        bool quit = !text || !strcmp(text, "q");
        free(text);
        if (quit)
            return false;
        for (int i = 0; i < catalogue_count(catalogue) && wanted > 0; i++) {
            const struct catalogue_entry *entry = catalogue_at(catalogue, i);
            if (entry->menu_group && (entry->roles & sheet->plain->identity.role_bit) &&
                --wanted == 0 && !plain_visit(sheet->plain, entry->name, NULL))
                return false;
        }
    }
}

bool plain_visit(struct plain *plain, const char *screen, const struct values *arguments)
{
    struct error error = ERROR_INIT;
    struct sheet sheet = {.plain = plain, .row = -1};
    bool go_on = true;
    sheet.definition = catalogue_load(plain->catalogue, screen, &error);
    if (!sheet.definition) {
        plain_say(error.where);
        plain_error(&error);
        return true;
    }
    if (!plain_permits(plain, sheet.definition->roles, false))
        return true;
    if (arguments)
        values_copy(&sheet.arguments, arguments);
    if (!names_read(plain->connection, sheet.definition, &error))
        plain_error(&error);
    plain_say(both_text(&sheet.definition->title));
    switch (sheet.definition->kind) {
    case KIND_LIST:
        go_on = plain_list(&sheet);
        break;
    case KIND_VIEW:
        go_on = view_visit(&sheet);
        break;
    case KIND_FORM:
        go_on = form_visit(&sheet);
        break;
    case KIND_REPORT:
        go_on = report_visit(&sheet);
        break;
    case KIND_MENU:
        go_on = menu_visit(&sheet);
        break;
    case KIND_FLOW:
        go_on = flow_visit(&sheet);
        break;
    }
    PQclear(sheet.rows);
    values_clear(&sheet.arguments);
    return go_on;
}

static bool identify(struct plain *plain, struct error *error)
{
    static const char sql[] = "SELECT login, role, unit_id, today, now_ms "
                              "FROM api.console_identity()";
    struct identity *identity = &plain->identity;
    struct timespec now;
    PGresult *rows;
    if (!session_rows(plain->connection, sql, 0, NULL, &rows, error))
        return false;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(identity->login, sizeof identity->login, "%s", PQgetvalue(rows, 0, 0));
    snprintf(identity->role, sizeof identity->role, "%s", PQgetvalue(rows, 0, 1));
    snprintf(identity->unit_id, sizeof identity->unit_id, "%s", PQgetvalue(rows, 0, 2));
    snprintf(identity->today, sizeof identity->today, "%s", PQgetvalue(rows, 0, 3));
    identity->offset_ms = atoll(PQgetvalue(rows, 0, 4)) - (int64_t)now.tv_sec * 1000;
    identity->role_bit = role_bit(identity->role);
    PQclear(rows);
    return true;
}

/* Opens what --screen names ("cmp overdue"), else the menu. */
static void first_visit(struct plain *plain)
{
    struct values arguments = VALUES_INIT;
    const char *text = plain->options->screen;
    char code[64];
    if (text) {
        snprintf(code, sizeof code, "%.*s", (int)strcspn(text, " "), text);
        const struct catalogue_entry *entry = catalogue_find_code(plain->catalogue, code);
        const char *name = entry ? entry->name : code;
        const char *rest = text + strcspn(text, " ");
        const struct definition *definition = catalogue_load(plain->catalogue, name, NULL);
        if (definition && definition->search && *rest)
            values_set(&arguments, definition->search, rest + 1);
        bool go_on = plain_visit(plain, name, &arguments);
        values_clear(&arguments);
        if (!go_on)
            return;
    }
    plain_visit(plain, "home", NULL);
}

int plain_run(const struct console_options *options)
{
    struct plain plain = {.options = options};
    struct session_options session = {.conninfo = options->conninfo, .as = options->as};
    struct settings settings = {0};
    struct error error = ERROR_INIT;
    char *path = place_config("bankops.conf");
    bool good = settings_read(&settings, path, &error);
    good = good && (plain.catalogue = catalogue_new(settings.screens, &error));
    good = good && (plain.connection = session_open(&session, &error));
    good = good && identify(&plain, &error);
    if (good)
        first_visit(&plain);
    else
        error_print(&error);
    if (plain.connection)
        PQfinish(plain.connection);
    catalogue_free(plain.catalogue);
    settings_free(&settings);
    free(path);
    return good ? 0 : error_exit_status(&error);
}
