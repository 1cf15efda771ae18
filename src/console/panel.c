#include "console/panel.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "console/console.h"
#include "console/page_columns.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_HEIGHT = 20, FIELD_PAGE = 5 };

const char *const *panel_row(struct panel *panel)
{
    const struct defined_columns *columns = &panel->definition->columns;
    int row = panel->list ? list_cursor(panel->list) : 0;
    if (panel->list ? row < 0 : !panel->rows || !PQntuples(panel->rows))
        return NULL;
    for (int i = 0; i < columns->count && i < PANEL_CELLS; i++)
        panel->cells[i] = panel->list                        ? list_cell(panel->list, row, i)
                          : PQgetisnull(panel->rows, row, i) ? NULL
                                                             : PQgetvalue(panel->rows, row, i);
    return panel->cells;
}

const char *panel_cell(const struct panel *panel, int row, int column)
{
    if (panel->list)
        return row < list_count(panel->list) ? list_cell(panel->list, row, column) : NULL;
    return panel->rows && row < PQntuples(panel->rows) && !PQgetisnull(panel->rows, row, column)
               ? PQgetvalue(panel->rows, row, column)
               : NULL;
}

const char *panel_value(struct panel *panel, const char *name)
{
    int column = defined_columns_find(&panel->definition->columns, name);
    const char *const *row = column >= 0 ? panel_row(panel) : NULL;
    return row ? row[column] : NULL;
}

/* Sources know only what the page was opened with. */
static const char *source_value(void *data, const char *name)
{
    struct page *page = data;
    return name[0] == '@' ? page_value(page, name) : values_get(&page->arguments, name);
}

/* FNV-1a over all cells; 1 of no rows. */
static uint64_t digest_of(const PGresult *rows)
{
    uint64_t digest = UINT64_C(14695981039346656037);
    for (int row = 0; row < PQntuples(rows); row++)
        for (int i = 0; i < PQnfields(rows); i++) {
            const char *text = PQgetvalue(rows, row, i);
            do
                digest = (digest ^ (unsigned char)*text) * UINT64_C(1099511628211);
            while (*text++);
        }
    return PQntuples(rows) ? digest : 1;
}

static void note_change(struct panel *panel, const PGresult *rows)
{
    uint64_t digest = digest_of(rows);
    if (panel->digest && digest != panel->digest)
        panel->altered_at = clock_ms();
    panel->digest = digest;
}

static void list_rows(struct panel *panel, const PGresult *rows)
{
    const struct defined_panel *definition = panel->definition;
    int count = PQntuples(rows);
    bool more = count > panel->limit;
    bool reversed = panel->edge == LIST_LAST || panel->edge == LIST_BEFORE;
    if (!list_page_begin(panel->list, panel->number))
        return;
    note_change(panel, rows);
    count = more ? panel->limit : count;
    for (int i = 0; i < count; i++) {
        int row = reversed ? count - 1 - i : i;
        struct buffer key = BUFFER_INIT;
        for (int c = 0; c < definition->columns.count && c < PANEL_CELLS; c++)
            panel->cells[c] = PQgetisnull(rows, row, c) ? NULL : PQgetvalue(rows, row, c);
        for (int k = 0; k < definition->key_count; k++)
            buffer_format(&key, "%s\x1f",
                          panel->cells[definition->key[k]] ? panel->cells[definition->key[k]] : "");
        if (!definition->key_count)
            buffer_format(&key, "%d", row);
        list_page_row(panel->list, buffer_text(&key), panel->cells);
        buffer_free(&key);
    }
    list_page_end(panel->list, more && definition->kind == PANEL_TIMELINE);
}

static void take_rows(struct panel *panel, struct answer *answer)
{
    panel->page->stale = false;
    if (panel->list) {
        list_rows(panel, answer->rows);
    } else {
        PQclear(panel->rows);
        panel->rows = answer->rows;
        answer->rows = NULL;
    }
}

static void arrived(void *data, struct answer *answer)
{
    struct panel *panel = data;
    if (answer->id != panel->request)
        return;
    panel->asking = false;
    screen_dirty();
    free(panel->failure);
    panel->failure = NULL;
    if (answer->error) {
        panel->failure = xstrdup(answer->error->what);
        if (panel->list)
            list_page_fail(panel->list, panel->number);
    } else {
        take_rows(panel, answer);
    }
    if (panel->changed)
        panel->changed(panel, answer->error);
}

static void need(const struct list_request *request, void *data)
{
    static const enum query_edge edges[] = {
        [LIST_FIRST] = EDGE_FIRST, [LIST_LAST] = EDGE_LAST, [LIST_AFTER] = EDGE_AFTER,
        [LIST_BEFORE] = EDGE_BEFORE, [LIST_AT] = EDGE_AT, [LIST_POSITION] = EDGE_POSITION};
    struct panel *panel = data;
    const struct defined_panel *definition = panel->definition;
    bool pages = definition->kind == PANEL_TIMELINE;
    struct query query = QUERY_INIT;
    struct query_page page = {.source = &definition->source,
                              .columns = &definition->columns,
                              .order = panel->order,
                              .order_count = panel->order_count,
                              .nullable = panel->own_order,
                              .edge = pages ? edges[request->edge] : EDGE_FIRST,
                              .position = request->text,
                              .value = source_value,
                              .data = panel->page};
    const char *cells[PANEL_CELLS];
    for (int i = 0; i < definition->columns.count && i < PANEL_CELLS; i++)
        cells[i] = pages && request->row >= 0 && request->row < list_count(panel->list)
                       ? list_cell(panel->list, request->row, i)
                       : NULL;
    if (page.edge == EDGE_AFTER || page.edge == EDGE_BEFORE || page.edge == EDGE_AT)
        page.row = cells;
    panel->number = request->number;
    panel->edge = pages ? request->edge : LIST_FIRST;
    panel->limit = pages ? request->limit : definition->limit;
    page.limit = panel->limit + 1;
    query_page(&query, &page);
    panel->asking = true;
    panel->request = console_ask(panel->page, &query, arrived, panel);
}

void panel_ask(struct panel *panel)
{
    struct query query = QUERY_INIT;
    if (panel->list) {
        if (panel->definition->kind == PANEL_TIMELINE && list_loaded(panel->list))
            list_refresh(panel->list);
        else
            list_return(panel->list);
        return;
    }
    query_source(&query, &panel->definition->source, &panel->definition->columns,
                 panel->definition->kind == PANEL_FIELDS ? 1 : panel->definition->limit,
                 source_value, panel->page);
    panel->asking = true;
    panel->request = console_ask(panel->page, &query, arrived, panel);
}

void panel_follow(struct panel *panel)
{
    if (panel->list && panel->definition->kind == PANEL_TIMELINE && list_loaded(panel->list) &&
        list_cursor(panel->list) <= 0 && list_top(panel->list) == 0)
        list_restart(panel->list, true);
    else
        panel_ask(panel);
}

void panel_open(struct panel *panel, struct page *page, const struct defined_panel *definition)
{
    enum panel_kind kind = definition->kind;
    panel->page = page;
    panel->definition = definition;
    panel->order = definition->order;
    panel->order_count = definition->order_count;
    if (kind == PANEL_TABLE || kind == PANEL_TIMELINE) {
        panel->columns = page_columns(&definition->columns, PANEL_CELLS, panel->shown_of);
        panel->list = list_new(definition->columns.count, need, panel);
        list_set_height(panel->list, FIRST_HEIGHT);
    } else {
        panel_ask(panel);
    }
}

void panel_close(struct panel *panel)
{
    list_free(panel->list);
    columns_free(panel->columns);
    PQclear(panel->rows);
    free(panel->failure);
}

void panel_forget(struct panel *panel)
{
    panel->request = 0;
    panel->asking = false;
    PQclear(panel->rows);
    panel->rows = NULL;
    if (panel->list) {
        list_free(panel->list);
        panel->list = list_new(panel->definition->columns.count, need, panel);
    }
}

void panel_translate(struct panel *panel)
{
    if (panel->columns)
        page_columns_translate(panel->columns, &panel->definition->columns, panel->shown_of);
}

static void moved(struct panel *panel, int by, bool whole_page)
{
    if (!panel->list) {
        panel->top += whole_page ? by * FIELD_PAGE : by;
        panel->top = panel->top < 0 ? 0 : panel->top;
    } else if (!(whole_page ? list_page(panel->list, by) : list_move(panel->list, by))) {
        screen_bell();
    }
}

bool panel_act(struct panel *panel, enum action_id id)
{
    switch (id) {
    case ACTION_UP:
    case ACTION_DOWN:
        moved(panel, id == ACTION_UP ? -1 : 1, false);
        return true;
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
        moved(panel, id == ACTION_PAGE_UP ? -1 : 1, true);
        return true;
    case ACTION_TOP:
        panel->top = 0;
        if (panel->list)
            list_home(panel->list);
        return true;
    case ACTION_BOTTOM:
        if (panel->list)
            list_end(panel->list);
        return true;
    default:
        return false;
    }
}

void panel_mark(struct panel *panel)
{
    int row = panel->list ? list_cursor(panel->list) : -1;
    if (row < 0)
        return;
    if (list_marked(panel->list, list_key(panel->list, row)))
        list_unmark(panel->list, list_key(panel->list, row));
    else
        list_mark(panel->list, row, "");
    list_move(panel->list, 1);
}
