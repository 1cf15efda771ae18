#include "console/ahead.h"

#include "base/alloc.h"
#include "console/action.h"
#include "console/command_line.h"
#include "console/page.h"
#include "console/task.h"

#include <stdlib.h>
#include <string.h>

/* Keys that end the waiting. */
static bool ends(const struct console *console, const struct page *page, const struct key *key)
{
    bool typing = page->ops->typing && page->ops->typing((struct page *)page);
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

static bool waits(struct page *page, const struct key *key)
{
    return page->ops->waits && page->ops->waits(page, key);
}

bool ahead_keep(struct console *console, struct page *page, const struct key *key)
{
    if (console->draining || (!console->ahead_count && !waits(page, key)))
        return false;
    if (ends(console, page, key)) {
        ahead_forget(console);
        return false;
    }
    if (console->ahead_count == AHEAD_MOST) {
        screen_bell();
        return true;
    }
    struct key *kept = &console->ahead[console->ahead_count++];
    *kept = *key;
    if (key->text)
        kept->text = xstrndup(key->text, key->length);
    task_uncount(console);
    return true;
}

void ahead_drain(struct console *console)
{
    while (console->ahead_count && !console->draining) {
        struct page *page = console_page(console);
        struct key key = console->ahead[0];
        bool covered = console->dialog || console->login || command_line_active(console);
        if (!covered && page && waits(page, &key))
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
