#include "report/table.h"
#include "../lib/check.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const char *const headings[] = {"Queue", "Share", "Open"};
static const bool right[] = {false, true, true};

static char *render(const struct report_table *table, int cells)
{
    struct buffer out = BUFFER_INIT;
    report_table_text(table, cells, &out);
    return buffer_take(&out);
}

static void aligns_double_width_text(void **state)
{
    static const char *const cells[] = {"催收", "50.0%", "3", "Cards", NULL, "12"};
    static const char *const totals[] = {"Total", NULL, "15"};
    (void)state;
    char *text = render(&(struct report_table){.title = "Service", .headings = headings,
                                               .right = right, .columns = 3, .cells = cells,
                                               .rows = 2, .totals = totals, .bar = -1}, 40);
    assert_string_equal(text, "Service\n\n"
                              "Queue  Share  Open\n"
                              "-----  -----  ----\n"
                              "催收   50.0%     3\n"
                              "Cards           12\n"
                              "-----  -----  ----\n"
                              "Total           15\n");
    free(text);
}

static void draws_bars_in_proportion(void **state)
{
    static const char *const cells[] = {"a", "10", "", "b", "5", "", "c", NULL, ""};
    static const int64_t bars[] = {100, 50, -1};
    (void)state;
    char *text = render(&(struct report_table){.title = "T", .headings = headings, .right = right,
                                               .columns = 3, .cells = cells, .rows = 3, .label = 0,
                                               .bar = 1, .bars = bars}, 17);
    const char *chart = strstr(text, "\n\nShare\n");
    assert_non_null(chart);
    assert_string_equal(chart, "\n\nShare\n"
                               "a  ██████████  10\n"
                               "b  █████       5\n"
                               "c\n");
    free(text);
}

/* Two rows of one lane and two currencies are told apart beside their bars. */
static void labels_bars_otherwise_than_rows(void **state)
{
    (void)state;
    static const char *const own[] = {"HK HKD", "HK SGD"};
    static const char *const twice[] = {"HK", "1", "1", "HK", "2", "2"};
    static const int64_t bars[] = {10, 20};
    char *text = render(&(struct report_table){.title = "T", .headings = headings, .right = right,
                                               .columns = 3, .cells = twice, .rows = 2,
                                               .label = -1, .labels = own, .bar = 1, .bars = bars}, 40);
    assert_non_null(strstr(text, "\nHK HKD  "));
    assert_non_null(strstr(text, "\nHK SGD  "));
    free(text);
}

static void passes_nothing_to_the_terminal(void **state)
{
    static const char *const cells[] = {"\x1b[2J\xe2\x80\xae", "", ""};
    (void)state;
    char *text = render(&(struct report_table){.title = "T\x07", .headings = headings,
                                               .right = right, .columns = 3, .cells = cells,
                                               .rows = 1, .bar = -1}, 40);
    assert_null(strpbrk(text, "\x1b\x07"));
    assert_null(strstr(text, "\xe2\x80\xae"));
    free(text);
}

static void wraps_notes_and_has_no_rows(void **state)
{
    (void)state;
    char *text = render(&(struct report_table){.title = "T", .notes = "one two three four five six",
                                               .headings = headings, .right = right, .columns = 3,
                                               .rows = 0, .bar = 1, .label = 0}, 20);
    assert_string_equal(text, "T\n\nQueue  Share  Open\n-----  -----  ----\n\n"
                              "one two three four\nfive six\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligns_double_width_text),
        cmocka_unit_test(draws_bars_in_proportion),
        cmocka_unit_test(labels_bars_otherwise_than_rows),
        cmocka_unit_test(passes_nothing_to_the_terminal),
        cmocka_unit_test(wraps_notes_and_has_no_rows),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests_name("report table", tests, NULL, NULL);
}
