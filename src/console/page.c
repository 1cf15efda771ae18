#include "console/page.h"

#include "base/language.h"
#include "console/entry_editor.h"
#include "console/flow.h"

#include <string.h>

bool page_offers(const struct page *page, enum action_id id)
{
    if (page->flow)
        return flow_offers(page->flow, id);
    return (action_at(id)->contexts & page->context) != 0;
}

static const char *list_lacks(const struct definition *definition, enum action_id id)
{
    if (id == ACTION_FILTER && !definition->filter_count && !definition->search)
        return _("This list has no filter; use position-to.");
    if (id == ACTION_SORT && !definition->order_count)
        return _("This list keeps its own order.");
    if (id == ACTION_POSITION && (definition->source.function || !definition->order_count))
        return _("This list has no position-to; use the filter.");
    return NULL;
}

static bool reveals(const struct definition *definition)
{
    for (int i = 0; i < definition->panel_count; i++)
        for (int c = 0; c < definition->panels[i].columns.count; c++)
            if (definition->panels[i].columns.items[c].reveal.function)
                return true;
    return false;
}

static const char *view_lacks(const struct definition *definition, enum action_id id)
{
    if (id == ACTION_REVEAL && !reveals(definition))
        return _("No field of this screen can be revealed.");
    if ((id == ACTION_PANEL || id == ACTION_PANEL_BACK || id == ACTION_ZOOM) &&
        definition->panel_count < 2)
        return _("This screen has only one panel.");
    return NULL;
}

static const char *form_lacks(const struct definition *definition, enum action_id id)
{
    if (id == ACTION_EDITOR && !entry_editor_offered(&definition->fields))
        return _("This form has no text to write in an editor.");
    return NULL;
}

static bool has_period(const struct definition *definition)
{
    for (int i = 0; i < definition->fields.count; i++)
        if (!strcmp(definition->fields.items[i].name, "month") ||
            !strcmp(definition->fields.items[i].name, "period"))
            return true;
    return false;
}

const char *page_lacks(const struct page *page, enum action_id id)
{
    const struct definition *definition = page->definition;
    if (!definition)
        return NULL;
    if (page->context == CONTEXT_LIST)
        return list_lacks(definition, id);
    if (page->context == CONTEXT_VIEW)
        return view_lacks(definition, id);
    if (page->context == CONTEXT_FORM)
        return form_lacks(definition, id);
    if (page->context == CONTEXT_REPORT && id == ACTION_FILTER && !definition->fields.count)
        return _("This report asks for nothing.");
    if (page->context == CONTEXT_REPORT &&
        (id == ACTION_MONTH_BACK || id == ACTION_MONTH_NEXT) && !has_period(definition))
        return _("This report has no period.");
    return NULL;
}

const struct defined_action *page_action(struct page *page, int index)
{
    const struct actions *own = page->ops->actions ? page->ops->actions(page) : NULL;
    const struct actions *all = page->definition ? &page->definition->actions : NULL;
    if (own && index < own->count)
        return &own->items[index];
    index -= own ? own->count : 0;
    return all && index < all->count ? &all->items[index] : NULL;
}

void page_action_keys(const struct page *page, const struct defined_action *action,
                      const char *divider, char *out, size_t capacity)
{
    const char *key = action->key ? action->key : "";
    const char *option = action->option && page->context == CONTEXT_LIST ? action->option : "";
    snprintf(out, capacity, "%s%s%s", key, *key && *option ? divider : "", option);
}

const struct defined_action *page_action_new(struct page *page)
{
    const struct defined_action *action;
    for (int i = 0; (action = page_action(page, i)); i++)
        if (!strcmp(action->name, "new"))
            return action;
    return NULL;
}

/* The action of the file that stands for the filter of a flow, NULL when the key filters. */
static const struct defined_action *filter_of(struct page *page, enum action_id id)
{
    const struct defined_action *action;
    if (id != ACTION_FILTER || !page->flow || !page->flow->filter)
        return NULL;
    for (int i = 0; (action = page_action(page, i)); i++)
        if (!strcmp(action->name, page->flow->filter))
            return action;
    return NULL;
}

const char *page_action_label(struct page *page, enum action_id id)
{
    const struct defined_action *action = filter_of(page, id);
    return action ? both_text(&action->title) : _(action_at(id)->label);
}

const char *page_action_help(struct page *page, enum action_id id)
{
    const struct defined_action *action = filter_of(page, id);
    return action ? both_text(&action->help) : _(action_at(id)->help);
}
