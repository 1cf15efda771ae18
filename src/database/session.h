#ifndef BANKOPS_DATABASE_SESSION_H
#define BANKOPS_DATABASE_SESSION_H

#include "base/error.h"

#include <libpq-fe.h>

/* Synchronous access for commands. The console uses database/connection.h instead. */

struct session_options {
    const char *conninfo; /* --database, or NULL: environment, else the private cluster */
    const char *as;  /* database role, or NULL: PGUSER, else bankops_dba in the private cluster */
    bool any_schema; /* accept a missing, older or newer schema (database migrate, doctor) */
    void (*report)(void *data, const char *what); /* long steps of a start on demand; may be NULL */
    void *report_data;
};

/* Lets the session run as `role` on the private cluster where the user named none. */
void session_default_role(struct session_options *options, const char *role);

/* Opens a connection; starts the private cluster on demand (creates it when missing) unless a
 * server is named. Refuses servers before 14 and a schema that does not fit this program. The
 * caller closes with PQfinish(). Returns NULL and fills *error on failure. */
PGconn *session_open(const struct session_options *options, struct error *error);

/* Begins a transaction in which this program may compute for minutes between two statements, which a
 * server that ends idle transactions early would not allow. */
bool session_begin(PGconn *connection, struct error *error);

/* Begins a transaction in which the database names people and units in the language of the program. */
bool session_speak(PGconn *connection, struct error *error);

/* Another connection as the same login to the same database, or NULL: something to be faster with. The
 * caller closes it with PQfinish(). */
PGconn *session_beside(PGconn *connection);

/* Runs one statement with `n` text parameters (NULL = null). On success *out holds the rows and the
 * caller frees it with PQclear(). */
bool session_rows(PGconn *connection, const char *sql, int n, const char *const *values,
                  PGresult **out, struct error *error);
/* The same in a transaction of its own begun by session_speak(). */
bool session_ask(PGconn *connection, const char *sql, int n, const char *const *values,
                 PGresult **out, struct error *error);

/* Runs one statement and hands its rows out as they come, so that memory does not grow with them:
 * `row` gets a result of one row, which it does not keep, and answers false to stop (the statement
 * is then cancelled and session_each() returns true; what went wrong is the caller's to say). */
bool session_each(PGconn *connection, const char *sql, int n, const char *const *values,
                  bool (*row)(void *data, const PGresult *row), void *data, struct error *error);

/* As session_rows, for a statement whose rows are of no interest. */
bool session_do(PGconn *connection, const char *sql, int n, const char *const *values,
                struct error *error);

/* First column of the first row in a new string that the caller frees; "" when null or no row. */
bool session_value(PGconn *connection, const char *sql, int n, const char *const *values,
                   char **out, struct error *error);

/* Runs several statements without parameters, in one implicit transaction. */
bool session_script(PGconn *connection, const char *sql, struct error *error);

/* Lets a new login use the private cluster (adds it to the peer map and reloads); does nothing on
 * an outside server. Call it after CREATE ROLE. */
bool session_allow_login(const struct session_options *options, int n, const char *const *names,
                         struct error *error);

#endif
