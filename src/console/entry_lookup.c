#include "console/entry_internal.h"

#include "base/alloc.h"
#include "console/format.h"

#include <stdlib.h>
#include <string.h>

/* A text found for a memo goes behind what is written there. */
static void append_text(struct entry *entry, int at, const char *text)
{
    const char *written = form_value(entry->form, at);
    char *whole = xasprintf("%s%s%s", written, *written ? "\n" : "", text);
    form_set(entry->form, at, whole);
    free(whole);
}

/* The value of a row stands in the field with what it is called. */
static void take_row(struct entry *entry, int at, const PGresult *rows, int row)
{
    const struct defined_lookup *lookup = entry->fields->items[at].lookup;
    int column = defined_columns_find(&lookup->columns, lookup->value), shown = 0;
    char text[256];
    const char *cells[60];
    for (int i = 0; i < lookup->columns.count && i < 60; i++)
        cells[i] = PQgetvalue(rows, row, i);
    while (shown < lookup->columns.count - 1 &&
           (lookup->columns.items[shown].hidden || shown == column))
        shown++;
    struct form_choice choice = {
        cells[column], format_cell(&lookup->columns, shown, cells, 0, NULL, text, sizeof text)};
    form_set_choices(entry->form, at, &choice, 1);
}

static void picked_row(void *data, int tag)
{
    struct entry *entry = data;
    int at = entry->asked;
    entry->asked = -1;
    entry->picker = NULL;
    free(entry->sought);
    entry->sought = NULL;
    if (tag >= 0 && at >= 0 && entry->found) {
        const struct defined_lookup *lookup = entry->fields->items[at].lookup;
        int column = defined_columns_find(&lookup->columns, lookup->value);
        const char *value = PQgetvalue(entry->found, tag, column);
        if (entry->fields->items[at].type == FIELD_MEMO) {
            append_text(entry, at, value);
            PQclear(entry->found);
            entry->found = NULL;
            return;
        }
        take_row(entry, at, entry->found, tag);
        form_set(entry->form, at, value);
    }
    PQclear(entry->found);
    entry->found = NULL;
}

/* One line of the list for each row found. */
static void found_items(const struct entry *entry, struct dialog_items *items)
{
    const struct defined_columns *columns = &entry->fields->items[entry->asked].lookup->columns;
    for (int row = 0; row < PQntuples(entry->found); row++) {
        struct buffer text = BUFFER_INIT;
        const char *cells[60];
        char cell[256];
        for (int i = 0; i < columns->count && i < 60; i++)
            cells[i] = PQgetisnull(entry->found, row, i) ? NULL : PQgetvalue(entry->found, row, i);
        for (int i = 0; i < columns->count; i++)
            if (!columns->items[i].hidden)
                buffer_format(&text, "%s%s", text.length ? "  " : "",
                              format_cell(columns, i, cells, 0, NULL, cell, sizeof cell));
        dialog_item_add(items, row, buffer_text(&text), NULL, NULL, NULL);
        buffer_free(&text);
    }
}

static void ask(struct entry *entry);

static bool asking(void *data)
{
    return ((struct entry *)data)->asking;
}

static void sought(void *data, const char *text)
{
    struct entry *entry = data;
    free(entry->sought);
    entry->sought = xstrdup(text);
    entry->again = entry->asking;
    if (!entry->asking)
        ask(entry);
}

/* The answer is to a list that was left, or the connection broke before it: the question is put
 * anew and waits for the next one. */
static bool ask_again(struct entry *entry, const struct error *error)
{
    bool broken = error && error->kind == ERROR_UNREACHABLE;
    if (entry->asked < 0 || (!broken && (entry->picker || !entry->again)))
        return false;
    ask(entry);
    return true;
}

static void lookup_answer(void *data, struct answer *answer)
{
    struct entry *entry = data;
    struct dialog_items items = {NULL, 0, 0};
    entry->asking = false;
    if (ask_again(entry, answer->error))
        return;
    if (answer->error || entry->asked < 0) {
        if (answer->error)
            console_error(entry->page->console, answer->error);
        if (!entry->picker)
            entry->asked = -1;
        return;
    }
    const struct defined_field *field = &entry->fields->items[entry->asked];
    PQclear(entry->found);
    entry->found = answer->rows;
    answer->rows = NULL;
    found_items(entry, &items);
    if (entry->picker) {
        dialog_choose_replace(entry->picker, &items);
    } else {
        entry->picker = dialog_choose(entry->page->console, both_text(&field->title), &items,
                                      picked_row, entry);
        if (field->lookup->search)
            dialog_choose_search(entry->picker, form_value(entry->form, entry->asked), sought,
                                 asking);
    }
    if (entry->again)
        ask(entry);
}

/* A value for the lookup's source: what is typed, other fields, then the page. */
static const char *lookup_value(void *data, const char *name)
{
    struct entry *entry = data;
    const struct defined_lookup *lookup =
        entry->asked >= 0 ? entry->fields->items[entry->asked].lookup : NULL;
    if (lookup && lookup->search && !strcmp(name, lookup->search))
        return entry->sought ? entry->sought : form_value(entry->form, entry->asked);
    if (form_find(entry->form, name) >= 0)
        return entry_value(entry, name);
    return page_value(entry->page, name);
}

static void send_query(struct entry *entry, struct query *query, void (*got)(void *, struct answer *))
{
    struct request request = {.sql = buffer_text(&query->sql),
                              .n = query->count,
                              .values = (const char *const *)query->values,
                              .kind = REQUEST_READ};
    connection_request(entry->page->console->connection, entry, &request, got, entry);
    query_free(query);
}

static void ask(struct entry *entry)
{
    const struct defined_lookup *lookup = entry->fields->items[entry->asked].lookup;
    struct query query = QUERY_INIT;
    entry->asking = true;
    entry->again = false;
    query_source(&query, &lookup->source, &lookup->columns, 200, lookup_value, entry);
    send_query(entry, &query, lookup_answer);
}

void entry_lookup(struct entry *entry, int at)
{
    entry->asked = at;
    entry->again = entry->asking;
    if (!entry->asking)
        ask(entry);
}

bool entry_waits(const struct entry *entry)
{
    return (entry->asked >= 0 && entry->asking && !entry->picker) || entry->held;
}

bool entry_give_up(struct entry *entry)
{
    if (!entry_waits(entry))
        return false;
    entry->asked = entry->naming = -1;
    entry->held = false;
    connection_cancel(entry->page->console->connection, entry);
    return true;
}

/* What the value of a field is called, NULL when that is not known. */
static const char *title_of(struct entry *entry, int at)
{
    const struct form_field *field = form_get(entry->form, at);
    const char *value = form_value(entry->form, at);
    for (int i = 0; i < field->choice_count; i++)
        if (!strcmp(field->choices[i].value, value))
            return field->choices[i].title;
    return NULL;
}

char *entry_named(struct entry *entry, int at)
{
    const struct defined_lookup *lookup = entry->fields->items[at].lookup;
    const char *title = title_of(entry, at), *value = form_value(entry->form, at);
    int column = lookup ? defined_columns_find(&lookup->columns, lookup->value) : -1;
    if (!title || !*title || !strcmp(title, value))
        return NULL;
    return column >= 0 && !lookup->columns.items[column].hidden ? xasprintf("%s (%s)", title, value)
                                                               : xstrdup(title);
}

/* What a code is called that was typed; the field may hold another one by now. */
static void named(void *data, struct answer *answer)
{
    struct entry *entry = data;
    int at = entry->naming;
    int row = 0, rows = answer->error ? 0 : PQntuples(answer->rows);
    entry->naming = -1;
    entry->held = false;
    if (at < 0)
        return;
    const struct defined_lookup *lookup = entry->fields->items[at].lookup;
    int column = defined_columns_find(&lookup->columns, lookup->value);
    const char *value = form_value(entry->form, at);
    const struct form_choice unknown = {value, ""};
    while (row < rows && strcmp(PQgetvalue(answer->rows, row, column), value) != 0)
        row++;
    if (row < rows)
        take_row(entry, at, answer->rows, row);
    else
        form_set_choices(entry->form, at, &unknown, 1);
    screen_dirty();
    entry_name_rest(entry);
}

bool entry_name(struct entry *entry, int at)
{
    const struct defined_field *field = &entry->fields->items[at];
    const struct defined_lookup *lookup = field->lookup;
    const char *value = form_value(entry->form, at);
    if (!lookup || lookup->search || field->type == FIELD_MEMO || !value || !*value ||
        title_of(entry, at) || entry->naming >= 0 ||
        connection_state(entry->page->console->connection) != LINK_READY)
        return false;
    struct order order = {defined_columns_find(&lookup->columns, lookup->value), false};
    struct query_page page = {.source = &lookup->source, .columns = &lookup->columns,
                              .order = &order, .order_count = 1, .edge = EDGE_POSITION,
                              .position = value, .limit = 1, .value = lookup_value, .data = entry};
    struct query query = QUERY_INIT;
    entry->naming = at;
    if (lookup->source.view)
        query_page(&query, &page);
    else
        query_source(&query, &lookup->source, &lookup->columns, 200, lookup_value, entry);
    send_query(entry, &query, named);
    return true;
}

void entry_name_rest(struct entry *entry)
{
    for (int i = 0; i < entry->fields->count && entry->naming < 0; i++)
        if (i != form_focus(entry->form) || !form_changed(entry->form))
            entry_name(entry, i);
}
