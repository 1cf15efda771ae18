#include "console/page_view.h"

#include "console/perform.h"

#include <string.h>

static bool missing(const struct panel *panel)
{
    bool list = panel->list && !list_count(panel->list) && panel->asking;
    return list || (!panel->rows && !panel->list && !panel->failure);
}

bool view_must_wait(struct page *page, const struct panel *object, const struct panel *focus,
                    const struct key *key)
{
    const struct view_state *state = page->state;
    bool soon = missing(object) || missing(focus) || perform_busy(page) ||
                (state->changed && object->asking);
    return soon && key_is_text(key->code) &&
           action_for_key(page->console->keymap, CONTEXT_VIEW, false, key->code) == ACTION_NONE &&
           connection_pending(page->console->connection, page);
}
