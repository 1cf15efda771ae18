#include "reconcile/fingerprint.h"
#include "../lib/check.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 20000, MANY = 20000 };

static struct slice slice(const char *text)
{
    return (struct slice){text, strlen(text)};
}

static struct item plain(void)
{
    return (struct item){.amount = 500, .value_date = DAY, .book_date = ITEM_NO_DATE,
                         .source_id = slice("s"), .reference = slice("r"),
                         .bank_reference = slice("b"), .counterparty = slice("c"),
                         .narrative = slice("n")};
}

/* Everything that tells two lines apart tells their fingerprints apart. */
static void every_part_counts(void **state)
{
    struct fingerprint fingerprint;
    struct item items[12];
    unsigned char prints[12][FINGERPRINT_BYTES], again[FINGERPRINT_BYTES];
    (void)state;
    for (int i = 0; i < 12; i++)
        items[i] = plain();
    items[1].amount = -500;
    items[2].value_date++;
    items[3].book_date = DAY;
    items[4].reference = slice("x");
    items[5].bank_reference = slice("x");
    items[6].source_id = slice("x");
    items[7].counterparty = slice("x");
    items[8].narrative = slice("x");
    items[9].reference = slice("rb"); /* the same letters, parted elsewhere */
    items[9].bank_reference = slice("");
    items[10].counterparty = slice("n");
    items[10].narrative = slice("c");
    fingerprint_start(&fingerprint);
    for (int i = 0; i < 12; i++)
        assert_true(fingerprint_item(&fingerprint, i == 11 ? 'L' : 'S', &items[i], prints[i]));
    for (int i = 0; i < 12; i++)
        for (int k = 0; k < i; k++)
            if (!memcmp(prints[i], prints[k], FINGERPRINT_BYTES))
                fail_msg("lines %d and %d are one", i, k);
    assert_false(fingerprint_twice(&fingerprint));
    assert_true(fingerprint_item(&fingerprint, 'S', &items[0], again));
    assert_memory_equal(again, prints[0], FINGERPRINT_BYTES);
    assert_true(fingerprint_twice(&fingerprint));
    fingerprint_end(&fingerprint);
}

/* Whichever of many lines comes again, early or late, is seen; without one nothing is. */
static void sees_a_copy_among_many(void **state)
{
    static const int copies[] = {0, 1, 2, 3, 1000, 2047, 2048, 8000, MANY - 1};
    unsigned char print[FINGERPRINT_BYTES];
    (void)state;
    for (size_t c = 0; c < sizeof copies / sizeof *copies; c++) {
        struct fingerprint fingerprint;
        struct item item = plain();
        fingerprint_start(&fingerprint);
        for (int i = 0; i < MANY; i++) {
            item.amount = i;
            assert_true(fingerprint_item(&fingerprint, 'S', &item, print));
        }
        assert_false(fingerprint_twice(&fingerprint));
        assert_int_equal(fingerprint.count, MANY);
        item.amount = copies[c];
        assert_true(fingerprint_item(&fingerprint, 'S', &item, print));
        assert_true(fingerprint_twice(&fingerprint));
        fingerprint_end(&fingerprint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_counts),
        cmocka_unit_test(sees_a_copy_among_many),
    };
    return cmocka_run_group_tests_name("fingerprint", tests, NULL, NULL);
}
