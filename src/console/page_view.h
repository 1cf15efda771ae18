#ifndef BANKOPS_CONSOLE_PAGE_VIEW_H
#define BANKOPS_CONSOLE_PAGE_VIEW_H

#include "console/console.h"
#include "terminal/column.h"
#include "terminal/list.h"

enum { PANEL_CELLS = 60, VIEW_QUEUE = 16 };

/* One panel of a view: rows of its own, a list when it can be scrolled. */
struct panel {
    const struct defined_panel *definition;
    struct page *page;
    struct list *list;       /* table, timeline */
    struct columns *columns; /* of the list */
    int shown_of[PANEL_CELLS];
    PGresult *rows; /* fields, chart, text */
    unsigned request, number;
    enum list_edge edge;
    int limit, top;
    char *failure; /* why there are no rows */
    const char *cells[PANEL_CELLS];
    struct area area; /* where it was painted last; rows 0 = not shown */
};

struct view_state {
    struct panel *panels;
    int count, focus, page; /* page from 1 */
    bool zoom;
    struct key queue[VIEW_QUEUE]; /* pressed before the object was there */
    int queued;
    /* The one masked field that is shown for a while. */
    int revealed_panel, revealed_column;
    char *revealed, *revealed_key;
    int64_t revealed_until;
};

/* Cells of the row under the cursor of a panel, NULL when there is none. */
const char *const *panel_row(struct panel *panel);
void panel_ask(struct panel *panel);
void panel_paint(struct panel *panel, const struct area *area, bool focused);
void view_layout(struct page *page, const struct area *area);
/* Asks which masked field of the panel to reveal, and why. */
void view_reveal(struct page *page);
void view_hide(struct page *page);
/* A key of an action of the screen waits for the object, the rows of `panel`, that it is about;
 * then the keys kept are carried out. */
bool view_must_wait(struct page *page, const struct panel *panel, const struct key *key);
void view_replay(struct page *page);

#endif
