#ifndef BANKOPS_CONSOLE_AHEAD_H
#define BANKOPS_CONSOLE_AHEAD_H

#include "console/console.h"

/* Keys typed ahead of what they are about: people who know their screens type the next keys before the
 * rows are there. Once one key waits, all that follow wait behind it, so that the same keys do the
 * same whatever the latency. */

/* Whether the key was kept: what it needs is not there yet (page_ops.waits, dialog_ops.waits), or
 * another waits before it. A key that leaves or stops goes through and forgets those that wait. */
bool ahead_keep(struct console *console, const struct key *key);
/* Whether no key waits before this one, as page_ops.waits is asked about it. */
bool ahead_is_first(const struct console *console, const struct key *key);
/* Puts a key that is being carried out back: it waits after all, before the others. */
void ahead_put_back(struct console *console, const struct key *key);
/* Carries out the keys that need not wait any more. */
void ahead_drain(struct console *console);
/* They wait so long that one wants to know. */
bool ahead_is_long(const struct console *console);
/* After an error they mean nothing any more. */
void ahead_forget(struct console *console);

#endif
