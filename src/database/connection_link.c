#include "database/connection_inside.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "database/cluster.h"
#include "database/failure.h"
#include "database/process.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OLDEST_SERVER = 140000, LONGEST_PAUSE = 30, DEFAULT_TIMEOUT = 5 };

void link_set_state(struct connection *c, enum connection_state state)
{
    c->state = state;
    if (c->changed)
        c->changed(c->changed_data);
}

void link_close(struct connection *c)
{
    PQfinish(c->pg);
    c->pg = NULL;
    prepare_forget(c);
    c->open = c->writing = false;
    c->retry_at = 0;
    c->doing[0] = '\0';
}

void link_ready(struct connection *c)
{
    c->retry_seconds = 0;
    c->error = (struct error)ERROR_INIT;
    link_set_state(c, LINK_READY);
}

/* A state in which trying again by itself is useless. */
void link_refuse(struct connection *c, enum connection_state state, const struct error *error)
{
    struct error reason = *error;
    link_close(c);
    c->error = reason;
    c->state = state;
    queue_lost(c, &reason);
    link_set_state(c, state);
}

static void plan_retry(struct connection *c)
{
    c->retry_seconds = c->retry_seconds ? c->retry_seconds * 2 : 1;
    if (c->retry_seconds > LONGEST_PAUSE)
        c->retry_seconds = LONGEST_PAUSE;
    c->retry_at = clock_ms() + c->retry_seconds * 1000;
}

void link_lost(struct connection *c, const struct error *error)
{
    struct error reason = *error;
    link_close(c);
    if (c->state != LINK_LOST)
        c->lost_at = time(NULL);
    c->error = reason;
    plan_retry(c);
    queue_lost(c, &reason);
    link_set_state(c, LINK_LOST);
}

static void connect_failed(struct connection *c)
{
    struct error error = ERROR_INIT;
    bool password = failure_needs_password(c->pg);
    bool final = failure_is_final(c->pg);
    failure_from_connection(c->pg, &error);
    if (password)
        link_refuse(c, LINK_NEEDS_PASSWORD, &error);
    else if (final)
        link_refuse(c, LINK_REFUSED, &error);
    else
        link_lost(c, &error);
}

static void set_deadline(struct connection *c)
{
    PQconninfoOption *options = PQconninfo(c->pg);
    int seconds = (int)strtol(address_setting(options, "connect_timeout"), NULL, 10);
    PQconninfoFree(options);
    c->deadline = clock_ms() + (seconds > 0 ? seconds : DEFAULT_TIMEOUT) * 1000;
    const char *host = PQhost(c->pg);
    snprintf(c->tried_host, sizeof c->tried_host, "%s:%s", host ? host : "", PQport(c->pg));
}

/* libpq tries the hosts in order but never gives up one that is silent while it is asked step by
 * step: after a time-out the list is moved on. */
static void connect_now(struct connection *c, const char *socket)
{
    struct address address;
    address_set(&address, c->conninfo, c->as, socket, true, NULL);
    if (!socket) {
        host_list_rotate(&c->hosts, c->host_shift);
        host_list_apply(&c->hosts, &address);
    }
    if (c->password)
        address_add(&address, "password", c->password);
    c->pg = PQconnectStartParams(address.keywords, address.values, 1);
    address_free(&address);
    if (!c->pg || PQstatus(c->pg) == CONNECTION_BAD) {
        connect_failed(c);
        return;
    }
    PQsetErrorVerbosity(c->pg, PQERRORS_VERBOSE); /* with the SQLSTATE, which has no language */
    c->wants = PGRES_POLLING_WRITING;
    c->retry_at = 0;
    set_deadline(c);
    link_set_state(c, c->state == LINK_LOST ? LINK_LOST : LINK_CONNECTING);
}

/* Begins a child whose end link_step() waits for. */
static void begin_child(struct connection *c, process_work *work, void *data, const char *doing)
{
    struct error error = ERROR_INIT;
    c->starter = process_begin(work, data, &c->starter_fd, &error);
    if (c->starter < 0) {
        c->starter = 0;
        link_lost(c, &error);
        return;
    }
    fcntl(c->starter_fd, F_SETFL, O_NONBLOCK);
    c->retry_at = 0;
    snprintf(c->doing, sizeof c->doing, "%s", doing);
    link_set_state(c, c->state == LINK_LOST ? LINK_LOST : LINK_CONNECTING);
}

static void begin_outside(struct connection *c)
{
    struct address address = {.count = 0};
    struct error error = ERROR_INIT;
    host_list_free(&c->hosts);
    bool good = address_check(c->conninfo, &error) &&
                address_set(&address, c->conninfo, c->as, NULL, true, &error);
    if (good)
        host_list_read(&c->hosts, &address);
    address_free(&address);
    if (!good)
        link_refuse(c, LINK_REFUSED, &error);
    else if (host_list_needs_lookup(&c->hosts))
        begin_child(c, host_list_lookup, &c->hosts, _("looking up the name of the server"));
    else
        connect_now(c, NULL);
}

static bool start_cluster(void *data, const struct progress *progress, struct error *error)
{
    char *socket = NULL;
    const struct connection *c = data;
    setsid();
    bool done = cluster_start(false, false, progress, &socket, error) &&
                (!c->as || cluster_welcome(c->as, error));
    free(socket);
    return done;
}

static void begin_private(struct connection *c)
{
    struct error error = ERROR_INIT;
    if (!cluster_prepare(&error)) {
        link_refuse(c, LINK_REFUSED, &error);
        return;
    }
    char *socket = cluster_join(false) ? cluster_running() : NULL;
    if (socket && (!c->as || cluster_knows(c->as)))
        connect_now(c, socket);
    else
        begin_child(c, start_cluster, c,
                    socket ? _("looking up the login") : _("starting the database server"));
    free(socket);
}

/* One try. The private cluster is not started again behind the back of one who stopped it. */
void link_begin(struct connection *c, bool by_user)
{
    struct error error = ERROR_INIT;
    if (!address_is_private(c->conninfo)) {
        begin_outside(c);
    } else if (!by_user && cluster_was_stopped()) {
        error_set(&error, ERROR_UNREACHABLE, NULL, _("Run: bankops database start"),
                  _("the database was stopped"));
        link_lost(c, &error);
    } else {
        begin_private(c);
    }
}

static void show_step(void *data, const char *what)
{
    struct connection *c = data;
    if (!address_is_private(c->conninfo)) {
        host_list_take(&c->hosts, what);
        return;
    }
    snprintf(c->doing, sizeof c->doing, "%s", what);
    link_set_state(c, c->state);
}

static void child_ended(struct connection *c, bool done, struct error *error)
{
    bool private = address_is_private(c->conninfo);
    char *socket = done && private ? cluster_running() : NULL;
    if (done && (socket || !private)) {
        connect_now(c, socket);
    } else {
        if (error->kind == ERROR_NONE)
            error_set(error, ERROR_SYSTEM, NULL, _("Run: bankops doctor"),
                      _("the database server could not be started"));
        if (error->kind == ERROR_UNREACHABLE)
            link_lost(c, error);
        else
            link_refuse(c, LINK_REFUSED, error);
    }
    free(socket);
}

static void step_child(struct connection *c)
{
    struct error error = ERROR_INIT;
    struct progress progress = {show_step, c};
    int what;
    while ((what = process_message(c->starter_fd, &progress, &error)) == PROCESS_PROGRESS)
        ;
    if (what == PROCESS_WAIT)
        return;
    bool done = process_end(c->starter, c->starter_fd);
    c->starter = 0;
    c->doing[0] = '\0';
    child_ended(c, done, &error);
}

/* A commit that a standby has not confirmed is an outcome in doubt, not a success. */
static void take_notice(void *data, const PGresult *result)
{
    struct connection *c = data;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    if (state && detail && !strcmp(state, "01000") && strstr(detail, "committed locally"))
        c->unconfirmed = true;
}

static void opened(struct connection *c)
{
    int version = PQserverVersion(c->pg);
    if (version < OLDEST_SERVER) {
        struct error error = ERROR_INIT;
        error_set(&error, ERROR_REFUSED, PQhost(c->pg),
                  _("Upgrade the server, or name another one."),
                  _("the server is PostgreSQL %d.%d; bankops needs 14 or newer"), version / 10000,
                  version / 100 % 100);
        link_refuse(c, LINK_REFUSED, &error);
        return;
    }
    PQsetErrorVerbosity(c->pg, PQERRORS_DEFAULT);
    PQsetNoticeReceiver(c->pg, take_notice, c);
    PQsetnonblocking(c->pg, 1);
    PQenterPipelineMode(c->pg);
    c->open = true;
    if (c->any_schema)
        link_ready(c);
    else
        queue_check_schema(c);
    queue_pump(c);
}

/* The silent host goes to the end of the list; the pause comes when all were silent. */
static void give_up_host(struct connection *c)
{
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_UNREACHABLE, PQhost(c->pg),
              _("Check that the server runs and that the network is up."),
              _("the server does not answer"));
    int count = address_is_private(c->conninfo) ? 1 : host_list_count(&c->hosts);
    c->host_shift = (c->host_shift + 1) % count;
    link_lost(c, &error);
    if (c->host_shift)
        c->retry_at = clock_ms();
}

static void step_connecting(struct connection *c, short revents)
{
    char host[256];
    if (clock_ms() >= c->deadline) {
        give_up_host(c);
        return;
    }
    if (!revents)
        return;
    c->wants = PQconnectPoll(c->pg);
    if (c->wants == PGRES_POLLING_OK) {
        opened(c);
        return;
    }
    if (c->wants == PGRES_POLLING_FAILED) {
        connect_failed(c);
        return;
    }
    snprintf(host, sizeof host, "%s:%s", PQhost(c->pg) ? PQhost(c->pg) : "", PQport(c->pg));
    if (strcmp(host, c->tried_host))
        set_deadline(c);
}

void link_step(struct connection *c, short revents)
{
    if (c->starter)
        step_child(c);
    else if (c->pg && !c->open)
        step_connecting(c, revents);
    else if (!c->pg && c->retry_at && clock_ms() >= c->retry_at)
        link_begin(c, false);
}
