#ifndef BANKOPS_TERMINAL_LIST_MARKS_H
#define BANKOPS_TERMINAL_LIST_MARKS_H

#include "terminal/list_rows.h"

/* The marks of a list, by key; each keeps the cells of its row. */
struct list_mark {
    char *key, *option;
    char **cells;
};

struct list_marks {
    struct list_mark **sorted; /* by key */
    size_t count, capacity;
    struct list_mark **order; /* as list_marks_at gives them; rebuilt when NULL */
    struct list_mark **marked; /* in the order of marking */
    size_t marked_capacity;
};

/* Marks a row that is held, with an option that is copied; one that is marked gets the option. */
void list_marks_set(struct list_marks *marks, const struct list_rows *rows, int row,
                    const char *option);
/* Takes a mark away; `cells` are the strings of a row. */
void list_marks_remove(struct list_marks *marks, int cells, const char *key);
/* The mark of this key, NULL when it has none; owned by the marks. */
const struct list_mark *list_marks_find(const struct list_marks *marks, const char *key);
/* The n-th: rows held in list order, then the rest in the order of marking. */
const struct list_mark *list_marks_at(struct list_marks *marks, const struct list_rows *rows,
                                      int nth);
/* The rows were read again: marks of those held take their cells, so that what is done is done to what
 * is seen. */
void list_marks_renew(struct list_marks *marks, const struct list_rows *rows);
void list_marks_clear(struct list_marks *marks, int cells);
void list_marks_free(struct list_marks *marks, int cells);

#endif
