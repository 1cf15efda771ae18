#include "base/clock.h"
#include "base/language.h"
#include "console/ahead.h"
#include "console/command_line.h"
#include "console/console.h"
#include "console/dialog.h"
#include "console/help.h"
#include "console/login.h"
#include "console/perform.h"
#include "console/task.h"
#include "console/work.h"

#include <string.h>

enum { ROWS_LEAST = 24, COLUMNS_LEAST = 80 };

static bool typing(struct page *page)
{
    return page->ops->typing && page->ops->typing(page);
}

const char *console_refusal(struct console *console, enum action_id id)
{
    const struct action *action = action_at(id);
    struct page *page = console_page(console);
    if ((action->needs & NEED_WRITE) && console->read_only)
        return _("The program was started read-only.");
    if ((action->needs & NEED_CONNECTION) && connection_state(console->connection) != LINK_READY)
        return _("There is no connection to the database.");
    if (id == ACTION_NEW && page && !page_action_new(page))
        return _("Nothing new can be entered on this screen.");
    if (page && page_lacks(page, id))
        return page_lacks(page, id);
    if (page && page->ops->refusal)
        return page->ops->refusal(page, id);
    return NULL;
}

/* Esc and F12: first stop what runs, then one step back. */
static void cancel(struct console *console, struct page *page)
{
    if ((console_waits(console, page) && connection_cancel(console->connection, page)) ||
        work_stop(console, page))
        return;
    if (page->context == CONTEXT_FORM)
        console_say(console, STYLE_MESSAGE, "%s", "");
    if (!console_back(console)) {
        console->escape_idle = true;
        console_say(console, STYLE_MESSAGE, _("This is the first screen. %s ends the program."),
                    action_key(console->keymap, ACTION_EXIT, true));
    }
}

static void leave(struct console *console)
{
    if (console->page_at == 0)
        console_quit(console);
    else
        console_home(console);
}

/* "New": the screen's action of that name. */
static void make_new(struct page *page)
{
    perform(page, page_action_new(page));
}

static bool act_everywhere(struct console *console, struct page *page, enum action_id id)
{
    switch (id) {
    case ACTION_HELP:
        help_open(page);
        return true;
    case ACTION_EXIT:
        leave(console);
        return true;
    case ACTION_CANCEL:
        cancel(console, page);
        return true;
    case ACTION_INTERRUPT:
        if (!connection_cancel(console->connection, page) && !work_stop(console, NULL))
            console_say(console, STYLE_MESSAGE, _("Nothing is running. %s ends the program."),
                        action_key(console->keymap, ACTION_QUIT, true));
        return true;
    case ACTION_NEW:
        make_new(page);
        return true;
    case ACTION_ACTIONS:
        perform_menu(page);
        return true;
    case ACTION_COMMAND:
        command_line_open(console, "");
        return true;
    case ACTION_BACK:
        if (!console_back(console))
            console_refuse(console, _("There is no screen before this one."));
        return true;
    case ACTION_FORWARD:
        if (!console_forward(console))
            console_refuse(console, _("There is no screen after this one."));
        return true;
    case ACTION_REFRESH:
        if (page->definition)
            console_names(page, true);
        if (page->ops->refresh)
            page->ops->refresh(page);
        return true;
    case ACTION_REDRAW:
        screen_redraw();
        return true;
    case ACTION_SUSPEND:
        screen_suspend();
        return true;
    case ACTION_LOCK:
        console_lock(console);
        return true;
    case ACTION_QUIT:
        console_quit(console);
        return true;
    case ACTION_ACCEPT:
    case ACTION_ERASE: {
        struct key key = {.code = id == ACTION_ERASE ? K_CTRL | 'x' : K_TAB};
        return page->ops->key && page->ops->key(page, &key);
    }
    default:
        return false;
    }
}

void console_act(struct console *console, enum action_id id)
{
    struct page *page = console_page(console);
    const char *why = page ? console_refusal(console, id) : NULL;
    if (!page)
        return;
    if (why) {
        console_refuse(console, why);
        return;
    }
    if (!page_offers(page, id) || (!act_everywhere(console, page, id) &&
        !(page->ops->act && page->ops->act(page, id))))
        console_refuse(console, _("This is not possible on this screen."));
    screen_dirty();
}

static const struct defined_action *own_action(struct page *page, int code)
{
    const struct defined_action *action;
    for (int i = 0; (action = page_action(page, i)); i++)
        if (action->key && key_parse(action->key) == code)
            return action;
    return NULL;
}

static void page_key(struct console *console, struct page *page, const struct key *key)
{
    enum action_id id;
    const struct defined_action *action;
    struct key own = page->context == CONTEXT_FORM ? action_form_key(console->keymap, key) : *key;
    if (page->ops->key && page->ops->key(page, &own)) {
        screen_dirty();
        return;
    }
    id = action_for_key(console->keymap, page->context, typing(page), key->code);
    if (id != ACTION_NONE && page_offers(page, id)) {
        console_act(console, id);
        return;
    }
    action = typing(page) && key_is_text(key->code) ? NULL : own_action(page, key->code);
    if (action) {
        perform(page, action);
        return;
    }
    struct buffer name = BUFFER_INIT;
    key_format(&name, key->code);
    screen_bell();
    console_say(console, STYLE_WARNING, _("%s does nothing here. %s lists the keys."),
                buffer_text(&name), action_key(console->keymap, ACTION_HELP, true));
    buffer_free(&name);
}

/* Keys that work whatever is shown. */
static bool always(struct console *console, const struct key *key)
{
    bool small = screen_rows() < ROWS_LEAST || screen_columns() < COLUMNS_LEAST;
    if (key->code == K_RESIZE || key->code == K_FOCUS_IN) {
        screen_dirty();
        return true;
    }
    if (key->code == (K_CTRL | 'q') || (small && (key->code == 'q' || key->code == K_F(3)))) {
        console_quit(console);
        return true;
    }
    if (key->code == (K_CTRL | 'l')) {
        screen_redraw();
        return true;
    }
    if (key->code == (K_CTRL | 'z')) {
        screen_suspend();
        return true;
    }
    return small;
}

/* Esc, then a digit: the function key, when that Esc had nothing to do. */
static struct key with_escape(struct console *console, const struct key *key)
{
    struct key copy = *key;
    if (key->after_escape && console->escape_idle && key->code >= '0' && key->code <= '9')
        copy.code = K_F(key->code == '0' ? 10 : key->code - '0');
    console->escape_idle = false;
    return copy;
}

/* Alt-x and Esc typed fast before x are the same bytes; without a binding they are the two keys. */
static bool escape_then_key(struct console *console, const struct key *key)
{
    struct page *page = console_page(console);
    struct key first = {0}, second = *key;
    if (!(key->code & K_ALT))
        return false;
    if (page && !console->dialog && !console->login && !command_line_active(console) &&
        (action_for_key(console->keymap, page->context, typing(page), key->code) != ACTION_NONE ||
         own_action(page, key->code)))
        return false;
    first.code = K_ESCAPE;
    second.code &= ~K_ALT;
    second.after_escape = true;
    console_key(&first, console);
    console_key(&second, console);
    return true;
}

void console_key(const struct key *pressed, void *data)
{
    struct console *console = data;
    if (escape_then_key(console, pressed))
        return;
    struct key key = with_escape(console, pressed);
    struct page *page = console_page(console);
    console->last_key = clock_ms();
    if (always(console, &key))
        return;
    task_key(console);
    if (console->login)
        login_key(console, &key);
    else if (!command_line_active(console) && ahead_keep(console, &key))
        return;
    else if (console->dialog)
        console->dialog->ops->key(console->dialog, &key);
    else if (command_line_active(console))
        command_line_key(console, &key);
    else if (page)
        page_key(console, page, &key);
}
