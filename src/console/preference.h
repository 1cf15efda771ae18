#ifndef BANKOPS_CONSOLE_PREFERENCE_H
#define BANKOPS_CONSOLE_PREFERENCE_H

#include "console/console.h"

/* Settings of the user, changed while the program runs: what is changed counts at once and stands in
 * the settings file for the next time. */

/* Carries out ":NAME VALUE" or ":set NAME VALUE"; says what came of it. */
void preference_change(struct console *console, const char *name, const char *value);
/* ":set": alone it lists the settings, with a name and a value it changes one. */
void preference_set(struct console *console, const char *text);

#endif
