#ifndef BANKOPS_CONSOLE_WORK_H
#define BANKOPS_CONSOLE_WORK_H

#include "console/console.h"

#include <libpq-fe.h>

/* Long work that an action of a screen file names ("work"): matching a lane, say. The console has
 * it done by a child process over a connection of its own, so that every key stays alive; one at a
 * time. What it says stands in the message line, its result in a box. It goes on when the page is
 * left or the program ended; stopped, it keeps nothing of what it was at. */

/* Whom a piece of work tells. */
struct work_teller {
    void (*step)(void *data, const char *text);   /* what it does now */
    void (*result)(void *data, const char *text); /* lines of the result, in the reader's language */
    /* From here on it cannot be stopped, until the next step. */
    void (*settle)(void *data);
    void *data;
};

/* A kind of work. `run` does it for one object over an idle connection, which it leaves idle. */
struct work_kind {
    const char *name;
    bool (*run)(PGconn *connection, const struct values *arguments, const struct work_teller *teller,
                struct error *error);
};

/* The kind of that name, NULL when there is none. */
const struct work_kind *work_find(const char *name);

/* Starts the work of an action for each set of arguments (copied), one after the other; done(page,
 * data) is called when any of it was kept, unless the page is gone by then. Says why not when it
 * cannot. */
void work_start(struct page *page, const struct defined_action *action,
                const struct values *arguments, int count);
/* Stops it when it was started on this page (NULL: on any); false when there is none. */
bool work_stop(struct console *console, const struct page *page);
/* A line for the user, NULL when nothing is under way. */
const char *work_banner(const struct console *console);
/* Once a second: the time it takes is part of the line. */
void work_tick(struct console *console);
/* The page goes away: its work goes on. */
void work_forget(const struct page *page);
/* The console ends; its work goes on. */
void work_close(struct console *console);

/* Matching a lane by all its rules (work_reconcile.c): arguments lane and day. */
bool work_reconcile(PGconn *connection, const struct values *arguments,
                    const struct work_teller *teller, struct error *error);
/* Trying the version in work of a rule set on a lane (work_try.c): arguments lane and rule_set. */
bool work_try(PGconn *connection, const struct values *arguments, const struct work_teller *teller,
              struct error *error);

#endif
