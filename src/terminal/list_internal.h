#ifndef BANKOPS_TERMINAL_LIST_INTERNAL_H
#define BANKOPS_TERMINAL_LIST_INTERNAL_H

#include "terminal/list.h"
#include "terminal/list_marks.h"
#include "terminal/list_rows.h"

/* Shared by list.c (rows asked for and taken) and list_step.c (moves). */

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
    int ahead; /* screenfuls asked for at once, 0 = what is usual */
    bool more_before, more_after, loaded;
    long first;
    char *home; /* key of the row to come back to when the first page is there; NULL: its first */

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

/* list.c: asks for a page of at least `least` rows, counted for the height of the list. */
void list_request_page(struct list *list, enum list_edge edge, int row, const char *text,
                       int least);
/* Where a first page on its way leads; takes the key over. */
void list_set_home(struct list *list, char *key);
/* Keeps the cursor on a row that is held and in view. */
void list_settle(struct list *list);

/* list_step.c: carries out the steps in their order as far as the rows held allow. */
void list_advance(struct list *list);
/* Remembers a step (STEP_HOME for a new window) and tries it. */
void list_add_step(struct list *list, int kind, int by, const char *text);
void list_pop_step(struct list *list);
void list_drop_steps(struct list *list);

#endif
