#include "console/help.h"

#include "base/language.h"
#include "base/text.h"
#include "console/dialog.h"
#include "console/perform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_ACTION = 1000, TAG_SCREEN = 2000, TAG_TEXT = 5000, WIDTH = 60 };

static void chosen(void *data, int tag)
{
    struct page *page = data;
    if (tag >= TAG_TEXT || tag < 0)
        return;
    if (tag >= TAG_SCREEN)
        console_open(page->console,
                     catalogue_at(page->console->catalogue, tag - TAG_SCREEN)->name, NULL);
    else if (tag >= TAG_ACTION)
        console_act(page->console, (enum action_id)(tag - TAG_ACTION));
    else
        perform(page, page_action(page, tag));
}

/* The screen's own text, wrapped to lines. */
static void add_text(struct dialog_items *items, const char *text)
{
    struct buffer safe = BUFFER_INIT;
    text_safe(&safe, text, strlen(text));
    const char *rest = buffer_text(&safe);
    while (*rest) {
        size_t next = 0, bytes = text_wrap(rest, WIDTH, &next);
        char line[512];
        snprintf(line, sizeof line, "%.*s", (int)bytes, rest);
        dialog_item_add(items, TAG_TEXT, line, NULL, NULL, NULL);
        if (!next)
            break;
        rest += next;
    }
    buffer_free(&safe);
}

static void add_own(struct dialog_items *items, struct page *page)
{
    const struct defined_action *action;
    for (int i = 0; (action = page_action(page, i)); i++) {
        char key[32];
        if (!perform_offered(page, action))
            continue;
        page_action_keys(page, action, ", ", key, sizeof key);
        dialog_item_add(items, i, both_text(&action->title), *key ? key : ":",
                        perform_refusal(page, action), both_text(&action->help));
    }
}

/* All keys of an action in this map, "F1 ?" as "F1, ?". */
static void add_general(struct dialog_items *items, struct page *page)
{
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action *action = action_at((enum action_id)i);
        char line[160];
        if (!page_offers(page, (enum action_id)i))
            continue;
        snprintf(line, sizeof line, "%s  :%s", page_action_label(page, (enum action_id)i),
                 action->name);
        dialog_item_add(items, TAG_ACTION + i, line, action->keys[page->console->keymap],
                        console_refusal(page->console, (enum action_id)i),
                        page_action_help(page, (enum action_id)i));
    }
}

static void add_screens(struct dialog_items *items, struct console *console)
{
    struct catalogue *catalogue = console_catalogue(console);
    for (int i = 0; catalogue && i < catalogue_count(catalogue); i++) {
        const struct catalogue_entry *entry = catalogue_at(catalogue, i);
        char code[16];
        if (!entry->code || !(entry->roles & console->identity.role_bit))
            continue;
        snprintf(code, sizeof code, ":%s", entry->code);
        dialog_item_add(items, TAG_SCREEN + i, catalogue_title(entry), code, NULL,
                        _("Opens this screen; type what to look for after the code."));
    }
}

void help_open(struct page *page)
{
    struct dialog_items items = {NULL, 0, 0};
    char title[256];
    snprintf(title, sizeof title, "%s · %s", _("Help"),
             page->definition ? both_text(&page->definition->title) : page->name);
    if (page->definition)
        add_text(&items, both_text(&page->definition->help));
    dialog_item_add(&items, TAG_TEXT, "", NULL, NULL, NULL);
    add_own(&items, page);
    add_general(&items, page);
    add_screens(&items, page->console);
    struct dialog *dialog = dialog_choose(page->console, title, &items, chosen, page);
    dialog_choose_keys(dialog, _("Enter = do it   Esc = close   type to search"), NULL);
}
