#ifndef BANKOPS_TERMINAL_SCREEN_RESTORE_H
#define BANKOPS_TERMINAL_SCREEN_RESTORE_H

/* Last resort of terminal/screen: gives the terminal back from a signal handler or when memory ran
 * out, without curses. */

/* Remembers the terminal's modes; once, before they are changed. */
void screen_restore_prepare(int fd);
/* The bytes that undo the screen's modes (end of the alternate screen and so on). */
void screen_restore_bytes(const char *bytes);
/* Handlers for faults are set (true) or given back. */
void screen_restore_arm(int armed);
/* Safe in a signal handler. Does nothing unless armed. */
void screen_restore_now(void);

#endif
