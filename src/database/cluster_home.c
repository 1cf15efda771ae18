#include "database/cluster_inside.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/language.h"
#include "base/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The server never runs as root: there Debian's account postgres owns it. */
static bool find_owner(struct home *home, struct error *error)
{
    uid_t uid = geteuid();
    struct passwd *entry = uid ? getpwuid(uid) : getpwnam("postgres");
    if (!entry)
        return error_set(error, ERROR_SYSTEM, uid ? "getpwuid" : "postgres",
                         uid ? _("Give this user number a name in /etc/passwd.")
                             : _("Install the package postgresql, which creates the account."),
                         _("the account that owns the database is unknown"));
    home->uid = entry->pw_uid;
    home->gid = entry->pw_gid;
    snprintf(home->owner, sizeof home->owner, "%s", entry->pw_name);
    return true;
}

/* Nothing in it, but perhaps the locks of another program that starts at the same moment. */
static bool is_empty(const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    bool empty = directory != NULL;
    while (empty && (entry = readdir(directory)))
        empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
                !strcmp(entry->d_name, ".start.lock") || !strcmp(entry->d_name, ".use.lock") ||
                !strcmp(entry->d_name, ".watch.lock");
    if (directory)
        closedir(directory);
    return empty;
}

bool home_is_ours(const struct home *home)
{
    struct stat status;
    return stat(home->base, &status) == 0 && status.st_uid == home->uid;
}

/* Whether the owner gets through every folder above the data folder; asked as root, whom nothing
 * stops. */
static bool may_enter(const struct home *home, struct error *error)
{
    struct stat status;
    char *path = realpath(home->base, NULL);
    char *slash = path ? strrchr(path, '/') : NULL;
    bool open = true;
    while (open && slash && slash != path) {
        *slash = '\0';
        slash = strrchr(path, '/');
        if (stat(path, &status) < 0)
            continue;
        mode_t bit = status.st_uid == home->uid   ? S_IXUSR
                     : status.st_gid == home->gid ? S_IXGRP
                                                  : S_IXOTH;
        if (!(status.st_mode & bit))
            open = error_set(error, ERROR_SYSTEM, path,
                             _("Let others pass it (chmod a+x), or set BANKOPS_DATA "
                               "to another folder."),
                             _("%s, who runs the server, may not pass this folder"), home->owner);
    }
    free(path);
    return open;
}

/* Parents are made for everybody to pass, the folder itself belongs to the owner. */
static bool make_base(struct home *home, struct error *error)
{
    struct stat status;
    mode_t old = umask(022);
    char *parent = xstrdup(home->base);
    char *slash = strrchr(parent, '/');
    bool made = !slash || slash == parent;
    if (!made) {
        *slash = '\0';
        made = file_make_directory(parent, 0755, error);
        if (!made && error)
            snprintf(error->todo, sizeof error->todo, "%s",
                     _("Set BANKOPS_DATA to a folder you may write."));
    }
    free(parent);
    mode_t mode = home->uid == geteuid() ? 0700 : 0755;
    if (made && mkdir(home->base, mode) < 0 && errno != EEXIST)
        made = error_errno(error, home->base, _("Set BANKOPS_DATA to a folder you may write."),
                           _("the data folder cannot be created"));
    umask(old);
    if (!made)
        return false;
    if (stat(home->base, &status) < 0 || !S_ISDIR(status.st_mode))
        return error_set(error, ERROR_SYSTEM, home->base, _("Set BANKOPS_DATA to a folder."),
                         _("the data folder is not a directory"));
    if (geteuid() == 0 && !may_enter(home, error))
        return false;
    if (status.st_uid == home->uid)
        return true;
    if (geteuid() == 0 && status.st_uid == 0 && is_empty(home->base))
        return (chown(home->base, home->uid, home->gid) == 0 && chmod(home->base, 0755) == 0) ||
               error_errno(error, home->base, NULL, _("the data folder cannot be given away"));
    /* Perhaps another program gave it away just now. */
    return home_is_ours(home) ||
           error_set(error, ERROR_SYSTEM, home->base,
                     _("Set BANKOPS_DATA to an empty folder or to one that bankops made."),
                     _("the data folder does not belong to %s"), home->owner);
}

bool home_open(struct home *home, bool create, struct error *error)
{
    memset(home, 0, sizeof *home);
    if (!find_owner(home, error))
        return false;
    char *place = place_data();
    char current[PATH_MAX];
    if (*place != '/' && getcwd(current, sizeof current)) {
        home->base = xasprintf("%s/%s", current, place);
        free(place);
    } else {
        home->base = place;
    }
    if (create && !make_base(home, error)) {
        home_free(home);
        return false;
    }
    char *real = realpath(home->base, NULL);
    if (real) {
        free(home->base);
        home->base = real;
    }
    home->data = xasprintf("%s/cluster", home->base);
    home->log = xasprintf("%s/log/server.log", home->base);
    return true;
}

void home_free(struct home *home)
{
    free(home->base);
    free(home->data);
    free(home->log);
    memset(home, 0, sizeof *home);
}

char *home_file(const struct home *home, const char *name)
{
    return xasprintf("%s/%s", home->base, name);
}

bool home_work(struct home *home, process_work *work, const struct progress *progress,
               struct error *error)
{
    return process_as(home->uid, home->gid, home->owner, work, home, progress, error);
}

bool home_has_cluster(const struct home *home)
{
    return access(home->data, F_OK) == 0;
}

static bool has_file(const struct home *home, const char *name)
{
    char *path = xasprintf("%s/%s", home->data, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

bool home_is_made(const struct home *home)
{
    return has_file(home, CLUSTER_STAMP);
}

bool home_is_unfinished(const struct home *home)
{
    return has_file(home, CLUSTER_NEW) && !home_is_made(home);
}

void home_mark(const struct home *home, const char *name, bool set)
{
    char *path = home_file(home, name);
    int fd = set ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (fd >= 0)
        close(fd);
    if (!set)
        unlink(path);
    free(path);
}

bool home_marked(const struct home *home, const char *name)
{
    char *path = home_file(home, name);
    bool set = access(path, F_OK) == 0;
    free(path);
    return set;
}

static unsigned hash(const char *text)
{
    unsigned value = 2166136261u;
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * 16777619u;
    return value;
}

static bool check_socket(const struct home *home, const char *path, struct error *error)
{
    struct stat status;
    const char *todo = _("Remove it after checking who made it.");
    if (lstat(path, &status) < 0)
        return error_errno(error, path, NULL, _("the socket folder cannot be examined"));
    if (!S_ISDIR(status.st_mode))
        return error_set(error, ERROR_SYSTEM, path, todo,
                         _("is not a directory and stands where the socket folder belongs"));
    if (status.st_uid != home->uid || (status.st_mode & 077))
        return error_set(error, ERROR_SYSTEM, path, todo,
                         _("the socket folder belongs to somebody else or others may enter it"));
    return true;
}

static bool is_own_directory(const char *path, uid_t uid)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == uid;
}

/* Never in the data folder: a socket's path is limited to 107 bytes. */
bool home_socket(const struct home *home, bool create, char socket[108], struct error *error)
{
    char run[64];
    snprintf(run, sizeof run, "/run/user/%u", (unsigned)home->uid);
    if (home->uid == geteuid() && is_own_directory(run, home->uid))
        snprintf(socket, 108, "%s/bankops-%08x", run, hash(home->base));
    else
        snprintf(socket, 108, "/tmp/bankops-%u-%08x", (unsigned)home->uid, hash(home->base));
    if (create && mkdir(socket, 0700) < 0 && errno != EEXIST)
        return error_errno(error, socket, NULL, _("the socket folder cannot be created"));
    return !create || check_socket(home, socket, error);
}

void progress_say(const struct progress *progress, const char *what)
{
    if (progress && progress->report)
        progress->report(progress->data, what);
}
