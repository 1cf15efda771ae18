#include "database/cluster_inside.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/language.h"
#include "database/process.h"

#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RELOAD_MS = 5000, IDENT_BYTES = 16 << 20 };

/* One line per operating-system account that may be this role: the owner of the data and root. */
static void add_role(struct buffer *text, const struct home *home, const char *role)
{
    const char *const accounts[] = {home->owner, strcmp(home->owner, "root") ? "root" : NULL};
    for (size_t i = 0; i < ARRAY_LENGTH(accounts); i++) {
        if (!accounts[i])
            continue;
        buffer_format(text, "bankops \"%s\" \"", accounts[i]);
        for (const char *at = role; *at; at++) {
            if (*at == '"')
                buffer_add_char(text, '"');
            buffer_add_char(text, *at);
        }
        buffer_add(text, "\"\n");
    }
}

bool login_write_first(const struct home *home, const char *data, struct error *error)
{
    struct buffer text = BUFFER_INIT;
    char *path = xasprintf("%s/pg_ident.conf", data);
    buffer_add(&text, "# Written by bankops: map, operating-system account, database role\n");
    add_role(&text, home, CLUSTER_SUPERUSER);
    bool done = file_write(path, text.data, text.length, error);
    free(path);
    buffer_free(&text);
    return done;
}

static bool is_clean(const char *name)
{
    if (!*name || strlen(name) > 63 || *name == '/')
        return false;
    for (const char *at = name; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 127)
            return false;
    return true;
}

/* Appends the roles that the map does not know yet; *changed tells whether there were any. */
static bool add_missing(const struct home *home, int n, const char *const *names,
                        struct buffer *text, bool *changed, struct error *error)
{
    *changed = false;
    for (int i = 0; i < n; i++) {
        struct buffer line = BUFFER_INIT;
        if (!is_clean(names[i]))
            return error_set(error, ERROR_INPUT, names[i], NULL, _("is not a usable login name"));
        add_role(&line, home, names[i]);
        if (!strstr(buffer_text(text), line.data)) {
            buffer_add(text, line.data);
            *changed = true;
        }
        buffer_free(&line);
    }
    return true;
}

struct map {
    const char *path;
    const struct buffer *text;
};

static bool write_map(void *data, const struct progress *progress, struct error *error)
{
    const struct map *map = data;
    (void)progress;
    return file_write(map->path, map->text->data, map->text->length, error);
}

/* When the server last read its files, as a new connection sees it; "" when it cannot be asked. */
static void load_time(const char *socket, char *text, size_t capacity)
{
    const char *const keywords[] = {"host", "port", "user", "dbname", "connect_timeout", NULL};
    const char *const values[] = {socket, "5432", CLUSTER_SUPERUSER, "template1", "5", NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 0);
    PGresult *result = PQexec(connection, "SELECT pg_conf_load_time()");
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK;
    snprintf(text, capacity, "%s", good ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(connection);
}

static bool write_and_reload(const struct home *home, struct map *map, struct error *error)
{
    char before[64], now[64];
    struct server server;
    server_read(home, &server);
    if (server.ready)
        load_time(server.socket, before, sizeof before);
    if (!process_as(home->uid, home->gid, home->owner, write_map, map, NULL, error))
        return false;
    if (!server.ready)
        return true;
    kill(server.pid, SIGHUP);
    for (int64_t begin = clock_ms(); clock_ms() - begin < RELOAD_MS; poll(NULL, 0, 2)) {
        load_time(server.socket, now, sizeof now);
        if (strcmp(before, now))
            return true;
    }
    return error_set(error, ERROR_SYSTEM, map->path, _("The log file says more."),
                     _("the server did not read the new logins"));
}

static bool allow(const struct home *home, int n, const char *const *names, struct error *error)
{
    struct buffer text = BUFFER_INIT;
    char *old = NULL, *path = xasprintf("%s/pg_ident.conf", home->data);
    size_t length;
    bool changed;
    bool done = file_read(path, IDENT_BYTES, &old, &length, error);
    if (done) {
        struct map map = {path, &text};
        buffer_add_bytes(&text, old, length);
        done = add_missing(home, n, names, &text, &changed, error) &&
               (!changed || write_and_reload(home, &map, error));
    }
    buffer_free(&text);
    free(old);
    free(path);
    return done;
}

bool cluster_allow_login(int n, const char *const *names, struct error *error)
{
    struct home home;
    if (!home_open(&home, false, error))
        return false;
    bool done = linger_open(&home, error) && linger_lock_start(error);
    if (done) {
        done = allow(&home, n, names, error);
        linger_unlock_start();
    }
    home_free(&home);
    return done;
}

bool cluster_knows(const char *name)
{
    struct home home;
    struct error error = ERROR_INIT;
    struct buffer line = BUFFER_INIT;
    char *text = NULL;
    size_t length;
    bool known = true; /* without a map there is nothing to add to */
    if (!is_clean(name) || !home_open(&home, false, &error))
        return true;
    char *path = xasprintf("%s/pg_ident.conf", home.data);
    add_role(&line, &home, name);
    if (file_read(path, IDENT_BYTES, &text, &length, &error))
        known = strstr(text, line.data) != NULL;
    free(text);
    free(path);
    buffer_free(&line);
    home_free(&home);
    return known;
}

/* Whether the server has a role of this name that is a member of staff and may log in. */
static bool is_staff(const char *socket, const char *name)
{
    const char *const keywords[] = {"host", "port", "user", "dbname", "connect_timeout", NULL};
    const char *const values[] = {socket, "5432", CLUSTER_SUPERUSER, CLUSTER_DATABASE, "5", NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 0);
    PGresult *result = PQexecParams(connection,
                                    "SELECT 1 FROM pg_roles WHERE rolname = $1 AND rolcanlogin"
                                    " AND NOT rolsuper AND pg_has_role(oid, 'bankops_staff', 'MEMBER')",
                                    1, NULL, &name, NULL, NULL, 0);
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
    PQclear(result);
    PQfinish(connection);
    return good;
}

bool cluster_welcome(const char *name, struct error *error)
{
    if (cluster_knows(name))
        return true;
    char *socket = cluster_running();
    bool staff = socket && is_staff(socket, name);
    free(socket);
    return !staff || cluster_allow_login(1, &name, error);
}
