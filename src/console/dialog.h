#ifndef BANKOPS_CONSOLE_DIALOG_H
#define BANKOPS_CONSOLE_DIALOG_H

#include "console/console.h"

/* Boxes above the page. The topmost gets every key; Esc and F12 close it. */

struct dialog_ops {
    void (*paint)(struct dialog *dialog);
    void (*key)(struct dialog *dialog, const struct key *key);
    void (*free)(struct dialog *dialog);
    void (*cancel)(struct dialog *dialog); /* closes as Esc does; NULL: just closes */
    /* Whether a key is about something that is still on its way; NULL: never. */
    bool (*waits)(struct dialog *dialog, const struct key *key);
};

struct dialog {
    const struct dialog_ops *ops;
    struct console *console;
    struct dialog *below;
    char *title;
    void *state;
};

/* Puts a box above those that are open. `title` is copied; `state` is freed by ops->free. The
 * console owns the dialog. */
struct dialog *dialog_push(struct console *console, const struct dialog_ops *ops,
                           const char *title, void *state);
/* Closes and frees one dialog, wherever it stands. */
void dialog_close(struct dialog *dialog);
/* Closes all as Esc would, so that whoever asked is told. */
void dialog_close_all(struct console *console);
/* Draws an empty box of at most that inner size in the middle; *inside gets its inner area. */
void dialog_box(const struct dialog *dialog, int rows, int columns, unsigned style,
                struct area *inside);
/* Draws a text wrapped into an area; returns the lines it has. */
int dialog_paragraph(const char *text, const struct area *area, unsigned style);
/* True for the keys that close a dialog: Esc, F3, F12. */
bool dialog_leaves(const struct key *key);

/* A text to read; Enter, Esc or Space closes. */
void dialog_text(struct console *console, const char *title, const char *text, unsigned style);

/* Every shown column of a row in full, for rows that lead nowhere. */
void dialog_row(struct page *page, const struct defined_columns *columns,
                const char *const *cells);

/* A question. Only y says yes (so keys typed ahead answer nothing); n, Esc, F12 no. */
void dialog_confirm(struct console *console, const char *title, const char *text,
                    void (*answer)(void *data, bool yes), void *data);

/* A line to choose from. */
struct dialog_item {
    char *text, *note;    /* note: right part (key, value), may be NULL */
    char *refusal;        /* why it cannot be chosen, NULL: it can */
    char *help;           /* shown below while it has the cursor, may be NULL */
    int tag;              /* the caller's */
};
struct dialog_items {
    struct dialog_item *items;
    int count, capacity;
};
/* Adds an item; texts are copied, all but `text` may be NULL. */
void dialog_item_add(struct dialog_items *items, int tag, const char *text, const char *note,
                     const char *refusal, const char *help);
/* Typing narrows the list; Enter calls chosen(data, tag), Esc calls chosen(data, -1). Takes over the
 * items. `keys`, unless NULL, sees keys first and gets the tag under the cursor; true: used. */
struct dialog *dialog_choose(struct console *console, const char *title, struct dialog_items *items,
                             void (*chosen)(void *data, int tag), void *data);
void dialog_choose_keys(struct dialog *dialog, const char *legend,
                        bool (*keys)(void *data, const struct key *key, int tag));
/* A list of what a search found, `text` being what was sought: typing changes that text and calls
 * typed(data, text), which brings other items by dialog_choose_replace; while asking(data) says that
 * they are on their way, keys that choose wait. */
void dialog_choose_search(struct dialog *dialog, const char *text,
                          void (*typed)(void *data, const char *text), bool (*asking)(void *data));
/* Replaces the items and keeps the cursor's line. */
void dialog_choose_replace(struct dialog *dialog, struct dialog_items *items);
void dialog_choose_select(struct dialog *dialog, int tag);

/* A small form. done(data, values) with the values by field name (and what chosen codes
 * are called by FIELD@name), done(data, NULL) on cancel. */
struct dialog *dialog_entry(struct page *page, const char *title, const char *text,
                            const struct fields *fields, const struct values *initial,
                            void (*done)(void *data, const struct values *values), void *data);
/* Says at its field why what was entered is refused; false when it has no such field. */
bool dialog_entry_refuse(struct dialog *dialog, const char *field, const char *message);

#endif
