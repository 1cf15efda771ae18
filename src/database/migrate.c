#include "database/migrate.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/language.h"
#include "base/place.h"
#include "database/cluster_inside.h"
#include "database/failure.h"
#include "database/script.h"
#include "database/session.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One lock for all migrators of a database; the number says nothing ("bankops" in ASCII). */
#define LOCK_SQL "SELECT pg_advisory_xact_lock(27695038914519155)"

enum { FILE_BYTES = 8 << 20, MESSAGE_BYTES = 256 << 10 };

/* The answer of this name says that a step was recorded. */
#define DONE_COLUMN "bankops_step"

const char migrate_version_sql[] = "SELECT steps, newest FROM migration.version()";

static const char bootstrap_sql[] =
    "CREATE SCHEMA IF NOT EXISTS migration;"
    "CREATE TABLE IF NOT EXISTS migration.step ("
    " name text COLLATE \"C\" PRIMARY KEY,"
    " sha256 text NOT NULL,"
    " applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),"
    " applied_by text NOT NULL DEFAULT session_user);"
    "CREATE OR REPLACE FUNCTION migration.version(OUT steps int, OUT newest text)"
    " LANGUAGE sql STABLE SECURITY DEFINER SET search_path = migration, pg_temp"
    " AS 'SELECT count(*)::int, max(name) FROM migration.step';"
    "GRANT USAGE ON SCHEMA migration TO PUBLIC;"
    "GRANT EXECUTE ON FUNCTION migration.version() TO PUBLIC;";

struct step {
    char *name; /* "011-case", without .sql */
    char *path;
};

struct steps {
    struct step *list;
    int count, capacity;
};

static void free_steps(struct steps *steps)
{
    for (int i = 0; i < steps->count; i++) {
        free(steps->list[i].name);
        free(steps->list[i].path);
    }
    free(steps->list);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct step *)a)->name, ((const struct step *)b)->name);
}

/* NNN-topic.sql */
static bool is_step(const char *name)
{
    size_t length = strlen(name);
    return length > 8 && isdigit((unsigned char)name[0]) && isdigit((unsigned char)name[1]) &&
           isdigit((unsigned char)name[2]) && name[3] == '-' && !strcmp(name + length - 4, ".sql");
}

static bool check_numbers(const struct steps *steps, struct error *error)
{
    for (int i = 1; i < steps->count; i++)
        if (!strncmp(steps->list[i - 1].name, steps->list[i].name, 4))
            return error_set(error, ERROR_INPUT, steps->list[i].path, _("Renumber one of them."),
                             _("has the same number as %s.sql"), steps->list[i - 1].name);
    return steps->count > 0;
}

/* Lists the program's files in order. */
static bool list_steps(struct steps *steps, struct error *error)
{
    char *folder = place_share("schema");
    DIR *directory = opendir(folder);
    struct dirent *entry;
    *steps = (struct steps){NULL, 0, 0};
    while (directory && (entry = readdir(directory))) {
        if (!is_step(entry->d_name))
            continue;
        ARRAY_RESERVE(steps->list, steps->count, steps->capacity);
        steps->list[steps->count++] =
            (struct step){xstrndup(entry->d_name, strlen(entry->d_name) - 4),
                          xasprintf("%s/%s", folder, entry->d_name)};
    }
    if (directory)
        closedir(directory);
    if (steps->count)
        qsort(steps->list, (size_t)steps->count, sizeof *steps->list, by_name);
    else
        error_set(error, ERROR_SYSTEM, folder, _("Install bankops again, or set BANKOPS_SHARE."),
                  _("no schema files were found"));
    free(folder);
    bool good = check_numbers(steps, error);
    if (!good)
        free_steps(steps);
    return good;
}

/* The steps need not wait for the disk one by one: the log keeps their order, and flush() ends it.
 */
#define BEGIN_SQL                                                                                  \
    "BEGIN; SET LOCAL client_min_messages = warning; SET LOCAL synchronous_commit = "              \
    "off; " LOCK_SQL

static bool begin_locked(PGconn *connection, struct error *error)
{
    return session_script(connection, BEGIN_SQL, error);
}

/* Waits until everything is on disk. */
static bool flush(PGconn *connection, struct error *error)
{
    return session_script(connection,
                          "BEGIN; SET LOCAL synchronous_commit = on; SELECT pg_current_xact_id();"
                          "COMMIT",
                          error);
}

static bool finish(PGconn *connection, bool good, struct error *error)
{
    if (good)
        return session_do(connection, "COMMIT", 0, NULL, error);
    session_do(connection, "ROLLBACK", 0, NULL, NULL);
    return false;
}

static const struct step *find(const struct steps *steps, const char *name)
{
    struct step wanted = {(char *)(uintptr_t)name, NULL};
    return bsearch(&wanted, steps->list, (size_t)steps->count, sizeof wanted, by_name);
}

static bool too_old(const char *newest, const char *known, struct error *error)
{
    return error_set(
        error, ERROR_REFUSED, newest, _("Install the newer bankops on this machine."),
        _("the database was migrated by a newer bankops; this one knows only up to %s"), known);
}

/* An applied step must still be there, byte for byte. */
static bool verify_step(const struct steps *steps, const char *name, const char *sha256,
                        struct error *error)
{
    char hex[65], *text;
    size_t length;
    const char *last = steps->list[steps->count - 1].name;
    const struct step *step = find(steps, name);
    if (!step && strcmp(name, last) > 0)
        return too_old(name, last, error);
    if (!step)
        return error_set(error, ERROR_REFUSED, name, _("Put the file back; add a new one instead."),
                         _("the schema file %s.sql was applied and is now missing"), name);
    if (!file_read(step->path, FILE_BYTES, &text, &length, error))
        return false;
    digest_sha256(text, length, hex);
    free(text);
    return !strcmp(hex, sha256) ||
           error_set(error, ERROR_REFUSED, step->path,
                     _("Restore the file as it was; put changes into a new one."),
                     _("the schema file was changed after it was applied"));
}

/* *empty tells whether no step was applied yet. */
static bool verify(PGconn *connection, const struct steps *steps, bool *empty, struct error *error)
{
    PGresult *rows;
    if (!session_rows(connection, "SELECT name, sha256 FROM migration.step ORDER BY name DESC", 0,
                      NULL, &rows, error))
        return false;
    bool good = true;
    *empty = PQntuples(rows) == 0;
    for (int i = 0; good && i < PQntuples(rows); i++)
        good = verify_step(steps, PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1), error);
    PQclear(rows);
    return good;
}

struct run {
    PGconn *connection;
    const struct progress *progress;
    bool empty; /* a new schema: its functions were checked when the program was tested */
    bool lz4;   /* and its long texts are packed the quick way, where the server can */
    int applied;
};

static void say_step(const struct run *run, const struct step *step)
{
    char *what = xasprintf(_("schema %s"), step->name);
    progress_say(run->progress, what);
    free(what);
}

/* Begins the transaction of a step. *fresh tells whether it is still missing. */
static bool begin_step(struct run *run, const char *quoted, bool *fresh, struct error *error)
{
    char *sql = xasprintf(BEGIN_SQL ";%s SELECT 1 FROM migration.step WHERE name = %s",
                          run->empty ? " SET LOCAL check_function_bodies = off;" : "", quoted);
    PGresult *result = PQexec(run->connection, sql);
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK ||
                failure_from_result(result, run->connection, error);
    *fresh = good && PQntuples(result) == 0;
    PQclear(result);
    free(sql);
    return good;
}

/* Does the work of a step and records it, in the transaction that begin_step() began. */
static bool do_step(struct run *run, const struct step *step, const char *quoted, const char *text,
                    const char *hex, struct error *error)
{
    char name[128];
    say_step(run, step);
    snprintf(name, sizeof name, "%s.sql", step->name);
    if (!script_run(run->connection, name, text, error))
        return false;
    char *sql = xasprintf("INSERT INTO migration.step (name, sha256) VALUES (%s, '%s'); COMMIT",
                          quoted, hex);
    bool good = session_script(run->connection, sql, error);
    free(sql);
    run->applied += good;
    return good;
}

static bool apply(struct run *run, const struct step *step, struct error *error)
{
    char hex[65], *text;
    size_t length;
    bool fresh;
    if (!file_read(step->path, FILE_BYTES, &text, &length, error))
        return false;
    digest_sha256(text, length, hex);
    char *quoted = PQescapeLiteral(run->connection, step->name, strlen(step->name));
    bool good = begin_step(run, quoted, &fresh, error);
    if (good && fresh)
        good = do_step(run, step, quoted, text, hex, error);
    if (PQtransactionStatus(run->connection) != PQTRANS_IDLE)
        session_do(run->connection, "ROLLBACK", 0, NULL, NULL);
    PQfreemem(quoted);
    free(text);
    return good;
}

/* One step as a transaction of a longer message. Its name is a setting of the transaction: a file
 * that ends it leaves nothing to record. */
static bool add_step(const struct run *run, const struct step *step, struct buffer *message,
                     struct error *error)
{
    char hex[65], *text;
    size_t length;
    if (!file_read(step->path, FILE_BYTES, &text, &length, error))
        return false;
    digest_sha256(text, length, hex);
    char *quoted = PQescapeLiteral(run->connection, step->name, strlen(step->name));
    buffer_format(message,
                  BEGIN_SQL
                  "; SET LOCAL check_function_bodies = off; SET LOCAL bankops.step = %s;%s\n",
                  quoted, run->lz4 ? " SET LOCAL default_toast_compression = lz4;" : "");
    buffer_add_bytes(message, text, length);
    buffer_format(message,
                  "\n;INSERT INTO migration.step (name, sha256) VALUES "
                  "(nullif(current_setting('bankops.step', true), ''), '%s') RETURNING name AS %s;"
                  "COMMIT;\n",
                  hex, DONE_COLUMN);
    PQfreemem(quoted);
    free(text);
    return true;
}

/* Counts the steps as their answers come in, which is long before the last one is done. */
static bool send_steps(struct run *run, const struct steps *steps, const char *message)
{
    bool good = PQsendQuery(run->connection, message) == 1, recorded = false;
    PGresult *result;
    while ((result = PQgetResult(run->connection))) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
            PQputCopyEnd(run->connection, "COPY has no place in a script");
        good = good && (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
                        status == PGRES_EMPTY_QUERY);
        if (good && recorded && ++run->applied < steps->count)
            say_step(run, &steps->list[run->applied]);
        recorded = status == PGRES_TUPLES_OK && PQnfields(result) == 1 &&
                   !strcmp(PQfname(result, 0), DONE_COLUMN);
        PQclear(result);
    }
    if (PQtransactionStatus(run->connection) != PQTRANS_IDLE)
        session_do(run->connection, "ROLLBACK", 0, NULL, NULL);
    return good;
}

/* A new schema goes in a few long messages: asking and answering for each of its steps takes longer
 * than many of them. It stops at the first that fails, whatever the reason; the caller does that
 * one by itself and learns what is wrong with it. */
static bool apply_new(struct run *run, const struct steps *steps, struct error *error)
{
    struct buffer message = BUFFER_INIT;
    bool good = true, read = true;
    if (steps->count)
        say_step(run, &steps->list[0]);
    while (read && good && run->applied < steps->count) {
        buffer_clear(&message);
        for (int i = run->applied; read && i < steps->count && message.length < MESSAGE_BYTES; i++)
            read = add_step(run, &steps->list[i], &message, error);
        good = read && send_steps(run, steps, message.data);
    }
    buffer_free(&message);
    return read;
}

static bool can_lz4(PGconn *connection)
{
    PGresult *rows =
        PQexec(connection, "SELECT FROM pg_settings WHERE name = 'default_toast_compression' "
                           "AND 'lz4' = ANY (enumvals)");
    bool can = PQntuples(rows) == 1;
    PQclear(rows);
    return can;
}

static bool bootstrap(struct run *run, const struct steps *steps, struct error *error)
{
    return finish(run->connection,
                  begin_locked(run->connection, error) &&
                      session_script(run->connection, bootstrap_sql, error) &&
                      verify(run->connection, steps, &run->empty, error),
                  error);
}

bool migrate_run(PGconn *connection, const struct progress *progress, int *applied,
                 struct error *error)
{
    struct steps steps;
    struct run run = {.connection = connection, .progress = progress};
    if (!list_steps(&steps, error))
        return false;
    bool good = bootstrap(&run, &steps, error);
    if (good && run.empty) {
        run.lz4 = can_lz4(connection);
        good = apply_new(&run, &steps, error);
    }
    for (int i = run.applied; good && i < steps.count; i++)
        good = apply(&run, &steps.list[i], error);
    good = good && flush(connection, error);
    free_steps(&steps);
    if (applied)
        *applied = run.applied;
    return good;
}

bool migrate_check(const PGresult *version, struct error *error)
{
    struct steps steps;
    const char *todo = _("Run: bankops database migrate");
    if (PQresultStatus(version) != PGRES_TUPLES_OK)
        return error_set(error, ERROR_REFUSED, CLUSTER_DATABASE, todo,
                         _("the database has no bankops schema yet"));
    if (!list_steps(&steps, error))
        return false;
    int count = (int)strtol(PQgetvalue(version, 0, 0), NULL, 10);
    const char *newest = PQgetvalue(version, 0, 1), *last = steps.list[steps.count - 1].name;
    bool good = strcmp(newest, last) <= 0 || too_old(newest, last, error);
    if (good && count < steps.count)
        good = error_set(error, ERROR_REFUSED, CLUSTER_DATABASE, todo,
                         _("the schema is older than this program: %d of %d steps are applied"),
                         count, steps.count);
    free_steps(&steps);
    return good;
}
