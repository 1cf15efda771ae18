#ifndef BANKOPS_CONSOLE_PASSWORD_H
#define BANKOPS_CONSOLE_PASSWORD_H

#include "console/console.h"

/* One's own password: asked for with the present one, never shown; the server is told a SCRAM verifier
 * made here. Only where the server asks for passwords. */

enum { PASSWORD_LENGTH = 200, PASSWORD_LEAST = 10 };

/* Opens the box, or says why there is none. */
void password_open(struct console *console);
/* After the login: opens the box that cannot be left when somebody else chose the password. */
void password_ask_first(struct console *console);

#endif
