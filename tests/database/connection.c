#include "database/connection.h"
#include "../lib/check.h"
#include "../lib/drive.h"
#include "base/clock.h"

#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void answers_in_one_batch_and_one_fails(void **state)
{
    struct told told[6];
    (void)state;
    struct connection *c = drive_ready();
    for (int i = 0; i < 6; i++)
        drive_ask(c, c, i == 2 ? "SELECT 1/0" : "SELECT 'fine'", &told[i]);
    assert_int_equal(connection_pending(c, c), 6);
    drive_run_until(c, &told[5].last);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(told[i].calls, 1);
        assert_string_equal(i == 2 ? told[i].code : told[i].value, i == 2 ? "22012" : "fine");
    }
    assert_int_equal(connection_pending(c, NULL), 0);
    connection_free(c);
}

/* The answer to a text that is asked often. */
static const char *repeat(struct connection *c, struct told *told)
{
    const char *values[] = {"fine"};
    struct request request = {
        .sql = "SELECT $1::text AS kept", .n = 1, .values = values, .repeats = true};
    memset(told, 0, sizeof *told);
    connection_request(c, c, &request, drive_note, told);
    drive_run_until(c, &told->last);
    return told->value;
}

static void keeps_statements_that_repeat(void **state)
{
    static const char names[] =
        "SELECT coalesce(string_agg(name, ' '), 'none') FROM pg_prepared_statements";
    struct told told, aside;
    char make[256];
    (void)state;
    struct connection *c = drive_ready();
    for (int i = 0; i < 5; i++)
        assert_string_equal(repeat(c, &told), "fine");
    drive_ask(c, c, names, &told);
    drive_run_until(c, &told.last);
    assert_memory_equal(told.value, "bankops_", 8);
    snprintf(make, sizeof make, "PREPARE \"%s\" AS SELECT 'another''s'", told.value);
    drive_ask(c, c, "DEALLOCATE ALL", &aside);
    assert_string_equal(repeat(c, &told), "fine"); /* forgotten by the server: as by a pooler */
    for (int i = 0; i < 5; i++)
        assert_string_equal(repeat(c, &told), "fine");
    drive_ask(c, c, names, &told);
    drive_run_until(c, &told.last);
    assert_string_equal(told.value, "none");
    connection_free(c);
    c = drive_ready();
    drive_ask(c, c, make, &aside); /* the name is taken: as by another program behind a pooler */
    for (int i = 0; i < 5; i++)
        assert_string_equal(repeat(c, &told), "fine");
    connection_free(c);
}

static void streams_rows_behind_another_request(void **state)
{
    struct told first, rows;
    (void)state;
    struct connection *c = drive_ready();
    struct request request = {.sql = "SELECT generate_series(1, 1000)", .stream = true};
    memset(&rows, 0, sizeof rows);
    drive_ask(c, c, "SELECT 7", &first);
    connection_request(c, c, &request, drive_note, &rows);
    drive_run_until(c, &rows.last);
    assert_int_equal(rows.rows, 1000);
    assert_int_equal(rows.calls, 1001);
    assert_string_equal(first.value, "7");
    connection_free(c);
}

static void reports_a_failure_at_commit(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = drive_ready();
    drive_ask(c, c, "INSERT INTO pair VALUES (1), (1) RETURNING n", &told);
    drive_run_until(c, &told.last);
    assert_string_equal(told.code, "23505");
    assert_int_equal(told.kind, ERROR_REFUSED);
    connection_free(c);
}

static void cancels_reads_and_spares_what_follows(void **state)
{
    struct told slow, innocent, gone;
    int mine, yours;
    (void)state;
    struct connection *c = drive_ready();
    drive_ask(c, &mine, "SELECT pg_sleep(30)", &slow);
    drive_ask(c, &yours, "SELECT 'kept'", &innocent);
    drive_ask(c, &mine, "SELECT pg_sleep(30)", &gone);
    for (int i = 0; i < 5; i++)
        drive_step(c, 10);
    int64_t begin = clock_ms();
    assert_true(connection_cancel(c, &mine));
    assert_true(clock_ms() - begin < 100);
    drive_run_until(c, &gone.last);
    assert_true(clock_ms() - begin < 5000);
    assert_int_equal(slow.kind, ERROR_CANCELLED);
    assert_int_equal(gone.kind, ERROR_CANCELLED);
    assert_string_equal(innocent.value, "kept");
    assert_false(connection_cancel(c, &mine));
    connection_free(c);
}

static void drops_answers_of_a_screen_that_left(void **state)
{
    struct told left, stays;
    int screen;
    (void)state;
    struct connection *c = drive_ready();
    drive_ask(c, &screen, "SELECT 1", &left);
    drive_ask(c, c, "SELECT 2", &stays);
    connection_drop_owner(c, &screen);
    drive_run_until(c, &stays.last);
    assert_int_equal(left.calls, 0);
    assert_string_equal(stays.value, "2");
    connection_free(c);
}

static void loses_reads_and_reconnects(void **state)
{
    struct told slow, after;
    (void)state;
    struct connection *c = drive_ready();
    PGconn *admin = drive_other();
    drive_ask(c, c, "SELECT pg_sleep(30)", &slow);
    for (int i = 0; i < 5; i++)
        drive_step(c, 10);
    drive_execute(admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE "
                         "'SELECT pg_sleep%'");
    drive_run_until(c, &slow.last);
    assert_int_equal(slow.kind, ERROR_UNREACHABLE);
    assert_int_equal(connection_state(c), LINK_LOST);
    assert_true(strlen(connection_banner(c)) > 0);
    drive_ask(c, c, "SELECT 'back'", &after);
    drive_run_until(c, &after.last);
    assert_string_equal(after.value, "back");
    assert_string_equal(connection_banner(c), "");
    PQfinish(admin);
    connection_free(c);
}

static void refuses_writes_while_lost(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = drive_ready();
    shutdown(connection_socket(c), SHUT_RDWR);
    drive_step(c, 100);
    drive_run_to(c, LINK_LOST);
    drive_post(c, "33333333-0000-4000-8000-000000000001", "0", &told);
    assert_int_equal(told.calls, 0);
    drive_run_until(c, &told.last);
    assert_int_equal(told.kind, ERROR_UNREACHABLE);
    connection_free(c);
}

/* Throws the server's answer away and breaks the connection. */
static void lose_answer(struct connection *c)
{
    char garbage[4096];
    struct pollfd fd = {connection_socket(c), POLLIN, 0};
    poll(&fd, 1, 5000);
    assert_true(recv(fd.fd, garbage, sizeof garbage, 0) > 0);
    shutdown(fd.fd, SHUT_RDWR);
    drive_step(c, 100);
}

/* Committed, but the answer never arrives: the second call finds the first. */
static void resolves_a_lost_answer_by_its_key(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = drive_ready();
    PGconn *admin = drive_other();
    drive_post(c, "11111111-0000-4000-8000-000000000001", "0", &told);
    drive_wait_number(admin, "SELECT count(*) FROM posting WHERE key LIKE '1111%'", 1);
    lose_answer(c);
    assert_int_equal(connection_uncertain(c), 1);
    assert_int_equal(told.calls, 0);
    drive_run_until(c, &told.last);
    assert_string_equal(told.value, "replayed");
    assert_true(told.resent);
    assert_int_equal(told.kind, ERROR_NONE);
    assert_int_equal(drive_number(admin, "SELECT count(*) FROM posting WHERE key LIKE '1111%'"), 1);
    PQfinish(admin);
    connection_free(c);
}

/* Nobody finishes another one's posting. */
static void gives_up_doubt_when_the_role_changes(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = drive_ready();
    drive_post(c, "44444444-0000-4000-8000-000000000001", "0", &told);
    lose_answer(c);
    assert_int_equal(connection_uncertain(c), 1);
    connection_set_role(c, "somebody_else");
    assert_int_equal(connection_uncertain(c), 0);
    drive_run_until(c, &told.last);
    assert_int_equal(told.kind, ERROR_UNCERTAIN);
    connection_free(c);
}

/* Rolled back by a crash of the server in the middle: the second call does it. */
static void repeats_a_write_that_a_crash_undid(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = drive_ready();
    PGconn *admin = drive_other();
    drive_post(c, "22222222-0000-4000-8000-000000000001", "1", &told);
    drive_step(c, 10);
    drive_wait_number(admin,
                      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT post%' AND "
                      "wait_event = 'PgSleep'",
                      1);
    int pid =
        drive_number(admin, "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT post%'");
    PQfinish(admin);
    kill(pid, SIGKILL);
    drive_run_until(c, &told.last);
    assert_string_equal(told.value, "done");
    assert_true(told.resent);
    admin = drive_other();
    assert_int_equal(drive_number(admin, "SELECT count(*) FROM posting WHERE key LIKE '2222%'"), 1);
    PQfinish(admin);
    connection_free(c);
}

static void repeats_serialization_failures(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = drive_ready();
    drive_ask(c, c, "SELECT fail_at_first(3)", &told);
    drive_run_until(c, &told.last);
    assert_int_equal(told.kind, ERROR_NONE);
    drive_ask(c, c, "SELECT fail_at_first(100)", &told);
    drive_run_until(c, &told.last);
    assert_string_equal(told.code, "40001");
    connection_free(c);
}

static int start(void **state)
{
    if (drive_start(state) != 0)
        return -1;
    PGconn *admin = drive_other();
    drive_execute(admin,
                  "CREATE TABLE pair (n int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
                  "CREATE SEQUENCE tries;"
                  "CREATE FUNCTION fail_at_first(times int) RETURNS int LANGUAGE plpgsql AS $$"
                  " BEGIN IF nextval('tries') <= times THEN RAISE 'again' USING ERRCODE = '40001';"
                  " END IF; RETURN 1; END $$");
    PQfinish(admin);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_in_one_batch_and_one_fails),
        cmocka_unit_test(keeps_statements_that_repeat),
        cmocka_unit_test(streams_rows_behind_another_request),
        cmocka_unit_test(reports_a_failure_at_commit),
        cmocka_unit_test(cancels_reads_and_spares_what_follows),
        cmocka_unit_test(drops_answers_of_a_screen_that_left),
        cmocka_unit_test(loses_reads_and_reconnects),
        cmocka_unit_test(refuses_writes_while_lost),
        cmocka_unit_test(resolves_a_lost_answer_by_its_key),
        cmocka_unit_test(gives_up_doubt_when_the_role_changes),
        cmocka_unit_test(repeats_a_write_that_a_crash_undid),
        cmocka_unit_test(repeats_serialization_failures),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("connection", tests, start, drive_stop);
}
