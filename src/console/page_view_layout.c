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

static int defined_rows(const struct panel *panel)
{
    return panel->definition->rows ? panel->definition->rows : PANEL_ROWS;
}

/* Lines of a panel whose page does not fit its content. */
static int fixed_rows(const struct view_state *state, int at, const struct area *page, int from)
{
    const struct panel *panel = &state->panels[at];
    int rows = defined_rows(panel);
    if (panel->list && page->rows > PAGE_ROWS) /* a tall terminal shows more of each list */
        rows = rows * page->rows / PAGE_ROWS;
    return last_on_side(state, at) || rows > page->rows - from ? page->rows - from : rows;
}

/* Puts a panel below what its side has; `rows` -1: as many as its definition says. */
static void place(struct view_state *state, int at, const struct area *page, int used[2], int rows)
{
    struct panel *panel = &state->panels[at];
    enum side side = panel->definition->side;
    int half = (page->columns - 1) / 2;
    int from = side == SIDE_RIGHT ? used[1] : used[0];
    if (side == SIDE_FULL && used[1] > from)
        from = used[1];
    if (rows < 0)
        rows = fixed_rows(state, at, page, from);
    if (rows > page->rows - from)
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

bool view_absent(const struct panel *panel)
{
    return panel->definition->fit && panel_need(panel, PAGE_CELLS, 2) < 2;
}

/* The panels of a page that fits its content: what each needs and what it has got. */
struct fitting {
    struct view_state *state;
    int page, count;
    int at[PANEL_CELLS], need[PANEL_CELLS], rows[PANEL_CELLS];
};

static enum side side_of(const struct fitting *fit, int i)
{
    return fit->state->panels[fit->at[i]].definition->side;
}

/* Panels from `i` on that stand beside each other, or one alone; the index behind them. */
static int band_end(const struct fitting *fit, int i)
{
    int end = i + 1;
    while (side_of(fit, i) != SIDE_FULL && end < fit->count && side_of(fit, end) != SIDE_FULL)
        end++;
    return end;
}

static int band_rows(const struct fitting *fit, int from, int end)
{
    int rows[2] = {0, 0};
    for (int i = from; i < end; i++)
        rows[side_of(fit, i) == SIDE_RIGHT] += fit->rows[i];
    return rows[0] > rows[1] ? rows[0] : rows[1];
}

/* One line more for the first panel of a side that needs it, else, when `all`, for its last one. */
static bool grow_side(struct fitting *fit, int from, int end, bool right, bool all)
{
    int last = -1;
    for (int i = from; i < end; i++) {
        if ((side_of(fit, i) == SIDE_RIGHT) != right)
            continue;
        if (fit->rows[i] < fit->need[i]) {
            fit->rows[i]++;
            return true;
        }
        last = fit->rows[i] > 0 ? i : last;
    }
    if (last >= 0 && all)
        fit->rows[last]++;
    return last >= 0 && all;
}

/* Both sides of a band end at the same line. */
static void level(struct fitting *fit, int from, int end, int rows)
{
    for (int right = 0; right < 2; right++)
        for (;;) {
            int sum = 0;
            for (int i = from; i < end; i++)
                sum += (side_of(fit, i) == SIDE_RIGHT) == right ? fit->rows[i] : 0;
            if (sum >= rows || !grow_side(fit, from, end, right, true))
                break;
        }
}

/* Whether a line more for the band shows more. */
static bool grow_band(struct fitting *fit, int from, int end)
{
    int rows = band_rows(fit, from, end) + 1;
    bool wanted = false;
    for (int i = from; i < end; i++)
        wanted = wanted || fit->rows[i] < fit->need[i];
    if (wanted)
        level(fit, from, end, rows);
    return wanted;
}

/* Lines that are left go one by one to the bands that need them, what nobody needs to the last. */
static void share_out(struct fitting *fit, int rows)
{
    int spare = rows, last = 0;
    bool more = true;
    for (int i = 0, end; i < fit->count; i = end) {
        end = band_end(fit, i);
        level(fit, i, end, band_rows(fit, i, end));
        spare -= band_rows(fit, i, end);
        last = i;
    }
    while (spare > 0 && more) {
        more = false;
        for (int i = 0, end; i < fit->count && spare > 0; i = end) {
            end = band_end(fit, i);
            if (grow_band(fit, i, end)) {
                spare--;
                more = true;
            }
        }
    }
    if (spare > 0 && fit->count)
        level(fit, last, fit->count, band_rows(fit, last, fit->count) + spare);
}

static void fit_page(struct view_state *state, int number, const struct area *page)
{
    struct fitting fit = {.state = state, .page = number};
    int used[2] = {0, 0};
    for (int i = 0; i < state->count && fit.count < PANEL_CELLS; i++) {
        const struct panel *panel = &state->panels[i];
        int wide = panel->definition->side == SIDE_FULL ? page->columns : (page->columns - 1) / 2;
        if (panel->definition->page != number)
            continue;
        int need = panel_need(panel, wide, page->rows), rows = defined_rows(panel);
        fit.at[fit.count] = i;
        fit.need[fit.count] = view_absent(panel) ? 0 : need;
        fit.rows[fit.count] = need < rows ? fit.need[fit.count] : rows;
        fit.count++;
    }
    share_out(&fit, page->rows);
    for (int i = 0; i < fit.count; i++)
        place(state, fit.at[i], page, used, fit.rows[i]);
}

static bool fits(const struct view_state *state, int number)
{
    for (int i = 0; i < state->count; i++)
        if (state->panels[i].definition->page == number && state->panels[i].definition->fit)
            return true;
    return false;
}

static void lay_page(struct view_state *state, int number, const struct area *page)
{
    int used[2] = {0, 0};
    if (fits(state, number)) {
        fit_page(state, number, page);
        return;
    }
    for (int i = 0; i < state->count; i++)
        if (state->panels[i].definition->page == number)
            place(state, i, page, used, -1);
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
        int width = area->columns / slots;
        struct area part = {area->top, area->left + slot * width, area->rows,
                            slot + 1 == slots ? area->columns - slot * width : width - 1};
        lay_page(state, first + slot, &part);
    }
}
