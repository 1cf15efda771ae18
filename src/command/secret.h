#ifndef BANKOPS_COMMAND_SECRET_H
#define BANKOPS_COMMAND_SECRET_H

#include "base/error.h"

/* Reads a file of lines NAME = SECRET into *secrets, in place of what was there; the caller frees
 * it. Refuses a file that others may read. */
bool secret_read(const char *path, char **secrets, struct error *error);

/* The secret of this name, in a new string; "" when there is none. `secrets` may be NULL. */
char *secret_find(const char *secrets, const char *name);

#endif
