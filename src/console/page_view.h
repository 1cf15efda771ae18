#ifndef BANKOPS_CONSOLE_PAGE_VIEW_H
#define BANKOPS_CONSOLE_PAGE_VIEW_H

#include "console/console.h"
#include "console/panel.h"

struct view_state {
    struct panel *panels;
    int count, focus, page; /* page from 1 */
    bool zoom;
    bool changed; /* an action changed the object, which is being read again */
    /* The one masked field that is shown for a while. */
    int revealed_panel, revealed_column;
    char *revealed, *revealed_key;
    int64_t revealed_until;
};

/* Gives each panel of the pages that fit its place in the area. */
void view_layout(struct page *page, const struct area *area);
/* A panel that fits its content and has none: it is not shown. */
bool view_absent(const struct panel *panel);
/* Asks which masked field of the panel to reveal, and why. */
void view_reveal(struct page *page);
/* The revealed field is masked again and wiped. */
void view_hide(struct page *page);
/* The text of a field that is being shown, for panel.overlay. */
const char *view_revealed(struct panel *panel, int column, const char *key);
/* A key of an action of the screen waits for the object that it is about, the rows of `object`, while
 * they are not there or just being changed, and for those of the panel with the cursor. */
bool view_must_wait(struct page *page, const struct panel *object, const struct panel *focus,
                    const struct key *key);

/* A cell that the action sends changed so shortly ago that a person cannot have read it. */
bool view_altered(struct page *page, const struct defined_action *action);

#endif
