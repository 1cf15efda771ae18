#ifndef BANKOPS_TERMINAL_COLUMN_H
#define BANKOPS_TERMINAL_COLUMN_H

#include "base/error.h"
#include "terminal/line.h"

/* The columns of a table: which are shown in a given width, where, and the text of head and rows.
 * Used by lists, panels and reports. */
struct column {
    const char *name;  /* stable, for settings; copied */
    const char *title; /* copied */
    int width;         /* cells wanted; 0 = as wide as the title */
    int minimum;       /* never narrower; 0 = width without flex, else 8 and the title at most */
    int flex;          /* share of the cells left over; 0 = fixed */
    int roomy; /* cells it takes where there is room for all; 0 = width */
    int priority;      /* 0 = always, else 1, 2, 3 …: the highest number is left out first, from 4
                        * on before a column with flex gets narrower than its width */
    enum text_align align;
    bool hidden;       /* by the user */
    bool frozen;       /* stays when scrolled sideways */
};

struct columns;

/* Without columns yet. Free it with columns_free(). */
struct columns *columns_new(void);
void columns_free(struct columns *columns);
/* Returns the column's index, which stays the same whatever the order on the screen. */
int columns_add(struct columns *columns, const struct column *column);
int columns_count(const struct columns *columns);
/* The column, owned by columns. */
const struct column *columns_get(const struct columns *columns, int index);
int columns_find(const struct columns *columns, const char *name); /* -1 when absent */
void columns_set_title(struct columns *columns, int index, const char *title);

/* The user's choices. Each takes effect at the next layout. A column can be hidden only while
 * another one stays shown (returns false). */
bool columns_hide(struct columns *columns, int index, bool hidden);
void columns_freeze(struct columns *columns, int index, bool frozen);
/* Moves it by `by` places among all columns. */
void columns_move(struct columns *columns, int index, int by);
void columns_widen(struct columns *columns, int index, int by);
/* Back to how they were added. */
void columns_reset(struct columns *columns);
/* The user's choices as text, "name:width[!][-],…" in order (! frozen, - hidden), to be saved;
 * owned by the caller. Unknown names are ignored when read back; new columns stay at the end. */
char *columns_settings(const struct columns *columns);
bool columns_apply(struct columns *columns, const char *settings, struct error *error);

/* Scrolls sideways by whole columns; frozen ones stay. Returns false at the edge. From the first
 * step on nothing is left out by priority, so each column can be reached. */
bool columns_scroll(struct columns *columns, int by);
/* True when columns stand right of what is shown. */
bool columns_more_right(const struct columns *columns);

/* Shares out `cells` with `gap` blanks between columns. Call after any change and on resize. */
void columns_layout(struct columns *columns, int cells, int gap);
/* The columns shown, from left to right, after columns_layout. */
int columns_shown(const struct columns *columns);
/* Index, first cell and width of the n-th shown column. */
int columns_shown_at(const struct columns *columns, int nth, int *cell, int *width);

/* Appends the head; the sorted column's title carries ▲ or ▼ (^ or v when `ascii`). sorted = -1 for
 * none. */
void columns_head(const struct columns *columns, struct line *line, int sorted, bool descending,
                  bool ascii);

/* Appends a row: cell(index, &style, data) gives the text of a column (may be NULL = empty; any
 * bytes) and may change the style. */
void columns_row(const struct columns *columns, struct line *line, unsigned style,
                 const char *(*cell)(int index, unsigned *style, void *data), void *data);

#endif
