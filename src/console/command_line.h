#ifndef BANKOPS_CONSOLE_COMMAND_LINE_H
#define BANKOPS_CONSOLE_COMMAND_LINE_H

#include "console/console.h"

/* The line after a colon: a screen's code and what to look for, an action, or a command word; with
 * history, completion by Tab and aliases. */
void command_line_open(struct console *console, const char *text);
void command_line_close(struct console *console);
bool command_line_active(const struct console *console);
void command_line_key(struct console *console, const struct key *key);
void command_line_paint(struct console *console, int row, int columns);
/* Carries out a command as if it had been typed (without the colon). */
void command_run(struct console *console, const char *text);
/* Keeps the history in the user's folder. */
void command_line_save(struct console *console);

#endif
