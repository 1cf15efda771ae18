#include "database/script.h"
#include "../lib/check.h"
#include "database/failure.h"

static const char script[] = "-- one; not a statement\n"
                             "SELECT 1; SELECT 2;\n"
                             "/* a ; /* nested ; */ ; */ SELECT 'a;''b;' AS \"c;d\",\n"
                             "  E'\\';' FROM t;\n"
                             ";;\n"
                             "CREATE FUNCTION f() AS $x$ a; $y$; $$ ; $x$;\n"
                             "CREATE RULE r AS DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b);\n"
                             "SELECT a$b$c, 7;\n"
                             "SELECT 8";

static void finds_where_statements_begin(void **state)
{
    static const int lines[] = {2, 2, 3, 6, 7, 8, 9};
    (void)state;
    for (int i = 0; i < (int)(sizeof lines / sizeof *lines); i++)
        assert_int_equal(script_statement_line(script, i), lines[i]);
    assert_int_equal(script_statement_line("", 0), 1);
    assert_int_equal(script_statement_line("SELECT 'open", 1), 1);
    assert_int_equal(script_statement_line("SELECT $tag$ open", 1), 1);
}

static void sorts_errors_by_their_code(void **state)
{
    (void)state;
    assert_int_equal(failure_kind("BO422"), ERROR_INPUT);
    assert_int_equal(failure_kind("BO403"), ERROR_REFUSED);
    assert_int_equal(failure_kind("57P01"), ERROR_UNREACHABLE);
    assert_int_equal(failure_kind("57014"), ERROR_CANCELLED);
    assert_int_equal(failure_kind("40003"), ERROR_UNCERTAIN);
    assert_int_equal(failure_kind("53100"), ERROR_SYSTEM);
    assert_int_equal(failure_kind("XX000"), ERROR_SYSTEM);
    assert_int_equal(failure_kind(""), ERROR_UNREACHABLE);
    assert_true(failure_may_retry("40P01"));
    assert_false(failure_may_retry("23505"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_where_statements_begin),
        cmocka_unit_test(sorts_errors_by_their_code),
    };
    return cmocka_run_group_tests_name("script", tests, NULL, NULL);
}
