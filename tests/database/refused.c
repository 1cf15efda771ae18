#include "../lib/check.h"
#include "base/clock.h"
#include "base/language.h"
#include "database/address.h"
#include "database/connection.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Servers and settings that no second try makes better, told from those that one does. */

static struct connection *try_once(const char *conninfo)
{
    struct connection_options options = {.conninfo = conninfo, .as = "teller"};
    struct connection *c = connection_new(&options);
    connection_start(c);
    for (int64_t begin = clock_ms();
         connection_state(c) == LINK_CONNECTING && clock_ms() - begin < 20000;) {
        struct pollfd fd = {connection_socket(c), connection_events(c), 0};
        poll(&fd, fd.fd >= 0, 100);
        connection_step(c, fd.revents);
    }
    return c;
}

static void ends_as(const char *conninfo, enum connection_state state, const char *words)
{
    struct connection *c = try_once(conninfo);
    if (connection_state(c) != state || !strstr(connection_error(c)->what, words))
        print_error("# %s: %s\n", conninfo, connection_error(c)->what);
    assert_int_equal(connection_state(c), state);
    assert_non_null(strstr(connection_error(c)->what, words));
    assert_true(connection_error(c)->todo[0]);
    connection_free(c);
}

static void refuses_settings_that_cannot_work(void **state)
{
    (void)state;
    ends_as("service=no_such_service", LINK_REFUSED, "definition of service");
    ends_as("host=/nowhere sslmode=strong", LINK_REFUSED, "sslmode");
    ends_as("host=/nowhere what=ever", LINK_REFUSED, "what");
    ends_as("host='/nowhere", LINK_REFUSED, "unterminated");
    ends_as("host=/a,/b port=1,2,3", LINK_REFUSED, "port numbers");
    ends_as("host=/nowhere port=99999", LINK_REFUSED, "port number");
    ends_as("host=/nowhere port=five", LINK_REFUSED, "port");
    ends_as("host=/nowhere target_session_attrs=fast", LINK_REFUSED, "target_session_attrs");
    ends_as("host=/nowhere", LINK_LOST, "/nowhere/.s.PGSQL.5432");
}

/* libpq translates what it says; the reasons are known by its English words. */
static void refuses_them_in_chinese(void **state)
{
    language_set(LANGUAGE_CHINESE);
    refuses_settings_that_cannot_work(state);
    language_set(LANGUAGE_ENGLISH);
}

static void checks_without_connecting(void **state)
{
    struct error error = ERROR_INIT;
    (void)state;
    assert_true(address_check("host=/nowhere,192.0.2.1 dbname=x target_session_attrs=any", &error));
    assert_false(address_check("host=192.0.2.1 gssencmode=perhaps", &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_null(strchr(error.what, '\n'));
}

/* Answers one start message with a refusal, in the words of a Chinese server. */
static void refuse_one(int listener, const char *code)
{
    char body[256] = "", message[300] = "E", start[1024];
    int fd = accept(listener, NULL, NULL);
    int length = snprintf(body, sizeof body, "S致命错误%cVFATAL%cC%s%cM角色不让登录%c", 0, 0, code,
                          0, 0) + 1;
    uint32_t size = htonl((uint32_t)length + 4);
    memcpy(message + 1, &size, 4);
    memcpy(message + 5, body, (size_t)length);
    if (read(fd, start, sizeof start) <= 0 || write(fd, message, (size_t)length + 5) < 0)
        _exit(1);
    close(fd);
    _exit(0);
}

static void answered_with(const char *code, enum connection_state state, const char *words)
{
    char folder[] = "/tmp/bankops-test-XXXXXX", conninfo[256];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_non_null(mkdtemp(folder));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 5), 0);
    pid_t server = fork();
    if (server == 0)
        refuse_one(listener, code);
    snprintf(conninfo, sizeof conninfo, "host=%s gssencmode=disable dbname=bankops", folder);
    ends_as(conninfo, state, words);
    waitpid(server, NULL, 0);
    close(listener);
    unlink(address.sun_path);
    rmdir(folder);
}

static void reads_codes_of_a_server_of_any_language(void **state)
{
    (void)state;
    answered_with("28000", LINK_REFUSED, "teller: the server does not accept this login");
    answered_with("3D000", LINK_REFUSED, "\"bankops\": the server has no database of this name");
    answered_with("42501", LINK_REFUSED, "no member of staff");
    answered_with("22023", LINK_REFUSED, "致命错误: 角色不让登录");
    answered_with("53300", LINK_LOST, "too many connections");
    answered_with("57P03", LINK_LOST, "starting or stopping");
    answered_with("08P01", LINK_LOST, "角色不让登录");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_settings_that_cannot_work),
        cmocka_unit_test(refuses_them_in_chinese),
        cmocka_unit_test(checks_without_connecting),
        cmocka_unit_test(reads_codes_of_a_server_of_any_language),
    };
    static const char *const names[] = {"PGSERVICE", "PGHOST", "PGPORT", "PGHOSTADDR", "PGSSLMODE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    setenv("LC_ALL", "C.UTF-8", 1);
    signal(SIGPIPE, SIG_IGN);
    if (!language_start("en", "/nowhere", NULL))
        return 1;
    return cmocka_run_group_tests_name("refused", tests, NULL, NULL);
}
