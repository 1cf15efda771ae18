#include "matching.h"
#include "reconcile/match_slip.h"

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

/* The statement's number of the open line lacks its last digit, and that of the line one digit away
 * would then read the same. A second slip would have to be there for the pair to be wrong. */
static void a_mistyped_partner_of_either_number_is_the_open_line_s(void **state)
{
    (void)state;
    setup();
    for (int i = 0; i < LINES; i++) {
        if (FIRST + i == OPEN + 1) /* one digit away in the last place, and of its amount */
            continue;
        put_pair(i, NULL);
    }
    put(L, "L-next", 1004, OPEN + 1, NULL);
    put(S, "S-next", 1004, OPEN + 1, NULL);
    put(S, "S-open", 1004, OPEN / 10, NULL);
    match_run(store);
    expect(store, "L10001234 S-open", "near", MATCH_SUGGESTED);
    expect(store, "L-next S-next", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

/* The same, by a slip of another digit. */
static void a_slip_of_either_number_may_have_another_place(void **state)
{
    (void)state;
    setup();
    for (int i = 0; i < LINES; i++) {
        if (FIRST + i != OPEN + 1 && FIRST + i != OPEN + 100)
            put_pair(i, NULL);
    }
    put(L, "L-next", 1004, OPEN + 1, NULL);
    put(S, "S-next", 1004, OPEN + 1, NULL);
    put(S, "S-open", 1004, OPEN + 5, NULL);
    match_run(store);
    expect(store, "L-next S-next", "exact", MATCH_CONFIRMED);
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

static void slips_are_told_apart(void **state)
{
    static const struct {
        const char *one, *other;
        struct match_slip want;
    } cases[] = {
        {"12345678", "12349678", {MATCH_SLIP_DIGIT, 3, 4, 8}},
        {"12345678", "02345678", {MATCH_SLIP_DIGIT, 7, 1, 8}},
        {"12345678", "12345670", {MATCH_SLIP_DIGIT, 0, 8, 8}},
        {"AB345678", "AB345687", {MATCH_SLIP_SWAP, 1, 0, 8}},
        {"12345678", "21345678", {MATCH_SLIP_SWAP, 7, 0, 8}},
        {"12345678", "12345987", {MATCH_SLIP_NONE, 2, 0, 8}},
        {"12345678", "12345698", {MATCH_SLIP_DIGIT, 1, 2, 8}},
        {"12345678", "12345687", {MATCH_SLIP_SWAP, 1, 0, 8}},
        {"12345678", "12345968", {MATCH_SLIP_NONE, 2, 0, 8}}, /* half a swap */
        {"12345678", "12345798", {MATCH_SLIP_NONE, 2, 0, 8}}, /* the other half */
        {"12345678", "12345668", {MATCH_SLIP_DIGIT, 1, 1, 8}},
        {"12345668", "12345686", {MATCH_SLIP_SWAP, 1, 0, 8}},
        {"A2345678", "B2345678", {MATCH_SLIP_NONE, 0, 0, 8}},
        {"AB345678", "BA345678", {MATCH_SLIP_NONE, 0, 0, 8}},
        {"12345678", "1234678", {MATCH_SLIP_LENGTH, 3, 0, 8}},
        {"1234567", "12344567", {MATCH_SLIP_LENGTH, 3, 0, 8}},
        {"12345678", "1234567", {MATCH_SLIP_NONE, 0, 0, 8}},   /* cut at the end */
        {"12345678", "2345678", {MATCH_SLIP_NONE, 0, 0, 8}},   /* or at the beginning */
        {"1234A678", "1234678", {MATCH_SLIP_NONE, 0, 0, 8}},
        {"12345678", "1239678", {MATCH_SLIP_NONE, 0, 0, 8}},
        {"12345678", "123456", {MATCH_SLIP_NONE, 0, 0, 8}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int turned = 0; turned < 2; turned++) {
            const char *a = turned ? cases[i].other : cases[i].one;
            const char *b = turned ? cases[i].one : cases[i].other;
            const struct match_slip *want = &cases[i].want;
            struct match_slip slip =
                match_slip_between((struct slice){a, strlen(a)}, (struct slice){b, strlen(b)});
            if (slip.kind != want->kind || slip.length != want->length || slip.apart != want->apart ||
                (slip.kind != MATCH_SLIP_NONE && slip.place != want->place))
                fail_msg("%s and %s: kind %d, place %zu, apart %d", a, b, slip.kind, slip.place,
                         slip.apart);
        }
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
        cmocka_unit_test(a_mistyped_partner_of_either_number_is_the_open_line_s),
        cmocka_unit_test(a_slip_of_either_number_may_have_another_place),
        cmocka_unit_test(many_slips_make_doubt),
        cmocka_unit_test(slips_are_told_apart),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
