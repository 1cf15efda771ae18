#ifndef BANKOPS_DATABASE_CLUSTER_INSIDE_H
#define BANKOPS_DATABASE_CLUSTER_INSIDE_H

/* Shared by the cluster*.c files only. */
#include "base/error.h"
#include "database/cluster.h"
#include "database/process.h"

#include <stdbool.h>
#include <sys/types.h>

#define CLUSTER_DATABASE  "bankops"
#define CLUSTER_SUPERUSER "bankops_dba"

/* Files in the data directory: the cluster is being made; it is whole. */
#define CLUSTER_NEW   "bankops.new"
#define CLUSTER_STAMP "bankops.stamp"

/* Where the cluster is and who owns it. */
struct home {
    char *base; /* place_data(), absolute */
    char *data; /* base/cluster: PostgreSQL's data directory */
    char *log;  /* base/log/server.log */
    uid_t uid;  /* of the server: ours, or postgres when we are root */
    gid_t gid;
    char owner[64];
};

/* What postmaster.pid says and what is true about it. */
struct server {
    pid_t pid;        /* 0: no file */
    bool alive;       /* the process exists, is a postgres and works in our data directory */
    bool other;       /* the number belongs to some other process or a dead one */
    bool ready;       /* takes connections */
    bool starting;    /* not yet: perhaps it recovers from a crash */
    bool deaf;        /* would be ready, but its socket was swept away */
    char socket[108]; /* directory, "" when there is none */
};

/* cluster_home.c */
bool home_open(struct home *home, bool create, struct error *error);
void home_free(struct home *home);
/* The folder is there and belongs to the account of the server. */
bool home_is_ours(const struct home *home);
bool home_has_cluster(const struct home *home);
/* The cluster is whole: on disk, with its database and schema. */
bool home_is_made(const struct home *home);
/* A cluster whose making was cut short stands there; it never held anything. */
bool home_is_unfinished(const struct home *home);
/* Does the work, whose data is `home`, as the account that owns the cluster, and waits. */
bool home_work(struct home *home, process_work *work, const struct progress *progress,
               struct error *error);
/* A file under base; the caller frees. */
char *home_file(const struct home *home, const char *name);
/* Picks and checks the directory for the socket, makes it when `create`. */
bool home_socket(const struct home *home, bool create, char socket[108], struct error *error);

/* cluster_program.c */
/* Directory of the server programs: of major version `major`, or the newest >= 14 when 0. */
char *program_directory(int major, struct error *error);
/* Major version of the data directory, 0 when unknown. */
int program_data_version(const struct home *home);

/* cluster_init.c; run as the owner */
/* The files of a new cluster, not yet safely on disk and not yet stamped. What is left of an
 * earlier try is removed. */
bool init_cluster(const struct home *home, const struct progress *progress, struct error *error);
/* Waits until every file is on disk. */
bool init_sync(const struct home *home, struct error *error);
/* From now on the cluster counts as made. */
bool init_stamp(const struct home *home, struct error *error);
/* Removes an unfinished cluster, stopping its server. */
bool init_discard(const struct home *home, const struct progress *progress, struct error *error);

/* cluster_make.c */
/* Makes a new cluster with its database, with the schema too unless `bare`, and starts it. Call it
 * with the start lock. Whenever it ends early, whatever the reason, the next call begins anew. */
bool make_cluster(struct home *home, bool bare, const struct progress *progress,
                  struct error *error);

/* cluster_server.c; run as the owner or root */
void server_read(const struct home *home, struct server *server);
bool server_start(const struct home *home, const struct progress *progress, struct error *error);
bool server_stop(const struct home *home, const struct progress *progress, struct error *error);

/* cluster_login.c; as the owner */
bool login_write_first(const struct home *home, const char *data, struct error *error);

/* cluster_linger.c */
/* Opens the lock files, before this process gives up any rights. */
bool linger_open(const struct home *home, struct error *error);
/* Counts this process among the users; without `wait` false when the server is being stopped. */
bool linger_join(bool wait);
/* One start, stop or restore at a time; blocks. */
bool linger_lock_start(struct error *error);
void linger_unlock_start(void);
/* Starts the watcher unless one is there. Call it with the start lock. */
void linger_watch(const struct home *home);
/* Ends the watcher of a server that was stopped by hand. */
void linger_dismiss(void);
/* An empty file under base that stands for a fact: ".keep" = started by hand and has to stay,
 * ".stopped" = stopped by hand. */
void home_mark(const struct home *home, const char *name, bool set);
bool home_marked(const struct home *home, const char *name);

#endif
