#include "console/plain_internal.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PANELS_MOST = 40 };

/* A view read out: the rows of all its tables stand under one numbering. */
struct reading {
    struct sheet *sheet;
    PGresult *rows[PANELS_MOST];
    int first[PANELS_MOST], next; /* number of a table's first row; number after the last one */
};

/* Reads a panel; a table that is paged goes on after the rows it has when `more`. */
static PGresult *ask_panel(struct sheet *sheet, const struct defined_panel *panel,
                           const PGresult *last)
{
    struct query query = QUERY_INIT;
    const char *cells[PLAIN_CELLS] = {NULL};
    struct query_page page = {.source = &panel->source,
                              .columns = &panel->columns,
                              .order = panel->order,
                              .order_count = panel->order_count,
                              .edge = last ? EDGE_AFTER : EDGE_FIRST,
                              .row = last ? cells : NULL,
                              .limit = PLAIN_ROWS,
                              .value = sheet_value,
                              .data = sheet};
    for (int i = 0; last && i < panel->columns.count && i < PLAIN_CELLS; i++)
        cells[i] = PQgetvalue(last, PQntuples(last) - 1, i);
    query_page(&query, &page);
    return sheet_query(sheet->plain, &query);
}

static void say_panel(struct reading *reading, int at)
{
    struct sheet *sheet = reading->sheet;
    const struct defined_panel *panel = &sheet->definition->panels[at];
    const PGresult *rows = reading->rows[at];
    bool fields = panel->kind == PANEL_FIELDS;
    plain_say(both_text(&panel->title));
    reading->first[at] = reading->next;
    for (int i = 0; rows && i < PQntuples(rows); i++)
        plain_row(sheet->plain, &panel->columns, rows, i, fields ? 0 : reading->next++, fields);
    if (rows && !PQntuples(rows))
        plain_say(_("none"));
    else if (rows && panel->order_count && PQntuples(rows) == PLAIN_ROWS)
        plain_say(_("There are more: n."));
}

static void forget(struct reading *reading)
{
    for (int i = 0; i < PANELS_MOST; i++) {
        PQclear(reading->rows[i]);
        reading->rows[i] = NULL;
    }
    reading->sheet->rows = NULL;
    reading->next = 1;
}

/* Cells that the actions of the screen name are values of the sheet. */
static void keep_cells(struct reading *reading)
{
    struct sheet *sheet = reading->sheet;
    const struct actions *actions = &sheet->definition->actions;
    struct place_of_cell cell;
    for (int i = 0; i < actions->count; i++)
        for (int j = 0; j < actions->items[i].arguments.count; j++) {
            const char *name = actions->items[i].arguments.items[j].name;
            if (!name || !definition_cell(sheet->definition, name, &cell) || cell.panel >= PANELS_MOST)
                continue;
            const PGresult *rows = reading->rows[cell.panel];
            bool there = rows && cell.row < PQntuples(rows) &&
                         !PQgetisnull(rows, cell.row, cell.column);
            values_set(&sheet->arguments, name,
                       there ? PQgetvalue(rows, cell.row, cell.column) : NULL);
        }
}

static void read_out(struct reading *reading)
{
    struct sheet *sheet = reading->sheet;
    forget(reading);
    for (int i = 0; i < sheet->definition->panel_count && i < PANELS_MOST; i++) {
        const struct defined_panel *panel = &sheet->definition->panels[i];
        PGresult *rows = reading->rows[i] = ask_panel(sheet, panel, NULL);
        if (panel->kind == PANEL_FIELDS && !sheet->rows && rows && PQntuples(rows)) {
            sheet->rows = rows;
            sheet->row = 0;
        }
        say_panel(reading, i);
    }
    keep_cells(reading);
}

/* The next page of the tables that are paged; false when nothing more is there. */
static bool read_more(struct reading *reading)
{
    const struct definition *definition = reading->sheet->definition;
    bool found = false;
    for (int i = 0; i < definition->panel_count && i < PANELS_MOST; i++) {
        PGresult *rows = reading->rows[i], *fresh;
        if (!definition->panels[i].order_count || !rows || PQntuples(rows) < PLAIN_ROWS)
            continue;
        fresh = ask_panel(reading->sheet, &definition->panels[i], rows);
        if (fresh && PQntuples(fresh)) {
            PQclear(rows);
            reading->rows[i] = fresh;
            say_panel(reading, i);
            found = true;
        } else {
            PQclear(fresh);
        }
    }
    return found;
}

/* Panel that the row with a number stands in, -1 none. */
static int panel_of(const struct reading *reading, int number)
{
    for (int i = reading->sheet->definition->panel_count - 1; i >= 0; i--)
        if (i < PANELS_MOST && reading->rows[i] && number >= reading->first[i] &&
            reading->sheet->definition->panels[i].kind != PANEL_FIELDS &&
            number < reading->first[i] + PQntuples(reading->rows[i]))
            return i;
    return -1;
}

/* A sheet whose values are those of a panel's row, then those of the object. Clear its arguments. */
static struct sheet row_sheet(const struct reading *reading, int panel, int row)
{
    const struct sheet *sheet = reading->sheet;
    struct sheet part = {.plain = sheet->plain,
                         .definition = sheet->definition,
                         .rows = reading->rows[panel],
                         .row = row};
    values_copy(&part.arguments, &sheet->arguments);
    for (int i = 0; sheet->rows && i < PQnfields(sheet->rows); i++)
        values_set(&part.arguments, PQfname(sheet->rows, i),
                   PQgetisnull(sheet->rows, 0, i) ? NULL : PQgetvalue(sheet->rows, 0, i));
    return part;
}

/* The database answers the value to the second call with the same key: see page_view_reveal.c. */
static void reveal(struct sheet *part, const struct defined_column *column)
{
    struct values entered = VALUES_INIT;
    char key[37];
    char *reason = plain_ask(_("Reason, recorded with your name:"));
    bool good = reason != NULL;
    clock_uuid(key);
    values_set(&entered, "reason", reason);
    part->entered = &entered;
    for (int turn = 0; good && turn < 2; turn++) {
        struct query query = QUERY_INIT;
        query_reveal(&query, column->reveal.function, &column->reveal.arguments, key, sheet_value,
                     part);
        PGresult *rows = sheet_query(part->plain, &query);
        good = rows && PQntuples(rows) == 1;
        if (good && !PQgetisnull(rows, 0, 0)) {
            plain_say(PQgetvalue(rows, 0, 0));
            good = false;
        }
        PQclear(rows);
    }
    part->entered = NULL;
    values_clear(&entered);
    free(reason);
}

static bool reveals(const struct plain *plain, const struct defined_column *column)
{
    return column->reveal.function && (column->reveal.roles & plain->identity.role_bit);
}

static const struct defined_column *masked(const struct plain *plain, const struct defined_panel *panel,
                                           const char *name)
{
    for (int i = 0; i < panel->columns.count; i++)
        if (reveals(plain, &panel->columns.items[i]) && !strcmp(panel->columns.items[i].name, name))
            return &panel->columns.items[i];
    return NULL;
}

/* "reveal phone", or of a row "reveal number 3". */
static void reveal_named(struct reading *reading, const char *name, int number)
{
    int panel = number > 0 ? panel_of(reading, number) : 0;
    const struct definition *definition = reading->sheet->definition;
    const struct defined_column *column =
        panel >= 0 ? masked(reading->sheet->plain, &definition->panels[panel], name) : NULL;
    if (!column) {
        plain_say(_("There is no masked field of this name; ? lists them."));
        return;
    }
    struct sheet part =
        row_sheet(reading, panel, number > 0 ? number - reading->first[panel] : 0);
    reveal(&part, column);
    values_clear(&part.arguments);
}

/* Opens the row, or does an action of its panel. False when the panel has no such action. */
static bool on_row(struct reading *reading, int number, const char *action)
{
    int at = panel_of(reading, number);
    if (at < 0)
        return false;
    const struct defined_panel *panel = &reading->sheet->definition->panels[at];
    const struct defined_action *own = action ? sheet_action(&panel->actions, action) : NULL;
    struct sheet part = row_sheet(reading, at, number - reading->first[at]);
    if (own)
        sheet_act(&part, &panel->columns, own);
    else if (!action && panel->enter.screen)
        sheet_jump(&part, &panel->enter);
    else if (!action)
        plain_row(part.plain, &panel->columns, part.rows, part.row, 0, true);
    values_clear(&part.arguments);
    return own || !action;
}

static void help(const struct reading *reading)
{
    const struct definition *definition = reading->sheet->definition;
    plain_say(_("Type the number of a row to open it, an action, for a row with its number, "
                "reveal and a masked field, n for more rows, r to read again, : and a code for "
                "another screen, b for back, q to quit."));
    sheet_actions(&definition->actions, false);
    for (int i = 0; i < definition->panel_count; i++) {
        sheet_actions(&definition->panels[i].actions, true);
        for (int c = 0; c < definition->panels[i].columns.count; c++)
            if (reveals(reading->sheet->plain, &definition->panels[i].columns.items[c]))
                printf("  reveal %s: %s\n", definition->panels[i].columns.items[c].name,
                       both_text(&definition->panels[i].columns.items[c].title));
    }
}

static void command(struct reading *reading, char *text)
{
    char *rest = text + strcspn(text, " ");
    struct sheet *sheet = reading->sheet;
    if (*rest)
        *rest++ = '\0';
    const struct defined_action *action = sheet_action(&sheet->definition->actions, text);
    if (!strcmp(text, "reveal")) {
        char *number = rest + strcspn(rest, " ");
        if (*number)
            *number++ = '\0';
        reveal_named(reading, rest, atoi(number));
    } else if (action) {
        sheet_act(sheet, definition_action_columns(sheet->definition), action);
        read_out(reading);
    } else if (atoi(rest) > 0 && on_row(reading, atoi(rest), text)) {
        read_out(reading);
    } else if (atoi(text) <= 0 || !on_row(reading, atoi(text), NULL)) {
        plain_say(_("That is no number or action of this screen; ? lists them."));
    }
}

bool plain_view(struct sheet *sheet)
{
    struct reading reading = {.sheet = sheet, .next = 1};
    bool go_on = true, back = false;
    read_out(&reading);
    while (go_on && !back) {
        char *text = plain_ask(_("Number, action, ? or b:"));
        back = text && !strcmp(text, "b");
        if (!text || plain_is_end(text))
            go_on = false;
        else if (*text == ':')
            go_on = plain_command(sheet->plain, text);
        else if (!*text || !strcmp(text, "?"))
            help(&reading);
        else if (!strcmp(text, "r"))
            read_out(&reading);
        else if (!strcmp(text, "n") && !read_more(&reading))
            plain_say(_("No more rows."));
        else if (strcmp(text, "n") != 0 && !back)
            command(&reading, text);
        go_on = go_on && !sheet->plain->ending;
        free(text);
    }
    forget(&reading);
    return go_on;
}
