#include "report/paper.h"
#include "../lib/check.h"
#include "base/text.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const headings[] = {"项目", "Amount"};
static const bool right[] = {false, true};

static char *render(int rows, int lines, int cells)
{
    static const char *texts[200];
    static const char *const totals[] = {"Total", "9"};
    struct buffer out = BUFFER_INIT;
    for (int i = 0; i < rows; i++) {
        texts[2 * i] = "银行已记账";
        texts[2 * i + 1] = "1.00";
    }
    struct report_table table = {.title = "余额调节表", .subtitle = "2026-11-20", .notes = "0.",
                                 .headings = headings, .right = right, .columns = 2,
                                 .cells = texts, .rows = rows, .totals = totals, .bar = -1};
    struct report_paper paper = {lines, cells, "演示银行", "clerk01"};
    report_paper_text(&table, &paper, &out);
    return buffer_take(&out);
}

static void fills_each_page(void **state)
{
    (void)state;
    char *text = render(30, 20, 50);
    int pages = 0, lines = 0;
    for (const char *at = text; *at; at++) {
        lines += *at == '\n';
        if (*at == '\f') {
            assert_int_equal(lines, 20);
            lines = 0;
            pages++;
        }
    }
    assert_int_equal(pages, 3);
    assert_non_null(strstr(text, "演示银行  余额调节表                   page 1 of 3\n"));
    assert_non_null(strstr(text, "clerk01                                page 3 of 3\n"));
    free(text);
}

static void repeats_the_head_and_signs_once(void **state)
{
    (void)state;
    char *text = render(30, 20, 50);
    int heads = 0, ends = 0;
    for (const char *at = text; (at = strstr(at, "项目        Amount\n")); at++)
        heads++;
    for (const char *at = text; (at = strstr(at, "Reviewed by")); at++)
        ends++;
    assert_int_equal(heads, 3);
    assert_int_equal(ends, 1);
    assert_non_null(strstr(text, "银行已记账    1.00\n"));
    free(text);
}

static void has_a_page_without_rows(void **state)
{
    (void)state;
    char *text = render(0, 20, 50);
    assert_non_null(strstr(text, "page 1 of 1"));
    assert_null(strstr(text, "Total"));
    free(text);
}

/* Each sheet begins its pages anew and is signed by itself. */
static void signs_each_sheet(void **state)
{
    static const char *const cells[] = {"1", "2", "3"}, *const sheets[] = {"A 1", "A 1", "B 2"};
    static const char *const one[] = {"No."};
    struct buffer out = BUFFER_INIT;
    struct report_table table = {.title = "Sheets", .headings = one, .right = right, .columns = 1,
                                 .cells = cells, .rows = 3, .bar = -1, .sheets = sheets};
    struct report_paper paper = {20, 50, "Bank", "clerk01"};
    (void)state;
    report_paper_text(&table, &paper, &out);
    const char *second = strchr(buffer_text(&out), '\f');
    assert_non_null(strstr(buffer_text(&out), "page 1 of 1\nA 1\n"));
    assert_non_null(second);
    assert_non_null(strstr(second, "page 1 of 1\nB 2\n"));
    assert_non_null(strstr(second, "Reviewed by"));
    assert_true(strstr(buffer_text(&out), "Reviewed by") < second);
    assert_null(strstr(second, "2\n3\n"));
    buffer_free(&out);
}

/* What is wider than the paper comes in strips with the first column in each, long texts wrapped. */
static void keeps_to_the_paper(void **state)
{
    static const char *const titles[] = {"No.", "Facts", "Owner", "Amount", "What was decided"};
    static const char *const cells[] = {"T1", "银行卡在凌晨三点被人盗刷两千元客户要求退还并且书面说明原因和处理结果",
                                        "Li Na", "2,000.00",
                                        "The amount was paid back the same day, with an apology"};
    static const bool sides[] = {false, false, false, true, false};
    struct buffer out = BUFFER_INIT;
    struct report_table table = {.title = "Register", .headings = titles, .right = sides, .columns = 5,
                                 .cells = cells, .rows = 1, .bar = -1, .notes = "Note."};
    struct report_paper paper = {20, 50, "Bank", "clerk01"};
    int wide = 0, lines = 0, keys = 0, signs = 0;
    (void)state;
    report_paper_text(&table, &paper, &out);
    for (const char *at = buffer_text(&out), *end; (end = strchr(at, '\n')); at = end + 1) {
        char *line = strndup(at, (size_t)(end - at));
        const char *shown = *line == '\f' ? line + 1 : line;
        wide += text_width(shown) > 50;
        keys += strncmp(shown, "T1 ", 3) == 0;
        signs += strstr(shown, "Reviewed by") != NULL;
        lines++;
        free(line);
    }
    assert_int_equal(wide, 0);
    assert_int_equal(lines % 20, 0);
    assert_true(keys > 1);
    assert_int_equal(signs, 1);
    assert_non_null(strstr(buffer_text(&out), "page 1 of 2\n"));
    assert_non_null(strstr(buffer_text(&out), "2,000.00"));
    assert_non_null(strstr(buffer_text(&out), "with an apology\n"));
    assert_non_null(strstr(buffer_text(&out), "处理结果\n"));
    buffer_free(&out);
}

/* A little wider, texts are wrapped and a row stays whole. */
static void keeps_a_row_whole(void **state)
{
    static const char *const titles[] = {"Account", "Item", "Counterparty", "Amount"};
    static const char *const cells[] = {"1031-840-0001", "To be booked by us yet",
                                        "BLUE HERON TRADING LLC", "1,041,255.73"};
    static const bool sides[] = {false, false, false, true};
    struct buffer out = BUFFER_INIT;
    struct report_table table = {.title = "Balance", .headings = titles, .right = sides, .columns = 4,
                                 .cells = cells, .rows = 1, .bar = -1};
    struct report_paper paper = {20, 68, "Bank", "clerk01"};
    (void)state;
    report_paper_text(&table, &paper, &out);
    const char *row = strstr(buffer_text(&out), "1031-840-0001");
    assert_non_null(row);
    const char *amount = strstr(row, "1,041,255.73");
    assert_non_null(amount);
    assert_true(amount < strchr(row, '\n'));
    assert_null(strstr(row + 1, "1031-840-0001"));
    assert_non_null(strstr(buffer_text(&out), "page 1 of 1\n"));
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fills_each_page),
                                       cmocka_unit_test(repeats_the_head_and_signs_once),
                                       cmocka_unit_test(has_a_page_without_rows),
                                       cmocka_unit_test(signs_each_sheet),
                                       cmocka_unit_test(keeps_to_the_paper),
                                       cmocka_unit_test(keeps_a_row_whole)};
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
