#include "console/page_view.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "console/dialog.h"
#include "console/seal.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MS = 30000 };

/* A field about to be revealed. The database answers the value only to the second call with the same
   request key, once the first one's record is committed. */
struct asking {
    struct page *page;
    int panel, column;
    char *reason, *key;
    struct values row; /* of the panel with the field */
    char request_key[37];
    bool recorded;
};

static void ask(struct asking *asking);

static struct defined_field reason_field = {.name = "reason",
                                            .title = {"Reason", "理由"},
                                            .type = FIELD_TEXT,
                                            .length = 200,
                                            .rows = 1,
                                            .required = true};
static const struct fields reason_fields = {&reason_field, 1};

void view_hide(struct page *page)
{
    struct view_state *state = page->state;
    if (state->revealed)
        explicit_bzero(state->revealed, strlen(state->revealed));
    free(state->revealed);
    free(state->revealed_key);
    state->revealed = state->revealed_key = NULL;
    state->revealed_panel = -1;
    screen_dirty();
}

const char *view_revealed(struct panel *panel, int column, const char *key)
{
    struct view_state *state = panel->page->state;
    return state->revealed && &state->panels[state->revealed_panel] == panel &&
                   state->revealed_column == column && !strcmp(key, state->revealed_key)
               ? state->revealed
               : NULL;
}

static void asking_free(struct asking *asking)
{
    free(asking->reason);
    free(asking->key);
    values_clear(&asking->row);
    free(asking);
}

static void arrived(void *data, struct answer *answer)
{
    struct asking *asking = data;
    struct view_state *state = asking->page->state;
    if (!answer->error && !asking->recorded && PQntuples(answer->rows) == 1 &&
        PQgetisnull(answer->rows, 0, 0)) {
        asking->recorded = true;
        ask(asking);
        return;
    }
    view_hide(asking->page);
    if (answer->error) {
        console_error(asking->page->console, answer->error);
    } else if (PQntuples(answer->rows) == 1) {
        seal_soon(asking->page->console);
        state->revealed = xstrdup(PQgetvalue(answer->rows, 0, 0));
        state->revealed_key = xstrdup(asking->key);
        state->revealed_panel = asking->panel;
        state->revealed_column = asking->column;
        state->revealed_until = clock_ms() + SHOWN_MS;
        console_say(asking->page->console, STYLE_GOOD, "%s", _(PQgetvalue(answer->rows, 0, 1)));
    }
    asking_free(asking);
}

static const char *reveal_value(void *data, const char *name)
{
    struct asking *asking = data;
    if (!strcmp(name, "reason"))
        return asking->reason;
    return values_has(&asking->row, name) ? values_get(&asking->row, name)
                                          : page_value(asking->page, name);
}

static void ask(struct asking *asking)
{
    struct view_state *state = asking->page->state;
    const struct defined_column *column =
        &state->panels[asking->panel].definition->columns.items[asking->column];
    struct query query = QUERY_INIT;
    query_reveal(&query, column->reveal.function, &column->reveal.arguments, asking->request_key,
                 reveal_value, asking);
    struct request request = {.sql = buffer_text(&query.sql),
                              .n = query.count,
                              .values = (const char *const *)query.values,
                              .kind = REQUEST_WRITE};
    connection_request(asking->page->console->connection, asking->page, &request, arrived, asking);
    query_free(&query);
}

/* The row as it is now: the cursor may move while the reason is typed. */
static void keep_row(struct asking *asking, struct panel *panel)
{
    const struct defined_columns *columns = &panel->definition->columns;
    const char *const *cells = panel_row(panel);
    for (int i = 0; cells && i < columns->count; i++)
        values_set(&asking->row, columns->items[i].name, cells[i]);
}

static void reason_given(void *data, const struct values *values)
{
    struct asking *asking = data;
    if (!values) {
        asking_free(asking);
        return;
    }
    asking->reason = xstrdup(values_get(values, "reason"));
    clock_uuid(asking->request_key);
    ask(asking);
}

static void column_chosen(void *data, int tag)
{
    struct page *page = data;
    struct view_state *state = page->state;
    struct panel *panel = &state->panels[state->focus];
    if (tag < 0)
        return;
    struct asking *asking = xcalloc(1, sizeof *asking);
    int row = panel->list ? list_cursor(panel->list) : -1;
    asking->page = page;
    asking->panel = state->focus;
    asking->column = tag;
    asking->key = xstrdup(row >= 0 ? list_key(panel->list, row) : "");
    keep_row(asking, panel);
    dialog_entry(page, both_text(&panel->definition->columns.items[tag].title),
                 _("The reason is recorded with your name."), &reason_fields, NULL, reason_given,
                 asking);
}

/* Whether whoever works here may see the column in full. */
static bool reveals(const struct page *page, const struct defined_column *column)
{
    return column->reveal.function && (column->reveal.roles & page->console->identity.role_bit);
}

void view_reveal(struct page *page)
{
    struct view_state *state = page->state;
    const struct defined_columns *columns = &state->panels[state->focus].definition->columns;
    struct dialog_items items = {NULL, 0, 0};
    int only = -1, count = 0;
    for (int i = 0; i < columns->count; i++)
        if (reveals(page, &columns->items[i])) {
            only = i;
            count++;
        }
    if (!count || !panel_row(&state->panels[state->focus])) {
        console_refuse(page->console, _("This panel has no masked field; go to one with Tab."));
        return;
    }
    if (count == 1) {
        column_chosen(page, only);
        return;
    }
    for (int i = 0; i < columns->count; i++)
        if (reveals(page, &columns->items[i]))
            dialog_item_add(&items, i, both_text(&columns->items[i].title), NULL, NULL, NULL);
    dialog_choose(page->console, _("Reveal"), &items, column_chosen, page);
}
