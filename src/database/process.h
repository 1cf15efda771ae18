#ifndef BANKOPS_DATABASE_PROCESS_H
#define BANKOPS_DATABASE_PROCESS_H

#include "base/buffer.h"
#include "base/error.h"

#include <sys/types.h>

/* Environment for PostgreSQL's own programs: no PG*, no LC_*, nothing of the user's session. */
char **process_clean_environment(void);

/* Runs a program (absolute path in argv[0]) and waits for it; its output and errors are appended to
 * `output`. `environment` NULL keeps the present one. Returns the exit status, or -1 with *error
 * filled when it could not run or died of a signal. */
int process_run(const char *const *argv, char *const *environment, struct buffer *output,
                struct error *error);

/* Work for a child process. It reports progress and fills *error like any function; both reach the
 * parent through a pipe. */
struct progress;
typedef bool process_work(void *data, const struct progress *progress, struct error *error);

/* Runs `work` as the user `uid` of group `gid` and waits: directly when we are that user, else in a
 * child process that becomes it, in directory "/", with umask 077. */
bool process_as(uid_t uid, gid_t gid, const char *login, process_work *work, void *data,
                const struct progress *progress, struct error *error);

/* The same without waiting and without changing the user: begins the child and gives the end of the
 * pipe to poll. Returns -1 with *error filled when no process can be started. */
pid_t process_begin(process_work *work, void *data, int *fd, struct error *error);
/* The same as the user `uid` of group `gid`. */
pid_t process_begin_as(uid_t uid, gid_t gid, const char *login, process_work *work, void *data,
                       int *fd, struct error *error);
/* Reads one message of the child; *error is filled when it says that the work failed. */
enum { PROCESS_PROGRESS, PROCESS_FAILED, PROCESS_ENDED, PROCESS_WAIT };
int process_message(int fd, const struct progress *progress, struct error *error);
/* After PROCESS_FAILED or PROCESS_ENDED: closes and waits; true when the work was done. */
bool process_end(pid_t child, int fd);

#endif
