#include "console/page.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/console.h"
#include "terminal/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The home menu: groups with the screens that the person may open. */
struct place {
    const struct catalogue_entry *entry;
    int group, sheet, column, row; /* sheet: screenful */
    bool first;                    /* of its group in this column: the group's title is above it */
};

struct menu_state {
    struct place *places;
    int count, capacity, at;
    struct edit_number {
        int value;
    } typed;
};

static int by_order(const void *a, const void *b)
{
    const struct place *one = a, *other = b;
    if (one->entry->menu_order != other->entry->menu_order)
        return one->entry->menu_order - other->entry->menu_order;
    return strcmp(one->entry->name, other->entry->name);
}

static void add_group(struct page *page, const char *group, int number)
{
    struct menu_state *state = page->state;
    struct catalogue *catalogue = page->console->catalogue;
    int first = state->count;
    for (int i = 0; i < catalogue_count(catalogue); i++) {
        const struct catalogue_entry *entry = catalogue_at(catalogue, i);
        if (!entry->menu_group || strcmp(entry->menu_group, group) != 0 ||
            !(entry->roles & page->console->identity.role_bit))
            continue;
        ARRAY_RESERVE(state->places, state->count, state->capacity);
        state->places[state->count++] = (struct place){.entry = entry, .group = number};
    }
    if (state->count > first)
        qsort(state->places + first, (size_t)(state->count - first), sizeof *state->places,
              by_order);
}

static void menu_open(struct page *page)
{
    page->state = xcalloc(1, sizeof(struct menu_state));
    for (int i = 0; i < page->definition->group_count; i++)
        add_group(page, page->definition->groups[i].name, i);
}

static void menu_close(struct page *page)
{
    struct menu_state *state = page->state;
    free(state->places);
    free(state);
}

enum {
    MENU_HEAD = 2,
    MENU_LEFT = 3,
    MENU_CODE = 7, /* ":rules " */
    MENU_WIDEST = 50,
    MENU_NARROWEST = 38,
    LINES_LEAST = 6
};

static void paint_entry(const struct place *place, int number, bool selected, int row, int left,
                        int width)
{
    char text[256], code[16];
    unsigned style = selected ? STYLE_SELECTED : STYLE_NORMAL;
    snprintf(text, sizeof text, " %2d %s", number, catalogue_title(place->entry));
    snprintf(code, sizeof code, "%s%s ", place->entry->code ? ":" : "",
             place->entry->code ? place->entry->code : "");
    draw_text(row, left, width - MENU_CODE, style, text);
    draw_text_right(row, left + width - MENU_CODE, MENU_CODE, selected ? style : STYLE_KEY, code);
    if (selected)
        draw_cursor(row, left + 1, true);
}

static int count_columns(int columns)
{
    int count = (columns - 2) / MENU_NARROWEST;
    return count < 1 ? 1 : count > 3 ? 3 : count;
}

/* Where the next entry goes. */
struct pen {
    int height, columns, sheet, column, row;
};

static void next_column(struct pen *pen)
{
    pen->row = 0;
    if (++pen->column == pen->columns) {
        pen->column = 0;
        pen->sheet++;
    }
}

/* A group goes on in the next column rather than leave one half empty, but does not start at the
 * very end of one. */
static void place_group(struct pen *pen, struct place *places, int count)
{
    int left = pen->height - pen->row - 2;
    if (pen->row && count > left && left < LINES_LEAST)
        next_column(pen);
    pen->row += pen->row > 0;
    for (int i = 0; i < count; i++) {
        if (pen->row >= pen->height)
            next_column(pen);
        places[i].first = i == 0 || pen->row == 0;
        pen->row += places[i].first;
        places[i].sheet = pen->sheet;
        places[i].column = pen->column;
        places[i].row = pen->row++;
    }
}

/* Columns of groups, filled from the left, one screenful after the other. Returns how many. */
static int place_entries(struct menu_state *state, int height, int columns)
{
    struct pen pen = {.height = height > 2 ? height : 2, .columns = count_columns(columns)};
    int after;
    for (int i = 0; i < state->count; i = after) {
        after = i + 1;
        while (after < state->count && state->places[after].group == state->places[i].group)
            after++;
        place_group(&pen, state->places + i, after - i);
    }
    return pen.row ? pen.sheet + 1 : pen.sheet;
}

static void menu_paint(struct page *page, const struct area *area)
{
    struct menu_state *state = page->state;
    const struct identity *identity = &page->console->identity;
    int step = (area->columns - MENU_LEFT) / count_columns(area->columns);
    int width = step - 1 > MENU_WIDEST ? MENU_WIDEST : step - 1;
    int height = area->rows - MENU_HEAD, sheets = place_entries(state, height, area->columns);
    int sheet = state->count ? state->places[state->at].sheet : 0;
    draw_text(area->top, 2, area->columns - 4, STYLE_HEADING, identity->bank[language_current()]);
    if (sheets > 1)
        draw_text_right(area->top, area->columns / 2, area->columns / 2 - 2, STYLE_MUTED,
                        sheet + 1 < sheets ? _("More…") : _("Bottom"));
    draw_clip(area->top + MENU_HEAD, area->left, height, area->columns);
    for (int i = 0; i < state->count; i++) {
        struct place *place = &state->places[i];
        int row = area->top + MENU_HEAD + place->row, left = MENU_LEFT + place->column * step;
        if (place->sheet != sheet)
            continue;
        if (place->first)
            draw_text(row - 1, left, width, STYLE_HEADING,
                      both_text(&page->definition->groups[place->group].title));
        paint_entry(place, i + 1, i == state->at, row, left, width);
    }
    draw_clip_end();
    if (state->typed.value) {
        char text[64];
        snprintf(text, sizeof text, "%s %d", _("Number:"), state->typed.value);
        draw_text(area->top, area->columns / 2 - 15, 14, STYLE_FOCUS, text);
    }
}

static void menu_go(struct page *page)
{
    struct menu_state *state = page->state;
    if (state->typed.value > 0) {
        if (state->typed.value > state->count) {
            console_refuse(page->console, _("There is no entry with this number."));
            state->typed.value = 0;
            return;
        }
        state->at = state->typed.value - 1;
        state->typed.value = 0;
    }
    if (state->count)
        console_open(page->console, state->places[state->at].entry->name, NULL);
}

static bool menu_key(struct page *page, const struct key *key)
{
    struct menu_state *state = page->state;
    if (key->code >= '0' && key->code <= '9') {
        int value = state->typed.value * 10 + key->code - '0';
        state->typed.value = value < 1000 ? value : key->code - '0';
        if (state->typed.value * 10 > state->count)
            menu_go(page);
        return true;
    }
    if (key->code == K_BACKSPACE || (key->code == K_ESCAPE && state->typed.value)) {
        state->typed.value /= key->code == K_BACKSPACE ? 10 : 10000;
        return true;
    }
    return false;
}

/* To the entry beside this one. */
static void sideways(struct menu_state *state, int step)
{
    const struct place *from = &state->places[state->at];
    int best = state->at, distance = 1000;
    for (int i = 0; i < state->count; i++) {
        const struct place *place = &state->places[i];
        if (place->sheet == from->sheet && place->column == from->column + step &&
            abs(place->row - from->row) < distance) {
            best = i;
            distance = abs(place->row - from->row);
        }
    }
    state->at = best;
}

/* To the start of the next or the last screenful; past the end to the last entry. */
static void turn(struct menu_state *state, int step)
{
    int wanted = state->places[state->at].sheet + step;
    for (state->at = 0; state->at + 1 < state->count; state->at++)
        if (state->places[state->at].sheet >= wanted)
            return;
}

static bool menu_act(struct page *page, enum action_id id)
{
    struct menu_state *state = page->state;
    switch (id) {
    case ACTION_UP:
        state->at -= state->at > 0;
        return true;
    case ACTION_DOWN:
        state->at += state->at + 1 < state->count;
        return true;
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
        if (state->count)
            turn(state, id == ACTION_PAGE_UP ? -1 : 1);
        return true;
    case ACTION_TOP:
        state->at = 0;
        return true;
    case ACTION_BOTTOM:
        state->at = state->count ? state->count - 1 : 0;
        return true;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        if (state->count)
            sideways(state, id == ACTION_LEFT ? -1 : 1);
        return true;
    case ACTION_OPEN:
        menu_go(page);
        return true;
    default:
        return false;
    }
}

const struct page_ops menu_page_ops = {
    .open = menu_open,
    .close = menu_close,
    .paint = menu_paint,
    .key = menu_key,
    .act = menu_act,
};

/* A screen whose file is bad: says where and what; the rest of the program works. */
static void broken_open(struct page *page)
{
    (void)page;
}

static void broken_line(int row, int columns, const char *label, const char *text)
{
    draw_text(row, 2, 14, STYLE_LABEL, label);
    draw_text(row, 16, columns - 18, STYLE_NORMAL, text ? text : "");
}

static void broken_paint(struct page *page, const struct area *area)
{
    const char *what = values_get(&page->arguments, "what");
    draw_text(area->top + 1, 2, area->columns - 4, STYLE_ERROR,
              what ? _("This screen cannot be shown: its file has an error.")
                   : _("This screen needs a newer program."));
    broken_line(area->top + 3, area->columns, _("Where:"),
                values_get(&page->arguments, "where"));
    broken_line(area->top + 5, area->columns, _("What:"), what);
    broken_line(area->top + 7, area->columns, _("What to do:"),
                values_get(&page->arguments, "todo"));
}

const struct page_ops broken_page_ops = {
    .open = broken_open,
    .close = broken_open,
    .paint = broken_paint,
};
