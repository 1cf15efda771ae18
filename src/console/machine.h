#ifndef BANKOPS_CONSOLE_MACHINE_H
#define BANKOPS_CONSOLE_MACHINE_H

#include "console/console.h"

/* A view with "machine": true shows one complaint. When it has no class yet and nobody asked the
 * classifier, the console does, here in the process: a sure answer routes the case, else its
 * suggestions appear. Call when the object has come: it needs the values customer_id, case_id,
 * stage, business, queue and subject. The model is read once, when it is first needed, and again
 * when another becomes active; without a model nothing happens. */
void machine_look(struct page *page, const char *(*value)(struct page *page, const char *name));
/* The page goes away: drops what waits for answers to it. */
void machine_forget(const struct page *page);

#endif
