#ifndef BANKOPS_DATABASE_CLUSTER_H
#define BANKOPS_DATABASE_CLUSTER_H

#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>

/* The private PostgreSQL cluster under place_data(): one unix socket, no TCP, data checksums,
 * always fsync. Run as root, the server belongs to the user postgres. */

/* Tells the user about long steps; the text is translated and needs no line end. */
struct progress {
    void (*report)(void *data, const char *what);
    void *data;
};
/* Reports when there is somebody to report to. */
void progress_say(const struct progress *progress, const char *what);

struct cluster_status {
    bool exists;
    bool running;
    char base[4096];  /* the data folder, absolute */
    char data[4112];  /* the server's data directory */
    char socket[108]; /* socket directory */
    char version[16]; /* major version of the data directory */
    pid_t pid;        /* of the server, 0 when stopped */
};

/* Makes the server run: creates the cluster when it is missing (initdb, database, migrations unless
 * `bare`), starts it when it is stopped, waits until it takes connections. Safe when several
 * programs call it at once. On success *socket is the socket directory, which the caller frees.
 * The server stops some time after its last user has left (see cluster_join), unless `keep`. */
bool cluster_start(bool bare, bool keep, const struct progress *progress, char **socket,
                   struct error *error);

/* The socket directory when the server runs and is ready, else NULL; costs microseconds. */
char *cluster_running(void);

/* Fast stop; true as well when it does not run. */
bool cluster_stop(const struct progress *progress, struct error *error);

/* Makes the data folder and opens the lock files without taking them: a child that then calls
 * cluster_start() joins for this process too, because they share the open files. */
bool cluster_prepare(struct error *error);

bool cluster_status(struct cluster_status *status, struct error *error);

/* Counts this process among the users of the cluster until it ends, so that the server stays.
 * Without `wait` it returns false when the server is just being stopped. */
bool cluster_join(bool wait);

/* True when somebody stopped the server by hand: consoles then wait instead of starting it again.
 */
bool cluster_was_stopped(void);

/* Lets these roles log in over the socket (pg_ident map) and waits until the server knows. */
bool cluster_allow_login(int n, const char *const *names, struct error *error);

/* Lets a member of staff whose role was made meanwhile log in over the socket; nothing happens for a
 * name that is no member of staff, or that the server knows already. Call it while the server runs.
 * False: the map cannot be written. */
bool cluster_welcome(const char *name, struct error *error);
/* True when the map needs no cluster_welcome() for this name; reads one small file. */
bool cluster_knows(const char *name);

/* Path of one of PostgreSQL's programs ("pg_dump") of at least the cluster's version. The caller
 * frees it. */
char *cluster_program(const char *name, struct error *error);

#endif
