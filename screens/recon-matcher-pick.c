#include "recon-matcher.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *matcher_cell(struct panel *panel, const char *const *cells, const char *name)
{
    int column = defined_columns_find(&panel->definition->columns, name);
    return cells && column >= 0 ? cells[column] : NULL;
}

const char *const *matcher_wanted(struct matcher *state, const char **key)
{
    struct panel *left = &state->panels[LEFT];
    const char *const *cells = NULL;
    *key = NULL;
    if (list_mark_count(left->list))
        *key = list_mark_at(left->list, 0, NULL, &cells);
    else if (list_cursor(left->list) >= 0) {
        *key = list_key(left->list, list_cursor(left->list));
        cells = panel_row(left);
    }
    return cells;
}

static int number(const char *text, int otherwise)
{
    return text ? (int)strtol(text, NULL, 10) : otherwise;
}

/* One line, or one candidate of several: whose, its reference and amount. */
static void say(struct matcher *state, struct panel *panel, const char *const *cells, int lines)
{
    enum { MOST = 6 };
    const char *side = matcher_cell(panel, cells, "side");
    const char *reference = matcher_cell(panel, cells, "reference");
    char money[64];
    if (state->pick.said++ >= MOST) {
        if (state->pick.said == MOST + 1)
            buffer_add(&state->words, "\n  …");
        return;
    }
    money_format(strtoll(matcher_cell(panel, cells, "movement"), NULL, 10), state->pick.currency,
                 money, sizeof money);
    buffer_format(&state->words, "\n  %s  %s  %s", side[0] == 'S' ? _("Bank") : _("Ours"),
                  reference ? reference : "", money);
    if (lines > 1)
        buffer_format(&state->words, "  ×%d", lines);
}

static void take(struct matcher *state, int from, const char *const *cells)
{
    struct panel *panel = &state->panels[from];
    const char *items = matcher_cell(panel, cells, from == LEFT ? "item_id" : "items");
    const char *side = matcher_cell(panel, cells, "side");
    const char *movement = matcher_cell(panel, cells, "movement");
    int lines = from == LEFT ? 1 : number(matcher_cell(panel, cells, "lines"), 1);
    int ours = from == LEFT ? side && side[0] == 'L'
                            : number(matcher_cell(panel, cells, "ours"), 0);
    if (!items || !side || !movement)
        return;
    int64_t amount = strtoll(movement, NULL, 10);
    buffer_format(&state->items, "%s%s", state->items.length > 1 ? "," : "", items);
    say(state, panel, cells, lines);
    state->pick.count[0] += ours;
    state->pick.count[1] += lines - ours;
    if (__builtin_add_overflow(state->pick.total, side[0] == 'S' ? -amount : amount,
                               &state->pick.total))
        state->pick.total = INT64_MAX;
}

void matcher_pick(struct matcher *state)
{
    struct panel *left = &state->panels[LEFT], *right = &state->panels[RIGHT];
    int lefts = list_mark_count(left->list), rights = list_mark_count(right->list);
    const char *key;
    const char *const *cells = matcher_wanted(state, &key);
    memset(&state->pick, 0, sizeof state->pick);
    state->pick.account = matcher_cell(left, cells, "account_id");
    state->pick.currency = matcher_cell(left, cells, "currency");
    buffer_clear(&state->items);
    buffer_clear(&state->words);
    buffer_add_char(&state->items, '{');
    for (int i = 0; i < lefts; i++) {
        list_mark_at(left->list, i, NULL, &cells);
        take(state, LEFT, cells);
    }
    if (!lefts)
        take(state, LEFT, cells);
    for (int i = 0; i < rights; i++) {
        list_mark_at(right->list, i, NULL, &cells);
        take(state, RIGHT, cells);
    }
    if (!rights && lefts < 2 && list_settled(right->list))
        take(state, RIGHT, panel_row(right));
    buffer_add_char(&state->items, '}');
}

bool matcher_one_account(struct matcher *state)
{
    struct panel *left = &state->panels[LEFT];
    const char *const *cells;
    for (int i = 0; i < list_mark_count(left->list); i++) {
        list_mark_at(left->list, i, NULL, &cells);
        if (strcmp(matcher_cell(left, cells, "account_id"), state->pick.account) != 0)
            return false;
    }
    return true;
}


char *matcher_about(struct matcher *state)
{
    char money[64];
    matcher_pick(state);
    if (!state->pick.account)
        return NULL;
    money_format(state->pick.total, state->pick.currency, money, sizeof money);
    buffer_format(&state->words, "\n  %s", "");
    buffer_format(&state->words, _("%d ours, %d theirs "), state->pick.count[0], state->pick.count[1]);
    buffer_format(&state->words, _("Difference %s %s"), money, state->pick.currency);
    return xstrdup(buffer_text(&state->words));
}
