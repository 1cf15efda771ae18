#ifndef BANKOPS_COMMAND_RECONCILE_HINT_H
#define BANKOPS_COMMAND_RECONCILE_HINT_H

#include "reconcile/match_store.h"

/* After a run that cleared less than half of both sides: prints what may be wrong with the files,
 * if anything tells, to standard output: no account in common, amounts in other units or of the
 * other sign. */
void reconcile_hint(const struct match_store *store);

#endif
