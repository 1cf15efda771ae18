#include "database/cluster_inside.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/language.h"
#include "database/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ORPHAN_MS = 30000,    /* how long backends of a killed server may need to end */
    RECOVERY_MS = 600000, /* crash recovery of a large database */
    STOP_MS = 60000,
    LOG_BYTES = 16 << 20,
};

/* The process is a postgres that works in our data directory. */
static bool is_ours(const struct home *home, pid_t pid)
{
    char link[64], program[512];
    struct stat here, there;
    snprintf(link, sizeof link, "/proc/%ld/exe", (long)pid);
    ssize_t length = readlink(link, program, sizeof program - 1);
    if (length <= 0)
        return false;
    program[length] = '\0';
    const char *name = strrchr(program, '/');
    if (strncmp(name ? name + 1 : program, "postgres", 8))
        return false;
    snprintf(link, sizeof link, "/proc/%ld/cwd", (long)pid);
    return stat(link, &there) == 0 && stat(home->data, &here) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

static void judge(const struct home *home, struct server *server)
{
    struct stat status;
    char path[128];
    bool exists = kill(server->pid, 0) == 0 || errno == EPERM;
    server->alive = exists && is_ours(home, server->pid);
    server->other = exists && !server->alive;
    snprintf(path, sizeof path, "%s/.s.PGSQL.5432", server->socket);
    bool has_socket = lstat(path, &status) == 0;
    server->deaf = server->alive && server->ready && !has_socket;
    server->ready = server->alive && server->ready && has_socket;
}

/* Lines: process, data directory, start time, port, socket directory, address, memory, state. */
void server_read(const struct home *home, struct server *server)
{
    char line[1100];
    char *path = xasprintf("%s/postmaster.pid", home->data);
    FILE *file = fopen(path, "re");
    memset(server, 0, sizeof *server);
    free(path);
    if (!file)
        return;
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\n")] = '\0';
        if (number == 1)
            server->pid = (pid_t)strtol(line, NULL, 10);
        else if (number == 5)
            snprintf(server->socket, sizeof server->socket, "%.107s", line);
        else if (number == 8) {
            server->ready = !strncmp(line, "ready", 5);
            server->starting = !strncmp(line, "starting", 8);
        }
    }
    fclose(file);
    if (server->pid > 0)
        judge(home, server);
}

static bool open_log(const struct home *home, int *log, struct error *error)
{
    struct stat status;
    char *directory = xasprintf("%s/log", home->base);
    char *older = xasprintf("%s.1", home->log);
    bool made = file_make_directory(directory, 0700, error);
    if (made && stat(home->log, &status) == 0 && status.st_size > LOG_BYTES)
        rename(home->log, older);
    free(directory);
    free(older);
    if (!made)
        return false;
    *log = open(home->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    return *log >= 0 || error_errno(error, home->log, NULL, _("cannot be written"));
}

static void become_server(const char *const *argv, int log)
{
    int null = open("/dev/null", O_RDONLY);
    setsid();
    if (fork() != 0)
        _exit(0);
    dup2(null, 0);
    dup2(log, 1);
    dup2(log, 2);
    signal(SIGHUP, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    execve(argv[0], (char *const *)argv, process_clean_environment());
    dprintf(2, "FATAL:  %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* Starts the server in a session of its own. *alive is a pipe that ends when it does: the server
 * inherits the other end and never uses it. */
static bool spawn(const char *const *argv, int log, int *alive, struct error *error)
{
    int ends[2];
    if (pipe2(ends, 0) < 0)
        return error_errno(error, argv[0], NULL, _("cannot be run"));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    pid_t child = fork();
    if (child == 0)
        become_server(argv, log);
    close(ends[1]);
    *alive = ends[0];
    if (child < 0) {
        close(ends[0]);
        return error_errno(error, argv[0], NULL, _("cannot be run"));
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return true;
}

static bool ended(int alive, int wait_ms)
{
    struct pollfd wait = {alive, POLLIN, 0};
    return poll(&wait, 1, wait_ms) > 0;
}

/* Waits until the server takes connections; false when it ended or needs too long. */
static bool wait_ready(const struct home *home, int alive, const struct progress *progress)
{
    int64_t begin = clock_ms();
    bool said = false;
    struct server server;
    while (clock_ms() - begin < RECOVERY_MS) {
        server_read(home, &server);
        if (server.ready)
            return true;
        if (ended(alive, 4))
            return false;
        if (!said && clock_ms() - begin > 2000) {
            progress_say(progress, _("the database is recovering after a crash"));
            said = true;
        }
    }
    return false;
}

/* The reason the server wrote since `from`, without its time stamp. */
static void read_reason(const struct home *home, off_t from, char *reason, size_t capacity)
{
    char line[1024];
    FILE *file = fopen(home->log, "re");
    snprintf(reason, capacity, "%s", _("it gave no reason"));
    if (!file || fseeko(file, from, SEEK_SET) < 0) {
        if (file)
            fclose(file);
        return;
    }
    while (fgets(line, sizeof line, file)) {
        const char *found = strstr(line, "FATAL:  ");
        if (!found)
            found = strstr(line, "PANIC:  ");
        if (found)
            snprintf(reason, capacity, "%.*s", (int)strcspn(found + 8, "\n"), found + 8);
    }
    fclose(file);
}

/* One try. *again is set when the remains of a killed server stand in the way. */
static bool try_start(const struct home *home, const char *const *argv,
                      const struct progress *progress, bool *again, struct error *error)
{
    int log, alive = -1;
    char reason[400];
    *again = false;
    if (!open_log(home, &log, error))
        return false;
    off_t from = lseek(log, 0, SEEK_END);
    bool spawned = spawn(argv, log, &alive, error);
    close(log);
    if (!spawned)
        return false;
    bool ready = wait_ready(home, alive, progress);
    close(alive);
    if (ready)
        return true;
    read_reason(home, from, reason, sizeof reason);
    *again =
        strstr(reason, "postmaster.pid\" already exists") || strstr(reason, "shared memory block");
    return error_set(error, ERROR_SYSTEM, home->log, _("The log file says more."),
                     _("the database server does not start: %s"), reason);
}

/* A pid file whose number now belongs to another process, or to a dead one that nobody waited for
 * (a container without init), makes the server believe that it already runs. It is renamed, never
 * deleted; orphans of a killed server still keep its shared memory, and so the new one away. */
static void put_aside_pid_file(const struct home *home)
{
    char *path = xasprintf("%s/postmaster.pid", home->data);
    char *aside = xasprintf("%s/postmaster.pid.stale", home->data);
    rename(path, aside);
    free(path);
    free(aside);
}

/* The socket's lock file holds the same number and misleads the same way. */
static void remove_socket_lock(const struct home *home, const char *socket)
{
    long pid = 0;
    char *path = xasprintf("%s/.s.PGSQL.5432.lock", socket);
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%ld", &pid) == 1 && !is_ours(home, (pid_t)pid))
        unlink(path);
    if (file)
        fclose(file);
    free(path);
}

/* Call it with the start lock. */
static void clear_remains(const struct home *home, const char *socket)
{
    struct server server;
    server_read(home, &server);
    if (server.other)
        put_aside_pid_file(home);
    remove_socket_lock(home, socket);
}

/* True when the server in the pid file can be used, perhaps after waiting for it. One that lost its
 * socket or never becomes ready is stopped, to be started anew. */
static bool usable(const struct home *home, const struct progress *progress, struct error *error)
{
    struct server server;
    server_read(home, &server);
    for (int64_t begin = clock_ms(); server.alive && !server.ready; poll(NULL, 0, 10)) {
        if (server.deaf || clock_ms() - begin > (server.starting ? RECOVERY_MS : ORPHAN_MS)) {
            server_stop(home, progress, error);
            return false;
        }
        server_read(home, &server);
    }
    return server.ready;
}

static bool check_stamp(const struct home *home, struct error *error)
{
    return home_is_made(home) || home_is_unfinished(home) ||
           error_set(error, ERROR_SYSTEM, home->data,
                     _("Set BANKOPS_DATA to another folder; nothing was changed here."),
                     _("this data folder was not made by bankops"));
}

static bool start_again(const struct home *home, const char *socket, const char *const *argv,
                        const struct progress *progress, struct error *error)
{
    int64_t begin = clock_ms();
    bool again, said = false;
    clear_remains(home, socket);
    for (int wait_ms = 50; !try_start(home, argv, progress, &again, error);) {
        if (!again || clock_ms() - begin > ORPHAN_MS)
            return false;
        if (!said)
            progress_say(progress, _("waiting for the remains of the previous server to end"));
        said = true;
        poll(NULL, 0, wait_ms);
        wait_ms = wait_ms < 1000 ? wait_ms * 2 : 1000;
        clear_remains(home, socket);
    }
    return true;
}

bool server_start(const struct home *home, const struct progress *progress, struct error *error)
{
    char socket[108], option[160];
    if (usable(home, progress, error))
        return true;
    if (!check_stamp(home, error))
        return false;
    chmod(home->data, 0700);
    char *directory = program_directory(program_data_version(home), error);
    if (!directory || !home_socket(home, true, socket, error)) {
        free(directory);
        return false;
    }
    char *program = xasprintf("%s/postgres", directory);
    snprintf(option, sizeof option, "unix_socket_directories=%s", socket);
    const char *const argv[] = {program, "-D", home->data, "-c", option, "-c", "port=5432", NULL};
    progress_say(progress, _("starting the database server"));
    bool done = start_again(home, socket, argv, progress, error);
    free(program);
    free(directory);
    return done;
}

/* An empty folder of ours is not left behind in /tmp. */
static void remove_socket(const struct home *home, const char *used)
{
    char socket[108];
    if (home_socket(home, false, socket, NULL) && !strcmp(socket, used))
        rmdir(socket);
}

bool server_stop(const struct home *home, const struct progress *progress, struct error *error)
{
    struct server server;
    server_read(home, &server);
    if (!server.alive)
        return true;
    pid_t pid = server.pid;
    char socket[108];
    memcpy(socket, server.socket, sizeof socket);
    progress_say(progress, _("stopping the database server"));
    if (kill(pid, SIGINT) < 0 && errno != ESRCH)
        return error_errno(error, home->data, NULL, _("the server cannot be stopped"));
    for (int64_t begin = clock_ms(); clock_ms() - begin < STOP_MS; poll(NULL, 0, 5)) {
        server_read(home, &server);
        if (server.pid != pid || !server.alive) {
            remove_socket(home, socket);
            return true;
        }
    }
    return error_set(error, ERROR_SYSTEM, home->data, _("Try again; a long checkpoint may run."),
                     _("the server did not stop within a minute"));
}
