#include "terminal/key.h"
#include "../lib/check.h"

#include <stdlib.h>
#include <string.h>

static void expect(const char *bytes, size_t length, const int *codes, size_t count)
{
    struct key_decoder *decoder = key_decoder_new();
    struct key key;
    key_decoder_feed(decoder, bytes, length, 1000);
    for (size_t i = 0; i < count; i++) {
        assert_true(key_decoder_next(decoder, 1030, &key));
        assert_int_equal(key.code, codes[i]);
    }
    assert_false(key_decoder_next(decoder, 1030, &key));
    key_decoder_free(decoder);
}

#define EXPECT(bytes, ...)                                                                         \
    expect(bytes, sizeof(bytes) - 1, (const int[]){__VA_ARGS__},                                   \
           sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static void decodes_terminals(void **state)
{
    (void)state;
    EXPECT("a\r\t\177", 'a', K_ENTER, K_TAB, K_BACKSPACE);
    EXPECT("\033[A\033OB\033[1;5C\033[Z", K_UP, K_DOWN, K_CTRL | K_RIGHT, K_SHIFT | K_TAB);
    EXPECT("\033OP\033[11~\033[[A\033[15~\033[24~", K_F(1), K_F(1), K_F(1), K_F(5), K_F(12));
    EXPECT("\033[1;2S\033[26~", K_SHIFT | K_F(4), K_SHIFT | K_F(2));
    EXPECT("\033" "5\033" "0", K_F(5), K_F(10));
    EXPECT("\033x\014\003", K_ALT | 'x', K_CTRL | 'l', K_CTRL | 'c');
    EXPECT("张é𠮷", 0x5F20, 0xE9, 0x20BB7);
    EXPECT("\033\033[A", K_ESCAPE, K_UP);
    EXPECT("\033[999;999x\xC2\x9B" "b", 'b');
    EXPECT("\033", K_ESCAPE);
}

static void waits_for_the_rest(void **state)
{
    (void)state;
    struct key_decoder *decoder = key_decoder_new();
    struct key key;
    key_decoder_feed(decoder, "\033", 1, 1000);
    assert_false(key_decoder_next(decoder, 1010, &key));
    assert_int_equal(key_decoder_wait(decoder, 1010), 15);
    key_decoder_feed(decoder, "[", 1, 1010);
    assert_false(key_decoder_next(decoder, 1011, &key));
    key_decoder_feed(decoder, "B", 1, 1012);
    assert_true(key_decoder_next(decoder, 1012, &key));
    assert_int_equal(key.code, K_DOWN);
    key_decoder_feed(decoder, "\033", 1, 2000);
    assert_true(key_decoder_next(decoder, 2025, &key));
    key_decoder_feed(decoder, "5", 1, 2500);
    assert_true(key_decoder_next(decoder, 2500, &key));
    assert_true(key.code == '5' && key.after_escape);
    key_decoder_free(decoder);
}

static void paste_is_one_event(void **state)
{
    (void)state;
    struct key_decoder *decoder = key_decoder_new();
    struct key key;
    static const char bytes[] = "\033[200~a\r\nb\033[A\001\xFF\033[201~x";
    for (size_t i = 0; i < sizeof bytes - 1; i++)
        key_decoder_feed(decoder, bytes + i, 1, 1000);
    assert_true(key_decoder_next(decoder, 1000, &key));
    assert_int_equal(key.code, K_PASTE);
    assert_string_equal(key.text, "a\nb[A\xEF\xBF\xBD");
    assert_true(key_decoder_next(decoder, 1000, &key));
    assert_int_equal(key.code, 'x');
    key_decoder_free(decoder);
}

static void long_paste_is_refused(void **state)
{
    (void)state;
    struct key_decoder *decoder = key_decoder_new();
    struct key key;
    char part[4096];
    memset(part, 'a', sizeof part);
    key_decoder_feed(decoder, "\033[200~", 6, 1000);
    for (int i = 0; i < 2560; i++) {
        key_decoder_feed(decoder, part, sizeof part, 1000);
        assert_false(key_decoder_next(decoder, 1000, &key));
    }
    key_decoder_feed(decoder, "\033[201~", 6, 1000);
    assert_true(key_decoder_next(decoder, 1000, &key));
    assert_true(key.code == K_PASTE && !key.text && key.length == 2560 * sizeof part);
    key_decoder_free(decoder);
}

static void names_go_both_ways(void **state)
{
    static const char *const names[] = {"F5",   "Shift-F4", "Ctrl-L", "PgDn", "Enter",
                                        "Space", "a",       "A",      "Alt-x", "张",
                                        "-",    "Ctrl-Right", "Shift-Tab"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct buffer out = BUFFER_INIT;
        assert_int_not_equal(key_parse(names[i]), K_NONE);
        key_format(&out, key_parse(names[i]));
        assert_string_equal(out.data, names[i]);
        buffer_free(&out);
    }
    assert_int_equal(key_parse("Esc 5"), K_F(5));
    assert_int_equal(key_parse("Esc 0"), K_F(10));
    assert_int_equal(key_parse("F16"), K_SHIFT | K_F(4));
    assert_int_equal(key_parse("^L"), K_CTRL | 'l');
    assert_int_equal(key_parse("nonsense"), K_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_terminals),    cmocka_unit_test(waits_for_the_rest),
        cmocka_unit_test(paste_is_one_event),   cmocka_unit_test(long_paste_is_refused),
        cmocka_unit_test(names_go_both_ways),
    };
    setenv("LC_ALL", "C.UTF-8", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
