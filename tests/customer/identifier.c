#include "tests/lib/check.h"

#include "base/date.h"
#include "customer/identifier.h"

#include <stdlib.h>
#include <string.h>

static void residents(void **state)
{
    (void)state;
    char text[19];
    int birth;
    /* The two examples of GB 11643-1999. */
    assert_int_equal(identifier_resident_check("11010519491231002"), 'X');
    assert_int_equal(identifier_resident_check("44052418800101001"), '4');
    assert_int_equal(identifier_resident_check("1101051949123100Z"), 0);
    assert_int_equal(identifier_resident_check(""), 0);
    assert_true(date_from_civil(1949, 12, 31, &birth));
    identifier_resident_make(110105, birth, 2, text);
    assert_string_equal(text, "11010519491231002X");
}

static void credit_codes(void **state)
{
    (void)state;
    char text[19];
    /* The example of GB 32100-2015. */
    assert_int_equal(identifier_credit_check("91350100M000100Y4"), '3');
    assert_int_equal(identifier_credit_check("91350100I000100Y4"), 0); /* I is not of the alphabet */
    assert_int_equal(identifier_credit_check("91350100M00"), 0);
    assert_true(identifier_credit_good("91350100m000100y43"));
    assert_false(identifier_credit_good("91350100M000100Y44"));
    assert_false(identifier_credit_good("91350100M000100Y4"));
    assert_true(identifier_resident_good("11010519491231002x"));
    assert_false(identifier_resident_good("110105194912310021"));
    identifier_credit_make(440305, 12345, text);
    assert_int_equal(strlen(text), 18);
    assert_memory_equal(text, "9144030500012345", 16);
    assert_int_equal(text[17], identifier_credit_check(text));
}

static void luhn(void **state)
{
    (void)state;
    assert_int_equal(identifier_luhn_check("7992739871", 10), '3'); /* ISO/IEC 7812-1 example */
    assert_int_equal(identifier_luhn_check("411111111111111", 15), '1'); /* published test numbers */
    assert_int_equal(identifier_luhn_check("620000000000000", 15), '5');
    assert_int_equal(identifier_luhn_check("", 0), 0);
    assert_int_equal(identifier_luhn_check("12a4", 4), 0);
}

static void own_numbers(void **state)
{
    (void)state;
    char account[17], customer[11];
    for (int i = 0; i < 20000; i++) {
        identifier_account_make(1001 + i % 24, 10, i * 37, account);
        assert_int_equal(strlen(account), 16);
        assert_int_equal(strtoll(account, NULL, 10) % 97, 1); /* ISO 7064 MOD 97-10 */
    }
    /* ISO 7064 MOD 11,10, reckoned by hand. */
    identifier_customer_make(123456789, customer);
    assert_string_equal(customer, "1234567897");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(residents),
        cmocka_unit_test(credit_codes),
        cmocka_unit_test(luhn),
        cmocka_unit_test(own_numbers),
    };
    return cmocka_run_group_tests_name("identifier", tests, NULL, NULL);
}
