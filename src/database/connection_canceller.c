#include "database/connection_inside.h"

#include "base/clock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANCEL_MS = 5000, CANCEL_ECHO_MS = 2000, CANCEL_AGAIN_MS = 200 };

/* PQcancel() waits for the network, so a child process does it; nobody waits for the child. */
void canceller_start(struct connection *c)
{
    char text[256];
    struct pending *p = c->open ? c->sent.head : NULL;
    if (!p || !p->cancelled || c->canceller ||
        (p->id == c->cancelled_id && clock_ms() < c->cancel_again))
        return;
    PGcancel *cancel = PQgetCancel(c->pg);
    if (!cancel)
        return;
    pid_t child = fork();
    if (child == 0)
        _exit(PQcancel(cancel, text, sizeof text) ? 0 : 1);
    PQfreeCancel(cancel);
    if (child < 0)
        return;
    c->canceller = child;
    c->cancelled_id = p->id;
    c->cancel_again = clock_ms() + CANCEL_AGAIN_MS;
    c->cancel_deadline = clock_ms() + CANCEL_MS;
    c->cancel_until = clock_ms() + CANCEL_MS;
}

/* A request that reached the server between two statements had no effect: it is repeated. */
void canceller_check(struct connection *c)
{
    if (c->canceller) {
        if (clock_ms() > c->cancel_deadline)
            kill(c->canceller, SIGKILL);
        if (waitpid(c->canceller, NULL, WNOHANG) == 0)
            return;
        c->canceller = 0;
        c->cancel_until = clock_ms() + CANCEL_ECHO_MS;
    }
    canceller_start(c);
}
