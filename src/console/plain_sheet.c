#include "console/plain_internal.h"

#include "base/clock.h"
#include "console/perform.h"
#include "console/report_period.h"
#include "console/work.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LONGEST_WAIT = 8 }; /* seconds between two tries to connect */

/* The row of an action as the list that a function for many rows takes; kept with the arguments. */
static const char *one_row(struct sheet *sheet)
{
    const struct definition *definition = sheet->definition;
    cJSON *array = cJSON_CreateArray(), *object = cJSON_CreateObject();
    cJSON_AddItemToArray(array, object);
    for (int k = 0; k <= definition->key_count; k++) {
        const char *name = k < definition->key_count
                               ? definition->columns.items[definition->key[k]].name
                               : "version";
        const char *text = sheet_value(sheet, name);
        if (text)
            cJSON_AddStringToObject(object, name, text);
    }
    char *printed = cJSON_PrintUnformatted(array);
    values_set(&sheet->arguments, "@rows", printed);
    cJSON_free(printed);
    cJSON_Delete(array);
    return values_get(&sheet->arguments, "@rows");
}

const char *sheet_value(void *data, const char *name)
{
    struct sheet *sheet = data;
    int column = sheet->rows && sheet->row >= 0 ? PQfnumber(sheet->rows, name) : -1;
    if (!strcmp(name, "@rows"))
        return one_row(sheet);
    if (!strcmp(name, "@me"))
        return sheet->plain->identity.login;
    if (!strcmp(name, "@unit"))
        return sheet->plain->identity.unit_id;
    if (!strcmp(name, "@today"))
        return sheet->plain->identity.today;
    if (!strcmp(name, "@quarter")) {
        static char quarter[8];
        period_quarter(sheet->plain->identity.today, quarter);
        return quarter;
    }
    if (sheet->entered && values_has(sheet->entered, name))
        return values_get(sheet->entered, name);
    if (column >= 0 && !PQgetisnull(sheet->rows, sheet->row, column))
        return PQgetvalue(sheet->rows, sheet->row, column);
    return values_get(&sheet->arguments, name);
}

PGresult *sheet_query(struct plain *plain, struct query *query)
{
    struct error error = ERROR_INIT;
    PGresult *rows = NULL;
    if (!session_ask(plain->connection, buffer_text(&query->sql), query->count,
                     (const char *const *)query->values, &rows, &error)) {
        plain_error(&error);
        rows = NULL;
    }
    query_free(query);
    return rows;
}

/* Opens the connection anew; false when the server stays away. */
static bool reconnect(struct plain *plain)
{
    struct session_options session = {.conninfo = plain->options->conninfo,
                                      .as = plain->options->as};
    struct error error = ERROR_INIT;
    for (unsigned wait = 1; wait <= LONGEST_WAIT; wait *= 2) {
        PGconn *fresh = session_open(&session, &error);
        if (fresh) {
            PQfinish(plain->connection);
            plain->connection = fresh;
            return true;
        }
        sleep(wait);
    }
    return false;
}

/* A connection lost after sending leaves the outcome open: the same key asks for it again. */
static PGresult *call_once(struct plain *plain, const struct query *query)
{
    struct error error = ERROR_INIT;
    PGresult *rows = NULL;
    while (!session_ask(plain->connection, buffer_text(&query->sql), query->count,
                        (const char *const *)query->values, &rows, &error)) {
        rows = NULL;
        if (PQstatus(plain->connection) != CONNECTION_BAD) {
            plain_error(&error);
            return NULL;
        }
        plain_say(
            _("The connection was lost. The change is sent again with its key, to be done once."));
        if (!reconnect(plain)) {
            plain_error(&error);
            plain_say(_("Its result is not known. Look it up before you enter it again."));
            return NULL;
        }
    }
    return rows;
}

bool sheet_call(struct sheet *sheet, const char *function, const struct bindings *arguments)
{
    struct query query = QUERY_INIT;
    char key[37];
    clock_uuid(key);
    query_call(&query, function, arguments, key, sheet_value, sheet);
    PGresult *rows = call_once(sheet->plain, &query);
    bool good = rows && PQntuples(rows) == 1;
    if (good)
        printf("%s %s\n", _(PQgetvalue(rows, 0, 2)), PQgetvalue(rows, 0, 1));
    good = good && strcmp(PQgetvalue(rows, 0, 0), "refused") != 0;
    PQclear(rows);
    query_free(&query);
    return good;
}

bool plain_permits(struct plain *plain, unsigned roles, bool write)
{
    if (write && plain->options->read_only)
        plain_say(_("The program was started read-only."));
    else if (!(roles & plain->identity.role_bit))
        plain_say(_("Your role does not permit this."));
    else
        return true;
    return false;
}

/* The values of the row; false when there is none. */
static bool row_cells(struct sheet *sheet, const struct defined_columns *columns,
                      const char *cells[PLAIN_CELLS])
{
    if (!sheet->rows || sheet->row < 0)
        return false;
    for (int i = 0; i < columns->count && i < PLAIN_CELLS; i++)
        cells[i] = sheet_value(sheet, columns->items[i].name);
    return true;
}

/* Says why not when the row's values do not permit it. */
static bool row_permits(struct sheet *sheet, const struct defined_columns *columns,
                        const struct defined_action *action)
{
    const char *cells[PLAIN_CELLS] = {NULL};
    if (!row_cells(sheet, columns, cells))
        return true;
    for (int i = 0; i < action->when_count; i++)
        if (!condition_holds(&action->when[i], cells)) {
            plain_say(condition_text(columns, &action->when[i], cells));
            return false;
        }
    return true;
}

/* Asks for the fields that belong to the row; false when the person gives up. */
static bool ask_fields(struct sheet *sheet, const struct defined_columns *columns,
                       const struct fields *fields, struct values *entered)
{
    const char *cells[PLAIN_CELLS] = {NULL};
    bool of_row = row_cells(sheet, columns, cells), good = true;
    for (int i = 0; good && i < fields->count; i++) {
        struct defined_field *field = &fields->items[i];
        if (!of_row || conditions_hold(field->when, field->when_count, cells))
            good = plain_fields(sheet, &(struct fields){field, 1}, entered);
    }
    return good;
}

static void say_step(void *data, const char *text)
{
    (void)data;
    plain_say(text);
}

static void settle(void *data)
{
    (void)data;
}

/* Long work is done here and now: nothing else can be asked meanwhile. */
static void do_work(struct sheet *sheet, const struct defined_action *action)
{
    struct work_teller teller = {say_step, say_step, settle, NULL};
    struct values arguments = VALUES_INIT;
    struct error error = ERROR_INIT;
    values_bind(&arguments, &action->arguments, sheet_value, sheet);
    if (!work_find(action->work)->run(sheet->plain->connection, &arguments, &teller, &error))
        plain_error(&error);
    values_clear(&arguments);
}

static void carry_out(struct sheet *sheet, const struct defined_action *action)
{
    if (action->work)
        do_work(sheet, action);
    else
        sheet_call(sheet, action->function, &action->arguments);
}

void sheet_act(struct sheet *sheet, const struct defined_columns *columns,
               const struct defined_action *action)
{
    struct values entered = VALUES_INIT;
    if (!plain_permits(sheet->plain, action->roles, (action->needs & NEED_WRITE) != 0) ||
        !row_permits(sheet, columns, action))
        return;
    if (!action->function && !action->form && !action->screen && !action->work) {
        plain_say(_("This action exists only in the full console."));
    } else if (action->form || action->screen) {
        const char *named = action->screen_from ? sheet_value(sheet, action->screen_from) : NULL;
        values_bind(&entered, &action->arguments, sheet_value, sheet);
        plain_visit(sheet->plain,
                    action->form ? action->form
                    : named      ? named
                                 : action->screen,
                    &entered);
    } else if (ask_fields(sheet, columns, &action->ask, &entered)) {
        sheet->entered = &entered;
        if (action->danger == DANGER_NONE || plain_yes(_("Are you sure? (y/n)")))
            carry_out(sheet, action);
        sheet->entered = NULL;
    }
    values_clear(&entered);
}

void sheet_actions(const struct actions *actions, bool of_row)
{
    for (int i = 0; i < actions->count; i++)
        printf("  %s%s: %s\n", actions->items[i].name,
               of_row && (actions->items[i].needs & (NEED_ROW | NEED_MARKS)) ? " 1" : "",
               both_text(&actions->items[i].title));
}

const struct defined_action *sheet_action(const struct actions *actions, const char *name)
{
    for (int i = 0; i < actions->count; i++)
        if (!strcmp(actions->items[i].name, name))
            return &actions->items[i];
    return NULL;
}

void sheet_jump(struct sheet *sheet, const struct jump *to)
{
    struct values arguments = VALUES_INIT;
    const char *named = to->screen_from ? sheet_value(sheet, to->screen_from) : NULL;
    values_bind(&arguments, &to->arguments, sheet_value, sheet);
    if (to->screen && !plain_visit(sheet->plain, named ? named : to->screen, &arguments))
        sheet->plain->ending = true;
    values_clear(&arguments);
}

