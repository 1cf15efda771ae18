#include "base/text.h"
#include "../lib/check.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static void expect_safe(const char *in, size_t length, const char *out)
{
    struct buffer buffer = BUFFER_INIT;
    text_safe(&buffer, in, length);
    assert_string_equal(buffer.data, out);
    buffer_free(&buffer);
}

static void expect_fit(const char *in, int cells, enum text_align align, const char *out)
{
    struct buffer buffer = BUFFER_INIT;
    text_fit(&buffer, in, cells, align);
    assert_string_equal(buffer_text(&buffer), out);
    buffer_free(&buffer);
}

static void safe_neutralises_controls(void **state)
{
    (void)state;
    expect_safe("\033]0;x\007", 6, "␛]0;x␇");
    expect_safe("a\xC2\x9B" "b", 4, "a<U+009B>b");
    expect_safe("\xE2\x80\xAE" "abc", 6, "<U+202E>abc");
    expect_safe("a\xE2\x80\x8B", 4, "a<U+200B>");
    expect_safe("\xFF\xC0\x80", 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    expect_safe("line\nnext", 9, "line⏎next");
    expect_safe("e\xCC\x81\xCC\x81\xCC\x81\xCC\x81", 9, "e\xCC\x81\xCC\x81");
}

static void expect_plain(const char *in, char line_end, const char *out)
{
    struct buffer buffer = BUFFER_INIT;
    text_plain(&buffer, in, strlen(in), line_end);
    assert_string_equal(buffer.data, out);
    buffer_free(&buffer);
}

static void plain_leaves_out_what_acts(void **state)
{
    (void)state;
    expect_plain("", ' ', "");
    expect_plain("单曾仇 é", ' ', "单曾仇 é");
    expect_plain("\033[2J\xC2\x9B" "31m\177\007", ' ', "[2J31m");
    expect_plain("a\r\nb\rc\nd\xE2\x80\xA8" "e", '\n', "a\nb\nc\nd\ne");
    expect_plain("a\r\nb\tc", ' ', "a b c");
    expect_plain("\xE2\x80\xAE" "fdp\xE2\x80\x8B\xEF\xBB\xBF\xF3\xA0\x81\x81", ' ', "fdp");
    expect_plain("葛\xF3\xA0\x84\x80 \xE2\x80\x8D", ' ', "葛\xF3\xA0\x84\x80 \xE2\x80\x8D");
    expect_plain("\xFF", ' ', "\xEF\xBF\xBD");
}

static void blank_and_invisible_are_told_apart(void **state)
{
    (void)state;
    for (const char *c = " \t\n\v\f\r"; *c; c++)
        assert_true(text_blank((uint32_t)*c) && !text_invisible((uint32_t)*c));
    assert_true(text_blank(0xA0) && text_blank(0x2009) && text_blank(0x202F) && text_blank(0x3000));
    assert_true(text_invisible(0x200B) && text_invisible(0x202E) && text_invisible(0xAD));
    assert_false(text_blank(0x200B) || text_blank('a') || text_blank(0) || text_invisible(0x3000));
    expect_plain("a\xC2\xAD" "b\xE2\x80\x8F", ' ', "a\xC2\xAD" "b");
}

static void width_counts_cells(void **state)
{
    (void)state;
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("张伟"), 4);
    assert_int_equal(text_width("e\xCC\x81"), 1);
    assert_int_equal(text_width("𠮷"), 2);
}

static void fit_never_splits_wide(void **state)
{
    (void)state;
    expect_fit("张伟民", 5, TEXT_LEFT, "张伟…");
    expect_fit("张伟民", 4, TEXT_LEFT, "张… ");
    expect_fit("张伟民", 6, TEXT_LEFT, "张伟民");
    expect_fit("12", 5, TEXT_RIGHT, "   12");
    expect_fit("abc", 0, TEXT_LEFT, "");
    expect_fit("张", 1, TEXT_LEFT, "…");
}

static void wrap_breaks_at_blanks_and_wide(void **state)
{
    (void)state;
    size_t next;
    assert_int_equal(text_wrap("hello world", 8, &next), 5);
    assert_int_equal(next, 6);
    assert_int_equal(text_wrap("客户投诉", 5, &next), 6);
    assert_int_equal(next, 6);
    assert_int_equal(text_wrap("abcdefghij", 4, &next), 4);
    assert_int_equal(next, 4);
}

static void valid_finds_first_bad_byte(void **state)
{
    size_t bad = 0;
    (void)state;
    assert_true(text_valid("张", 3, &bad));
    assert_false(text_valid("a\xED\xA0\x80", 4, &bad));
    assert_int_equal(bad, 1);
}

/* Every character that orders others about, at both ends of its range. */
static void nothing_that_acts_gets_through(void **state)
{
    static const uint32_t acts[] = {
        0x7F, 0x80, 0x84, 0x9F, 0x200B, 0x200E, 0x200F, 0x202A, 0x202E, 0x2060, 0x206F, 0x061C,
        0xFEFF, 0xFFF9, 0xFFFB, 0xE0000, 0xE007F};
    static const uint32_t hidden[] = {
        0x80, 0x9F, 0x200B, 0x200F, 0x202A, 0x202E, 0x2060, 0x206F, 0x061C, 0xFEFF, 0xAD, 0xFFF9,
        0xFFFB, 0xE0000, 0xE0FFF, 0x180E, 0x2028, 0x2029, 0xFE00, 0xFE0F, 0x115F, 0x1160, 0x3164,
        0xFFA0};
    (void)state;
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct buffer in = BUFFER_INIT, out = BUFFER_INIT;
        text_encode(&in, acts[i]);
        text_plain(&out, in.data, in.length, '\n');
        assert_int_equal(out.length, 0);
        buffer_free(&in);
        buffer_free(&out);
    }
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        struct buffer in = BUFFER_INIT, named = BUFFER_INIT;
        text_encode(&in, hidden[i]);
        buffer_format(&named, "<U+%04X>", (unsigned)hidden[i]);
        expect_safe(in.data, in.length, named.data);
        buffer_free(&in);
        buffer_free(&named);
    }
}

/* A terminal may give two cells to what Latin writes narrow and Chinese wide. */
static void ambiguous_characters_have_the_width_of_the_terminal(void **state)
{
    static const char *const both[] = {"‐", "…", "‧", "①", "⓿", "─", "◯", "·", "×", "÷",
                                       "←", "↙", "Α", "ω", "А", "я"};
    static const char *const narrow[] = {"a", "~", "ä", "¶", "Ø", "⁂", "↚", "ϊ", "ѐ"};
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        text_set_ambiguous_wide(wide);
        for (size_t i = 0; i < sizeof both / sizeof *both; i++)
            assert_int_equal(text_width(both[i]), wide ? 2 : 1);
        for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
            assert_int_equal(text_width(narrow[i]), 1);
        assert_int_equal(text_width("中"), 2);
    }
    text_set_ambiguous_wide(false);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(safe_neutralises_controls),
        cmocka_unit_test(plain_leaves_out_what_acts),
        cmocka_unit_test(nothing_that_acts_gets_through),
        cmocka_unit_test(blank_and_invisible_are_told_apart),
        cmocka_unit_test(width_counts_cells),
        cmocka_unit_test(ambiguous_characters_have_the_width_of_the_terminal),
        cmocka_unit_test(fit_never_splits_wide),
        cmocka_unit_test(wrap_breaks_at_blanks_and_wide),
        cmocka_unit_test(valid_finds_first_bad_byte),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
