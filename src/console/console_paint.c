#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "console/ahead.h"
#include "console/command_line.h"
#include "console/console.h"
#include "console/dialog.h"
#include "console/login.h"
#include "console/perform.h"
#include "console/work.h"
#include "terminal/draw.h"

#include <stdio.h>
#include <string.h>

enum { ROWS_LEAST = 24, COLUMNS_LEAST = 80 };

static void paint_small(void)
{
    char text[128];
    snprintf(text, sizeof text, _("%d×%d: bankops needs 80×24"), screen_columns(), screen_rows());
    draw_word(0, 0, STYLE_WARNING, text);
    draw_word(1, 0, STYLE_NORMAL, _("q = quit"));
}

/* Who, where, the bank's day, the time of day. */
static void identity_text(const struct console *console, char *text, size_t capacity)
{
    const struct identity *identity = &console->identity;
    enum language language = language_current();
    time_t now = (time_t)((console_now(console) + identity->zone_ms) / 1000);
    struct tm local;
    char clock[8];
    gmtime_r(&now, &local);
    strftime(clock, sizeof clock, "%H:%M", &local);
    snprintf(text, capacity, "%s%s · %s · %s %s", console->read_only ? _("READ-ONLY · ") : "",
             screen_columns() < 100 ? identity->login : identity->name[language],
             identity->unit[language], identity->today, clock);
}

static void paint_title(const struct console *console, const struct page *page)
{
    char who[512], title[256];
    const char *name = page->definition ? both_text(&page->definition->title) : page->name;
    struct buffer safe = BUFFER_INIT;
    int width;
    identity_text(console, who, sizeof who);
    text_safe(&safe, who, strlen(who));
    width = text_width(buffer_text(&safe));
    if (width > screen_columns() - 20)
        width = screen_columns() - 20;
    snprintf(title, sizeof title, " %s%s%s", name, page->heading ? " · " : "",
             page->heading ? page->heading : "");
    draw_text(0, 0, screen_columns() - width - 2, STYLE_TITLE, title);
    draw_text(0, screen_columns() - width - 2, 1, STYLE_TITLE, "");
    draw_text(0, screen_columns() - width - 1, width, STYLE_TITLE, buffer_text(&safe));
    draw_text(0, screen_columns() - 1, 1, STYLE_TITLE, "");
    buffer_free(&safe);
}

/* One key and its label; returns the cells used, 0 when it does not fit. */
static int paint_label(int row, int column, int last, const char *key, const char *label,
                       bool disabled)
{
    struct buffer text = BUFFER_INIT;
    buffer_format(&text, "%s %s", key, label);
    int width = text_width(buffer_text(&text));
    buffer_free(&text);
    if (column + width > last)
        return 0;
    int used = draw_word(row, column, disabled ? STYLE_DISABLED : STYLE_KEY, key);
    used += draw_word(row, column + used, STYLE_KEY_LABEL, " ");
    used += draw_word(row, column + used, disabled ? STYLE_DISABLED : STYLE_KEY_LABEL, label);
    return used + 2;
}

/* While the search box has the cursor letters go there: Tab leads to the rows and their keys. */
static int paint_way_to_rows(struct page *page, int row)
{
    bool typing = page->ops->typing && page->ops->typing(page);
    const struct defined_action *action = page_action(page, 0);
    if (!typing || !page->definition || !page->definition->search || !action)
        return 1;
    return 1 + paint_label(row, 1, screen_columns() - 1, "Tab", _("then:"), false);
}

/* Paints the screen's own keys from `column` on (without what the person's role never does: the menu of
 * actions lists that, and says so), those that are possible or those that are not or,
 * with NULL, both; the column behind them, 0 when one did not fit. */
static int paint_some_keys(struct console *console, struct page *page, int row, int column,
                           const bool *possible)
{
    const struct defined_action *action;
    int last = screen_columns() - 1;
    for (int i = 0; (action = page_action(page, i)); i++) {
        char key[16];
        const char *why = perform_refusal(page, action);
        page_action_keys(page, action, "/", key, sizeof key);
        if (!*key || !perform_offered(page, action) || (possible && *possible != !why) ||
            !(action->roles & console->identity.role_bit) ||
            (console->read_only && (action->needs & NEED_WRITE)))
            continue;
        int used = paint_label(row, column, last - 2, key, both_text(&action->title), why != NULL);
        if (!used) {
            draw_word(row, column, STYLE_MUTED, "…");
            return 0;
        }
        column += used;
    }
    return column;
}

/* Under --read-only the labels of writes are blanked, the keys stay. A record shows first what can
 * be done with it as it stands; in a list the keys keep their places while the cursor moves. */
static void paint_screen_keys(struct console *console, struct page *page, int row)
{
    int column = paint_way_to_rows(page, row);
    if (!page->definition || page->definition->kind != KIND_VIEW) {
        paint_some_keys(console, page, row, column, NULL);
        return;
    }
    column = paint_some_keys(console, page, row, column, &(bool){true});
    if (column)
        paint_some_keys(console, page, row, column, &(bool){false});
}

static void paint_keys(struct console *console, struct page *page, int row)
{
    bool typing = page->ops->typing && page->ops->typing(page);
    int column = 1, last = screen_columns() - 1;
    for (int rank = 1; rank <= 40; rank++)
        for (int id = 0; id < ACTION_COUNT; id++) {
            const struct action *action = action_at((enum action_id)id);
            const char *key = action_key(console->keymap, (enum action_id)id, typing);
            if (action->rank != rank || !page_offers(page, (enum action_id)id) || !key)
                continue;
            if (console->read_only && (action->needs & NEED_WRITE))
                continue;
            const struct defined_action *new = page_action_new(page);
            if ((id == ACTION_NEW && (!new || !(new->roles & console->identity.role_bit))) ||
                page_lacks(page, (enum action_id)id) || (id == ACTION_FILTER && typing))
                continue;
            column += paint_label(row, column, last, key, page_action_label(page, (enum action_id)id),
                                  console_refusal(console, (enum action_id)id) != NULL);
        }
}

static void paint_message(struct console *console, struct page *page, int row)
{
    const char *banner = connection_banner(console->connection);
    int columns = screen_columns();
    if (command_line_active(console)) {
        command_line_paint(console, row, columns);
        return;
    }
    if (*banner || page->stale) {
        char text[512], at[16] = "";
        time_t last = connection_last_answer(console->connection);
        struct tm local;
        last += (time_t)((console->identity.offset_ms + console->identity.zone_ms) / 1000);
        gmtime_r(&last, &local);
        if (last)
            strftime(at, sizeof at, "%H:%M:%S", &local);
        snprintf(text, sizeof text, last ? _(" As of %s; %s") : "%s%s", at, banner);
        draw_text(row, 0, columns, STYLE_WARNING, text);
        return;
    }
    if (ahead_is_long(console)) {
        char text[128];
        snprintf(text, sizeof text, _(" Keys that wait: %d. Esc forgets them."), console->ahead_count);
        draw_text(row, 0, columns, STYLE_MUTED, text);
        return;
    }
    const char *work = work_banner(console);
    if (work || (console->message && *console->message)) {
        char text[1024];
        snprintf(text, sizeof text, " %s", work ? work : console->message);
        draw_text(row, 0, columns, work ? STYLE_MESSAGE : console->message_style, text);
    } else if (console_waits(console, page)) {
        char text[128];
        int seconds = (int)((clock_ms() - console->busy_since) / 1000);
        snprintf(text, sizeof text,
                 seconds > 1 ? _(" Reading for %d s… Esc stops.") : _(" Reading… Esc stops."), seconds);
        draw_text(row, 0, columns, STYLE_MUTED, text);
    }
}

void console_paint(void *data)
{
    struct console *console = data;
    struct page *page = console_page(console);
    int rows = screen_rows(), columns = screen_columns();
    draw_cursor(0, 0, false);
    if (rows < ROWS_LEAST || columns < COLUMNS_LEAST) {
        paint_small();
        return;
    }
    if (console->login) {
        login_paint(console);
        return;
    }
    if (!page)
        return;
    struct area area = {1, 0, rows - 4, columns};
    paint_title(console, page);
    draw_clip(area.top, area.left, area.rows, area.columns);
    page->ops->paint(page, &area);
    draw_clip_end();
    paint_screen_keys(console, page, rows - 2);
    paint_keys(console, page, rows - 1);
    paint_message(console, page, rows - 3);
    for (struct dialog *dialog = console->dialog; dialog; dialog = NULL)
        dialog->ops->paint(dialog);
}
