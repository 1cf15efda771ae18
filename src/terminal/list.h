#ifndef BANKOPS_TERMINAL_LIST_H
#define BANKOPS_TERMINAL_LIST_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* A list of any length of which a window of rows is held in memory. It knows no database: it asks
 * its source for pages by key and takes the rows when they come. Keys pressed meanwhile count: a
 * move beyond the rows held is remembered and carried out when they arrive, so the same keys end
 * on the same row whatever the latency. Rows are numbered from 0 at the start of the window;
 * numbers change when rows are put before it. */
struct list;

enum list_edge {
    LIST_FIRST,    /* the first `limit` rows */
    LIST_LAST,     /* the last `limit` rows, delivered in list order */
    LIST_AFTER,    /* rows after `row` */
    LIST_BEFORE,   /* the `limit` rows just before `row`, delivered in list order */
    LIST_AT,       /* `row` itself (or what now stands in its place) and the rows after it */
    LIST_POSITION, /* the first row not before `text`, and the rows after it */
};

struct list_request {
    unsigned number; /* hand it back with the answer */
    enum list_edge edge;
    int row;          /* row that AFTER, BEFORE and AT start from: list_cell() during the call */
    const char *text; /* POSITION */
    int limit;        /* rows wanted; ask for one more to know whether there are more */
};

/* Asks for a page; the answer comes later (or at once) by list_page_begin … list_page_end. At most
 * one request is open at a time, a newer one makes the older one's answer stale. */
typedef void list_need(const struct list_request *request, void *data);

/* `cells` strings per row: also those needed for paging and actions, whether shown or not. */
struct list *list_new(int cells, list_need *need, void *data);
void list_free(struct list *list);

/* Screenfuls that are asked for at once, 3 unless told: fewer where each row costs the server much. */
void list_set_ahead(struct list *list, int screens);
/* Rows shown at once; the first call asks for the first page. */
void list_set_height(struct list *list, int rows);
/* Asks for the first page anew (new filter or order); marks stay when `keep`. The rows held stay to
 * be seen until the page comes, but list_loaded and list_settled are false till then. */
void list_restart(struct list *list, bool keep);
/* Asks again for what is shown; cursor stays on its key, else on its line. Does nothing while a
 * request is open. */
void list_refresh(struct list *list);

/* The answer to a request. begin returns false when it is stale: drop the rows then. Each row has a
 * key, unique in the list, and `cells` strings (NULL = SQL NULL); all are copied. `more`: there are
 * rows beyond this page in the direction asked for. fail ends the request without rows; the next
 * move asks again. */
bool list_page_begin(struct list *list, unsigned number);
void list_page_row(struct list *list, const char *key, const char *const *cells);
void list_page_end(struct list *list, bool more);
void list_page_fail(struct list *list, unsigned number);

/* Moves. Down at the end and Up at the start return false (bell). Page moves keep the cursor's
 * line on the screen as far as rows allow. */
bool list_move(struct list *list, int by);
bool list_page(struct list *list, int by);
bool list_home(struct list *list);
bool list_end(struct list *list);
/* Position-to: cursor on the first row not before `text`. */
void list_position(struct list *list, const char *text);
/* Cursor on the row with this key; false when it is not held. */
bool list_seek(struct list *list, const char *key);
/* Reads from the first page again as list_restart does, marks kept, and comes back to the row of the
 * cursor, or to its place when it is gone. Moves made meanwhile count from there. */
void list_return(struct list *list);

/* False while a move waits for rows: keep further keys that act on the row in a queue till then. */
bool list_settled(const struct list *list);
/* A request is open (show that rows are coming). */
bool list_loading(const struct list *list);
/* The first page has come at least once since restart. */
bool list_loaded(const struct list *list);

int list_count(const struct list *list);  /* rows held */
int list_cursor(const struct list *list); /* row number, -1 when empty */
int list_top(const struct list *list);    /* row shown first */
/* Text of a cell, NULL for SQL NULL; owned by the list until rows arrive. */
const char *list_cell(const struct list *list, int row, int cell);
const char *list_key(const struct list *list, int row);

/* "1-15 of 51", "1-15 of 51+" (51 seen, there are more), "More…", "Bottom"; appended, translated. */
void list_status(const struct list *list, struct buffer *out);

/* Marks and options by key: they survive refresh, paging and sorting. `option` is what the clerk
 * typed in the option column, "" for a plain mark. The row's cells are kept with the mark. */
void list_mark(struct list *list, int row, const char *option);
void list_unmark(struct list *list, const char *key);
/* The option of a marked row, NULL when it is not marked. */
const char *list_marked(const struct list *list, const char *key);
int list_mark_count(const struct list *list);
/* The n-th mark: rows held in list order, then the others in the order of marking. Returns its
 * key, sets *option and *cells (`cells` strings) when not NULL; owned by the list. */
const char *list_mark_at(const struct list *list, int nth, const char **option,
                         const char *const **cells);
void list_unmark_all(struct list *list);

/* Most rows held; beyond it the far end is forgotten and asked for again when needed. Default
 * 20,000. */
void list_set_capacity(struct list *list, int rows);
/* Bytes of memory held by the rows. */
size_t list_memory(const struct list *list);

#endif
