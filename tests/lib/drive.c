#include "drive.h"

#include "base/clock.h"
#include "check.h"
#include "fixture.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

void drive_note(void *data, struct answer *answer)
{
    struct told *told = data;
    told->calls++;
    told->last = answer->last;
    told->resent = answer->resent;
    told->kind = answer->error ? answer->error->kind : ERROR_NONE;
    snprintf(told->code, sizeof told->code, "%s", answer->error ? answer->error->code : "");
    if (answer->rows && PQntuples(answer->rows)) {
        told->rows += PQntuples(answer->rows);
        snprintf(told->value, sizeof told->value, "%s", PQgetvalue(answer->rows, 0, 0));
    }
}

void drive_step(struct connection *c, int most_ms)
{
    int wait = connection_next_timeout_ms(c);
    struct pollfd fd = {connection_socket(c), connection_events(c), 0};
    poll(&fd, fd.fd >= 0, wait < 0 || wait > most_ms ? most_ms : wait);
    connection_step(c, fd.revents);
}

void drive_run_until(struct connection *c, const bool *flag)
{
    for (int64_t begin = clock_ms(); !*flag && clock_ms() - begin < 5000;)
        drive_step(c, 100);
    assert_true(*flag);
}

void drive_run_to(struct connection *c, enum connection_state state)
{
    for (int64_t begin = clock_ms(); connection_state(c) != state && clock_ms() - begin < 5000;)
        drive_step(c, 100);
    if (connection_state(c) != state)
        print_error("# %s\n", connection_banner(c));
    assert_int_equal(connection_state(c), state);
}

unsigned drive_ask(struct connection *c, const void *owner, const char *sql, struct told *told)
{
    struct request request = {.sql = sql};
    memset(told, 0, sizeof *told);
    return connection_request(c, owner, &request, drive_note, told);
}

void drive_post(struct connection *c, const char *key, const char *seconds, struct told *told)
{
    const char *values[] = {key, seconds};
    struct request request = {
        .sql = "SELECT post($1, $2)", .n = 2, .values = values, .kind = REQUEST_WRITE};
    memset(told, 0, sizeof *told);
    connection_request(c, told, &request, drive_note, told);
}

PGconn *drive_other(void)
{
    PGconn *connection = PQconnectdb("");
    assert_int_equal(PQstatus(connection), CONNECTION_OK);
    return connection;
}

void drive_execute(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        print_error("%s\n", PQerrorMessage(connection));
    assert_int_not_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
    PQclear(result);
}

int drive_number(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    int value = atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

void drive_wait_number(PGconn *connection, const char *sql, int wanted)
{
    for (int64_t begin = clock_ms(); clock_ms() - begin < 5000; poll(NULL, 0, 5))
        if (drive_number(connection, sql) == wanted)
            return;
    fail_msg("%s never gave %d", sql, wanted);
}

struct connection *drive_ready(void)
{
    struct connection_options options = {.conninfo = NULL};
    struct connection *c = connection_new(&options);
    connection_start(c);
    drive_run_to(c, LINK_READY);
    return c;
}

int drive_start(void **state)
{
    (void)state;
    if (!fixture_start(""))
        return -1;
    PGconn *admin = drive_other();
    drive_execute(
        admin,
        "CREATE TABLE posting (key text PRIMARY KEY);"
        "CREATE FUNCTION post(p_key text, p_seconds text) RETURNS text LANGUAGE plpgsql AS $$"
        " BEGIN IF EXISTS (SELECT FROM posting WHERE key = p_key) THEN RETURN 'replayed';"
        " END IF; INSERT INTO posting VALUES (p_key); PERFORM pg_sleep(p_seconds::float8);"
        " RETURN 'done'; END $$");
    PQfinish(admin);
    return 0;
}

int drive_stop(void **state)
{
    (void)state;
    fixture_stop();
    return 0;
}
