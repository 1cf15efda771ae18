#include "console/perform.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "console/seal.h"
#include "console/task.h"

#include <stdlib.h>

struct call {
    struct page *page;
    char *function;
    perform_done done;
    void *data;
    struct call *next; /* of the calls that wait for answers */
};

static struct call *waiting_calls;

static void call_free(struct call *call)
{
    for (struct call **link = &waiting_calls; *link; link = &(*link)->next)
        if (*link == call) {
            *link = call->next;
            break;
        }
    free(call->function);
    free(call);
}

void perform_call_forget(const struct page *page)
{
    for (struct call *call = waiting_calls, *next; call; call = next) {
        next = call->next;
        if (call->page == page)
            call_free(call);
    }
}

static void answered(void *data, struct answer *answer)
{
    struct call *call = data;
    struct page *page = call->page;
    struct perform_result result = {.error = answer->error};
    if (answer->rows && PQntuples(answer->rows) == 1) {
        result = (struct perform_result){true, PQgetvalue(answer->rows, 0, 1),
                                         PQgetvalue(answer->rows, 0, 2), NULL};
        perform_outcome(page, answer->rows, answer->resent);
        seal_soon(page->console);
        task_done(page, call->function);
    } else if (answer->error) {
        console_error(page->console, answer->error);
    }
    if (call->done)
        call->done(page, &result, call->data);
    call_free(call);
}

static const char *argument(void *data, const char *name)
{
    return values_get(data, name);
}

static void send(struct call *call, struct values *arguments)
{
    struct bindings bindings = {xcalloc((size_t)arguments->count + 1, sizeof *bindings.items), 0};
    struct query query = QUERY_INIT;
    char key[37];
    for (int i = 0; i < arguments->count; i++)
        bindings.items[bindings.count++] = (struct binding){
            .parameter = arguments->items[i].name, .name = arguments->items[i].name};
    clock_uuid(key);
    query_call(&query, call->function, &bindings, key, argument, arguments);
    struct request request = {.sql = buffer_text(&query.sql),
                              .n = query.count,
                              .values = (const char *const *)query.values,
                              .kind = REQUEST_WRITE};
    connection_request(call->page->console->connection, call->page, &request, answered, call);
    query_free(&query);
    free(bindings.items);
}

bool perform_call(struct page *page, const char *function, const struct values *arguments,
                  perform_done done, void *data)
{
    struct console *console = page->console;
    struct values copy = VALUES_INIT;
    const char *why = console->read_only ? _("The program was started read-only.")
                      : connection_state(console->connection) != LINK_READY
                          ? _("There is no connection to the database.")
                          : NULL;
    if (why) {
        console_refuse(console, why);
        return false;
    }
    struct call *call = xcalloc(1, sizeof *call);
    *call = (struct call){page, xstrdup(function), done, data, waiting_calls};
    waiting_calls = call;
    console_say(console, STYLE_MESSAGE, "%s", _("Working…"));
    values_copy(&copy, arguments);
    send(call, &copy);
    values_clear(&copy);
    return true;
}
