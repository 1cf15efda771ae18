#include "console/page_list.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "console/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_VIEW "default" /* how the list opens */

/* How the user wants each list, kept in the database (api.saved_view_…) as lines of text:
 * columns=…, sort=column or sort=-column, filter.NAME=… One of them, DEFAULT_VIEW, is how the list
 * opens; the others have names of the person. */

static void set_filter(struct page *page, const char *name, const char *text, bool all)
{
    struct list_state *state = page->state;
    for (int i = 0; i < page->definition->filter_count; i++) {
        if (strcmp(page->definition->filters[i].name, name) != 0 ||
            (!all && values_has(&page->arguments, name)))
            continue;
        free(state->filters[i]);
        state->filters[i] = *text ? xstrdup(text) : NULL;
    }
}

static void set_line(struct page *page, const char *name, const char *text, bool all)
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
        set_filter(page, name + 7, text, all);
    }
}

/* `all`: also filters that the screen was opened with. */
static void apply(struct page *page, const char *kept, bool all)
{
    char *text = kept ? xstrdup(kept) : NULL, *rest = text, *line;
    while (text && (line = strsep(&rest, "\n"))) {
        char *equals = strchr(line, '=');
        if (!equals)
            continue;
        *equals = '\0';
        set_line(page, line, equals + 1, all);
    }
    free(text);
}

void list_page_settings_read(struct page *page)
{
    apply(page, values_get(&page->console->views, page->name), false);
}

static void delivered(struct page *page)
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
}

static void write(struct page *page, const char *sql, const char *name, const char *definition,
                  answer_function answer)
{
    char key[37];
    const char *values[] = {page->name, name, key, definition};
    struct request request = {
        .sql = sql, .n = definition ? 4 : 3, .values = values, .kind = REQUEST_WRITE};
    clock_uuid(key);
    connection_request(page->console->connection, page, &request, answer, page);
}

/* The settings travel as one JSON string. */
static void save(struct page *page, const char *name, const char *text, answer_function answer)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "settings", text);
    char *definition = cJSON_PrintUnformatted(json);
    write(page,
          "SELECT status, id FROM api.saved_view_save(p_screen => $1, p_name => $2, "
          "p_definition => $4, p_request => $3)",
          name, definition, answer);
    cJSON_free(definition);
    cJSON_Delete(json);
}

static void settings_text(struct page *page, bool everything, struct buffer *text)
{
    struct list_state *state = page->state;
    char *columns = columns_settings(state->columns);
    buffer_format(text, "columns=%s\n", columns);
    if (state->own_order)
        buffer_format(text, "sort=%s%s\n", state->order[0].descending ? "-" : "",
                      page->definition->columns.items[state->order[0].column].name);
    for (int i = 0; everything && i < page->definition->filter_count; i++)
        buffer_format(text, "filter.%s=%s\n", page->definition->filters[i].name,
                      state->filters[i] ? state->filters[i] : "");
    free(columns);
}

/* The filters that were kept stay so. */
static void keep_filters(struct page *page, struct buffer *text)
{
    const char *line = values_get(&page->console->views, page->name);
    while (line && *line) {
        size_t length = strcspn(line, "\n");
        if (!strncmp(line, "filter.", 7))
            buffer_format(text, "%.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void kept(void *data, struct answer *answer)
{
    struct page *page = data;
    if (answer->error)
        console_error(page->console, answer->error);
}

void list_page_settings_write(struct page *page)
{
    struct buffer text = BUFFER_INIT;
    settings_text(page, false, &text);
    keep_filters(page, &text);
    values_set(&page->console->views, page->name, buffer_text(&text));
    if (connection_state(page->console->connection) == LINK_READY)
        save(page, DEFAULT_VIEW, buffer_text(&text), kept);
    buffer_free(&text);
}

static void saved(void *data, struct answer *answer)
{
    struct page *page = data;
    kept(data, answer);
    if (answer->error || PQntuples(answer->rows) != 1)
        return;
    const char *name = PQgetvalue(answer->rows, 0, 1);
    if (!strcmp(name, DEFAULT_VIEW))
        console_say(page->console, STYLE_GOOD, "%s", _("The view of this list is kept for you."));
    else
        console_say(page->console, STYLE_GOOD, _("The view is kept; :view %s brings it back."),
                    name);
}

static void save_named(struct page *page, const char *name)
{
    struct buffer text = BUFFER_INIT;
    settings_text(page, true, &text);
    if (!strcmp(name, DEFAULT_VIEW))
        values_set(&page->console->views, page->name, buffer_text(&text));
    save(page, name, buffer_text(&text), saved);
    buffer_free(&text);
}

static void was_reset(void *data, struct answer *answer)
{
    struct page *page = data;
    kept(data, answer);
    if (answer->error)
        return;
    delivered(page);
    values_set(&page->console->views, page->name, "");
    list_page_restart(page);
    console_say(page->console, STYLE_GOOD, "%s", _("The list is as it was delivered."));
}

static void deleted(void *data, struct answer *answer)
{
    struct page *page = data;
    kept(data, answer);
    if (!answer->error)
        console_say(page->console, STYLE_GOOD, "%s", _("The view is deleted."));
}

/* The views that the person keeps for a list: all, or the one of that name. While the answer is on
 * its way the page holds it as `views`. */
struct choice {
    struct page *page;
    char *name; /* NULL: choose from all */
    PGresult *rows;
};

static void choice_free(struct choice *choice)
{
    PQclear(choice->rows);
    free(choice->name);
    free(choice);
}

static void chosen(void *data, int row)
{
    struct choice *choice = data;
    struct page *page = choice->page;
    if (row >= 0) {
        delivered(page);
        apply(page, PQgetvalue(choice->rows, row, 1), true);
        list_page_restart(page);
        console_say(page->console, STYLE_GOOD, _("View: %s"), PQgetvalue(choice->rows, row, 0));
    }
    choice_free(choice);
}

static void offered(void *data, struct answer *answer)
{
    struct choice *choice = data;
    struct page *page = choice->page;
    struct dialog_items items = {NULL, 0, 0};
    int count;
    ((struct list_state *)page->state)->views = NULL;
    if (answer->error) {
        kept(page, answer);
        choice_free(choice);
        return;
    }
    choice->rows = answer->rows;
    answer->rows = NULL;
    count = PQntuples(choice->rows);
    if (!count)
        console_refuse(page->console, choice->name
                                          ? _("There is no view of that name for this list.")
                                          : _("No view is kept yet; type :view save NAME."));
    if (!count || choice->name) {
        chosen(choice, count ? 0 : -1);
        return;
    }
    for (int i = 0; i < count; i++)
        dialog_item_add(&items, i, PQgetvalue(choice->rows, i, 0), NULL, NULL, NULL);
    dialog_choose(page->console, _("Views of this list"), &items, chosen, choice);
}

static void choose(struct page *page, const char *name)
{
    struct choice *choice = xcalloc(1, sizeof *choice);
    const char *values[] = {page->name, name};
    struct request request = {
        .sql = "SELECT name, definition->>'settings' FROM api.saved_view_list WHERE screen = $1 AND "
               "(name = $2 OR ($2 IS NULL AND name <> '" DEFAULT_VIEW "')) ORDER BY name",
        .n = 2,
        .values = values,
        .kind = REQUEST_READ};
    struct list_state *state = page->state;
    if (state->views) { /* the last one asked wins */
        free(choice);
        choice = state->views;
        connection_drop_owner(page->console->connection, choice);
        free(choice->name);
    }
    state->views = choice;
    choice->page = page;
    choice->name = name ? xstrdup(name) : NULL;
    connection_request(page->console->connection, choice, &request, offered, choice);
}

void list_page_views_forget(struct page *page)
{
    struct list_state *state = page->state;
    if (!state->views)
        return;
    connection_drop_owner(page->console->connection, state->views);
    choice_free(state->views);
    state->views = NULL;
}

void list_page_view(struct page *page, const char *text)
{
    static const char drop[] = "SELECT status, id FROM api.saved_view_delete(p_screen => $1, "
                               "p_name => $2, p_request => $3)";
    size_t length = strcspn(text, " ");
    const char *name = text + length + strspn(text + length, " ");
    if (connection_state(page->console->connection) != LINK_READY)
        console_refuse(page->console, _("There is no connection to the database."));
    else if (!strncmp(text, "save", length) && length == 4)
        save_named(page, *name ? name : DEFAULT_VIEW);
    else if (!strcmp(text, "reset"))
        write(page, drop, DEFAULT_VIEW, NULL, was_reset);
    else if (!strncmp(text, "delete", length) && length == 6 && *name)
        write(page, drop, name, NULL, deleted);
    else if (!*text || !strcmp(text, "list"))
        choose(page, NULL);
    else
        choose(page, text);
}
