#include "base/alloc.h"
#include "base/language.h"
#include "base/place.h"
#include "command/doctor.h"
#include "database/cluster.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

/* The account that the server's files must belong to. */
struct owner {
    uid_t uid;
    gid_t gid;
    char name[64];
};

static struct owner server_owner(void)
{
    struct passwd *entry = geteuid() == 0 ? getpwnam("postgres") : getpwuid(geteuid());
    struct owner owner = {geteuid(), getegid(), "?"};
    if (entry) {
        owner = (struct owner){entry->pw_uid, entry->pw_gid, ""};
        snprintf(owner.name, sizeof owner.name, "%s", entry->pw_name);
    }
    return owner;
}

static bool may_pass(const char *path, const struct stat *status, const struct owner *owner)
{
    mode_t bit = status->st_uid == owner->uid   ? S_IXUSR
                 : status->st_gid == owner->gid ? S_IXGRP
                                                : S_IXOTH;
    return owner->uid == geteuid() ? access(path, X_OK) == 0 : (status->st_mode & bit) != 0;
}

static void fail(struct doctor *doctor, const char *todo, const char *path, const char *what)
{
    doctor_say(doctor, DOCTOR_FAIL, _("data folder"), todo, "%s: %s", path, what);
}

static const char *choose_folder(void)
{
    return _("Set BANKOPS_DATA to a folder of yours.");
}

/* Whether the owner of the server gets through a folder that stands on the way. */
static bool passes(struct doctor *doctor, const char *path, const struct stat *status,
                   const struct owner *owner)
{
    if (!S_ISDIR(status->st_mode))
        fail(doctor, _("Set BANKOPS_DATA to a folder."), path, _("is not a folder"));
    else if (!may_pass(path, status, owner))
        doctor_say(doctor, DOCTOR_FAIL, _("data folder"),
                   _("Let others pass it (chmod a+x), or set BANKOPS_DATA to another folder."),
                   _("%s: %s, who runs the server, may not pass this folder"), path, owner->name);
    else
        return true;
    return false;
}

enum way { WAY_WHOLE, WAY_MISSING, WAY_BLOCKED };

/* Goes down to `path` from the root. On WAY_MISSING `path` is cut to the last folder that exists. */
static enum way walk(struct doctor *doctor, char *path, const struct owner *owner)
{
    struct stat status;
    for (char *slash = path;; slash += 1 + strcspn(slash + 1, "/")) {
        char kept = *slash;
        *slash = '\0';
        int found = stat(slash == path ? "/" : path, &status);
        if (found < 0 && errno == ENOENT) {
            *strrchr(path, '/') = '\0';
            return WAY_MISSING;
        }
        if (found < 0) {
            fail(doctor, choose_folder(), path, strerror(errno));
            return WAY_BLOCKED;
        }
        if (kept && !passes(doctor, slash == path ? "/" : path, &status, owner))
            return WAY_BLOCKED;
        *slash = kept;
        if (!kept)
            return WAY_WHOLE;
    }
}

/* A folder that is there: may the owner of the server use it? */
static bool is_usable(struct doctor *doctor, const char *path, const struct owner *owner,
                      bool given)
{
    struct stat status;
    if (stat(path, &status) < 0)
        fail(doctor, choose_folder(), path, strerror(errno));
    else if (!S_ISDIR(status.st_mode))
        fail(doctor, _("Set BANKOPS_DATA to a folder."), path, _("is not a folder"));
    else if (status.st_uid != owner->uid && !(given && geteuid() == 0 && status.st_uid == 0))
        doctor_say(doctor, DOCTOR_FAIL, _("data folder"),
                   _("Use the account that made it, or set BANKOPS_DATA to another folder."),
                   _("%s belongs to another user (number %u)"), path, (unsigned)status.st_uid);
    else if ((status.st_mode & 0700) != 0700)
        doctor_say(doctor, DOCTOR_FAIL, _("data folder"), _("Run chmod u+rwx on it."),
                   _("%s is closed to its owner (mode %04o)"), path,
                   (unsigned)status.st_mode & 07777);
    else
        return true;
    return false;
}

static bool has_file(const char *folder, const char *name)
{
    char *path = xasprintf("%s/%s", folder, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static void check_cluster(struct doctor *doctor, const struct cluster_status *cluster,
                          const struct owner *owner)
{
    struct stat status;
    if (!is_usable(doctor, cluster->data, owner, false) || stat(cluster->data, &status) < 0)
        return;
    if (status.st_mode & 077)
        doctor_say(doctor, DOCTOR_FAIL, _("data folder"), _("Run chmod 0700 on it."),
                   _("%s is open to other users (mode %04o)"), cluster->data,
                   (unsigned)status.st_mode & 07777);
    else if (!has_file(cluster->data, "PG_VERSION") ||
             !has_file(cluster->data, "global/pg_control"))
        fail(doctor, _("Restore a backup into another folder (BANKOPS_DATA)."), cluster->data,
             _("this is no whole database: files of PostgreSQL are missing"));
    else
        doctor_say(doctor, DOCTOR_OK, _("data folder"), NULL, _("%s, made by PostgreSQL %s"),
                   cluster->data, cluster->version);
}

static void check_space(struct doctor *doctor, const char *folder)
{
    struct statvfs status;
    if (statvfs(folder, &status) < 0)
        return;
    unsigned long long free_mb = (unsigned long long)status.f_bavail * status.f_frsize >> 20;
    enum doctor_level level = free_mb < 256    ? DOCTOR_FAIL
                              : free_mb < 2048 ? DOCTOR_WARN
                                               : DOCTOR_OK;
    doctor_say(doctor, level, _("disk"),
               _("Free some space: 100,000 demo customers take about 1.5 GB."),
               _("%llu MB free below %s"), free_mb, folder);
}

/* A folder to be made below `parent`. */
static void check_missing(struct doctor *doctor, const char *parent, const char *base)
{
    if (strlen(base) + 64 > PATH_MAX)
        fail(doctor, choose_folder(), parent, strerror(ENAMETOOLONG));
    else if (access(parent, W_OK | X_OK) < 0)
        doctor_say(doctor, DOCTOR_FAIL, _("data folder"), choose_folder(),
                   _("%s does not exist and %s is not writable"), base, parent);
    else
        doctor_say(doctor, DOCTOR_OK, _("data folder"), NULL, _("%s, made at the first start"),
                   base);
}

static void check_socket(struct doctor *doctor, const struct cluster_status *cluster,
                         const struct owner *owner)
{
    struct stat status;
    size_t length = strlen(cluster->socket) + strlen("/.s.PGSQL.5432");
    size_t limit = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    if (!cluster->socket[0])
        return;
    if (lstat(cluster->socket, &status) == 0 &&
        (!S_ISDIR(status.st_mode) || status.st_uid != owner->uid || status.st_mode & 077))
        doctor_say(doctor, DOCTOR_FAIL, _("socket"), _("Remove it after checking who made it."),
                   _("%s stands where the socket folder belongs, and is not the server's own"),
                   cluster->socket);
    else
        doctor_say(doctor, length > limit ? DOCTOR_FAIL : DOCTOR_OK, _("socket"),
                   _("Set BANKOPS_DATA or XDG_RUNTIME_DIR to a shorter path."),
                   _("%s (%zu of %zu bytes)"), cluster->socket, length, limit);
}

void doctor_folder(struct doctor *doctor)
{
    struct cluster_status cluster = {0};
    struct error error = ERROR_INIT;
    if (!cluster_status(&cluster, &error)) {
        doctor_say(doctor, DOCTOR_FAIL, _("data folder"), error.todo, "%s: %s", error.where,
                   error.what);
        return;
    }
    struct owner owner = server_owner();
    int failures = doctor->failures;
    char *base = xstrdup(cluster.base);
    char *way = xstrdup(base);
    enum way end = walk(doctor, way, &owner);
    if (end == WAY_MISSING)
        check_missing(doctor, *way ? way : "/", base);
    else if (end == WAY_WHOLE && is_usable(doctor, base, &owner, !cluster.exists)) {
        if (cluster.exists)
            check_cluster(doctor, &cluster, &owner);
        else
            doctor_say(doctor, DOCTOR_OK, _("data folder"), NULL,
                       _("%s, the database is made at the first start"), base);
    }
    if (end != WAY_BLOCKED) {
        check_space(doctor, *way ? way : "/");
        check_socket(doctor, &cluster, &owner);
    }
    doctor->blocked = doctor->failures > failures;
    free(way);
    free(base);
}
