#include "tests/lib/check.h"

#include "base/digest.h"

/* The examples of FIPS 180-4 for SHA-256, one and two blocks. */
static void sha256_of_the_standard(void **state)
{
    (void)state;
    static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char text[DIGEST_TEXT];
    digest_sha256("abc", 3, text);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_sha256(two, sizeof two - 1, text);
    assert_string_equal(text, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    digest_sha256("", 0, text);
    assert_string_equal(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void bytes_in_hexadecimal(void **state)
{
    (void)state;
    char text[9];
    digest_hex((const unsigned char *)"\x00\x0f\xf0\xff", 4, text);
    assert_string_equal(text, "000ff0ff");
    digest_hex((const unsigned char *)"", 0, text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_the_standard),
        cmocka_unit_test(bytes_in_hexadecimal),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
