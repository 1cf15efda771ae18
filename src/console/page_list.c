#include "console/page_list.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/ahead.h"
#include "console/page_columns.h"
#include "console/perform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEBOUNCE_MS = 40 };

static const char *filter_of(struct page *page, const char *name)
{
    struct list_state *state = page->state;
    for (int i = 0; i < page->definition->filter_count; i++)
        if (!strcmp(page->definition->filters[i].name, name))
            return state->filters[i];
    return NULL;
}

static const char *list_value(struct page *page, const char *name)
{
    struct list_state *state = page->state;
    int column = defined_columns_find(&page->definition->columns, name);
    int row = list_cursor(state->list);
    if (page->definition->search && !strcmp(name, page->definition->search))
        return edit_text(&state->search);
    if (column >= 0 && row >= 0)
        return list_cell(state->list, row, column);
    return filter_of(page, name);
}

/* Values of the source: never those of the row under the cursor. */
static const char *source_value(void *data, const char *name)
{
    struct page *page = data;
    struct list_state *state = page->state;
    if (page->definition->search && !strcmp(name, page->definition->search))
        return edit_text(&state->search);
    if (name[0] == '@')
        return page_value(page, name);
    const char *filter = filter_of(page, name);
    return filter ? filter : values_get(&page->arguments, name);
}

const char *const *list_page_cells(struct page *page, int row)
{
    struct list_state *state = page->state;
    if (row < 0)
        return NULL;
    for (int i = 0; i < page->definition->columns.count; i++)
        state->cells[i] = list_cell(state->list, row, i);
    return state->cells;
}

void list_page_query(struct page *page, struct query_page *query, struct query_filter *filters)
{
    struct list_state *state = page->state;
    const struct definition *definition = page->definition;
    int count = 0;
    for (int i = 0; i < definition->filter_count; i++) {
        const char *text = state->filters[i];
        if (!text || !*text)
            continue;
        filters[count++] = (struct query_filter){&definition->filters[i],
                                                 text[0] == '@' ? page_value(page, text) : text};
    }
    *query = (struct query_page){
        .source = &definition->source,
        .columns = &definition->columns,
        .order = state->order,
        .order_count = state->order_count,
        .nullable = state->own_order,
        .filters = filters,
        .filter_count = count,
        .value = source_value,
        .data = page,
    };
}

/* The next filter by a text, other than that of the command line; -1 when there is none. */
static int next_text_filter(const struct page *page, int command, int after)
{
    const struct list_state *state = page->state;
    for (int i = after + 1; i < page->definition->filter_count; i++)
        if (i != command && !strcmp(page->definition->filters[i].type, "text") && !state->filters[i])
            return i;
    return -1;
}

/* What was typed after the code is nothing that the list is divided by (a lane, say): it is looked
 * for in the other texts in turn (a reference). True when it asks again. */
static bool direct_again(struct page *page)
{
    struct list_state *state = page->state;
    const struct definition *definition = page->definition;
    int command = 0, from, to;
    while (command < definition->filter_count && definition->command &&
           strcmp(definition->filters[command].name, definition->command) != 0)
        command++;
    if (list_count(state->list) || !definition->command || command == definition->filter_count)
        return false;
    from = state->direct_at ? state->direct_at - 1 : command;
    to = next_text_filter(page, command, from == command ? -1 : from);
    if (!state->filters[from] || (to < 0 && from == command))
        return false;
    char *text = state->filters[from];
    state->filters[from] = NULL;
    state->filters[to < 0 ? command : to] = text;
    state->direct_at = to + 1;
    if (to >= 0)
        list_page_restart(page);
    return to >= 0;
}

static void open_direct(struct page *page)
{
    struct list_state *state = page->state;
    if (!state->direct || direct_again(page))
        return;
    state->direct = false;
    if (list_count(state->list) == 1 && !state->truncated && page->definition->enter.screen)
        console_jump(page, &page->definition->enter, page_lookup, page);
}

static void add_key(const struct definition *definition, const char *const *cells,
                    struct buffer *key)
{
    for (int i = 0; i < definition->key_count; i++) {
        const char *text = cells[definition->key[i]];
        buffer_format(key, "%s%s", i ? "\x1f" : "", text ? text : "");
    }
}

static void add_row(struct page *page, const PGresult *rows, int row)
{
    struct list_state *state = page->state;
    const struct definition *definition = page->definition;
    struct buffer key = BUFFER_INIT;
    for (int i = 0; i < definition->columns.count; i++)
        state->cells[i] = PQgetisnull(rows, row, i) ? NULL : PQgetvalue(rows, row, i);
    add_key(definition, state->cells, &key);
    list_page_row(state->list, buffer_text(&key), state->cells);
    buffer_free(&key);
}

static void arrived(void *data, struct answer *answer)
{
    struct page *page = data;
    struct list_state *state = page->state;
    if (answer->id != state->request)
        return;
    if (answer->error) {
        list_page_fail(state->list, state->number);
        ahead_forget(page->console);
        console_error(page->console, answer->error);
        screen_dirty();
        return;
    }
    int count = PQntuples(answer->rows);
    bool more = state->limit && count > state->limit;
    bool reversed = state->edge == LIST_LAST || state->edge == LIST_BEFORE;
    page->stale = false;
    if (!list_page_begin(state->list, state->number))
        return;
    count = more ? state->limit : count;
    for (int i = 0; i < count; i++)
        add_row(page, answer->rows, reversed ? count - 1 - i : i);
    state->truncated = page->definition->source.function && more;
    list_page_end(state->list, more && !page->definition->source.function);
    screen_dirty();
    open_direct(page);
}

/* Nothing typed in the search box yet: no question to the server. */
static void answer_empty(struct list_state *state, unsigned number)
{
    if (list_page_begin(state->list, number))
        list_page_end(state->list, false);
    state->truncated = false;
    screen_dirty();
}

static void need_rows(const struct list_request *request, void *data)
{
    static const enum query_edge edges[] = {
        [LIST_FIRST] = EDGE_FIRST,   [LIST_LAST] = EDGE_LAST, [LIST_AFTER] = EDGE_AFTER,
        [LIST_BEFORE] = EDGE_BEFORE, [LIST_AT] = EDGE_AT,     [LIST_POSITION] = EDGE_POSITION};
    struct page *page = data;
    struct list_state *state = page->state;
    bool function = page->definition->source.function != NULL;
    struct query_filter filters[12];
    struct query_page query;
    struct query text = QUERY_INIT;
    if (page->definition->search && !*edit_text(&state->search)) {
        answer_empty(state, request->number);
        return;
    }
    list_page_query(page, &query, filters);
    query.edge = edges[request->edge];
    query.position = request->text;
    if (query.edge == EDGE_AFTER || query.edge == EDGE_BEFORE || query.edge == EDGE_AT)
        query.row = list_page_cells(page, request->row);
    state->limit = !function                  ? request->limit
                   : page->definition->search ? LIST_SEARCH_ROWS
                                              : LIST_FUNCTION_ROWS;
    query.limit = state->limit + 1;
    state->number = request->number;
    state->edge = function ? LIST_FIRST : request->edge;
    query_page(&text, &query);
    state->request = console_ask(page, &text, arrived, page);
}

void list_page_restart(struct page *page)
{
    struct list_state *state = page->state;
    connection_cancel(page->console->connection, page);
    list_restart(state->list, false);
    screen_dirty();
}

static void default_order(struct page *page)
{
    struct list_state *state = page->state;
    const struct definition *definition = page->definition;
    state->order_count = 0;
    for (int i = 0; i < definition->order_count && i < ORDER_MOST; i++)
        state->order[state->order_count++] = definition->order[i];
    state->own_order = false;
}

void list_page_sort(struct page *page, int column, bool descending)
{
    struct list_state *state = page->state;
    const struct definition *definition = page->definition;
    default_order(page);
    if (definition->order_count && definition->order[0].column == column &&
        definition->order[0].descending == descending)
        return;
    state->order_count = 0;
    state->order[state->order_count++] = (struct order){column, descending};
    for (int i = 0; i < definition->key_count && state->order_count < ORDER_MOST; i++)
        if (definition->key[i] != column)
            state->order[state->order_count++] = (struct order){definition->key[i], descending};
    state->own_order = true;
}

static void first_filters(struct page *page)
{
    struct list_state *state = page->state;
    const struct definition *definition = page->definition;
    state->filters = xcalloc((size_t)definition->filter_count + 1, sizeof *state->filters);
    for (int i = 0; i < definition->filter_count; i++) {
        const struct defined_filter *filter = &definition->filters[i];
        const char *text = values_has(&page->arguments, filter->name)
                               ? values_get(&page->arguments, filter->name)
                               : filter->initial;
        state->filters[i] = text ? xstrdup(text) : NULL;
    }
}

static void list_open(struct page *page)
{
    struct list_state *state = xcalloc(1, sizeof *state);
    const char *search =
        page->definition->search ? values_get(&page->arguments, page->definition->search) : NULL;
    const char *position = values_get(&page->arguments, "@position");
    page->state = state;
    state->search = (struct edit)EDIT_INIT;
    state->search.limit = 100;
    state->box = page->definition->search != NULL;
    state->direct = values_has(&page->arguments, "@direct");
    state->columns = page_columns(&page->definition->columns, CELLS_MOST, state->shown_of);
    state->list = list_new(page->definition->columns.count, need_rows, page);
    list_set_ahead(state->list, page->definition->ahead);
    for (int i = 0; i < page->definition->actions.count; i++)
        state->has_options = state->has_options || page->definition->actions.items[i].option;
    for (int i = 0; i < page->definition->columns.count; i++)
        state->has_due = state->has_due || page->definition->columns.items[i].format == FORMAT_DUE;
    first_filters(page);
    default_order(page);
    list_page_settings_read(page);
    if (search)
        edit_set(&state->search, search);
    list_set_height(state->list, screen_rows() - 4 - LIST_HEAD_ROWS);
    if (position)
        list_position(state->list, position);
}

static void list_close(struct page *page)
{
    struct list_state *state = page->state;
    loop_timer_cancel(page->console->loop, state->debounce);
    list_page_views_forget(page);
    for (int i = 0; i < page->definition->filter_count; i++)
        free(state->filters[i]);
    free(state->filters);
    edit_free(&state->search);
    columns_free(state->columns);
    list_free(state->list);
    free(state);
}

static void search_now(void *data)
{
    struct page *page = data;
    struct list_state *state = page->state;
    state->debounce = NULL;
    list_page_restart(page);
}

static bool search_key(struct page *page, const struct key *key)
{
    struct list_state *state = page->state;
    enum edit_result result;
    if (key->code == K_TAB || key->code == (K_SHIFT | K_TAB)) {
        state->box = !state->box;
        return true;
    }
    if (!state->box || key->code == K_ENTER)
        return false;
    if (key->code == ':') { /* nothing that is searched for has one */
        console_act(page->console, ACTION_COMMAND);
        return true;
    }
    result = edit_key(&state->search, key);
    if (result == EDIT_CHANGED) {
        loop_timer_cancel(page->console->loop, state->debounce);
        state->debounce = loop_timer(page->console->loop, DEBOUNCE_MS, false, search_now, page);
    } else if (result == EDIT_FULL) {
        console_refuse(page->console, _("What was pasted is too long; nothing of it was taken."));
    }
    return result != EDIT_IGNORED;
}

/* After a refusal, keys typed ahead mean nothing any more. */
static void list_done(struct page *page, bool good)
{
    if (!good)
        ahead_forget(page->console);
}

/* Keys that act on the row wait until the rows asked for are there, and what was begun is done. */
static bool must_wait(struct page *page, const struct key *key)
{
    struct list_state *state = page->state;
    enum action_id id = action_for_key(page->console->keymap, CONTEXT_LIST, state->box, key->code);
    if (list_settled(state->list) && !state->debounce && !perform_busy(page))
        return false;
    if (state->direct) /* what is typed is meant for the only hit */
        return id == ACTION_OPEN || (key_is_text(key->code) && key->code != ':');
    if (id == ACTION_OPEN || id == ACTION_MARK || id == ACTION_MARK_ALL || id == ACTION_COPY ||
        id == ACTION_COPY_CELL || id == ACTION_ACTIONS)
        return true;
    if (id == ACTION_NEW)
        return page_action_new(page) && (page_action_new(page)->needs & NEED_ROW);
    return id == ACTION_NONE && key_is_text(key->code) && !state->box;
}

static bool option_key(struct page *page, const struct key *key)
{
    struct list_state *state = page->state;
    char digit[2] = {(char)key->code, '\0'};
    int row = list_cursor(state->list);
    if (key->code < '1' || key->code > '9' || state->box || row < 0)
        return false;
    for (int i = 0; i < page->definition->actions.count; i++) {
        const struct defined_action *action = &page->definition->actions.items[i];
        if (!action->option || strcmp(action->option, digit) != 0)
            continue;
        list_mark(state->list, row, digit);
        if (!list_move(state->list, 1))
            screen_dirty();
        return true;
    }
    return false;
}

static bool list_key_pressed(struct page *page, const struct key *key)
{
    if (page->definition->search && search_key(page, key))
        return true;
    return option_key(page, key);
}

static bool list_typing(struct page *page)
{
    struct list_state *state = page->state;
    return state->box;
}

static void list_refresh_page(struct page *page)
{
    struct list_state *state = page->state;
    if (page->definition->source.function)
        list_restart(state->list, true);
    else
        list_refresh(state->list);
    screen_dirty();
}

static void list_tick(struct page *page)
{
    struct list_state *state = page->state;
    if (state->has_due && list_count(state->list))
        screen_dirty();
}

static void list_forget(struct page *page)
{
    struct list_state *state = page->state;
    list_free(state->list);
    state->list = list_new(page->definition->columns.count, need_rows, page);
    list_set_ahead(state->list, page->definition->ahead);
    state->request = 0;
    page->stale = true;
}

static int list_marks(struct page *page)
{
    struct list_state *state = page->state;
    return list_mark_count(state->list);
}

static const char *const *list_mark_cells(struct page *page, int nth)
{
    struct list_state *state = page->state;
    const char *const *cells = NULL;
    list_mark_at(state->list, nth, NULL, &cells);
    return cells;
}

static void list_unmark_rows(struct page *page, const char *const *cells)
{
    struct list_state *state = page->state;
    struct buffer key = BUFFER_INIT;
    if (cells) {
        add_key(page->definition, cells, &key);
        list_unmark(state->list, buffer_text(&key));
        buffer_free(&key);
        return;
    }
    list_unmark_all(state->list);
}

static const struct defined_columns *list_columns(struct page *page)
{
    return &page->definition->columns;
}

static const char *const *list_row(struct page *page)
{
    struct list_state *state = page->state;
    return list_page_cells(page, list_cursor(state->list));
}

static void list_translate(struct page *page)
{
    struct list_state *state = page->state;
    page_columns_translate(state->columns, &page->definition->columns, state->shown_of);
    if (state->own_order)
        list_restart(state->list, true); /* its values may be those of the other language */
    else
        list_refresh_page(page);
}

const struct page_ops list_page_ops = {
    .open = list_open,
    .close = list_close,
    .paint = list_page_paint,
    .key = list_key_pressed,
    .waits = must_wait,
    .settled = list_done,
    .act = list_page_act,
    .value = list_value,
    .refresh = list_refresh_page,
    .tick = list_tick,
    .forget = list_forget,
    .typing = list_typing,
    .marks = list_marks,
    .mark_cells = list_mark_cells,
    .unmark = list_unmark_rows,
    .columns = list_columns,
    .row = list_row,
    .translate = list_translate,
};
