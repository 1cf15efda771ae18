#include "tests/lib/check.h"

#include "customer/search_key.h"

#include <string.h>

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
    key_is("王\xc2\xad伟\xe2\x81\xa1民\xd8\x9c", "王伟民");
    key_is("", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_keys),
        cmocka_unit_test(folds),
    };
    return cmocka_run_group_tests_name("search key", tests, NULL, NULL);
}
