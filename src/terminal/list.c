#include "terminal/list_internal.h"

#include "base/alloc.h"
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_LEAST       50
#define PAGE_MOST        500
#define AHEAD            3
#define CAPACITY_DEFAULT 20000

struct list *list_new(int cells, list_need *need, void *data)
{
    struct list *list = xcalloc(1, sizeof *list);
    list->rows.cells = cells;
    list->need = need;
    list->data = data;
    list->capacity = CAPACITY_DEFAULT;
    return list;
}

void list_free(struct list *list)
{
    if (!list)
        return;
    list_drop_steps(list);
    free(list->steps);
    list_marks_free(&list->marks, list->rows.cells);
    list_rows_free(&list->rows);
    list_rows_page_free(list->incoming);
    free(list->home);
    free(list);
}

static int page_rows(const struct list *list, int least)
{
    int rows = list->height * (list->ahead ? list->ahead : AHEAD);
    if (rows < PAGE_LEAST && !list->ahead)
        rows = PAGE_LEAST;
    rows = rows > PAGE_MOST ? PAGE_MOST : rows;
    return rows > least ? rows : least;
}

void list_request_page(struct list *list, enum list_edge edge, int row, const char *text,
                       int least)
{
    struct list_request wanted = {++list->number, edge, row, text, page_rows(list, least)};
    list->open = true;
    list->refreshing = false;
    list->edge = edge;
    list->moves_then = list->moves;
    list->need(&wanted, list->data);
}

void list_settle(struct list *list)
{
    int count = list->rows.count, height = list->height > 0 ? list->height : 1;
    if (list->cursor >= count)
        list->cursor = count - 1;
    if (list->cursor < 0)
        list->cursor = 0;
    if (list->top > list->cursor)
        list->top = list->cursor;
    if (list->top < list->cursor - height + 1)
        list->top = list->cursor - height + 1;
    if (list->top < 0)
        list->top = 0;
}

void list_set_ahead(struct list *list, int screens)
{
    list->ahead = screens;
}

void list_set_height(struct list *list, int rows)
{
    bool started = list->height > 0, taller = rows > list->height;
    list->height = rows > 0 ? rows : 1;
    if (taller && !list->more_after && list->top > list->rows.count - list->height)
        list->top = list->rows.count - list->height; /* no empty lines below while rows stand above */
    list_settle(list);
    if (!started && list->number == 0)
        list_restart(list, true);
    else
        list_advance(list);
}

void list_set_home(struct list *list, char *key)
{
    free(list->home);
    list->home = key;
}

void list_return(struct list *list)
{
    struct step *first = list->step_count ? &list->steps[0] : NULL;
    bool again = first && first->kind == STEP_HOME && first->asked && list->home;
    const char *key = list_key(list, list_cursor(list));
    if (again) { /* what was pressed since stays */
        list->loaded = list->open = first->asked = false;
        list_advance(list);
        return;
    }
    char *home = key ? xstrdup(key) : NULL;
    list_drop_steps(list);
    list_set_home(list, home);
    list->loaded = list->open = false;
    if (list->height > 0)
        list_add_step(list, STEP_HOME, 0, NULL);
}

void list_restart(struct list *list, bool keep)
{
    list_set_home(list, NULL);
    if (!keep)
        list_marks_clear(&list->marks, list->rows.cells);
    list->loaded = false;
    list->open = false;
    if (list->height > 0)
        list_add_step(list, STEP_HOME, 0, NULL);
}

void list_refresh(struct list *list)
{
    if (list->open || list->step_count > 0 || list->height == 0)
        return;
    if (!list->loaded) {
        list_restart(list, true);
    } else if (list->rows.count == 0 || (list->top == 0 && !list->more_before)) {
        /* rows may have come before the first one */
        struct list_request wanted = {++list->number, LIST_FIRST, -1, NULL,
                                      page_rows(list, list->cursor + list->height)};
        list->open = list->refreshing = true;
        list->edge = LIST_FIRST;
        list->moves_then = list->moves;
        list->need(&wanted, list->data);
    } else {
        list_request_page(list, LIST_AT, list->top, NULL, 2 * list->height);
    }
}

bool list_page_begin(struct list *list, unsigned number)
{
    if (!list->open || number != list->number)
        return false;
    list_rows_page_free(list->incoming);
    list->incoming = list_rows_page_new();
    return true;
}

void list_page_row(struct list *list, const char *key, const char *const *cells)
{
    list_rows_page_add(&list->rows, list->incoming, key, cells);
}

/* Drops pages far from what is shown. */
static void forget_far(struct list *list)
{
    while (list->rows.count > list->capacity && list->edge == LIST_AFTER &&
           list_rows_first_count(&list->rows) < list->top - list->height) {
        int dropped = list_rows_drop_first(&list->rows);
        list->top -= dropped;
        list->cursor -= dropped;
        list->more_before = true;
        list->first += list->first ? dropped : 0;
    }
    while (list->rows.count > list->capacity && list->edge == LIST_BEFORE &&
           list->rows.count - list_rows_last_count(&list->rows) > list->top + 2 * list->height) {
        list_rows_drop_last(&list->rows);
        list->more_after = true;
    }
}

static void take_after(struct list *list, struct list_rows_page *page, bool more)
{
    list->more_after = more && list_rows_page_count(page) > 0;
    list_rows_append(&list->rows, page);
    forget_far(list);
}

static void take_before(struct list *list, struct list_rows_page *page, bool more)
{
    int count = list_rows_page_count(page);
    list->more_before = more && count > 0;
    list_rows_prepend(&list->rows, page);
    list->top += count;
    list->cursor += count;
    list->first = !list->more_before ? 1 : list->first ? list->first - count : 0;
    forget_far(list);
}

/* A new window that the user asked for: Home, End, Position-to, first page. */
static void take_window(struct list *list, struct list_rows_page *page, bool more)
{
    bool last = list->edge == LIST_LAST;
    int then = list->edge == LIST_FIRST && list->home ? list->cursor : 0;
    list_rows_clear(&list->rows);
    list_rows_append(&list->rows, page);
    list->more_before = last ? more : list->edge == LIST_POSITION;
    list->more_after = last ? false : more;
    list->first = list->more_before ? 0 : 1;
    list->top = 0;
    list->cursor = last ? list->rows.count - 1 : then;
    if (!last && list->home && (then = list_rows_find(&list->rows, list->home)) >= 0)
        list->cursor = then;
    list_set_home(list, NULL);
    if (list->step_count > 0 && list->steps[0].asked)
        list_pop_step(list);
    list_settle(list);
}

/* Fresh rows for what is shown: cursor and top stay on their keys. Returns false when the user has
 * moved beyond them meanwhile. */
static bool take_refresh(struct list *list, struct list_rows_page *page, bool more)
{
    const char *key = list_key(list, list->cursor), *top_key = list_key(list, list->top);
    char *cursor_key = key ? xstrdup(key) : NULL, *first_key = top_key ? xstrdup(top_key) : NULL;
    int line = list->cursor - list->top;
    struct list_rows fresh = {.cells = list->rows.cells};
    list_rows_append(&fresh, page);
    int cursor = cursor_key ? list_rows_find(&fresh, cursor_key) : -1;
    int top = first_key ? list_rows_find(&fresh, first_key) : -1;
    bool usable = cursor >= 0 || list->moves == list->moves_then;
    if (usable) {
        list->more_before = list->edge == LIST_AT;
        list->more_after = more;
        list->first = list->more_before ? 0 : 1;
        list_rows_free(&list->rows);
        list->rows = fresh;
        list->top = list->edge == LIST_FIRST && list->top == 0 ? 0 : top >= 0 ? top : 0;
        list->cursor = cursor >= 0 ? cursor : list->top + line;
        list_settle(list);
    } else {
        list_rows_free(&fresh);
    }
    free(cursor_key);
    free(first_key);
    return usable;
}

void list_page_end(struct list *list, bool more)
{
    struct list_rows_page *page = list->incoming;
    bool empty = list_rows_page_count(page) == 0, again = false;
    bool refresh = list->edge == LIST_AT || list->refreshing;
    list->incoming = NULL;
    list->open = list->refreshing = false;
    if (list->edge == LIST_AFTER) {
        take_after(list, page, more);
    } else if (list->edge == LIST_BEFORE) {
        take_before(list, page, more);
    } else if (empty && (list->edge == LIST_POSITION || list->edge == LIST_AT)) {
        list_rows_page_free(page); /* nothing there any more: show the end */
        if (list->step_count > 0 && list->steps[0].asked)
            list->steps[0].kind = STEP_END;
        list_request_page(list, LIST_LAST, -1, NULL, 0);
        return;
    } else if (refresh) {
        again = !take_refresh(list, page, more);
    } else {
        take_window(list, page, more);
    }
    list->loaded = true;
    list_marks_renew(&list->marks, &list->rows);
    list_advance(list);
    if (again)
        list_refresh(list);
}

void list_page_fail(struct list *list, unsigned number)
{
    if (!list->open || number != list->number)
        return;
    list_rows_page_free(list->incoming);
    list->incoming = NULL;
    list->open = list->refreshing = false;
    if (!list->loaded)
        list_rows_clear(&list->rows);
    list_set_home(list, NULL);
    list_drop_steps(list);
}

bool list_seek(struct list *list, const char *key)
{
    int row = list_rows_find(&list->rows, key);
    if (row < 0)
        return false;
    list->moves++;
    list->cursor = row;
    list_settle(list);
    return true;
}

bool list_settled(const struct list *list)
{
    return list->step_count == 0 && (list->loaded || !list->open);
}

bool list_loading(const struct list *list)
{
    return list->open;
}

bool list_loaded(const struct list *list)
{
    return list->loaded;
}

int list_count(const struct list *list)
{
    return list->rows.count;
}

int list_cursor(const struct list *list)
{
    return list->rows.count ? list->cursor : -1;
}

int list_top(const struct list *list)
{
    return list->top;
}

const char *list_cell(const struct list *list, int row, int cell)
{
    return cell < 0 ? NULL : list_rows_get(&list->rows, row, cell);
}

const char *list_key(const struct list *list, int row)
{
    return list_rows_get(&list->rows, row, -1);
}

void list_status(const struct list *list, struct buffer *out)
{
    int shown = list->rows.count - list->top;
    shown = shown < list->height ? shown : list->height;
    if (!list->loaded)
        buffer_add(out, _("Loading…"));
    else if (list->rows.count == 0)
        buffer_add(out, _("No rows"));
    else if (list->first > 0)
        buffer_format(out, list->more_after ? _("%ld-%ld of %ld+") : _("%ld-%ld of %ld"),
                      list->first + list->top, list->first + list->top + shown - 1,
                      list->first + list->rows.count - 1);
    else
        buffer_add(out, list->more_after || list->top + shown < list->rows.count ? _("More…")
                                                                                 : _("Bottom"));
}

void list_mark(struct list *list, int row, const char *option)
{
    list_marks_set(&list->marks, &list->rows, row, option);
}

void list_unmark(struct list *list, const char *key)
{
    list_marks_remove(&list->marks, list->rows.cells, key);
}

const char *list_marked(const struct list *list, const char *key)
{
    const struct list_mark *mark = key ? list_marks_find(&list->marks, key) : NULL;
    return mark ? mark->option : NULL;
}

int list_mark_count(const struct list *list)
{
    return (int)list->marks.count;
}

const char *list_mark_at(const struct list *list, int nth, const char **option,
                         const char *const **cells)
{
    struct list_marks *marks = &((struct list *)list)->marks; /* the order is made when needed */
    const struct list_mark *mark = list_marks_at(marks, &list->rows, nth);
    if (mark && option)
        *option = mark->option;
    if (mark && cells)
        *cells = (const char *const *)mark->cells;
    return mark ? mark->key : NULL;
}

void list_unmark_all(struct list *list)
{
    list_marks_clear(&list->marks, list->rows.cells);
}

void list_set_capacity(struct list *list, int rows)
{
    list->capacity = rows;
}

size_t list_memory(const struct list *list)
{
    return list_rows_memory(&list->rows);
}
