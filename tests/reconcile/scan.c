#include "reconcile/scan.h"

#include "reconcile/source.h"

#include "../lib/check.h"

#include <stdlib.h>
#include <string.h>

static struct scan scans(const char *bytes, size_t length)
{
    struct scan scan;
    struct error error = ERROR_INIT;
    if (!scan_bytes(bytes, length, "f", &scan, &error))
        fail_msg("%s: %s", error.where, error.what);
    return scan;
}

static void refuses_binary_with_its_kind(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *what;
    } wrong[] = {{"", 0, "empty"},           {"PK\003\004x", 5, "Excel"},
                 {"\037\213\010", 3, "gzip"}, {"%PDF-1.4", 8, "PDF"},
                 {"\377\376a\0", 4, "UTF-16"}, {"\177ELF", 4, "program"},
                 {"abc\0def", 7, "byte 3 is NUL"}, {"\320\317\021\340", 4, "old Excel"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct scan scan;
        struct error error = ERROR_INIT;
        assert_false(scan_bytes(wrong[i].bytes, wrong[i].length, "f", &scan, &error));
        if (!strstr(error.what, wrong[i].what) || !error.todo[0])
            fail_msg("got \"%s\", wanted \"%s\"", error.what, wrong[i].what);
    }
}

static void tells_encodings_apart(void **state)
{
    (void)state;
    assert_true(scans("plain text 123", 14).ascii);
    assert_int_equal(scans("caf\xC3\xA9", 5).encoding, ENCODING_UTF8);
    assert_int_equal(scans("\xF0\x9F\x98\x80", 4).encoding, ENCODING_UTF8);
    assert_int_equal(scans("caf\xE9 bar", 8).encoding, ENCODING_WINDOWS_1252);
    assert_int_equal(scans("\xD6\xD0\xCE\xC4", 4).encoding, ENCODING_GB18030);
    assert_int_equal(scans("text then \xBB\xF5\xBF\xEE, end", 19).encoding, ENCODING_GB18030);
}

/* Chinese in GB18030, with characters whose second byte is low and of four bytes, is certain; Western,
 * Russian, Big5 text and a character cut off are not. */
static void tells_what_is_a_guess(void **state)
{
    static const struct {
        const char *bytes;
        bool certain;
    } texts[] = {{"abc", true},
                 {"caf\xC3\xA9", true},
                 {"\xD6\xD0\xCE\xC4", true},
                 {"\xD6\xD0\xCE\xC4\xD6\xD0\xCE\xC4\xD6\xD0\x81\x40", true},
                 {"\xD6\xD0\xCE\xC4\xD6\xD0\xCE\xC4\xD6\xD0\xD6\xD0\xD6\xD0\xD6\xD0\xD6\xD0"
                  "\x82\x30\xC3\x33", true},
                 {"\xD6\xD0\xCE", false},
                 {"caf\xE9 bar", false},
                 {"M\xFCller", false},
                 {"\xCF\xF0\xE8\xE2\xE5\xF2\xFB, \xEC\xE8\xF0", false},
                 {"\xA4\xA4\xB0\xEA\xAA\x41\xB0\xC8\xA9\x4F", false}};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (scans(texts[i].bytes, strlen(texts[i].bytes)).certain != texts[i].certain)
            fail_msg("text %zu", i);
}

/* Over-long forms, surrogates, values past U+10FFFF, and sequences cut off: not UTF-8. */
static void invalid_utf8_is_placed(void **state)
{
    static const struct {
        const char *bytes;
        uint64_t at;
    } wrong[] = {{"ab\xC0\xAF", 2}, {"ab\xED\xA0\x80", 2}, {"a\xF4\x90\x80\x80", 1},
                 {"abc\xE4\xB8", 3}, {"abcdefgh\x80", 8}, {"x\xE4\xB8z", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(scans(wrong[i].bytes, strlen(wrong[i].bytes)).invalid, wrong[i].at);
    assert_int_equal(scans("good", 4).invalid, 4);
}

/* Found at every place within the words that are looked at eight bytes at once. */
static void every_byte_is_looked_at(void **state)
{
    (void)state;
    for (size_t at = 0; at < 40; at++) {
        char text[41];
        struct scan scan;
        struct error error = ERROR_INIT;
        memset(text, 'a', 40);
        text[at] = '\0';
        assert_false(scan_bytes(text, 40, "f", &scan, &error));
        text[at] = '\xFF';
        if (at)
            assert_int_equal(scans(text, 40).invalid, at);
    }
}

static void the_digest_is_sha256(void **state)
{
    static const unsigned char wanted[] = {0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA};
    (void)state;
    struct scan scan = scans("abc", 3);
    assert_memory_equal(scan.sha256, wanted, sizeof wanted);
    assert_int_equal(scan.bytes, 3);
}

static void names_of_encodings(void **state)
{
    enum encoding encoding;
    (void)state;
    assert_true(encoding_find("GBK", &encoding) && encoding == ENCODING_GB18030);
    assert_true(encoding_find("UTF-8", &encoding) && encoding == ENCODING_UTF8);
    assert_false(encoding_find("utf-7", &encoding));
}

static void lines_come_without_their_ends(void **state)
{
    static const char text[] = "\xEF\xBB\xBF" "one\r\ntwo\n\nlast";
    static const char *const wanted[] = {"one", "two", "", "last"};
    struct error error = ERROR_INIT;
    struct slice line;
    (void)state;
    struct source *source = source_memory("f", text, sizeof text - 1, &error);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++) {
            assert_true(source_next(source, &line, &error));
            assert_int_equal(line.length, strlen(wanted[i]));
            assert_memory_equal(line.text, wanted[i], line.length);
            assert_int_equal(source_line(source), i + 1);
        }
        assert_false(source_next(source, &line, &error));
        assert_int_equal(error.kind, ERROR_NONE);
        assert_true(source_rewind(source, &error));
    }
    assert_true(source_next(source, &line, &error));
    assert_int_equal(source_offset(source), 3);
    source_close(source);
}

static void an_encoding_that_is_not_is_refused(void **state)
{
    struct error error = ERROR_INIT;
    (void)state;
    struct source *source = source_memory("f", "caf\xE9", 4, &error);
    assert_false(source_set_encoding(source, ENCODING_UTF8, &error));
    assert_true(strstr(error.what, "byte 3 is not UTF-8"));
    source_close(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(refuses_binary_with_its_kind),
                                       cmocka_unit_test(tells_encodings_apart),
        cmocka_unit_test(tells_what_is_a_guess),
                                       cmocka_unit_test(invalid_utf8_is_placed),
                                       cmocka_unit_test(every_byte_is_looked_at),
                                       cmocka_unit_test(the_digest_is_sha256),
                                       cmocka_unit_test(names_of_encodings),
                                       cmocka_unit_test(lines_come_without_their_ends),
                                       cmocka_unit_test(an_encoding_that_is_not_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
