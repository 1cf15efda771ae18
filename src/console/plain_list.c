#include "console/plain_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows from the first on, or those after the ones read. The filters as first set: arguments, else
 * defaults. */
static void read_list(struct sheet *sheet, bool more)
{
    const struct definition *definition = sheet->definition;
    struct query_filter filters[12];
    struct query query = QUERY_INIT;
    const char *last[PLAIN_CELLS] = {NULL};
    int count = 0;
    for (int i = 0; more && i < definition->columns.count && i < PLAIN_CELLS; i++)
        last[i] = PQgetvalue(sheet->rows, PLAIN_ROWS - 1, i);
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
                              .edge = more ? EDGE_AFTER : EDGE_FIRST,
                              .row = more ? last : NULL,
                              .limit = PLAIN_ROWS + 1,
                              .value = sheet_value,
                              .data = sheet};
    sheet->row = -1;
    query_page(&query, &page);
    PQclear(sheet->rows);
    sheet->rows = sheet_query(sheet->plain, &query);
}

/* The next page of a list over a view; a function has answered all that it has. */
static void read_next(struct sheet *sheet)
{
    if (sheet->definition->source.view && sheet->rows && PQntuples(sheet->rows) > PLAIN_ROWS)
        read_list(sheet, true);
    else
        plain_say(_("No more rows."));
}

static void list_say(struct sheet *sheet)
{
    int count = sheet->rows ? PQntuples(sheet->rows) : 0;
    for (int i = 0; i < count && i < PLAIN_ROWS; i++)
        plain_row(sheet->plain, &sheet->definition->columns, sheet->rows, i, i + 1, false);
    if (!count)
        plain_say(_("No rows."));
    else if (count > PLAIN_ROWS)
        plain_say(_("There are more: n."));
}

static bool list_command(struct sheet *sheet, char *text)
{
    char *rest = text + strcspn(text, " ");
    const struct defined_action *action;
    int number = atoi(text);
    if (*rest)
        *rest++ = '\0';
    action = sheet_action(&sheet->definition->actions, text);
    if (number > 0 && sheet->rows && number <= PQntuples(sheet->rows)) {
        sheet->row = number - 1;
        if (sheet->definition->enter.screen)
            sheet_jump(sheet, &sheet->definition->enter);
        else
            plain_row(sheet->plain, &sheet->definition->columns, sheet->rows, sheet->row, 0, true);
    } else if (action) {
        sheet->row = atoi(rest) - 1;
        if ((action->needs & (NEED_ROW | NEED_MARKS)) &&
            (sheet->row < 0 || !sheet->rows || sheet->row >= PQntuples(sheet->rows)))
            plain_say(_("Type the action and the number of the row, for example: take 3"));
        else
            sheet_act(sheet, definition_action_columns(sheet->definition), action);
        read_list(sheet, false);
    } else {
        for (int i = 0; i < sheet->definition->filter_count; i++)
            if (!strcmp(sheet->definition->filters[i].name, text)) {
                values_set(&sheet->arguments, text, rest);
                read_list(sheet, false);
                return true;
            }
        plain_say(_("That is no number, action or filter of this screen."));
        return true;
    }
    return true;
}

static void list_help(const struct sheet *sheet)
{
    plain_say(_("Type the number of a row to open it, an action and a number, a filter and its value, "
          "n for more rows, r to read again, : and a code for another screen, b for back, "
          "q to quit."));
    sheet_actions(&sheet->definition->actions, true);
    for (int i = 0; i < sheet->definition->filter_count; i++)
        printf("  %s: %s\n", sheet->definition->filters[i].name,
               both_text(&sheet->definition->filters[i].title));
}

bool plain_list(struct sheet *sheet)
{
    if (sheet->definition->search && !values_get(&sheet->arguments, sheet->definition->search)) {
        char *text = plain_ask(_("Search for:"));
        if (!text)
            return false;
        values_set(&sheet->arguments, sheet->definition->search, text);
        free(text);
    }
    read_list(sheet, false);
    list_say(sheet);
    for (;;) {
        char *text = plain_ask(_("Number, action, ? or b:"));
        bool quit = !text || plain_is_end(text), back = text && !strcmp(text, "b");
        if (text && !strcmp(text, "?")) {
            list_help(sheet);
        } else if (text && *text == ':') {
            quit = !plain_command(sheet->plain, text);
        } else if (!quit && !back) {
            if (!strcmp(text, "n"))
                read_next(sheet);
            else if (!strcmp(text, "r") || !*text)
                read_list(sheet, false);
            else
                list_command(sheet, text);
            quit = sheet->plain->ending;
            if (!quit)
                list_say(sheet);
        }
        free(text);
        if (quit || back)
            return !quit;
    }
}

