#include "matching.h"

/* A line that has lost its partner, among running numbers and few amounts: pairs that are a digit away
 * from it are doubted only as far as the lane's own faults say. */

enum { LINES = 3000, FIRST = 10000000, OPEN = FIRST + 1234 };

static struct match_store *store;

static void put(enum match_side side, const char *id, int64_t amount, int number, const char *narrative)
{
    char reference[20];
    snprintf(reference, sizeof reference, "%d", number);
    add(store, &(struct input){side, id, "A", 0, amount, reference, narrative});
}

/* Number `i` on both sides, but the statement has not the one called OPEN. */
static void put_pair(int i, const char *narrative)
{
    char id[20];
    snprintf(id, sizeof id, "L%d", FIRST + i);
    put(L, id, 1000 + i % 10, FIRST + i, NULL);
    id[0] = 'S';
    if (FIRST + i != OPEN)
        put(S, id, 1000 + i % 10, FIRST + i, narrative);
}

static void put_all(int count)
{
    for (int i = 0; i < count; i++)
        put_pair(i, NULL);
}

static enum match_status status(int number)
{
    char id[20];
    snprintf(id, sizeof id, "L%d", number);
    return match_line_status(line(store, id));
}

/* Pairs one digit away from the open line, of its amount: suggested ones. */
static int doubted(void)
{
    int count = 0;
    for (int step = 10; step <= 1000; step *= 10)
        for (int digit = 0; digit < 10; digit++) {
            int number = OPEN - OPEN / step % 10 * step + digit * step;
            if (number != OPEN && number < FIRST + LINES)
                count += status(number) == MATCH_SUGGESTED;
        }
    return count;
}

static void setup(void)
{
    store = match_store_new(rules);
}

static void a_lost_line_makes_no_doubt_in_a_lane_without_slips(void **state)
{
    (void)state;
    setup();
    put_all(LINES);
    match_run(store);
    assert_int_equal(status(OPEN), MATCH_OPEN);
    assert_int_equal(doubted(), 0);
    match_store_free(store);
}

static void the_order_of_the_lines_says_nothing(void **state)
{
    (void)state;
    setup();
    for (int i = LINES - 1; i >= 0; i--)
        put_pair(i, NULL);
    match_run(store);
    assert_int_equal(doubted(), 0);
    match_store_free(store);
}

static void few_lines_tell_too_little_of_slips(void **state)
{
    (void)state;
    setup();
    for (int i = 1200; i < 1300; i++)
        put_pair(i, NULL);
    match_run(store);
    assert_int_equal(status(OPEN + 10), MATCH_SUGGESTED);
    match_store_free(store);
}

/* The own partner of the pair may be the statement's line that is a digit away from it. */
static void a_line_of_the_other_side_may_be_the_partner(void **state)
{
    (void)state;
    setup();
    put_all(LINES);
    put(S, "S-near", 1004, FIRST + 91244, NULL);
    match_run(store);
    assert_int_equal(status(OPEN + 10), MATCH_SUGGESTED);
    assert_int_equal(status(OPEN + 20), MATCH_CONFIRMED);
    match_store_free(store);
}

static void a_text_may_name_the_open_line(void **state)
{
    (void)state;
    setup();
    for (int i = 0; i < LINES; i++)
        put_pair(i, FIRST + i == OPEN + 10 ? "FOR ORDER 10001234" : NULL);
    match_run(store);
    assert_int_equal(status(OPEN + 10), MATCH_SUGGESTED);
    assert_int_equal(status(OPEN + 20), MATCH_CONFIRMED);
    match_store_free(store);
}

/* Its number may be a slip of that of the pair, which was written once more. */
static void a_number_that_nobody_uses_may_be_a_slip(void **state)
{
    (void)state;
    setup();
    put_all(LINES);
    put(L, "L-slip", 1004, FIRST + 900444, NULL);
    match_run(store);
    assert_int_equal(status(FIRST + 444), MATCH_SUGGESTED);
    assert_int_equal(status(OPEN + 20), MATCH_CONFIRMED);
    match_store_free(store);
}

/* A slip has made it, and it does not tell of which number. */
static void a_number_of_another_line_is_a_slip(void **state)
{
    (void)state;
    setup();
    put_all(LINES);
    put(L, "L-slip", 1005, FIRST + 444, NULL);
    match_run(store);
    assert_int_equal(status(FIRST + 445), MATCH_SUGGESTED);
    assert_int_equal(status(FIRST + 444), MATCH_CONFIRMED);
    match_store_free(store);
}

/* Where many lines of both sides are mistyped and lost, such a pair is another's too often. */
static void many_slips_make_doubt(void **state)
{
    (void)state;
    setup();
    for (int i = 0; i < LINES; i++) {
        char id[20];
        if (i % 10 != 7) {
            put_pair(i, NULL);
            continue;
        }
        snprintf(id, sizeof id, "L%d", FIRST + i);
        put(L, id, 5000 + i, FIRST + i, NULL);
        id[0] = 'S';
        put(S, id, 5000 + i, FIRST + i + (i / 10 % 10 < 9 ? 10 : -90), NULL);
    }
    match_run(store);
    assert_true(doubted() > 0);
    match_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_line_makes_no_doubt_in_a_lane_without_slips),
        cmocka_unit_test(the_order_of_the_lines_says_nothing),
        cmocka_unit_test(few_lines_tell_too_little_of_slips),
        cmocka_unit_test(a_line_of_the_other_side_may_be_the_partner),
        cmocka_unit_test(a_text_may_name_the_open_line),
        cmocka_unit_test(a_number_that_nobody_uses_may_be_a_slip),
        cmocka_unit_test(a_number_of_another_line_is_a_slip),
        cmocka_unit_test(many_slips_make_doubt),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
