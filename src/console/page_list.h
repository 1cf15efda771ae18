#ifndef BANKOPS_CONSOLE_PAGE_LIST_H
#define BANKOPS_CONSOLE_PAGE_LIST_H

#include "console/console.h"
#include "terminal/column.h"
#include "terminal/edit.h"
#include "terminal/list.h"

enum { ORDER_MOST = 8, CELLS_MOST = 64, LIST_HEAD_ROWS = 2 };
/* Asked of a function; one more says that there are more. What is typed into a search box is asked
 * anew with every key. */
enum { LIST_FUNCTION_ROWS = 100, LIST_SEARCH_ROWS = 50 };

struct choice;

/* State of a list page; shared by the files page_list*.c. */
struct list_state {
    struct list *list;
    struct columns *columns;  /* those that can be shown, by terminal/column.h */
    int shown_of[CELLS_MOST]; /* column index there -> index in the definition */
    struct order order[ORDER_MOST];
    int order_count;
    bool own_order; /* chosen by the user: values may be null */
    char **filters; /* text by filter of the definition, NULL = not set */
    struct choice *views; /* kept views asked for, NULL when none are */
    struct edit search;
    bool box;       /* the cursor stands in the search box */
    bool truncated; /* the function had more rows than asked for */
    bool direct;    /* open the only hit at once */
    int direct_at;  /* filter in which the text of the command line is looked for, from 1 */
    bool has_due, has_options;
    struct loop_timer *debounce;
    unsigned request, number; /* of the page asked for */
    enum list_edge edge;
    int limit;
    const char *cells[CELLS_MOST];
};

/* Draws filters, heads and rows. */
void list_page_paint(struct page *page, const struct area *area);
/* Fills the query of a page from the state; limit 0 = all rows, for exports. */
void list_page_query(struct page *page, struct query_page *query, struct query_filter *filters);
/* Texts of the columns of a row, NULL where there is none; the page's until the next call. NULL for
 * row -1. */
const char *const *list_page_cells(struct page *page, int row);
/* Carries out an action of every screen on the list; false when it is none of a list. */
bool list_page_act(struct page *page, enum action_id id);
/* Takes columns and order as the person kept them. */
void list_page_settings_read(struct page *page);
/* Keeps columns and order as they are now for the next time. */
void list_page_settings_write(struct page *page);
/* :view save [NAME] | reset | delete NAME | list | NAME */
void list_page_view(struct page *page, const char *text);
/* The page goes away. */
void list_page_views_forget(struct page *page);
/* Moves the cursor by one row and opens that row; false at the end, or while rows are read. */
bool list_page_step(struct page *page, int by);
void list_page_restart(struct page *page);
/* Sorts by a column of the definition, the other way round when it is sorted by it already. */
void list_page_sort(struct page *page, int column, bool descending);

#endif
