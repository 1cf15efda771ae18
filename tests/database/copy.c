#include "database/copy.h"
#include "../lib/check.h"
#include "../lib/fixture.h"
#include "base/clock.h"
#include "database/copy_binary.h"
#include "database/session.h"

static PGconn *connection;

static void quick(const char *sql)
{
    struct error error = ERROR_INIT;
    if (!session_script(connection, sql, &error))
        fail_msg("%s", error.what);
}

static char *value(const char *sql)
{
    static char text[256];
    char *got;
    struct error error = ERROR_INIT;
    if (!session_value(connection, sql, 0, NULL, &got, &error))
        fail_msg("%s", error.what);
    snprintf(text, sizeof text, "%s", got);
    free(got);
    return text;
}

static void keeps_every_byte(void **state)
{
    struct copy copy;
    struct error error = ERROR_INIT;
    const char *const texts[] = {"plain", "tab\there", "line\nend\r", "back\\slash \\N \\.",
                                 "",      NULL,        "张伟民 𠮷"};
    (void)state;
    quick("CREATE TEMP TABLE t (n bigint, s text)");
    assert_true(copy_begin(&copy, connection, "COPY t FROM STDIN", &error));
    for (int i = 0; i < 7; i++) {
        copy_integer(&copy, i ? -i : INT64_MIN);
        copy_text(&copy, texts[i]);
        assert_true(copy_row_end(&copy, &error));
    }
    assert_true(copy_end(&copy, &error));
    assert_int_equal(copy.rows, 7);
    assert_string_equal(value("SELECT min(n) FROM t"), "-9223372036854775808");
    for (int i = 1; i < 7; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "SELECT coalesce(s, 'null') FROM t WHERE n = %d", -i);
        assert_string_equal(value(sql), texts[i] ? texts[i] : "null");
    }
}

static bool add_row(struct copy *copy, const char *text, struct error *error)
{
    copy_text(copy, text);
    return copy_row_end(copy, error);
}

static void keeps_nothing_of_a_bad_load(void **state)
{
    struct copy copy;
    struct error error = ERROR_INIT;
    (void)state;
    quick("CREATE TEMP TABLE u (n int)");
    assert_true(copy_begin(&copy, connection, "COPY u FROM STDIN", &error));
    assert_true(add_row(&copy, "1", &error) && add_row(&copy, "many", &error));
    assert_false(copy_end(&copy, &error));
    assert_string_equal(error.code, "22P02");
    assert_true(copy_begin(&copy, connection, "COPY u FROM STDIN", &error));
    assert_true(add_row(&copy, "1", &error));
    copy_abort(&copy);
    assert_string_equal(value("SELECT count(*) FROM u"), "0");
    assert_false(copy_begin(&copy, connection, "COPY nowhere FROM STDIN", &error));
    assert_string_equal(error.code, "42P01");
}

static bool add_up(void *data, const char *line, size_t length, struct error *error)
{
    long *sum = data;
    (void)length;
    *sum += strtol(line, NULL, 10);
    return *sum < 10 || error_set(error, ERROR_CANCELLED, NULL, NULL, "enough");
}

static void reads_out(void **state)
{
    long sum = 0;
    struct error error = ERROR_INIT;
    (void)state;
    assert_true(copy_out(connection, "COPY (SELECT generate_series(1, 3)) TO STDOUT", add_up, &sum,
                         &error));
    assert_int_equal(sum, 6);
    assert_false(copy_out(connection, "COPY (SELECT generate_series(1, 1000)) TO STDOUT", add_up,
                          &sum, &error));
    assert_string_equal(error.what, "enough");
    assert_string_equal(value("SELECT 1"), "1");
    assert_false(copy_out(connection,
                          "COPY (SELECT 1 / (3 - n) FROM generate_series(1, 9) n) TO "
                          "STDOUT",
                          add_up, &(long){0}, &error));
    assert_string_equal(error.code, "22012");
}

enum { READ_COLUMNS = 5 };

struct binary {
    struct copy_binary_reader reader;
    struct buffer told;
};

static bool tell_row(void *data, const char *row, size_t length, struct error *error)
{
    struct binary *binary = data;
    struct copy_field fields[READ_COLUMNS];
    (void)error;
    int count = copy_binary_read(&binary->reader, row, length, fields, READ_COLUMNS);
    if (count == READ_COLUMNS)
        buffer_format(&binary->told, "%lld %lld %lld %d %.*s;",
                      (long long)copy_binary_number(fields[0]),
                      (long long)copy_binary_number(fields[1]),
                      (long long)copy_binary_number(fields[2]), copy_binary_day(fields[3]),
                      (int)fields[4].length, fields[4].length ? fields[4].bytes : "");
    else
        buffer_add(&binary->told, count == COPY_BINARY_END ? "end" : "bad");
    return true;
}

static void reads_out_in_binary(void **state)
{
    struct binary binary = {.told = BUFFER_INIT};
    struct error error = ERROR_INIT;
    (void)state;
    assert_true(
        copy_out(connection,
                 "COPY (VALUES (1::smallint, -2::int, -9223372036854775808, date '1970-01-02', "
                 "'张'), (-1::smallint, 2147483647, 3::bigint, date '2030-01-01', NULL)) "
                 "TO STDOUT (FORMAT binary)",
                 tell_row, &binary, &error));
    assert_string_equal(buffer_text(&binary.told),
                        "1 -2 -9223372036854775808 1 张;-1 2147483647 3 21915 ;end");
    buffer_clear(&binary.told);
    binary.reader.begun = false;
    assert_true(copy_out(connection, "COPY (SELECT 1 WHERE false) TO STDOUT (FORMAT binary)",
                         tell_row, &binary, &error));
    assert_true(copy_out(connection, "COPY (SELECT 1) TO STDOUT", tell_row, &binary, &error));
    binary.reader.begun = false;
    assert_true(copy_out(connection, "COPY (SELECT 1) TO STDOUT", tell_row, &binary, &error));
    assert_string_equal(buffer_text(&binary.told), "endbadbad");
    buffer_free(&binary.told);
}

static void is_fast(void **state)
{
    enum { ROWS = 300000 };
    struct copy copy;
    struct error error = ERROR_INIT;
    (void)state;
    quick("CREATE TEMP TABLE f (n bigint, a text, b text)");
    int64_t begin = clock_us();
    assert_true(copy_begin(&copy, connection, "COPY f FROM STDIN", &error));
    for (int i = 0; i < ROWS; i++) {
        copy_integer(&copy, i);
        copy_text(&copy, "张伟民");
        copy_text(&copy, "13800138000");
        assert_true(copy_row_end(&copy, &error));
    }
    assert_true(copy_end(&copy, &error));
    print_message("# %d rows/s\n", (int)(ROWS * 1000000.0 / (double)(clock_us() - begin)));
    assert_string_equal(value("SELECT count(*) FROM f"), "300000");
}

static int start(void **state)
{
    struct session_options options = {.conninfo = NULL};
    struct error error = ERROR_INIT;
    (void)state;
    if (!fixture_start(""))
        return -1;
    connection = session_open(&options, &error);
    if (!connection)
        print_error("# %s\n", error.what);
    return connection ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    PQfinish(connection);
    fixture_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_every_byte), cmocka_unit_test(keeps_nothing_of_a_bad_load),
        cmocka_unit_test(reads_out),        cmocka_unit_test(reads_out_in_binary),
        cmocka_unit_test(is_fast),
    };
    return cmocka_run_group_tests_name("copy", tests, start, stop);
}
