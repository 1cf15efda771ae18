#include "terminal/list.h"

#include "base/alloc.h"
#include "base/language.h"
#include "terminal/list_marks.h"
#include "terminal/list_rows.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_LEAST       50
#define PAGE_MOST        500
#define CAPACITY_DEFAULT 20000

/* A key press not yet carried out because rows are missing. */
struct step {
    enum { STEP_MOVE, STEP_PAGE, STEP_HOME, STEP_END, STEP_POSITION } kind;
    int by;
    char *text;
    bool asked; /* its page is on the way and will end it */
};

struct list {
    list_need *need;
    void *data;
    struct list_rows rows;
    struct list_marks marks;
    int height, top, cursor, capacity;
    bool more_before, more_after, loaded;
    long first;

    struct step *steps;
    size_t step_count, step_capacity;
    bool advancing;
    unsigned long moves; /* moves so far: tells whether one happened since a request */

    bool open, refreshing;
    unsigned number;
    enum list_edge edge;
    unsigned long moves_then;
    struct list_rows_page *incoming;
};

struct list *list_new(int cells, list_need *need, void *data)
{
    struct list *list = xcalloc(1, sizeof *list);
    list->rows.cells = cells;
    list->need = need;
    list->data = data;
    list->capacity = CAPACITY_DEFAULT;
    return list;
}

static void drop_steps(struct list *list)
{
    for (size_t i = 0; i < list->step_count; i++)
        free(list->steps[i].text);
    list->step_count = 0;
}

void list_free(struct list *list)
{
    if (!list)
        return;
    drop_steps(list);
    free(list->steps);
    list_marks_free(&list->marks, list->rows.cells);
    list_rows_free(&list->rows);
    list_rows_page_free(list->incoming);
    free(list);
}

static int limit(const struct list *list, int least)
{
    int rows = list->height * 3;
    rows = rows < PAGE_LEAST ? PAGE_LEAST : rows > PAGE_MOST ? PAGE_MOST : rows;
    return rows > least ? rows : least;
}

static void request(struct list *list, enum list_edge edge, int row, const char *text, int rows)
{
    struct list_request wanted = {++list->number, edge, row, text, rows};
    list->open = true;
    list->refreshing = false;
    list->edge = edge;
    list->moves_then = list->moves;
    list->need(&wanted, list->data);
}

/* Keeps the cursor on a row that is held and in view. */
static void settle(struct list *list)
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

/* Asks for rows at one edge unless they are on the way. Always false: the step has to wait. */
static bool wait_for(struct list *list, enum list_edge edge)
{
    if (!list->open || list->edge != edge)
        request(list, edge, edge == LIST_AFTER ? list->rows.count - 1 : 0, NULL, limit(list, 0));
    return false;
}

static bool step_move(struct list *list, const struct step *step)
{
    int target = list->cursor + step->by;
    if (target >= list->rows.count && list->more_after)
        return wait_for(list, LIST_AFTER);
    if (target < 0 && list->more_before)
        return wait_for(list, LIST_BEFORE);
    list->cursor = target < 0 ? 0 : target;
    settle(list);
    return true;
}

static void page_to(struct list *list, int top)
{
    int line = list->cursor - list->top, most = list->rows.count - list->height;
    int wanted = top > most ? most : top;
    wanted = wanted < 0 ? 0 : wanted;
    if (wanted == list->top) /* already the first or last page: go to its end */
        list->cursor = top > list->top ? list->rows.count - 1 : 0;
    else
        list->cursor = wanted + line;
    list->top = wanted;
    settle(list);
}

static bool step_page(struct list *list, struct step *step)
{
    while (step->by > 0) {
        if (list->top + 2 * list->height > list->rows.count && list->more_after)
            return wait_for(list, LIST_AFTER);
        page_to(list, list->top + list->height);
        step->by--;
    }
    while (step->by < 0) {
        if (list->top - list->height < 0 && list->more_before)
            return wait_for(list, LIST_BEFORE);
        page_to(list, list->top - list->height);
        step->by++;
    }
    return true;
}

/* Home, End and Position-to: at once when the rows are held, else with a new window. */
static bool step_jump(struct list *list, struct step *step)
{
    enum list_edge edge = step->kind == STEP_HOME  ? LIST_FIRST
                          : step->kind == STEP_END ? LIST_LAST
                                                   : LIST_POSITION;
    bool held = list->loaded && ((edge == LIST_FIRST && !list->more_before) ||
                                 (edge == LIST_LAST && !list->more_after));
    if (held) {
        list->cursor = edge == LIST_FIRST ? 0 : list->rows.count - 1;
        settle(list);
        return true;
    }
    if (!step->asked) {
        step->asked = true;
        request(list, edge, -1, step->text, limit(list, 0));
    }
    return false;
}

static bool try_step(struct list *list, struct step *step)
{
    switch (step->kind) {
    case STEP_MOVE:
        return step_move(list, step);
    case STEP_PAGE:
        return step_page(list, step);
    case STEP_HOME:
    case STEP_END:
    case STEP_POSITION:
        return step_jump(list, step);
    }
    return true;
}

static void pop_step(struct list *list)
{
    free(list->steps[0].text);
    list->step_count--;
    memmove(list->steps, list->steps + 1, list->step_count * sizeof *list->steps);
}

/* Fetches ahead what the next page key will want. */
static void look_ahead(struct list *list)
{
    if (list->open || !list->loaded || list->height == 0 || list->rows.count == 0)
        return;
    if (list->more_after && list->top + 2 * list->height > list->rows.count)
        request(list, LIST_AFTER, list->rows.count - 1, NULL, limit(list, 0));
    else if (list->more_before && list->top < list->height)
        request(list, LIST_BEFORE, 0, NULL, limit(list, 0));
}

/* Carries out the steps in their order as far as the rows held allow. */
static void advance(struct list *list)
{
    if (list->advancing)
        return;
    list->advancing = true;
    while (list->step_count > 0) {
        if (try_step(list, &list->steps[0]))
            pop_step(list);
        else if (list->open)
            break;
    }
    list->advancing = false;
    if (list->step_count == 0)
        look_ahead(list);
}

static void add_step(struct list *list, int kind, int by, const char *text)
{
    struct step *last = list->step_count ? &list->steps[list->step_count - 1] : NULL;
    list->moves++;
    if (kind == STEP_HOME || kind == STEP_END || kind == STEP_POSITION) {
        drop_steps(list); /* what came before makes no difference */
    } else if (last && (int)last->kind == kind && (last->by > 0) == (by > 0)) {
        last->by += by;
        advance(list);
        return;
    }
    ARRAY_RESERVE(list->steps, list->step_count, list->step_capacity);
    list->steps[list->step_count++] = (struct step){kind, by, text ? xstrdup(text) : NULL, false};
    advance(list);
}

void list_set_height(struct list *list, int rows)
{
    bool started = list->height > 0;
    list->height = rows > 0 ? rows : 1;
    settle(list);
    if (!started && list->number == 0)
        list_restart(list, true);
    else
        advance(list);
}

int list_height(const struct list *list)
{
    return list->height;
}

void list_restart(struct list *list, bool keep)
{
    if (!keep)
        list_marks_clear(&list->marks, list->rows.cells);
    list->loaded = false;
    list->open = false;
    if (list->height > 0)
        add_step(list, STEP_HOME, 0, NULL);
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
                                      limit(list, list->cursor + list->height)};
        list->open = list->refreshing = true;
        list->edge = LIST_FIRST;
        list->moves_then = list->moves;
        list->need(&wanted, list->data);
    } else {
        request(list, LIST_AT, list->top, NULL, limit(list, 2 * list->height));
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
    list_rows_clear(&list->rows);
    list_rows_append(&list->rows, page);
    list->more_before = last ? more : list->edge == LIST_POSITION;
    list->more_after = last ? false : more;
    list->first = list->more_before ? 0 : 1;
    list->top = 0;
    list->cursor = last ? list->rows.count - 1 : 0;
    if (list->step_count > 0 && list->steps[0].asked)
        pop_step(list);
    settle(list);
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
        settle(list);
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
        request(list, LIST_LAST, -1, NULL, limit(list, 0));
        return;
    } else if (refresh) {
        again = !take_refresh(list, page, more);
    } else {
        take_window(list, page, more);
    }
    list->loaded = true;
    list_marks_reorder(&list->marks);
    advance(list);
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
    drop_steps(list);
}

/* Whether a move in this direction leads anywhere. */
static bool can_go(const struct list *list, int by)
{
    if (list->step_count > 0)
        return true;
    if (list->rows.count == 0)
        return false;
    return by > 0 ? list->cursor < list->rows.count - 1 || list->more_after
                  : list->cursor > 0 || list->more_before;
}

bool list_move(struct list *list, int by)
{
    bool can = by != 0 && can_go(list, by);
    if (can)
        add_step(list, STEP_MOVE, by, NULL);
    return can;
}

bool list_page(struct list *list, int by)
{
    bool can = by != 0 && can_go(list, by);
    if (can)
        add_step(list, STEP_PAGE, by, NULL);
    return can;
}

bool list_home(struct list *list)
{
    bool can = can_go(list, -1);
    if (can)
        add_step(list, STEP_HOME, 0, NULL);
    return can;
}

bool list_end(struct list *list)
{
    bool can = can_go(list, 1);
    if (can)
        add_step(list, STEP_END, 0, NULL);
    return can;
}

void list_position(struct list *list, const char *text)
{
    if (list->height > 0)
        add_step(list, STEP_POSITION, 0, text);
}

bool list_seek(struct list *list, const char *key)
{
    int row = list_rows_find(&list->rows, key);
    if (row < 0)
        return false;
    list->moves++;
    list->cursor = row;
    settle(list);
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

struct list_extent list_extent(const struct list *list)
{
    return (struct list_extent){list->more_before, list->more_after, list->first};
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
