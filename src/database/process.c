#include "database/process.h"

#include "base/language.h"
#include "database/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char **process_clean_environment(void)
{
    static char zone[80] = "TZ=";
    static char *environment[] = {(char *)"PATH=/usr/local/bin:/usr/bin:/bin", (char *)"HOME=/",
                                  (char *)"LC_ALL=C.UTF-8", NULL, NULL};
    const char *value = getenv("TZ");
    if (value && strlen(value) < sizeof zone - 4) {
        snprintf(zone, sizeof zone, "TZ=%s", value);
        environment[3] = zone;
    }
    return environment;
}

static void run_child(const char *const *argv, char *const *environment, int output)
{
    int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    dup2(output, 1);
    dup2(output, 2);
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    if (environment)
        execve(argv[0], (char *const *)argv, environment);
    else
        execv(argv[0], (char *const *)argv);
    dprintf(2, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void read_output(int fd, struct buffer *output)
{
    char block[4096];
    ssize_t got;
    while ((got = read(fd, block, sizeof block)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            buffer_add_bytes(output, block, (size_t)got);
}

static int wait_for(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

int process_run(const char *const *argv, char *const *environment, struct buffer *output,
                struct error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, argv[0], NULL, _("cannot be run")), -1;
    pid_t child = fork();
    if (child == 0)
        run_child(argv, environment, ends[1]);
    close(ends[1]);
    if (child > 0)
        read_output(ends[0], output);
    close(ends[0]);
    if (child < 0)
        return error_errno(error, argv[0], NULL, _("cannot be run")), -1;
    int status = wait_for(child);
    if (status < 0 || !WIFEXITED(status)) {
        error_set(error, ERROR_SYSTEM, argv[0], NULL, _("ended by signal %d"),
                  status < 0 ? 0 : WTERMSIG(status));
        return -1;
    }
    return WEXITSTATUS(status);
}

/* The child writes progress as messages of one kind and its error as one of another. */
struct message {
    bool is_error;
    union {
        char progress[sizeof(struct error)];
        struct error error;
    } body;
};

static void send_progress(void *data, const char *what)
{
    struct message message = {.is_error = false};
    snprintf(message.body.progress, sizeof message.body.progress, "%s", what);
    if (write(*(int *)data, &message, sizeof message) < 0)
        return;
}

static bool become(uid_t uid, gid_t gid, const char *login, struct error *error)
{
    umask(077);
    if (initgroups(login, gid) < 0 || setgid(gid) < 0 || setuid(uid) < 0)
        return error_errno(error, login, NULL, _("cannot become this user"));
    return chdir("/") == 0 || error_errno(error, "/", NULL, _("cannot be entered"));
}

int process_message(int fd, const struct progress *progress, struct error *error)
{
    struct message message;
    ssize_t got;
    while ((got = read(fd, &message, sizeof message)) < 0 && errno == EINTR)
        ;
    if (got != (ssize_t)sizeof message)
        return got < 0 && errno == EAGAIN ? PROCESS_WAIT : PROCESS_ENDED;
    if (message.is_error) {
        if (error)
            *error = message.body.error;
        return PROCESS_FAILED;
    }
    progress_say(progress, message.body.progress);
    return PROCESS_PROGRESS;
}

static void work_in_child(process_work *work, void *data, int end)
{
    struct message message = {.is_error = true};
    struct progress relay = {send_progress, &end};
    message.body.error = (struct error)ERROR_INIT;
    bool good = work(data, &relay, &message.body.error);
    if (!good && write(end, &message, sizeof message) < 0)
        _exit(2);
    _exit(good ? 0 : 1);
}

pid_t process_begin(process_work *work, void *data, int *fd, struct error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, NULL, NULL, _("no process can be started")), -1;
    pid_t child = fork();
    if (child == 0)
        work_in_child(work, data, ends[1]);
    close(ends[1]);
    *fd = ends[0];
    if (child < 0) {
        error_errno(error, NULL, NULL, _("no process can be started"));
        close(ends[0]);
    }
    return child;
}

bool process_end(pid_t child, int fd)
{
    close(fd);
    return wait_for(child) == 0;
}

struct owned_work {
    uid_t uid;
    gid_t gid;
    const char *login;
    process_work *work;
    void *data;
};

static bool become_and_work(void *data, const struct progress *progress, struct error *error)
{
    const struct owned_work *owned = data;
    return become(owned->uid, owned->gid, owned->login, error) &&
           owned->work(owned->data, progress, error);
}

pid_t process_begin_as(uid_t uid, gid_t gid, const char *login, process_work *work, void *data,
                       int *fd, struct error *error)
{
    struct owned_work owned = {uid, gid, login, work, data};
    return uid == geteuid() ? process_begin(work, data, fd, error)
                            : process_begin(become_and_work, &owned, fd, error);
}

bool process_as(uid_t uid, gid_t gid, const char *login, process_work *work, void *data,
                const struct progress *progress, struct error *error)
{
    int fd, what;
    if (uid == geteuid())
        return work(data, progress, error);
    pid_t child = process_begin_as(uid, gid, login, work, data, &fd, error);
    if (child < 0)
        return false;
    while ((what = process_message(fd, progress, error)) == PROCESS_PROGRESS)
        ;
    bool good = process_end(child, fd);
    if (!good && what != PROCESS_FAILED)
        error_set(error, ERROR_SYSTEM, login, NULL, _("the helper process died"));
    return good;
}
