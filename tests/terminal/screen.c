#include "base/clock.h"
#include "../lib/check.h"
#include "../lib/pty.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { WAIT = 5000 };

static struct pty *start(const char *const *environment)
{
    static char path[1024];
    const char *build = getenv("BANKOPS_BUILD");
    const char *argv[] = {path, NULL};
    snprintf(path, sizeof path, "%s/tests/terminal/demo", build ? build : ".");
    return pty_start(24, 80, argv, environment);
}

static void shows_text_and_leaves(void **state)
{
    int status;
    (void)state;
    struct pty *pty = start(NULL);
    assert_true(pty_wait_text(pty, "row 17", WAIT));
    assert_string_equal(pty_row(pty, 0), "demo ␛[31m张伟");
    assert_true(pty_is_alternate(pty));
    assert_string_equal(pty_title(pty), "demo title");
    pty_keys(pty, "y", "F5", NULL);
    assert_true(pty_wait_text(pty, "keys 2 size 24x80 key F5", WAIT));
    assert_string_equal(pty_clipboard(pty), "copied 张");
    pty_keys(pty, "Esc", NULL);
    assert_true(pty_wait_text(pty, "key Esc", WAIT));
    pty_keys(pty, "q", NULL);
    assert_true(pty_wait_exit(pty, &status, WAIT));
    assert_int_equal(WEXITSTATUS(status), 7);
    assert_false(pty_is_alternate(pty));
    pty_free(pty);
}

static void burst_is_few_frames(void **state)
{
    (void)state;
    struct pty *pty = start(NULL);
    assert_true(pty_wait_text(pty, "row 17", WAIT));
    unsigned long before = pty_bytes(pty);
    char burst[301] = "";
    for (int i = 0; i < 100; i++)
        memcpy(burst + 3 * i, "\033[B", 4);
    pty_type(pty, burst);
    assert_true(pty_wait_text(pty, "keys 100 ", WAIT));
    pty_settle(pty, 50, 1000);
    assert_true(pty_bytes(pty) - before <= 4000);
    before = pty_bytes(pty);
    pty_keys(pty, "Down", NULL);
    assert_true(pty_wait_text(pty, "keys 101 ", WAIT));
    assert_true(pty_bytes(pty) - before <= 350);
    pty_keys(pty, "q", NULL);
    assert_true(pty_wait_text(pty, "frames ", WAIT));
    int frames = 0;
    sscanf(strstr(pty_screen(pty), "frames "), "frames %d", &frames);
    assert_true(frames > 0 && frames <= 6);
    pty_free(pty);
}

static void paste_is_bounded(void **state)
{
    (void)state;
    struct pty *pty = start(NULL);
    size_t length = 10000000;
    char *text = malloc(length);
    assert_true(pty_wait_text(pty, "row 17", WAIT));
    memset(text, 'q', length);
    pty_paste(pty, text, 1000);
    assert_true(pty_wait_text(pty, "keys 1 size 24x80 paste 1000 taken", WAIT));
    pty_paste(pty, text, length);
    assert_true(pty_wait_text(pty, "paste 10000000 refused", 20000));
    free(text);
    pty_keys(pty, "x", NULL);
    assert_true(pty_wait_text(pty, "keys 3 ", WAIT));
    pty_free(pty);
}

static void survives_any_size(void **state)
{
    (void)state;
    struct pty *pty = start(NULL);
    unsigned seed = 7;
    assert_true(pty_wait_text(pty, "row 17", WAIT));
    for (int i = 0; i < 70; i++) {
        seed = seed * 1103515245u + 12345u;
        int rows = i == 0 ? 1 : 1 + (int)(seed >> 16) % 60;
        seed = seed * 1103515245u + 12345u;
        pty_resize(pty, rows, i == 0 ? 1 : 1 + (int)(seed >> 16) % 200);
        pty_settle(pty, 3, 200);
    }
    pty_resize(pty, 24, 80);
    assert_true(pty_wait_text(pty, "size 24x80", WAIT));
    pty_keys(pty, "Down", NULL);
    assert_true(pty_wait_text(pty, "keys 1 ", WAIT));
    pty_free(pty);
}

static void ends_on_hang_up(void **state)
{
    int status;
    (void)state;
    struct pty *pty = start(NULL);
    assert_true(pty_wait_text(pty, "row 17", WAIT));
    int64_t then = clock_ms();
    pty_hang_up(pty);
    assert_true(pty_wait_exit(pty, &status, WAIT));
    assert_true(clock_ms() - then < 200);
    assert_true(pty_cpu_ms(pty) < 200);
    pty_free(pty);
}

static void restores_after_a_fault(void **state)
{
    int status;
    (void)state;
    struct pty *pty = start(NULL);
    assert_true(pty_wait_text(pty, "row 17", WAIT));
    pty_keys(pty, "c", NULL);
    assert_true(pty_wait_exit(pty, &status, WAIT));
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_false(pty_is_alternate(pty));
    assert_true(pty_has(pty, "the terminal was restored"));
    pty_free(pty);
}

static void runs_another_program(void **state)
{
    (void)state;
    struct pty *pty = start(NULL);
    assert_true(pty_wait_text(pty, "row 17", WAIT));
    pty_keys(pty, "e", NULL);
    assert_true(pty_wait_text(pty, "key e", WAIT));
    assert_true(pty_is_alternate(pty));
    assert_true(pty_has(pty, "row 17"));
    pty_keys(pty, "Ctrl-Z", NULL);
    pty_signal(pty, SIGCONT);
    assert_true(pty_wait_text(pty, "key Ctrl-Z", WAIT));
    pty_free(pty);
}

static void refuses_poor_terminals(void **state)
{
    static const char *const kinds[][2] = {
        {"TERM=dumb", "cannot place its cursor"},
        {"TERM=nonsense", "is not known"},
        {"TERM", "not set"}};
    (void)state;
    for (int i = 0; i < 3; i++) {
        const char *environment[] = {kinds[i][0], NULL};
        int status;
        struct pty *pty = start(environment);
        assert_true(pty_wait_exit(pty, &status, WAIT));
        assert_int_equal(WEXITSTATUS(status), 1);
        assert_true(pty_has(pty, kinds[i][1]));
        assert_false(pty_is_alternate(pty));
        pty_free(pty);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_text_and_leaves),  cmocka_unit_test(burst_is_few_frames),
        cmocka_unit_test(paste_is_bounded),       cmocka_unit_test(survives_any_size),
        cmocka_unit_test(ends_on_hang_up),        cmocka_unit_test(restores_after_a_fault),
        cmocka_unit_test(runs_another_program),   cmocka_unit_test(refuses_poor_terminals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
