#include "matching.h"

static void unique_lines_match(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10000001", NULL}, {S, "S1", "A", 1, 500, "10000001", NULL},
        {L, "L2", "A", 0, 600, "10000002", NULL}, {S, "S2", "B", 0, 600, "10000002", NULL},
        {L, "L3", "A", 0, 700, "10000003", NULL}, {S, "S3", "A", 0, -700, "10000003", NULL},
        {L, "L4", "A", 0, 500, "NONREF", NULL}, {S, "S4", "A", 0, 500, "NONREF", NULL});
    expect(store, "L1 S1", "exact", MATCH_CONFIRMED);
    expect_open(store, "L2");
    expect_open(store, "L3");
    expect(store, "L4 S4", "amount", MATCH_SUGGESTED);
    match_store_free(store);
}

static void a_reference_used_again_is_told_by_amount(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10000001", NULL}, {S, "S1", "A", 0, 500, "10000001", NULL},
        {L, "L2", "A", 0, 700, "10000001", NULL}, {S, "S2", "A", 0, 900, "10000001", NULL});
    expect(store, "L1 S1", "exact", MATCH_CONFIRMED);
    expect_open(store, "L2");
    expect_open(store, "S2");
    match_store_free(store);
}

static void copies_stay_open(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10000001", NULL}, {S, "S1", "A", 1, 500, "10000001", NULL},
        {S, "S2", "A", 1, 500, "10000001", NULL});
    expect(store, "L1 S1", "identical", MATCH_CONFIRMED);
    expect_open(store, "S2");
    match_store_free(store);
}

/* The second line may be 10000002 with a wrong digit: it is not known which is the copy. */
static void a_copy_with_a_neighbour_is_not_judged(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10000001", NULL}, {L, "L2", "A", 0, 500, "10000002", NULL},
        {S, "S1", "A", 1, 500, "10000001", NULL}, {S, "S2", "A", 1, 500, "10000001", NULL});
    for (size_t i = 0; i < 4; i++)
        assert_int_not_equal(match_line_status(match_line_at(store, i)), MATCH_CONFIRMED);
    match_store_free(store);
}

static void the_same_writing_comes_before_a_mention(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10000001", NULL}, {S, "S1", "A", 0, 500, "10000001", NULL},
        {S, "S2", "A", 0, 500, "NONREF", "PAYMENT 10000001 THANK YOU"});
    expect(store, "L1 S1", "exact", MATCH_CONFIRMED);
    expect_open(store, "S2");
    match_store_free(store);
}

static void equal_lines_pair_in_order(void **state)
{
    RUN({L, "L2", "A", 0, 500, "10000001", NULL}, {L, "L1", "A", 0, 500, "10000001", NULL},
        {S, "S1", "A", 1, 500, "10000001", NULL}, {S, "S2", "A", 1, 500, "10000001", NULL},
        {L, "L8", "A", 0, 70, "10000008", NULL}, {L, "L9", "A", 2, 70, "10000008", NULL},
        {S, "S8", "A", 0, 70, "10000008", NULL}, {S, "S9", "A", 2, 70, "10000008", NULL});
    expect(store, "L1 S1", "identical", MATCH_CONFIRMED);
    expect(store, "L2 S2", "identical", MATCH_CONFIRMED);
    expect(store, "L8 S8", "ambiguous", MATCH_SUGGESTED);
    match_store_free(store);
}

static void reversals_net_on_one_side_alone(void **state)
{
    RUN({L, "L1", "A", 0, 500, "10000001", NULL}, {L, "L2", "A", 0, -500, "10000001", NULL},
        {S, "S3", "A", 0, 700, "10000003", NULL}, {S, "S4", "A", 0, -700, "10000003", NULL},
        {L, "L3", "A", 0, 700, "10000003", NULL}, {L, "L4", "A", 0, -700, "10000003", NULL});
    expect(store, "L1 L2", "reversal", MATCH_CONFIRMED);
    expect(store, "L3 S3", "exact", MATCH_CONFIRMED);
    expect(store, "L4 S4", "exact", MATCH_CONFIRMED);
    match_store_free(store);
}

static void writings_of_a_reference_match(void **state)
{
    RUN({L, "L1", "A", 0, 1, "TX20240602661229545548", NULL},
        {S, "S1", "A", 0, 1, "tx20240602661229545548", NULL},
        {L, "L2", "A", 0, 2, "014093179238", NULL}, {S, "S2", "A", 0, 2, "14093179238", NULL},
        {L, "L3", "A", 0, 3, "10000206", NULL}, {S, "S3", "A", 0, 3, "10-00/0206", NULL},
        {L, "L4", "A", 0, 4, "10000242", NULL}, {S, "S4", "A", 0, 4, "UPOP10000242", NULL},
        {L, "L5", "A", 0, 5, "10000300", NULL},
        {S, "S5", "A", 0, 5, "NONREF", "PAYMENT 10000300 THANK YOU"},
        {L, "L6", "A", 0, 6, "TX20240602478486079909", NULL},
        {S, "S6", "A", 0, 6, "TX20240602478486", NULL});
    expect(store, "L1 S1", "normalised", MATCH_CONFIRMED);
    expect(store, "L2 S2", "normalised", MATCH_CONFIRMED);
    expect(store, "L3 S3", "normalised", MATCH_CONFIRMED);
    expect(store, "L4 S4", "normalised", MATCH_CONFIRMED);
    expect(store, "L5 S5", "normalised", MATCH_CONFIRMED);
    expect(store, "L6 S6", "truncated", MATCH_CONFIRMED);
    match_store_free(store);
}

static void a_cut_reference_of_two_lines_is_not_judged(void **state)
{
    RUN({L, "L1", "A", 0, 6, "TX20240602478486079909", NULL},
        {L, "L2", "A", 0, 6, "TX20240602478486111111", NULL},
        {S, "S1", "A", 0, 6, "TX20240602478486", NULL});
    expect_open(store, "S1");
    match_store_free(store);
}

static void parts_match_with_their_whole(void **state)
{
    RUN({L, "L1", "A", 0, 900, "10000001", NULL}, {S, "S1", "A", 2, 400, "10000001-1", NULL},
        {S, "S2", "A", 2, 500, "10000001-2", NULL}, {S, "S3", "A", 0, -80, "10000002", NULL},
        {L, "L3", "A", 0, -30, "10000002-1", NULL}, {L, "L4", "A", 0, -50, "10000002-2", NULL},
        {L, "L5", "A", 0, 900, "10000009", NULL}, {S, "S5", "A", 0, 401, "10000009-1", NULL},
        {S, "S6", "A", 0, 500, "10000009-2", NULL});
    expect(store, "L1 S1 S2", "split", MATCH_CONFIRMED);
    expect(store, "S3 L3 L4", "split", MATCH_CONFIRMED);
    expect_open(store, "L5");
    match_store_free(store);
}

static void a_fee_of_the_known_rate_matches(void **state)
{
    RUN({L, "L1", "A", 0, 100000, "10000001", NULL}, {S, "S1", "A", 0, 99500, "10000001", NULL},
        {L, "L2", "A", 0, 100000, "10000022", NULL}, {S, "S2", "A", 0, 99300, "10000022", NULL},
        {L, "L3", "A", 0, 100000, "10000333", NULL}, {S, "S3", "A", 0, 100500, "10000333", NULL},
        {L, "L4", "A", 0, 100000, "10004444", NULL}, {S, "S4", "A", 0, 99500, "10004444", NULL},
        {L, "L5", "A", 0, 7, "10004444", NULL}, {S, "S5", "A", 0, 7, "10004444", NULL});
    expect(store, "L1 S1", "fee", MATCH_CONFIRMED);
    expect_open(store, "L2");
    expect_open(store, "S3");
    expect(store, "L4 S4", "fee", MATCH_SUGGESTED);
    match_store_free(store);
}

static void near_references_are_suggested(void **state)
{
    RUN({L, "L1", "A", 0, 500, "TX20240604283830718324", NULL},
        {S, "S1", "A", 0, 500, "TX20240604283803718324", NULL},
        {L, "L2", "A", 0, 600, "20000001", NULL}, {S, "S2", "A", 0, 600, "20000002", NULL},
        {S, "S3", "A", 0, 600, "20000003", NULL});
    expect(store, "L1 S1", "near", MATCH_SUGGESTED);
    expect(store, "L2 S2", "near", MATCH_SUGGESTED);
    expect_open(store, "S3");
    match_store_free(store);
}

static void totals_are_suggested(void **state)
{
    RUN({L, "L1", "A", 0, 1000, "10000001", NULL}, {S, "S1", "A", 1, 300, "P1", NULL},
        {S, "S2", "A", 1, 450, "P2", NULL}, {S, "S3", "A", 1, 250, "P3", NULL},
        {S, "S4", "A", 1, 9, "P4", NULL}, {L, "L5", "B", 0, 70, "10000002", NULL},
        {S, "S5", "B", 0, 30, "P5", NULL}, {S, "S6", "B", 0, 40, "P6", NULL},
        {S, "S7", "B", 0, 20, "P7", NULL}, {S, "S8", "B", 0, 50, "P8", NULL});
    expect(store, "L1 S1 S2 S3", "subset", MATCH_SUGGESTED);
    expect_open(store, "S4");
    expect_open(store, "L5");
    match_store_free(store);
}

/* The parts of one payment are numbered alike; S3 and S4 have the total by chance. */
static void parts_that_are_numbered_alike_come_first(void **state)
{
    RUN({L, "L1", "A", 0, 1000, "10000001", NULL}, {S, "S1", "A", 1, 300, "P71190", NULL},
        {S, "S2", "A", 1, 700, "P82233", NULL}, {S, "S3", "A", 1, 400, "10004711", NULL},
        {S, "S4", "A", 1, 600, "10009312", NULL});
    expect(store, "L1 S1 S2", "subset", MATCH_SUGGESTED);
    expect_open(store, "S3");
    match_store_free(store);
}

/* The distance as the books have it: every cell of the table, neighbours swapped count once. */
static int whole_distance(const char *one, const char *other)
{
    int cell[20][20], n = (int)strlen(one), m = (int)strlen(other);
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= m; j++) {
            int best = i && j ? cell[i - 1][j - 1] + (one[i - 1] != other[j - 1]) : i + j;
            if (i && cell[i - 1][j] + 1 < best)
                best = cell[i - 1][j] + 1;
            if (j && cell[i][j - 1] + 1 < best)
                best = cell[i][j - 1] + 1;
            if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] &&
                cell[i - 2][j - 2] + 1 < best)
                best = cell[i - 2][j - 2] + 1;
            cell[i][j] = best;
        }
    return cell[n][m] < 3 ? cell[n][m] : 3;
}

static void the_narrow_table_finds_the_distance(void **state)
{
    unsigned seed = 7;
    (void)state;
    for (int n = 0; n < 40000; n++) {
        char text[2][16];
        for (int side = 0; side < 2; side++) {
            size_t length = (seed = seed * 1103515245 + 12345) >> 16 & 15;
            for (size_t i = 0; i < length; i++)
                text[side][i] = (char)('0' + ((seed = seed * 1103515245 + 12345) >> 16) % 3);
            text[side][length < 15 ? length : 15] = '\0';
        }
        if (n % 2 && strlen(text[0]) > 7) { /* near ones */
            memcpy(text[1], text[0], sizeof text[0]);
            text[1][n / 2 % 7] = '1';
        }
        assert_int_equal(match_distance(slice(text[0]), slice(text[1])),
                         whole_distance(text[0], text[1]));
    }
}

static void distances_are_those_of_typing_errors(void **state)
{
    (void)state;
    assert_int_equal(match_distance(slice("12345678"), slice("12345678")), 0);
    assert_int_equal(match_distance(slice("12345678"), slice("12345687")), 1);
    assert_int_equal(match_distance(slice("12345678"), slice("1234568")), 1);
    assert_int_equal(match_distance(slice("12345678"), slice("02345679")), 2);
    assert_int_equal(match_distance(slice("12345678"), slice("345678")), 2);
    assert_int_equal(match_distance(slice("12345678"), slice("87654321")), 3);
    assert_int_equal(match_distance(slice("1"), slice("12345678")), 3);
    assert_int_equal(match_distance(slice(""), slice("12")), 2);
}

enum { MANY = 3000 };

/* Lines out of few values, so that every rule finds something to err about. */
static void make_many(struct input *inputs, char (*texts)[2][24], unsigned seed)
{
    for (int i = 0; i < MANY; i++) {
        seed = seed * 1103515245 + 12345;
        unsigned dice = seed >> 8;
        snprintf(texts[i][0], 24, "%c%d", dice & 1 ? 'L' : 'S', i);
        snprintf(texts[i][1], 24, dice % 7 ? "%u" : "%u-1", 10000000 + dice / 3 % 700);
        inputs[i] = (struct input){dice & 1 ? L : S,
                                   texts[i][0],
                                   dice & 2 ? "A" : "B",
                                   (int)(dice / 5 % 4),
                                   (int64_t)(dice / 11 % 9 + 1) * (dice & 4 ? -100 : 100),
                                   texts[i][1],
                                   NULL};
    }
}

static void check_sums(const struct match_store *store)
{
    for (size_t i = 0; i < match_line_count(store); i++) {
        const struct match_line *first = match_line_at(store, i), *at = first;
        int64_t sum = 0;
        size_t size = 0;
        do {
            sum += at->side == L ? at->amount : -at->amount;
            assert_ptr_equal(match_line_rule(store, at), match_line_rule(store, first));
            assert_int_equal(at->account, first->account);
            at = match_line_at(store, at->next);
            assert_true(++size <= MANY);
        } while (at != first);
        if (match_line_status(first) == MATCH_OPEN)
            assert_int_equal(size, 1);
        else if (!match_line_rule(store, first)->fee.given)
            assert_int_equal(sum, 0);
    }
}

static void order_is_irrelevant_and_sums_are_zero(void **state)
{
    (void)state;
    static struct input inputs[MANY];
    static char texts[MANY][2][24];
    for (unsigned seed = 1; seed <= 5; seed++) {
        make_many(inputs, texts, seed);
        struct match_store *one = run(inputs, MANY);
        check_sums(one);
        for (size_t i = MANY; i > 1; i--) {
            size_t other = (size_t)(i * 7919u * seed) % i;
            struct input swap = inputs[i - 1];
            inputs[i - 1] = inputs[other];
            inputs[other] = swap;
        }
        struct match_store *two = run(inputs, MANY);
        for (size_t i = 0; i < MANY; i++) {
            assert_int_equal(match_line_at(one, i)->next, match_line_at(two, i)->next);
            assert_int_equal(match_line_at(one, i)->mark, match_line_at(two, i)->mark);
        }
        match_store_free(one);
        match_store_free(two);
    }
}

static void nothing_is_matched_with_nothing(void **state)
{
    struct match_counts counts;
    struct match_store *store = match_store_new(rules);
    (void)state;
    match_run(store);
    match_count(store, &counts);
    assert_int_equal(counts.lines[0] + counts.lines[1], 0);
    match_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unique_lines_match),
        cmocka_unit_test(a_reference_used_again_is_told_by_amount),
        cmocka_unit_test(copies_stay_open),
        cmocka_unit_test(a_copy_with_a_neighbour_is_not_judged),
        cmocka_unit_test(the_same_writing_comes_before_a_mention),
        cmocka_unit_test(equal_lines_pair_in_order),
        cmocka_unit_test(reversals_net_on_one_side_alone),
        cmocka_unit_test(writings_of_a_reference_match),
        cmocka_unit_test(a_cut_reference_of_two_lines_is_not_judged),
        cmocka_unit_test(parts_match_with_their_whole),
        cmocka_unit_test(a_fee_of_the_known_rate_matches),
        cmocka_unit_test(near_references_are_suggested),
        cmocka_unit_test(totals_are_suggested),
        cmocka_unit_test(parts_that_are_numbered_alike_come_first),
        cmocka_unit_test(distances_are_those_of_typing_errors),
        cmocka_unit_test(the_narrow_table_finds_the_distance),
        cmocka_unit_test(order_is_irrelevant_and_sums_are_zero),
        cmocka_unit_test(nothing_is_matched_with_nothing),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
