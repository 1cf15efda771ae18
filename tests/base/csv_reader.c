#include "base/csv_reader.h"
#include "tests/lib/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct csv_reader reader;
static struct error error;

static bool open_text(const char *text, size_t length)
{
    char path[] = "csv_reader.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    close(fd);
    error = (struct error)ERROR_INIT;
    bool done = csv_reader_open(&reader, path, &error);
    unlink(path);
    return done;
}

/* The cells of the next row joined by |, or the error as PLACE behind the path: WHAT. */
static const char *next(void)
{
    static char text[700];
    const char *place = strchr(error.where, ':');
    *text = '\0';
    if (!csv_reader_next(&reader, &error)) {
        place = strchr(error.where, ':');
        snprintf(text, sizeof text, "%s %s", place ? place : "", error.what);
        return text;
    }
    for (int i = 0; i < reader.columns; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", i ? "|" : "",
                 (int)reader.row[i].length, reader.row[i].text);
    return text;
}

static void reads_rows(void **state)
{
    static const char sample[] = "\xEF\xBB\xBF" "id,text\r\n1,plain\r\n2,\"a, \"\"b\"\"\nc\"\r\n"
                                 "\r\n3,\n4,\"\"\n5,你好 🙂\n6,last";
    (void)state;
    assert_true(open_text(sample, strlen(sample)));
    assert_int_equal(csv_reader_column(&reader, "text", &error), 1);
    assert_string_equal(next(), "1|plain");
    assert_string_equal(next(), "2|a, \"b\"\nc");
    assert_string_equal(next(), "3|");
    assert_int_equal(reader.line, 6);
    assert_string_equal(next(), "4|");
    assert_string_equal(next(), "5|你好 🙂");
    assert_string_equal(next(), "6|last");
    assert_string_equal(next(), " ");
    csv_reader_close(&reader);
}

static void names_the_place(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a,b\n\"x\n\",1\n2\n", ":4 the row has 1 fields instead of 2"},
        {"a,b\n1,2\n1,\"open\n", ":3:b a quoted field does not end"},
        {"a,b\n1,2\n\"x\"y,2\n", ":3:a something follows the closing quote"},
        {"a,b\n1,2\n1,x\"y\n", ":3:b a quote stands in the middle of a field"},
        {"a,b\n1,2\n1,\xff\xfe\n", ":3:b the field is not valid UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(open_text(cases[i].text, strlen(cases[i].text)));
        next();
        assert_string_equal(next(), cases[i].want);
        csv_reader_close(&reader);
    }
}

static void refuses_at_once(void **state)
{
    (void)state;
    assert_false(open_text("", 0));
    assert_string_equal(error.what, "the file is empty");
    assert_false(open_text("a,\"b\n", 5));
    assert_true(open_text("a,b\n", 4));
    assert_int_equal(csv_reader_column(&reader, "c", &error), -1);
    assert_string_equal(error.todo, "The columns are: a, b");
    csv_reader_close(&reader);
}

/* A file cut anywhere or with any byte changed ends in rows or in a reason. */
static void survives_damage(void **state)
{
    static const char sample[] = "id,text\n1,\"a \"\"b\"\"\nc\"\n2,你好\n";
    char text[sizeof sample];
    (void)state;
    for (size_t i = 0; i < 256 * (sizeof sample - 1); i++) {
        memcpy(text, sample, sizeof sample);
        text[i / 256] = (char)(i % 256);
        if (!open_text(text, i % 2 ? i / 256 + 1 : sizeof sample - 1))
            continue;
        int rows = 0;
        while (csv_reader_next(&reader, &error))
            assert_true(++rows < 20);
        csv_reader_close(&reader);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows),
        cmocka_unit_test(names_the_place),
        cmocka_unit_test(refuses_at_once),
        cmocka_unit_test(survives_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
