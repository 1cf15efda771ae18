#include "tests/lib/check.h"

#include "base/date.h"
#include "customer/identifier.h"

#include <string.h>

static bool resident(const char *text)
{
    return identifier_resident(text, strlen(text), NULL);
}

static void resident_examples(void **state)
{
    (void)state;
    struct identifier_resident read;
    int birth;
    /* The two examples of GB 11643-1999. */
    assert_true(identifier_resident("11010519491231002X", 18, &read));
    assert_true(date_from_civil(1949, 12, 31, &birth));
    assert_int_equal(read.region, 110105);
    assert_int_equal(read.birth, birth);
    assert_int_equal(read.sex, IDENTIFIER_FEMALE);
    assert_true(resident("440524188001010014"));
    assert_true(resident("11010519491231002x"));
}

static void resident_refused(void **state)
{
    (void)state;
    assert_false(resident("110105194912310021"));  /* wrong check character */
    assert_false(resident("11010519491232002X"));  /* day 32 */
    assert_false(resident("11010519491231002"));   /* short */
    assert_false(resident("11010519491231002XX")); /* long */
    assert_false(resident("1101051949123100ZX"));
    assert_false(resident(""));
    assert_false(identifier_resident(
        "\xe5\xbc\xa0\xe5\xbc\xa0\xe5\xbc\xa0\xe5\xbc\xa0\xe5\xbc\xa0\xe5\xbc\xa0", 18, NULL));
    char made[19];
    identifier_resident_make(990101, 0, 1, made); /* no such province */
    assert_false(resident(made));
}

static void resident_made(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[19];
        struct identifier_resident read;
        identifier_resident_make(310115, -10000 + i, i % 1000, text);
        assert_true(identifier_resident(text, 18, &read));
        assert_int_equal(read.birth, -10000 + i);
        assert_int_equal(read.sex, i % 2 ? IDENTIFIER_MALE : IDENTIFIER_FEMALE);
        text[16] = (char)(text[16] == '9' ? '0' : text[16] + 1);
        assert_false(resident(text));
    }
}

static void credit_codes(void **state)
{
    (void)state;
    /* The example of GB 32100-2015. */
    assert_true(identifier_credit_code("91350100M000100Y43", 18));
    assert_true(identifier_credit_code("91350100m000100y43", 18));
    assert_false(identifier_credit_code("91350100M000100Y34", 18));
    assert_false(identifier_credit_code("91350100I000100Y43", 18));
    assert_false(identifier_credit_code("91350100M000100Y4", 17));
    assert_false(identifier_credit_code("913501\0000M00100Y43", 18));
    for (int i = 0; i < 20000; i++) {
        char text[19];
        identifier_credit_make(440305, i * 4999, text);
        assert_true(identifier_credit_code(text, 18));
        text[9] = text[9] == '9' ? '0' : (char)(text[9] + 1);
        assert_false(identifier_credit_code(text, 18));
    }
}

static void cards(void **state)
{
    (void)state;
    assert_int_equal(identifier_luhn_check("7992739871", 10), '3'); /* ISO/IEC 7812-1 example */
    assert_true(identifier_card("4111111111111111", 16));           /* published test numbers */
    assert_true(identifier_card("6200000000000005", 16));
    assert_false(identifier_card("4111111111111112", 16));
    assert_false(identifier_card("1411111111111111", 16)); /* transposed */
    assert_false(identifier_card("0000000000000000", 16));
    assert_false(identifier_card("42", 2));
    assert_false(identifier_card("41111111111111111111111", 23));
    assert_int_equal(identifier_luhn_check("", 0), 0);
    assert_int_equal(identifier_luhn_check("12a4", 4), 0);
}

static void phones(void **state)
{
    (void)state;
    assert_true(identifier_phone("13800138000", 11));
    assert_true(identifier_phone("19912345678", 11));
    assert_true(identifier_phone("17012345678", 11));
    assert_false(identifier_phone("12012345678", 11));
    assert_false(identifier_phone("15412345678", 11));
    assert_false(identifier_phone("16312345678", 11));
    assert_false(identifier_phone("19412345678", 11));
    assert_false(identifier_phone("1380013800", 10));
    assert_false(identifier_phone("138001380OO", 11));
    assert_false(identifier_phone("+8613800138", 11));
}

static void own_numbers(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char account[17], customer[11];
        identifier_account_make(1001 + i % 24, 10, i * 37, account);
        assert_true(identifier_account(account, 16));
        identifier_customer_make(100000000 + i, customer);
        assert_true(identifier_customer(customer, 10));
        account[8] = account[8] == '9' ? '0' : (char)(account[8] + 1);
        assert_false(identifier_account(account, 16));
        customer[4] = customer[4] == '9' ? '0' : (char)(customer[4] + 1);
        assert_false(identifier_customer(customer, 10));
    }
    /* ISO 7064 MOD 11,10: the standard's example 0794 has check digit 5. */
    char made[11];
    identifier_customer_make(794, made);
    assert_int_equal(strlen(made), 10);
    assert_true(identifier_customer(made, 10));
}

static void recognised(void **state)
{
    (void)state;
    assert_int_equal(identifier_recognise("11010519491231002X", 18), IDENTIFIER_RESIDENT);
    assert_int_equal(identifier_recognise("91350100M000100Y43", 18), IDENTIFIER_CREDIT_CODE);
    assert_int_equal(identifier_recognise("13800138000", 11), IDENTIFIER_PHONE);
    assert_int_equal(identifier_recognise("4111111111111111", 16), IDENTIFIER_CARD);
    assert_int_equal(identifier_recognise("zhangsan", 8), IDENTIFIER_NONE);
    assert_int_equal(identifier_recognise("", 0), IDENTIFIER_NONE);
    assert_int_equal(identifier_recognise("1'; DROP --", 11), IDENTIFIER_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resident_examples),
        cmocka_unit_test(resident_refused),
        cmocka_unit_test(resident_made),
        cmocka_unit_test(credit_codes),
        cmocka_unit_test(cards),
        cmocka_unit_test(phones),
        cmocka_unit_test(own_numbers),
        cmocka_unit_test(recognised),
    };
    return cmocka_run_group_tests_name("identifier", tests, NULL, NULL);
}
