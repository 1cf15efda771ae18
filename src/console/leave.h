#ifndef BANKOPS_CONSOLE_LEAVE_H
#define BANKOPS_CONSOLE_LEAVE_H

#include "console/console.h"

/* The page is closed, or left behind by going back: tells the database that the user has its object
 * open no more (`leave` of the screen), unless another page on the way to the one shown is about the
 * same. Nothing waits for the answer. False when there was nothing to tell. */
bool leave_page(struct page *page);

#endif
