#include "database/cluster.h"

#include "base/alloc.h"
#include "base/language.h"
#include "database/cluster_inside.h"
#include "database/failure.h"
#include "database/migrate.h"
#include "database/process.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool make_and_start(void *data, const struct progress *progress, struct error *error)
{
    const struct home *home = data;
    return (home_has_cluster(home) || init_cluster(home, progress, error)) &&
           server_start(home, progress, error);
}

static bool stop_server(void *data, const struct progress *progress, struct error *error)
{
    return server_stop(data, progress, error);
}

static bool as_owner(struct home *home,
                     bool (*work)(void *, const struct progress *, struct error *),
                     const struct progress *progress, struct error *error)
{
    return process_as(home->uid, home->gid, home->owner, work, home, progress, error);
}

static PGconn *connect_to(const char *socket, const char *database, struct error *error)
{
    const char *const keywords[] = {
        "host", "port", "user", "dbname", "connect_timeout", "client_encoding", "application_name",
        NULL};
    const char *const values[] = {socket, "5432", CLUSTER_SUPERUSER,  database,
                                  "10",   "UTF8", "bankops database", NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 0);
    if (PQstatus(connection) == CONNECTION_OK)
        return connection;
    failure_from_connection(connection, error);
    PQfinish(connection);
    return NULL;
}

/* Makes the database when it is not there. */
static bool make_database(const char *socket, struct error *error)
{
    PGconn *connection = connect_to(socket, "template1", error);
    if (!connection)
        return false;
    PGresult *result = PQexec(connection, "CREATE DATABASE " CLUSTER_DATABASE);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK || (state && !strcmp(state, "42P04")) ||
                failure_from_result(result, connection, error);
    PQclear(result);
    PQfinish(connection);
    return done;
}

static bool run_migrations(const char *socket, const struct progress *progress, struct error *error)
{
    PGconn *connection = connect_to(socket, CLUSTER_DATABASE, error);
    bool done = connection && migrate_run(connection, progress, NULL, error);
    PQfinish(connection);
    return done;
}

/* Database and schema of a new cluster. */
static bool complete(const struct home *home, bool bare, const struct progress *progress,
                     struct error *error)
{
    struct server server;
    if (home_marked(home, ".complete"))
        return true;
    server_read(home, &server);
    if (!make_database(server.socket, error) ||
        (!bare && !run_migrations(server.socket, progress, error)))
        return false;
    home_mark(home, ".complete", true);
    return true;
}

char *cluster_running(void)
{
    struct home home;
    struct server server = {.ready = false};
    char *socket = NULL;
    if (!home_open(&home, false, NULL))
        return NULL;
    if (home_marked(&home, ".complete"))
        server_read(&home, &server);
    if (server.ready)
        socket = xstrdup(server.socket);
    home_free(&home);
    return socket;
}

static bool start_locked(struct home *home, bool bare, bool keep, const struct progress *progress,
                         struct error *error)
{
    if (!as_owner(home, make_and_start, progress, error))
        return false;
    if (keep)
        home_mark(home, ".keep", true);
    home_mark(home, ".stopped", false);
    linger_watch(home);
    return complete(home, bare, progress, error);
}

bool cluster_start(bool bare, bool keep, const struct progress *progress, char **socket,
                   struct error *error)
{
    struct home home;
    struct server server;
    if (!home_open(&home, true, error))
        return false;
    bool done = linger_open(&home, error);
    if (done)
        linger_join(true);
    done = done && linger_lock_start(error);
    if (done) {
        done = start_locked(&home, bare, keep, progress, error);
        linger_unlock_start();
    }
    if (done) {
        server_read(&home, &server);
        *socket = xstrdup(server.socket);
    }
    home_free(&home);
    return done;
}

bool cluster_join(bool wait)
{
    struct home home;
    bool joined = home_open(&home, false, NULL) && access(home.base, F_OK) == 0 &&
                  linger_open(&home, NULL) && linger_join(wait);
    home_free(&home);
    return joined;
}

bool cluster_was_stopped(void)
{
    struct home home;
    bool stopped = home_open(&home, false, NULL) && home_marked(&home, ".stopped");
    home_free(&home);
    return stopped;
}

bool cluster_prepare(struct error *error)
{
    struct home home;
    bool done = home_open(&home, true, error) && linger_open(&home, error);
    home_free(&home);
    return done;
}

bool cluster_stop(const struct progress *progress, struct error *error)
{
    struct home home;
    if (!home_open(&home, false, error))
        return false;
    bool done = true;
    if (home_has_cluster(&home)) {
        done = linger_open(&home, error) && linger_lock_start(error);
        if (done) {
            home_mark(&home, ".keep", false);
            home_mark(&home, ".stopped", true);
            done = as_owner(&home, stop_server, progress, error);
            if (done)
                linger_dismiss();
            linger_unlock_start();
        }
    }
    home_free(&home);
    return done;
}

bool cluster_status(struct cluster_status *status, struct error *error)
{
    struct home home;
    struct server server;
    memset(status, 0, sizeof *status);
    if (!home_open(&home, false, error))
        return false;
    snprintf(status->data, sizeof status->data, "%s", home.data);
    status->exists = home_has_cluster(&home);
    int version = program_data_version(&home);
    if (version)
        snprintf(status->version, sizeof status->version, "%d", version);
    server_read(&home, &server);
    status->running = server.ready;
    status->pid = server.alive ? server.pid : 0;
    if (server.alive)
        snprintf(status->socket, sizeof status->socket, "%s", server.socket);
    else
        home_socket(&home, false, status->socket, error);
    home_free(&home);
    return true;
}
