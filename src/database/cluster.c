#include "database/cluster.h"

#include "base/alloc.h"
#include "base/language.h"
#include "database/cluster_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool start_server(void *data, const struct progress *progress, struct error *error)
{
    return server_start(data, progress, error);
}

static bool stop_server(void *data, const struct progress *progress, struct error *error)
{
    return server_stop(data, progress, error);
}

char *cluster_running(void)
{
    struct home home;
    struct server server = {.ready = false};
    char *socket = NULL;
    if (!home_open(&home, false, NULL))
        return NULL;
    if (home_is_made(&home))
        server_read(&home, &server);
    if (server.ready)
        socket = xstrdup(server.socket);
    home_free(&home);
    return socket;
}

static bool start_locked(struct home *home, bool bare, bool keep, const struct progress *progress,
                         struct error *error)
{
    bool make = !home_has_cluster(home) || home_is_unfinished(home);
    home_mark(home, ".stopped", false);
    if (!(make ? make_cluster(home, bare, progress, error)
               : home_work(home, start_server, progress, error)))
        return false;
    if (keep)
        home_mark(home, ".keep", true);
    linger_watch(home);
    return true;
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
    bool joined = home_open(&home, false, NULL) && home_is_ours(&home) &&
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
            done = home_work(&home, stop_server, progress, error);
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
    snprintf(status->base, sizeof status->base, "%s", home.base);
    snprintf(status->data, sizeof status->data, "%s", home.data);
    status->exists = home_has_cluster(&home) && !home_is_unfinished(&home);
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
