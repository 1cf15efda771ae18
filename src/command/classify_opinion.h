#ifndef BANKOPS_COMMAND_CLASSIFY_OPINION_H
#define BANKOPS_COMMAND_CLASSIFY_OPINION_H

#include "base/error.h"

#include <libpq-fe.h>

/* Asks the service of the settings about up to `most` cases that the machine is not sure of, and
 * stores its answers as suggestions; *asked counts. Without a service nothing happens. That the
 * service fails is no error: it is counted, and the service left alone after too many. */
bool classify_opinions(PGconn *connection, int most, int *asked, struct error *error);

#endif
