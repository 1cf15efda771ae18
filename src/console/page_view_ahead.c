#include "console/page_view.h"

#include "base/clock.h"
#include "console/perform.h"

#include <string.h>

/* Less than a person needs to see that something changed and to take the finger off the key. */
enum { UNREAD_MS = 500 };

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
           id == ACTION_REVEAL || id == ACTION_EXPORT || id == ACTION_NEW || id == ACTION_ACTIONS;
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

/* The panel that a value of this action stands in, NULL when it names none. */
static const struct panel *named_panel(struct page *page, const struct defined_action *action)
{
    const struct view_state *state = page->state;
    struct place_of_cell cell;
    for (int i = 0; i < action->arguments.count; i++)
        if (action->arguments.items[i].name &&
            definition_cell(page->definition, action->arguments.items[i].name, &cell))
            return &state->panels[cell.panel];
    return NULL;
}

bool view_altered(struct page *page, const struct defined_action *action)
{
    const struct panel *panel = named_panel(page, action);
    return panel && panel->altered_at && clock_ms() - panel->altered_at < UNREAD_MS;
}

/* The key sends a cell of a panel that has not come. */
static bool misses_cell(struct page *page, int code)
{
    const struct defined_action *action;
    for (int i = 0; (action = page_action(page, i)); i++) {
        const struct panel *panel = action->key && action->key[0] == code && !action->key[1]
                                        ? named_panel(page, action)
                                        : NULL;
        if (panel && missing(panel))
            return true;
    }
    return false;
}

bool view_must_wait(struct page *page, const struct panel *object, const struct panel *focus,
                    const struct key *key)
{
    const struct view_state *state = page->state;
    enum action_id id = action_for_key(page->console->keymap, CONTEXT_VIEW, false, key->code);
    bool soon = missing(object) || missing(focus) || misses_cell(page, key->code) ||
                perform_busy(page) || unsettled(focus) || (state->changed && object->asking);
    if (!soon || !connection_pending(page->console->connection, page))
        return false;
    bool empty = missing(object) || missing(focus);
    if (id != ACTION_NONE)
        return (about_row(id) && (empty || unsettled(focus))) || (moves(id) && empty);
    return key_is_text(key->code) && !turns_page(page, key->code);
}
