#include "terminal/chart.h"
#include "terminal/column.h"
#include "../lib/check.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static struct columns *sample(void)
{
    struct columns *columns = columns_new();
    columns_add(columns, &(struct column){.name = "id", .title = "No.", .width = 6, .frozen = true});
    columns_add(columns, &(struct column){.name = "name", .title = "Name", .width = 10, .flex = 1});
    columns_add(columns, &(struct column){.name = "city", .title = "City", .width = 10,
                                          .priority = 2});
    columns_add(columns, &(struct column){.name = "sum", .title = "Sum", .width = 10,
                                          .priority = 1, .align = TEXT_RIGHT});
    return columns;
}

static void shares_and_leaves_out(void **state)
{
    struct columns *columns = sample();
    int cell, width;
    (void)state;
    columns_layout(columns, 60, 1);
    assert_int_equal(columns_shown(columns), 4);
    assert_int_equal(columns_shown_at(columns, 1, &cell, &width), 1);
    assert_int_equal(cell, 7);
    assert_int_equal(width, 60 - 6 - 10 - 10 - 3);
    columns_layout(columns, 200, 1);
    columns_shown_at(columns, 1, NULL, &width);
    assert_int_equal(width, 40); /* four times its own */
    columns_layout(columns, 30, 1);
    assert_int_equal(columns_shown(columns), 3); /* city is left out first */
    assert_int_equal(columns_shown_at(columns, 2, NULL, NULL), 3);
    assert_true(columns_more_right(columns));
    assert_true(columns_scroll(columns, 1));
    columns_layout(columns, 30, 1);
    assert_int_equal(columns_shown_at(columns, 0, NULL, NULL), 0);
    assert_int_equal(columns_shown_at(columns, 1, NULL, NULL), 2);
    columns_layout(columns, 0, 1);
    columns_layout(columns, 3, 1);
    columns_free(columns);
}

static void details_leave_before_texts_shrink(void **state)
{
    struct columns *columns = columns_new();
    int width;
    (void)state;
    columns_add(columns, &(struct column){.name = "text", .title = "Text", .width = 20, .flex = 1});
    columns_add(columns, &(struct column){.name = "owner", .title = "Owner", .width = 10,
                                          .priority = 3});
    columns_add(columns, &(struct column){.name = "kind", .title = "Kind", .width = 10,
                                          .priority = 4});
    columns_layout(columns, 41, 1);
    assert_int_equal(columns_shown(columns), 2);
    columns_shown_at(columns, 0, NULL, &width);
    assert_int_equal(width, 30);
    columns_layout(columns, 25, 1);
    assert_int_equal(columns_shown(columns), 2); /* the owner stays beside a narrower text */
    columns_shown_at(columns, 0, NULL, &width);
    assert_int_equal(width, 14);
    columns_layout(columns, 42, 1);
    assert_int_equal(columns_shown(columns), 3);
    columns_free(columns);
}

static void settings_come_back(void **state)
{
    struct columns *columns = sample();
    struct error error = ERROR_INIT;
    (void)state;
    columns_move(columns, 3, -2);
    columns_hide(columns, 2, true);
    columns_widen(columns, 0, 2);
    char *saved = columns_settings(columns);
    assert_string_equal(saved, "id:8!,sum:0,name:0,city:0-");
    columns_reset(columns);
    assert_true(columns_apply(columns, saved, &error));
    char *again = columns_settings(columns);
    assert_string_equal(again, saved);
    assert_true(columns_apply(columns, "gone:5,name:7", &error));
    assert_false(columns_apply(columns, "name=7", &error));
    free(saved);
    free(again);
    columns_free(columns);
}

static const char *cell_text(int index, unsigned *style, void *data)
{
    static const char *const cells[] = {"1", "张伟\033[31m", "上海", "12.00"};
    (void)data;
    if (index == 3)
        *style = STYLE_DANGER;
    return cells[index];
}

static void rows_are_exact_and_safe(void **state)
{
    struct columns *columns = sample();
    (void)state;
    for (int cells = 1; cells < 60; cells++) {
        struct line line = LINE_INIT;
        columns_layout(columns, cells, 1);
        columns_row(columns, &line, STYLE_NORMAL, cell_text, NULL);
        assert_true(line.cells <= cells);
        assert_int_equal(text_width(buffer_text(&line.text)), line.cells);
        assert_null(strchr(buffer_text(&line.text), '\033'));
        line_free(&line);
    }
    columns_free(columns);
}

static void charts_fit(void **state)
{
    const int64_t values[] = {1, 5, CHART_NONE, 9, INT64_MAX, -INT64_MAX};
    struct line line = LINE_INIT, lines[3] = {LINE_INIT, LINE_INIT, LINE_INIT};
    (void)state;
    chart_spark(&line, STYLE_NORMAL, values, 4, 10, false);
    assert_string_equal(buffer_text(&line.text), "▁▅ █");
    line_clear(&line);
    chart_bar(&line, STYLE_NORMAL, 1, 2, 5, false);
    assert_string_equal(buffer_text(&line.text), "██▌  ");
    line_clear(&line);
    chart_spark(&line, STYLE_NORMAL, values, 6, 3, true);
    assert_int_equal(line.cells, 3);
    chart_area(lines, 3, STYLE_NORMAL, values, 6, 8, false);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(lines[i].cells, 8);
        line_free(&lines[i]);
    }
    line_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_and_leaves_out),
        cmocka_unit_test(details_leave_before_texts_shrink),
        cmocka_unit_test(settings_come_back),
        cmocka_unit_test(rows_are_exact_and_safe),
        cmocka_unit_test(charts_fit),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
