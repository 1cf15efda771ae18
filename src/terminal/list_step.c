#include "terminal/list_internal.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Keys that come at once end within one answer: a page asked for while moving has rows for so many,
 * and for what is then looked ahead. */
enum { BURST = 100 };

void list_drop_steps(struct list *list)
{
    for (size_t i = 0; i < list->step_count; i++)
        free(list->steps[i].text);
    list->step_count = 0;
}

/* Asks for rows at one edge unless they are on the way. Always false: the step has to wait. */
static bool wait_for(struct list *list, enum list_edge edge)
{
    if (!list->open || list->edge != edge)
        list_request_page(list, edge, edge == LIST_AFTER ? list->rows.count - 1 : 0, NULL,
                          BURST + 2 * list->height);
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
    list_settle(list);
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
    list_settle(list);
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
        list_settle(list);
        return true;
    }
    if (!step->asked) {
        step->asked = true;
        list_request_page(list, edge, -1, step->text, 0);
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

void list_pop_step(struct list *list)
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
        list_request_page(list, LIST_AFTER, list->rows.count - 1, NULL, BURST + 2 * list->height);
    else if (list->more_before && list->top < list->height)
        list_request_page(list, LIST_BEFORE, 0, NULL, BURST + 2 * list->height);
}

void list_advance(struct list *list)
{
    if (list->advancing)
        return;
    list->advancing = true;
    while (list->step_count > 0) {
        if (try_step(list, &list->steps[0]))
            list_pop_step(list);
        else if (list->open)
            break;
    }
    list->advancing = false;
    if (list->step_count == 0)
        look_ahead(list);
}

void list_add_step(struct list *list, int kind, int by, const char *text)
{
    struct step *last = list->step_count ? &list->steps[list->step_count - 1] : NULL;
    list->moves++;
    if (kind == STEP_HOME || kind == STEP_END || kind == STEP_POSITION) {
        list_drop_steps(list); /* what came before makes no difference */
    } else if (last && (int)last->kind == kind && (last->by > 0) == (by > 0)) {
        last->by += by;
        list_advance(list);
        return;
    }
    ARRAY_RESERVE(list->steps, list->step_count, list->step_capacity);
    list->steps[list->step_count++] = (struct step){kind, by, text ? xstrdup(text) : NULL, false};
    list_advance(list);
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
        list_add_step(list, STEP_MOVE, by, NULL);
    return can;
}

bool list_page(struct list *list, int by)
{
    bool can = by != 0 && can_go(list, by);
    if (can)
        list_add_step(list, STEP_PAGE, by, NULL);
    return can;
}

bool list_home(struct list *list)
{
    bool can = can_go(list, -1);
    list_set_home(list, NULL);
    if (can)
        list_add_step(list, STEP_HOME, 0, NULL);
    return can;
}

bool list_end(struct list *list)
{
    bool can = can_go(list, 1);
    list_set_home(list, NULL);
    if (can)
        list_add_step(list, STEP_END, 0, NULL);
    return can;
}

void list_position(struct list *list, const char *text)
{
    list_set_home(list, NULL);
    if (list->height > 0)
        list_add_step(list, STEP_POSITION, 0, text);
}
