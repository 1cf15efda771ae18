#include "base/language.h"
#include "command/command.h"
#include "command/options.h"
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
    "however many machines, and whatever ends them. It ends the day as well: the bank's day follows\n"
    "the calendar, pending points become available and old ones expire. It runs until it is stopped\n"
    "(SIGTERM).\n"
    "\n"
    "Options:\n"
    "  --once               take what is due now, then end\n"
    "  --quiet              say nothing unless something fails\n"
    "  --as LOGIN           work as this login of role worker (default, on the private database:\n"
    "                       worker01)\n"
    "  --database CONNINFO  use this server instead of the private one\n");

struct clock_job {
    struct worker_choices choices;
    long long clocks, steps, failed, days, points;
};

static const char tick_sql[] =
    "SELECT clocks, steps, busy, failed, "
    "coalesce(greatest(0, ceil(extract(epoch FROM next_at - clock_timestamp()) * 1000)), 86400000)"
    "::bigint FROM api.clock_tick(20)";

static const char day_sql[] = "SELECT day, moved, points, failed FROM api.day_end(200)";

static long long number(const PGresult *rows, int column)
{
    return strtoll(PQgetvalue(rows, 0, column), NULL, 10);
}

/* The bank's day follows the calendar; *more: points whose day has come are left. */
static bool end_day(struct clock_job *job, PGconn *connection, bool *more, struct error *error)
{
    PGresult *rows;
    if (!session_rows(connection, day_sql, 0, NULL, &rows, error))
        return false;
    bool moved = *PQgetvalue(rows, 0, 1) == 't', quiet = job->choices.quiet;
    long long points = number(rows, 2), failed = number(rows, 3);
    if (moved && !quiet)
        printf(_("the bank's day is %s\n"), PQgetvalue(rows, 0, 0));
    if ((points || failed) && !quiet)
        printf(_("points released or expired: %lld; points and services that failed: %lld\n"),
               points, failed);
    fflush(stdout);
    PQclear(rows);
    job->days += moved;
    job->points += points;
    *more = points > 0;
    return true;
}

/* A case that somebody holds just now is looked at again a second later. */
static bool tick(void *data, PGconn *connection, int64_t *wait_ms, struct error *error)
{
    struct clock_job *job = data;
    PGresult *rows;
    bool more;
    if (!end_day(job, connection, &more, error) ||
        !session_rows(connection, tick_sql, 0, NULL, &rows, error))
        return false;
    long long clocks = number(rows, 0), steps = number(rows, 1), failed = number(rows, 3);
    *wait_ms = number(rows, 4);
    if (*wait_ms == 0 && !steps)
        *wait_ms = 1000;
    if (more)
        *wait_ms = 0;
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
    bool good = worker_options(&worker, &job.choices, false, argc, argv, &error) &&
                !job.choices.helped && worker_run(&worker, &error);
    if (good && !job.choices.quiet && worker.once && !job.clocks && !job.days && !job.points)
        puts(_("nothing is due"));
    return options_finish(good, job.choices.helped, help, &error);
}
