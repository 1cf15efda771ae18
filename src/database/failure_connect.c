#include "database/failure.h"

#include "base/language.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* libpq keeps no SQLSTATE of a failed connection, so the words of libpq and of the server have to
 * do, and the code where the message is verbose: a server may speak any language. */

enum subject { NOTHING, LOGIN, DATABASE };

static const struct reason {
    const char *words; /* the first that stand in the message count */
    const char *code;  /* or else, the first that begins its SQLSTATE */
    bool final;        /* another try would end alike */
    enum error_kind kind;
    enum subject subject; /* is named before `what` */
    const char *what;
    const char *todo;
} reasons[] = {
    {"No space left on device", "53100", false, ERROR_UNREACHABLE, NOTHING,
     N_("the server's disk is full"), N_("Free some space on the server's disk, then try again.")},
    {"Peer authentication failed", NULL, true, ERROR_REFUSED, LOGIN,
     N_("no login of this database, or none for your account on this machine"),
     N_("Check the name; an administrator can add a login.")},
    {"no pg_hba.conf entry", NULL, true, ERROR_REFUSED, LOGIN,
     N_("the server's access rules do not let this login in from here"),
     N_("Have its administrator add a line to pg_hba.conf; with and without TLS (sslmode) other "
        "lines may count.")},
    {"pg_hba.conf rejects", NULL, true, ERROR_REFUSED, LOGIN,
     N_("the server's access rules reject this login from here"),
     N_("Have its administrator change the line in pg_hba.conf; with and without TLS (sslmode) "
        "other lines may count.")},
    {"is not permitted to log in", NULL, true, ERROR_REFUSED, LOGIN, N_("this role may not log in"),
     N_("Use a login of your own (--as NAME); an administrator can add one.")},
    {"permission denied for database", "42501", true, ERROR_REFUSED, LOGIN,
     N_("a login of the server, but no member of staff of this database"),
     N_("An administrator can add it: bankops staff add.")},
    {"root certificate file", NULL, true, ERROR_REFUSED, NOTHING,
     N_("the certificate that the server is checked by is missing"),
     N_("Name its file with sslrootcert=FILE, or put it into ~/.postgresql/root.crt.")},
    {"does not match host name", NULL, true, ERROR_REFUSED, NOTHING,
     N_("the certificate of the server is made out to another name"),
     N_("Use the name that stands in it; ask the server's administrator.")},
    {"certificate verify failed", NULL, true, ERROR_REFUSED, NOTHING,
     N_("the certificate of the server is not signed by one that is trusted here"),
     N_("Check the file named by sslrootcert; ask the server's administrator.")},
    {"private key file", NULL, true, ERROR_REFUSED, NOTHING,
     N_("the private key of your certificate cannot be used"),
     N_("Name its file with sslkey=FILE; it must be yours and of mode 0600.")},
    {"certificate file", NULL, true, ERROR_REFUSED, NOTHING,
     N_("the file of your certificate cannot be used"), N_("Name it with sslcert=FILE.")},
    {"does not support SSL", NULL, true, ERROR_REFUSED, NOTHING,
     N_("the server does not offer TLS"),
     N_("Ask its administrator; sslmode says how much of it you need.")},
    {"authentication failed", "28", true, ERROR_REFUSED, LOGIN,
     N_("the server does not accept this login"),
     N_("Check the name and the certificate or ticket that the server asks for.")},
    {"not currently accepting connections", "55000", true, ERROR_REFUSED, DATABASE,
     N_("this database takes no connections"), N_("Ask the server's administrator.")},
    {"too many c", "53300", false, ERROR_UNREACHABLE, NOTHING,
     N_("the server has too many connections"), N_("Try again soon.")},
    {"remaining connection slots", NULL, false, ERROR_UNREACHABLE, NOTHING,
     N_("the server has too many connections"), N_("Try again soon.")},
    {"the database system is", "57P03", false, ERROR_UNREACHABLE, NOTHING,
     N_("the server is starting or stopping"), N_("Try again soon.")},
};

static const struct reason role_missing = {
    .final = true,
    .kind = ERROR_REFUSED,
    .subject = LOGIN,
    .what = N_("no login of this database"),
    .todo = N_("Check the name; an administrator can add a login.")};
static const struct reason database_missing = {
    .final = true,
    .kind = ERROR_UNREACHABLE,
    .subject = DATABASE,
    .what = N_("the server has no database of this name"),
    .todo = N_("Create the database or name another one.")};

const char *failure_code(const char *message)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (; (message = strstr(message, ":  ")); message++)
        if (strspn(message + 3, letters) == 5 && message[8] == ':')
            return message + 3;
    return NULL;
}

static const struct reason *find(const char *message)
{
    const char *code = failure_code(message);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strstr(message, reasons[i].words))
            return &reasons[i];
    if (strstr(message, "does not exist") && strstr(message, " role \""))
        return &role_missing;
    if (code ? !strncmp(code, "3D000", 5)
             : strstr(message, "does not exist") && strstr(message, "FATAL:  database "))
        return &database_missing;
    for (size_t i = 0; code && i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].code && !strncmp(code, reasons[i].code, strlen(reasons[i].code)))
            return &reasons[i];
    return NULL;
}

/* Codes of a server in trouble, which passes; all others are about what was asked of it. */
static bool passes(const char *code)
{
    static const char *const classes[] = {"08", "40", "53", "57", "58", "XX"};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (!strncmp(code, classes[i], 2))
            return true;
    return false;
}

/* Settings that libpq looks at only when it connects. */
static bool setting_is_wrong(const char *message)
{
    static const char *const words[] = {"invalid connection option", "invalid port number",
                                        "invalid integer value", "invalid target_session_attrs"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(message, words[i]))
            return true;
    return false;
}

/* The socket, or the folders on the way to it, that this account may not use. */
static bool socket_is_closed(PGconn *connection, char *path, size_t capacity)
{
    const char *host = PQhost(connection);
    if (!host || *host != '/')
        return false;
    snprintf(path, capacity, "%s/.s.PGSQL.%s", host, PQport(connection));
    return access(path, W_OK) < 0 && errno == EACCES;
}

static bool set_closed_socket(const char *host, const char *where, struct error *error)
{
    struct stat status;
    struct passwd *owner = stat(host, &status) == 0 ? getpwuid(status.st_uid) : NULL;
    if (!owner)
        return error_set(error, ERROR_REFUSED, where,
                         _("Use the account that the server belongs to, or have it opened."),
                         _("your account may not enter the socket folder"));
    return error_set(
        error, ERROR_REFUSED, where, _("Use that account, or have the folder opened to yours."),
        _("your account may not use this socket folder; it belongs to %s"), owner->pw_name);
}

bool failure_explain(PGconn *connection, const char *where, struct error *error)
{
    char path[256];
    const struct reason *reason = find(PQerrorMessage(connection));
    if (!reason)
        return socket_is_closed(connection, path, sizeof path) &&
               !set_closed_socket(PQhost(connection), where, error);
    const char *subject = reason->subject == LOGIN      ? PQuser(connection)
                          : reason->subject == DATABASE ? PQdb(connection)
                                                        : NULL;
    error_set(error, reason->kind, where, _(reason->todo),
              !subject                      ? "%.0s%s"
              : reason->subject == DATABASE ? "\"%s\": %s"
                                            : "%s: %s",
              subject ? subject : "", _(reason->what));
    if (reason->subject == LOGIN)
        snprintf(error->code, sizeof error->code, "28000");
    return true;
}

bool failure_is_final(PGconn *connection)
{
    char path[256];
    const char *message = PQerrorMessage(connection);
    const struct reason *reason = find(message);
    const char *code = failure_code(message);
    if (reason)
        return reason->final;
    return (code && !passes(code)) || setting_is_wrong(message) || strstr(message, "certificate") ||
           socket_is_closed(connection, path, sizeof path);
}
