#include "console/page_view.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "console/export.h"
#include "console/format.h"
#include "terminal/draw.h"

#include <stdlib.h>
#include <string.h>

static struct panel *focused(struct page *page)
{
    struct view_state *state = page->state;
    return &state->panels[state->focus];
}

static struct panel *main_panel(struct page *page)
{
    struct view_state *state = page->state;
    for (int i = 0; i < state->count; i++)
        if (state->panels[i].definition->kind == PANEL_FIELDS)
            return &state->panels[i];
    return &state->panels[0];
}

const char *const *panel_row(struct panel *panel)
{
    const struct defined_columns *columns = &panel->definition->columns;
    int row = panel->list ? list_cursor(panel->list) : 0;
    if (panel->list ? row < 0 : !panel->rows || !PQntuples(panel->rows))
        return NULL;
    for (int i = 0; i < columns->count && i < PANEL_CELLS; i++)
        panel->cells[i] = panel->list                          ? list_cell(panel->list, row, i)
                          : PQgetisnull(panel->rows, row, i) ? NULL
                                                               : PQgetvalue(panel->rows, row, i);
    return panel->cells;
}

static const char *panel_value(struct panel *panel, const char *name)
{
    int column = defined_columns_find(&panel->definition->columns, name);
    const char *const *row = column >= 0 ? panel_row(panel) : NULL;
    return row ? row[column] : NULL;
}

static const char *view_value(struct page *page, const char *name)
{
    const char *value = panel_value(focused(page), name);
    return value ? value : panel_value(main_panel(page), name);
}

/* Sources know only what the view was opened with. */
static const char *source_value(void *data, const char *name)
{
    struct page *page = data;
    return name[0] == '@' ? page_value(page, name) : values_get(&page->arguments, name);
}

static void set_heading(struct page *page)
{
    struct panel *panel = main_panel(page);
    const char *const *row = panel_row(panel);
    int label = page->definition->label;
    char text[256];
    free(page->heading);
    page->heading = row && label >= 0 && row[label]
                        ? xstrdup(format_cell(&panel->definition->columns, label, row, 0, NULL,
                                              text, sizeof text))
                        : NULL;
}

static void list_rows(struct panel *panel, const PGresult *rows)
{
    const struct defined_panel *definition = panel->definition;
    int count = PQntuples(rows);
    bool more = count > panel->limit;
    bool reversed = panel->edge == LIST_LAST || panel->edge == LIST_BEFORE;
    if (!list_page_begin(panel->list, panel->number))
        return;
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

static void arrived(void *data, struct answer *answer)
{
    struct panel *panel = data;
    struct page *page = panel->page;
    if (answer->id != panel->request)
        return;
    screen_dirty();
    free(panel->failure);
    panel->failure = NULL;
    if (answer->error) {
        panel->failure = xstrdup(answer->error->what);
        if (panel->list)
            list_page_fail(panel->list, panel->number);
        if (panel == main_panel(page)) {
            ((struct view_state *)page->state)->queued = 0;
            console_error(page->console, answer->error);
        }
        return;
    }
    page->stale = false;
    if (panel->list) {
        list_rows(panel, answer->rows);
    } else {
        PQclear(panel->rows);
        panel->rows = answer->rows;
        answer->rows = NULL;
    }
    if (panel == main_panel(page)) {
        set_heading(page);
        view_replay(page);
    }
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
                              .order = definition->order,
                              .order_count = definition->order_count,
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
    panel->request = console_ask(panel->page, &query, arrived, panel);
}

void panel_ask(struct panel *panel)
{
    struct query query = QUERY_INIT;
    if (panel->list) {
        if (panel->definition->kind == PANEL_TIMELINE)
            list_refresh(panel->list);
        else
            list_restart(panel->list, true);
        return;
    }
    query_source(&query, &panel->definition->source, &panel->definition->columns,
                 panel->definition->kind == PANEL_FIELDS ? 1 : panel->definition->limit,
                 source_value, panel->page);
    panel->request = console_ask(panel->page, &query, arrived, panel);
}

static void panel_columns(struct panel *panel)
{
    const struct defined_columns *defined = &panel->definition->columns;
    panel->columns = columns_new();
    for (int i = 0; i < defined->count && i < PANEL_CELLS; i++) {
        const struct defined_column *from = &defined->items[i];
        struct column column = {.name = from->name, .title = both_text(&from->title),
                                .width = from->width, .flex = from->flex,
                                .priority = from->priority - 1,
                                .align = from->right ? TEXT_RIGHT : TEXT_LEFT};
        if (!from->hidden)
            panel->shown_of[columns_add(panel->columns, &column)] = i;
    }
}

static void panel_open(struct panel *panel)
{
    enum panel_kind kind = panel->definition->kind;
    if (kind == PANEL_TABLE || kind == PANEL_TIMELINE) {
        panel_columns(panel);
        panel->list = list_new(panel->definition->columns.count, need, panel);
        list_set_height(panel->list, 20);
    } else {
        panel_ask(panel);
    }
}

/* All panels ask before the connection sends: one round trip. */
static void view_open(struct page *page)
{
    struct view_state *state = xcalloc(1, sizeof *state);
    page->state = state;
    state->count = page->definition->panel_count;
    state->panels = xcalloc((size_t)state->count, sizeof *state->panels);
    state->page = 1;
    state->revealed_panel = -1;
    for (int i = 0; i < state->count; i++) {
        state->panels[i].definition = &page->definition->panels[i];
        state->panels[i].page = page;
        if (page->definition->panels[i].focus && page->definition->panels[i].page == 1)
            state->focus = i;
    }
    for (int i = 0; i < state->count; i++)
        panel_open(&state->panels[i]);
}

static void view_close(struct page *page)
{
    struct view_state *state = page->state;
    view_hide(page);
    for (int i = 0; i < state->count; i++) {
        struct panel *panel = &state->panels[i];
        list_free(panel->list);
        columns_free(panel->columns);
        PQclear(panel->rows);
        free(panel->failure);
    }
    free(state->panels);
    free(state);
}

static void view_paint(struct page *page, const struct area *area)
{
    struct view_state *state = page->state;
    int column = area->left + 1;
    for (int i = 0; i < page->definition->page_count; i++) {
        char text[128];
        struct buffer safe = BUFFER_INIT;
        buffer_format(&safe, " %d %s ", i + 1, both_text(&page->definition->pages[i]));
        snprintf(text, sizeof text, "%s", buffer_text(&safe));
        column += draw_word(area->top, column,
                            i + 1 == state->page ? STYLE_SELECTED : STYLE_KEY_LABEL, text) + 1;
        buffer_free(&safe);
    }
    struct area body = {area->top + 1, area->left, area->rows - 1, area->columns};
    view_layout(page, &body);
    for (int i = 0; i < state->count; i++)
        if (state->panels[i].area.rows > 0)
            panel_paint(&state->panels[i], &state->panels[i].area, i == state->focus);
}

static bool on_page(struct page *page, int panel)
{
    struct view_state *state = page->state;
    return state->panels[panel].definition->page == state->page;
}

static void go_page(struct page *page, int number)
{
    struct view_state *state = page->state;
    if (number < 1 || number > page->definition->page_count) {
        screen_bell();
        return;
    }
    state->page = number;
    for (int i = state->count - 1; i >= 0; i--)
        if (on_page(page, i))
            state->focus = i;
}

/* Next panel; past the last one of the page the next page. */
static void go_panel(struct page *page, int by)
{
    struct view_state *state = page->state;
    state->focus = (state->focus + by + state->count) % state->count;
    state->page = state->panels[state->focus].definition->page;
}

static bool view_key(struct page *page, const struct key *key)
{
    struct view_state *state = page->state;
    if ((key->code < '1' || key->code > '9') && view_must_wait(page, main_panel(page), key)) {
        state->queue[state->queued++] = *key;
        return true;
    }
    if (key->code < '1' || key->code > '9')
        return false;
    go_page(page, key->code - '0');
    return true;
}

static bool moved(struct panel *panel, int by, bool whole_page)
{
    bool good;
    if (!panel->list) {
        panel->top += whole_page ? by * 5 : by;
        panel->top = panel->top < 0 ? 0 : panel->top;
        return true;
    }
    good = whole_page ? list_page(panel->list, by) : list_move(panel->list, by);
    if (!good)
        screen_bell();
    return true;
}

static void open_row(struct page *page)
{
    struct panel *panel = focused(page);
    if (panel->definition->enter.screen && panel_row(panel))
        console_jump(page, &panel->definition->enter, page_lookup, page);
    else
        screen_bell();
}

/* The row, or the fields, as text with tabs. */
static void copy_panel(struct page *page)
{
    struct panel *panel = focused(page);
    const struct defined_columns *columns = &panel->definition->columns;
    const char *const *row = panel_row(panel);
    struct buffer text = BUFFER_INIT;
    char cell[4096];
    for (int i = 0; row && i < columns->count; i++)
        if (!columns->items[i].hidden)
            buffer_format(&text, "%s%s", text.length ? "\t" : "",
                          format_cell(columns, i, row, console_now(page->console), NULL, cell,
                                      sizeof cell));
    if (row && screen_copy(buffer_text(&text), text.length))
        console_say(page->console, STYLE_MESSAGE, "%s", _("The row was copied."));
    buffer_free(&text);
}

static void view_refresh(struct page *page)
{
    struct view_state *state = page->state;
    for (int i = 0; i < state->count; i++)
        panel_ask(&state->panels[i]);
}

static void export_panel(struct page *page)
{
    struct panel *panel = focused(page);
    if (panel->rows) {
        export_rows(page, &panel->definition->columns, panel->rows);
        return;
    }
    console_refuse(page->console, _("Go to a panel of fields to export the profile."));
}

static bool view_act(struct page *page, enum action_id id)
{
    struct view_state *state = page->state;
    struct panel *panel = focused(page);
    switch (id) {
    case ACTION_UP:
        return moved(panel, -1, false);
    case ACTION_DOWN:
        return moved(panel, 1, false);
    case ACTION_PAGE_UP:
        return moved(panel, -1, true);
    case ACTION_PAGE_DOWN:
        return moved(panel, 1, true);
    case ACTION_TOP:
        return panel->list ? list_home(panel->list), true : moved(panel, -1000, false);
    case ACTION_BOTTOM:
        return panel->list ? list_end(panel->list), true : true;
    case ACTION_LEFT:
        go_page(page, state->page - 1);
        return true;
    case ACTION_RIGHT:
        go_page(page, state->page + 1);
        return true;
    case ACTION_PANEL:
        go_panel(page, 1);
        return true;
    case ACTION_PANEL_BACK:
        go_panel(page, -1);
        return true;
    case ACTION_ZOOM:
        state->zoom = !state->zoom;
        return true;
    case ACTION_OPEN:
        open_row(page);
        return true;
    case ACTION_COPY:
        copy_panel(page);
        return true;
    case ACTION_REVEAL:
        view_reveal(page);
        return true;
    case ACTION_EXPORT:
        export_panel(page);
        return true;
    default:
        return false;
    }
}

static void view_forget(struct page *page)
{
    struct view_state *state = page->state;
    view_hide(page);
    for (int i = 0; i < state->count; i++) {
        struct panel *panel = &state->panels[i];
        panel->request = 0;
        PQclear(panel->rows);
        panel->rows = NULL;
        if (panel->list) {
            list_free(panel->list);
            panel->list = list_new(panel->definition->columns.count, need, panel);
        }
    }
    free(page->heading);
    page->heading = NULL;
    page->stale = true;
}

static void view_tick(struct page *page)
{
    struct view_state *state = page->state;
    if (state->revealed && clock_ms() > state->revealed_until)
        view_hide(page);
    for (int i = 0; i < state->count; i++)
        for (int c = 0; c < state->panels[i].definition->columns.count; c++)
            if (state->panels[i].definition->columns.items[c].format == FORMAT_DUE)
                screen_dirty();
}

static const struct defined_columns *main_columns(struct page *page)
{
    return &main_panel(page)->definition->columns;
}

static const char *const *main_row(struct page *page)
{
    return panel_row(main_panel(page));
}

static const struct actions *focus_actions(struct page *page)
{
    return &focused(page)->definition->actions;
}

static const struct defined_columns *focus_columns(struct page *page)
{
    return &focused(page)->definition->columns;
}

static const char *const *focus_row(struct page *page)
{
    return panel_row(focused(page));
}

static int focus_label(struct page *page)
{
    return focused(page)->definition->label;
}

static void view_translate(struct page *page)
{
    struct view_state *state = page->state;
    for (int i = 0; i < state->count; i++) {
        struct panel *panel = &state->panels[i];
        for (int c = 0; panel->columns && c < columns_count(panel->columns); c++)
            columns_set_title(
                panel->columns, c,
                both_text(&panel->definition->columns.items[panel->shown_of[c]].title));
    }
    view_refresh(page);
}

const struct page_ops view_page_ops = {
    .open = view_open,
    .close = view_close,
    .paint = view_paint,
    .key = view_key,
    .act = view_act,
    .value = view_value,
    .refresh = view_refresh,
    .tick = view_tick,
    .forget = view_forget,
    .columns = main_columns,
    .row = main_row,
    .actions = focus_actions,
    .panel_columns = focus_columns,
    .panel_row = focus_row,
    .panel_label = focus_label,
    .translate = view_translate,
};
