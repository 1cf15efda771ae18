#ifndef BANKOPS_DEMO_SUMMARY_H
#define BANKOPS_DEMO_SUMMARY_H

#include "base/error.h"

#include <libpq-fe.h>

/* Prints what the bank holds, a line for each figure. */
bool summary_print(PGconn *connection, struct error *error);

#endif
