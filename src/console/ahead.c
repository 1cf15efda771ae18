#include "console/ahead.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "console/action.h"
#include "console/command_line.h"
#include "console/dialog.h"
#include "console/page.h"
#include "console/task.h"

#include <stdlib.h>
#include <string.h>

enum { PATIENCE = 700 };

/* Keys that end the waiting. */
static bool ends(const struct console *console, struct page *page, const struct key *key)
{
    bool typing = page && page->ops->typing && page->ops->typing(page);
    if (console->dialog || !page)
        return dialog_leaves(key);
    switch (action_for_key(console->keymap, page->context, typing, key->code)) {
    case ACTION_CANCEL:
    case ACTION_EXIT:
    case ACTION_INTERRUPT:
    case ACTION_LOCK:
    case ACTION_BACK:
    case ACTION_FORWARD:
        return true;
    default:
        return false;
    }
}

/* Whether what has the keys now, a box or the page, waits for what this one is about. */
static bool waits(const struct console *console, struct page *page, const struct key *key)
{
    struct dialog *dialog = console->dialog;
    if (console->login || command_line_active(console))
        return false;
    if (dialog)
        return dialog->ops->waits && dialog->ops->waits(dialog, key);
    return page && (console_unnamed(page, key) ||
                    (page->ops->waits && page->ops->waits(page, key)));
}

bool ahead_is_first(const struct console *console, const struct key *key)
{
    return !console->ahead_count || key == console->ahead;
}

bool ahead_keep(struct console *console, const struct key *key)
{
    struct page *page = console_page(console);
    if (console->draining || (!console->ahead_count && !waits(console, page, key)))
        return false;
    if (ends(console, page, key)) {
        ahead_forget(console);
        return false;
    }
    if (console->ahead_count == AHEAD_MOST) {
        screen_bell();
        return true;
    }
    if (!console->ahead_count)
        console->ahead_since = clock_ms();
    struct key *kept = &console->ahead[console->ahead_count++];
    *kept = *key;
    if (key->text)
        kept->text = xstrndup(key->text, key->length);
    task_uncount(console);
    return true;
}

void ahead_put_back(struct console *console, const struct key *key)
{
    if (console->ahead_count == AHEAD_MOST)
        free((char *)console->ahead[--console->ahead_count].text);
    if (!console->ahead_count)
        console->ahead_since = clock_ms();
    memmove(console->ahead + 1, console->ahead,
            (size_t)console->ahead_count++ * sizeof *console->ahead);
    console->ahead[0] = *key;
    if (key->text)
        console->ahead[0].text = xstrndup(key->text, key->length);
    task_uncount(console);
}

void ahead_drain(struct console *console)
{
    while (console->ahead_count && !console->draining) {
        struct page *page = console_page(console);
        struct key key = console->ahead[0];
        if (waits(console, page, console->ahead))
            return;
        console->ahead_count--;
        memmove(console->ahead, console->ahead + 1,
                (size_t)console->ahead_count * sizeof *console->ahead);
        console->draining = true;
        console_key(&key, console);
        console->draining = false;
        free((char *)key.text);
    }
}

void ahead_forget(struct console *console)
{
    for (int i = 0; i < console->ahead_count; i++)
        free((char *)console->ahead[i].text);
    console->ahead_count = 0;
}

bool ahead_is_long(const struct console *console)
{
    return console->ahead_count && clock_ms() - console->ahead_since > PATIENCE;
}
