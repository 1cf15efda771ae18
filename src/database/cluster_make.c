#include "database/cluster_inside.h"

#include "base/language.h"
#include "database/failure.h"
#include "database/migrate.h"
#include "database/process.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

static bool init_work(void *data, const struct progress *progress, struct error *error)
{
    return init_cluster(data, progress, error);
}

static bool sync_work(void *data, const struct progress *progress, struct error *error)
{
    (void)progress;
    return init_sync(data, error);
}

static bool start_work(void *data, const struct progress *progress, struct error *error)
{
    return server_start(data, progress, error);
}

static bool stamp_work(void *data, const struct progress *progress, struct error *error)
{
    (void)progress;
    return init_stamp(data, error);
}

static bool discard_work(void *data, const struct progress *progress, struct error *error)
{
    return init_discard(data, progress, error);
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

/* initdb leaves an empty database; giving it our name is quicker than copying it. Nobody else knows
 * this server yet, so that the name can change under the session that goes on to fill it: ALTER
 * DATABASE would ask for a session in another database, whose catalogues are cold too. */
static bool name_database(PGconn *connection, struct error *error)
{
    PGresult *result =
        PQexec(connection, "UPDATE pg_catalog.pg_database SET datname = '" CLUSTER_DATABASE "'"
                           " WHERE datname = current_database();"
                           "COMMENT ON DATABASE " CLUSTER_DATABASE " IS NULL");
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK ||
                failure_from_result(result, connection, error);
    PQclear(result);
    return done;
}

static bool make_database(const char *socket, bool bare, const struct progress *progress,
                          struct error *error)
{
    PGconn *connection = connect_to(socket, "postgres", error);
    bool done = connection && name_database(connection, error) &&
                (bare || migrate_run(connection, progress, NULL, error));
    PQfinish(connection);
    return done;
}

/* Server, database and schema. */
static bool fill(struct home *home, bool bare, const struct progress *progress, struct error *error)
{
    struct server server;
    if (!home_work(home, start_work, progress, error))
        return false;
    linger_watch(home);
    server_read(home, &server);
    return make_database(server.socket, bare, progress, error);
}

/* Waits for the child that writes the files to disk. */
static bool finish_sync(pid_t child, int fd, struct error *error)
{
    struct error found = ERROR_INIT;
    int what;
    while ((what = process_message(fd, NULL, &found)) == PROCESS_PROGRESS)
        ;
    bool done = process_end(child, fd);
    if (!done && what != PROCESS_FAILED)
        error_set(&found, ERROR_SYSTEM, NULL, NULL, _("the helper process died"));
    if (!done && error)
        *error = found;
    return done;
}

/* The files are written to disk while the server already works on them: should the power fail, the
 * missing stamp tells, and the cluster is made again. */
bool make_cluster(struct home *home, bool bare, const struct progress *progress,
                  struct error *error)
{
    int fd;
    if (!home_work(home, init_work, progress, error))
        return false;
    pid_t child = process_begin_as(home->uid, home->gid, home->owner, sync_work, home, &fd, error);
    bool done = child > 0 && fill(home, bare, progress, error);
    if (child > 0)
        done = finish_sync(child, fd, done ? error : NULL) && done;
    done = done && home_work(home, stamp_work, progress, error);
    if (!done)
        home_work(home, discard_work, NULL, NULL);
    return done;
}
