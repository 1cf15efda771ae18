/* What an action acts on, and why it is not possible now. */
#include "console/perform_job.h"

#include "base/language.h"
#include "console/format.h"

#include <stdio.h>
#include <string.h>

bool job_of_panel(struct page *page, const struct defined_action *action)
{
    const struct actions *own = page->ops->actions ? page->ops->actions(page) : NULL;
    return own && own->count && action >= own->items && action < own->items + own->count;
}

const struct defined_columns *job_columns_of(struct page *page, const struct defined_action *action)
{
    if (job_of_panel(page, action))
        return page->ops->panel_columns(page);
    return page->ops->columns ? page->ops->columns(page) : NULL;
}

const char *const *job_row_of(struct page *page, const struct defined_action *action)
{
    if (job_of_panel(page, action))
        return page->ops->panel_row(page);
    return page->ops->row ? page->ops->row(page) : NULL;
}

bool condition_holds(const struct condition *condition, const char *const *row)
{
    const char *text = row && condition->column >= 0 ? row[condition->column] : NULL;
    for (int i = 0; text && i < condition->count; i++)
        if (!strcmp(condition->values[i], text))
            return true;
    return false;
}

bool conditions_hold(const struct condition *conditions, int count, const char *const *row)
{
    for (int i = 0; i < count; i++)
        if (!condition_holds(&conditions[i], row))
            return false;
    return true;
}

const char *condition_text(const struct defined_columns *columns, const struct condition *condition,
                           const char *const *row)
{
    static char text[256];
    char cell[128];
    const struct defined_column *column = &columns->items[condition->column];
    if (!column->title.en)
        return _("Not possible as it stands.");
    format_cell(columns, condition->column, row, 0, NULL, cell, sizeof cell);
    snprintf(text, sizeof text, _("Not possible now: %s is \"%s\"."), both_text(&column->title),
             cell);
    return text;
}

const char *job_row_refusal(struct page *page, const struct defined_action *action,
                            const char *const *row)
{
    const struct defined_columns *columns = job_columns_of(page, action);
    if ((action->needs & (NEED_ROW | NEED_MARKS)) && !row)
        return _("There is no row under the cursor.");
    for (int i = 0; columns && row && i < action->when_count; i++)
        if (!condition_holds(&action->when[i], row))
            return condition_text(columns, &action->when[i], row);
    return NULL;
}

static const char *general_refusal(struct page *page, const struct defined_action *action)
{
    struct console *console = page->console;
    if (!(action->roles & console->identity.role_bit))
        return _("Your role does not permit this.");
    if ((action->needs & NEED_WRITE) && console->read_only)
        return _("The program was started read-only.");
    if ((action->needs & NEED_CONNECTION) && connection_state(console->connection) != LINK_READY)
        return _("There is no connection to the database.");
    return NULL;
}

bool perform_offered(struct page *page, const struct defined_action *action)
{
    return !action->screen || action->screen_from || console_may_open(page->console, action->screen);
}

const char *perform_refusal(struct page *page, const struct defined_action *action)
{
    const char *why = general_refusal(page, action);
    int marks = page->ops->marks ? page->ops->marks(page) : 0;
    if (why)
        return why;
    if ((action->needs & NEED_MARKS) && marks)
        return NULL;
    return job_row_refusal(page, action, job_row_of(page, action));
}
