#include "database/connection.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "database/connection_inside.h"
#include "database/process.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *copy_of(const char *text)
{
    return text && *text ? xstrdup(text) : NULL;
}

struct connection *connection_new(const struct connection_options *options)
{
    struct connection *c = xcalloc(1, sizeof *c);
    c->conninfo = copy_of(options->conninfo);
    c->as = copy_of(options->as);
    c->any_schema = options->any_schema;
    queue_init(c);
    return c;
}

static void wipe_password(struct connection *c)
{
    if (c->password)
        explicit_bzero(c->password, strlen(c->password));
    free(c->password);
    c->password = NULL;
}

/* The starter goes on by itself; only its end of the pipe is given up. */
static void leave_starter(struct connection *c)
{
    if (c->starter)
        close(c->starter_fd);
    c->starter = 0;
}

void connection_free(struct connection *c)
{
    if (!c)
        return;
    leave_starter(c);
    if (c->canceller) {
        kill(c->canceller, SIGKILL);
        waitpid(c->canceller, NULL, 0);
    }
    PQfinish(c->pg);
    wipe_password(c);
    host_list_free(&c->hosts);
    queue_free(c);
    free(c->conninfo);
    free(c->as);
    free(c);
}

void connection_start(struct connection *c)
{
    if (c->pg || c->starter)
        return;
    c->retry_seconds = 0;
    c->error = (struct error)ERROR_INIT;
    if (c->state != LINK_LOST)
        c->state = LINK_CONNECTING;
    link_begin(c, true);
}

int connection_socket(const struct connection *c)
{
    if (c->starter)
        return c->starter_fd;
    return c->pg ? PQsocket(c->pg) : -1;
}

short connection_events(const struct connection *c)
{
    if (c->starter)
        return POLLIN;
    if (!c->pg)
        return 0;
    if (!c->open)
        return c->wants == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    return (short)(POLLIN | (c->writing ? POLLOUT : 0));
}

/* The earlier of two times, 0 = none. */
static int64_t earlier(int64_t a, int64_t b)
{
    return a && (!b || a < b) ? a : b;
}

int connection_next_timeout_ms(const struct connection *c)
{
    int64_t now = clock_ms(), due = 0;
    if (c->failed.head)
        return 0;
    if (c->retry_at && !c->pg && !c->starter)
        due = earlier(c->retry_at, due);
    if (c->pg && !c->open)
        due = earlier(c->deadline, due);
    if (c->canceller || (c->sent.head && c->sent.head->cancelled))
        due = earlier(now + 10, due);
    if (c->open && !c->canceller)
        for (const struct pending *p = c->waiting.head; p; p = p->next)
            due = earlier(p->not_before ? p->not_before : now, due);
    if (!due)
        return -1;
    return due <= now ? 0 : due - now > 60000 ? 60000 : (int)(due - now);
}

void connection_step(struct connection *c, short revents)
{
    queue_tell_failed(c);
    canceller_check(c);
    if (!c->open)
        link_step(c, revents);
    else
        queue_receive(c, revents != 0);
    queue_pump(c);
    queue_tell_failed(c);
}

const char *connection_password(const struct connection *c)
{
    return c->password;
}

bool connection_asked_password(const struct connection *c)
{
    return c->open && PQconnectionUsedPassword(c->pg);
}

/* Looks at all of it, so that the time taken tells nothing of where it differs. */
bool connection_is_password(const struct connection *c, const char *password)
{
    const char *known = connection_asked_password(c) ? PQpass(c->pg) : NULL;
    size_t length = known ? strlen(known) : 0;
    unsigned differs = !known || strlen(password) != length;
    for (size_t i = 0; i < length && password[i]; i++)
        differs |= (unsigned)(known[i] ^ password[i]);
    return !differs;
}

char *connection_verifier(const struct connection *c, const char *password)
{
    return c->open ? PQencryptPasswordConn(c->pg, password, PQuser(c->pg), "scram-sha-256") : NULL;
}

void connection_keep_password(struct connection *c, const char *password)
{
    wipe_password(c);
    c->password = copy_of(password);
}

void connection_set_password(struct connection *c, const char *password)
{
    connection_keep_password(c, password);
    if (c->state == LINK_NEEDS_PASSWORD)
        connection_start(c);
}

void connection_set_role(struct connection *c, const char *as)
{
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_UNREACHABLE, NULL, NULL, _("the login was changed"));
    leave_starter(c);
    link_close(c);
    queue_lost(c, &error);
    wipe_password(c);
    if (strcmp(c->as ? c->as : "", as ? as : ""))
        queue_disown(c);
    free(c->as);
    c->as = copy_of(as);
    link_set_state(c, LINK_CLOSED);
}

enum connection_state connection_state(const struct connection *c)
{
    return c->state;
}

const struct error *connection_error(const struct connection *c)
{
    return &c->error;
}

time_t connection_last_answer(const struct connection *c)
{
    return c->last_answer;
}

bool connection_is_private(const struct connection *c)
{
    return address_is_private(c->conninfo);
}

void connection_on_change(struct connection *c, void (*changed)(void *data), void *data)
{
    c->changed = changed;
    c->changed_data = data;
}

static void lost_banner(struct connection *c)
{
    char at[16];
    int64_t rest = c->retry_at ? (c->retry_at - clock_ms() + 999) / 1000 : 0;
    struct tm when;
    localtime_r(&c->lost_at, &when);
    strftime(at, sizeof at, "%H:%M:%S", &when);
    if (rest > 0)
        snprintf(c->banner, sizeof c->banner, _("no connection since %s, next try in %d s: %s"),
                 at, (int)rest, c->error.what);
    else
        snprintf(c->banner, sizeof c->banner, _("no connection since %s, trying: %s"), at,
                 c->error.what);
}

const char *connection_banner(const struct connection *connection)
{
    struct connection *c = (struct connection *)(uintptr_t)connection;
    c->banner[0] = '\0';
    switch (c->state) {
    case LINK_READY:
        break;
    case LINK_CLOSED:
        snprintf(c->banner, sizeof c->banner, "%s", _("not connected"));
        break;
    case LINK_CONNECTING:
        snprintf(c->banner, sizeof c->banner, "%s …", *c->doing ? c->doing : _("connecting"));
        break;
    case LINK_LOST:
        lost_banner(c);
        break;
    case LINK_NEEDS_PASSWORD:
    case LINK_REFUSED:
        snprintf(c->banner, sizeof c->banner, "%s", c->error.what);
        break;
    }
    return c->banner;
}
