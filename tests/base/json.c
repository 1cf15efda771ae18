#include "base/json.h"
#include "../lib/check.h"

#include <string.h>

static void refused(const char *text, const char *where)
{
    struct error error = ERROR_INIT;
    cJSON *value = json_parse("f.json", text, strlen(text), &error);
    assert_null(value);
    if (where)
        assert_string_equal(error.where, where);
}

static void refuses_what_is_not_rfc_8259(void **state)
{
    (void)state;
    refused("{\"a\": 01}", "f.json:1:7");
    refused("{\"a\": 1,\n \"a\": 2}", NULL);
    refused("{\"a\":\n tru}", "f.json:2:2");
    refused("[\"a\\u0000b\"]", NULL);
    refused("[1e400]", NULL);
    refused("[9007199254740993000]", NULL);
    refused("[1] x", NULL);
    refused("[1,\v2]", "f.json:1:4");
    refused("[1,\x01 2]", "f.json:1:4");
    refused("[\"a\tb\"]", "f.json:1:4");
    refused("[\"a\nb\"]", "f.json:1:4");
    refused("[\"\xFF\"]", "f.json:1:3");
}

static void blanks_are_four_characters(void **state)
{
    static const char text[] = "[\r\n\t 1,\n\t2\r]\r\n";
    struct error error = ERROR_INIT;
    cJSON *value = json_parse("f.json", text, sizeof text - 1, &error);
    (void)state;
    assert_int_equal(cJSON_GetArraySize(value), 2);
    cJSON_Delete(value);
}

static void one_bad_part_does_not_hold_up_the_rest(void **state)
{
    const char *text = "{\"list\": [{\"a\": \"x\\u0000y\\\\u0000\"}, {\"b\": 1, \"b\": 2}], \"n\": 1}";
    struct error error = ERROR_INIT;
    (void)state;
    cJSON *page = json_parse_parts("p", text, strlen(text), &error);
    assert_non_null(page);
    const cJSON *list = cJSON_GetObjectItem(page, "list"), *first = list->child;
    assert_string_equal(json_string(first, "a", ""), "x\xEF\xBF\xBDy\\u0000");
    assert_true(json_judge("p", page, list, &error));
    assert_true(json_judge("p", first, NULL, &error));
    assert_false(json_judge("p", first->next, NULL, &error));
    assert_false(json_judge("p", page, NULL, &error));
    cJSON_Delete(page);
    assert_null(json_parse_parts("p", "[1", 2, &error));
}

static void finds_the_line_of_a_pointer(void **state)
{
    const char *text = "{\n \"columns\": [\n  {\"name\": \"a\"},\n  {\"name\":\n   \"b\"}\n ]\n}";
    (void)state;
    assert_int_equal(json_line(text, strlen(text), "/columns/1"), 4);
    assert_int_equal(json_line(text, strlen(text), "/columns/1/name"), 5);
    assert_int_equal(json_line(text, strlen(text), "/columns"), 2);
    assert_int_equal(json_line(text, strlen(text), "/nothing"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_not_rfc_8259),
        cmocka_unit_test(blanks_are_four_characters),
        cmocka_unit_test(one_bad_part_does_not_hold_up_the_rest),
        cmocka_unit_test(finds_the_line_of_a_pointer),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
