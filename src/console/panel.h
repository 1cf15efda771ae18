#ifndef BANKOPS_CONSOLE_PANEL_H
#define BANKOPS_CONSOLE_PANEL_H

#include "console/page.h"
#include "terminal/column.h"
#include "terminal/list.h"

#include <libpq-fe.h>

/* One panel of a view or a flow: asks for the rows of its source, holds them and draws them.
 * Tables and timelines are lists with a cursor; a timeline is read by keyset, page after page. */

enum { PANEL_CELLS = 60 };

struct panel {
    const struct defined_panel *definition;
    struct page *page;
    struct list *list;       /* table, timeline; NULL for the others */
    struct columns *columns; /* of the list */
    int shown_of[PANEL_CELLS];
    const struct order *order; /* as defined, or the owner's own, whose columns may be null */
    int order_count;
    bool own_order;
    bool marking;   /* rows have a column of marks (list_mark) */
    PGresult *rows; /* fields, chart, text */
    unsigned request, number;
    enum list_edge edge;
    int limit, top;
    bool asking;   /* rows were asked for and have not come */
    char *failure; /* why there are no rows */
    const struct panel *object; /* what the record is: closed, it closes this panel too; may be NULL */
    uint64_t digest;     /* of the cells of a list */
    int64_t altered_at;  /* clock_ms() when other cells replaced those that stood there; 0: never */
    const char *cells[PANEL_CELLS];
    struct area area; /* where it was painted last; rows 0 = not shown */
    /* Unless NULL: text instead of a cell of the row with that key (a revealed field), and the call
     * after an answer came; error NULL when it brought rows. */
    const char *(*overlay)(struct panel *panel, int column, const char *key);
    void (*changed)(struct panel *panel, const struct error *error);
};

/* Fills the panel and asks for its rows. Panels of one page opened in one go share one round trip.
 * Values of the source come from page->arguments (values_set, then panel_ask reads again) and
 * @names; never from a row. */
void panel_open(struct panel *panel, struct page *page, const struct defined_panel *definition);
/* Frees what it holds, not the panel. */
void panel_close(struct panel *panel);
/* Reads again; the cursor stays on its row when that still exists. */
void panel_ask(struct panel *panel);
/* The same for a panel nobody works in: a timeline that shows its first row shows what is new there. */
void panel_follow(struct panel *panel);
/* The idle lock: forgets all rows. */
void panel_forget(struct panel *panel);

/* Draws heading and rows; `focused` shows the cursor. Sets panel->area. */
void panel_paint(struct panel *panel, const struct area *area, bool focused);
/* Titles of the columns after the language changed. */
void panel_translate(struct panel *panel);

/* Cells of the row under the cursor by column, NULL when there is none; valid until rows arrive. */
const char *const *panel_row(struct panel *panel);
/* A value of that row; NULL = null or none. */
const char *panel_value(struct panel *panel, const char *name);

/* A cell of a row, both from 0; NULL = null or no such row. Valid until rows arrive. */
const char *panel_cell(const struct panel *panel, int row, int column);
/* Lines that heading and content need in this width, as far as `most`; the `rows` of its definition
 * while nothing came. */
int panel_need(const struct panel *panel, int columns, int most);

/* Up, down, pages, top and bottom; false when the action is none of these. Bell at the end. */
bool panel_act(struct panel *panel, enum action_id id);
/* Marks or unmarks the row under the cursor and goes one down. */
void panel_mark(struct panel *panel);

#endif
