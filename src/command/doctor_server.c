#include "base/alloc.h"
#include "base/language.h"
#include "command/doctor.h"
#include "database/address.h"
#include "database/cluster.h"
#include "database/migrate.h"
#include "database/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static void say_error(struct doctor *doctor, const char *topic, const struct error *error)
{
    doctor_say(doctor, DOCTOR_FAIL, topic, error->todo[0] ? error->todo : NULL, "%s%s%s",
               error->where, error->where[0] ? ": " : "", error->what);
}

static void check_schema(struct doctor *doctor, PGconn *connection)
{
    struct error error = ERROR_INIT;
    PGresult *version = PQexec(connection, migrate_version_sql);
    if (!migrate_check(version, &error))
        say_error(doctor, _("schema"), &error);
    else
        doctor_say(doctor, DOCTOR_OK, _("schema"), NULL, _("%s steps, the newest is %s"),
                   PQgetvalue(version, 0, 0), PQgetvalue(version, 0, 1));
    PQclear(version);
}

static void check_clock(struct doctor *doctor, PGconn *connection)
{
    struct error error = ERROR_INIT;
    struct timeval before, after;
    char *text;
    gettimeofday(&before, NULL);
    if (!session_value(connection, "SELECT extract(epoch FROM clock_timestamp())", 0, NULL, &text,
                       &error)) {
        say_error(doctor, _("clock"), &error);
        return;
    }
    gettimeofday(&after, NULL);
    double middle = ((double)before.tv_sec + (double)after.tv_sec) / 2 +
                    ((double)before.tv_usec + (double)after.tv_usec) / 2e6;
    double skew = fabs(strtod(text, NULL) - middle);
    doctor_say(doctor, skew > 2 ? DOCTOR_WARN : DOCTOR_OK, _("clock"),
               _("Synchronise both clocks (systemd-timesyncd or chrony)."),
               _("%.3f s between this machine and the server"), skew);
    free(text);
}

/* A clock that was set back: what the server wrote last lies in the future. A role that may not ask
 * learns nothing. */
static void check_clock_back(struct doctor *doctor, PGconn *connection)
{
    struct error error = ERROR_INIT;
    char *text;
    if (!session_value(connection,
                       "SELECT extract(epoch FROM greatest(pg_postmaster_start_time(),"
                       " (pg_control_checkpoint()).checkpoint_time) - clock_timestamp())",
                       0, NULL, &text, &error))
        return;
    double ahead = strtod(text, NULL);
    if (ahead > 2)
        doctor_say(doctor, DOCTOR_WARN, _("clock"),
                   _("Set it right before anybody works: deadlines and the audit trail follow it."),
                   _("the server's clock went back: it wrote %.0f s later than it says now"), ahead);
    free(text);
}

/* Much goes by the bank's day, which a worker moves. A stranger and an older schema tell nothing. */
static void check_day(struct doctor *doctor, PGconn *connection)
{
    struct error error = ERROR_INIT;
    PGresult *rows;
    if (!session_rows(connection, "SELECT day, calendar, late FROM api.business_day()", 0, NULL, &rows,
                      &error))
        return;
    const char *day = PQntuples(rows) ? PQgetvalue(rows, 0, 0) : NULL;
    if (day && *PQgetvalue(rows, 0, 2) == 't')
        doctor_say(doctor, DOCTOR_WARN, _("bank's day"),
                   _("Keep bankops work running, it ends the day; bankops clock --once does it now."),
                   _("still %s, the calendar says %s: no worker ended the day"), day,
                   PQgetvalue(rows, 0, 1));
    else if (day)
        doctor_say(doctor, DOCTOR_OK, _("bank's day"), NULL, "%s", day);
    PQclear(rows);
}

/* Whether a worker takes the steps of the clocks. */
static void check_clocks(struct doctor *doctor, PGconn *connection)
{
    struct error error = ERROR_INIT;
    PGresult *rows;
    if (!session_rows(connection,
                      "SELECT to_char(due_since, 'YYYY-MM-DD HH24:MI'), failed "
                      "FROM api.clock_watch()",
                      0, NULL, &rows, &error))
        return;
    bool known = PQntuples(rows) > 0, late = known && !PQgetisnull(rows, 0, 0);
    bool failed = known && strcmp(PQgetvalue(rows, 0, 1), "0");
    if (late)
        doctor_say(doctor, DOCTOR_WARN, _("clocks"),
                   _("Keep bankops work running, it reminds and escalates."),
                   _("steps are due since %s and no worker took them"), PQgetvalue(rows, 0, 0));
    if (failed)
        doctor_say(doctor, DOCTOR_WARN, _("clocks"),
                   _("The work list of supervisors names the cases and the errors."),
                   _("steps that could not be taken in 24 hours: %s"), PQgetvalue(rows, 0, 1));
    if (known && !late && !failed)
        doctor_say(doctor, DOCTOR_OK, _("clocks"), NULL, _("watched"));
    PQclear(rows);
}

/* Whether the day end fails at points or at services of accounts; nothing to say is said nowhere. */
static void check_day_end(struct doctor *doctor, PGconn *connection)
{
    struct error error = ERROR_INIT;
    PGresult *rows;
    if (!session_rows(connection,
                      "SELECT failed, to_char(since, 'YYYY-MM-DD HH24:MI'), left(error, 200) "
                      "FROM api.day_watch() WHERE failed > 0",
                      0, NULL, &rows, &error))
        return;
    if (PQntuples(rows))
        doctor_say(doctor, DOCTOR_WARN, _("services"),
                   _("The work list of supervisors names them; they are tried again every five "
                     "minutes."),
                   _("wages, statements or points that could not be done since %s: %s; the last: %s"),
                   PQgetvalue(rows, 0, 1), PQgetvalue(rows, 0, 0), PQgetvalue(rows, 0, 2));
    PQclear(rows);
}

/* Systems from which nothing comes; nothing to say is said nowhere. */
static void check_sources(struct doctor *doctor, PGconn *connection)
{
    struct error error = ERROR_INIT;
    PGresult *rows;
    if (!session_rows(connection,
                      "SELECT system, last_error, to_char(since, 'YYYY-MM-DD HH24:MI') "
                      "FROM api.source_watch()",
                      0, NULL, &rows, &error))
        return;
    for (int i = 0; i < PQntuples(rows); i++)
        if (*PQgetvalue(rows, i, 1))
            doctor_say(doctor, DOCTOR_WARN, _("sources"),
                       _(":src has its address; what it holds comes once it answers."),
                       _("%s does not answer: %s, last tried %s"), PQgetvalue(rows, i, 0),
                       PQgetvalue(rows, i, 1), PQgetvalue(rows, i, 2));
        else
            doctor_say(doctor, DOCTOR_WARN, _("sources"), _("Keep bankops work running, it pulls."),
                       _("no worker has asked %s since %s"), PQgetvalue(rows, i, 0),
                       PQgetvalue(rows, i, 2));
    PQclear(rows);
}

/* A setting of the server that bankops relies on. */
static void check_setting(struct doctor *doctor, PGconn *connection, const char *name,
                          const char *wanted, const char *todo)
{
    struct error error = ERROR_INIT;
    char *value;
    const char *values[] = {name};
    if (!session_value(connection, "SELECT pg_catalog.current_setting($1)", 1, values, &value,
                       &error)) {
        say_error(doctor, name, &error);
        return;
    }
    if (strcmp(value, wanted))
        doctor_say(doctor, DOCTOR_WARN, _("server setting"), todo, "%s = %s", name, value);
    free(value);
}

static void check_server(struct doctor *doctor, PGconn *connection)
{
    int version = PQserverVersion(connection);
    doctor_say(doctor, DOCTOR_OK, _("server"), NULL, _("PostgreSQL %d.%d, database %s, as %s"),
               version / 10000, version % 10000, PQdb(connection), PQuser(connection));
    check_setting(doctor, connection, "fsync", "on",
                  _("Switch it on: without it a power cut destroys the database."));
    check_setting(doctor, connection, "full_page_writes", "on",
                  _("Switch it on: without it a power cut destroys the database."));
    check_setting(doctor, connection, "server_encoding", "UTF8",
                  _("Create the database with encoding UTF8."));
    check_setting(doctor, connection, "data_checksums", "on",
                  _("Switch them on with pg_checksums while the server is stopped."));
    check_clock(doctor, connection);
    check_clock_back(doctor, connection);
    check_schema(doctor, connection);
    check_day(doctor, connection);
    check_clocks(doctor, connection);
    check_day_end(doctor, connection);
    check_sources(doctor, connection);
    doctor_log(doctor, connection);
}

void doctor_server(struct doctor *doctor)
{
    struct error error = ERROR_INIT;
    if (address_is_private(doctor->conninfo)) {
        char *socket = cluster_running();
        if (!socket && doctor->blocked)
            return;
        if (!socket) {
            doctor_say(doctor, DOCTOR_OK, _("server"), NULL,
                       _("the private server is stopped; it starts on demand"));
            return;
        }
        free(socket);
    }
    struct session_options options = {
        .conninfo = doctor->conninfo, .as = doctor->as, .any_schema = true};
    PGconn *connection = session_open(&options, &error);
    if (!connection) {
        say_error(doctor, _("server"), &error);
        return;
    }
    check_server(doctor, connection);
    PQfinish(connection);
}
