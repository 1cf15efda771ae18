#include "base/csv_reader.h"
#include "base/buffer.h"
#include "tests/lib/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct csv_reader reader;
static struct error error;
static bool pieces;

static bool open_text(const char *text, size_t length)
{
    char path[] = "csv_reader.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    close(fd);
    error = (struct error)ERROR_INIT;
    bool done = pieces ? csv_reader_open_pieces(&reader, path, &error)
                       : csv_reader_open(&reader, path, &error);
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

/* A return is the end of a row only before its end. */
static void keeps_returns_within_a_row(void **state)
{
    static const char sample[] = "id,text\n1\r,a\rb\r\n2,last\r";
    (void)state;
    assert_true(open_text(sample, strlen(sample)));
    assert_string_equal(next(), "1\r|a\rb");
    assert_string_equal(next(), "2|last");
    csv_reader_close(&reader);
}

static void an_empty_line_is_a_row_of_one_column(void **state)
{
    (void)state;
    assert_true(open_text("a\n\nx\n", 5));
    assert_string_equal(next(), "");
    assert_int_equal(reader.line, 2);
    assert_string_equal(next(), "x");
    csv_reader_close(&reader);
}

static void goes_on_behind_a_bad_row(void **state)
{
    static const char sample[] = "a,b\n1,\xff\xfe,\"x\ny\"\n2,two\n3\n4,four\n";
    (void)state;
    assert_true(open_text(sample, strlen(sample)));
    assert_string_equal(next(), ":2:b the field is not valid UTF-8");
    csv_reader_skip(&reader);
    assert_string_equal(next(), "2|two");
    assert_int_equal(reader.line, 4);
    assert_string_equal(next(), ":5 the row has 1 fields instead of 2");
    csv_reader_skip(&reader);
    assert_string_equal(next(), "4|four");
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

/* What a spreadsheet in Chinese saves; a file that is partly UTF-8 is none of it. */
static void reads_gb18030(void **state)
{
    static const char chinese[] = "id,\xce\xc4\xb1\xbe\n1,\"\xc4\xe3\xba\xc3,\xca\xc0\xbd\xe7\"\n";
    static const char four[] = "id,t\n1,\xc4\xe3\xba\xc3\xca\xc0\xbd\xe7\xc4\xe3\xba\xc3"
                               "\x81\x39\xee\x39\n";
    static const char mixed[] = "a,b\n\xc4\xe3\xba\xc3\xca\xc0,2\n1,\xe4\xbd\xa0\xe5\xa5\xbd\n";
    static const char western[] = "a,b\n1,caf\xe9 cr\xe8me br\xfbl\xe9""e\n";
    (void)state;
    assert_true(open_text(chinese, sizeof chinese - 1));
    assert_int_equal(csv_reader_column(&reader, "文本", &error), 1);
    assert_string_equal(next(), "1|你好,世界");
    csv_reader_close(&reader);
    assert_true(open_text(four, sizeof four - 1));
    assert_string_equal(next(), "1|你好世界你好㐀");
    csv_reader_close(&reader);
    assert_true(open_text(mixed, sizeof mixed - 1));
    assert_string_equal(next(), ":2:a the field is not valid UTF-8");
    assert_string_equal(error.todo, "Save the file as UTF-8, or all of it as GB18030 (GBK).");
    csv_reader_close(&reader);
    assert_true(open_text(western, sizeof western - 1));
    assert_string_equal(next(), ":2:b the field is not valid UTF-8");
    csv_reader_close(&reader);
}

static void refuses_at_once(void **state)
{
    (void)state;
    assert_false(open_text("", 0));
    assert_string_equal(error.what, "the file is empty");
    assert_false(open_text("a,\"b\n", 5));
    assert_false(open_text("a\"b,c\n", 6));
    assert_non_null(strstr(error.where, ":1:1"));
    assert_true(open_text("a,b\n", 4));
    assert_int_equal(csv_reader_column(&reader, "c", &error), -1);
    assert_string_equal(error.todo, "The columns are: a, b");
    csv_reader_close(&reader);
    assert_true(open_text("a,b,a\n", 6));
    assert_int_equal(csv_reader_column(&reader, "b", &error), 1);
    assert_int_equal(csv_reader_column(&reader, "a", &error), -1);
    assert_string_equal(error.what, "two columns are named 'a'");
    csv_reader_close(&reader);
}

/* A file much longer than a piece, with a row longer than one, whose memory does not grow with it. */
static void reads_long_files(void **state)
{
    enum { ROWS = 60000, LONG = 200000 };
    struct buffer text = BUFFER_INIT;
    char want[40];
    (void)state;
    buffer_add(&text, "number,text\n");
    for (int i = 0; i < ROWS; i++) {
        buffer_format(&text, "%d,\"a \"\"%d\"\"\n", i, i);
        for (int k = 0; i == ROWS / 2 && k < LONG; k++)
            buffer_add_char(&text, 'x');
        buffer_add(&text, "\"\n");
    }
    assert_true(open_text(text.data, text.length));
    assert_int_equal(csv_reader_column(&reader, "text", &error), 1);
    for (int i = 0; i < ROWS; i++) {
        assert_true(csv_reader_next(&reader, &error));
        snprintf(want, sizeof want, "a \"%d\"\n", i);
        assert_int_equal(reader.row[1].length, strlen(want) + (i == ROWS / 2 ? LONG : 0));
        assert_memory_equal(reader.row[1].text, want, strlen(want));
    }
    assert_int_equal(reader.line, 2 * ROWS);
    assert_false(csv_reader_next(&reader, &error));
    assert_int_equal(error.kind, ERROR_NONE);
    assert_true(!pieces || reader.capacity < text.length / 2);
    csv_reader_close(&reader);
    buffer_free(&text);
}

static int read_in_pieces(void **state)
{
    (void)state;
    pieces = true;
    return 0;
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
        cmocka_unit_test(keeps_returns_within_a_row),
        cmocka_unit_test(goes_on_behind_a_bad_row),
        cmocka_unit_test(an_empty_line_is_a_row_of_one_column),
        cmocka_unit_test(names_the_place),
        cmocka_unit_test(reads_gb18030),
        cmocka_unit_test(refuses_at_once),
        cmocka_unit_test(reads_long_files),
        cmocka_unit_test(survives_damage),
        cmocka_unit_test_setup(reads_rows, read_in_pieces),
        cmocka_unit_test(names_the_place),
        cmocka_unit_test(refuses_at_once),
        cmocka_unit_test(reads_long_files),
        cmocka_unit_test(survives_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
