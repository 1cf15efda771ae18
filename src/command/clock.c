#include "base/language.h"
#include "command/command.h"
#include "command/worker.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = N_(
    "Usage: bankops clock [OPTION…]\n"
    "\n"
    "Watches the clocks of all cases: reminds owners, tells supervisors and head office, and "
    "gives\n"
    "the case of an idle owner to the next. Each step is taken once, however many of these run, "
    "on\n"
    "however many machines, and whatever ends them. It runs until it is stopped (SIGTERM).\n"
    "\n"
    "Options:\n"
    "  --once               take what is due now, then end\n"
    "  --quiet              say nothing unless something fails\n"
    "  --as LOGIN           work as this login of role worker (default, on the private database:\n"
    "                       worker01)\n"
    "  --database CONNINFO  use this server instead of the private one\n");

struct clock_job {
    bool quiet;
    long long clocks, steps, failed;
};

static const char tick_sql[] =
    "SELECT clocks, steps, busy, failed, "
    "coalesce(greatest(0, ceil(extract(epoch FROM next_at - clock_timestamp()) * 1000)), 86400000)"
    "::bigint FROM api.clock_tick(20)";

static long long number(const PGresult *rows, int column)
{
    return strtoll(PQgetvalue(rows, 0, column), NULL, 10);
}

/* A case that somebody holds just now is looked at again a second later. */
static bool tick(void *data, PGconn *connection, int64_t *wait_ms, struct error *error)
{
    struct clock_job *job = data;
    PGresult *rows;
    if (!session_rows(connection, tick_sql, 0, NULL, &rows, error))
        return false;
    long long clocks = number(rows, 0), steps = number(rows, 1), failed = number(rows, 3);
    *wait_ms = number(rows, 4);
    if (*wait_ms == 0 && !steps)
        *wait_ms = 1000;
    PQclear(rows);
    job->clocks += clocks;
    job->steps += steps;
    job->failed += failed;
    if (clocks && !job->quiet) {
        printf(_("clocks looked at: %lld, steps taken: %lld, failed: %lld\n"), clocks, steps,
               failed);
        fflush(stdout);
    }
    return true;
}

static bool take(struct worker *worker, struct clock_job *job, int option, const char *name,
                 struct error *error)
{
    switch (option) {
    case 'o':
        return worker->once = true;
    case 'q':
        return job->quiet = true;
    case 'a':
        worker->as = optarg;
        return true;
    case 'd':
        worker->conninfo = optarg;
        return true;
    default:
        return error_set(error, ERROR_USAGE, name, _("bankops clock --help lists the options."),
                         option == ':' ? _("this option needs a value") : _("unknown option"));
    }
}

static bool read_options(struct worker *worker, struct clock_job *job, int argc, char **argv,
                         bool *helped, struct error *error)
{
    static const struct option list[] = {
        {"once", no_argument, NULL, 'o'},     {"quiet", no_argument, NULL, 'q'},
        {"as", required_argument, NULL, 'a'}, {"database", required_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'},     {NULL, 0, NULL, 0}};
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", list, NULL)) != -1) {
        if (option == 'h')
            return *helped = true;
        if (!take(worker, job, option, argv[optind - 1], error))
            return false;
    }
    return optind == argc ||
           error_set(error, ERROR_USAGE, argv[optind], _("bankops clock --help lists the options."),
                     _("unexpected argument"));
}

int command_clock(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct clock_job job = {.quiet = false};
    struct worker worker = {.round = tick, .data = &job};
    bool helped = false;
    if (read_options(&worker, &job, argc, argv, &helped, &error) &&
        (helped || worker_run(&worker, &error))) {
        if (helped)
            fputs(_(help), stdout);
        else if (!job.quiet && worker.once && !job.clocks)
            puts(_("nothing is due"));
        return 0;
    }
    error_print(&error);
    return error_exit_status(&error);
}
