#include "database/connection.h"
#include "../lib/check.h"
#include "../lib/fixture.h"
#include "base/clock.h"

#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What a callback was told. */
struct told {
    int calls, rows;
    bool last, resent;
    enum error_kind kind;
    char code[8], value[64];
};

static void note(void *data, struct answer *answer)
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

static void step_once(struct connection *c, int most_ms)
{
    int wait = connection_next_timeout_ms(c);
    struct pollfd fd = {connection_socket(c), connection_events(c), 0};
    poll(&fd, fd.fd >= 0, wait < 0 || wait > most_ms ? most_ms : wait);
    connection_step(c, fd.revents);
}

/* Runs the loop until *flag is true or 20 s have passed. */
static void run_until(struct connection *c, const bool *flag)
{
    for (int64_t begin = clock_ms(); !*flag && clock_ms() - begin < 5000;)
        step_once(c, 100);
    assert_true(*flag);
}

static void run_to_state(struct connection *c, enum connection_state state)
{
    for (int64_t begin = clock_ms(); connection_state(c) != state && clock_ms() - begin < 5000;)
        step_once(c, 100);
    if (connection_state(c) != state)
        print_error("# %s\n", connection_banner(c));
    assert_int_equal(connection_state(c), state);
}

static unsigned ask(struct connection *c, const void *owner, const char *sql, struct told *told)
{
    struct request request = {.sql = sql};
    memset(told, 0, sizeof *told);
    return connection_request(c, owner, &request, note, told);
}

static void post(struct connection *c, const char *key, const char *seconds, struct told *told)
{
    const char *values[] = {key, seconds};
    struct request request = {
        .sql = "SELECT post($1, $2)", .n = 2, .values = values, .kind = REQUEST_WRITE};
    memset(told, 0, sizeof *told);
    connection_request(c, told, &request, note, told);
}

static PGconn *other(void)
{
    PGconn *connection = PQconnectdb("");
    assert_int_equal(PQstatus(connection), CONNECTION_OK);
    return connection;
}

static void execute(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        print_error("%s\n", PQerrorMessage(connection));
    assert_int_not_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
    PQclear(result);
}

static int number(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    int value = atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

static void wait_number(PGconn *connection, const char *sql, int wanted)
{
    for (int64_t begin = clock_ms(); clock_ms() - begin < 5000; poll(NULL, 0, 5))
        if (number(connection, sql) == wanted)
            return;
    fail_msg("%s never gave %d", sql, wanted);
}

static struct connection *ready(void)
{
    struct connection_options options = {.conninfo = NULL};
    struct connection *c = connection_new(&options);
    connection_start(c);
    run_to_state(c, LINK_READY);
    return c;
}

static void answers_in_one_batch_and_one_fails(void **state)
{
    struct told told[6];
    (void)state;
    struct connection *c = ready();
    for (int i = 0; i < 6; i++)
        ask(c, c, i == 2 ? "SELECT 1/0" : "SELECT 'fine'", &told[i]);
    assert_int_equal(connection_pending(c, c), 6);
    run_until(c, &told[5].last);
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
    connection_request(c, c, &request, note, told);
    run_until(c, &told->last);
    return told->value;
}

static void keeps_statements_that_repeat(void **state)
{
    static const char names[] =
        "SELECT coalesce(string_agg(name, ' '), 'none') FROM pg_prepared_statements";
    struct told told, aside;
    char make[256];
    (void)state;
    struct connection *c = ready();
    for (int i = 0; i < 5; i++)
        assert_string_equal(repeat(c, &told), "fine");
    ask(c, c, names, &told);
    run_until(c, &told.last);
    assert_memory_equal(told.value, "bankops_", 8);
    snprintf(make, sizeof make, "PREPARE \"%s\" AS SELECT 'another''s'", told.value);
    ask(c, c, "DEALLOCATE ALL", &aside);
    assert_string_equal(repeat(c, &told), "fine"); /* forgotten by the server: as by a pooler */
    for (int i = 0; i < 5; i++)
        assert_string_equal(repeat(c, &told), "fine");
    ask(c, c, names, &told);
    run_until(c, &told.last);
    assert_string_equal(told.value, "none");
    connection_free(c);
    c = ready();
    ask(c, c, make, &aside); /* the name is taken: as by another program behind a pooler */
    for (int i = 0; i < 5; i++)
        assert_string_equal(repeat(c, &told), "fine");
    connection_free(c);
}

static void streams_rows_behind_another_request(void **state)
{
    struct told first, rows;
    (void)state;
    struct connection *c = ready();
    struct request request = {.sql = "SELECT generate_series(1, 1000)", .stream = true};
    memset(&rows, 0, sizeof rows);
    ask(c, c, "SELECT 7", &first);
    connection_request(c, c, &request, note, &rows);
    run_until(c, &rows.last);
    assert_int_equal(rows.rows, 1000);
    assert_int_equal(rows.calls, 1001);
    assert_string_equal(first.value, "7");
    connection_free(c);
}

static void reports_a_failure_at_commit(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = ready();
    ask(c, c, "INSERT INTO pair VALUES (1), (1) RETURNING n", &told);
    run_until(c, &told.last);
    assert_string_equal(told.code, "23505");
    assert_int_equal(told.kind, ERROR_REFUSED);
    connection_free(c);
}

static void cancels_reads_and_spares_what_follows(void **state)
{
    struct told slow, innocent, gone;
    int mine, yours;
    (void)state;
    struct connection *c = ready();
    ask(c, &mine, "SELECT pg_sleep(30)", &slow);
    ask(c, &yours, "SELECT 'kept'", &innocent);
    ask(c, &mine, "SELECT pg_sleep(30)", &gone);
    for (int i = 0; i < 5; i++)
        step_once(c, 10);
    int64_t begin = clock_ms();
    assert_true(connection_cancel(c, &mine));
    assert_true(clock_ms() - begin < 100);
    run_until(c, &gone.last);
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
    struct connection *c = ready();
    ask(c, &screen, "SELECT 1", &left);
    ask(c, c, "SELECT 2", &stays);
    connection_drop_owner(c, &screen);
    run_until(c, &stays.last);
    assert_int_equal(left.calls, 0);
    assert_string_equal(stays.value, "2");
    connection_free(c);
}

static void loses_reads_and_reconnects(void **state)
{
    struct told slow, after;
    (void)state;
    struct connection *c = ready();
    PGconn *admin = other();
    ask(c, c, "SELECT pg_sleep(30)", &slow);
    for (int i = 0; i < 5; i++)
        step_once(c, 10);
    execute(admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE "
                   "'SELECT pg_sleep%'");
    run_until(c, &slow.last);
    assert_int_equal(slow.kind, ERROR_UNREACHABLE);
    assert_int_equal(connection_state(c), LINK_LOST);
    assert_true(strlen(connection_banner(c)) > 0);
    ask(c, c, "SELECT 'back'", &after);
    run_until(c, &after.last);
    assert_string_equal(after.value, "back");
    assert_string_equal(connection_banner(c), "");
    PQfinish(admin);
    connection_free(c);
}

static void refuses_writes_while_lost(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = ready();
    shutdown(connection_socket(c), SHUT_RDWR);
    step_once(c, 100);
    run_to_state(c, LINK_LOST);
    post(c, "33333333-0000-4000-8000-000000000001", "0", &told);
    assert_int_equal(told.calls, 0);
    run_until(c, &told.last);
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
    step_once(c, 100);
}

/* Committed, but the answer never arrives: the second call finds the first. */
static void resolves_a_lost_answer_by_its_key(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = ready();
    PGconn *admin = other();
    post(c, "11111111-0000-4000-8000-000000000001", "0", &told);
    wait_number(admin, "SELECT count(*) FROM posting WHERE key LIKE '1111%'", 1);
    lose_answer(c);
    assert_int_equal(connection_uncertain(c), 1);
    assert_int_equal(told.calls, 0);
    run_until(c, &told.last);
    assert_string_equal(told.value, "replayed");
    assert_true(told.resent);
    assert_int_equal(told.kind, ERROR_NONE);
    assert_int_equal(number(admin, "SELECT count(*) FROM posting WHERE key LIKE '1111%'"), 1);
    PQfinish(admin);
    connection_free(c);
}

/* Nobody finishes another one's posting. */
static void gives_up_doubt_when_the_role_changes(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = ready();
    post(c, "44444444-0000-4000-8000-000000000001", "0", &told);
    lose_answer(c);
    assert_int_equal(connection_uncertain(c), 1);
    connection_set_role(c, "somebody_else");
    assert_int_equal(connection_uncertain(c), 0);
    run_until(c, &told.last);
    assert_int_equal(told.kind, ERROR_UNCERTAIN);
    connection_free(c);
}

/* Rolled back by a crash of the server in the middle: the second call does it. */
static void repeats_a_write_that_a_crash_undid(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = ready();
    PGconn *admin = other();
    post(c, "22222222-0000-4000-8000-000000000001", "1", &told);
    step_once(c, 10);
    wait_number(admin,
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT post%' AND "
                "wait_event = 'PgSleep'",
                1);
    int pid = number(admin, "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT post%'");
    PQfinish(admin);
    kill(pid, SIGKILL);
    run_until(c, &told.last);
    assert_string_equal(told.value, "done");
    assert_true(told.resent);
    admin = other();
    assert_int_equal(number(admin, "SELECT count(*) FROM posting WHERE key LIKE '2222%'"), 1);
    PQfinish(admin);
    connection_free(c);
}

static void repeats_serialization_failures(void **state)
{
    struct told told;
    (void)state;
    struct connection *c = ready();
    ask(c, c, "SELECT fail_at_first(3)", &told);
    run_until(c, &told.last);
    assert_int_equal(told.kind, ERROR_NONE);
    ask(c, c, "SELECT fail_at_first(100)", &told);
    run_until(c, &told.last);
    assert_string_equal(told.code, "40001");
    connection_free(c);
}

static void tries_the_next_host(void **state)
{
    char conninfo[256];
    (void)state;
    snprintf(conninfo, sizeof conninfo,
             "host=/nowhere,%s target_session_attrs=read-write "
             "dbname=bankops",
             getenv("PGHOST"));
    struct connection_options options = {.conninfo = conninfo};
    struct connection *c = connection_new(&options);
    connection_start(c);
    run_to_state(c, LINK_READY);
    connection_free(c);
}

static void says_when_there_is_no_use_in_trying(void **state)
{
    (void)state;
    struct connection_options options = {.as = "nobody_of_this_name"};
    struct connection *c = connection_new(&options);
    connection_start(c);
    run_to_state(c, LINK_REFUSED);
    assert_non_null(strstr(connection_banner(c), "nobody_of_this_name"));
    connection_free(c);
}

/* A host that takes the connection and never says a word is left after its time. */
static void leaves_a_silent_host(void **state)
{
    char silent[] = "/tmp/bankops-test-XXXXXX", conninfo[256];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)state;
    assert_non_null(mkdtemp(silent));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", silent);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 5), 0);
    snprintf(conninfo, sizeof conninfo, "host=%s,%s connect_timeout=1 dbname=bankops", silent,
             getenv("PGHOST"));
    struct connection_options options = {.conninfo = conninfo};
    struct connection *c = connection_new(&options);
    int64_t begin = clock_ms();
    connection_start(c);
    run_to_state(c, LINK_READY);
    assert_in_range(clock_ms() - begin, 900, 3000);
    connection_free(c);
    close(fd);
    unlink(address.sun_path);
    rmdir(silent);
}

/* Names are looked up behind the loop's back, and an unknown one is tried again. */
static void looks_names_up(void **state)
{
    char conninfo[256];
    (void)state;
    struct connection_options options = {.conninfo = "host=nowhere.invalid dbname=bankops"};
    struct connection *c = connection_new(&options);
    int64_t begin = clock_ms();
    connection_start(c);
    assert_true(clock_ms() - begin < 500);
    assert_int_equal(connection_state(c), LINK_CONNECTING);
    run_to_state(c, LINK_LOST);
    assert_non_null(strstr(connection_banner(c), "name"));
    connection_free(c);
    snprintf(conninfo, sizeof conninfo,
             "host=nowhere.invalid,localhost,%s port=1,1,5432 dbname=bankops", getenv("PGHOST"));
    options.conninfo = conninfo;
    c = connection_new(&options);
    connection_start(c);
    run_to_state(c, LINK_READY);
    connection_free(c);
}

static void let_in_by_password(PGconn *admin, const char *role)
{
    char file[512], text[4096];
    PGresult *result = PQexec(admin, "SHOW hba_file");
    snprintf(file, sizeof file, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    FILE *old = fopen(file, "r");
    size_t length = old ? fread(text, 1, sizeof text - 1, old) : 0;
    assert_true(length > 0);
    fclose(old);
    FILE *new = fopen(file, "w");
    assert_non_null(new);
    fprintf(new, "local all %s scram-sha-256\n%.*s", role, (int)length, text);
    fclose(new);
    execute(admin, "SELECT pg_reload_conf()");
    wait_number(admin, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method LIKE 'scram%'", 1);
}

static void asks_for_a_password(void **state)
{
    struct told told;
    (void)state;
    PGconn *admin = other();
    execute(admin, "CREATE ROLE secretive LOGIN PASSWORD 'right' IN ROLE bankops_staff");
    let_in_by_password(admin, "secretive");
    PQfinish(admin);
    struct connection_options options = {.as = "secretive"};
    struct connection *c = connection_new(&options);
    ask(c, c, "SELECT current_user", &told);
    connection_start(c);
    run_to_state(c, LINK_NEEDS_PASSWORD);
    connection_set_password(c, "wrong");
    run_to_state(c, LINK_CONNECTING);
    run_to_state(c, LINK_NEEDS_PASSWORD);
    assert_non_null(strstr(connection_banner(c), "does not accept"));
    connection_set_password(c, "right");
    run_until(c, &told.last);
    assert_string_equal(told.value, "secretive");
    connection_free(c);
}

/* Restarts the server with more settings. */
static void restart_with(const char *settings)
{
    char file[512], command[512];
    PGconn *admin = other();
    PGresult *result = PQexec(admin, "SHOW config_file");
    snprintf(file, sizeof file, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(admin);
    FILE *conf = fopen(file, "a");
    assert_non_null(conf);
    fputs(settings, conf);
    fclose(conf);
    snprintf(command, sizeof command,
             "b='%s/bankops database --quiet'; unset PGHOST PGDATABASE PGUSER; $b stop && $b start",
             getenv("BANKOPS_BUILD"));
    assert_int_equal(system(command), 0);
}

/* The commit waited for a standby, and the wait was broken off. */
static void doubts_what_no_standby_confirmed(void **state)
{
    struct told told;
    (void)state;
    restart_with("wal_level = replica\nmax_wal_senders = 2\n");
    struct connection *c = ready();
    PGconn *admin = other();
    execute(admin, "ALTER SYSTEM SET synchronous_standby_names = 'ghost'");
    execute(admin, "SELECT pg_reload_conf()");
    wait_number(admin, "SELECT count(*) FROM pg_settings WHERE setting = 'ghost'", 1);
    /* It is the checkpointer that tells the others to wait: behind this it has read the setting. */
    execute(admin, "CHECKPOINT");
    post(c, "55555555-0000-4000-8000-000000000001", "0", &told);
    wait_number(admin, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", 1);
    execute(admin,
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    run_until(c, &told.last);
    assert_int_equal(told.kind, ERROR_UNCERTAIN);
    assert_string_equal(told.value, "done");
    connection_free(c);
    PQfinish(admin);
}

static int start(void **state)
{
    (void)state;
    if (!fixture_start(""))
        return -1;
    PGconn *admin = other();
    execute(admin,
            "CREATE TABLE posting (key text PRIMARY KEY);"
            "CREATE TABLE pair (n int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
            "CREATE SEQUENCE tries;"
            "CREATE FUNCTION post(p_key text, p_seconds text) RETURNS text LANGUAGE plpgsql AS $$"
            " BEGIN IF EXISTS (SELECT FROM posting WHERE key = p_key) THEN RETURN 'replayed';"
            " END IF; INSERT INTO posting VALUES (p_key); PERFORM pg_sleep(p_seconds::float8);"
            " RETURN 'done'; END $$;"
            "CREATE FUNCTION fail_at_first(times int) RETURNS int LANGUAGE plpgsql AS $$"
            " BEGIN IF nextval('tries') <= times THEN RAISE 'again' USING ERRCODE = '40001';"
            " END IF; RETURN 1; END $$");
    PQfinish(admin);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop();
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
        cmocka_unit_test(tries_the_next_host),
        cmocka_unit_test(leaves_a_silent_host),
        cmocka_unit_test(looks_names_up),
        cmocka_unit_test(asks_for_a_password),
        cmocka_unit_test(says_when_there_is_no_use_in_trying),
        cmocka_unit_test(doubts_what_no_standby_confirmed),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("connection", tests, start, stop);
}
