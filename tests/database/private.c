/* The console's connection to the private cluster: started on demand, without blocking. */
#include "../lib/check.h"
#include "base/clock.h"
#include "database/cluster.h"
#include "database/connection_inside.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/bankops-test-XXXXXX";
static int64_t longest_us; /* step */

static void use_folder(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    setenv("BANKOPS_DATA", path, 1);
}

static void step_once(struct connection *c)
{
    int wait = connection_next_timeout_ms(c);
    struct pollfd fd = {connection_socket(c), connection_events(c), 0};
    poll(&fd, fd.fd >= 0, wait < 0 || wait > 100 ? 100 : wait);
    int64_t begin = clock_us();
    connection_step(c, fd.revents);
    int64_t took = clock_us() - begin;
    longest_us = took > longest_us ? took : longest_us;
}

static void run_to_state(struct connection *c, enum connection_state state)
{
    for (int64_t begin = clock_ms(); connection_state(c) != state && clock_ms() - begin < 30000;)
        step_once(c);
    if (connection_state(c) != state)
        print_error("# %s\n", connection_banner(c));
    assert_int_equal(connection_state(c), state);
}

static void say(void *data, struct answer *answer)
{
    assert_null(answer->error);
    *(bool *)data = true;
}

/* An empty folder: initdb, start, migrations, all behind the loop's back. */
static void makes_and_starts_the_cluster(void **state)
{
    bool answered = false;
    struct connection_options options = {.conninfo = NULL};
    struct request request = {.sql = "SELECT 1"};
    struct connection *c = connection_new(&options);
    (void)state;
    assert_true(connection_is_private(c));
    int64_t begin = clock_ms();
    connection_start(c);
    assert_int_equal(connection_state(c), LINK_CONNECTING);
    assert_true(clock_ms() - begin < 500);
    connection_request(c, c, &request, say, &answered);
    run_to_state(c, LINK_READY);
    while (!answered)
        step_once(c);
    print_message("# empty folder to first answer %d ms, longest step %d us\n",
                  (int)(clock_ms() - begin), (int)longest_us);
    assert_true(longest_us < 500000);
    connection_free(c);
}

/* A second console, in a process of its own. */
static pid_t other_console(void)
{
    pid_t child = fork();
    if (child)
        return child;
    bool answered = false;
    struct connection_options options = {.conninfo = NULL};
    struct request request = {.sql = "SELECT 1"};
    struct connection *c = connection_new(&options);
    connection_start(c);
    connection_request(c, c, &request, say, &answered);
    for (int64_t begin = clock_ms(); !answered && clock_ms() - begin < 60000;)
        step_once(c);
    _exit(answered ? 0 : 1);
}

/* Several first starts of one folder at once: each gets its answer. */
static void many_make_one_cluster(void **state)
{
    enum { CONSOLES = 4 };
    pid_t children[CONSOLES];
    int status;
    (void)state;
    use_folder("many");
    for (int i = 0; i < CONSOLES; i++)
        children[i] = other_console();
    for (int i = 0; i < CONSOLES; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    char *socket = cluster_running();
    assert_non_null(socket);
    free(socket);
    assert_true(cluster_stop(NULL, NULL));
    use_folder("data");
}

/* The child that makes the cluster is killed and its console lives on: another console gets the
 * lock and makes it. */
static void outlives_a_killed_maker(void **state)
{
    struct connection_options options = {.conninfo = NULL};
    int status;
    (void)state;
    use_folder("killed");
    struct connection *c = connection_new(&options);
    connection_start(c);
    assert_true(c->starter > 0);
    kill(c->starter, SIGKILL);
    for (int64_t begin = clock_ms(); c->starter && clock_ms() - begin < 30000;)
        step_once(c);
    pid_t child = other_console();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    connection_free(c);
    assert_true(cluster_stop(NULL, NULL));
    use_folder("data");
}

static void does_not_restart_what_was_stopped_by_hand(void **state)
{
    struct connection_options options = {.conninfo = NULL};
    struct connection *c = connection_new(&options);
    struct error error = ERROR_INIT;
    char *socket = NULL;
    (void)state;
    connection_start(c);
    run_to_state(c, LINK_READY);
    assert_true(cluster_stop(NULL, &error));
    run_to_state(c, LINK_LOST);
    for (int64_t begin = clock_ms(); clock_ms() - begin < 4000;)
        step_once(c);
    assert_null(cluster_running());
    assert_non_null(strstr(connection_banner(c), "stopped"));
    assert_true(cluster_start(false, true, NULL, &socket, &error));
    run_to_state(c, LINK_READY);
    free(socket);
    connection_free(c);
}

/* Its own end it was not: the console brings it back. */
static void restarts_what_was_killed(void **state)
{
    struct cluster_status status;
    struct error error = ERROR_INIT;
    struct connection_options options = {.conninfo = NULL};
    struct connection *c = connection_new(&options);
    (void)state;
    connection_start(c);
    run_to_state(c, LINK_READY);
    assert_true(cluster_status(&status, &error));
    kill(status.pid, SIGKILL);
    run_to_state(c, LINK_LOST);
    run_to_state(c, LINK_READY);
    connection_free(c);
}

static int start(void **state)
{
    static const char *const names[] = {"PGHOST",    "PGHOSTADDR", "PGPORT",
                                        "PGSERVICE", "PGDATABASE", "PGUSER"};
    char path[256];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    if (!mkdtemp(folder) || chmod(folder, 0755) < 0)
        return -1;
    use_folder("data");
    snprintf(path, sizeof path, "%s/share",
             getenv("BANKOPS_BUILD") ? getenv("BANKOPS_BUILD") : ".");
    setenv("BANKOPS_SHARE", path, 1);
    return 0;
}

static int stop(void **state)
{
    char command[256];
    (void)state;
    bool stopped = cluster_stop(NULL, NULL);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return stopped && system(command) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_and_starts_the_cluster),
        cmocka_unit_test(many_make_one_cluster),
        cmocka_unit_test(outlives_a_killed_maker),
        cmocka_unit_test(does_not_restart_what_was_stopped_by_hand),
        cmocka_unit_test(restarts_what_was_killed),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("private", tests, start, stop);
}
