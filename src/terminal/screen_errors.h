#ifndef BANKOPS_TERMINAL_SCREEN_ERRORS_H
#define BANKOPS_TERMINAL_SCREEN_ERRORS_H

#include "terminal/loop.h"

/* Part of terminal/screen: what libraries write to standard error would stand in the middle of the
 * picture. While the screen has the terminal it goes to a pipe and from there, line by line, to
 * said(text, data). Standard error that is no terminal is left alone. */
void screen_errors_open(struct loop *loop, void (*said)(const char *text, void *data), void *data);
void screen_errors_close(void);
/* Standard error is the terminal again, or the pipe. Both are safe in a signal handler. */
void screen_errors_give(void);
void screen_errors_take(void);

#endif
