#include "customer/conceal.h"
#include "tests/lib/check.h"

#include <string.h>

static const char *const known[] = {"张伟民", "Alice Cooper", NULL};

static void expect(const char *text, const char *want)
{
    struct buffer out = BUFFER_INIT;
    conceal(&out, text, strlen(text), known);
    assert_string_equal(buffer_text(&out), want);
    buffer_free(&out);
}

static void numbers(void **state)
{
    (void)state;
    expect("身份证110101199001016234，", "身份证[ID]，");
    expect("11010119900101623X", "[ID]");
    expect("11010119900101623x!", "[ID]!");
    expect("110101 19900101 6234", "[ID]");
    expect("card 6222 0212 3456 7891 234 was", "card [CARD] was");
    expect("6222-0212-3456-7891", "[CARD]");
    expect("６２２２０２１２３４５６７８９１", "[CARD]");
    expect("call 13812345621 or 138-1234-5621", "call [PHONE] or [PHONE]");
    expect("+44 20 7946 0958", "[PHONE]");
    expect("010-62345678", "[PHONE]");
    expect("+8613812345621", "[PHONE]");
    expect("passport E12345678, permit EA1234567", "passport [ID], permit [ID]");
    expect("order 12345678", "order [NUMBER]");
    expect("mail a.b-c@mail.example.com.", "mail [EMAIL].");
    expect("2023年3月5日扣了300元，第15期，共12000元", "2023年3月5日扣了300元，第15期，共12000元");
    expect("尾号1234的卡", "尾号1234的卡");
}

static void names(void **state)
{
    (void)state;
    expect("我是张伟民的妻子", "我是[NAME]的妻子");
    expect("I am ALICE COOPER", "I am [NAME]");
    expect("我叫李小红，住在", "我叫[NAME]，住在");
    expect("王经理和李小红女士说", "[NAME]经理和[NAME]女士说");
    expect("姓名：欧阳", "姓名：[NAME]");
    expect("My name is John Smith and Mrs Jones said no", "My name is [NAME] and Mrs [NAME] said no");
    expect("客户经理说必须买保险", "客户经理说必须买保险");
    expect("大堂经理态度差", "大堂经理态度差");
}

static void other_bytes(void **state)
{
    (void)state;
    expect("", "");
    expect("\xff\xfe 1", "\xff\xfe 1");
    expect("a\xf0\x9f\x99\x82z", "a\xf0\x9f\x99\x82z");
    expect("+", "+");
    expect("@", "@");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers), cmocka_unit_test(names), cmocka_unit_test(other_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
