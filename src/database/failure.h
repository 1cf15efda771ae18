#ifndef BANKOPS_DATABASE_FAILURE_H
#define BANKOPS_DATABASE_FAILURE_H

#include "base/error.h"

#include <libpq-fe.h>

/* What a failed statement means for the person in front of it. Fills *error from the result:
 * code = SQLSTATE, where = the column or constraint, what = the translated message with its
 * detail, todo = the translated hint. Always returns false. `result` may be NULL (no memory, or
 * the connection broke); then the connection's message is used. */
bool failure_from_result(const PGresult *result, PGconn *connection, struct error *error);

/* For somebody at the screen: where the server itself refused a value or a row, and no rule of ours
 * did, the message is a sentence of ours in place of the server's, with the value that it quotes.
 * *error has been filled from the same result. */
void failure_say_plainly(const PGresult *result, struct error *error);

/* What failure_from_result does, for a connection that could not be opened or was lost. */
bool failure_from_connection(PGconn *connection, struct error *error);

/* Kind of an SQLSTATE; "" counts as a lost connection. */
enum error_kind failure_kind(const char *sqlstate);

/* The SQLSTATE in a verbose message of libpq (PQERRORS_VERBOSE): the only part of it that does not
 * depend on the language of the server. NULL when there is none; else it points at five characters
 * of the message. */
const char *failure_code(const char *message);

/* True when the server asked for a password that was missing or wrong. */
bool failure_needs_password(PGconn *connection);

/* Says in our own words why the server did not let us in (access rules, no such role, a socket of
 * somebody else …), with code 28000 where it is about the login; false when the reason is another
 * one. */
bool failure_explain(PGconn *connection, const char *where, struct error *error);

/* Whether connecting failed for a reason that a new try would not change. */
bool failure_is_final(PGconn *connection);

/* True when the same statement may simply be sent again (serialization failure, deadlock). */
bool failure_may_retry(const char *sqlstate);

#endif
