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
    expect("passport EAB1234567", "passport EAB[NUMBER]"); /* three letters are no passport's */
    expect("order 12345678", "order [NUMBER]");
    expect("mail a.b-c@mail.example.com.", "mail [EMAIL].");
    expect("2023年3月5日扣了300元，第15期，共12000元", "2023年3月5日扣了300元，第15期，共12000元");
    expect("尾号1234的卡", "尾号1234的卡");
    expect("138 - 0013 - 8000, １３８\xe3\x80\x80００１３－８０００", "[PHONE], [PHONE]");
    expect("138\xc2\xa0" "0013–8000", "[PHONE]");
    expect("138\xe2\x80\x8b" "00138000", "[PHONE]");
    expect("138\xe2\x80\xaa" "0013\xe2\x81\x9f" "8000", "[PHONE]");
    expect("一三八零零一三八零零〇", "[PHONE]");
    expect("(415) 555-2671 and ＋４４ ２０ ７９４６ ０９５８", "([NUMBER] and [PHONE]");
    expect("11010119900307 663 X", "[ID]");
    expect("１１０１０１１９９００１０１６２３Ｘ", "[ID]");
    expect("passport E 1234 5678, NI AB 12 34 56 C, 123-45-6789",
           "passport [ID], NI AB [NUMBER] C, [NUMBER]");
    expect("第一二三条，一共三百元", "第一二三条，一共三百元");
    expect("mail ａ@ｂ．com", "mail [EMAIL]");
}

static void places(void **state)
{
    (void)state;
    expect("我住在北京市朝阳区建国路88号院3号楼1单元502室，", "我住在[ADDRESS]，");
    expect("寄到上海市浦东新区 张江镇 祖冲之路 1500弄 2号", "寄到[ADDRESS]");
    expect("地址：和平路八十八号", "地址：[ADDRESS]");
    expect("幸福小区１２栋２单元", "[ADDRESS]");
    expect("3号窗口的柜员，12月5号，地铁2号线", "3号窗口的柜员，12月5号，地铁2号线");
    expect("I live at 12 High Street, London SW1A 1AA.", "I live at [ADDRESS], London [ADDRESS].");
    expect("221b baker street", "[ADDRESS]");
    expect("1600 Pennsylvania Ave NW", "[ADDRESS] NW");
    expect("I waited 2 weeks on the road at 5pm", "I waited 2 weeks on the road at 5pm");
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
    expect("张 伟 民和Alice  Cooper, ALICECOOPER", "[NAME]和[NAME], [NAME]");
    expect("Ａｌｉｃｅ Ｃｏｏｐｅｒ", "[NAME]");
    expect("Malice cooperates", "Malice cooperates");
    expect("my name is john smith and I waited", "my name is [NAME] and I waited");
    expect("I'm Jane O'Neill, this is Tom Brown", "I'm [NAME], this is [NAME]");
    expect("I am Very unhappy, this is Wrong", "I am Very unhappy, this is Wrong");
    expect("Kind regards,\nJohn Smith", "Kind regards,\n[NAME]");
    expect("我是李小红，柜员王芳说", "我是[NAME]，柜员[NAME]说");
    expect("欧阳女士、王 先生", "[NAME]女士、[NAME] 先生");
    expect("姓名 赵六, 联系人 钱进", "姓名 [NAME], 联系人 [NAME]");
    expect("我是高级客户，员工余额不对", "我是高级客户，员工余额不对");
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
        cmocka_unit_test(numbers), cmocka_unit_test(names), cmocka_unit_test(places),
        cmocka_unit_test(other_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
