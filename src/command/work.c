#include "command/work.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/language.h"
#include "base/place.h"
#include "command/command.h"
#include "command/options.h"
#include "command/work_tree.h"
#include "database/address.h"
#include "database/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static const char help[] = N_(
    "Usage: bankops work [OPTION…]\n"
    "\n"
    "Runs the unattended jobs of the bank until it is told to stop:\n"
    "  clock       remind, escalate and reassign cases\n"
    "  deliver     send the messages that wait\n"
    "  pull-cases  ask other systems for new complaints\n"
    "  classify    classify and route complaints that wait\n"
    "  train       train the classifier once each night\n"
    "A job that ends is started again, after 1 second and up to a minute. Several machines may work\n"
    "on one database. SIGTERM ends all of them.\n"
    "\n"
    "Options:\n"
    "  --jobs LIST          only these, separated by commas\n"
    "  --background         go on behind the terminal; the log is log/work.log of the data folder\n"
    "  --status             say what runs here; exit status 3 when nothing does\n"
    "  --stop               end what runs here\n"
    "  --secrets FILE       passwords and keys of deliver and pull-cases\n"
    "  --authority FILE     trust these certificates instead of the system's\n"
    "  --as LOGIN           work as this login (default, on the private database: worker01)\n"
    "  --database CONNINFO  use this server instead of the private one\n"
    "  --quiet              only failures are reported\n");

enum { LARGEST_LOG = 10 << 20, STOP_TURNS = 1500 };

struct wishes {
    struct work_choices tree;
    bool background, status, stop, helped;
};

/* The lock file of the workers on this data folder, opened; -1 with an error. */
static int open_lock(struct error *error)
{
    if (!cluster_prepare(error))
        return -1;
    char *folder = place_data(), *path = xasprintf("%s/.work.lock", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        error_errno(error, path, _("Set BANKOPS_DATA to a folder you may write."),
                    _("the lock file cannot be opened"));
    free(path);
    free(folder);
    return fd;
}

static bool is_free(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

/* What the holder of the lock wrote: its number, then a line for each job. */
static long read_state(int fd, char *text, size_t size)
{
    ssize_t got = pread(fd, text, size - 1, 0);
    text[got > 0 ? got : 0] = '\0';
    return strtol(text, NULL, 10);
}

bool work_end_here(bool *ended, struct error *error)
{
    char text[2048];
    int fd = open_lock(error);
    *ended = false;
    if (fd < 0)
        return false;
    bool gone = is_free(fd);
    long told = 0;
    *ended = !gone;
    for (int turn = 0; turn < STOP_TURNS && !gone; turn++) {
        /* One that has only just begun writes its number a moment later. */
        long holder = read_state(fd, text, sizeof text);
        if (holder > 1 && holder != told && kill((pid_t)holder, SIGTERM) < 0 && errno != ESRCH) {
            error_errno(error, "bankops work", NULL, _("the workers cannot be stopped"));
            break;
        }
        told = holder;
        nanosleep(&(struct timespec){0, 20000000}, NULL);
        gone = is_free(fd);
    }
    close(fd);
    return gone || error->kind != ERROR_NONE
               ? gone
               : error_set(error, ERROR_SYSTEM, "bankops work", NULL,
                           _("the workers do not end"));
}

static bool tell_status(bool *running, struct error *error)
{
    char text[2048], *lines;
    int fd = open_lock(error);
    if (fd < 0)
        return false;
    *running = !is_free(fd);
    if (*running) {
        long holder = read_state(fd, text, sizeof text);
        printf(_("the workers run, process %ld\n"), holder);
        lines = strchr(text, '\n');
        fputs(lines ? lines + 1 : "", stdout);
    } else {
        puts(_("no workers run here"));
    }
    close(fd);
    return true;
}

/* Standard output becomes the end of the log; a large one is put aside first. */
static bool open_log(struct error *error)
{
    char *folder = place_data(), *logs = xasprintf("%s/log", folder);
    char *path = xasprintf("%s/work.log", logs), *former = xasprintf("%s.1", path);
    int fd = -1;
    if (file_make_directory(logs, 0700, error)) {
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0 && lseek(fd, 0, SEEK_END) > LARGEST_LOG && rename(path, former) == 0) {
            close(fd);
            fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
        }
        if (fd < 0)
            error_errno(error, path, NULL, _("the log cannot be opened"));
    }
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && dup2(null, 0) == 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2;
    close(null);
    close(fd);
    free(former);
    free(path);
    free(logs);
    free(folder);
    return good;
}

/* The child keeps the lock; the caller's process says that it runs and ends. */
static bool go_behind(const struct wishes *wishes, int lock, struct error *error)
{
    fflush(stdout);
    pid_t child = fork();
    if (child > 0) {
        if (!wishes->tree.quiet)
            printf(_("the workers run, process %ld\n"), (long)child);
        return true;
    }
    if (child < 0)
        return error_errno(error, "bankops work", NULL, _("no process can be started"));
    setsid();
    bool good = open_log(error) && chdir("/") == 0 && work_tree_run(&wishes->tree, lock, error);
    if (!good)
        error_print(error);
    _exit(good ? 0 : 1);
}

static bool work(const struct wishes *wishes, struct error *error)
{
    char text[2048];
    int lock = open_lock(error);
    if (lock < 0)
        return false;
    if (!is_free(lock)) {
        long holder = read_state(lock, text, sizeof text);
        close(lock);
        if (wishes->background) {
            if (!wishes->tree.quiet)
                printf(_("the workers run, process %ld\n"), holder);
            return true;
        }
        snprintf(text, sizeof text, "%ld", holder);
        return error_set(error, ERROR_REFUSED, text, _("bankops work --stop ends them."),
                         _("the workers run here already"));
    }
    /* The number of a former holder must not be taken for ours. */
    if (ftruncate(lock, 0) < 0) {
        close(lock);
        return error_errno(error, ".work.lock", NULL, _("the lock file cannot be opened"));
    }
    bool good = wishes->background ? go_behind(wishes, lock, error)
                                   : work_tree_run(&wishes->tree, lock, error);
    close(lock);
    return good;
}

static bool read_options(struct wishes *wishes, int argc, char **argv, struct error *error)
{
    const struct command_option options[] = {
        {"jobs", &wishes->tree.jobs, NULL},       {"background", NULL, &wishes->background},
        {"status", NULL, &wishes->status},        {"stop", NULL, &wishes->stop},
        {"secrets", &wishes->tree.secrets, NULL}, {"authority", &wishes->tree.authority, NULL},
        {"as", &wishes->tree.as, NULL},           {"database", &wishes->tree.conninfo, NULL},
        {"quiet", NULL, &wishes->tree.quiet},
    };
    return options_read(options, ARRAY_LENGTH(options), argc, argv, &wishes->helped, error) &&
           (wishes->helped ||
            (options_end("work", argc, argv, error) && work_jobs_known(wishes->tree.jobs, error)));
}

static bool stop(const struct wishes *wishes, struct error *error)
{
    bool ended = false;
    if (!work_end_here(&ended, error))
        return false;
    if (!wishes->tree.quiet)
        puts(ended ? _("the workers are stopped") : _("no workers run here"));
    return true;
}

int command_work(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct wishes wishes = {.background = false};
    bool running = true, good = read_options(&wishes, argc, argv, &error);
    if (good && wishes.helped)
        fputs(_(help), stdout);
    else if (good)
        good = wishes.status ? tell_status(&running, &error)
               : wishes.stop ? stop(&wishes, &error)
                             : work(&wishes, &error);
    if (good)
        return running ? 0 : 3;
    error_print(&error);
    return error_exit_status(&error);
}
