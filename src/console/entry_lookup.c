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
        char text[256];
        const char *cells[60];
        for (int i = 0; i < lookup->columns.count && i < 60; i++)
            cells[i] = PQgetvalue(entry->found, tag, i);
        int shown = 0;
        while (shown < lookup->columns.count - 1 &&
               (lookup->columns.items[shown].hidden || shown == column))
            shown++;
        struct form_choice choice = {
            value, format_cell(&lookup->columns, shown, cells, 0, NULL, text, sizeof text)};
        form_set_choices(entry->form, at, &choice, 1);
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

static void sought(void *data, const char *text)
{
    struct entry *entry = data;
    free(entry->sought);
    entry->sought = xstrdup(text);
    entry->again = entry->asking;
    if (!entry->asking)
        ask(entry);
}

static void lookup_answer(void *data, struct answer *answer)
{
    struct entry *entry = data;
    struct dialog_items items = {NULL, 0, 0};
    entry->asking = false;
    if (answer->error || entry->asked < 0) {
        if (answer->error)
            console_error(entry->page->console, answer->error);
        if (!entry->picker)
            entry->asked = -1;
        return;
    }
    if (entry->again && !entry->picker) { /* the answer to a list that was left */
        ask(entry);
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
            dialog_choose_search(entry->picker, form_value(entry->form, entry->asked), sought);
    }
    if (entry->again)
        ask(entry);
}

/* A value for the lookup's source: what is typed, other fields, then the page. */
static const char *lookup_value(void *data, const char *name)
{
    struct entry *entry = data;
    const struct defined_lookup *lookup = entry->fields->items[entry->asked].lookup;
    if (lookup->search && !strcmp(name, lookup->search))
        return entry->sought ? entry->sought : form_value(entry->form, entry->asked);
    if (form_find(entry->form, name) >= 0)
        return entry_value(entry, name);
    return page_value(entry->page, name);
}

static void ask(struct entry *entry)
{
    const struct defined_lookup *lookup = entry->fields->items[entry->asked].lookup;
    struct query query = QUERY_INIT;
    entry->asking = true;
    entry->again = false;
    query_source(&query, &lookup->source, &lookup->columns, 200, lookup_value, entry);
    struct request request = {.sql = buffer_text(&query.sql),
                              .n = query.count,
                              .values = (const char *const *)query.values,
                              .kind = REQUEST_READ};
    connection_request(entry->page->console->connection, entry, &request, lookup_answer, entry);
    query_free(&query);
}

void entry_lookup(struct entry *entry, int at)
{
    entry->asked = at;
    entry->again = entry->asking;
    if (!entry->asking)
        ask(entry);
}
