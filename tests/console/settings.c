#include "base/buffer.h"
#include "base/file.h"
#include "console/settings.h"
#include "tests/lib/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[128];

static void put(const char *text, size_t length)
{
    assert_true(file_write(path, text, length, NULL));
}

static void holds(const char *expected)
{
    char *text;
    size_t length;
    assert_true(file_read(path, 1 << 16, &text, &length, NULL));
    assert_string_equal(text, expected);
    free(text);
}

static int begin(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/bankops-settings-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/made/bankops.conf", folder);
    return 0;
}

static int end(void **state)
{
    char command[256];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void makes_the_file(void **state)
{
    struct stat status;
    (void)state;
    assert_true(settings_keep(path, "theme", "light", NULL));
    holds("theme = light\n");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void leaves_other_lines(void **state)
{
    static const char text[] = "# mine\nkeymap=vim\n  theme = mono # dark\n\nalias.o = cmp overdue";
    (void)state;
    put(text, strlen(text));
    assert_false(settings_keep(path, "theme", "light", NULL)); /* "mono # dark" is no theme */
    holds(text);
    static const char good[] = "# mine\nkeymap=vim\n  theme = mono\n\ntheme=light\nalias.o = cmp";
    put(good, strlen(good));
    assert_true(settings_keep(path, "theme", "high-contrast", NULL));
    holds("# mine\nkeymap=vim\ntheme = high-contrast\n\nalias.o = cmp\n");
    assert_true(settings_keep(path, "language", "zh", NULL));
    holds("# mine\nkeymap=vim\ntheme = high-contrast\n\nalias.o = cmp\nlanguage = zh\n");
}

static void refuses_a_broken_file(void **state)
{
    struct error error = ERROR_INIT;
    (void)state;
    put("keymap = vim\ntheme\n", 19);
    assert_false(settings_keep(path, "keymap", "ibm", &error));
    assert_non_null(strstr(error.where, "bankops.conf:2"));
    holds("keymap = vim\ntheme\n");
    put("theme = mono\n\0\1", 15);
    assert_false(settings_keep(path, "keymap", "ibm", &error));
    assert_non_null(strstr(error.what, "not a text file"));
}

static void follows_a_link(void **state)
{
    char real[128];
    struct stat status;
    (void)state;
    snprintf(real, sizeof real, "%s/elsewhere.conf", folder);
    assert_true(file_write(real, "keymap = vim\n", 13, NULL));
    unlink(path);
    assert_int_equal(symlink(real, path), 0);
    assert_true(settings_keep(path, "keymap", "finacle", NULL));
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    holds("keymap = finacle\n");
}

static void shows_and_sets(void **state)
{
    static const char *const pairs[][2] = {{"keymap", "vim"},   {"theme", "mono"},
                                           {"language", "zh"},  {"idle_lock", "15m"},
                                           {"ambiguous_width", "2"}, {"screens", "/"}};
    struct settings settings;
    struct error error = ERROR_INIT;
    (void)state;
    assert_true(settings_read(&settings, "/nowhere/at/all", NULL));
    for (int i = 0; i < 6; i++) {
        struct buffer value = BUFFER_INIT;
        assert_string_equal(settings_name(i), pairs[i][0]);
        assert_true(settings_set(&settings, pairs[i][0], pairs[i][1], NULL));
        assert_false(settings_set(&settings, pairs[i][0], "/nonsense", &error));
        settings_value(&settings, i, &value);
        assert_string_equal(buffer_text(&value), pairs[i][1]);
        buffer_free(&value);
    }
    assert_null(settings_name(6));
    settings_free(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_file), cmocka_unit_test(leaves_other_lines),
        cmocka_unit_test(refuses_a_broken_file), cmocka_unit_test(follows_a_link),
        cmocka_unit_test(shows_and_sets),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
