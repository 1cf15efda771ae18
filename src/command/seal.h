#ifndef BANKOPS_COMMAND_SEAL_H
#define BANKOPS_COMMAND_SEAL_H

#include "database/session.h"

/* At the end of a command that wrote: has the database seal its audit trail. A failure is not
 * shown; the next change seals these rows too. `connection` may be NULL. */
void seal_trail(PGconn *connection);

#endif
