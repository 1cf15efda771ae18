#ifndef BANKOPS_CONSOLE_PLAIN_H
#define BANKOPS_CONSOLE_PLAIN_H

#include "console/console.h"

/* The linear mode: questions and answers line by line on standard input and output, without
 * ncurses, boxes or colours. Same screens, same rules. Returns the exit status. */
int plain_run(const struct console_options *options);

#endif
