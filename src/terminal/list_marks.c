#include "terminal/list_marks.h"

#include "base/alloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Place of a key among the sorted marks; *found tells whether it is there. */
static size_t place_of(const struct list_marks *marks, const char *key, bool *found)
{
    size_t low = 0, high = marks->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(marks->sorted[middle]->key, key);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = false;
    return low;
}

static void mark_free(struct list_mark *mark, int cells)
{
    for (int i = 0; i < cells; i++)
        free(mark->cells[i]);
    free(mark->cells);
    free(mark->key);
    free(mark->option);
    free(mark);
}

/* The rows changed: the order is made anew when asked for. */
static void reorder(struct list_marks *marks)
{
    free(marks->order);
    marks->order = NULL;
}

static void take_cells(struct list_mark *mark, const struct list_rows *rows, int row)
{
    for (int i = 0; i < rows->cells; i++) {
        const char *text = list_rows_get(rows, row, i);
        free(mark->cells[i]);
        mark->cells[i] = text ? xstrdup(text) : NULL;
    }
}

void list_marks_renew(struct list_marks *marks, const struct list_rows *rows)
{
    bool found;
    for (int row = 0; row < rows->count && marks->count; row++) {
        size_t place = place_of(marks, list_rows_get(rows, row, -1), &found);
        if (found)
            take_cells(marks->sorted[place], rows, row);
    }
    reorder(marks);
}

static struct list_mark *mark_new(const struct list_rows *rows, int row, const char *option)
{
    struct list_mark *mark = xcalloc(1, sizeof *mark);
    mark->key = xstrdup(list_rows_get(rows, row, -1));
    mark->option = xstrdup(option);
    mark->cells = xcalloc((size_t)rows->cells, sizeof *mark->cells);
    take_cells(mark, rows, row);
    return mark;
}

void list_marks_set(struct list_marks *marks, const struct list_rows *rows, int row,
                    const char *option)
{
    const char *key = list_rows_get(rows, row, -1);
    bool found;
    if (!key)
        return;
    size_t place = place_of(marks, key, &found);
    if (found) {
        char *changed = xstrdup(option);
        free(marks->sorted[place]->option);
        marks->sorted[place]->option = changed;
        return;
    }
    ARRAY_RESERVE(marks->sorted, marks->count, marks->capacity);
    ARRAY_RESERVE(marks->marked, marks->count, marks->marked_capacity);
    memmove(marks->sorted + place + 1, marks->sorted + place,
            (marks->count - place) * sizeof *marks->sorted);
    marks->sorted[place] = mark_new(rows, row, option);
    marks->marked[marks->count++] = marks->sorted[place];
    reorder(marks);
}

void list_marks_remove(struct list_marks *marks, int cells, const char *key)
{
    bool found;
    size_t place = place_of(marks, key, &found), at = 0;
    if (!found)
        return;
    struct list_mark *mark = marks->sorted[place];
    while (marks->marked[at] != mark)
        at++;
    marks->count--;
    memmove(marks->sorted + place, marks->sorted + place + 1,
            (marks->count - place) * sizeof *marks->sorted);
    memmove(marks->marked + at, marks->marked + at + 1,
            (marks->count - at) * sizeof *marks->marked);
    mark_free(mark, cells);
    reorder(marks);
}

const struct list_mark *list_marks_find(const struct list_marks *marks, const char *key)
{
    bool found;
    size_t place = place_of(marks, key, &found);
    return found ? marks->sorted[place] : NULL;
}

static void make_order(struct list_marks *marks, const struct list_rows *rows)
{
    size_t filled = 0;
    bool found, *taken = xcalloc(marks->count, sizeof *taken);
    marks->order = xcalloc(marks->count, sizeof *marks->order);
    for (int row = 0; row < rows->count && filled < marks->count; row++) {
        size_t place = place_of(marks, list_rows_get(rows, row, -1), &found);
        if (found && !taken[place]) {
            taken[place] = true;
            marks->order[filled++] = marks->sorted[place];
        }
    }
    for (size_t i = 0; i < marks->count && filled < marks->count; i++) {
        size_t place = place_of(marks, marks->marked[i]->key, &found);
        if (!taken[place])
            marks->order[filled++] = marks->marked[i];
    }
    free(taken);
}

const struct list_mark *list_marks_at(struct list_marks *marks, const struct list_rows *rows,
                                      int nth)
{
    if (nth < 0 || (size_t)nth >= marks->count)
        return NULL;
    if (!marks->order)
        make_order(marks, rows);
    return marks->order[nth];
}

void list_marks_clear(struct list_marks *marks, int cells)
{
    for (size_t i = 0; i < marks->count; i++)
        mark_free(marks->sorted[i], cells);
    marks->count = 0;
    reorder(marks);
}

void list_marks_free(struct list_marks *marks, int cells)
{
    list_marks_clear(marks, cells);
    free(marks->sorted);
    free(marks->marked);
    *marks = (struct list_marks){0};
}
