#include "console/page_list.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How the user wants each list, kept in the database (api.saved_view_…) as lines of text:
 * columns=…, sort=column or sort=-column, filter.NAME=… */

static void set_filter(struct page *page, const char *name, const char *text)
{
    struct list_state *state = page->state;
    for (int i = 0; i < page->definition->filter_count; i++) {
        if (strcmp(page->definition->filters[i].name, name) != 0 ||
            values_has(&page->arguments, name))
            continue;
        free(state->filters[i]);
        state->filters[i] = *text ? xstrdup(text) : NULL;
    }
}

static void set_line(struct page *page, const char *name, const char *text)
{
    struct list_state *state = page->state;
    struct error error = ERROR_INIT;
    if (!strcmp(name, "columns")) {
        columns_apply(state->columns, text, &error);
    } else if (!strcmp(name, "sort") && page->definition->order_count) {
        bool down = text[0] == '-';
        int column = defined_columns_find(&page->definition->columns, text + down);
        if (column >= 0 && page->definition->columns.items[column].sortable)
            list_page_sort(page, column, down);
    } else if (!strncmp(name, "filter.", 7)) {
        set_filter(page, name + 7, text);
    }
}

void list_page_settings_read(struct page *page)
{
    const char *kept = values_get(&page->console->views, page->name);
    char *text = kept ? xstrdup(kept) : NULL, *rest = text, *line;
    while (text && (line = strsep(&rest, "\n"))) {
        char *equals = strchr(line, '=');
        if (!equals)
            continue;
        *equals = '\0';
        set_line(page, line, equals + 1);
    }
    free(text);
}

static void saved(void *data, struct answer *answer)
{
    struct page *page = data;
    if (answer->error)
        console_error(page->console, answer->error);
}

/* The settings travel as one JSON string. */
static void save(struct page *page, const char *text)
{
    char key[37];
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "settings", text);
    char *definition = cJSON_PrintUnformatted(json);
    const char *values[] = {page->name, definition, key};
    struct request request = {
        .sql = "SELECT status FROM api.saved_view_save(p_screen => $1, p_name => 'default', "
               "p_definition => $2, p_request => $3)",
        .n = 3,
        .values = values,
        .kind = REQUEST_WRITE};
    clock_uuid(key);
    connection_request(page->console->connection, page, &request, saved, page);
    cJSON_free(definition);
    cJSON_Delete(json);
}

void list_page_settings_write(struct page *page, bool everything)
{
    struct list_state *state = page->state;
    struct buffer text = BUFFER_INIT;
    char *columns = columns_settings(state->columns);
    buffer_format(&text, "columns=%s\n", columns);
    if (state->own_order)
        buffer_format(&text, "sort=%s%s\n", state->order[0].descending ? "-" : "",
                      page->definition->columns.items[state->order[0].column].name);
    for (int i = 0; everything && i < page->definition->filter_count; i++)
        if (state->filters[i])
            buffer_format(&text, "filter.%s=%s\n", page->definition->filters[i].name,
                          state->filters[i]);
    values_set(&page->console->views, page->name, buffer_text(&text));
    if (connection_state(page->console->connection) == LINK_READY)
        save(page, buffer_text(&text));
    free(columns);
    buffer_free(&text);
}

void list_page_settings_forget(struct page *page)
{
    struct list_state *state = page->state;
    columns_reset(state->columns);
    if (page->definition->order_count)
        list_page_sort(page, page->definition->order[0].column,
                       page->definition->order[0].descending);
    for (int i = 0; i < page->definition->filter_count; i++) {
        const char *initial = page->definition->filters[i].initial;
        free(state->filters[i]);
        state->filters[i] = initial ? xstrdup(initial) : NULL;
    }
    list_page_settings_write(page, true);
    list_page_restart(page);
    console_say(page->console, STYLE_GOOD, "%s", _("The list is as it was delivered."));
}
