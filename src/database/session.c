#include "database/session.h"

#include "base/alloc.h"
#include "base/language.h"
#include "database/address.h"
#include "database/cluster.h"
#include "database/failure.h"
#include "database/migrate.h"

#include <stdlib.h>
#include <string.h>

enum { OLDEST_SERVER = 140000 };

bool session_rows(PGconn *connection, const char *sql, int n, const char *const *values,
                  PGresult **out, struct error *error)
{
    PGresult *result = PQexecParams(connection, sql, n, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        *out = result;
        return true;
    }
    failure_from_result(result, connection, error);
    PQclear(result);
    return false;
}

static void cancel(PGconn *connection)
{
    char unused[256];
    PGcancel *handle = PQgetCancel(connection);
    if (handle)
        PQcancel(handle, unused, sizeof unused);
    PQfreeCancel(handle);
}

bool session_each(PGconn *connection, const char *sql, int n, const char *const *values,
                  bool (*row)(void *data, const PGresult *row), void *data, struct error *error)
{
    bool good = PQsendQueryParams(connection, sql, n, NULL, values, NULL, NULL, 0) == 1;
    bool wanted = true;
    PGresult *result;
    if (!good)
        return failure_from_result(NULL, connection, error);
    PQsetSingleRowMode(connection);
    while ((result = PQgetResult(connection))) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_SINGLE_TUPLE && wanted && !row(data, result)) {
            wanted = false;
            cancel(connection);
        } else if (wanted && good && status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK &&
                   status != PGRES_COMMAND_OK) {
            good = failure_from_result(result, connection, error);
        }
        PQclear(result);
    }
    return good;
}

bool session_do(PGconn *connection, const char *sql, int n, const char *const *values,
                struct error *error)
{
    PGresult *result;
    if (!session_rows(connection, sql, n, values, &result, error))
        return false;
    PQclear(result);
    return true;
}

bool session_value(PGconn *connection, const char *sql, int n, const char *const *values,
                   char **out, struct error *error)
{
    PGresult *result;
    if (!session_rows(connection, sql, n, values, &result, error))
        return false;
    bool some = PQntuples(result) > 0 && PQnfields(result) > 0;
    *out = xstrdup(some ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return true;
}

bool session_script(PGconn *connection, const char *sql, struct error *error)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
                failure_from_result(result, connection, error);
    PQclear(result);
    return good;
}

bool session_speak(PGconn *connection, struct error *error)
{
    return session_script(connection,
                          language_current() == LANGUAGE_ENGLISH
                              ? "BEGIN; SELECT set_config('bankops.language', 'en', true)"
                              : "BEGIN",
                          error);
}

bool session_ask(PGconn *connection, const char *sql, int n, const char *const *values,
                 PGresult **out, struct error *error)
{
    struct error ignored = ERROR_INIT;
    if (language_current() != LANGUAGE_ENGLISH)
        return session_rows(connection, sql, n, values, out, error);
    if (!session_speak(connection, error))
        return false;
    if (!session_rows(connection, sql, n, values, out, error)) {
        session_script(connection, "ROLLBACK", &ignored);
        return false;
    }
    if (session_script(connection, "COMMIT", error))
        return true;
    PQclear(*out);
    *out = NULL;
    return false;
}

bool session_begin(PGconn *connection, struct error *error)
{
    return session_speak(connection, error) &&
           session_script(connection, "SET LOCAL idle_in_transaction_session_timeout = '1h'", error);
}

static bool check_server(PGconn *connection, struct error *error)
{
    int version = PQserverVersion(connection);
    return version >= OLDEST_SERVER ||
           error_set(error, ERROR_REFUSED, PQhost(connection),
                     _("Upgrade the server, or name another one."),
                     _("the server is PostgreSQL %d.%d; bankops needs 14 or newer"),
                     version / 10000, version / 100 % 100);
}

static bool check_schema(PGconn *connection, struct error *error)
{
    PGresult *result = PQexec(connection, migrate_version_sql);
    bool good = PQstatus(connection) == CONNECTION_OK ? migrate_check(result, error)
                                                      : failure_from_connection(connection, error);
    PQclear(result);
    return good;
}

/* Warnings of the server belong in its log, not between the lines of a command's output. */
static void ignore_notice(void *data, const PGresult *result)
{
    (void)data;
    (void)result;
}

static PGconn *open_address(const struct address *address, bool any_schema, struct error *error)
{
    PGconn *connection = PQconnectdbParams(address->keywords, address->values, 1);
    if (PQstatus(connection) != CONNECTION_OK)
        failure_from_connection(connection, error);
    else {
        PQsetNoticeReceiver(connection, ignore_notice, NULL);
        if (check_server(connection, error) && (any_schema || check_schema(connection, error)))
            return connection;
    }
    PQfinish(connection);
    return NULL;
}

void session_default_role(struct session_options *options, const char *role)
{
    if (!options->as && address_is_private(options->conninfo))
        options->as = role;
}

PGconn *session_open(const struct session_options *options, struct error *error)
{
    struct address address = {.count = 0};
    struct progress progress = {options->report, options->report_data};
    char *socket = NULL;
    if (address_is_private(options->conninfo)) {
        cluster_join(true);
        socket = cluster_running();
        if (!socket && !cluster_start(false, false, &progress, &socket, error))
            return NULL;
        if (options->as && !cluster_welcome(options->as, error)) {
            free(socket);
            return NULL;
        }
    }
    PGconn *connection = NULL;
    if (address_check(options->conninfo, error) &&
        address_set(&address, options->conninfo, options->as, socket, false, error))
        connection = open_address(&address, options->any_schema, error);
    address_free(&address);
    free(socket);
    return connection;
}

PGconn *session_beside(PGconn *connection)
{
    const char *keywords[64], *values[64];
    size_t count = 0;
    PQconninfoOption *options = PQconninfo(connection);
    for (const PQconninfoOption *option = options; option && option->keyword; option++)
        if (option->val && *option->val && count + 1 < ARRAY_LENGTH(keywords)) {
            keywords[count] = option->keyword;
            values[count++] = option->val;
        }
    keywords[count] = values[count] = NULL;
    PGconn *beside = options ? PQconnectdbParams(keywords, values, 0) : NULL;
    PQconninfoFree(options);
    if (beside && PQstatus(beside) != CONNECTION_OK) {
        PQfinish(beside);
        beside = NULL;
    }
    if (beside)
        PQsetNoticeReceiver(beside, ignore_notice, NULL);
    return beside;
}

bool session_allow_login(const struct session_options *options, int n, const char *const *names,
                         struct error *error)
{
    return !address_is_private(options->conninfo) || cluster_allow_login(n, names, error);
}
