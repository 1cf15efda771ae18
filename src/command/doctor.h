#ifndef BANKOPS_COMMAND_DOCTOR_H
#define BANKOPS_COMMAND_DOCTOR_H

#include <libpq-fe.h>
#include <stdbool.h>

/* What `bankops doctor` found, printed as it is found. */
struct doctor {
    bool plain;           /* one tab-separated line per finding, for scripts */
    const char *conninfo; /* --database or NULL */
    const char *as;       /* --as or NULL */
    int warnings, failures;
    bool blocked; /* the private server could not start */
};

enum doctor_level { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

/* Prints one finding and counts it. `topic` and `todo` are translated texts; `todo` is NULL when
 * there is nothing to do. */
void doctor_say(struct doctor *doctor, enum doctor_level level, const char *topic, const char *todo,
                const char *what, ...) __attribute__((format(printf, 5, 6)));

/* Locale, terminal, account, files of the program. */
void doctor_program(struct doctor *doctor);
/* Shared memory, PostgreSQL's programs, and the folder of the private server. */
void doctor_machine(struct doctor *doctor);
/* Data folder with all on the way to it, disk, socket folder. */
void doctor_folder(struct doctor *doctor);
/* The server and what is in it. Never starts or creates one. */
void doctor_server(struct doctor *doctor);
/* Sign-ins that the server refused, or where they stand. */
void doctor_log(struct doctor *doctor, PGconn *connection);

#endif
