#include "tests/lib/check.h"

#include "base/clock.h"
#include "customer/pinyin.h"

#include <stdlib.h>
#include <string.h>

static struct pinyin *pinyin;

static void expect(const char *name, const char *full, const char *initials)
{
    struct buffer a = BUFFER_INIT, b = BUFFER_INIT;
    pinyin_name(pinyin, name, &a, &b);
    assert_string_equal(buffer_text(&a), full);
    assert_string_equal(buffer_text(&b), initials);
    buffer_free(&a);
    buffer_free(&b);
}

static void surnames(void **state)
{
    (void)state;
    expect("张三", "zhang san", "zs");
    expect("单雄信", "shan xiong xin", "sxx");
    expect("曾国藩", "zeng guo fan", "zgf");
    expect("仇英", "qiu ying", "qy");
    expect("欧阳娜", "ou yang na", "oyn");
    expect("解晓东", "xie xiao dong", "xxd");
    expect("查良镛", "zha liang yong", "zly");
    expect("盖明", "ge ming", "gm");
    expect("尉迟敬德", "yu chi jing de", "ycjd");
    expect("万俟卨", "mo qi xie", "mqx");
    expect("任贤", "ren xian", "rx");
    expect("吕布", "lu bu", "lb");
}

static void other_names(void **state)
{
    (void)state;
    expect("买买提·艾力", "mai mai ti ai li", "mmtal");
    expect("Anna Lee", "anna lee", "al");
    expect("José Núñez", "jose nunez", "jn");
    expect("王𠮷", "wang ji", "wj");
    expect("李䶮", "li yan", "ly");
    expect("", "", "");
    expect("王\xff\xfe", "wang", "w");
    expect("\x1b[31m", "31m", "3");
}

static void companies(void **state)
{
    (void)state;
    struct buffer full = BUFFER_INIT, initials = BUFFER_INIT;
    pinyin_text(pinyin, "重庆曾家机械有限公司", &full, &initials);
    assert_string_equal(buffer_text(&full), "chong qing ceng jia ji xie you xian gong si");
    assert_string_equal(buffer_text(&initials), "cqcjjxyxgs");
    buffer_free(&full);
    buffer_free(&initials);
}

static void long_text(void **state)
{
    (void)state;
    char *text = malloc(3 * 100000 + 1);
    for (int i = 0; i < 100000; i++)
        memcpy(text + (ptrdiff_t)3 * i,
               (char[]){(char)0xE4, (char)(0xB8 + i % 4), (char)(0x80 + i % 64)}, 3);
    text[300000] = '\0';
    struct buffer full = BUFFER_INIT;
    pinyin_text(pinyin, text, &full, NULL);
    assert_true(full.length > 100000);
    buffer_free(&full);
    free(text);
}

static int start(void **state)
{
    (void)state;
    return !(pinyin = pinyin_open(NULL));
}

static int stop(void **state)
{
    (void)state;
    pinyin_close(pinyin);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(surnames),
        cmocka_unit_test(other_names),
        cmocka_unit_test(companies),
        cmocka_unit_test(long_text),
    };
    return cmocka_run_group_tests_name("pinyin", tests, start, stop);
}
