#ifndef BANKOPS_CONSOLE_TASK_H
#define BANKOPS_CONSOLE_TASK_H

#include "console/console.h"

/* Keystrokes and seconds from the first key of a task to its commit, kept in the database
 * (api.task_timing_log), so that supervisors see where the screens are slow. */

/* A key was pressed on a page. */
void task_key(struct console *console);
/* A change was committed: writes the measurement and starts again. */
void task_done(struct page *page, const char *task);
/* The last key does not count: a character of a text, which no screen can save typing, or a key that
 * comes again. */
void task_uncount(struct console *console);

#endif
