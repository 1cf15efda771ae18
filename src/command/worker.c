#include "command/worker.h"

#include "base/language.h"
#include "command/seal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

/* Signals end the wait and come between rounds, never inside one. */
static void catch_signals(sigset_t *before)
{
    struct sigaction action = {.sa_handler = stop};
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGHUP);
    sigprocmask(SIG_BLOCK, &ours, before);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static void wait_for(int64_t milliseconds, const sigset_t *open)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    ppoll(NULL, 0, &time, open);
}

static PGconn *open_session(const struct worker *worker, struct error *error)
{
    struct session_options wanted = {.conninfo = worker->conninfo, .as = worker->as};
    session_default_role(&wanted, "worker01");
    return session_open(&wanted, error);
}

static bool lost(PGconn *connection, const struct error *error)
{
    return error->kind == ERROR_UNREACHABLE || error->kind == ERROR_UNCERTAIN ||
           (connection ? PQstatus(connection) == CONNECTION_BAD : error->kind == ERROR_SYSTEM);
}

/* Works until the wait is longer than nothing, the job is stopped, or the connection is lost. */
static bool work(const struct worker *worker, PGconn *connection, const sigset_t *open,
                 bool *written, struct error *error)
{
    while (!stopped) {
        int64_t wait = 0;
        if (!worker->round(worker->data, connection, &wait, error))
            return false;
        if (!wait) {
            *written = true;
            continue;
        }
        if (*written)
            seal_trail(connection);
        *written = false;
        if (worker->once)
            return true;
        wait_for(wait < WORKER_LONGEST_WAIT ? wait : WORKER_LONGEST_WAIT, open);
    }
    return true;
}

bool worker_run(const struct worker *worker, struct error *error)
{
    sigset_t open;
    int64_t pause = 1000;
    bool told = false, good = false, written = false;
    stopped = 0;
    catch_signals(&open);
    while (!stopped) {
        *error = (struct error)ERROR_INIT;
        PGconn *connection = open_session(worker, error);
        good = connection && work(worker, connection, &open, &written, error);
        bool again = !good && !worker->once && lost(connection, error);
        if (connection)
            pause = 1000, told = told && again;
        PQfinish(connection);
        if (!again)
            break;
        if (!told)
            error_print(error);
        told = true;
        wait_for(pause, &open);
        pause = pause < WORKER_LONGEST_WAIT / 2 ? pause * 2 : WORKER_LONGEST_WAIT;
    }
    sigprocmask(SIG_SETMASK, &open, NULL);
    return good || stopped;
}
