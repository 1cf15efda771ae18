#ifndef BANKOPS_DEMO_DESK_H
#define BANKOPS_DEMO_DESK_H

#include "database/session.h"

/* What colleagues did at the reconciliation desk of the demo bank before anybody logs in: breaks
 * with owners, notes, reasons and promises; matches, adjustments, undoings, held files, a new account
 * and balances that wait for a second person; month ends that are signed. All of it through the
 * functions of api, under their own logins, on what the opening job left. Does nothing when one of
 * them has worked there before. */
bool desk_fill(const struct session_options *session, struct error *error);

#endif
