#include "base/clock.h"
#include "base/date.h"
#include "base/language.h"
#include "command/command.h"
#include "command/reconcile_file.h"
#include "command/seal.h"
#include "database/session.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = N_(
    "Usage: bankops reconcile [OPTION…] LANE…\n"
    "       bankops reconcile [OPTION…] --all\n"
    "       bankops reconcile --book FILE --statement FILE --output FILE [--profile NAME]\n"
    "\n"
    "Matches the open lines of a lane, both sides, up to a day, and opens a break for each line\n"
    "that stays open. A lane is done in one transaction; a run that is killed leaves nothing\n"
    "behind, and two runs of a lane wait for each other.\n"
    "\n"
    "With --book and --statement two files are matched without a database: the matches go to the\n"
    "file of --output as match_id,status,rule,side,line_id, a summary to standard output.\n"
    "\n"
    "Options:\n"
    "  --all                every lane that you may see\n"
    "  --date YYYY-MM-DD    up to this day (default: the business date)\n"
    "  --dry-run            report, keep nothing\n"
    "  --book FILE          lines of our own book, side L\n"
    "  --statement FILE     lines of the statement, side S\n"
    "  --output FILE        where the matches go, written whole or not at all\n"
    "  --profile NAME       read both files as this profile says, without looking for one\n"
    "  --as LOGIN           work as this member of staff\n"
    "  --database CONNINFO  use this server instead of the private one\n"
    "  --quiet              only failures are reported\n");

struct reconcile {
    struct session_options session;
    struct reconcile_file files;
    const char *date;
    bool dry_run, quiet, all;
};

static int fail(const struct error *error)
{
    error_print(error);
    return error_exit_status(error);
}

static bool report(PGconn *connection, const struct reconcile *reconcile, const char *lane,
                   const char *run, struct error *error)
{
    PGresult *rows;
    const char *values[] = {run};
    if (!session_rows(connection,
                      "SELECT r.as_of, r.book_count, r.statement_count, r.match_count, "
                      "r.break_count, r.seconds, coalesce(r.rate::text, '–'), "
                      "(SELECT count(*) FROM api.balance_statement(r.lane_id, r.as_of) b "
                      "WHERE b.difference <> 0) "
                      "FROM api.lane_run_list r WHERE r.run_id = $1::bigint",
                      1, values, &rows, error))
        return false;
    if (!reconcile->quiet) {
        printf(_("%s up to %s%s: %s book and %s statement lines open, %s matched (%s%%), "
                 "%s breaks, %s s\n"),
               lane, PQgetvalue(rows, 0, 0), reconcile->dry_run ? _(" (dry run)") : "",
               PQgetvalue(rows, 0, 1), PQgetvalue(rows, 0, 2), PQgetvalue(rows, 0, 3),
               PQgetvalue(rows, 0, 6), PQgetvalue(rows, 0, 4), PQgetvalue(rows, 0, 5));
        if (strcmp(PQgetvalue(rows, 0, 7), "0"))
            printf(_("%s: the balances of %s accounts are not explained (:rec)\n"), lane,
                   PQgetvalue(rows, 0, 7));
    }
    PQclear(rows);
    return true;
}

static bool run_lane(PGconn *connection, const struct reconcile *reconcile, const char *lane,
                     struct error *error)
{
    char request[37], *run = NULL;
    clock_uuid(request);
    const char *values[] = {lane, reconcile->date, request};
    bool done =
        session_do(connection, "BEGIN", 0, NULL, error) &&
        session_value(connection, "SELECT id FROM api.reconcile_run($1, $2::date, $3::uuid)", 3,
                      values, &run, error) &&
        report(connection, reconcile, lane, run, error);
    free(run);
    if (!done || reconcile->dry_run) {
        session_do(connection, "ROLLBACK", 0, NULL, done ? error : NULL);
        return done;
    }
    if (session_do(connection, "COMMIT", 0, NULL, error))
        return true;
    if (PQstatus(connection) == CONNECTION_OK)
        return false;
    return error_set(error, ERROR_UNCERTAIN, lane,
                     _("Run it again: what is matched already stays as it is."),
                     _("the connection was lost while the run was being kept"));
}

static int run_all(PGconn *connection, const struct reconcile *reconcile, struct error *error)
{
    PGresult *lanes;
    int status = 0;
    if (!session_rows(connection, "SELECT code FROM api.lane_list WHERE active ORDER BY code", 0,
                      NULL, &lanes, error))
        return fail(error);
    for (int i = 0; i < PQntuples(lanes) && PQstatus(connection) == CONNECTION_OK; i++)
        if (!run_lane(connection, reconcile, PQgetvalue(lanes, i, 0), error))
            status = fail(error);
    PQclear(lanes);
    return status;
}

static int run_lanes(const struct reconcile *reconcile, int count, char **lanes)
{
    struct error error = ERROR_INIT;
    int status = 0;
    PGconn *connection = session_open(&reconcile->session, &error);
    if (!connection)
        return fail(&error);
    if (reconcile->all)
        status = run_all(connection, reconcile, &error);
    for (int i = 0; i < count && PQstatus(connection) == CONNECTION_OK; i++)
        if (!run_lane(connection, reconcile, lanes[i], &error))
            status = fail(&error);
    seal_trail(connection);
    PQfinish(connection);
    return status;
}

static bool read_options(struct reconcile *reconcile, int argc, char **argv, bool *done,
                         struct error *error)
{
    static const struct option known[] = {
        {"all", no_argument, NULL, 'A'},     {"date", required_argument, NULL, 'D'},
        {"dry-run", no_argument, NULL, 'n'}, {"as", required_argument, NULL, 'a'},
        {"database", required_argument, NULL, 'd'}, {"quiet", no_argument, NULL, 'q'},
        {"book", required_argument, NULL, 'b'},
        {"statement", required_argument, NULL, 's'},
        {"output", required_argument, NULL, 'o'},
        {"profile", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},    {NULL, 0, NULL, 0}};
    int option;
    *done = false;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, ":h", known, NULL)) != -1) {
        switch (option) {
        case 'A': reconcile->all = true; break;
        case 'D': reconcile->date = optarg; break;
        case 'n': reconcile->dry_run = true; break;
        case 'a': reconcile->session.as = optarg; break;
        case 'd': reconcile->session.conninfo = optarg; break;
        case 'q': reconcile->quiet = true; break;
        case 'b': reconcile->files.book = optarg; break;
        case 's': reconcile->files.statement = optarg; break;
        case 'o': reconcile->files.output = optarg; break;
        case 'p': reconcile->files.profile = optarg; break;
        case 'h': fputs(_(help), stdout); return *done = true;
        default:
            return error_set(error, ERROR_USAGE, argv[optind - 1],
                             _("bankops reconcile --help lists the options."),
                             option == ':' ? _("the option needs a value") : _("unknown option"));
        }
    }
    return true;
}

static bool has_files(const struct reconcile *reconcile)
{
    const struct reconcile_file *files = &reconcile->files;
    return files->book || files->statement || files->output || files->profile;
}

static int run_files(const struct reconcile *reconcile, bool lanes, struct error *error)
{
    const struct reconcile_file *files = &reconcile->files;
    if (lanes || reconcile->all || reconcile->date || reconcile->dry_run)
        error_set(error, ERROR_USAGE, "reconcile", _("bankops reconcile --help says more."),
                  _("lanes, --all, --date and --dry-run do not go with files"));
    else if (!files->book || !files->statement || !files->output)
        error_set(error, ERROR_USAGE, "reconcile", _("bankops reconcile --help says more."),
                  _("--book, --statement and --output are needed together"));
    else
        return reconcile_file(files, reconcile->quiet);
    return fail(error);
}

int command_reconcile(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct reconcile reconcile = {.date = NULL};
    bool done;
    int day;
    if (!read_options(&reconcile, argc, argv, &done, &error))
        return fail(&error);
    if (done)
        return 0;
    if (has_files(&reconcile))
        return run_files(&reconcile, optind < argc, &error);
    if (reconcile.date && !date_parse(reconcile.date, &day))
        error_set(&error, ERROR_USAGE, "--date", NULL, _("a day YYYY-MM-DD is expected"));
    else if ((optind == argc) != reconcile.all)
        error_set(&error, ERROR_USAGE, "reconcile", _("bankops reconcile --help says more."),
                  _("name lanes, or --all"));
    else
        return run_lanes(&reconcile, argc - optind, argv + optind);
    return fail(&error);
}
