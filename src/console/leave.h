#ifndef BANKOPS_CONSOLE_LEAVE_H
#define BANKOPS_CONSOLE_LEAVE_H

#include "console/console.h"

/* The page is closed: tells the database that the user has its object open no more (`leave` of the
 * screen), unless another page of his shows the same one. Nothing waits for the answer. */
void leave_page(struct page *page);

#endif
