#include "base/language.h"
#include "command/command.h"
#include "command/options.h"
#include "command/secret.h"
#include "command/worker_options.h"
#include "link/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = N_(
    "Usage: bankops deliver [OPTION…]\n"
    "\n"
    "Sends the messages that wait in the outbox: text messages through an HTTP gateway, app "
    "messages\n"
    "to a signed webhook, mail by SMTP. Each is sent at least once, always under its own key. "
    "Where\n"
    "each way leads is set on the screen of endpoints; a way without an endpoint waits. It runs "
    "until\n"
    "it is stopped (SIGTERM); several may run at once.\n"
    "\n"
    "Options:\n"
    "  --once               send what is due now, then end\n"
    "  --secrets FILE       lines NAME = SECRET for the endpoints; nobody else may read the file\n"
    "  --authority FILE     certificates to trust instead of the system's\n"
    "  --quiet              say nothing unless something fails\n"
    "  --as LOGIN           work as this login of role worker (default, on the private database:\n"
    "                       worker01)\n"
    "  --database CONNINFO  use this server instead of the private one\n");

enum { BATCH = 8 };

struct deliver_job {
    struct worker_choices choices;
    long long sent, later, dead;
};

static int find_endpoint(const PGresult *endpoints, const char *channel)
{
    for (int i = 0; i < PQntuples(endpoints); i++)
        if (!strcmp(PQgetvalue(endpoints, i, 0), channel))
            return i;
    return -1;
}

static bool report(struct deliver_job *job, PGconn *connection, const PGresult *rows, int row,
                   const struct message_outcome *outcome, struct error *error)
{
    static const char *const results[] = {"sent", "retry", "refused"};
    char after[16], *state;
    snprintf(after, sizeof after, "%d", outcome->after);
    const char *values[] = {PQgetvalue(rows, row, 0),
                            PQgetvalue(rows, row, 1),
                            PQgetvalue(rows, row, 8),
                            results[outcome->result],
                            outcome->provider_id,
                            outcome->reason,
                            after};
    if (!session_value(
            connection,
            "SELECT api.deliver_done($1::bigint, $2::bigint, $3::int, $4, $5, $6, $7::int)", 7,
            values, &state, error))
        return false;
    job->sent += !strcmp(state, "sent");
    job->later += !strcmp(state, "failed");
    job->dead += !strcmp(state, "dead");
    free(state);
    return true;
}

static bool send_row(struct deliver_job *job, PGconn *connection, const PGresult *endpoints,
                     const PGresult *rows, int row, struct error *error)
{
    struct message_outcome outcome = {.result = MESSAGE_RETRY};
    int e = find_endpoint(endpoints, PQgetvalue(rows, row, 2));
    if (e >= 0) {
        char *secret = secret_find(job->choices.secrets, PQgetvalue(endpoints, e, 4));
        struct message message = {PQgetvalue(rows, row, 2), PQgetvalue(rows, row, 3),
                                  PQgetvalue(rows, row, 4), PQgetvalue(rows, row, 5),
                                  PQgetvalue(rows, row, 6), PQgetvalue(rows, row, 7)};
        struct message_endpoint endpoint = {PQgetvalue(endpoints, e, 1),
                                            PQgetvalue(endpoints, e, 2),
                                            PQgetvalue(endpoints, e, 3),
                                            secret,
                                            "",
                                            job->choices.authority,
                                            (int)strtol(PQgetvalue(endpoints, e, 5), NULL, 10)};
        message_send(&message, &endpoint, &outcome);
        free(secret);
    }
    return report(job, connection, rows, row, &outcome, error);
}

static bool next_wait(PGconn *connection, int64_t *wait_ms, struct error *error)
{
    char *text;
    if (!session_value(connection, "SELECT coalesce(api.deliver_wait(), 86400000)", 0, NULL, &text,
                       error))
        return false;
    *wait_ms = strtoll(text, NULL, 10);
    *wait_ms = *wait_ms ? *wait_ms : 100;
    free(text);
    return true;
}

/* Long enough for every message of a batch to time out. */
static long lease_seconds(const PGresult *endpoints)
{
    long longest = 0;
    for (int i = 0; i < PQntuples(endpoints); i++) {
        long each = strtol(PQgetvalue(endpoints, i, 5), NULL, 10) / 1000 + 1;
        longest = each > longest ? each : longest;
    }
    return BATCH * longest + 60;
}

static bool work(void *data, PGconn *connection, int64_t *wait_ms, struct error *error)
{
    struct deliver_job *job = data;
    PGresult *endpoints = NULL, *rows = NULL;
    char limit[16], lease[24];
    snprintf(limit, sizeof limit, "%d", BATCH);
    const char *values[] = {limit, lease};
    bool good = session_rows(connection,
                             "SELECT channel, kind, url, sender, secret, timeout_ms FROM "
                             "api.endpoint_list WHERE active",
                             0, NULL, &endpoints, error);
    snprintf(lease, sizeof lease, "%ld", good ? lease_seconds(endpoints) : 0);
    good = good && session_rows(connection, "SELECT * FROM api.deliver_claim($1::int, $2::int)", 2,
                                values, &rows, error);
    for (int i = 0; good && i < PQntuples(rows); i++)
        good = send_row(job, connection, endpoints, rows, i, error);
    good = good && (PQntuples(rows) > 0 || next_wait(connection, wait_ms, error));
    PQclear(endpoints);
    PQclear(rows);
    return good;
}

int command_deliver(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct deliver_job job = {.sent = 0};
    struct worker worker = {.round = work, .data = &job};
    bool good = worker_options(&worker, &job.choices, true, argc, argv, &error) &&
                !job.choices.helped && worker_run(&worker, &error);
    free(job.choices.secrets);
    if (good && !job.choices.quiet)
        printf(_("sent: %lld, to be tried again: %lld, given up: %lld\n"), job.sent, job.later,
               job.dead);
    return options_finish(good, job.choices.helped, help, &error);
}
