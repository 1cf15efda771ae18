#include "console/query.h"
#include "console/values.h"
#include "tests/lib/check.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static struct defined_column columns_array[] = {
    {.name = "due_at", .sortable = true},
    {.name = "case_id", .sortable = true},
    {.name = "stage", .sortable = true},
};
static const struct defined_columns columns = {columns_array, 3};
static struct defined_column numbered_array[] = {{.name = "number", .whole = "T000000000"}};
static const struct defined_columns numbered = {numbered_array, 1};
static const struct order up[] = {{0, false}, {1, false}};
static const struct order mixed[] = {{0, true}, {1, false}};
static const char *const row[] = {"2026-11-21", "7", "new"};

static const char *value(void *data, const char *name)
{
    (void)data;
    return strcmp(name, "nothing") ? "x'; DROP TABLE bank.customer; --" : NULL;
}

static void expect(struct query *query, const char *sql, int values)
{
    assert_string_equal(buffer_text(&query->sql), sql);
    assert_int_equal(query->count, values);
    query_free(query);
}

#define SELECT "SELECT \"due_at\", \"case_id\", \"stage\" FROM api.\"case_list\""

static struct source view = {.view = "case_list"};

static struct query_page page_of(enum query_edge edge, const struct order *order)
{
    return (struct query_page){.source = &view, .columns = &columns, .order = order,
                               .order_count = 2, .edge = edge, .row = row, .limit = 61,
                               .value = value};
}

static void first_page(void **state)
{
    struct query query = QUERY_INIT;
    struct query_page page = page_of(EDGE_FIRST, up);
    (void)state;
    query_page(&query, &page);
    expect(&query, SELECT " ORDER BY \"due_at\", \"case_id\" LIMIT 61", 0);
}

static void next_page_compares_rows(void **state)
{
    struct query query = QUERY_INIT;
    struct query_page page = page_of(EDGE_AFTER, up);
    (void)state;
    query_page(&query, &page);
    assert_string_equal(query.values[1], "7");
    expect(&query, SELECT " WHERE (\"due_at\", \"case_id\") > ($1, $2) "
                          "ORDER BY \"due_at\", \"case_id\" LIMIT 61", 2);
}

static void page_before_turns_the_order(void **state)
{
    struct query query = QUERY_INIT;
    struct query_page page = page_of(EDGE_BEFORE, up);
    (void)state;
    query_page(&query, &page);
    expect(&query, SELECT " WHERE (\"due_at\", \"case_id\") < ($1, $2) "
                          "ORDER BY \"due_at\" DESC, \"case_id\" DESC LIMIT 61", 2);
}

static void mixed_directions_are_spelled_out(void **state)
{
    struct query query = QUERY_INIT;
    struct query_page page = page_of(EDGE_AFTER, mixed);
    (void)state;
    query_page(&query, &page);
    expect(&query, SELECT " WHERE (((\"due_at\" < $1)) OR (\"due_at\" = $2 AND (\"case_id\" > $3))) "
                          "ORDER BY \"due_at\" DESC, \"case_id\" LIMIT 61", 3);
}

static void nulls_stand_last_both_ways(void **state)
{
    const char *const null_row[] = {NULL, "7", "new"};
    struct query query = QUERY_INIT;
    struct query_page page = page_of(EDGE_AFTER, up);
    (void)state;
    page.nullable = true;
    page.row = null_row;
    query_page(&query, &page);
    expect(&query, SELECT " WHERE ((false) OR (\"due_at\" IS NULL AND (\"case_id\" > $1 OR "
                          "\"case_id\" IS NULL))) ORDER BY \"due_at\", \"case_id\" LIMIT 61", 1);
}

static void typed_text_is_only_ever_bound(void **state)
{
    static const enum comparison all[] = {OPERATOR_EQUAL, OPERATOR_PREFIX, OPERATOR_FROM,
                                          OPERATOR_TO, OPERATOR_CONTAINS, OPERATOR_IN};
    const char *hostile = "a\"' OR 1=1; --$1";
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct query query = QUERY_INIT;
        struct query_page page = page_of(EDGE_FIRST, up);
        struct defined_filter filter = {.name = "f", .column = "stage", .operation = all[i]};
        struct query_filter filters[] = {{&filter, hostile}};
        page.filters = filters;
        page.filter_count = 1;
        query_page(&query, &page);
        assert_null(strstr(buffer_text(&query.sql), "OR 1=1"));
        assert_non_null(strstr(query.values[0], "OR 1=1"));
        query_free(&query);
    }
}

static void functions_take_named_arguments(void **state)
{
    struct binding arguments[] = {{"p_query", "query", NULL, NULL},
                                  {"p_kind", NULL, "person", NULL}};
    struct source source = {.function = "customer_search", .arguments = {arguments, 2},
                            .limit = "p_limit"};
    struct query query = QUERY_INIT;
    (void)state;
    query_source(&query, &source, &columns, 51, value, NULL);
    assert_string_equal(query.values[1], "person");
    expect(&query, "SELECT \"due_at\", \"case_id\", \"stage\" FROM api.\"customer_search\"("
                   "\"p_query\" => $1, \"p_kind\" => $2, \"p_limit\" => $3) LIMIT 51", 3);
}

static void a_change_carries_its_key_last(void **state)
{
    struct binding arguments[] = {{"p_case_id", "nothing", NULL, NULL}};
    struct bindings bindings = {arguments, 1};
    struct query query = QUERY_INIT;
    (void)state;
    query_call(&query, "case_take", &bindings, "11111111-2222-4333-8444-555555555555", value,
               NULL);
    assert_null(query.values[0]);
    expect(&query, "SELECT status, id, message FROM api.\"case_take\"(\"p_case_id\" => $1, "
                   "p_request => $2)", 2);
}

static const char *choice(void *data, const char *name)
{
    (void)data;
    return strcmp(name, "empty") ? "a \"quoted\" 字" : NULL;
}

static void several_values_travel_as_one_object(void **state)
{
    cJSON *names = cJSON_Parse("[\"kind\", \"empty\"]");
    struct binding argument = {"p_fields", NULL, "", names};
    struct bindings bindings = {&argument, 1};
    struct values values = VALUES_INIT;
    struct query query = QUERY_INIT;
    (void)state;
    values_bind(&values, &bindings, choice, NULL);
    assert_string_equal(values_get(&values, "p_fields"),
                        "{\"kind\":\"a \\\"quoted\\\" 字\",\"empty\":\"\"}");
    values_clear(&values);
    query_call(&query, "case_create", &bindings, "11111111-2222-4333-8444-555555555555", choice, NULL);
    assert_string_equal(query.values[0], "{\"kind\":\"a \\\"quoted\\\" 字\",\"empty\":\"\"}");
    query_free(&query);
    cJSON_Delete(names);
}

/* The value bound when `typed` is looked for in a column of numbers. */
static void finds(const char *typed, const char *bound)
{
    static const struct defined_filter filter = {.column = "number", .operation = OPERATOR_PREFIX};
    struct query_filter wanted = {&filter, typed};
    struct query query = QUERY_INIT;
    struct query_page page = page_of(EDGE_FIRST, up);
    page.columns = &numbered;
    page.order_count = 1;
    page.filters = &wanted;
    page.filter_count = 1;
    query_page(&query, &page);
    assert_string_equal(query.values[0], bound);
    query_free(&query);
    page.filter_count = 0;
    page.edge = EDGE_POSITION;
    page.position = typed;
    query_page(&query, &page);
    assert_string_equal(query.values[0], bound);
    query_free(&query);
}

static void a_number_needs_no_zeros(void **state)
{
    (void)state;
    finds("268", "T000000268");
    finds("T268", "T000000268");
    finds("t268", "T000000268");
    finds("1000000268", "T1000000268");
    finds("000000268", "T000000268");
    finds("T0000002", "T0000002"); /* so far typed in full: what begins like this */
    finds("T", "T");
    finds("ADJ20", "ADJ20");
    finds("26x", "26x");
    finds("", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_page),
        cmocka_unit_test(next_page_compares_rows),
        cmocka_unit_test(page_before_turns_the_order),
        cmocka_unit_test(mixed_directions_are_spelled_out),
        cmocka_unit_test(nulls_stand_last_both_ways),
        cmocka_unit_test(typed_text_is_only_ever_bound),
        cmocka_unit_test(functions_take_named_arguments),
        cmocka_unit_test(a_change_carries_its_key_last),
        cmocka_unit_test(several_values_travel_as_one_object),
        cmocka_unit_test(a_number_needs_no_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
