#include "database/failure.h"

#include "base/language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct kind {
    const char *prefix; /* of the SQLSTATE; the first that fits counts */
    enum error_kind kind;
    const char *todo; /* when the server gave no hint */
} kinds[] = {
    {"BO422", ERROR_INPUT, NULL},
    {"BO", ERROR_REFUSED, NULL},
    {"08", ERROR_UNREACHABLE, N_("Check that the server runs and that the network is up.")},
    {"57P01", ERROR_UNREACHABLE, N_("The server was stopped; try again when it is back.")},
    {"57P02", ERROR_UNREACHABLE, N_("The server was stopped; try again when it is back.")},
    {"57P03", ERROR_UNREACHABLE, N_("The server is starting or stopping; try again soon.")},
    {"57P05", ERROR_UNREACHABLE, N_("The session was idle too long; connect again.")},
    {"57014", ERROR_CANCELLED, NULL},
    {"40003", ERROR_UNCERTAIN, N_("Send the same request again to learn how it ended.")},
    {"40001", ERROR_REFUSED, N_("Somebody else changed the same data; try again.")},
    {"40P01", ERROR_REFUSED, N_("Somebody else changed the same data; try again.")},
    {"55P03", ERROR_REFUSED, N_("Somebody else is working on the same record; try again.")},
    {"53100", ERROR_SYSTEM, N_("The disk of the database server is full; free some space.")},
    {"53300", ERROR_UNREACHABLE, N_("The server has too many connections; try again soon.")},
    {"42501", ERROR_REFUSED, N_("Ask a colleague with that role.")},
    {"28", ERROR_REFUSED, N_("Check the name and the password.")},
    {"3D000", ERROR_UNREACHABLE, N_("Create the database or name another one.")},
    {"22P02", ERROR_INPUT, N_("Something else is asked for here: a number, a day or a code.")},
    {"22", ERROR_INPUT, NULL},
    {"23", ERROR_REFUSED, NULL},
};

static const struct kind *find(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(sqlstate, kinds[i].prefix, strlen(kinds[i].prefix)))
            return &kinds[i];
    return NULL;
}

enum error_kind failure_kind(const char *sqlstate)
{
    if (!*sqlstate)
        return ERROR_UNREACHABLE;
    const struct kind *kind = find(sqlstate);
    return kind ? kind->kind : ERROR_SYSTEM;
}

bool failure_may_retry(const char *sqlstate)
{
    return !strcmp(sqlstate, "40001") || !strcmp(sqlstate, "40P01");
}

static const char *field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text && *text ? text : NULL;
}

/* gettext() of "" is the catalogue's header. */
static const char *translated(const char *text)
{
    return text && *text ? _(text) : NULL;
}

/* The function or list that the role of the login may not use, NULL when it is something else. */
static const char *forbidden(const char *state, const char *what)
{
    static const char *const things[] = {"function ", "view ", "table "};
    const char *rest = strstr(what, "permission denied for ");
    if (strcmp(state, "42501") || !rest)
        return NULL;
    rest += strlen("permission denied for ");
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
        if (!strncmp(rest, things[i], strlen(things[i])))
            return rest + strlen(things[i]);
    return NULL;
}

bool failure_from_result(const PGresult *result, PGconn *connection, struct error *error)
{
    const char *state = result ? field(result, PG_DIAG_SQLSTATE) : NULL;
    if (!state)
        return failure_from_connection(connection, error);
    const struct kind *kind = find(state);
    const char *where = field(result, PG_DIAG_COLUMN_NAME);
    if (!where)
        where = field(result, PG_DIAG_CONSTRAINT_NAME);
    const char *todo = translated(field(result, PG_DIAG_MESSAGE_HINT));
    if (!todo && kind)
        todo = translated(kind->todo);
    const char *what = translated(field(result, PG_DIAG_MESSAGE_PRIMARY));
    const char *detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    const char *thing = what ? forbidden(state, what) : NULL;
    if (thing) {
        what = _("Your role does not permit this.");
        detail = thing;
    }
    /* A Chinese sentence takes it inside its full stop. */
    size_t length = what ? strlen(what) : 0, stop = strlen("。");
    if (detail && length > stop && !strcmp(what + length - stop, "。"))
        error_set(error, failure_kind(state), where, todo, "%.*s（%s）。", (int)(length - stop), what,
                  detail);
    else
        error_set(error, failure_kind(state), where, todo, detail ? "%s (%s)" : "%s",
                  what ? what : state, detail ? detail : "");
    if (error)
        snprintf(error->code, sizeof error->code, "%s", state);
    return false;
}

/* Refusals of the server itself that no rule of ours comes before, in our words. */
static const struct {
    const char *prefix; /* of the SQLSTATE; the first that fits counts */
    const char *what;
} plainly[] = {
    {"22001", N_("This text is too long.")},
    {"22003", N_("This number is too large.")},
    {"22008", N_("There is no such day.")},
    {"22", N_("This value is not possible here.")},
    {"23502", N_("A value that is needed is missing.")},
    {"23503", N_("What it refers to does not exist, or something still refers to it.")},
    {"23505", N_("There is one like it already.")},
    {"23", N_("A rule of the database forbids this.")},
};

static const char *in_our_words(const char *state)
{
    for (size_t i = 0; i < sizeof plainly / sizeof *plainly; i++)
        if (!strncmp(state, plainly[i].prefix, strlen(plainly[i].prefix)))
            return _(plainly[i].what);
    return NULL;
}

/* The value that the server quotes at the end of its message, NULL when it does not. */
static const char *value_in(const char *what)
{
    const char *colon = what ? strstr(what, ": \"") : NULL;
    return colon ? colon + 2 : NULL;
}

void failure_say_plainly(const PGresult *result, struct error *error)
{
    const char *state = result ? field(result, PG_DIAG_SQLSTATE) : NULL;
    const char *by = state ? field(result, PG_DIAG_SOURCE_FUNCTION) : NULL;
    const char *plain = state ? in_our_words(state) : NULL;
    const char *value = value_in(state ? field(result, PG_DIAG_MESSAGE_PRIMARY) : NULL);
    if (!plain || (by && !strcmp(by, "exec_stmt_raise"))) /* a sentence of ours already */
        return;
    snprintf(error->what, sizeof error->what, "%s%s%s", plain, value ? " " : "", value ? value : "");
}

/* libpq's messages are lines, for each server tried one; those that begin with a tab are its
 * guesses at what to do, and we say that ourselves. Of a verbose one the code and the place in the
 * sources of the server are left out. */
static void clean(const char *message, char *text, size_t capacity)
{
    const char *code = failure_code(message);
    size_t used = 0;
    for (; *message && used + 1 < capacity; message++) {
        if (message == code)
            message += strlen("28000: ");
        if (message[0] == '\n' &&
            (message[1] == '\t' || !strncmp(message + 1, "LOCATION:", strlen("LOCATION:")))) {
            message += 1 + strcspn(message + 1, "\n");
            if (!*message)
                break;
        }
        if (*message == '\n' && message[1] && used)
            text[used++] = ';';
        bool blank = *message == '\n' || *message == '\t' || *message == ' ';
        if (blank && (!used || text[used - 1] == ' '))
            continue;
        text[used++] = blank ? ' ' : *message;
    }
    while (used && text[used - 1] == ' ')
        used--;
    text[used] = '\0';
}

bool failure_needs_password(PGconn *connection)
{
    const char *message = PQerrorMessage(connection), *code = failure_code(message);
    return PQconnectionNeedsPassword(connection) ||
           (PQconnectionUsedPassword(connection) && PQstatus(connection) == CONNECTION_BAD &&
            ((code && !strncmp(code, "28P01", 5)) ||
             strstr(message, "password authentication failed") ||
             strstr(message, "SASL authentication failed")));
}

bool failure_from_connection(PGconn *connection, struct error *error)
{
    char text[512], known[6] = "";
    const char *code = failure_code(PQerrorMessage(connection));
    const char *host = PQhost(connection);
    const char *database = PQdb(connection);
    char where[256] = "";
    clean(PQerrorMessage(connection), text, sizeof text);
    if (database)
        snprintf(where, sizeof where, "%s%s%s", database, host && *host ? "@" : "",
                 host ? host : "");
    if (code)
        memcpy(known, code, 5);
    if (PQconnectionNeedsPassword(connection))
        return error_set(error, ERROR_REFUSED, where,
                         _("Use PGPASSFILE or ~/.pgpass, or log in on the console."),
                         _("the server asks for a password"));
    if (failure_needs_password(connection))
        return error_set(error, ERROR_REFUSED, where, _("Check the name and the password."),
                         _("the server does not accept this name and password"));
    if (failure_explain(connection, where, error))
        return false;
    return error_set(error, code ? failure_kind(known) : ERROR_UNREACHABLE, where,
                     _("Check the connection settings (PGHOST, PGSERVICE, --database) and that "
                       "the server runs."),
                     *text ? _("the server cannot be reached: %s") : _("the connection was closed"),
                     text);
}
