#include "tests/lib/check.h"

#include "customer/mask.h"
#include "customer/search_key.h"

#include <string.h>

static void expect(void (*mask)(struct buffer *, const char *), const char *text, const char *want)
{
    struct buffer out = BUFFER_INIT;
    mask(&out, text);
    assert_string_equal(buffer_text(&out), want);
    buffer_free(&out);
}

static void masks(void **state)
{
    (void)state;
    expect(mask_phone, "13812345621", "138****5621");
    expect(mask_phone, "12", "**");
    expect(mask_phone, "", "");
    expect(mask_card, "6222021234567891234", "622202*********1234");
    expect(mask_card, "1234567890", "**********");
    expect(mask_resident, "110101199001016234", "110101********6234");
    expect(mask_account, "1001100000004567", "************4567");
    expect(mask_email, "zhang@example.com", "z***@example.com");
    expect(mask_email, "@example.com", "************");
}

static void names(void **state)
{
    (void)state;
    expect(mask_name, "张三", "*三");
    expect(mask_name, "欧阳小明", "***明");
    expect(mask_name, "张", "*");
    expect(mask_name, "买买提·艾力", "*****力");
    expect(mask_name, "王𠮷", "*𠮷");
    expect(mask_name, "John A. Smith", "J*** A* S****");
    expect(mask_name, "", "");
    expect(mask_name, "\xff\xfe", "*\xfe");
}

static void key_is(const char *text, const char *want)
{
    struct buffer out = BUFFER_INIT;
    search_key(&out, text, strlen(text));
    assert_string_equal(buffer_text(&out), want);
    buffer_free(&out);
}

static void folds(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    search_fold(&out, "  Ａｎｎａ　 Lee·x ", strlen("  Ａｎｎａ　 Lee·x "));
    assert_string_equal(buffer_text(&out), "anna leex");
    buffer_free(&out);
}

static void search_keys(void **state)
{
    (void)state;
    key_is("138 0013-8000", "13800138000");
    key_is("１３８００１３８０００", "13800138000");
    key_is("Ａｎｎａ　Lee", "annalee");
    key_is("买买提·艾力", "买买提艾力");
    key_is("O'Neill – x", "o'neillx");
    key_is("王\x1b[31m", "王[31m");
    key_is("\xff王", "王");
    key_is("", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks),
        cmocka_unit_test(names),
        cmocka_unit_test(search_keys),
        cmocka_unit_test(folds),
    };
    return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
