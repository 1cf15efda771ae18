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

/* Runs `work` in a child process that first becomes `uid`/`gid` (skipped when uid is ours), in
 * directory "/", with umask 077. Progress and error of the child come back through a pipe. */
struct progress;
bool process_as(uid_t uid, gid_t gid, const char *login,
                bool (*work)(void *data, const struct progress *progress, struct error *error),
                void *data, const struct progress *progress, struct error *error);

#endif
