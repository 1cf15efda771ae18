#include "base/alloc.h"
#include "base/language.h"
#include "base/place.h"
#include "command/doctor.h"
#include "database/address.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Sign-ins that the server refused stand in its log alone: who never came in has no audit row. The log
 * of the private server is ours to read; that of another one only its keepers read. */

enum { TAIL = 1 << 20, DAY = 86400, MANY = 10 };

struct refused {
    char *logins; /* of staff, each between line ends */
    int count, strangers;
    char since[20]; /* lines before this moment are old */
    char at[20], name[64]; /* the last one */
};

/* 2026-11-23 16:53:18.759 UTC [9991] x FATAL:  password authentication failed for user "x" */
static void read_line(struct refused *refused, const char *line)
{
    static const char *const reasons[] = {"authentication failed for user \"",
                                          "no pg_hba.conf entry for host", "FATAL:  role \""};
    const char *fatal = strstr(line, "FATAL:  "), *found = NULL;
    for (size_t i = 0; fatal && !found && i < ARRAY_LENGTH(reasons); i++)
        found = strstr(fatal, reasons[i]);
    const char *quote = found ? strchr(found, '"') : NULL;
    if (!found || strlen(line) < 19 || strncmp(line, refused->since, 19) < 0)
        return;
    char name[64], between[70];
    snprintf(name, sizeof name, "%.*s", quote ? (int)strcspn(quote + 1, "\"\n") : 0,
             quote ? quote + 1 : "");
    snprintf(between, sizeof between, "\n%s\n", name);
    refused->count++;
    if (refused->logins && strstr(refused->logins, between))
        return;
    refused->strangers++;
    snprintf(refused->at, sizeof refused->at, "%.19s", line);
    snprintf(refused->name, sizeof refused->name, "%s", name);
}

static bool read_log(const char *path, struct refused *refused)
{
    char line[2048];
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    if (fseek(file, -TAIL, SEEK_END) != 0)
        rewind(file); /* a short one is read whole */
    while (fgets(line, sizeof line, file))
        read_line(refused, line);
    fclose(file);
    return true;
}

static void of_private(struct doctor *doctor, PGconn *connection)
{
    static const char sql[] =
        "SELECT E'\\n' || coalesce(string_agg(login, E'\\n'), '') || E'\\n' FROM bank.staff";
    struct error error = ERROR_INIT;
    struct refused refused = {0};
    if (!session_value(connection, sql, 0, NULL, &refused.logins, &error))
        refused.logins = NULL; /* a stranger himself, or an older schema */
    time_t since = time(NULL) - DAY;
    struct tm when;
    char *data = place_data(), *path = xasprintf("%s/log/server.log", data);
    localtime_r(&since, &when);
    strftime(refused.since, sizeof refused.since, "%Y-%m-%d %H:%M:%S", &when);
    if (!read_log(path, &refused))
        doctor_say(doctor, DOCTOR_OK, _("sign-ins"), NULL,
                   _("%s cannot be read: refused ones stand there"), path);
    else if (!refused.strangers)
        doctor_say(doctor, DOCTOR_OK, _("sign-ins"), NULL,
                   _("%d refused in 24 hours, none of a stranger: %s"), refused.count, path);
    else
        doctor_say(doctor, refused.strangers < MANY ? DOCTOR_OK : DOCTOR_WARN, _("sign-ins"),
                   _("Look whether somebody tries names or passwords."),
                   _("%d refused in 24 hours, %d of strangers, the last at %s as \"%s\": %s"),
                   refused.count, refused.strangers, refused.at, refused.name, path);
    free(refused.logins);
    free(path);
    free(data);
}

/* Where another server writes them, as far as this login may know. */
static void of_other(struct doctor *doctor, PGconn *connection)
{
    struct error error = ERROR_INIT;
    char *path = NULL;
    static const char may[] =
        "SELECT has_function_privilege('pg_catalog.pg_current_logfile()', 'EXECUTE')";
    static const char where[] = "SELECT pg_catalog.current_setting('data_directory') || '/' || "
                                "pg_catalog.pg_current_logfile()";
    bool good = session_value(connection, may, 0, NULL, &path, &error) && path && *path == 't';
    free(path);
    path = NULL;
    if (good && session_value(connection, where, 0, NULL, &path, &error) && path && *path)
        doctor_say(doctor, DOCTOR_OK, _("sign-ins"), NULL,
                   _("refused ones stand in the server's log, on its machine: %s"), path);
    else
        doctor_say(doctor, DOCTOR_OK, _("sign-ins"), NULL,
                   _("refused ones stand in the server's own log, with whoever keeps that machine"));
    free(path);
}

void doctor_log(struct doctor *doctor, PGconn *connection)
{
    if (address_is_private(doctor->conninfo))
        of_private(doctor, connection);
    else
        of_other(doctor, connection);
}
