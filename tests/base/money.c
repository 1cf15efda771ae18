#include "base/money.h"
#include "../lib/check.h"

#include <string.h>

static void formats_minor_units(void **state)
{
    char text[48];
    (void)state;
    assert_string_equal(money_format(123456, "CNY", text, sizeof text), "1,234.56");
    assert_string_equal(money_format(-5, "CNY", text, sizeof text), "-0.05");
    assert_string_equal(money_format(1000000, "JPY", text, sizeof text), "1,000,000");
    assert_string_equal(money_format(1234567, "KWD", text, sizeof text), "1,234.567");
    assert_string_equal(money_format(INT64_MIN, "CNY", text, sizeof text),
                        "-92,233,720,368,547,758.08");
}

static void parses(const char *text, char mark, bool good, int64_t want)
{
    int64_t minor = 0;
    assert_int_equal(money_parse(text, strlen(text), mark, 2, &minor), good);
    if (good)
        assert_true(minor == want);
}

static void reads_only_plain_amounts(void **state)
{
    (void)state;
    parses("1,234.56", '.', true, 123456);
    parses("1234,56", ',', true, 123456);
    parses("-0.05", '.', true, -5);
    parses("100", '.', true, 10000);
    parses("100,", ',', true, 10000);
    parses("1.2300", '.', true, 123);
    parses("1.239", '.', false, 0);
    parses("12,34.00", '.', false, 0);
    parses("1234,567.00", '.', false, 0);
    parses("1e3", '.', false, 0);
    parses("", '.', false, 0);
    parses("92233720368547758.08", '.', false, 0);
    parses("92233720368547758.07", '.', true, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_minor_units),
        cmocka_unit_test(reads_only_plain_amounts),
    };
    return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
