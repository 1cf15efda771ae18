#ifndef BANKOPS_DATABASE_CONNECTION_H
#define BANKOPS_DATABASE_CONNECTION_H

#include "base/error.h"

#include <libpq-fe.h>
#include <time.h>

/* The console's connection: nothing here blocks. The poll loop asks for socket, events and timeout,
 * and calls connection_step() after each poll. Callbacks run inside connection_step(); they may
 * call every function here except connection_step() and connection_free(). */

struct connection;

enum connection_state {
    LINK_CLOSED,     /* not started */
    LINK_CONNECTING, /* first try, or starting the private cluster */
    LINK_READY,
    LINK_LOST,           /* was or should be there: tried again after 1, 2, 4 … 30 s, for ever */
    LINK_NEEDS_PASSWORD, /* waits for connection_set_password() */
    LINK_REFUSED, /* trying again is useless (login, version, schema): see connection_error */
};

struct connection_options {
    const char *conninfo; /* --database or NULL, as in session.h */
    const char *as;       /* database role or NULL */
    bool any_schema;      /* skip the schema check */
};

enum request_kind {
    REQUEST_READ,  /* fails with ERROR_UNREACHABLE when the connection breaks; ask again */
    REQUEST_WRITE, /* carries an idempotency key among its values: sent again, with the same key,
                      after a lost connection, a deadlock or a serialization failure */
};

struct request {
    const char *sql; /* one statement; parameters $1 … in text format */
    int n;
    const char *const *values; /* NULL = null */
    enum request_kind kind;
    bool stream;  /* many answers of one row each (exports), then the last without rows */
    bool repeats; /* a read asked often in the same words, for which one plan is good: the server
                     may keep it. It is sent whole where the server (or a pooler) does not. */
};

struct answer {
    unsigned id;               /* what connection_request() returned */
    PGresult *rows;            /* NULL on error; freed after the callback: set it NULL to keep it */
    const struct error *error; /* NULL on success. ERROR_UNCERTAIN with rows: committed, but a
                                  standby has not confirmed it */
    bool last;                 /* false only while streaming */
    bool resent;               /* a write whose first answer was lost; its outcome is now certain */
};

typedef void (*answer_function)(void *data, struct answer *answer);

/* Copies the options. Nothing happens before connection_start(). */
struct connection *connection_new(const struct connection_options *options);
/* Closes; no callback runs any more. Writes in doubt stay so: see connection_uncertain(). */
void connection_free(struct connection *connection);

/* Begins to connect (starts the private cluster on demand, in a child process). Also tries at once
 * when lost and waiting, or refused. */
void connection_start(struct connection *connection);

/* For poll(): descriptor or -1, events (POLLIN, POLLOUT), milliseconds until a timer is due or -1.
 * Ask for all three before every poll: the descriptor changes while connecting. */
int connection_socket(const struct connection *connection);
short connection_events(const struct connection *connection);
int connection_next_timeout_ms(const struct connection *connection);
/* Does whatever can be done without waiting. revents = 0 when only a timer was due. */
void connection_step(struct connection *connection, short revents);

/* Queues a request and sends it at once when ready; requests sent before the next step share one
 * round trip, and a failing one does not disturb the others. All texts are copied. `owner`
 * identifies the screen that asks. Returns the request's number. Reads wait for a connection;
 * writes fail at the next step when there is none. */
unsigned connection_request(struct connection *connection, const void *owner,
                            const struct request *request, answer_function answer, void *data);

/* The owner is gone: its answers are dropped without a callback. Writes still complete. */
void connection_drop_owner(struct connection *connection, const void *owner);

/* Cancels the owner's reads: those waiting fail with ERROR_CANCELLED, a running one is interrupted
 * on the server. Writes are never cancelled. Returns false when the owner had nothing to cancel. */
bool connection_cancel(struct connection *connection, const void *owner);

/* Requests without final answer; of one owner when `owner` is not NULL. */
int connection_pending(const struct connection *connection, const void *owner);
/* Writes whose outcome is unknown until the server is back. */
int connection_uncertain(const struct connection *connection);

/* Takes the password for this and later tries; the caller wipes its own copy. Continues from
 * LINK_NEEDS_PASSWORD. */
void connection_set_password(struct connection *connection, const char *password);
/* The password given, NULL when none was; the connection's. For a second connection of the same
 * person. */
const char *connection_password(const struct connection *connection);
/* Whether the server asked for a password, and whether `password` is the one it took. */
bool connection_asked_password(const struct connection *connection);
bool connection_is_password(const struct connection *connection, const char *password);
/* The SCRAM verifier of a new password for the role logged in: what the server may be told of it. Takes
 * milliseconds. Owned by the caller (PQfreemem); NULL when there is no connection. */
char *connection_verifier(const struct connection *connection, const char *password);
/* The password has been changed to this one: for later tries. The present connection goes on. */
void connection_keep_password(struct connection *connection, const char *password);
/* Sets the role for the next connection_start(); closes the present connection. Writes in doubt
 * wait for the same role; when another one comes they fail with ERROR_UNCERTAIN. */
void connection_set_role(struct connection *connection, const char *as);

enum connection_state connection_state(const struct connection *connection);
/* Why it is not ready; kind ERROR_NONE when it is. */
const struct error *connection_error(const struct connection *connection);
/* One translated line for a banner: "" when ready. */
const char *connection_banner(const struct connection *connection);
/* Time of the last answer, for "as of 14:03:22"; 0 when there was none. */
time_t connection_last_answer(const struct connection *connection);
/* True for the private cluster. */
bool connection_is_private(const struct connection *connection);
/* Called at each change of state or banner. */
void connection_on_change(struct connection *connection, void (*changed)(void *data), void *data);

#endif
