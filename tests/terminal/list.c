#include "terminal/list.h"
#include "../lib/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A table of rows 0 … size-1 that answers at once or when told to. */
static int size, asked;
static bool late;
static struct list_request held;
static int held_row;

static void answer(struct list *list)
{
    int from = 0, to = size, step = held.limit;
    switch (held.edge) {
    case LIST_FIRST:
        break;
    case LIST_LAST:
        from = size - step;
        break;
    case LIST_AFTER:
        from = held_row + 1;
        break;
    case LIST_BEFORE:
        to = held_row;
        from = to - step;
        break;
    case LIST_AT:
        from = held_row;
        break;
    case LIST_POSITION:
        from = atoi(held.text);
        break;
    }
    from = from < 0 ? 0 : from;
    to = to - from > step ? from + step : to;
    if (!list_page_begin(list, held.number))
        return;
    for (int row = from; row < to; row++) {
        char key[16];
        const char *cells[2] = {key, NULL};
        snprintf(key, sizeof key, "%d", row);
        list_page_row(list, key, cells);
    }
    list_page_end(list, held.edge == LIST_LAST || held.edge == LIST_BEFORE ? from > 0 : to < size);
}

static void need(const struct list_request *request, void *data)
{
    struct list **list = data;
    asked++;
    held = *request;
    held_row = *list && request->row >= 0 ? atoi(list_key(*list, request->row)) : -1;
    if (!late)
        answer(*list);
}

static struct list *open_list(int rows, int height)
{
    static struct list *list;
    size = rows;
    late = false;
    list = list_new(2, need, &list);
    list_set_height(list, height);
    return list;
}

static void at(struct list *list, const char *key)
{
    assert_true(list_settled(list));
    assert_string_equal(list_key(list, list_cursor(list)), key);
}

static void walks_over_pages(void **state)
{
    (void)state;
    struct list *list = open_list(1000, 10);
    at(list, "0");
    assert_false(list_move(list, -1));
    for (int i = 0; i < 500; i++)
        assert_true(list_move(list, 1));
    at(list, "500");
    list_end(list);
    at(list, "999");
    assert_false(list_move(list, 1));
    list_move(list, -600);
    at(list, "399");
    list_home(list);
    at(list, "0");
    list_page(list, 3);
    at(list, "30");
    assert_int_equal(list_top(list), 30);
    list_position(list, "700");
    at(list, "700");
    assert_null(list_cell(list, list_cursor(list), 1));
    list_free(list);
}

static void same_keys_same_row_when_late(void **state)
{
    (void)state;
    struct list *list = open_list(60, 10);
    late = true;
    list_restart(list, true);
    list_move(list, 100);
    list_move(list, -3);
    list_page(list, -1);
    assert_false(list_settled(list));
    while (!list_settled(list))
        answer(list);
    at(list, "46");
    list_free(list);
}

static void drops_stale_answers(void **state)
{
    (void)state;
    struct list *list = open_list(30, 10);
    late = true;
    list_restart(list, true);
    unsigned old = held.number;
    list_restart(list, true);
    assert_false(list_page_begin(list, old));
    answer(list);
    at(list, "0");
    list_free(list);
}

static void refresh_keeps_the_key(void **state)
{
    (void)state;
    struct list *list = open_list(1000, 10);
    list_move(list, 203);
    list_refresh(list);
    at(list, "203");
    late = true;
    list_refresh(list);
    list_move(list, 1);
    answer(list);
    at(list, "204");
    list_free(list);
}

static void a_taller_window_is_filled(void **state)
{
    (void)state;
    struct list *list = open_list(30, 10);
    list_end(list);
    assert_int_equal(list_top(list), 20);
    list_set_height(list, 25);
    assert_int_equal(list_top(list), 5);
    at(list, "29");
    list_set_height(list, 40);
    assert_int_equal(list_top(list), 0);
    at(list, "29");
    list_free(list);
}

static void failure_forgets_waiting_moves(void **state)
{
    (void)state;
    struct list *list = open_list(1000, 10);
    late = true;
    list_end(list);
    assert_false(list_settled(list));
    list_page_fail(list, held.number);
    at(list, "0");
    list_free(list);
}

static void marks_survive_paging(void **state)
{
    (void)state;
    struct list *list = open_list(1000, 10);
    const char *option, *const *cells;
    list_mark(list, 5, "2");
    list_mark(list, 3, "");
    list_mark(list, 5, "4");
    assert_int_equal(list_mark_count(list), 2);
    assert_string_equal(list_mark_at(list, 0, &option, NULL), "3");
    assert_string_equal(list_mark_at(list, 1, &option, &cells), "5");
    assert_string_equal(option, "4");
    list_end(list);
    assert_string_equal(list_marked(list, "3"), "");
    assert_string_equal(list_mark_at(list, 0, NULL, &cells), "5");
    assert_string_equal(cells[0], "5");
    list_unmark(list, "5");
    assert_null(list_marked(list, "5"));
    list_free(list);
}

static void says_what_it_knows(void **state)
{
    (void)state;
    struct list *list = open_list(51, 15);
    struct buffer text = BUFFER_INIT;
    list_move(list, 50);
    list_home(list);
    list_status(list, &text);
    assert_string_equal(text.data, "1-15 of 51");
    list_free(list);
    list = open_list(1000, 15);
    buffer_clear(&text);
    list_status(list, &text);
    assert_string_equal(text.data, "1-15 of 50+");
    buffer_free(&text);
    list_free(list);
}

static void ten_thousand_rows_are_small(void **state)
{
    (void)state;
    struct list *list = open_list(10000, 20);
    while (list_page(list, 1))
        ;
    at(list, "9999");
    assert_int_equal(list_count(list), 10000);
    assert_true(list_memory(list) < 400000);
    list_free(list);
    list = open_list(10000, 20);
    list_set_capacity(list, 100);
    for (int i = 0; i < 50; i++)
        list_page(list, 1);
    at(list, "1000");
    assert_true(list_count(list) <= 400); /* two pages more than the capacity */
    list_free(list);
}

static void comes_back_with_what_was_pressed_since(void **state)
{
    (void)state;
    struct list *list = open_list(8, 5);
    list_move(list, 2);
    late = true;
    list_return(list);
    assert_false(list_settled(list));
    list_move(list, 1);
    list_return(list); /* read again before the rows were there */
    list_move(list, 1);
    answer(list);
    at(list, "4");
    list_return(list);
    size = 4; /* its row is gone: the last one */
    answer(list);
    at(list, "3");
    list_return(list);
    list_home(list);
    answer(list);
    at(list, "0");
    list_return(list);
    list_move(list, 3);
    list_page_fail(list, held.number);
    late = false;
    list_restart(list, true);
    at(list, "0");
    list_free(list);
}

static void asks_for_less_when_told(void **state)
{
    static struct list *list;
    (void)state;
    size = 1000;
    late = true;
    list = list_new(2, need, &list);
    list_set_ahead(list, 1);
    list_set_height(list, 18);
    assert_int_equal(held.limit, 18);
    answer(list);
    at(list, "0");
    list_free(list);
    late = false;
    list = open_list(1000, 18);
    assert_true(held.limit >= 50);
    list_free(list);
}

static void empty_list_is_quiet(void **state)
{
    (void)state;
    struct list *list = open_list(0, 10);
    assert_int_equal(list_cursor(list), -1);
    assert_false(list_move(list, 1));
    list_refresh(list);
    assert_true(list_settled(list));
    list_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_over_pages),
        cmocka_unit_test(same_keys_same_row_when_late),
        cmocka_unit_test(drops_stale_answers),
        cmocka_unit_test(refresh_keeps_the_key),
        cmocka_unit_test(a_taller_window_is_filled),
        cmocka_unit_test(failure_forgets_waiting_moves),
        cmocka_unit_test(marks_survive_paging),
        cmocka_unit_test(says_what_it_knows),
        cmocka_unit_test(ten_thousand_rows_are_small),
        cmocka_unit_test(comes_back_with_what_was_pressed_since),
        cmocka_unit_test(empty_list_is_quiet),
        cmocka_unit_test(asks_for_less_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
