#include "base/alloc.h"
#include "base/language.h"
#include "command/command.h"
#include "command/options.h"
#include "command/work.h"
#include "database/address.h"
#include "database/backup.h"
#include "database/cluster.h"
#include "database/migrate.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    const char *conninfo; /* --database */
    const char *as;       /* --as */
    bool quiet;
} options;

static const char help[] = N_(
    "Usage: bankops database [OPTION…] ACTION\n"
    "\n"
    "Actions:\n"
    "  init            create the private database and its schema, and start it\n"
    "  start           start it and keep it running until it is stopped\n"
    "  stop            stop it and the workers; open consoles lose their connection\n"
    "  status          say where it is and how it is; exit status 3 when it is stopped\n"
    "  migrate         bring the schema up to this program\n"
    "  backup PLACE    write a backup: into a new file, or into a folder under a dated name\n"
    "  restore FILE    load a backup into an empty database\n"
    "\n"
    "Options:\n"
    "  --database CONNINFO  use this server instead of the private one (libpq connection string;\n"
    "                       PGSERVICE, PGHOST and the like do the same)\n"
    "  --as ROLE            connect as this role\n"
    "  --quiet              say nothing unless something fails\n"
    "\n"
    "The private database is under $BANKOPS_DATA, else /var/lib/bankops for root, else\n"
    "~/.local/share/bankops. Any command starts it on demand; so started, it stops ten minutes\n"
    "(BANKOPS_LINGER seconds) after its last user has left.\n");

static void report(void *data, const char *what)
{
    (void)data;
    if (!options.quiet) {
        printf("%s …\n", what);
        fflush(stdout);
    }
}

static const struct progress progress = {report, NULL};

static void say(const char *text)
{
    if (!options.quiet)
        puts(text);
}

static int fail(const struct error *error)
{
    error_print(error);
    return error_exit_status(error);
}

static bool only_private(const char *action, struct error *error)
{
    return address_is_private(options.conninfo) ||
           error_set(error, ERROR_USAGE, action,
                     _("Unset PGHOST, PGSERVICE, PGDATABASE … or use the server's own tools."),
                     _("works on the private database only, and another server is named"));
}

static PGconn *open_session(struct error *error)
{
    struct session_options wanted = {
        .conninfo = options.conninfo, .as = options.as, .any_schema = true, .report = report};
    return session_open(&wanted, error);
}

static bool migrate(const char *argument, struct error *error)
{
    int applied;
    (void)argument;
    PGconn *connection = open_session(error);
    bool done = connection && migrate_run(connection, &progress, &applied, error);
    if (done && !options.quiet)
        printf(ngettext("%d step applied\n", "%d steps applied\n", (unsigned long)applied),
               applied);
    PQfinish(connection);
    return done;
}

static bool start(bool keep, struct error *error)
{
    char *socket = NULL;
    bool done = cluster_start(false, keep, &progress, &socket, error);
    if (done && !options.quiet)
        printf(_("the database runs; socket folder %s\n"), socket);
    free(socket);
    return done;
}

static bool action_init(const char *argument, struct error *error)
{
    struct cluster_status status;
    (void)argument;
    if (!only_private("init", error) || !cluster_status(&status, error))
        return false;
    if (status.exists)
        return error_set(error, ERROR_REFUSED, status.data,
                         _("Nothing was changed. bankops database migrate updates the schema."),
                         _("there is a database already"));
    return start(false, error);
}

static bool action_start(const char *argument, struct error *error)
{
    (void)argument;
    return only_private("start", error) && start(true, error);
}

static bool action_stop(const char *argument, struct error *error)
{
    (void)argument;
    bool ended;
    if (!only_private("stop", error) || !work_end_here(&ended, error) ||
        !cluster_stop(&progress, error))
        return false;
    say(_("the database is stopped"));
    return true;
}

static bool action_backup(const char *place, struct error *error)
{
    char *path = NULL;
    PGconn *connection = open_session(error);
    bool done = connection && backup_write(connection, place, &progress, &path, error);
    if (done && !options.quiet)
        printf(_("backup written: %s\n"), path);
    free(path);
    PQfinish(connection);
    return done;
}

/* The private cluster has to know the logins that came with the backup. */
static bool allow_logins(PGconn *connection, struct error *error)
{
    PGresult *rows;
    struct session_options session = {.conninfo = options.conninfo};
    if (!session_rows(connection,
                      "SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper", 0, NULL,
                      &rows, error))
        return false;
    int n = PQntuples(rows);
    const char **names = xcalloc((size_t)n + 1, sizeof *names);
    for (int i = 0; i < n; i++)
        names[i] = PQgetvalue(rows, i, 0);
    bool done = session_allow_login(&session, n, names, error);
    free(names);
    PQclear(rows);
    return done;
}

/* The private cluster is made without a schema when it is missing: the backup brings one. */
static bool action_restore(const char *file, struct error *error)
{
    char *socket = NULL;
    if (!backup_check(file, error))
        return false;
    if (address_is_private(options.conninfo) &&
        !cluster_start(true, false, &progress, &socket, error))
        return false;
    free(socket);
    PGconn *connection = open_session(error);
    bool done = connection && backup_restore(connection, file, &progress, error) &&
                migrate_run(connection, &progress, NULL, error) &&
                allow_logins(connection, error);
    PQfinish(connection);
    if (done)
        say(_("backup restored"));
    return done;
}

static bool show(PGconn *connection, struct error *error)
{
    PGresult *rows;
    static const char sql[] =
        "SELECT current_setting('server_version'), pg_size_pretty(pg_database_size("
        "current_database())), current_setting('fsync') || ', synchronous_commit ' ||"
        " coalesce((SELECT split_part(c, '=', 2) FROM pg_db_role_setting s, unnest(s.setconfig) c"
        " WHERE s.setrole = 0 AND s.setdatabase = (SELECT oid FROM pg_database"
        " WHERE datname = current_database()) AND c LIKE 'synchronous_commit=%'),"
        " current_setting('synchronous_commit')), current_database(), current_user,"
        " current_setting('data_checksums')";
    if (!session_rows(connection, sql, 0, NULL, &rows, error))
        return false;
    printf(_("server      PostgreSQL %s\n"), PQgetvalue(rows, 0, 0));
    printf(_("database    %s, %s, as %s\n"), PQgetvalue(rows, 0, 3), PQgetvalue(rows, 0, 1),
           PQgetvalue(rows, 0, 4));
    printf(_("durability  fsync %s, checksums %s\n"), PQgetvalue(rows, 0, 2),
           PQgetvalue(rows, 0, 5));
    PQclear(rows);
    return true;
}

static void show_schema(PGconn *connection)
{
    struct error error = ERROR_INIT;
    PGresult *version = PQexec(connection, migrate_version_sql);
    bool fits = migrate_check(version, &error);
    bool known = PQresultStatus(version) == PGRES_TUPLES_OK;
    printf(_("schema      %s%s%s\n"), known ? PQgetvalue(version, 0, 1) : "",
           known && !fits ? ": " : "", fits ? "" : error.what);
    PQclear(version);
}

/* 0 when the server runs, 3 when it is stopped or cannot be reached. */
static int action_status(void)
{
    struct error error = ERROR_INIT;
    struct cluster_status status = {.running = true};
    if (address_is_private(options.conninfo)) {
        if (!cluster_status(&status, &error))
            return fail(&error);
        printf(_("data        %s\n"), status.data);
        printf(_("socket      %s\n"), status.socket);
    }
    if (!status.running) {
        printf(_("state       %s\n"), status.exists ? _("stopped") : _("not created yet"));
        return 3;
    }
    PGconn *connection = open_session(&error);
    if (!connection || !show(connection, &error)) {
        PQfinish(connection);
        return fail(&error);
    }
    show_schema(connection);
    if (status.pid)
        printf(_("state       running, process %ld\n"), (long)status.pid);
    else
        printf(_("state       running on another server: %s\n"), PQhost(connection));
    PQfinish(connection);
    return 0;
}

static const struct action {
    const char *name;
    int arguments;
    bool (*run)(const char *argument, struct error *error);
} actions[] = {
    {"init", 0, action_init},       {"start", 0, action_start},
    {"stop", 0, action_stop},       {"status", 0, NULL},
    {"migrate", 0, migrate},        {"backup", 1, action_backup},
    {"restore", 1, action_restore}, {NULL, 0, NULL},
};

/* Leaves optind at the action; -1 to go on, else the exit status. */
static int read_options(int argc, char **argv)
{
    const struct command_option list[] = {
        {"database", &options.conninfo, NULL},
        {"as", &options.as, NULL},
        {"quiet", NULL, &options.quiet},
    };
    struct error error = ERROR_INIT;
    bool helped = false;
    if (!options_read(list, ARRAY_LENGTH(list), argc, argv, &helped, &error))
        return fail(&error);
    if (helped)
        fputs(_(help), stdout);
    return helped ? 0 : -1;
}

int command_database(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    int status = read_options(argc, argv);
    if (status >= 0)
        return status;
    const char *name = optind < argc ? argv[optind] : "";
    const struct action *action = actions;
    while (action->name && strcmp(action->name, name))
        action++;
    if (!action->name || argc - optind - 1 != action->arguments) {
        error_set(&error, ERROR_USAGE, *name ? name : "database",
                  _("bankops database --help lists the actions."),
                  action->name ? _("wrong number of arguments") : _("unknown or missing action"));
        return fail(&error);
    }
    if (!action->run)
        return action_status();
    return action->run(optind + 1 < argc ? argv[optind + 1] : NULL, &error) ? 0 : fail(&error);
}
