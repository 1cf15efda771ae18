#include "base/date.h"
#include "../lib/check.h"

static void round_trips_every_day(void **state)
{
    (void)state;
    for (int days = -719468; days < 200000; days += 13) {
        int year, month, day, again;
        date_to_civil(days, &year, &month, &day);
        if (year < 0)
            continue;
        assert_true(date_from_civil(year, month, day, &again));
        assert_int_equal(again, days);
    }
}

static void refuses_days_that_do_not_exist(void **state)
{
    int days;
    (void)state;
    assert_false(date_parse("2026-02-29", &days));
    assert_true(date_parse("2024-02-29", &days));
    assert_false(date_parse("20261301", &days));
    assert_false(date_parse("2026-1-01", &days));
    assert_false(date_parse("2026-11-22x", &days));
}

static void knows_the_length_of_every_month(void **state)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const int leap[] = {2024, 2000, 1600}, common[] = {2026, 1900, 2100};
    int days;
    (void)state;
    for (int month = 1; month <= 12; month++)
        for (size_t i = 0; i < 3; i++) {
            int more = month == 2;
            assert_true(date_from_civil(common[i], month, length[month - 1], &days));
            assert_false(date_from_civil(common[i], month, length[month - 1] + 1, &days));
            assert_true(date_from_civil(leap[i], month, length[month - 1] + more, &days));
            assert_false(date_from_civil(leap[i], month, length[month - 1] + more + 1, &days));
            assert_false(date_from_civil(common[i], month, 0, &days));
        }
    assert_false(date_from_civil(2026, 0, 1, &days));
    assert_false(date_from_civil(2026, 13, 1, &days));
    assert_true(date_from_civil(9999, 12, 31, &days));
    assert_false(date_from_civil(10000, 1, 1, &days));
    assert_false(date_from_civil(-1, 1, 1, &days));
}

static void formats_and_knows_the_weekday(void **state)
{
    int days;
    char text[11];
    (void)state;
    assert_true(date_parse("20261122", &days));
    date_format(days, text);
    assert_string_equal(text, "2026-11-22");
    for (int i = 0; i < 7; i++) {
        assert_int_equal(date_weekday(days + i), i ? i : 7);
        assert_int_equal(date_weekday(days + i - 700000), i ? i : 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips_every_day),
        cmocka_unit_test(refuses_days_that_do_not_exist),
        cmocka_unit_test(knows_the_length_of_every_month),
        cmocka_unit_test(formats_and_knows_the_weekday),
    };
    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
