#include "base/alloc.h"
#include "base/language.h"
#include "base/place.h"
#include "command/doctor.h"
#include "database/address.h"
#include "database/cluster.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

/* The nearest existing folder on the way to `path`; the caller frees it. */
static char *existing_parent(const char *path)
{
    char *parent = xstrdup(path);
    char *slash;
    while (access(parent, F_OK) < 0 && (slash = strrchr(parent, '/')) && slash != parent)
        *slash = '\0';
    if (access(parent, F_OK) < 0)
        parent[1] = '\0';
    return parent;
}

static void check_space(struct doctor *doctor, const char *data)
{
    struct statvfs status;
    char *parent = existing_parent(data);
    if (statvfs(parent, &status) == 0) {
        unsigned long long free_mb = (unsigned long long)status.f_bavail * status.f_frsize >> 20;
        enum doctor_level level = free_mb < 256    ? DOCTOR_FAIL
                                  : free_mb < 2048 ? DOCTOR_WARN
                                                   : DOCTOR_OK;
        doctor_say(doctor, level, _("disk"),
                   _("Free some space: 100,000 demo customers take about 1.5 GB."),
                   _("%llu MB free below %s"), free_mb, parent);
    }
    free(parent);
}

/* The owner that the server's files must have. */
static uid_t server_owner(void)
{
    struct passwd *entry = geteuid() == 0 ? getpwnam("postgres") : NULL;
    return entry ? entry->pw_uid : geteuid();
}

static void check_folder(struct doctor *doctor, const struct cluster_status *cluster)
{
    struct stat status;
    char *data = place_data();
    if (!cluster->exists && access(data, F_OK) < 0) {
        char *parent = existing_parent(data);
        if (access(parent, W_OK) < 0)
            doctor_say(doctor, DOCTOR_FAIL, _("data folder"),
                       _("Set BANKOPS_DATA to a folder of yours."),
                       _("%s does not exist and %s is not writable"), data, parent);
        else
            doctor_say(doctor, DOCTOR_OK, _("data folder"), NULL,
                       _("%s, made at the first start"), data);
        free(parent);
    } else if (!cluster->exists) {
        doctor_say(doctor, DOCTOR_OK, _("data folder"), NULL,
                   _("%s, the database is made at the first start"), data);
    } else if (stat(cluster->data, &status) < 0) {
        doctor_say(doctor, DOCTOR_FAIL, _("data folder"), _("Check the permissions of its parents."),
                   "%s: %s", cluster->data, strerror(errno));
    } else if (status.st_uid != server_owner()) {
        doctor_say(doctor, DOCTOR_FAIL, _("data folder"),
                   _("Use the account that made it, or set BANKOPS_DATA to another folder."),
                   _("%s belongs to another user (number %u)"), cluster->data,
                   (unsigned)status.st_uid);
    } else if (status.st_mode & 077) {
        doctor_say(doctor, DOCTOR_FAIL, _("data folder"), _("Run chmod 0700 on it."),
                   _("%s is open to other users (mode %04o)"), cluster->data,
                   (unsigned)status.st_mode & 07777);
    } else {
        doctor_say(doctor, DOCTOR_OK, _("data folder"), NULL, _("%s, made by PostgreSQL %s"),
                   cluster->data, cluster->version);
    }
    check_space(doctor, data);
    free(data);
}

static void check_socket(struct doctor *doctor, const struct cluster_status *cluster)
{
    size_t length = strlen(cluster->socket) + strlen("/.s.PGSQL.5432");
    size_t limit = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    if (!cluster->socket[0])
        return;
    doctor_say(doctor, length > limit ? DOCTOR_FAIL : DOCTOR_OK, _("socket"),
               _("Set BANKOPS_DATA or XDG_RUNTIME_DIR to a shorter path."),
               _("%s (%zu of %zu bytes)"), cluster->socket, length, limit);
}

static void check_shared_memory(struct doctor *doctor)
{
    struct statvfs status;
    if (statvfs("/dev/shm", &status) < 0) {
        doctor_say(doctor, DOCTOR_WARN, _("shared memory"),
                   _("Mount /dev/shm; PostgreSQL then runs parallel queries."),
                   _("/dev/shm is missing"));
        return;
    }
    unsigned long long free_mb = (unsigned long long)status.f_bavail * status.f_frsize >> 20;
    doctor_say(doctor, free_mb < 64 ? DOCTOR_WARN : DOCTOR_OK, _("shared memory"),
               _("Give /dev/shm at least 64 MB (docker run --shm-size=256m)."),
               _("%llu MB free in /dev/shm"), free_mb);
}

static void check_programs(struct doctor *doctor, bool private_server)
{
    static const char *const names[] = {"postgres", "initdb", "pg_ctl", "pg_dump"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error error = ERROR_INIT;
        char *path = cluster_program(names[i], &error);
        if (!path)
            doctor_say(doctor, private_server ? DOCTOR_FAIL : DOCTOR_WARN, "PostgreSQL",
                       error.todo[0] ? error.todo : _("Install the package postgresql."), "%s: %s",
                       names[i], error.what);
        else if (i == 0)
            doctor_say(doctor, DOCTOR_OK, "PostgreSQL", NULL, "%s", path);
        free(path);
    }
}

void doctor_machine(struct doctor *doctor)
{
    struct cluster_status cluster = {0};
    struct error error = ERROR_INIT;
    bool private_server = address_is_private(doctor->conninfo);
    check_programs(doctor, private_server);
    check_shared_memory(doctor);
    if (!private_server)
        return;
    if (!cluster_status(&cluster, &error)) {
        doctor_say(doctor, DOCTOR_FAIL, _("data folder"), error.todo, "%s: %s", error.where,
                   error.what);
        return;
    }
    check_folder(doctor, &cluster);
    check_socket(doctor, &cluster);
}
