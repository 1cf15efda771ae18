#include "recon-matcher.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/money.h"
#include "base/text.h"
#include "console/ahead.h"
#include "console/dialog.h"
#include "console/format.h"
#include "terminal/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BELOW = 5, LEFT_LEAST = 34, CELL = 512 };

/* The two-pane matcher: breaks on the left, candidates of one of them on the right, below them both
 * lines in full, the reasons, and what would be matched with its difference. Candidates belong to
 * the first marked break, without marks to the one under the cursor. */

static struct matcher *state_of(struct page *page)
{
    return page->state;
}

/* Asks for the candidates when they are of another break; they stay while some are marked. */
static void follow(struct page *page)
{
    struct matcher *state = state_of(page);
    const char *key;
    const char *const *cells = matcher_wanted(state, &key);
    if (list_mark_count(state->panels[RIGHT].list) ||
        (key && state->of && !strcmp(key, state->of)) || (!key && !state->of))
        return;
    free(state->of);
    state->of = key ? xstrdup(key) : NULL;
    values_set(&page->arguments, "of_account", matcher_cell(&state->panels[LEFT], cells, "account_id"));
    values_set(&page->arguments, "of_item", matcher_cell(&state->panels[LEFT], cells, "item_id"));
    values_set(&page->arguments, "find", NULL);
    list_restart(state->panels[RIGHT].list, false);
}

static void came(struct panel *panel, const struct error *error)
{
    struct page *page = panel->page;
    struct matcher *state = state_of(page);
    const char *account = values_get(&page->arguments, "account_id");
    const char *item = values_get(&page->arguments, "item_id");
    if (panel == &state->panels[LEFT])
        state->renewing = false;
    if (error) {
        console_error(page->console, error);
    } else if (panel == &state->panels[LEFT]) {
        if (!state->of && account && item) { /* opened for one break */
            char *key = xasprintf("%s\x1f%s\x1f", account, item);
            list_seek(panel->list, key);
            free(key);
        }
        int rows = list_count(panel->list);
        if (state->line >= 0 && rows)
            list_move(panel->list, (state->line < rows ? state->line : rows - 1) -
                                       list_cursor(panel->list));
        if (state->back)
            list_seek(panel->list, state->back);
        free(state->back);
        state->back = NULL;
        state->line = -1;
        follow(page);
    }
}

static void matcher_open(struct page *page)
{
    struct matcher *state = xcalloc(1, sizeof *state);
    page->state = state;
    state->line = -1;
    for (int i = 0; i < SIDES; i++) {
        state->panels[i].marking = true;
        state->panels[i].changed = came;
        panel_open(&state->panels[i], page, &page->definition->panels[i]);
    }
}

static void matcher_close(struct page *page)
{
    struct matcher *state = state_of(page);
    for (int i = 0; i < SIDES; i++)
        panel_close(&state->panels[i]);
    buffer_free(&state->items);
    buffer_free(&state->words);
    free(state->of);
    free(state->back);
    free(state);
}

static void matcher_refresh(struct page *page)
{
    struct matcher *state = state_of(page);
    free(state->of);
    state->of = NULL;
    values_set(&page->arguments, "item_id", NULL);
    panel_ask(&state->panels[LEFT]);
}

static void forget_marks(struct page *page)
{
    struct matcher *state = state_of(page);
    for (int i = 0; i < SIDES; i++)
        list_unmark_all(state->panels[i].list);
}

/* What was marked is matched, and gone from the list. */
static void matcher_settled(struct page *page, bool good)
{
    struct matcher *state = state_of(page);
    if (!good)
        return;
    forget_marks(page);
    state->line = list_cursor(state->panels[LEFT].list);
}

static void matched(struct page *page, const struct perform_result *result, void *data)
{
    struct matcher *state = state_of(page);
    const char *slash = result->good && data && result->id ? strchr(result->id, '/') : NULL;
    state->calling = false;
    state->renewing = true;
    matcher_settled(page, result->good);
    if (slash) { /* taken back: ACCOUNT/ITEM is open again */
        free(state->back);
        state->back = xasprintf("%.*s\x1f%s\x1f", (int)(slash - result->id), result->id, slash + 1);
    }
    matcher_refresh(page);
}

/* A suggestion of a rule is confirmed as it is; anything else is a match by hand. */
static void match(struct page *page)
{
    struct matcher *state = state_of(page);
    struct panel *right = &state->panels[RIGHT];
    struct values arguments = VALUES_INIT;
    const char *suggestion = panel_value(right, "match_id");
    matcher_pick(state);
    if (state->calling || state->renewing) {
        console_refuse(page->console, _("The match before is still being kept."));
        return;
    }
    if (!state->pick.account || !list_settled(right->list)) {
        console_refuse(page->console, _("The candidates are not there yet."));
        return;
    }
    if (!matcher_one_account(state)) {
        console_refuse(page->console, _("The marked lines are of different accounts."));
        return;
    }
    if (state->pick.total) {
        console_refuse(page->console, _("These lines do not sum to zero: d adjusts the difference."));
        return;
    }
    values_set(&arguments, "p_account_id", state->pick.account);
    if (suggestion && !list_mark_count(right->list) &&
        !list_mark_count(state->panels[LEFT].list)) {
        values_set(&arguments, "p_match_id", suggestion);
        values_set(&arguments, "p_version", panel_value(right, "match_version"));
        state->calling = perform_call(page, "match_confirm", &arguments, matched, NULL);
    } else {
        values_set(&arguments, "p_items", buffer_text(&state->items));
        values_set(&arguments, "p_kind", "");
        values_set(&arguments, "p_counter_account", "");
        values_set(&arguments, "p_note", "");
        state->calling = perform_call(page, "match_propose", &arguments, matched, NULL);
    }
    values_clear(&arguments);
}

static void take_back(struct page *page)
{
    static const char *const names[2][2] = {{"lane", "p_lane"}, {"account_id", "p_account_id"}};
    struct values arguments = VALUES_INIT;
    for (int i = 0; i < 2; i++) {
        const char *value = values_get(&page->arguments, names[i][0]);
        values_set(&arguments, names[i][1], value ? value : i ? "0" : "");
    }
    perform_call(page, "match_take_back", &arguments, matched, page);
    values_clear(&arguments);
}

static void found(void *data, const struct values *values)
{
    struct page *page = data;
    struct matcher *state = state_of(page);
    if (!values)
        return;
    values_set(&page->arguments, "find", values_get(values, "find"));
    list_restart(state->panels[RIGHT].list, true);
    state->focus = RIGHT;
    screen_dirty();
}

static const struct defined_action *action_named(struct page *page, const char *name)
{
    const struct actions *actions = &page->definition->actions;
    for (int i = 0; i < actions->count; i++)
        if (!strcmp(actions->items[i].name, name))
            return &actions->items[i];
    return NULL;
}

static void matcher_perform(struct page *page, const struct defined_action *action)
{
    if (!strcmp(action->name, "match")) {
        match(page);
    } else if (!strcmp(action->name, "take-back")) {
        take_back(page);
    } else {
        struct values initial = VALUES_INIT;
        values_set(&initial, "find", values_get(&page->arguments, "find"));
        dialog_entry(page, both_text(&action->title), both_text(&action->help), &action->ask,
                     &initial, found, page);
        values_clear(&initial);
    }
}

/* The line under the cursor, whichever side it is on. */
static void open_line(struct page *page)
{
    struct matcher *state = state_of(page);
    struct values arguments = VALUES_INIT;
    struct panel *panel = &state->panels[state->focus];
    const char *item = panel_value(panel, state->focus == LEFT ? "item_id" : "items");
    const char *account = state->focus == LEFT ? panel_value(panel, "account_id")
                                               : values_get(&page->arguments, "of_account");
    char *first = item ? xstrdup(item) : NULL;
    if (first)
        first[strcspn(first, ",")] = '\0';
    values_set(&arguments, "account_id", account);
    values_set(&arguments, "item_id", first);
    if (first)
        console_open(page->console, "recon-item", &arguments);
    values_clear(&arguments);
    free(first);
}

static bool matcher_act(struct page *page, enum action_id id)
{
    struct matcher *state = state_of(page);
    struct panel *panel = &state->panels[state->focus];
    switch (id) {
    case ACTION_PANEL:
    case ACTION_PANEL_BACK:
        state->focus = !state->focus;
        return true;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        state->focus = id == ACTION_RIGHT;
        return true;
    case ACTION_MARK:
        panel_mark(panel);
        break;
    case ACTION_UNMARK:
        forget_marks(page);
        break;
    case ACTION_FILTER:
        perform(page, action_named(page, "search"));
        return true;
    case ACTION_OPEN:
        open_line(page);
        return true;
    default:
        if (!panel_act(panel, id))
            return false;
    }
    follow(page);
    return true;
}

/* What is done with a line waits until both sides are there; a second m while a match is being kept
 * is refused at once, because it would take lines that nobody has seen. */
static bool matcher_waits(struct page *page, const struct key *key)
{
    struct matcher *state = state_of(page);
    enum action_id id = action_for_key(page->console->keymap, CONTEXT_FLOW, false, key->code);
    bool soon = state->panels[LEFT].asking || state->panels[RIGHT].asking;
    if (!soon || !connection_pending(page->console->connection, page))
        return false;
    if (ahead_is_first(page->console, key) && (state->calling || state->renewing) &&
        key->code == key_parse(action_named(page, "match")->key))
        return false;
    return id == ACTION_OPEN || id == ACTION_MARK || id == ACTION_FILTER || id == ACTION_ACTIONS ||
           (id == ACTION_NONE && key_is_text(key->code));
}

static void matcher_forget(struct page *page)
{
    struct matcher *state = state_of(page);
    forget_marks(page);
    state->renewing = false;
    for (int i = 0; i < SIDES; i++)
        panel_forget(&state->panels[i]);
    page->stale = true;
}

static void matcher_translate(struct page *page)
{
    for (int i = 0; i < SIDES; i++)
        panel_translate(&state_of(page)->panels[i]);
}

/* Date, counterparty and narrative of a line. */
static void paint_line(struct panel *panel, const char *label, int row, int left, int width)
{
    struct buffer text = BUFFER_INIT;
    static const char *const names[] = {"value_date", "reference", "counterparty", "narrative"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const char *value = panel_value(panel, names[i]);
        if (value && *value)
            buffer_format(&text, "%s%s", text.length ? "  " : "", value);
    }
    int used = draw_word(row, left, STYLE_LABEL, label) + 1;
    draw_text(row, left + used, width - used, STYLE_NORMAL, buffer_text(&text));
    buffer_free(&text);
}

/* Score and reasons of the candidate under the cursor; of the first, its lead over the next. The
 * marked break that it is of is named when the cursor has gone on. */
static void paint_why(struct matcher *state, int row, int left, int width)
{
    struct panel *right = &state->panels[RIGHT];
    struct buffer text = BUFFER_INIT;
    const char *why = panel_value(right, language_current() == LANGUAGE_CHINESE ? "why_zh" : "why");
    const char *rank = panel_value(right, "rank"), *lead = panel_value(right, "lead");
    const char *score = panel_value(right, "score");
    const char *key, *of = matcher_cell(&state->panels[LEFT], matcher_wanted(state, &key), "reference");
    int cursor = list_cursor(state->panels[LEFT].list);
    bool ranked = why && (!score || strcmp(score, "0") != 0);
    if (ranked && of && cursor >= 0 && strcmp(key, list_key(state->panels[LEFT].list, cursor)))
        buffer_format(&text, "%s: ", of);
    if (ranked && lead && *lead && rank && !strcmp(rank, "1") && list_count(right->list) > 1)
        buffer_format(&text, _("%s ahead of the next: %s"), lead, why);
    else if (ranked)
        buffer_add(&text, why);
    int used = draw_word(row, left, STYLE_LABEL, _("Why")) + 1;
    draw_text(row, left + used, width - used, STYLE_ACCENT, buffer_text(&text));
    buffer_free(&text);
}

static void paint_pick(struct matcher *state, int row, int left, int width)
{
    char money[64], text[CELL];
    bool zero = state->pick.total == 0 && state->pick.count[0] + state->pick.count[1] > 1;
    if (!state->pick.account) {
        draw_text(row, left, width, STYLE_NORMAL, "");
        return;
    }
    money_format(state->pick.total, state->pick.currency, money, sizeof money);
    snprintf(text, sizeof text, _("%d ours, %d theirs "), state->pick.count[0], state->pick.count[1]);
    int used = draw_word(row, left, STYLE_NORMAL, text);
    snprintf(text, sizeof text, _("Difference %s %s"), money, state->pick.currency);
    used += draw_word(row, left + used, zero ? STYLE_GOOD : STYLE_WARNING, text);
    snprintf(text, sizeof text, "   %s",
             zero ? _("m matches them") : _("d adjusts it, Space marks more"));
    draw_text(row, left + used, width - used, STYLE_MUTED, text);
}

static void matcher_paint(struct page *page, const struct area *area)
{
    struct matcher *state = state_of(page);
    int rows = area->rows - BELOW;
    int left = (area->columns - 1) * 49 / 100;
    left = left < LEFT_LEAST ? LEFT_LEAST : left;
    if (left > area->columns - 1)
        left = area->columns - 1;
    struct area at[SIDES] = {
        {area->top, area->left, rows, left},
        {area->top, area->left + left + 1, rows, area->columns - left - 1},
    };
    for (int i = 0; i < SIDES; i++)
        if (at[i].rows > 0 && at[i].columns > 0)
            panel_paint(&state->panels[i], &at[i], state->focus == i);
    if (rows > 0)
        draw_rule_down(area->top, area->left + left, rows, STYLE_BORDER);
    matcher_pick(state);
    int row = area->top + (rows > 0 ? rows : 0);
    draw_rule(row, area->left, area->columns, STYLE_BORDER);
    paint_line(&state->panels[LEFT], _("Break"), row + 1, area->left + 1, area->columns - 2);
    paint_line(&state->panels[RIGHT], _("With"), row + 2, area->left + 1, area->columns - 2);
    paint_why(state, row + 3, area->left + 1, area->columns - 2);
    paint_pick(state, row + 4, area->left + 1, area->columns - 2);
}

static const struct defined_columns *matcher_columns(struct page *page)
{
    return &page->definition->panels[LEFT].columns;
}

static const char *const *matcher_row(struct page *page)
{
    const char *key;
    return matcher_wanted(state_of(page), &key);
}

static const char *matcher_value(struct page *page, const char *name)
{
    struct matcher *state = state_of(page);
    if (!strcmp(name, "items")) {
        matcher_pick(state);
        return buffer_text(&state->items);
    }
    const char *key;
    return matcher_cell(&state->panels[LEFT], matcher_wanted(state, &key), name);
}

static char *matcher_words(struct page *page)
{
    return matcher_about(state_of(page));
}

static const struct page_ops ops = {
    .open = matcher_open,
    .close = matcher_close,
    .paint = matcher_paint,
    .act = matcher_act,
    .perform = matcher_perform,
    .waits = matcher_waits,
    .value = matcher_value,
    .refresh = matcher_refresh,
    .settled = matcher_settled,
    .about = matcher_words,
    .forget = matcher_forget,
    .columns = matcher_columns,
    .row = matcher_row,
    .translate = matcher_translate,
};

static const enum action_id acts[] = {
    ACTION_UP,   ACTION_DOWN,   ACTION_PAGE_UP,    ACTION_PAGE_DOWN, ACTION_TOP,    ACTION_BOTTOM,
    ACTION_LEFT, ACTION_RIGHT,  ACTION_PANEL,      ACTION_PANEL_BACK, ACTION_MARK,  ACTION_UNMARK,
    ACTION_OPEN, ACTION_FILTER, ACTION_NONE};

const struct flow flow_recon_matcher = {"recon-matcher", &ops, acts, NULL, "search"};
