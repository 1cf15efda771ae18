#include "console/page_view.h"

#include "console/perform.h"

#include <string.h>

static bool missing(const struct panel *panel)
{
    bool list = panel->list && !list_count(panel->list) && panel->asking;
    return list || (!panel->rows && !panel->list && !panel->failure);
}

/* Rows are on their way, and with them moves of the cursor that were pressed since. */
static bool unsettled(const struct panel *panel)
{
    return panel->list && panel->asking && !list_settled(panel->list);
}

/* Actions of the table that are about the row under the cursor. */
static bool about_row(enum action_id id)
{
    return id == ACTION_OPEN || id == ACTION_COPY || id == ACTION_COPY_CELL ||
           id == ACTION_REVEAL || id == ACTION_EXPORT;
}

/* Those that lead to another. */
static bool moves(enum action_id id)
{
    switch (id) {
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
    case ACTION_TOP:
    case ACTION_BOTTOM:
        return true;
    default:
        return false;
    }
}

/* A digit turns the page, unless it is an action of the screen. */
static bool turns_page(struct page *page, int code)
{
    const struct defined_action *action;
    for (int i = 0; (action = page_action(page, i)); i++)
        if (action->key && action->key[0] == code && !action->key[1])
            return false;
    return code >= '1' && code <= '9';
}

bool view_must_wait(struct page *page, const struct panel *object, const struct panel *focus,
                    const struct key *key)
{
    const struct view_state *state = page->state;
    enum action_id id = action_for_key(page->console->keymap, CONTEXT_VIEW, false, key->code);
    bool soon = missing(object) || missing(focus) || perform_busy(page) ||
                unsettled(focus) || (state->changed && object->asking);
    if (!soon || !connection_pending(page->console->connection, page))
        return false;
    bool empty = missing(object) || missing(focus);
    if (id != ACTION_NONE)
        return (about_row(id) && (empty || unsettled(focus))) || (moves(id) && empty);
    return key_is_text(key->code) && !turns_page(page, key->code);
}
