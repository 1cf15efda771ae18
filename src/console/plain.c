#include "console/plain.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/place.h"
#include "base/text.h"
#include "console/format.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 20, CELLS_MOST = 60 };

/* A conversation: one screen at a time, on a stack that "b" goes back through. */
struct plain {
    const struct console_options *options;
    struct catalogue *catalogue;
    PGconn *connection;
    struct identity identity;
};

/* A screen that is open: its arguments, and the rows last read. */
struct sheet {
    struct plain *plain;
    const struct definition *definition;
    struct values arguments;
    PGresult *rows;
    int row; /* row that values come from, -1 none */
    const struct values *entered;
};

static bool visit(struct plain *plain, const char *screen, const struct values *arguments);

static void say(const char *text)
{
    struct buffer safe = BUFFER_INIT;
    text_safe(&safe, text, strlen(text));
    puts(buffer_text(&safe));
    buffer_free(&safe);
}

static void say_error(const struct error *error)
{
    struct buffer text = BUFFER_INIT;
    buffer_format(&text, "%s: %s", _("Error"), error->what);
    say(buffer_text(&text));
    if (error->todo[0])
        say(error->todo);
    buffer_free(&text);
}

/* One line of standard input without its end; NULL at the end of input. The caller frees. */
static char *ask(const char *question)
{
    char *line = NULL;
    size_t capacity = 0;
    printf("%s ", question);
    fflush(stdout);
    ssize_t length = getline(&line, &capacity, stdin);
    if (length < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static const char *sheet_value(void *data, const char *name)
{
    struct sheet *sheet = data;
    int column = sheet->rows && sheet->row >= 0 ? PQfnumber(sheet->rows, name) : -1;
    if (!strcmp(name, "@me"))
        return sheet->plain->identity.login;
    if (!strcmp(name, "@unit"))
        return sheet->plain->identity.unit_id;
    if (!strcmp(name, "@today"))
        return sheet->plain->identity.today;
    if (sheet->entered && values_has(sheet->entered, name))
        return values_get(sheet->entered, name);
    if (column >= 0 && !PQgetisnull(sheet->rows, sheet->row, column))
        return PQgetvalue(sheet->rows, sheet->row, column);
    return values_get(&sheet->arguments, name);
}

static PGresult *run_query(struct plain *plain, struct query *query)
{
    struct error error = ERROR_INIT;
    PGresult *rows = NULL;
    if (!session_rows(plain->connection, buffer_text(&query->sql), query->count,
                      (const char *const *)query->values, &rows, &error)) {
        say_error(&error);
        rows = NULL;
    }
    query_free(query);
    return rows;
}

static void say_row(struct plain *plain, const struct defined_columns *columns,
                    const PGresult *rows, int row, int number, bool fields)
{
    struct buffer line = BUFFER_INIT;
    const char *cells[CELLS_MOST];
    char text[4096];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    for (int i = 0; i < columns->count && i < CELLS_MOST; i++)
        cells[i] = PQgetisnull(rows, row, i) ? NULL : PQgetvalue(rows, row, i);
    if (number)
        buffer_format(&line, "%d. ", number);
    for (int i = 0; i < columns->count && i < CELLS_MOST; i++) {
        if (columns->items[i].hidden || !cells[i])
            continue;
        format_cell(columns, i, cells,
                    (int64_t)now.tv_sec * 1000 + plain->identity.offset_ms, NULL, text,
                    sizeof text);
        buffer_format(&line, "%s: %s", both_text(&columns->items[i].title), text);
        if (fields) {
            say(buffer_text(&line));
            buffer_clear(&line);
        } else {
            buffer_add(&line, "; ");
        }
    }
    if (line.length)
        say(buffer_text(&line));
    buffer_free(&line);
}

/* Asks for one field until it is valid; false at the end of input or "cancel". */
static bool ask_field(struct plain *plain, const struct defined_field *field,
                      struct values *values)
{
    for (;;) {
        struct buffer question = BUFFER_INIT;
        char converted[32];
        int days;
        for (int i = 0; i < field->value_count; i++) {
            char line[160];
            snprintf(line, sizeof line, "  %s = %s", field->values[i].value,
                     both_text(&field->values[i].title));
            say(line);
        }
        buffer_format(&question, "%s%s:", both_text(&field->title),
                      field->required ? _(" (required)") : "");
        char *text = ask(buffer_text(&question));
        buffer_free(&question);
        if (!text)
            return false;
        const char *value = *text ? text : field->initial ? field->initial : "";
        if (!strcmp(value, "@today"))
            value = plain->identity.today;
        bool good = *value || !field->required;
        if (*value && field->type == FIELD_MONEY) {
            good = format_money_minor(value, "CNY", converted, sizeof converted);
            value = converted;
        } else if (*value && field->type == FIELD_DATE) {
            good = date_parse(value, &days);
        } else if (*value && field->type == FIELD_CHOICE) {
            good = named_value_find(field->values, field->value_count, value) != NULL;
        }
        if (good)
            values_set(values, field->name, *value ? value : NULL);
        free(text);
        if (good)
            return true;
        say(_("This value is not right; try again."));
    }
}

static bool ask_fields(struct plain *plain, const struct fields *fields, struct values *values)
{
    for (int i = 0; i < fields->count; i++)
        if (fields->items[i].type != FIELD_SHOW &&
            !ask_field(plain, &fields->items[i], values))
            return false;
    return true;
}

static bool ask_yes(const char *question)
{
    char *text = ask(question);
    bool yes = text && (!strcmp(text, "y") || !strcmp(text, "yes"));
    free(text);
    return yes;
}

/* A change: one call with an idempotency key, its outcome said. */
static bool call(struct sheet *sheet, const char *function, const struct bindings *arguments)
{
    struct query query = QUERY_INIT;
    char key[37];
    clock_uuid(key);
    query_call(&query, function, arguments, key, sheet_value, sheet);
    PGresult *rows = run_query(sheet->plain, &query);
    bool good = rows && PQntuples(rows) == 1;
    if (good)
        printf("%s %s\n", _(PQgetvalue(rows, 0, 2)), PQgetvalue(rows, 0, 1));
    PQclear(rows);
    return good;
}

static bool permitted(struct plain *plain, unsigned roles, bool write)
{
    if (write && plain->options->read_only)
        say(_("The program was started read-only."));
    else if (!(roles & plain->identity.role_bit))
        say(_("Your role does not permit this."));
    else
        return true;
    return false;
}

static void act(struct sheet *sheet, const struct defined_action *action)
{
    struct values entered = VALUES_INIT;
    if (!permitted(sheet->plain, action->roles, (action->needs & NEED_WRITE) != 0))
        return;
    if (action->form || action->screen) {
        values_bind(&entered, &action->arguments, sheet_value, sheet);
        visit(sheet->plain, action->form ? action->form : action->screen, &entered);
    } else if (ask_fields(sheet->plain, &action->ask, &entered)) {
        sheet->entered = &entered;
        if (action->danger == DANGER_NONE || ask_yes(_("Are you sure? (y/n)")))
            call(sheet, action->function, &action->arguments);
        sheet->entered = NULL;
    }
    values_clear(&entered);
}

static void say_actions(const struct sheet *sheet)
{
    const struct actions *actions = &sheet->definition->actions;
    for (int i = 0; i < actions->count; i++)
        printf("  %s: %s\n", actions->items[i].name, both_text(&actions->items[i].title));
}

static const struct defined_action *find_action(const struct sheet *sheet, const char *name)
{
    for (int i = 0; i < sheet->definition->actions.count; i++)
        if (!strcmp(sheet->definition->actions.items[i].name, name))
            return &sheet->definition->actions.items[i];
    return NULL;
}

static void jump(struct sheet *sheet, const struct jump *to)
{
    struct values arguments = VALUES_INIT;
    const char *named = to->screen_from ? sheet_value(sheet, to->screen_from) : NULL;
    values_bind(&arguments, &to->arguments, sheet_value, sheet);
    if (to->screen)
        visit(sheet->plain, named ? named : to->screen, &arguments);
    values_clear(&arguments);
}

/* The filters as first set: arguments, else defaults. */
static void read_list(struct sheet *sheet)
{
    const struct definition *definition = sheet->definition;
    struct query_filter filters[12];
    struct query query = QUERY_INIT;
    int count = 0;
    for (int i = 0; i < definition->filter_count && count < 12; i++) {
        const struct defined_filter *filter = &definition->filters[i];
        const char *text = values_has(&sheet->arguments, filter->name)
                               ? values_get(&sheet->arguments, filter->name)
                               : filter->initial;
        if (text && *text)
            filters[count++] = (struct query_filter){
                filter, text[0] == '@' ? sheet_value(sheet, text) : text};
    }
    struct query_page page = {.source = &definition->source,
                              .columns = &definition->columns,
                              .order = definition->order,
                              .order_count = definition->order_count,
                              .filters = filters,
                              .filter_count = count,
                              .edge = EDGE_FIRST,
                              .limit = ROWS + 1,
                              .value = sheet_value,
                              .data = sheet};
    sheet->row = -1;
    query_page(&query, &page);
    PQclear(sheet->rows);
    sheet->rows = run_query(sheet->plain, &query);
}

static void say_list(struct sheet *sheet)
{
    int count = sheet->rows ? PQntuples(sheet->rows) : 0;
    for (int i = 0; i < count && i < ROWS; i++)
        say_row(sheet->plain, &sheet->definition->columns, sheet->rows, i, i + 1, false);
    if (!count)
        say(_("No rows."));
    else if (count > ROWS)
        printf(_("The first %d rows; there are more.\n"), ROWS);
}

static bool list_command(struct sheet *sheet, char *text)
{
    char *rest = text + strcspn(text, " ");
    const struct defined_action *action;
    int number = atoi(text);
    if (*rest)
        *rest++ = '\0';
    action = find_action(sheet, text);
    if (number > 0 && sheet->rows && number <= PQntuples(sheet->rows)) {
        sheet->row = number - 1;
        if (sheet->definition->enter.screen)
            jump(sheet, &sheet->definition->enter);
        else
            say_row(sheet->plain, &sheet->definition->columns, sheet->rows, sheet->row, 0, true);
    } else if (action) {
        sheet->row = atoi(rest) - 1;
        if ((action->needs & NEED_ROW) &&
            (sheet->row < 0 || !sheet->rows || sheet->row >= PQntuples(sheet->rows)))
            say(_("Type the action and the number of the row, for example: take 3"));
        else
            act(sheet, action);
        read_list(sheet);
    } else {
        for (int i = 0; i < sheet->definition->filter_count; i++)
            if (!strcmp(sheet->definition->filters[i].name, text)) {
                values_set(&sheet->arguments, text, rest);
                read_list(sheet);
                return true;
            }
        say(_("That is no number, action or filter of this screen."));
        return true;
    }
    return true;
}

static void list_help(const struct sheet *sheet)
{
    say(_("Type the number of a row to open it, an action and a number, a filter and its value, "
          "r to read again, b for back, q to quit."));
    say_actions(sheet);
    for (int i = 0; i < sheet->definition->filter_count; i++)
        printf("  %s: %s\n", sheet->definition->filters[i].name,
               both_text(&sheet->definition->filters[i].title));
}

static bool list_visit(struct sheet *sheet)
{
    if (sheet->definition->search && !values_get(&sheet->arguments, sheet->definition->search)) {
        char *text = ask(_("Search for:"));
        if (!text)
            return false;
        values_set(&sheet->arguments, sheet->definition->search, text);
        free(text);
    }
    read_list(sheet);
    say_list(sheet);
    for (;;) {
        char *text = ask(_("Number, action, ? or b:"));
        bool quit = !text || !strcmp(text, "q"), back = text && !strcmp(text, "b");
        if (text && !strcmp(text, "?")) {
            list_help(sheet);
        } else if (!quit && !back) {
            if (!strcmp(text, "r") || !*text)
                read_list(sheet);
            else
                list_command(sheet, text);
            say_list(sheet);
        }
        free(text);
        if (quit || back)
            return !quit;
    }
}

static void read_panel(struct sheet *sheet, const struct defined_panel *panel)
{
    struct query query = QUERY_INIT;
    struct query_page page = {.source = &panel->source,
                              .columns = &panel->columns,
                              .order = panel->order,
                              .order_count = panel->order_count,
                              .limit = ROWS,
                              .value = sheet_value,
                              .data = sheet};
    query_page(&query, &page);
    PGresult *rows = run_query(sheet->plain, &query);
    say(both_text(&panel->title));
    for (int i = 0; rows && i < PQntuples(rows); i++)
        say_row(sheet->plain, &panel->columns, rows, i, panel->kind == PANEL_FIELDS ? 0 : i + 1,
                panel->kind == PANEL_FIELDS);
    if (rows && !PQntuples(rows))
        say(_("none"));
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
        char *text = ask(_("Action, ? or b:"));
        bool quit = !text || !strcmp(text, "q"), back = text && !strcmp(text, "b");
        const struct defined_action *action = text ? find_action(sheet, text) : NULL;
        if (action)
            act(sheet, action);
        else if (!quit && !back)
            say_actions(sheet);
        free(text);
        if (quit || back)
            return !quit;
    }
}

static bool form_visit(struct sheet *sheet)
{
    const struct definition *definition = sheet->definition;
    struct values entered = VALUES_INIT;
    bool good;
    if (!permitted(sheet->plain, ROLE_ALL, true))
        return true;
    if (definition->load.function || definition->load.view) {
        struct query query = QUERY_INIT;
        struct defined_column columns[CELLS_MOST];
        struct defined_columns all = {columns, 0};
        memset(columns, 0, sizeof columns);
        for (int i = 0; i < definition->fields.count && i < CELLS_MOST; i++)
            columns[all.count++].name = definition->fields.items[i].name;
        query_source(&query, &definition->load, &all, 1, sheet_value, sheet);
        sheet->rows = run_query(sheet->plain, &query);
        sheet->row = sheet->rows && PQntuples(sheet->rows) ? 0 : -1;
    }
    good = ask_fields(sheet->plain, &definition->fields, &entered);
    sheet->entered = &entered;
    if (good && ask_yes(_("Send it? (y/n)")))
        call(sheet, definition->submit.function, &definition->submit.arguments);
    values_clear(&entered);
    return true;
}

static bool report_visit(struct sheet *sheet)
{
    struct values entered = VALUES_INIT;
    struct query query = QUERY_INIT;
    if (ask_fields(sheet->plain, &sheet->definition->fields, &entered)) {
        sheet->entered = &entered;
        query_source(&query, &sheet->definition->source, &sheet->definition->columns, 0,
                     sheet_value, sheet);
        PGresult *rows = run_query(sheet->plain, &query);
        for (int i = 0; rows && i < PQntuples(rows); i++)
            say_row(sheet->plain, &sheet->definition->columns, rows, i, i + 1, false);
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
        char *text = ask(_("Number, or q to quit:"));
        wanted = text ? atoi(text) : 0;
        bool quit = !text || !strcmp(text, "q");
        free(text);
        if (quit)
            return false;
        for (int i = 0; i < catalogue_count(catalogue) && wanted > 0; i++) {
            const struct catalogue_entry *entry = catalogue_at(catalogue, i);
            if (entry->menu_group && (entry->roles & sheet->plain->identity.role_bit) &&
                --wanted == 0 && !visit(sheet->plain, entry->name, NULL))
                return false;
        }
    }
}

/* False when the user wants to end the program. */
static bool visit(struct plain *plain, const char *screen, const struct values *arguments)
{
    struct error error = ERROR_INIT;
    struct sheet sheet = {.plain = plain, .row = -1};
    bool go_on = true;
    sheet.definition = catalogue_load(plain->catalogue, screen, &error);
    if (!sheet.definition) {
        say(error.where);
        say_error(&error);
        return true;
    }
    if (!permitted(plain, sheet.definition->roles, false))
        return true;
    if (arguments)
        values_copy(&sheet.arguments, arguments);
    say(both_text(&sheet.definition->title));
    switch (sheet.definition->kind) {
    case KIND_LIST:
        go_on = list_visit(&sheet);
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
        say(_("This screen exists only in the full console."));
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
        bool go_on = visit(plain, name, &arguments);
        values_clear(&arguments);
        if (!go_on)
            return;
    }
    visit(plain, "home", NULL);
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
