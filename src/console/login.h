#ifndef BANKOPS_CONSOLE_LOGIN_H
#define BANKOPS_CONSOLE_LOGIN_H

#include "console/console.h"

/* The form before the first screen, and after the idle lock. Asks for a name unless one was given,
 * and for a password only when the server does. */
void login_open(struct console *console, const char *name);
void login_close(struct console *console);
void login_paint(struct console *console);
void login_key(struct console *console, const struct key *key);
/* The connection's state changed while the form is open. */
void login_link_changed(struct console *console);
/* A library's warning about the connection. */
void login_warn(struct console *console, const char *text);
/* The server knows the login, but it is no staff (or the question failed). */
void login_refused(struct console *console, const struct error *error);
/* Identity has come: close the form and show the first screen, or the one that was locked. */
void login_done(struct console *console);

#endif
