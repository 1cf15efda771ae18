#include "console/page_view.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "console/ahead.h"
#include "console/copy.h"
#include "console/dialog.h"
#include "console/export.h"
#include "console/format.h"
#include "console/machine.h"
#include "console/perform.h"
#include "console/page_list.h"
#include "console/task.h"
#include "terminal/draw.h"

#include <stdlib.h>
#include <string.h>

static struct panel *focused(struct page *page)
{
    struct view_state *state = page->state;
    return &state->panels[state->focus];
}

static struct panel *main_panel(struct page *page)
{
    struct view_state *state = page->state;
    for (int i = 0; i < state->count; i++)
        if (state->panels[i].definition->kind == PANEL_FIELDS)
            return &state->panels[i];
    return &state->panels[0];
}

static const char *view_value(struct page *page, const char *name)
{
    struct view_state *state = page->state;
    struct place_of_cell cell;
    if (definition_cell(page->definition, name, &cell))
        return panel_cell(&state->panels[cell.panel], cell.row, cell.column);
    const char *value = panel_value(focused(page), name);
    return value ? value : panel_value(main_panel(page), name);
}

static void set_heading(struct page *page)
{
    struct panel *panel = main_panel(page);
    const char *const *row = panel_row(panel);
    int label = page->definition->label;
    char text[256];
    free(page->heading);
    page->heading = row && label >= 0 && row[label]
                        ? xstrdup(format_cell(&panel->definition->columns, label, row, 0, NULL,
                                              text, sizeof text))
                        : NULL;
}

/* The record is closed to the person: the key that asks for access, instead of a box in its way. */
static bool say_closed(struct page *page, const struct error *error)
{
    const struct defined_action *action;
    struct buffer text = BUFFER_INIT;
    for (int i = 0; !strcmp(error->code, "BO428") && (action = page_action(page, i)); i++)
        if (action->function && action->key && !strcmp(action->function, "access_ask"))
            buffer_format(&text, "%s  %s = %s", error->what, action->key,
                          both_text(&action->title));
    bool said = text.length > 0;
    if (said)
        console_refuse(page->console, buffer_text(&text));
    buffer_free(&text);
    return said;
}

/* The object came: its name, and the keys that waited for it. */
static void main_changed(struct panel *panel, const struct error *error)
{
    struct page *page = panel->page;
    struct view_state *state = page->state;
    state->changed = false;
    if (error) {
        ahead_forget(page->console);
        if (!say_closed(page, error))
            console_error(page->console, error);
        return;
    }
    set_heading(page);
    machine_look(page, view_value);
}

/* After a refusal, keys typed ahead mean nothing any more. */
static void view_settled(struct page *page, bool good)
{
    struct view_state *state = page->state;
    state->changed = good;
    if (!good)
        ahead_forget(page->console);
}

/* All panels ask before the connection sends: one round trip. */
static void view_open(struct page *page)
{
    struct view_state *state = xcalloc(1, sizeof *state);
    page->state = state;
    state->count = page->definition->panel_count;
    state->panels = xcalloc((size_t)state->count, sizeof *state->panels);
    state->page = 1;
    state->revealed_panel = -1;
    for (int i = 0; i < state->count; i++) {
        panel_open(&state->panels[i], page, &page->definition->panels[i]);
        state->panels[i].overlay = view_revealed;
        if (page->definition->panels[i].focus && page->definition->panels[i].page == 1)
            state->focus = i;
    }
    for (int i = 0; i < state->count; i++)
        state->panels[i].object = main_panel(page);
    main_panel(page)->changed = main_changed;
}

static void view_close(struct page *page)
{
    struct view_state *state = page->state;
    view_hide(page);
    machine_forget(page);
    for (int i = 0; i < state->count; i++)
        panel_close(&state->panels[i]);
    free(state->panels);
    free(state);
}

static bool on_page(struct page *page, int panel)
{
    struct view_state *state = page->state;
    return state->panels[panel].definition->page == state->page;
}

static void go_page(struct page *page, int number)
{
    struct view_state *state = page->state;
    if (number < 1 || number > page->definition->page_count) {
        screen_bell();
        return;
    }
    state->page = number;
    for (int i = state->count - 1; i >= 0; i--)
        if (on_page(page, i) && !view_absent(&state->panels[i]))
            state->focus = i;
}

static void view_paint(struct page *page, const struct area *area)
{
    struct view_state *state = page->state;
    int column = area->left + 1;
    for (int i = 0; i < page->definition->page_count; i++) {
        char text[128];
        struct buffer safe = BUFFER_INIT;
        buffer_format(&safe, " %d %s ", i + 1, both_text(&page->definition->pages[i]));
        snprintf(text, sizeof text, "%s", buffer_text(&safe));
        column += draw_word(area->top, column,
                            i + 1 == state->page ? STYLE_SELECTED : STYLE_KEY_LABEL, text) + 1;
        buffer_free(&safe);
    }
    struct area body = {area->top + 1, area->left, area->rows - 1, area->columns};
    if (view_absent(focused(page)))
        go_page(page, state->page);
    view_layout(page, &body);
    for (int i = 0; i < state->count; i++)
        if (state->panels[i].area.rows > 0)
            panel_paint(&state->panels[i], &state->panels[i].area, i == state->focus);
}

/* Next panel; past the last one of the page the next page. */
static void go_panel(struct page *page, int by)
{
    struct view_state *state = page->state;
    do
        state->focus = (state->focus + by + state->count) % state->count;
    while (view_absent(focused(page)) && focused(page) != main_panel(page));
    state->page = state->panels[state->focus].definition->page;
}

/* An action of the screen that has this digit, when it is possible now: else the digit is a page. */
static bool perform_digit(struct page *page, int digit)
{
    const struct defined_action *action;
    for (int i = 0; (action = page_action(page, i)); i++)
        if (action->key && action->key[0] == digit && !action->key[1] &&
            !perform_refusal(page, action)) {
            if (view_altered(page, action))
                console_refuse(page->console, _("What stands there has just changed: look, then press "
                                                "the key again."));
            else
                perform(page, action);
            return true;
        }
    return false;
}

static bool is_digit(const struct key *key)
{
    return key->code >= '1' && key->code <= '9';
}

static bool view_waits(struct page *page, const struct key *key)
{
    return view_must_wait(page, main_panel(page), focused(page), key);
}

static bool view_key(struct page *page, const struct key *key)
{
    if (!is_digit(key))
        return false;
    if (perform_digit(page, key->code))
        return true;
    go_page(page, key->code - '0');
    return true;
}

static void open_row(struct page *page)
{
    struct panel *panel = focused(page);
    const struct defined_panel *defined = panel->definition;
    const struct jump *enter = &defined->enter;
    bool rows = defined->kind == PANEL_TABLE || defined->kind == PANEL_TIMELINE;
    if (!panel_row(panel) || (!enter->screen && !rows))
        screen_bell();
    else if (enter->screen && (enter->screen_from || console_may_open(page->console, enter->screen)))
        console_jump(page, enter, page_lookup, page);
    else
        dialog_row(page, &defined->columns, panel_row(panel));
}

static void copy_panel(struct page *page, bool one)
{
    struct panel *panel = focused(page);
    const struct defined_columns *columns = &panel->definition->columns;
    const char *const *row = panel_row(panel);
    int shown[PANEL_CELLS], count = 0;
    for (int i = 0; i < columns->count && count < PANEL_CELLS; i++)
        if (!columns->items[i].hidden)
            shown[count++] = i;
    if (!row)
        screen_bell();
    else if (one)
        copy_cell(page, columns, row);
    else
        copy_rows(page, columns, shown, count, &row, 1);
}

static void view_refresh(struct page *page)
{
    struct view_state *state = page->state;
    for (int i = 0; i < state->count; i++)
        (i == state->focus ? panel_ask : panel_follow)(&state->panels[i]);
}

/* What an action asks may be written in an editor: whoever looks here is still here. */
static void view_aside(struct page *page)
{
    if (page->definition->refresh && --page->refresh_left <= 0) {
        page->refresh_left = page->definition->refresh;
        view_refresh(page);
    }
}

enum { EXPORT_RECORD, EXPORT_PANEL };

static void export_chosen(void *data, int tag)
{
    struct page *page = data;
    if (tag == EXPORT_RECORD)
        export_panels(page, page->definition->panels, page->definition->panel_count);
    else if (tag == EXPORT_PANEL)
        export_panels(page, focused(page)->definition, 1);
}

static void export_view(struct page *page)
{
    struct dialog_items items = {NULL, 0, 0};
    if (page->definition->panel_count == 1) {
        export_chosen(page, EXPORT_PANEL);
        return;
    }
    dialog_item_add(&items, EXPORT_RECORD, _("The whole record"), NULL, NULL, NULL);
    dialog_item_add(&items, EXPORT_PANEL, both_text(&focused(page)->definition->title), NULL, NULL,
                    NULL);
    dialog_choose(page->console, _("Export"), &items, export_chosen, page);
}

/* The list that this record was opened from by Enter, NULL when it was not. */
static struct page *list_below(struct page *page)
{
    struct console *console = page->console;
    struct page *below = console->page_at > 0 ? console->pages[console->page_at - 1] : NULL;
    const struct jump *enter =
        below && below->ops == &list_page_ops ? &below->definition->enter : NULL;
    return enter && enter->screen && !enter->screen_from && !strcmp(enter->screen, page->name)
               ? below
               : NULL;
}

/* The same page of panels of another record; this one is left for good. */
static bool go_record(struct page *page, int by)
{
    struct console *console = page->console;
    struct page *list = list_below(page), *next;
    int number = ((struct view_state *)page->state)->page;
    if (!list) {
        console_refuse(console, _("This record was not opened from a list."));
        return true;
    }
    console_back(console);
    if (!list_page_step(list, by)) {
        console_forward(console);
        console_refuse(console, by > 0 ? _("The list has no further row.")
                                       : _("This is the first row of the list."));
        return true;
    }
    next = console_page(console);
    if (next != list && next->ops == &view_page_ops)
        go_page(next, number);
    return true;
}

static const char *view_refusal(struct page *page, enum action_id id)
{
    if ((id == ACTION_RECORD_BACK || id == ACTION_RECORD_NEXT) && !list_below(page))
        return _("This record was not opened from a list.");
    return NULL;
}

static bool view_act(struct page *page, enum action_id id)
{
    struct view_state *state = page->state;
    struct panel *panel = focused(page);
    if (panel_act(panel, id))
        return true;
    switch (id) {
    case ACTION_LEFT:
        go_page(page, state->page - 1);
        return true;
    case ACTION_RIGHT:
        go_page(page, state->page + 1);
        return true;
    case ACTION_PANEL:
        go_panel(page, 1);
        return true;
    case ACTION_PANEL_BACK:
        go_panel(page, -1);
        return true;
    case ACTION_RECORD_BACK:
    case ACTION_RECORD_NEXT:
        return go_record(page, id == ACTION_RECORD_BACK ? -1 : 1);
    case ACTION_ZOOM:
        state->zoom = !state->zoom;
        return true;
    case ACTION_OPEN:
        open_row(page);
        return true;
    case ACTION_COPY:
    case ACTION_COPY_CELL:
        copy_panel(page, id == ACTION_COPY_CELL);
        return true;
    case ACTION_REVEAL:
        view_reveal(page);
        return true;
    case ACTION_EXPORT:
        export_view(page);
        return true;
    default:
        return false;
    }
}

static void view_forget(struct page *page)
{
    struct view_state *state = page->state;
    view_hide(page);
    for (int i = 0; i < state->count; i++)
        panel_forget(&state->panels[i]);
    free(page->heading);
    page->heading = NULL;
    page->stale = true;
}

static void view_tick(struct page *page)
{
    struct view_state *state = page->state;
    if (state->revealed && clock_ms() > state->revealed_until)
        view_hide(page);
    for (int i = 0; i < state->count; i++)
        for (int c = 0; c < state->panels[i].definition->columns.count; c++)
            if (state->panels[i].definition->columns.items[c].format == FORMAT_DUE)
                screen_dirty();
}

static const struct defined_columns *main_columns(struct page *page)
{
    return &main_panel(page)->definition->columns;
}

static const char *const *main_row(struct page *page)
{
    return panel_row(main_panel(page));
}

static const struct actions *focus_actions(struct page *page)
{
    return &focused(page)->definition->actions;
}

static const struct defined_columns *focus_columns(struct page *page)
{
    return &focused(page)->definition->columns;
}

static const char *const *focus_row(struct page *page)
{
    return panel_row(focused(page));
}

static int focus_label(struct page *page)
{
    return focused(page)->definition->label;
}

static void view_translate(struct page *page)
{
    struct view_state *state = page->state;
    for (int i = 0; i < state->count; i++)
        panel_translate(&state->panels[i]);
}

const struct page_ops view_page_ops = {
    .open = view_open,
    .close = view_close,
    .paint = view_paint,
    .key = view_key,
    .waits = view_waits,
    .act = view_act,
    .value = view_value,
    .refusal = view_refusal,
    .refresh = view_refresh,
    .aside = view_aside,
    .settled = view_settled,
    .tick = view_tick,
    .forget = view_forget,
    .columns = main_columns,
    .row = main_row,
    .actions = focus_actions,
    .panel_columns = focus_columns,
    .panel_row = focus_row,
    .panel_label = focus_label,
    .translate = view_translate,
};
