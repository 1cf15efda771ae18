#include "console/page_view.h"

enum { PAGE_CELLS = 76, PANEL_ROWS = 6, PAGE_ROWS = 19 };

/* No further panel of the page stands below this one on its side. */
static bool last_on_side(const struct view_state *state, int at)
{
    const struct defined_panel *panel = state->panels[at].definition;
    for (int i = at + 1; i < state->count; i++) {
        const struct defined_panel *other = state->panels[i].definition;
        if (other->page == panel->page && (other->side == panel->side || other->side == SIDE_FULL ||
                                           panel->side == SIDE_FULL))
            return false;
    }
    return true;
}

static void place(struct view_state *state, int at, const struct area *page, int used[2])
{
    struct panel *panel = &state->panels[at];
    enum side side = panel->definition->side;
    int half = (page->columns - 1) / 2;
    int from = side == SIDE_RIGHT ? used[1] : used[0];
    if (side == SIDE_FULL && used[1] > from)
        from = used[1];
    int rows = panel->definition->rows ? panel->definition->rows : PANEL_ROWS;
    if (panel->list && page->rows > PAGE_ROWS) /* a tall terminal shows more of each list */
        rows = rows * page->rows / PAGE_ROWS;
    if (last_on_side(state, at) || rows > page->rows - from)
        rows = page->rows - from;
    panel->area = (struct area){page->top + from, page->left + (side == SIDE_RIGHT ? half + 1 : 0),
                                rows, side == SIDE_FULL    ? page->columns
                                      : side == SIDE_RIGHT ? page->columns - half - 1
                                                           : half};
    if (side != SIDE_RIGHT)
        used[0] = from + rows;
    if (side != SIDE_LEFT)
        used[1] = from + rows;
}

/* One page of panels, or several beside each other when the terminal is wide. */
void view_layout(struct page *page, const struct area *area)
{
    struct view_state *state = page->state;
    int pages = page->definition->page_count, slots = area->columns / PAGE_CELLS;
    int first;
    slots = slots < 1 ? 1 : slots > pages ? pages : slots;
    first = (state->page - 1) / slots * slots + 1;
    for (int i = 0; i < state->count; i++)
        state->panels[i].area = (struct area){0};
    if (state->zoom) {
        state->panels[state->focus].area = *area;
        return;
    }
    for (int slot = 0; slot < slots; slot++) {
        int width = area->columns / slots, used[2] = {0, 0};
        struct area part = {area->top, area->left + slot * width, area->rows,
                            slot + 1 == slots ? area->columns - slot * width : width - 1};
        for (int i = 0; i < state->count; i++)
            if (state->panels[i].definition->page == first + slot)
                place(state, i, &part, used);
    }
}
