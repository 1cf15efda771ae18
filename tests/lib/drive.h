#ifndef BANKOPS_TESTS_DRIVE_H
#define BANKOPS_TESTS_DRIVE_H

#include "database/connection.h"

#include <libpq-fe.h>

/* Drives a connection by its poll loop against the server of the fixture, and looks at the same
 * server by a plain one. Every wait fails the test after 5 s. */

/* What a callback was told. */
struct told {
    int calls, rows;
    bool last, resent;
    enum error_kind kind;
    char code[8], value[64];
};

/* Set-up of a group of tests: the fixture with post(key, seconds), which writes a key once and
 * waits so long. Answers 0, or -1 without a server. */
int drive_start(void **state);
int drive_stop(void **state);

/* Callback of a request: adds the answer to the `struct told` that data points to. */
void drive_note(void *data, struct answer *answer);

/* One turn of the loop, of at most so many milliseconds. */
void drive_step(struct connection *c, int most_ms);

/* Runs the loop until *flag is true. */
void drive_run_until(struct connection *c, const bool *flag);

/* Runs the loop until the connection is in that state. */
void drive_run_to(struct connection *c, enum connection_state state);

/* Asks for the owner; `told`, emptied first, gets the answer. Returns the number of the request. */
unsigned drive_ask(struct connection *c, const void *owner, const char *sql, struct told *told);

/* Writes by post(key, seconds). */
void drive_post(struct connection *c, const char *key, const char *seconds, struct told *told);

/* A connection of its own; the caller finishes it. */
PGconn *drive_other(void);
void drive_execute(PGconn *connection, const char *sql);

/* The one number that the query gives. */
int drive_number(PGconn *connection, const char *sql);

/* Waits until the query gives that number. */
void drive_wait_number(PGconn *connection, const char *sql, int wanted);

/* A connection that has reached its server; the caller frees it. */
struct connection *drive_ready(void);

#endif
