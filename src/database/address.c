#include "database/address.h"

#include "base/alloc.h"
#include "base/language.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool environment_has(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

bool address_is_private(const char *conninfo)
{
    static const char *const names[] = {"PGSERVICE", "PGHOST", "PGHOSTADDR", "PGPORT",
                                        "PGDATABASE"};
    if (conninfo && *conninfo)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (environment_has(names[i]))
            return false;
    return true;
}

void address_add(struct address *address, const char *keyword, const char *value)
{
    if (address->count + 1 >= (int)ARRAY_LENGTH(address->keywords))
        abort();
    address->keywords[address->count] = keyword;
    address->values[address->count++] = value;
}

void address_free(struct address *address)
{
    for (int i = 0; i < address->owned_count; i++)
        free(address->owned[i]);
    memset(address, 0, sizeof *address);
}

/* Defaults that the user's own settings override: they come before the connection string, and
 * only where the environment is silent. Cut links are noticed in seconds, not minutes. */
static void add_defaults(struct address *address)
{
    if (!environment_has("PGCONNECT_TIMEOUT"))
        address_add(address, "connect_timeout", "5");
    address_add(address, "keepalives_idle", "5");
    address_add(address, "keepalives_interval", "2");
    address_add(address, "keepalives_count", "3");
    address_add(address, "tcp_user_timeout", "5000");
    address_add(address, "client_encoding", "UTF8");
    if (!environment_has("PGAPPNAME"))
        address_add(address, "application_name", "bankops");
}

/* Whether the connection string sets one of the two keywords. */
static bool conninfo_has(const PQconninfoOption *options, const char *first, const char *second)
{
    for (; options && options->keyword; options++)
        if (options->val && (!strcmp(options->keyword, first) || !strcmp(options->keyword, second)))
            return true;
    return false;
}

/* What libpq says of a setting, without its line ends. */
static bool set_flaw(const char *message, const char *where, struct error *error)
{
    int length = message ? (int)strlen(message) : 0;
    while (length && strchr("\n \t", message[length - 1]))
        length--;
    return error_set(error, ERROR_USAGE, where,
                     _("Correct the PG… variables, the service file or --database; for example: "
                       "--database 'host=db1,db2 dbname=bankops'."),
                     _("a connection setting is wrong: %.*s"), length, message ? message : "");
}

static bool set_outside(struct address *address, const char *conninfo, struct error *error)
{
    char *message = NULL;
    PQconninfoOption *options = NULL;
    if (conninfo && *conninfo) {
        bool is_string = strchr(conninfo, '=') || strstr(conninfo, "://");
        if (is_string && !(options = PQconninfoParse(conninfo, &message))) {
            set_flaw(message, "--database", error);
            PQfreemem(message);
            return false;
        }
        address_add(address, "dbname", conninfo);
    }
    bool named = conninfo_has(options, "dbname", "service") || (conninfo && *conninfo && !options);
    if (!named && !environment_has("PGDATABASE") && !environment_has("PGSERVICE"))
        address_add(address, "dbname", "bankops");
    PQconninfoFree(options);
    return true;
}

static void set_private(struct address *address, const char *socket, bool interactive)
{
    address->private_cluster = true;
    address_add(address, "dbname", "bankops");
    char *host = xstrdup(socket);
    address->owned[address->owned_count++] = host;
    address_add(address, "host", host);
    address_add(address, "port", "5432");
    address_add(address, "sslmode", "disable");
    address_add(address, "gssencmode", "disable");
    if (interactive)
        address_add(address, "options", "-c statement_timeout=60s -c lock_timeout=3s");
}

bool address_set(struct address *address, const char *conninfo, const char *as, const char *socket,
                 bool interactive, struct error *error)
{
    memset(address, 0, sizeof *address);
    add_defaults(address);
    if (address_is_private(conninfo))
        set_private(address, socket, interactive);
    else if (!set_outside(address, conninfo, error))
        return false;
    if (as && *as)
        address_add(address, "user", as);
    else if (address->private_cluster && !environment_has("PGUSER"))
        address_add(address, "user", "bankops_dba");
    return true;
}

/* The last setting that libpq looks at is made a wrong one: when it complains about that, all
 * others are right; and it never comes to connecting. */
bool address_check(const char *conninfo, struct error *error)
{
    static const char none[] = "none of the kind";
    struct address address;
    if (address_is_private(conninfo))
        return true;
    bool good = address_set(&address, conninfo, NULL, NULL, true, error);
    if (good) {
        address_add(&address, "target_session_attrs", none);
        PGconn *pg = PQconnectStartParams(address.keywords, address.values, 1);
        const char *message = PQerrorMessage(pg);
        good = strstr(message, none) || set_flaw(message, NULL, error);
        PQfinish(pg);
    }
    address_free(&address);
    return good;
}

/* An option that libpq refuses stops it after it has put all settings together. */
PQconninfoOption *address_settings(const struct address *address)
{
    struct address probe = *address;
    address_add(&probe, "sslmode", "none of the kind");
    PGconn *pg = PQconnectStartParams(probe.keywords, probe.values, 1);
    PQconninfoOption *settings = PQconninfo(pg);
    PQfinish(pg);
    return settings;
}

const char *address_setting(const PQconninfoOption *settings, const char *keyword)
{
    for (; settings && settings->keyword; settings++)
        if (!strcmp(settings->keyword, keyword))
            return settings->val ? settings->val : "";
    return "";
}

char *address_user(const char *conninfo, bool *named)
{
    const struct passwd *account = getpwuid(geteuid());
    struct address address;
    PQconninfoOption *settings = NULL;
    if (address_set(&address, conninfo, NULL, NULL, true, NULL))
        settings = address_settings(&address);
    address_free(&address);
    char *user = xstrdup(address_setting(settings, "user"));
    PQconninfoFree(settings);
    *named = *user && (!account || strcmp(user, account->pw_name) != 0);
    return user;
}
