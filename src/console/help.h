#ifndef BANKOPS_CONSOLE_HELP_H
#define BANKOPS_CONSOLE_HELP_H

#include "console/console.h"

/* What the screen is for and every key on it, from the action table; typing narrows, Enter carries
 * the action out. */
void help_open(struct page *page);

#endif
