#ifndef BANKOPS_CONSOLE_PAGE_H
#define BANKOPS_CONSOLE_PAGE_H

#include "console/action.h"
#include "console/definition.h"
#include "console/values.h"
#include "terminal/key.h"

struct console;
struct flow;
struct page;

/* Lines and cells a page may draw in. */
struct area {
    int top, left, rows, columns;
};

/* What a kind of screen does. All are optional but open, paint and close. */
struct page_ops {
    void (*open)(struct page *page);  /* once, after the page was made: ask for data */
    void (*close)(struct page *page); /* frees page->state */
    void (*paint)(struct page *page, const struct area *area);
    /* A key before the action table sees it; true when it was used. */
    bool (*key)(struct page *page, const struct key *key);
    /* An action of the table; false when this page does not know it. */
    bool (*act)(struct page *page, enum action_id id);
    /* A flow: an action of its file that names no function, form or screen; already permitted. */
    void (*perform)(struct page *page, const struct defined_action *action);
    /* A value of the row or object under the cursor, for arguments; NULL = null. */
    const char *(*value)(struct page *page, const char *name);
    /* Why an action is not possible now (translated), NULL when it is. */
    const char *(*refusal)(struct page *page, enum action_id id);
    /* Whether a key is about something that is still on its way. */
    bool (*waits)(struct page *page, const struct key *key);
    /* Reads again what is shown; the cursor stays. */
    void (*refresh)(struct page *page);
    /* Once a second while shown: clocks that count down. */
    void (*tick)(struct page *page);
    /* Once a second while another program has the terminal. */
    void (*aside)(struct page *page);
    /* A change of this page was made or refused; before what follows it. */
    void (*settled)(struct page *page, bool good);
    /* Whether it is left with entries that were not sent; the next such form can recall them. */
    bool (*unsent)(struct page *page);
    /* Idle lock: forget everything read from the database. */
    void (*forget)(struct page *page);
    /* A field has the cursor: characters are text. */
    bool (*typing)(struct page *page);
    /* Marked rows: their number, and the cells of one (by column of `columns`). */
    int (*marks)(struct page *page);
    const char *const *(*mark_cells)(struct page *page, int nth);
    /* Takes the mark of the row with these cells away; NULL: all marks. */
    void (*unmark)(struct page *page, const char *const *cells);
    /* Rows that the actions are about: their columns, the label column, the row under the cursor
     * (NULL when there is none). */
    const struct defined_columns *(*columns)(struct page *page);
    const char *const *(*row)(struct page *page);
    /* Further actions, of the panel with the cursor (view). */
    const struct actions *(*actions)(struct page *page);
    /* What those are about: columns and row of the panel, its label column (-1: none). */
    const struct defined_columns *(*panel_columns)(struct page *page);
    const char *const *(*panel_row)(struct page *page);
    int (*panel_label)(struct page *page);
    /* What an action is about when that is more than one row, in lines that each begin with a line
     * end; to be freed. NULL: the row itself. */
    char *(*about)(struct page *page);
    /* The language changed: titles were built from the old one. */
    void (*translate)(struct page *page);
};

struct page {
    const struct page_ops *ops;
    const struct flow *flow; /* NULL for other kinds */
    struct console *console;
    const struct definition *definition;
    enum context context;
    struct values arguments;
    char *name;   /* of the screen, also when it could not be loaded */
    char *heading; /* shown instead of the screen's title; NULL: the title */
    bool stale;   /* shows data from before the connection was lost */
    bool outdated; /* something was changed since it was read: it is read again on return */
    int refresh_left; /* seconds until the next refresh */
    void *state;
};

extern const struct page_ops list_page_ops, form_page_ops, view_page_ops, report_page_ops,
    menu_page_ops, broken_page_ops;

/* Whether an action of the table exists on this page. */
bool page_offers(const struct page *page, enum action_id id);
/* Why a screen like this one can never do it (translated), NULL when it can: a list without filters,
 * a view without masked fields. Such actions leave the bottom line. */
const char *page_lacks(const struct page *page, enum action_id id);
/* What an action of the table is called on this page, and what it does, translated. */
const char *page_action_label(struct page *page, enum action_id id);
const char *page_action_help(struct page *page, enum action_id id);
/* Value of a name at this page: row, arguments, @me @unit @today. */
const char *page_value(struct page *page, const char *name);
/* The same as a value_lookup with the page as data. */
const char *page_lookup(void *page, const char *name);

/* The screen's own actions that apply here (a view adds those of its panel): index from 0, NULL
 * after the last. */
const struct defined_action *page_action(struct page *page, int index);
/* The keys of one of them as they work on this page, "c/4": options are typed in lists only, elsewhere
 * a digit turns the page. `divider` stands between the two. */
void page_action_keys(const struct page *page, const struct defined_action *action,
                      const char *divider, char *out, size_t capacity);
/* Its action for entering something new, NULL when it has none. */
const struct defined_action *page_action_new(struct page *page);

#endif
