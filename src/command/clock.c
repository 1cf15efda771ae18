#include "base/language.h"
#include "command/command.h"
#include "command/worker_options.h"

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
    struct worker_choices choices;
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
    if (clocks && !job->choices.quiet) {
        printf(_("clocks looked at: %lld, steps taken: %lld, failed: %lld\n"), clocks, steps,
               failed);
        fflush(stdout);
    }
    return true;
}

int command_clock(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct clock_job job = {.clocks = 0};
    struct worker worker = {.round = tick, .data = &job};
    if (worker_options(&worker, &job.choices, false, argc, argv, &error) &&
        (job.choices.helped || worker_run(&worker, &error))) {
        if (job.choices.helped)
            fputs(_(help), stdout);
        else if (!job.choices.quiet && worker.once && !job.clocks)
            puts(_("nothing is due"));
        return 0;
    }
    error_print(&error);
    return error_exit_status(&error);
}
