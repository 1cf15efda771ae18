#include "console/flow.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/language.h"
#include "base/text.h"
#include "console/format.h"
#include "terminal/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The business calendar: a month as a grid of weeks, the day under the cursor in words below. */

enum { WEEK = 7, DAY_CELLS_LEAST = 10, DAY_CELLS_MOST = 16, WEEKS_MOST = 6, DAY_ROWS = 2 };

struct calendar {
    struct panel days;
    int day; /* under the cursor, days since 1970-01-01 */
};

static void month_of(int day, char text[11])
{
    date_format(day, text);
    memcpy(text + 8, "01", 2);
}

/* Cursor on the row of the day; false while its month is on the way. */
static bool seek(struct calendar *state)
{
    char key[16];
    date_format(state->day, key);
    strcat(key, "\x1f");
    return list_seek(state->days.list, key);
}

static void go(struct page *page, int day)
{
    struct calendar *state = page->state;
    char month[11];
    const char *shown = values_get(&page->arguments, "month");
    state->day = day;
    month_of(day, month);
    if (!shown || strcmp(shown, month) != 0) {
        values_set(&page->arguments, "month", month);
        panel_ask(&state->days);
    }
    seek(state);
}

static void go_month(struct page *page, int by)
{
    struct calendar *state = page->state;
    int year, month, day, to;
    date_to_civil(state->day, &year, &month, &day);
    month += by;
    year += month < 1 ? -1 : month > 12;
    month = month < 1 ? 12 : month > 12 ? 1 : month;
    while (!date_from_civil(year, month, day, &to))
        day--;
    go(page, to);
}

static int business_day(struct page *page)
{
    int day = 0;
    date_parse(page_value(page, "@today"), &day);
    return day;
}

static void came(struct panel *panel, const struct error *error)
{
    if (error)
        console_error(panel->page->console, error);
    else
        seek(panel->page->state);
}

static void calendar_open(struct page *page)
{
    struct calendar *state = xcalloc(1, sizeof *state);
    const char *month = values_get(&page->arguments, "month");
    char first[11];
    page->state = state;
    if (!month || !date_parse(month, &state->day))
        state->day = business_day(page);
    month_of(state->day, first);
    values_set(&page->arguments, "month", first);
    state->days.changed = came;
    panel_open(&state->days, page, &page->definition->panels[0]);
}

static void calendar_close(struct page *page)
{
    struct calendar *state = page->state;
    panel_close(&state->days);
    free(state);
}

/* A cell of the grid: number and kind of the day, and how much is due. */
static void paint_day(struct page *page, int row, int left, int width, int at)
{
    struct calendar *state = page->state;
    const struct defined_columns *columns = &page->definition->panels[0].columns;
    const char *cells[PANEL_CELLS];
    bool here = at == list_cursor(state->days.list);
    unsigned style = STYLE_NORMAL, flags = here ? STYLE_ON_SELECTED : 0;
    char kind[64] = "", text[128];
    int kind_at = defined_columns_find(columns, "kind"), due = defined_columns_find(columns, "due");
    int today = defined_columns_find(columns, "today");
    for (int c = 0; c < columns->count && c < PANEL_CELLS; c++)
        cells[c] = list_cell(state->days.list, at, c);
    format_cell(columns, kind_at, cells, 0, &style, kind, sizeof kind);
    snprintf(text, sizeof text, " %s%s", cells[0] ? cells[0] + 8 : "",
             cells[today] && cells[today][0] == 't' ? " ◆" : "");
    draw_text(row, left, width, style | flags, text);
    if (cells[due] && strcmp(cells[due], "0") != 0) {
        snprintf(text, sizeof text, _("%s due "), cells[due]);
        if (text_width(text) > width - 5) /* a narrow cell */
            snprintf(text, sizeof text, _("%s due"), cells[due]);
        if (text_width(text) > width - 5)
            snprintf(text, sizeof text, "%s", cells[due]);
        draw_text_right(row, left + 5, width - 5, STYLE_WARNING | flags, text);
    }
    snprintf(text, sizeof text, " %s",
             cells[kind_at] && strcmp(cells[kind_at], "workday") != 0 ? kind : "");
    draw_text(row + 1, left, width, style | flags, text);
    if (here)
        draw_cursor(row, left, true);
}

static void paint_weekdays(int row, int width)
{
    const char *names[WEEK] = {_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su")};
    for (int i = 0; i < WEEK; i++) {
        char text[32];
        snprintf(text, sizeof text, " %s", names[i]);
        draw_text(row, 1 + i * width, width, STYLE_MUTED, text);
    }
}

/* The day under the cursor, each shown column with its title. */
static void paint_words(struct page *page, int row, int columns)
{
    struct calendar *state = page->state;
    const struct defined_columns *defined = &page->definition->panels[0].columns;
    const char *const *cells = panel_row(&state->days);
    int column = 2;
    for (int c = 0; cells && c < defined->count; c++) {
        char text[128];
        unsigned style = STYLE_NORMAL;
        if (defined->items[c].hidden || !cells[c] || !*cells[c])
            continue;
        column += draw_word(row, column, STYLE_LABEL, both_text(&defined->items[c].title)) + 1;
        format_cell(defined, c, cells, 0, &style, text, sizeof text);
        column += draw_word(row, column, style, text) + 3;
        if (column >= columns)
            break;
    }
}

static void calendar_paint(struct page *page, const struct area *area)
{
    struct calendar *state = page->state;
    int width = (area->columns - 2) / WEEK, first = 0, count = list_count(state->days.list);
    char month[16];
    width = width > DAY_CELLS_MOST ? DAY_CELLS_MOST : width < DAY_CELLS_LEAST ? DAY_CELLS_LEAST : width;
    snprintf(month, sizeof month, "%.7s", values_get(&page->arguments, "month"));
    draw_text(area->top, 2, area->columns - 4, STYLE_HEADING, month);
    paint_weekdays(area->top + 1, width);
    if (state->days.failure)
        draw_text(area->top + 3, 2, area->columns - 4, STYLE_ERROR, state->days.failure);
    if (count && list_cell(state->days.list, 0, 0))
        date_parse(list_cell(state->days.list, 0, 0), &first);
    for (int i = 0; i < count; i++) {
        int place = date_weekday(first) - 1 + i;
        paint_day(page, area->top + 2 + place / WEEK * DAY_ROWS, 1 + place % WEEK * width, width, i);
    }
    paint_words(page, area->top + 3 + WEEKS_MOST * DAY_ROWS, area->columns);
}

static bool calendar_act(struct page *page, enum action_id id)
{
    struct calendar *state = page->state;
    switch (id) {
    case ACTION_LEFT:
    case ACTION_RIGHT:
        go(page, state->day + (id == ACTION_LEFT ? -1 : 1));
        return true;
    case ACTION_UP:
    case ACTION_DOWN:
        go(page, state->day + (id == ACTION_UP ? -WEEK : WEEK));
        return true;
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
        go_month(page, id == ACTION_PAGE_UP ? -1 : 1);
        return true;
    case ACTION_TOP:
        go(page, business_day(page));
        return true;
    case ACTION_OPEN:
        perform(page, &page->definition->actions.items[0]);
        return true;
    default:
        return false;
    }
}

/* What is done with a day waits until the days of the month are there. */
static bool calendar_waits(struct page *page, const struct key *key)
{
    struct calendar *state = page->state;
    enum action_id id = action_for_key(page->console->keymap, CONTEXT_FLOW, false, key->code);
    return state->days.asking && connection_pending(page->console->connection, page) &&
           (id == ACTION_OPEN || id == ACTION_ACTIONS ||
            (id == ACTION_NONE && key_is_text(key->code)));
}

static void calendar_refresh(struct page *page)
{
    panel_ask(&((struct calendar *)page->state)->days);
}

static void calendar_forget(struct page *page)
{
    panel_forget(&((struct calendar *)page->state)->days);
    page->stale = true;
}

static const struct defined_columns *calendar_columns(struct page *page)
{
    return &page->definition->panels[0].columns;
}

static const char *const *calendar_row(struct page *page)
{
    return panel_row(&((struct calendar *)page->state)->days);
}

static const char *calendar_value(struct page *page, const char *name)
{
    return panel_value(&((struct calendar *)page->state)->days, name);
}

static const struct page_ops ops = {
    .open = calendar_open,
    .close = calendar_close,
    .paint = calendar_paint,
    .act = calendar_act,
    .waits = calendar_waits,
    .value = calendar_value,
    .refresh = calendar_refresh,
    .forget = calendar_forget,
    .columns = calendar_columns,
    .row = calendar_row,
    .translate = calendar_refresh,
};

static const enum action_id acts[] = {ACTION_UP,        ACTION_DOWN, ACTION_LEFT, ACTION_RIGHT,
                                      ACTION_PAGE_UP,   ACTION_TOP,  ACTION_OPEN, ACTION_PAGE_DOWN,
                                      ACTION_NONE};

const struct flow flow_calendar = {"calendar", &ops, acts, NULL, NULL};
