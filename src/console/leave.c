#include "console/leave.h"

#include <string.h>

/* Whether both pages are about the same object: the same function with the same values. */
static bool same_object(struct page *page, struct page *other)
{
    const struct source *leave = &page->definition->leave;
    const struct source *its = other->definition ? &other->definition->leave : NULL;
    if (!its || !its->function || strcmp(its->function, leave->function) != 0)
        return false;
    for (int i = 0; i < leave->arguments.count; i++) {
        const char *name = leave->arguments.items[i].name;
        const char *mine = name ? page_value(page, name) : NULL;
        const char *theirs = name ? page_value(other, name) : NULL;
        if (!mine != !theirs || (mine && strcmp(mine, theirs) != 0))
            return false;
    }
    return true;
}

static void nothing(void *data, struct answer *answer)
{
    (void)data;
    (void)answer;
}

bool leave_page(struct page *page)
{
    struct console *console = page->console;
    struct defined_column left = {.name = "status"};
    struct defined_columns columns = {&left, 1};
    struct query query = QUERY_INIT;
    if (!page->definition || !page->definition->leave.function ||
        connection_state(console->connection) != LINK_READY)
        return false;
    for (int i = 0; i <= console->page_at && i < console->page_count; i++)
        if (console->pages[i] != page && same_object(page, console->pages[i]))
            return false;
    query_source(&query, &page->definition->leave, &columns, 1, page_lookup, page);
    struct request request = {.sql = buffer_text(&query.sql),
                              .n = query.count,
                              .values = (const char *const *)query.values,
                              .kind = REQUEST_READ};
    connection_request(console->connection, console, &request, nothing, console);
    query_free(&query);
    return true;
}
