#include "console/seal.h"

#include <stdlib.h>

enum { FIRST_MS = 1000, TRIES = 5 };

static void seal(void *console);

static void wait(struct console *console)
{
    if (console->seal_timer)
        return;
    console->seal_timer =
        loop_timer(console->loop, FIRST_MS << console->seal_tries, false, seal, console);
}

/* Rows wait while an older transaction runs: then no block is made and it is tried again. */
static void sealed(void *data, struct answer *answer)
{
    struct console *console = data;
    bool made = answer->rows && PQntuples(answer->rows) == 1 &&
                atoi(PQgetvalue(answer->rows, 0, 0)) > 0;
    if (made || ++console->seal_tries >= TRIES)
        console->seal_tries = 0;
    else
        wait(console);
}

static void seal(void *data)
{
    struct console *console = data;
    struct request request = {.sql = "SELECT blocks FROM api.audit_seal()", .kind = REQUEST_READ};
    console->seal_timer = NULL;
    if (connection_state(console->connection) == LINK_READY)
        connection_request(console->connection, &console->seal_tries, &request, sealed, console);
}

void seal_soon(struct console *console)
{
    console->seal_tries = 0;
    wait(console);
}
