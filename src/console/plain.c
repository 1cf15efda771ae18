#include "console/plain.h"

#include "base/clock.h"
#include "base/place.h"
#include "console/command_arguments.h"
#include "console/command_line.h"
#include "console/flow.h"
#include "console/names.h"
#include "console/plain_internal.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool flow_visit(struct sheet *sheet)
{
    const struct flow *flow = flow_find(sheet->definition->name);
    return flow && flow->plain ? flow->plain(sheet) : plain_view(sheet);
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
    sheet->entered = NULL;
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
        sheet->entered = NULL;
    }
    values_clear(&entered);
    return true;
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
        go_on = plain_view(&sheet);
        break;
    case KIND_FORM:
        go_on = form_visit(&sheet);
        break;
    case KIND_REPORT:
        go_on = report_visit(&sheet);
        break;
    case KIND_MENU:
        go_on = plain_menu(&sheet);
        break;
    case KIND_FLOW:
        go_on = flow_visit(&sheet);
        break;
    }
    PQclear(sheet.rows);
    values_clear(&sheet.arguments);
    return go_on;
}

/* Who signed in stands in the audit trail. */
static void sign_in(struct plain *plain)
{
    struct error error = ERROR_INIT;
    char key[37];
    const char *values[] = {key};
    PGresult *rows;
    clock_uuid(key);
    if (session_rows(plain->connection, "SELECT status FROM api.sign_in(0, NULL, $1::uuid)", 1,
                     values, &rows, &error))
        PQclear(rows);
}

static bool identify(struct plain *plain, struct error *error)
{
    static const char sql[] = "SELECT login, role, unit_id, today, now_ms, "
                              "password_first FROM api.console_identity()";
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
    if (PQgetvalue(rows, 0, 5)[0] == 't' && PQconnectionUsedPassword(plain->connection))
        plain_say(_("Somebody else chose your password. Change it in the console, with :password."));
    PQclear(rows);
    sign_in(plain);
    return true;
}

bool plain_command(struct plain *plain, const char *text)
{
    struct values arguments = VALUES_INIT;
    char code[64];
    text += strspn(text, " :");
    size_t length = strcspn(text, " ");
    const char *rest = text + length + strspn(text + length, " ");
    snprintf(code, sizeof code, "%.*s", (int)length, text);
    const struct catalogue_entry *entry = catalogue_find_code(plain->catalogue, code);
    if (!entry)
        entry = catalogue_find(plain->catalogue, code);
    if (!entry) {
        plain_say(_("There is no screen with this code; the menu lists them."));
        return true;
    }
    command_arguments(catalogue_load(plain->catalogue, entry->name, NULL), rest, &arguments);
    bool go_on = plain_visit(plain, entry->name, &arguments);
    values_clear(&arguments);
    return go_on;
}

/* Opens what --screen names ("cmp overdue"), then the menu. */
static void first_visit(struct plain *plain)
{
    const char *text = plain->options->screen;
    if (!text || plain_command(plain, text))
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
    if (settings.language && !getenv("BANKOPS_LANGUAGE_SET"))
        language_set(settings.language[0] == 'z' ? LANGUAGE_CHINESE : LANGUAGE_ENGLISH);
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
