#include "console/perform.h"

#include "base/language.h"
#include "console/dialog.h"

static void menu_chosen(void *data, int tag)
{
    struct page *page = data;
    if (tag >= 0 && tag < 1000)
        perform(page, page_action(page, tag));
    else if (tag >= 1000)
        console_act(page->console, (enum action_id)(tag - 1000));
}

static bool worth_a_line(const struct action *action, const struct page *page)
{
    return page_offers(page, action_id(action)) && action->rank && action_id(action) != ACTION_ACTIONS;
}

void perform_menu(struct page *page)
{
    struct dialog_items items = {NULL, 0, 0};
    const struct defined_action *action;
    for (int i = 0; (action = page_action(page, i)); i++) {
        char key[32];
        if (!perform_offered(page, action))
            continue;
        page_action_keys(page, action, " ", key, sizeof key);
        dialog_item_add(&items, i, both_text(&action->title), key, perform_refusal(page, action),
                        both_text(&action->help));
    }
    for (int i = 0; i < ACTION_COUNT; i++)
        if (worth_a_line(action_at((enum action_id)i), page))
            dialog_item_add(&items, 1000 + i, page_action_label(page, (enum action_id)i),
                            action_key(page->console->keymap, (enum action_id)i, false),
                            console_refusal(page->console, (enum action_id)i),
                            page_action_help(page, (enum action_id)i));
    dialog_choose(page->console, _("Actions"), &items, menu_chosen, page);
}
