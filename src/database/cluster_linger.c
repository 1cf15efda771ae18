#include "database/cluster_inside.h"

#include "base/alloc.h"
#include "base/language.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The server stays while somebody uses it. Every program that uses it holds a shared lock on
 * .use.lock until it ends; a watcher process sleeps until it can have that lock alone, waits the
 * linger time, and stops the server when still nobody is there. */

#define WATCHER "bankops-watch"

enum { LINGER_SECONDS = 600 };

static struct {
    int start, use, watch; /* descriptors of the lock files, 0 = not open */
    char *base;            /* the folder they belong to */
} locks;

static int open_lock(const char *base, const char *name)
{
    char *path = xasprintf("%s/%s", base, name);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(path);
    return fd;
}

bool linger_open(const struct home *home, struct error *error)
{
    if (locks.base && !strcmp(locks.base, home->base))
        return true;
    locks.use = open_lock(home->base, ".use.lock");
    locks.watch = open_lock(home->base, ".watch.lock");
    if (locks.use < 0 || locks.watch < 0)
        return error_errno(error, home->base, _("Set BANKOPS_DATA to a folder you may write."),
                           _("the lock files cannot be opened"));
    free(locks.base);
    locks.base = xstrdup(home->base);
    return true;
}

static bool lock(int fd, int how)
{
    int result;
    while ((result = flock(fd, how)) < 0 && errno == EINTR)
        ;
    return result == 0;
}

/* Opened anew each time: a descriptor that parent and child share would let both in, and a killed
 * child's lock would stay with the parent. */
bool linger_lock_start(struct error *error)
{
    locks.start = open_lock(locks.base, ".start.lock");
    return (locks.start >= 0 && lock(locks.start, LOCK_EX)) ||
           error_errno(error, locks.base, NULL, _("the start lock cannot be taken"));
}

void linger_unlock_start(void)
{
    lock(locks.start, LOCK_UN);
    close(locks.start);
}

bool linger_join(bool wait)
{
    return lock(locks.use, LOCK_SH | (wait ? 0 : LOCK_NB));
}

/* Programs that know nothing of the lock: psql, a report tool. */
static bool has_other_clients(const char *socket)
{
    const char *const keywords[] = {"host", "port", "user", "dbname", "connect_timeout", NULL};
    const char *const values[] = {socket, "5432", CLUSTER_SUPERUSER, "template1", "5", NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 0);
    PGresult *result = PQexec(connection, "SELECT 1 FROM pg_stat_activity WHERE backend_type = "
                                          "'client backend' AND pid <> pg_backend_pid()");
    bool some = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0;
    PQclear(result);
    PQfinish(connection);
    return some;
}

static unsigned linger_seconds(void)
{
    const char *text = getenv("BANKOPS_LINGER");
    return text && *text ? (unsigned)strtoul(text, NULL, 10) : LINGER_SECONDS;
}

/* True when the watcher has done its work: nobody was there, the server is stopped. Gives up the
 * watch while it still holds the start lock, so that the next start makes a new watcher. */
static bool try_stop(const struct home *home)
{
    struct server server;
    bool finished = false;
    lock(locks.start, LOCK_EX);
    server_read(home, &server);
    if (!server.alive || home_marked(home, ".keep")) {
        finished = true;
    } else if (lock(locks.use, LOCK_EX | LOCK_NB)) {
        finished = !has_other_clients(server.socket) && server_stop(home, NULL, NULL);
        lock(locks.use, LOCK_UN);
    }
    if (finished)
        lock(locks.watch, LOCK_UN);
    lock(locks.start, LOCK_UN);
    return finished;
}

static void watch(const struct home *home)
{
    unsigned seconds = linger_seconds();
    for (;;) {
        lock(locks.use, LOCK_EX);
        lock(locks.use, LOCK_UN);
        if (seconds)
            sleep(seconds);
        if (try_stop(home))
            _exit(0);
        if (!seconds)
            sleep(1);
    }
}

/* Leaves the terminal's session and drops every descriptor but the watch lock: an inherited use
 * lock would keep its holder's place after the holder has gone. */
static void detach(void)
{
    setsid();
    if (fork() != 0)
        _exit(0);
    dup2(locks.watch, 3);
    closefrom(4);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_NAME, WATCHER);
    if (chdir("/") < 0)
        _exit(1);
}

/* The watcher's number stands in its lock file. */
static void sign(void)
{
    if (ftruncate(locks.watch, 0) < 0 || dprintf(locks.watch, "%ld\n", (long)getpid()) < 0)
        _exit(1);
}

static void become_watcher(const struct home *home)
{
    detach();
    locks.watch = 3;
    sign();
    locks.use = open_lock(home->base, ".use.lock");
    locks.start = open_lock(home->base, ".start.lock");
    bool root = geteuid() == 0;
    if (locks.use < 0 || locks.start < 0 ||
        (root && (initgroups(home->owner, home->gid) < 0 || setgid(home->gid) < 0 ||
                  setuid(home->uid) < 0)))
        _exit(1);
    watch(home);
}

void linger_dismiss(void)
{
    char text[32] = "", path[64], name[32] = "";
    if (pread(locks.watch, text, sizeof text - 1, 0) <= 0)
        return;
    long watcher = strtol(text, NULL, 10);
    snprintf(path, sizeof path, "/proc/%ld/comm", watcher);
    FILE *file = watcher > 1 ? fopen(path, "re") : NULL;
    if (file && fgets(name, sizeof name, file) && !strcmp(name, WATCHER "\n"))
        kill((pid_t)watcher, SIGTERM);
    if (file)
        fclose(file);
}

void linger_watch(const struct home *home)
{
    if (home_marked(home, ".keep") || !lock(locks.watch, LOCK_EX | LOCK_NB))
        return;
    pid_t child = fork();
    if (child == 0)
        become_watcher(home);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    /* The lock now belongs to the watcher alone. */
    close(locks.watch);
    locks.watch = open_lock(home->base, ".watch.lock");
}
