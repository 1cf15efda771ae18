#ifndef BANKOPS_CONSOLE_SEAL_H
#define BANKOPS_CONSOLE_SEAL_H

#include "console/console.h"

/* After a change of this console: has the database seal its audit trail (api.audit_seal) about a
 * second later. A sealing that fails or finds nothing to seal yet is tried again a few times, then
 * left to the next change; nothing of it is shown. */
void seal_soon(struct console *console);

#endif
