#include "complaint/features.h"
#include "tests/lib/check.h"

#include <stdlib.h>
#include <string.h>

static struct features *features;

static int start(void **state)
{
    struct error error = ERROR_INIT;
    (void)state;
    features = features_open(&error);
    return features ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    features_close(features);
    return 0;
}

/* A number for all features of a text, whatever their order. */
static uint64_t sum(const char *text, size_t length)
{
    const struct feature *list;
    uint64_t total = 0;
    size_t count = features_of(features, text, length, &list);
    for (size_t i = 0; i < count; i++) {
        assert_true(list[i].bucket < FEATURE_BUCKETS);
        total += (list[i].bucket + 1) * (uint64_t)2654435761u * list[i].count;
    }
    return total;
}

static size_t count(const char *text)
{
    const struct feature *list;
    return features_of(features, text, strlen(text), &list);
}

static void same(const char *left, const char *right)
{
    assert_true(sum(left, strlen(left)) == sum(right, strlen(right)));
}

static void other(const char *left, const char *right)
{
    assert_false(sum(left, strlen(left)) == sum(right, strlen(right)));
}

static void forms_and_case_are_one(void **state)
{
    (void)state;
    same("Card Fee", "card fee");
    same("card fee", "ＣＡＲＤ　ｆｅｅ");
    same("É", "e\xCC\x81");
    same("手续费，多少？", "手续费 多少");
    same("card  fee!!", "card, fee");
    same("car\xE2\x80\x8B" "d", "card");
    other("card fee", "fee card");
    other("can", "can't");
    other("手续费", "手费续");
    other("good 🙂", "good 🙁");
}

/* One Han character is one word; two give a pair as well; three also the pair around the middle. */
static void han_characters_are_words(void **state)
{
    (void)state;
    assert_int_equal(count("费"), 1);
    assert_int_equal(count("手续"), 3);
    assert_int_equal(count("手续费"), 6);
    assert_int_equal(count("费费"), 2);
}

/* "ab" with blanks: 3 pairs, 2 triples, 1 of four characters, and the word. */
static void words_give_characters(void **state)
{
    (void)state;
    assert_int_equal(count("ab"), 7);
    assert_int_equal(count(""), 0);
    assert_int_equal(count(" \t\n"), 0);
    assert_int_equal(count("\x01\x02\x1b"), 0);
    assert_int_equal(count("'''"), 0);
}

static void any_bytes_will_do(void **state)
{
    (void)state;
    enum { MEGABYTE = 1 << 20 };
    unsigned char *text = malloc(MEGABYTE);
    static const char *const fills[] = {"x", "你", "a ", "\xEF\xB7\xBA", "\xff", "🙂", "'", "s's "};
    for (size_t f = 0; f < sizeof fills / sizeof *fills; f++) {
        for (size_t i = 0; i < MEGABYTE; i++)
            text[i] = (unsigned char)fills[f][i % strlen(fills[f])];
        sum((char *)text, MEGABYTE);
    }
    uint32_t random = 1;
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < 600; i++)
            text[i] = (unsigned char)((random = random * 1664525 + 1013904223) >> 24);
        uint64_t first = sum((char *)text, 600);
        assert_true(first == sum((char *)text, 600));
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_and_case_are_one),
        cmocka_unit_test(han_characters_are_words),
        cmocka_unit_test(words_give_characters),
        cmocka_unit_test(any_bytes_will_do),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
