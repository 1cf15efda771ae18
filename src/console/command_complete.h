#ifndef BANKOPS_CONSOLE_COMMAND_COMPLETE_H
#define BANKOPS_CONSOLE_COMMAND_COMPLETE_H

#include "console/console.h"

/* What may stand in the command line: the whole text, and what it means ("" when nothing is known). */
struct completion {
    char *text, *title;
};
struct completions {
    struct completion *items;
    int count;
};

/* Everything that a text may become: screens that the user may open, actions of the page, aliases,
 * actions of every screen, words, and after a word its values. Free it. */
void completions_find(struct console *console, const char *text, struct completions *found);
void completions_free(struct completions *found);

#endif
