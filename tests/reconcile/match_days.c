#include "matching.h"

/* What the days of a lane and the uses of its references say of a pair: sets of many lines, of
 * which one pair or reversal is looked at. */

static struct match_store *store;

/* A line of account A. */
static void put(enum match_side side, const char *id, int day, int64_t amount, const char *reference,
                const char *narrative)
{
    add(store, &(struct input){side, id, "A", day, amount, reference, narrative});
}

/* Lines that both sides have, on the days from `first` to `last`; five a day, each with a number of
 * its own. */
static void put_days(enum match_side side, int first, int last)
{
    for (int day = first; day <= last; day++)
        for (int i = 0; i < 5; i++) {
            char id[20], reference[20];
            snprintf(id, sizeof id, "%c-%d-%d", side == L ? 'L' : 'S', day, i);
            snprintf(reference, sizeof reference, "8%02d%d472%02d61", day, i, (day * 7 + i * 31) % 100);
            put(side, id, day, 1000 + day * 50 + i, reference, NULL);
        }
}

static void expect_doubt(const char *id, const char *why)
{
    struct buffer evidence = BUFFER_INIT;
    assert_int_equal(match_line_status(line(store, id)), MATCH_SUGGESTED);
    for (size_t i = 0; i < match_line_count(store); i++)
        if (match_line_at(store, i) == line(store, id))
            match_evidence(store, i, &evidence);
    if (!strstr(evidence.data, why))
        fail_msg("%s", evidence.data);
    buffer_free(&evidence);
}

static void a_refund_behind_the_end_of_a_period_is_no_reversal(void **state)
{
    (void)state;
    store = match_store_new(rules);
    put_days(L, 0, 11);
    put_days(S, 0, 7);
    put(L, "L1", 3, 700, "30000001", NULL);
    put(L, "L2", 4, -700, "30000001", NULL);
    put(L, "L3", 9, 800, "30000002", NULL);
    put(L, "L4", 10, -800, "30000002", NULL);
    match_run(store);
    expect(store, "L1 L2", "reversal", MATCH_CONFIRMED);
    expect(store, "L3 L4", "reversal", MATCH_SUGGESTED);
    expect_doubt("L3", "hardly any lines of those days");
    match_store_free(store);
}

/* The statement begins on day 3. What the book has before reaches it with some days between alone. */
static void a_period_that_begins_later_has_some_lines_of_before(void **state)
{
    (void)state;
    store = match_store_new(rules);
    for (int n = 0; n < 7 * 60; n++) {
        char id[20], reference[20];
        int day = n / 60, late = n % 10 < 5 ? 0 : n % 10 < 8 ? 1 : 2;
        snprintf(reference, sizeof reference, "8%07d61", n * 7919 % 10000000);
        snprintf(id, sizeof id, "L-%d", n);
        put(L, id, day, 1000 + n * 7, reference, NULL);
        snprintf(id, sizeof id, "S-%d", n);
        if (day + late >= 3)
            put(S, id, day + late, 1000 + n * 7, reference, NULL);
    }
    put(L, "L1", 2, 700, "30000001", NULL);
    put(L, "L2", 2, -700, "30000001", NULL);
    put(L, "L3", 4, 800, "30000002", NULL);
    put(L, "L4", 4, -800, "30000002", NULL);
    put(L, "L5", 2, 900, "30000003", NULL);
    put(S, "S5", 3, 900, "NONREF", "CHARGES FOR 30000003");
    put(L, "L6", 4, 910, "30000004", NULL);
    put(S, "S6", 4, 910, "NONREF", "CHARGES FOR 30000004");
    match_run(store);
    expect(store, "L1 L2", "reversal", MATCH_SUGGESTED);
    expect_doubt("L1", "hardly any lines of those days");
    expect(store, "L3 L4", "reversal", MATCH_CONFIRMED);
    expect(store, "L5 S5", "normalised", MATCH_SUGGESTED);
    expect_doubt("L5", "hardly any lines of those days");
    expect(store, "L6 S6", "normalised", MATCH_CONFIRMED);
    match_store_free(store);
}

static void without_the_other_side_nothing_is_a_reversal(void **state)
{
    (void)state;
    store = match_store_new(rules);
    put(L, "L1", 1, 700, "30000001", NULL);
    put(L, "L2", 2, -700, "30000001", NULL);
    match_run(store);
    expect_doubt("L1", "hardly any lines of those days");
    match_store_free(store);
}

static void files_of_other_days_have_nothing_in_common(void **state)
{
    (void)state;
    store = match_store_new(rules);
    put_days(L, 11, 22);
    put_days(S, 0, 11);
    put(S, "S1", 9, 700, "30000001", NULL);
    put(L, "L1", 13, 700, "30000001", NULL);
    match_run(store);
    assert_int_equal(match_line_status(line(store, "L1")), MATCH_SUGGESTED);
    match_store_free(store);
}

/* Customers who pay the same each second day, by their number or by that of the payment; of one of
 * them the book lacks a payment, and the statement the one before. */
static void put_customers(bool own_numbers)
{
    for (int customer = 0; customer < 12; customer++)
        for (int day = 0; day < 12; day += 2) {
            char id[20], reference[20];
            int turn = own_numbers ? day : 0;
            snprintf(reference, sizeof reference, "5%d%d%03d", 10 + customer, 10 + turn,
                     customer * 37 + turn * 11);
            snprintf(id, sizeof id, "L-%d-%d", customer, day);
            if (customer || day == 4)
                put(L, id, day, 1000, reference, NULL);
            *id = 'S';
            if (customer || day == 6)
                put(S, id, day, 1000, reference, NULL);
        }
}

static void a_number_that_is_used_again_and_again_is_no_key(void **state)
{
    (void)state;
    store = match_store_new(rules);
    put_customers(false);
    match_run(store);
    assert_int_not_equal(match_line_status(line(store, "L-0-4")), MATCH_CONFIRMED);
    match_store_free(store);
    store = match_store_new(rules);
    put_customers(true);
    match_run(store);
    expect(store, "L-1-4 S-1-4", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

/* Orders that are paid twice, other amounts, by the order's number; some lack a line, and of one
 * each side has another payment. */
static void a_number_of_two_payments_is_none_where_amounts_are_few(void **state)
{
    (void)state;
    store = match_store_new(rules);
    for (int order = 0; order < 40; order++)
        for (int turn = 0; turn < 2; turn++) {
            char id[20], reference[20];
            snprintf(reference, sizeof reference, "7%03d%03d", order * 17, order * order % 997);
            snprintf(id, sizeof id, "L-%d-%d", order, turn);
            int64_t amount = order ? 1000 + (order + turn) % 2 * 1000 : 1000;
            if (order % 5 || !turn)
                put(L, id, order % 5 + turn, amount, reference, NULL);
            *id = 'S';
            if ((order % 5 != 1 && order) || turn)
                put(S, id, order % 5 + turn, amount, reference, NULL);
        }
    match_run(store);
    expect_doubt("L-0-0", "used for other movements so often");
    match_store_free(store);
}

/* Sales and their refunds, of which the statement lacks one line of every fourth. */
static void where_refunds_lose_lines_a_reversal_may_be_one(void **state)
{
    (void)state;
    store = match_store_new(rules);
    put_days(L, 0, 30);
    put_days(S, 0, 30);
    for (int i = 0; i < 24; i++)
        for (int turn = 0; turn < 2; turn++) {
            char id[20], reference[20];
            snprintf(reference, sizeof reference, "9%03d73%04d", i * 41, i * i * 13 % 9973);
            snprintf(id, sizeof id, "L-%d", 2 * i + turn);
            put(L, id, i + turn, turn ? -700 - i : 700 + i, reference, NULL);
            *id = 'S';
            if (i % 4 || !turn)
                put(S, id, i + turn, turn ? -700 - i : 700 + i, reference, NULL);
        }
    put(L, "L1", 12, 650, "30000001", NULL);
    put(L, "L2", 13, -650, "30000001", NULL);
    match_run(store);
    expect(store, "L1 L2", "reversal", MATCH_SUGGESTED);
    expect(store, "L-2 S-2", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

/* Counter-movements that a mistyped number makes, and reversals beside a line of another amount, do not
 * tell how often a refund lacks a line. */
static void a_mistyped_number_is_no_refund(void **state)
{
    (void)state;
    store = match_store_new(rules);
    put_days(L, 0, 30);
    put_days(S, 0, 30);
    for (int side = L; side <= S; side++) {
        put(side, side == L ? "L-sale" : "S-sale", 4, 700, "50000001", NULL);
        put(side, side == L ? "L-back" : "S-back", 5, -700, "50000001", NULL);
    }
    for (int i = 0; i < 4; i++) {
        char id[20], reference[20], mistyped[20];
        snprintf(reference, sizeof reference, "6%03d7304", i * 411);
        snprintf(mistyped, sizeof mistyped, "6%03d7804", i * 411);
        snprintf(id, sizeof id, "L-%d", i);
        put(L, id, 6 + i, -900 - i, mistyped, NULL);
        snprintf(id, sizeof id, "L--%d", i);
        put(L, id, 6 + i, 900 + i, reference, NULL);
        *id = 'S';
        put(S, id, 6 + i, 900 + i, reference, NULL);
        snprintf(id, sizeof id, "S-%d", i);
        put(S, id, 6 + i, -900 - i, reference, NULL);
    }
    for (int i = 0; i < 4; i++) {
        char id[20], reference[20];
        snprintf(reference, sizeof reference, "4%03d9102", i * 367);
        for (int turn = 0; turn < 2; turn++) {
            snprintf(id, sizeof id, "L=%d", 2 * i + turn);
            put(L, id, 9 + i, turn ? -800 - i : 800 + i, reference, NULL);
        }
        *id = 'S';
        put(S, id, 9 + i, 350 + i, reference, NULL);
    }
    put(L, "L1", 12, 650, "30000001", NULL);
    put(L, "L2", 13, -650, "30000001", NULL);
    put(S, "S1", 12, 640, "30000571", NULL);
    put(S, "S2", 13, -640, "30000571", NULL);
    match_run(store);
    expect(store, "L1 L2", "reversal", MATCH_CONFIRMED);
    expect(store, "S1 S2", "reversal", MATCH_CONFIRMED);
    match_store_free(store);
}

static void equal_lines_of_other_words_are_not_paired_in_order(void **state)
{
    (void)state;
    store = match_store_new(rules);
    put(L, "L1", 1, 700, "30000001", "ORDER A");
    put(L, "L2", 1, 700, "30000001", "ORDER B");
    put(S, "S1", 1, 700, "30000001", "ORDER B");
    put(S, "S2", 1, 700, "30000001", "ORDER A");
    put(L, "L3", 1, 800, "30000002", NULL);
    put(L, "L4", 1, 800, "30000002", NULL);
    put(S, "S3", 1, 800, "30000002", "ORDER B");
    put(S, "S4", 1, 800, "30000002", "ORDER A");
    match_run(store);
    assert_int_not_equal(match_line_status(line(store, "L1")), MATCH_CONFIRMED);
    assert_int_equal(match_line_status(line(store, "L3")), MATCH_CONFIRMED);
    match_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refund_behind_the_end_of_a_period_is_no_reversal),
        cmocka_unit_test(a_period_that_begins_later_has_some_lines_of_before),
        cmocka_unit_test(without_the_other_side_nothing_is_a_reversal),
        cmocka_unit_test(files_of_other_days_have_nothing_in_common),
        cmocka_unit_test(a_number_that_is_used_again_and_again_is_no_key),
        cmocka_unit_test(a_number_of_two_payments_is_none_where_amounts_are_few),
        cmocka_unit_test(where_refunds_lose_lines_a_reversal_may_be_one),
        cmocka_unit_test(a_mistyped_number_is_no_refund),
        cmocka_unit_test(equal_lines_of_other_words_are_not_paired_in_order),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
