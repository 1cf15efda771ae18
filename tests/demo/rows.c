#include "tests/lib/check.h"

#include "demo/maker.h"

#include <stdlib.h>
#include <string.h>

static void random_repeats(void **state)
{
    (void)state;
    struct random a, b, c;
    random_start(&a, 7, 1, 2);
    random_start(&b, 7, 1, 2);
    random_start(&c, 7, 1, 3);
    int differ = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t value = random_next(&a);
        assert_true(value == random_next(&b));
        differ += value != random_next(&c);
    }
    assert_true(differ > 990);
    for (int i = 0; i < 10000; i++) {
        int64_t value = random_between(&a, -5, 5), scaled = random_scale(&a, 10, 1000);
        assert_in_range(value + 5, 0, 10);
        assert_in_range(scaled, 10, 1000);
        assert_true(random_around(&a, 100, 400) >= 0);
        assert_true(random_ranked(&a, 30) < 30);
    }
}

static void fields(void **state)
{
    (void)state;
    static struct rows rows;
    rows_integer(&rows, ROWS_PHONE, INT64_MIN);
    rows_text(&rows, ROWS_PHONE, "a\tb\nc\\d\r");
    rows_text(&rows, ROWS_PHONE, "");
    rows_null(&rows, ROWS_PHONE);
    rows_bool(&rows, ROWS_PHONE, true);
    rows_day(&rows, ROWS_PHONE, -1);
    rows_moment(&rows, ROWS_PHONE, -1);
    rows_end(&rows, ROWS_PHONE);
    assert_string_equal(buffer_text(&rows.text[ROWS_PHONE]),
                        "-9223372036854775808\ta\\tb\\nc\\\\d\\r\t\t\\N\tt\t1969-12-31\t"
                        "1969-12-31 23:59:59+00\n");
    assert_int_equal(rows.counts[ROWS_PHONE], 1);
    rows_free(&rows);
}

static void english_names(void **state)
{
    (void)state;
    char name[NAME_BYTES];
    plan_english_name("zhang wei min", name);
    assert_string_equal(name, "Zhang Weimin");
    plan_english_name("ou yang na", name);
    assert_string_equal(name, "Ouyang Na");
    plan_english_name("li", name);
    assert_string_equal(name, "Li");
}

/* The customers made do not depend on how they are cut into blocks. */
static void blocks(void **state)
{
    (void)state;
    static struct rows whole, part;
    struct plan *plan = calloc(1, sizeof *plan);
    struct pinyin *pinyin = pinyin_open(NULL);
    struct maker maker;
    struct buffer parts[ROWS_TABLES] = {{0}};
    assert_non_null(pinyin);
    plan_make(plan, pinyin, 3, 500, 1780000000);
    maker_start(&maker, plan, pinyin);
    maker_fill(&maker, &whole, 500);
    assert_true(whole.last);
    maker_start(&maker, plan, pinyin);
    do {
        rows_clear(&part);
        maker_fill(&maker, &part, 70);
        for (int i = 0; i < ROWS_TABLES; i++)
            buffer_add(&parts[i], buffer_text(&part.text[i]));
    } while (!part.last);
    for (int i = 0; i < ROWS_TABLES; i++) {
        assert_string_equal(buffer_text(&parts[i]), buffer_text(&whole.text[i]));
        buffer_free(&parts[i]);
    }
    assert_int_equal(whole.counts[ROWS_CUSTOMER], 500);
    rows_free(&whole);
    rows_free(&part);
    pinyin_close(pinyin);
    free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_repeats),
        cmocka_unit_test(fields),
        cmocka_unit_test(english_names),
        cmocka_unit_test(blocks),
    };
    return cmocka_run_group_tests_name("demo", tests, NULL, NULL);
}
