#include "../lib/check.h"
#include "../lib/drive.h"
#include "base/clock.h"
#include "database/connection.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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
    drive_run_to(c, LINK_READY);
    connection_free(c);
}

static void says_when_there_is_no_use_in_trying(void **state)
{
    (void)state;
    struct connection_options options = {.as = "nobody_of_this_name"};
    struct connection *c = connection_new(&options);
    connection_start(c);
    drive_run_to(c, LINK_REFUSED);
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
    drive_run_to(c, LINK_READY);
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
    drive_run_to(c, LINK_LOST);
    assert_non_null(strstr(connection_banner(c), "name"));
    connection_free(c);
    snprintf(conninfo, sizeof conninfo,
             "host=nowhere.invalid,localhost,%s port=1,1,5432 dbname=bankops", getenv("PGHOST"));
    options.conninfo = conninfo;
    c = connection_new(&options);
    connection_start(c);
    drive_run_to(c, LINK_READY);
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
    drive_execute(admin, "SELECT pg_reload_conf()");
    drive_wait_number(admin,
                      "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method LIKE 'scram%'", 1);
}

static void asks_for_a_password(void **state)
{
    struct told told;
    (void)state;
    PGconn *admin = drive_other();
    drive_execute(admin, "CREATE ROLE secretive LOGIN PASSWORD 'right' IN ROLE bankops_staff");
    let_in_by_password(admin, "secretive");
    PQfinish(admin);
    struct connection_options options = {.as = "secretive"};
    struct connection *c = connection_new(&options);
    drive_ask(c, c, "SELECT current_user", &told);
    connection_start(c);
    drive_run_to(c, LINK_NEEDS_PASSWORD);
    connection_set_password(c, "wrong");
    drive_run_to(c, LINK_CONNECTING);
    drive_run_to(c, LINK_NEEDS_PASSWORD);
    assert_non_null(strstr(connection_banner(c), "does not accept"));
    connection_set_password(c, "right");
    drive_run_until(c, &told.last);
    assert_string_equal(told.value, "secretive");
    connection_free(c);
}

/* Restarts the server with more settings. */
static void restart_with(const char *settings)
{
    char file[512], command[512];
    PGconn *admin = drive_other();
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
    struct connection *c = drive_ready();
    PGconn *admin = drive_other();
    drive_execute(admin, "ALTER SYSTEM SET synchronous_standby_names = 'ghost'");
    drive_execute(admin, "SELECT pg_reload_conf()");
    drive_wait_number(admin, "SELECT count(*) FROM pg_settings WHERE setting = 'ghost'", 1);
    /* It is the checkpointer that tells the others to wait: behind this it has read the setting. */
    drive_execute(admin, "CHECKPOINT");
    drive_post(c, "55555555-0000-4000-8000-000000000001", "0", &told);
    drive_wait_number(admin, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
                      1);
    drive_execute(
        admin, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    drive_run_until(c, &told.last);
    assert_int_equal(told.kind, ERROR_UNCERTAIN);
    assert_string_equal(told.value, "done");
    connection_free(c);
    PQfinish(admin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tries_the_next_host),
        cmocka_unit_test(leaves_a_silent_host),
        cmocka_unit_test(looks_names_up),
        cmocka_unit_test(asks_for_a_password),
        cmocka_unit_test(says_when_there_is_no_use_in_trying),
        cmocka_unit_test(doubts_what_no_standby_confirmed),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("connect", tests, drive_start, drive_stop);
}
