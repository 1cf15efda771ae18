#ifndef BANKOPS_CONSOLE_FLOW_H
#define BANKOPS_CONSOLE_FLOW_H

#include "console/console.h"
#include "console/panel.h"
#include "console/perform.h"

/* A flow is a screen with steps that a list, form or view cannot express. Its JSON file says name,
 * code, title, help, roles, parameters, panels (sources with columns) and actions as every screen
 * does; screens/NAME.c beside it draws it and answers the keys:
 *
 *   static const struct page_ops ops = {.open = …, .close = …, .paint = …};
 *   static const enum action_id acts[] = {ACTION_UP, ACTION_DOWN, ACTION_NONE};
 *   const struct flow flow_NAME = {"name-of-screen", &ops, acts, NULL};
 *
 * and one line FLOW(NAME) in screens/flows.def enters it in the table.
 *
 * Life of a flow (struct page_ops): `open` makes page->state and asks for data, `paint` draws the
 * lines between title and message line, `key` sees a key first, `act` gets an action of the table,
 * `perform` an action of the file that names no function, form or screen; `value` says what a name
 * stands for now (those named in "values" of the file, for the arguments of actions), `columns` and
 * `row` the object that actions with "needs": ["row"] and "when" are about; `refresh` reads again
 * (F5, and after each change), `forget` drops all data at the idle lock, `close` frees. After
 * anything changed call screen_dirty(); nothing here may block.
 *
 * Reading: panel_open() for each panel of the file, in one go, so that all share one round trip;
 * panel.changed is called when rows came, panel_ask() reads again after values_set() on
 * page->arguments, which the panel's source takes its values from. A query outside a panel:
 * query_source() or query_page(), then console_ask(); queries sent in one go are pipelined, each
 * fails for itself, and the answers of a page that was left are dropped.
 *
 * Writing: an action of the file with a `function` needs no C: the engine asks what `ask` says,
 * confirms what is dangerous, makes the idempotency key, sends, says what became of it and calls
 * `refresh`. A write at another moment is perform_call(), with the same promises. A connection lost
 * after sending is no error: the call is repeated with its key when the server is back, and done
 * once.
 *
 * F1, the bottom line, the action menu, completion and the manual come from the table of actions
 * and the file: of the table a flow offers what works everywhere and what `acts` lists. */

struct sheet;

struct flow {
    const char *name; /* of the screen */
    const struct page_ops *ops;
    const enum action_id *acts; /* further actions of the table, up to ACTION_NONE; may be NULL */
    /* The conversation under --plain (plain_internal.h); false when the user wants to end. NULL:
     * all panels are read out, and the actions that need no C carried out. */
    bool (*plain)(struct sheet *sheet);
    const char *filter; /* the action of the file that the filter's key carries out; NULL: a filter */
};

/* The flow of that screen, NULL when this program has none. */
const struct flow *flow_find(const char *name);

/* Whether the action of the table exists on a flow. */
bool flow_offers(const struct flow *flow, enum action_id id);

#endif
