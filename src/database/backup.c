#include "database/backup.h"

#include "base/alloc.h"
#include "base/language.h"
#include "database/process.h"
#include "database/session.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* An archive knows objects of one database. What it leaves out is kept in a table of it: the roles
 * of the staff and what they may do to the database itself, whose name stands as %DATABASE%. */
static const char snapshot_sql[] =
    "BEGIN;"
    "CREATE TABLE IF NOT EXISTS migration.global ("
    " place int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, statement text NOT NULL);"
    "LOCK TABLE migration.global;"
    "DELETE FROM migration.global;"
    "CREATE TEMP VIEW staff_role AS WITH RECURSIVE r AS ("
    " SELECT oid FROM pg_roles WHERE rolname LIKE 'bankops\\_%' AND NOT rolsuper"
    " UNION SELECT m.member FROM pg_auth_members m JOIN r ON m.roleid = r.oid)"
    " SELECT p.* FROM pg_roles p JOIN r USING (oid) WHERE NOT rolsuper;"
    "INSERT INTO migration.global (statement) SELECT format('CREATE ROLE %I %s %s', rolname,"
    " CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,"
    " CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END) FROM staff_role ORDER BY rolname;"
    "INSERT INTO migration.global (statement) SELECT format('GRANT %I TO %I', g.rolname, s.rolname)"
    " FROM pg_auth_members m JOIN staff_role s ON s.oid = m.member JOIN staff_role g"
    " ON g.oid = m.roleid ORDER BY 1;"
    "INSERT INTO migration.global (statement) SELECT format('ALTER ROLE %I SET %I TO %L', rolname,"
    " split_part(c, '=', 1), substr(c, strpos(c, '=') + 1))"
    " FROM staff_role, unnest(rolconfig) c ORDER BY 1;"
    "INSERT INTO migration.global (statement) SELECT format('ALTER DATABASE %%DATABASE%% SET %I TO"
    " %L', split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)) FROM pg_db_role_setting s,"
    " unnest(s.setconfig) c WHERE s.setrole = 0 AND s.setdatabase ="
    " (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1;"
    "INSERT INTO migration.global (statement) SELECT 'REVOKE ALL ON DATABASE %DATABASE% FROM "
    "PUBLIC'"
    " FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL;"
    "INSERT INTO migration.global (statement) SELECT format('GRANT %s ON DATABASE %%DATABASE%% TO"
    " %s', a.privilege_type, coalesce(quote_ident(s.rolname), 'PUBLIC')) FROM pg_database d,"
    " aclexplode(d.datacl) a LEFT JOIN staff_role s ON s.oid = a.grantee"
    " WHERE d.datname = current_database() AND (s.oid IS NOT NULL OR a.grantee = 0) ORDER BY 1;"
    "DROP VIEW staff_role;"
    "COMMIT;";

/* The environment for pg_dump and pg_restore: this very connection, its password included. */
static char **connection_environment(PGconn *connection)
{
    int count = 0, capacity = 0;
    char **list = NULL;
    PQconninfoOption *options = PQconninfo(connection);
    for (char **entry = environ; *entry; entry++) {
        if (!strncmp(*entry, "PG", 2))
            continue;
        ARRAY_RESERVE(list, count, capacity);
        list[count++] = xstrdup(*entry);
    }
    for (PQconninfoOption *o = options; o && o->keyword; o++) {
        const char *value = o->val;
        if (!strcmp(o->keyword, "host"))
            value = PQhost(connection);
        else if (!strcmp(o->keyword, "port"))
            value = PQport(connection);
        if (!o->envvar || !value || !*value)
            continue;
        ARRAY_RESERVE(list, count, capacity);
        list[count++] = xasprintf("%s=%s", o->envvar, value);
    }
    PQconninfoFree(options);
    ARRAY_RESERVE(list, count, capacity);
    list[count] = NULL;
    return list;
}

static void free_environment(char **list)
{
    for (char **entry = list; *entry; entry++) {
        explicit_bzero(*entry, strlen(*entry));
        free(*entry);
    }
    free(list);
}

/* Runs one of PostgreSQL's programs on the connection (which may be NULL); argv[0] is its name. */
static bool run(PGconn *connection, const char **argv, struct buffer *output, struct error *error)
{
    const char *name = argv[0];
    char *program = cluster_program(name, error);
    if (!program)
        return false;
    char **environment = connection ? connection_environment(connection) : NULL;
    argv[0] = program;
    int status = process_run(argv, environment, output, error);
    if (status > 0) {
        const char *reason = strstr(buffer_text(output), "error: ");
        error_set(error, ERROR_SYSTEM, name,
                  _("Check the folder, the free space and the rights of this login."), "%.400s",
                  reason ? reason + 7 : buffer_text(output));
        error->what[strcspn(error->what, "\n")] = '\0';
    }
    if (environment)
        free_environment(environment);
    free(program);
    return status == 0;
}

static char *file_name(const char *place)
{
    struct stat status;
    char stamp[32];
    time_t now = time(NULL);
    if (stat(place, &status) < 0 || !S_ISDIR(status.st_mode))
        return xstrdup(place);
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", localtime(&now));
    return xasprintf("%s/bankops-%s.backup", place, stamp);
}

static bool dump(PGconn *connection, const char *path, struct error *error)
{
    const char *argv[] = {"pg_dump", "--format=custom", "--no-password", "--file", path, NULL};
    struct buffer output = BUFFER_INIT;
    bool done = run(connection, argv, &output, error);
    buffer_free(&output);
    return done;
}

bool backup_write(PGconn *connection, const char *place, const struct progress *progress,
                  char **path, struct error *error)
{
    *path = file_name(place);
    if (access(*path, F_OK) == 0)
        return error_set(error, ERROR_USAGE, *path, _("Name a new file, or a folder."),
                         _("exists already and is not overwritten"));
    if (!session_script(connection, snapshot_sql, error))
        return false;
    if (progress && progress->report)
        progress->report(progress->data, _("writing the backup"));
    char *temporary = xasprintf("%s.%ld.new", *path, (long)getpid());
    mode_t old = umask(077);
    bool done = dump(connection, temporary, error);
    if (done && renameat2(AT_FDCWD, temporary, AT_FDCWD, *path, RENAME_NOREPLACE) < 0)
        done = error_errno(error, *path, NULL, _("the backup cannot be put in place"));
    if (!done)
        unlink(temporary);
    umask(old);
    free(temporary);
    return done;
}

bool backup_check(const char *file, struct error *error)
{
    const char *argv[] = {"pg_restore", "--list", file, NULL};
    struct buffer output = BUFFER_INIT;
    if (access(file, R_OK) < 0)
        return error_errno(error, file, _("Check the name and the permissions."),
                           _("cannot be opened"));
    bool done = run(NULL, argv, &output, error);
    if (!done || !strstr(buffer_text(&output), "TABLE DATA migration global"))
        done = error_set(error, ERROR_INPUT, file,
                         _("Name a file that bankops database backup wrote."),
                         _("is not a whole backup of bankops"));
    buffer_free(&output);
    return done;
}

static bool check_empty(PGconn *connection, struct error *error)
{
    char *name;
    if (!session_value(connection,
                       "SELECT coalesce((SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN"
                       " pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_' AND"
                       " n.nspname <> 'information_schema' ORDER BY 1 LIMIT 1), '')",
                       0, NULL, &name, error))
        return false;
    bool empty =
        !*name || error_set(error, ERROR_REFUSED, PQdb(connection),
                            _("Nothing was changed. Set BANKOPS_DATA to a new folder, or name an "
                              "empty database."),
                            _("the database is not empty: it holds %s"), name);
    free(name);
    return empty;
}

/* Undoes the escapes of COPY's text format in place. */
static void unescape(char *text)
{
    char *to = text;
    for (; *text; text++) {
        if (*text == '\\' && text[1]) {
            text++;
            *to++ = *text == 't' ? '\t' : *text == 'n' ? '\n' : *text == 'r' ? '\r' : *text;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

/* One statement of migration.global; roles that exist already stay as they are. */
static bool execute_global(PGconn *connection, const char *statement, struct error *error)
{
    struct buffer sql = BUFFER_INIT;
    struct error found = ERROR_INIT;
    char *database = PQescapeIdentifier(connection, PQdb(connection), strlen(PQdb(connection)));
    const char *mark = strstr(statement, "%DATABASE%");
    if (mark) {
        buffer_add_bytes(&sql, statement, (size_t)(mark - statement));
        buffer_add(&sql, database);
        statement = mark + strlen("%DATABASE%");
    }
    buffer_add(&sql, statement);
    bool done =
        session_do(connection, buffer_text(&sql), 0, NULL, &found) || !strcmp(found.code, "42710");
    if (!done && error)
        *error = found;
    buffer_free(&sql);
    PQfreemem(database);
    return done;
}

/* Executes the lines "place TAB statement" of the table's COPY block. */
static bool execute_globals(PGconn *connection, char *text, struct error *error)
{
    char *line = strstr(text, "\nCOPY migration.global ");
    char *rest = NULL;
    bool done = true;
    if (!line)
        return true;
    strtok_r(line + 1, "\n", &rest);
    while (done && (line = strtok_r(NULL, "\n", &rest)) && strcmp(line, "\\.")) {
        char *statement = strchr(line, '\t');
        if (!statement)
            continue;
        unescape(++statement);
        done = execute_global(connection, statement, error);
    }
    return done;
}

static bool restore_globals(PGconn *connection, const char *file, struct error *error)
{
    const char *argv[] = {
        "pg_restore", "--data-only", "--schema=migration", "--table=global", "--file=-",
        file,         NULL};
    struct buffer output = BUFFER_INIT;
    bool done = run(NULL, argv, &output, error) && execute_globals(connection, output.data, error);
    buffer_free(&output);
    return done;
}

static bool restore_objects(PGconn *connection, const char *file, struct error *error)
{
    const char *argv[] = {"pg_restore",
                          "--single-transaction",
                          "--exit-on-error",
                          "--no-password",
                          "--dbname",
                          PQdb(connection),
                          file,
                          NULL};
    struct buffer output = BUFFER_INIT;
    bool done = run(connection, argv, &output, error);
    buffer_free(&output);
    return done;
}

bool backup_restore(PGconn *connection, const char *file, const struct progress *progress,
                    struct error *error)
{
    if (!check_empty(connection, error) || !restore_globals(connection, file, error))
        return false;
    if (progress && progress->report)
        progress->report(progress->data, _("loading the backup"));
    return restore_objects(connection, file, error) &&
           session_do(connection, "ANALYZE", 0, NULL, error);
}
