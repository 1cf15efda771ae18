#include "base/language.h"
#include "console/csv.h"
#include "console/format.h"
#include "console/report_period.h"
#include "tests/lib/check.h"

#include <string.h>

static struct named_value values[] = {{"late", {"Late", "已逾期"}, STYLE_DANGER}};
static struct defined_column columns_array[] = {
    {.name = "amount", .format = FORMAT_MONEY, .currency = "currency", .currency_at = 1, .width = 16},
    {.name = "currency", .currency_at = -1, .width = 3},
    {.name = "due", .format = FORMAT_DUE, .currency_at = -1, .width = 8},
    {.name = "state", .format = FORMAT_BADGE, .values = values, .value_count = 1, .width = 8,
     .currency_at = -1},
    {.name = "at", .format = FORMAT_DATETIME, .width = 11, .currency_at = -1},
    {.name = "count", .format = FORMAT_INTEGER, .width = 9, .currency_at = -1},
    {.name = "share", .format = FORMAT_PERCENT, .width = 7, .currency_at = -1},
};
static const struct defined_columns columns = {columns_array, 7};
static const char *const row[] = {"-123456", "CNY", "2026-11-21 06:00:00.5+08", "late",
                                  "2026-11-21 14:03:22.123456+08", "1234567", "12.345"};

static const char *cell(int column, int64_t now, unsigned *style)
{
    static char text[128];
    return format_cell(&columns, column, row, now, style, text, sizeof text);
}

static void formats(void **state)
{
    int64_t due;
    unsigned style = STYLE_NORMAL;
    (void)state;
    assert_true(format_timestamp("2026-11-21 06:00:00.5+08", &due));
    assert_int_equal(due, 1795212000500);
    assert_string_equal(cell(0, 0, NULL), "-1,234.56");
    assert_string_equal(cell(2, due - 3 * 3600000 - 5 * 60000, &style), "3h 05m");
    assert_int_equal(style, STYLE_NORMAL);
    assert_string_equal(cell(2, due - 90000, &style), "1m 30s");
    assert_int_equal(style, STYLE_WARNING);
    assert_string_equal(cell(2, due + 90000, &style), "-1m 30s");
    assert_int_equal(style, STYLE_DANGER);
    assert_string_equal(cell(3, 0, &style), "Late");
    assert_string_equal(cell(4, 0, NULL), "11-21 14:03");
    assert_string_equal(cell(5, 0, NULL), "1,234,567");
    assert_string_equal(cell(6, 0, NULL), "12.3%");
}

static void figures(void **state)
{
    static const char *const pairs[][2] = {{"999", "999"}, {"1000", "1,000"}, {"-1000", "-1,000"},
                                           {"-999", "-999"}, {"99999", "99,999"}, {"1e3", "1e3"}};
    static const char *const shares[][2] = {{"0", "0.0%"}, {"0.001", "0.001%"}, {"0.05", "0.1%"},
                                            {"99.94", "99.9%"}, {"99.99", "99.990%"},
                                            {"100", "100.0%"}};
    const char *cells[7] = {NULL};
    char text[32];
    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        cells[6] = shares[i][0];
        assert_string_equal(format_cell(&columns, 6, cells, 0, NULL, text, sizeof text),
                            shares[i][1]);
    }
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        cells[5] = pairs[i][0];
        assert_string_equal(format_cell(&columns, 5, cells, 0, NULL, text, sizeof text),
                            pairs[i][1]);
    }
}

static void zones(void **state)
{
    int64_t one, other;
    (void)state;
    assert_true(format_timestamp("2026-11-21 06:00:00+08", &one));
    assert_true(format_timestamp("2026-11-20 22:00:00+00", &other));
    assert_int_equal(one, other);
    assert_true(format_timestamp("2026-11-20 18:30:00-03:30", &other));
    assert_int_equal(one, other);
    assert_false(format_timestamp("infinity", &other));
}

static void money_typed(void **state)
{
    char text[32];
    (void)state;
    assert_true(format_money_minor("1,234.5", "CNY", text, sizeof text));
    assert_string_equal(text, "123450");
    assert_true(format_money_minor("12", "JPY", text, sizeof text));
    assert_string_equal(text, "12");
    assert_false(format_money_minor("1.2345", "CNY", text, sizeof text));
    assert_false(format_money_minor("12a", "CNY", text, sizeof text));
}

static void expect_csv(const char *text, const char *expected)
{
    struct buffer out = BUFFER_INIT;
    csv_field(&out, text);
    assert_string_equal(buffer_text(&out), expected);
    buffer_free(&out);
}

static void formulas_are_neutralised(void **state)
{
    (void)state;
    expect_csv("=1+1", "\"'=1+1\"");
    expect_csv("+8613800138000x", "\"'+8613800138000x\"");
    expect_csv("@SUM(A1)", "\"'@SUM(A1)\"");
    expect_csv("\t=1", "\"' =1\"");
    expect_csv("\r=1", "\"'\n=1\"");
    expect_csv("\r\n\xE2\x80\xAE=1", "\"'\n=1\"");
    expect_csv("a\033[2Jb\007", "a[2Jb");
    expect_csv("＝cmd|' /C calc'!A0", "\"'＝cmd|' /C calc'!A0\"");
    expect_csv("－1", "\"'－1\"");
    expect_csv("-12.50", "-12.50");
    expect_csv("+3", "+3");
    expect_csv("-", "-");
    expect_csv("--", "\"'--\"");
    expect_csv("-1-1", "\"'-1-1\"");
    expect_csv("a,b", "\"a,b\"");
    expect_csv("say \"hi\"", "\"say \"\"hi\"\"\"");
    expect_csv("两\n行", "\"两\n行\"");
    expect_csv(NULL, "");
}

static void exports_are_plain(void **state)
{
    char text[64];
    (void)state;
    assert_string_equal(format_export(&columns, 0, row, text, sizeof text), "-1234.56");
    assert_string_equal(format_export(&columns, 5, row, text, sizeof text), "1234567");
}

static const char *stepped(const char *period, int by)
{
    static char text[8];
    return period_step(period, by, text) ? text : "none";
}

static void periods(void **state)
{
    char quarter[8];
    (void)state;
    period_quarter("2026-11-24", quarter);
    assert_string_equal(quarter, "2026-Q4");
    period_quarter("2026-04-01", quarter);
    assert_string_equal(quarter, "2026-Q2");
    assert_string_equal(stepped("2026-Q1", -1), "2025-Q4");
    assert_string_equal(stepped("2025-q4", 1), "2026-Q1");
    assert_string_equal(stepped("2026", -1), "2025");
    assert_string_equal(stepped("2026-01", -1), "2025-12");
    assert_string_equal(stepped("2026-12", 1), "2027-01");
    static const char *const bad[] = {"", "26", "2026-Q5", "2026-13", "2026-1x", "20261"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(stepped(bad[i], 1), "none");
    assert_true(period_begun("2026-Q4", "2026-10-01"));
    assert_false(period_begun("2026-Q4", "2026-09-30"));
    assert_true(period_begun("2026", "2026-01-01"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),
        cmocka_unit_test(figures),
        cmocka_unit_test(zones),
        cmocka_unit_test(money_typed),
        cmocka_unit_test(formulas_are_neutralised),
        cmocka_unit_test(exports_are_plain),
        cmocka_unit_test(periods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
