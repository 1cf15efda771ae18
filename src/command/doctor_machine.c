#include "base/alloc.h"
#include "base/language.h"
#include "command/doctor.h"
#include "database/address.h"
#include "database/cluster.h"

#include <stdlib.h>
#include <sys/statvfs.h>

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
                       error.todo[0] ? error.todo : _("Install the package postgresql."), "%s%s%s",
                       i ? names[i] : "", i ? ": " : "", error.what);
        else if (i == 0)
            doctor_say(doctor, DOCTOR_OK, "PostgreSQL", NULL, "%s", path);
        free(path);
        if (!path && i == 0) /* none of them */
            return;
    }
}

void doctor_machine(struct doctor *doctor)
{
    bool private_server = address_is_private(doctor->conninfo);
    check_programs(doctor, private_server);
    check_shared_memory(doctor);
    if (private_server)
        doctor_folder(doctor);
}
