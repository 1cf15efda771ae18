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
    const struct catalogue_entry *entry; /* NULL: heading of a group */
    int group, row, column;
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
        state->places[state->count++] = (struct place){entry, number, 0, 0};
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

static void paint_entry(const struct place *place, int number, bool selected, int row, int left,
                        int width)
{
    char text[256], code[16];
    unsigned style = selected ? STYLE_SELECTED : STYLE_NORMAL;
    snprintf(text, sizeof text, " %2d  %s", number, catalogue_title(place->entry));
    snprintf(code, sizeof code, "%s%s ", place->entry->code ? ":" : "",
             place->entry->code ? place->entry->code : "");
    draw_text(row, left, width - 10, style, text);
    draw_text_right(row, left + width - 10, 10, selected ? style : STYLE_KEY, code);
    if (selected)
        draw_cursor(row, left + 1, true);
}

enum { MENU_HEAD = 2, MENU_LEFT = 3, MENU_WIDEST = 50 };

/* Two sides of groups, filled from the left; returns the lines that they take. */
static int place_entries(struct page *page, int rows, int columns)
{
    struct menu_state *state = page->state;
    int row = 0, side = 0, group = -1, last = 0;
    int lines = state->count + 2 * page->definition->group_count;
    int half = lines <= rows - MENU_HEAD - 1 ? rows : (lines + 1) / 2 - 1;
    for (int i = 0; i < state->count; i++) {
        struct place *place = &state->places[i];
        if (place->group != group) {
            row += group >= 0;
            if (row > half && !side) {
                row = 0;
                side = 1;
            }
            group = place->group;
            row++;
        }
        place->row = row++;
        place->column = side ? columns / 2 + 2 : MENU_LEFT;
        last = row > last ? row : last;
    }
    return last;
}

/* First line shown, so that the entry with the cursor, and the title of a first one, is in view. */
static int first_line(const struct menu_state *state, int lines, int height)
{
    int at = state->count ? state->places[state->at].row : 0;
    int top = at - height / 2;
    if (top > lines - height)
        top = lines - height;
    return top > 0 ? top : 0;
}

static void menu_paint(struct page *page, const struct area *area)
{
    struct menu_state *state = page->state;
    const struct identity *identity = &page->console->identity;
    int width = area->columns / 2 - 4 > MENU_WIDEST ? MENU_WIDEST : area->columns / 2 - 4;
    int height = area->rows - MENU_HEAD, lines = place_entries(page, area->rows, area->columns);
    int top = first_line(state, lines, height);
    draw_text(area->top, 2, area->columns - 4, STYLE_HEADING, identity->bank[language_current()]);
    if (lines > height)
        draw_text_right(area->top, area->columns / 2, area->columns / 2 - 2, STYLE_MUTED,
                        top + height < lines ? _("More…") : _("Bottom"));
    draw_clip(area->top + MENU_HEAD, area->left, height, area->columns);
    for (int i = 0; i < state->count; i++) {
        struct place *place = &state->places[i];
        int row = area->top + MENU_HEAD + place->row - top;
        if (!i || state->places[i - 1].group != place->group)
            draw_text(row - 1, place->column, width, STYLE_HEADING,
                      both_text(&page->definition->groups[place->group].title));
        if (place->row >= top && place->row < top + height)
            paint_entry(place, i + 1, i == state->at, row, place->column, width);
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

static void sideways(struct menu_state *state)
{
    const struct place *from = &state->places[state->at];
    int best = state->at, distance = 1000;
    for (int i = 0; i < state->count; i++)
        if (state->places[i].column != from->column &&
            abs(state->places[i].row - from->row) < distance) {
            best = i;
            distance = abs(state->places[i].row - from->row);
        }
    state->at = best;
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
    case ACTION_TOP:
        state->at = 0;
        return true;
    case ACTION_PAGE_DOWN:
    case ACTION_BOTTOM:
        state->at = state->count ? state->count - 1 : 0;
        return true;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        if (state->count)
            sideways(state);
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
