#include "matching.h"

/* Lines that look alike: what may not be confirmed, and what must be in spite of what lies beside
 * it. */

/* None of the lines is in a confirmed match. */
static void expect_unsure(const struct match_store *store)
{
    for (size_t i = 0; i < match_line_count(store); i++)
        assert_int_not_equal(match_line_status(match_line_at(store, i)), MATCH_CONFIRMED);
}

static void equal_amounts_are_no_key(void **state)
{
    RUN({L, "L1", "A", 0, 500, "83472651", NULL}, {S, "S1", "A", 0, 500, "19283746", NULL},
        {L, "L2", "A", 0, 700, "NONREF", NULL}, {S, "S2", "A", 0, 700, "", NULL},
        {L, "L3", "A", 0, 900, "---", NULL}, {S, "S3", "A", 0, 900, "---", NULL},
        {L, "L4", "A", 0, 910, "0000000000", NULL}, {S, "S4", "A", 0, 910, "0000000000", NULL});
    expect_unsure(store);
    match_store_free(store);
}

static void neighbours_that_are_whole_match(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10000001", NULL}, {S, "S1", "A", 0, 500, "10000001", NULL},
        {L, "L2", "A", 0, 500, "10000002", NULL}, {S, "S2", "A", 0, 500, "10000002", NULL},
        {L, "L3", "A", 0, 500, "10000020", NULL}, {S, "S3", "A", 0, 500, "10000020", NULL});
    expect(store, "L1 S1", "exact", MATCH_CONFIRMED);
    expect(store, "L2 S2", "exact", MATCH_CONFIRMED);
    expect(store, "L3 S3", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

/* S1 is L1's with a wrong digit, S2 is L2's with another. */
static void a_mistyped_reference_hits_a_damaged_neighbour(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10000001", NULL}, {S, "S1", "A", 0, 500, "10000002", NULL},
        {L, "L2", "A", 0, 500, "10000002", NULL}, {S, "S2", "A", 0, 500, "10000003", NULL});
    expect_unsure(store);
    match_store_free(store);
}

static void a_mistyped_reference_hits_a_missing_neighbour(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10000001", NULL}, {S, "S1", "A", 0, 500, "10000010", NULL},
        {L, "L2", "A", 0, 500, "10000010", NULL});
    expect(store, "L2 S1", "exact", MATCH_SUGGESTED);
    expect_open(store, "L1");
    match_store_free(store);
}

static void a_dropped_digit_hits_a_shorter_number(void **state)
{
    RUN({L, "L1", "A", 0, 500, "123456", NULL}, {S, "S1", "A", 0, 500, "12346", NULL},
        {L, "L2", "A", 0, 500, "12346", NULL});
    expect(store, "L2 S1", "exact", MATCH_SUGGESTED);
    match_store_free(store);
}

/* S1 and S2 have lost different digits and read alike. */
static void two_damaged_lines_are_no_reversal(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10288762", NULL}, {L, "L2", "A", 0, -500, "10848762", NULL},
        {S, "S1", "A", 0, 500, "1088762", NULL}, {S, "S2", "A", 0, -500, "1088762", NULL});
    for (size_t i = 0; i < 4; i++)
        assert_int_not_equal(match_line_status(match_line_at(store, i)), MATCH_CONFIRMED);
    match_store_free(store);
}

static void one_reference_begins_another(void **state)
{
    RUN({L, "L1", "A", 0, 500, "SHOP000120240602", NULL},
        {S, "S1", "A", 0, 500, "SHOP000120240602", NULL},
        {L, "L2", "A", 0, 500, "SHOP000120240602000123", NULL},
        {S, "S2", "A", 0, 500, "SHOP000120240602000123", NULL});
    expect(store, "L1 S1", "exact", MATCH_CONFIRMED);
    expect(store, "L2 S2", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

/* All references of the shop begin alike: what is left of S1 names no line. */
static void a_beginning_that_all_share_is_no_key(void **state)
{
    RUN({L, "L1", "A", 0, 500, "SHOP000120240602000123", NULL},
        {S, "S1", "A", 0, 500, "SHOP000120240602", NULL},
        {L, "L2", "A", 0, 600, "SHOP000120240602000124", NULL},
        {S, "S2", "A", 0, 600, "SHOP000120240602000124", NULL},
        {L, "L3", "A", 0, 700, "SHOP000120240602000357", NULL},
        {S, "S3", "A", 0, 700, "SHOP000120240602000357", NULL});
    expect(store, "L1 S1", "truncated", MATCH_SUGGESTED);
    expect(store, "L3 S3", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

static void other_letters_are_another_reference(void **state)
{
    RUN({L, "L1", "A", 0, 500, "INV10000001", NULL}, {S, "S1", "A", 0, 500, "PAY10000001", NULL},
        {L, "L2", "A", 0, 600, "INV10000002", NULL}, {S, "S2", "A", 0, 600, "INV10000002", NULL},
        {L, "L3", "A", 0, 600, "PAY10000002", NULL}, {S, "S3", "A", 0, 600, "PAY10000002", NULL});
    expect(store, "L1 S1", "normalised", MATCH_SUGGESTED);
    expect(store, "L2 S2", "exact", MATCH_CONFIRMED);
    expect(store, "L3 S3", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

static void zeros_may_tell_references_apart(void **state)
{
    RUN({L, "L1", "A", 0, 500, "0012345678", NULL}, {S, "S1", "A", 0, 500, "0012345678", NULL},
        {L, "L2", "A", 0, 500, "12345678", NULL}, {S, "S2", "A", 0, 500, "12345678", NULL});
    expect(store, "L1 S1", "exact", MATCH_CONFIRMED);
    expect(store, "L2 S2", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

static void short_numbers_match_and_words_do_not(void **state)
{
    RUN({L, "L1", "A", 0, 500, "7", NULL}, {S, "S1", "A", 0, 500, "7", NULL},
        {L, "L2", "A", 0, 600, "CASH", NULL}, {S, "S2", "A", 0, 600, "CASH", NULL},
        {L, "L3", "A", 0, 700, "工资", NULL}, {S, "S3", "A", 0, 700, "工资", NULL});
    expect(store, "L1 S1", "exact", MATCH_CONFIRMED);
    expect(store, "L2 S2", "exact", MATCH_SUGGESTED);
    expect(store, "L3 S3", "exact", MATCH_SUGGESTED);
    match_store_free(store);
}

static void a_narrative_may_speak_of_another(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10000001", NULL}, {S, "S1", "A", 0, 500, "10000001", NULL},
        {S, "S2", "A", 0, 500, "NONREF", "CHARGES FOR 10000001"},
        {L, "L3", "A", 0, 600, "20000003", NULL},
        {S, "S3", "A", 0, 600, "77777777", "SEE 20000003"});
    expect(store, "L1 S1", "exact", MATCH_CONFIRMED);
    expect_open(store, "S2");
    expect(store, "L3 S3", "narrative", MATCH_SUGGESTED);
    match_store_free(store);
}

static void a_narrative_of_several_numbers_is_read(void **state)
{
    RUN({L, "L1", "A", 0, 500, "TX20240602661229545548", NULL},
        {S, "S1", "A", 0, 500, "NONREF", "INV 8800012345/PAYMENT TX20240602661229545548 20240603"},
        {L, "L2", "A", 0, 600, "30000001", NULL}, {L, "L3", "A", 0, 600, "30000009", NULL},
        {S, "S2", "A", 0, 600, "NONREF", "30000001 OR 30000009"});
    expect(store, "L1 S1", "narrative", MATCH_CONFIRMED);
    assert_int_not_equal(match_line_status(line(store, "S2")), MATCH_CONFIRMED);
    match_store_free(store);
}

static void a_copy_on_a_later_day_is_not_taken_for_the_line(void **state)
{
    RUN({L, "L1", "A", 0, 500, "83472651", NULL}, {S, "S1", "A", 0, 500, "83472651", NULL},
        {S, "S2", "A", 3, 500, "83472651", NULL});
    expect_unsure(store);
    match_store_free(store);
}

static void reversals_on_both_sides_are_pairs(void **state)
{
    RUN({L, "L1", "A", 0, 500, "83472651", NULL}, {L, "L2", "A", 0, -500, "83472651", NULL},
        {S, "S1", "A", 0, 500, "83472651", NULL}, {S, "S2", "A", 0, -500, "83472651", NULL},
        {L, "L3", "A", 0, 700, "19283746", NULL}, {L, "L4", "A", 0, -700, "19283746", NULL},
        {S, "S3", "A", 0, 700, "19283746", NULL});
    expect(store, "L1 S1", "exact", MATCH_CONFIRMED);
    expect(store, "L2 S2", "exact", MATCH_CONFIRMED);
    expect(store, "L3 S3", "exact", MATCH_SUGGESTED);
    expect_open(store, "L4");
    match_store_free(store);
}

/* S1 is L1's without its zero, S2 and S3 cancel out; or S2 is L1's and S1 and S3 cancel out. */
static void a_reversal_beside_a_third_line_is_not_judged(void **state)
{
    RUN({L, "L1", "A", 0, 500, "07284319", NULL}, {S, "S1", "A", 0, 500, "7284319", NULL},
        {S, "S2", "A", 0, 500, "07284319", NULL}, {S, "S3", "A", 0, -500, "07284319", NULL});
    expect_unsure(store);
    match_store_free(store);
}

/* Equal parts of one whole, of which each side misses another. */
static void parts_are_not_near_each_other(void **state)
{
    RUN({L, "L1", "A", 0, 500, "193847562038-1", NULL},
        {S, "S2", "A", 0, 500, "193847562038-2", NULL});
    expect_unsure(store);
    match_store_free(store);
}

/* One side has one date: whichever it is, its partner is as good as another. */
static void equal_lines_match_on_several_days(void **state)
{
    RUN({L, "L1", "A", 0, 500, "83472651", NULL}, {L, "L2", "A", 0, 500, "83472651", NULL},
        {S, "S1", "A", 2, 500, "83472651", NULL}, {S, "S2", "A", 1, 500, "83472651", NULL},
        {L, "L3", "A", 0, 600, "19283746", NULL}, {L, "L4", "A", 0, 600, "19283746", NULL},
        {S, "S3", "A", 0, 600, "19283746", NULL}, {S, "S4", "A", 30, 600, "19283746", NULL});
    expect(store, "L1 S1", "identical", MATCH_CONFIRMED);
    expect(store, "L2 S2", "identical", MATCH_CONFIRMED);
    assert_int_not_equal(match_line_status(line(store, "L3")), MATCH_CONFIRMED);
    match_store_free(store);
}

/* A mark before the last digits is no part number where no whole is. */
static void a_mark_may_look_like_a_part_number(void **state)
{
    RUN({L, "L1", "A", 0, 500, "83472651", NULL}, {S, "S1", "A", 0, 500, "834726-51", NULL},
        {L, "L2", "A", 0, 600, "19283746", NULL}, {S, "S2", "A", 0, 600, "192837-46", NULL},
        {L, "L3", "A", 0, 9999, "192837", NULL});
    expect(store, "L1 S1", "normalised", MATCH_CONFIRMED);
    expect(store, "L2 S2", "normalised", MATCH_SUGGESTED);
    match_store_free(store);
}

static void a_fee_matches_in_any_writing(void **state)
{
    RUN({L, "L1", "A", 0, 100000, "83472651", NULL}, {S, "S1", "A", 0, 99500, "ALI83472651", NULL});
    expect(store, "L1 S1", "fee", MATCH_CONFIRMED);
    match_store_free(store);
}

/* L1 and L2 are equal: which of them was paid less the fee, or in parts, is not known. */
static void equal_lines_with_partners_of_two_kinds_are_not_judged(void **state)
{
    RUN({L, "L1", "A", 0, 100000, "27510670", NULL}, {L, "L2", "A", 0, 100000, "27510670", NULL},
        {S, "S1", "A", 2, 99555, "27510670", NULL}, {S, "S2", "A", 2, 100000, "27510670", NULL},
        {L, "L3", "A", 0, 900, "83472651", NULL}, {L, "L4", "A", 0, 900, "83472651", NULL},
        {S, "S3", "A", 0, 900, "83472651", NULL}, {S, "S4", "A", 0, 400, "83472651-1", NULL},
        {S, "S5", "A", 0, 500, "83472651-2", NULL});
    expect_unsure(store);
    match_store_free(store);
}

static void a_part_may_be_the_amount_of_another_line(void **state)
{
    RUN({L, "L1", "A", 0, 900, "83472651", NULL}, {S, "S1", "A", 0, 400, "83472651-1", NULL},
        {S, "S2", "A", 0, 500, "83472651-2", NULL}, {L, "L3", "A", 0, 400, "19283746", NULL},
        {S, "S3", "A", 0, 400, "19283746", NULL}, {L, "L4", "A", 0, 900, "55512345", NULL},
        {S, "S5", "A", 0, 400, "55512345-1", NULL}, {S, "S6", "A", 0, 400, "55512345-1", NULL},
        {S, "S7", "A", 0, 100, "55512345-2", NULL});
    expect(store, "L1 S1 S2", "split", MATCH_CONFIRMED);
    expect(store, "L3 S3", "exact", MATCH_CONFIRMED);
    for (size_t i = 5; i <= 7; i++)
        assert_int_not_equal(
            match_line_status(line(store, (const char *[]){"S5", "S6", "S7"}[i - 5])),
            MATCH_CONFIRMED);
    match_store_free(store);
}

/* L1 may be S1 in full, or S2 and S3 in parts. */
static void two_explanations_are_left_to_a_person(void **state)
{
    RUN({L, "L1", "A", 0, 900, "83472651", NULL}, {S, "S1", "A", 0, 900, "83472651", NULL},
        {S, "S2", "A", 0, 400, "83472651-1", NULL}, {S, "S3", "A", 0, 500, "83472651-2", NULL},
        {L, "L4", "A", 0, 100000, "19283746", NULL}, {S, "S4", "A", 0, 100000, "19283746", NULL},
        {S, "S5", "A", 0, 99500, "19283746", NULL});
    expect_unsure(store);
    match_store_free(store);
}

static void totals_of_one_reference_match(void **state)
{
    RUN({L, "L1", "A", 0, 400, "83472651", NULL}, {L, "L2", "A", 0, 500, "83472651", NULL},
        {S, "S1", "A", 1, 900, "83472651", NULL}, {L, "L3", "A", 0, 400, "19283746", NULL},
        {L, "L4", "A", 0, 500, "19283746", NULL}, {S, "S3", "A", 1, 901, "19283746", NULL});
    expect(store, "L1 L2 S1", "total", MATCH_CONFIRMED);
    expect_open(store, "L3");
    expect_open(store, "S3");
    match_store_free(store);
}

/* A customer's number under every line: two lines of one amount may both miss their partners. */
static void a_reference_of_many_lines_is_no_key(void **state)
{
    static char ids[24][8];
    struct input inputs[24];
    (void)state;
    for (int i = 0; i < 24; i++) {
        snprintf(ids[i], sizeof ids[i], "%c%d", i % 2 ? 'S' : 'L', i / 2);
        inputs[i] = (struct input){i % 2 ? S : L, ids[i], "A", 0, 100 + i / 2, "83472651", NULL};
    }
    inputs[22].amount = 7777;
    struct match_store *store = run(inputs, 24);
    expect(store, "L3 S3", "exact", MATCH_SUGGESTED);
    match_store_free(store);
}

static void days_bound_what_a_reference_means(void **state)
{
    RUN({L, "L1", "A", 0, 500, "83472651", NULL}, {S, "S1", "A", 11, 500, "83472651", NULL},
        {L, "L2", "A", 0, 500, "19283746", NULL}, {S, "S2", "A", 10, 500, "19283746", NULL});
    assert_int_not_equal(match_line_status(line(store, "L1")), MATCH_CONFIRMED);
    expect(store, "L2 S2", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

enum { LANE = 200 };

/* A lane of pairs with references from `next`, and a last one with a wrong digit. */
static struct match_store *lane(uint64_t (*next)(uint64_t *state))
{
    static char texts[LANE][2][24];
    static struct input inputs[LANE];
    uint64_t random = 1;
    for (int i = 0; i < LANE; i += 2) {
        uint64_t number = next(&random);
        for (int side = 0; side < 2; side++) {
            struct input *input = &inputs[i + side];
            snprintf(texts[i + side][0], 24, "%c%d", side ? 'S' : 'L', i / 2);
            snprintf(texts[i + side][1], 24, "%012llu", (unsigned long long)number);
            *input = (struct input){side ? S : L, texts[i + side][0], "A", 0,
                                    100 + i,      texts[i + side][1], NULL};
        }
    }
    texts[LANE - 1][1][7] = texts[LANE - 1][1][7] == '3' ? '4' : '3';
    return run(inputs, LANE);
}

static uint64_t scattered(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 20) % 1000000000000u;
}

static uint64_t running(uint64_t *state)
{
    return 100000000000u + 3 * (*state)++;
}

static void typing_errors_are_sure_where_references_are_sparse(void **state)
{
    (void)state;
    struct match_store *store = lane(scattered);
    expect(store, "L99 S99", "near", MATCH_CONFIRMED);
    match_store_free(store);
    store = lane(running);
    expect(store, "L99 S99", "near", MATCH_SUGGESTED);
    match_store_free(store);
}

static void any_bytes_are_a_reference(void **state)
{
    static char one[65535], other[65536];
    struct error error = ERROR_INIT;
    struct match_store *store = match_store_new(rules);
    uint32_t account = match_account(store, slice("A"), "CNY");
    struct item item = {.amount = 500, .value_date = DAY, .source_id = slice("L1")};
    (void)state;
    memset(one, '7', sizeof one);
    memset(other, '7', sizeof other);
    item.reference = (struct slice){one, sizeof one};
    assert_true(match_add(store, L, account, &item, &error));
    item.reference = (struct slice){other, sizeof one};
    item.source_id = slice("S1");
    assert_true(match_add(store, S, account, &item, &error));
    item.reference = (struct slice){other, sizeof other};
    assert_false(match_add(store, S, account, &item, &error));
    item = (struct item){.amount = 600,
                         .value_date = DAY,
                         .source_id = slice("L2"),
                         .reference = {"12\0"
                                       "345678",
                                       9}};
    assert_true(match_add(store, L, account, &item, &error));
    item.source_id = slice("S2");
    item.reference = slice("１２３４５678");
    assert_true(match_add(store, S, account, &item, &error));
    item = (struct item){.amount = INT64_MIN,
                         .value_date = INT_MIN,
                         .source_id = slice("L3"),
                         .reference = slice("83472651")};
    assert_true(match_add(store, L, account, &item, &error));
    item.source_id = slice("S3");
    assert_true(match_add(store, S, account, &item, &error));
    match_run(store);
    expect(store, "L1 S1", "exact", MATCH_CONFIRMED);
    expect(store, "L2 S2", "normalised", MATCH_CONFIRMED);
    expect(store, "L3 S3", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

static void evidence_says_why(void **state)
{
    struct buffer out = BUFFER_INIT;
    RUN({L, "L1", "A", 0, 100000, "83472651", NULL}, {S, "S1", "A", 1, 99500, "83472651", NULL},
        {L, "L3", "A", 0, -200000, "93472652", NULL}, {S, "S3", "A", 1, -199000, "93472652", NULL},
        {L, "L2", "A", 0, 500, "ref\"1\\10000002", NULL},
        {S, "S2", "A", 0, 500, "REF110000002", NULL});
    for (size_t i = 0; i < match_line_count(store); i++)
        if (match_line_leads(store, i)) {
            match_evidence(store, i, &out);
            buffer_add_char(&out, '\n');
        }
    assert_non_null(strstr(out.data, "5.00 CNY less, 0.500 %"));
    assert_non_null(strstr(out.data, "10.00 CNY less, 0.500 %")); /* of money that went out, too */
    assert_non_null(strstr(out.data, "\"form\":\"110000002\""));
    assert_non_null(strstr(out.data, "\"rule\":\"fee\",\"rules\":\"default\",\"version\":1"));
    assert_non_null(strstr(out.data, "\"difference\":\"500\",\"days\":1"));
    assert_non_null(strstr(out.data, "ref\\\"1\\\\10000002"));
    buffer_free(&out);
    match_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_amounts_are_no_key),
        cmocka_unit_test(neighbours_that_are_whole_match),
        cmocka_unit_test(a_mistyped_reference_hits_a_damaged_neighbour),
        cmocka_unit_test(a_mistyped_reference_hits_a_missing_neighbour),
        cmocka_unit_test(a_dropped_digit_hits_a_shorter_number),
        cmocka_unit_test(two_damaged_lines_are_no_reversal),
        cmocka_unit_test(one_reference_begins_another),
        cmocka_unit_test(a_beginning_that_all_share_is_no_key),
        cmocka_unit_test(other_letters_are_another_reference),
        cmocka_unit_test(zeros_may_tell_references_apart),
        cmocka_unit_test(short_numbers_match_and_words_do_not),
        cmocka_unit_test(a_narrative_may_speak_of_another),
        cmocka_unit_test(a_narrative_of_several_numbers_is_read),
        cmocka_unit_test(a_copy_on_a_later_day_is_not_taken_for_the_line),
        cmocka_unit_test(reversals_on_both_sides_are_pairs),
        cmocka_unit_test(a_reversal_beside_a_third_line_is_not_judged),
        cmocka_unit_test(parts_are_not_near_each_other),
        cmocka_unit_test(equal_lines_match_on_several_days),
        cmocka_unit_test(a_mark_may_look_like_a_part_number),
        cmocka_unit_test(a_fee_matches_in_any_writing),
        cmocka_unit_test(equal_lines_with_partners_of_two_kinds_are_not_judged),
        cmocka_unit_test(a_part_may_be_the_amount_of_another_line),
        cmocka_unit_test(two_explanations_are_left_to_a_person),
        cmocka_unit_test(totals_of_one_reference_match),
        cmocka_unit_test(a_reference_of_many_lines_is_no_key),
        cmocka_unit_test(days_bound_what_a_reference_means),
        cmocka_unit_test(typing_errors_are_sure_where_references_are_sparse),
        cmocka_unit_test(any_bytes_are_a_reference),
        cmocka_unit_test(evidence_says_why),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
