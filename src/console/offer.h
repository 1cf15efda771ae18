#ifndef BANKOPS_CONSOLE_OFFER_H
#define BANKOPS_CONSOLE_OFFER_H

#include "console/console.h"

/* When `error` is the one that the screen of the offer helps with, shows it with the question
 * whether to open that screen, and answers true. `lookup` gives the arguments; the page below keeps
 * what was entered. */
bool offer_ask(struct page *page, const struct offer *offer, const struct error *error,
               value_lookup lookup, void *data);

#endif
