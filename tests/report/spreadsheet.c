#include "report/spreadsheet.h"
#include "../lib/check.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

/* A part of the workbook, as another program unpacks it. */
static char *part(const char *name)
{
    static char content[65536];
    char command[256];
    snprintf(command, sizeof command, "unzip -p %s %s", path, name);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    content[fread(content, 1, sizeof content - 1, pipe)] = '\0';
    pclose(pipe);
    return content;
}

static void has(const char *content, const char *wanted)
{
    if (!strstr(content, wanted))
        fail_msg("no %s in %s", wanted, content);
}

static const struct spreadsheet_column columns[] = {
    {"名称", SHEET_TEXT, false},  {"Amount", SHEET_NUMBER, true}, {"Day", SHEET_DATE, false},
    {"At", SHEET_DATETIME, false}};

static void make(const char *const *cells, int rows)
{
    struct error error = ERROR_INIT;
    struct spreadsheet *sheet = spreadsheet_open(path, "余额/调节表: [a very long title of it]", &error);
    assert_non_null(sheet);
    spreadsheet_heading(sheet, "余额调节表");
    spreadsheet_heading(sheet, "clerk01");
    spreadsheet_columns(sheet, columns, 4);
    for (int i = 0; i < rows; i++)
        spreadsheet_row(sheet, cells + 4 * i, i == rows - 1);
    assert_true(spreadsheet_close(sheet, &error));
}

static void writes_cells_of_their_kind(void **state)
{
    static const char *const cells[] = {"东港 & <b>", "-1234.50", "2026-11-20", "2026-11-20 16:00:01",
                                        "Total", "0.05", NULL, ""};
    (void)state;
    make(cells, 2);
    const char *sheet = part("xl/worksheets/sheet1.xml");
    has(sheet, "<t>东港 &amp; &lt;b&gt;</t>");
    has(sheet, "<v>-1234.5</v>");
    has(sheet, "<v>0.05</v>");
    has(sheet, "<v>46346</v>");     /* days since 1899-12-30 */
    has(sheet, "<v>46346.66"); /* with the time of day */
    has(sheet, "<t>余额调节表</t>");
    has(sheet, "state=\"frozen\"");
    has(sheet, "ySplit=\"4\"");
    has(part("xl/styles.xml"), "#,##0.00");
    has(part("xl/workbook.xml"), "name=\"余额 调节表   a very long title of");
}

static void writes_days_of_all_months(void **state)
{
    static const char *const cells[] = {NULL, NULL, "2026-01-01", NULL, NULL, NULL, "2026-12-31", NULL,
                                        NULL, NULL, "1900-03-01", NULL, NULL, NULL, "2026-00-10", NULL,
                                        NULL, NULL, "2026-13-10", NULL, NULL, NULL, "2026-10-00", NULL,
                                        NULL, NULL, "2026-10-32", NULL};
    (void)state;
    make(cells, 7);
    const char *sheet = part("xl/worksheets/sheet1.xml");
    has(sheet, "<v>46023</v>");
    has(sheet, "<v>46387</v>");
    has(sheet, "<v>61</v>");
    for (int i = 3; i < 7; i++)
        has(sheet, cells[4 * i + 2]);
}

static void never_writes_a_formula(void **state)
{
    static const char *const cells[] = {
        "=cmd|' /C calc'!A0", "=1+1", "=1", "+1", "+1-2", "1e9", "-", "@SUM(A1)",
        "\t=2", "--5", "2026-13-45", "x"};
    (void)state;
    make(cells, 3);
    const char *sheet = part("xl/worksheets/sheet1.xml");
    assert_null(strstr(sheet, "<f>"));
    assert_null(strstr(sheet, "<v>"));
    has(sheet, "<t>=1+1</t>");
}

/* Nothing that a terminal, a spreadsheet or a parser acts on leaves in a cell. */
static void carries_no_hostile_text(void **state)
{
    static const char *const cells[] = {
        "a\x1b[31m\x1b]52;c;eA==\x07z", NULL, NULL, NULL,
        "b\xe2\x80\xae" "evil\xe2\x80\xac\xe2\x80\x8b\xef\xbb\xbfz", NULL, NULL, NULL,
        "c\xef\xbf\xbe\xef\xbf\xbf\xc2\x9b" "31mz", NULL, NULL, NULL, /* no characters of XML */
        "d\xed\xa0\x80z\xff", NULL, NULL, NULL,                       /* no UTF-8 */
        "e_x001B_z", NULL, NULL, NULL, /* how a workbook writes an escape character */
        "</t></is></c><c><f>1+1</f></c>", NULL, NULL, NULL, "last", NULL, NULL, NULL};
    (void)state;
    make(cells, 7);
    const char *sheet = part("xl/worksheets/sheet1.xml");
    has(sheet, "<t>a[31m]52;c;eA==z</t>");
    has(sheet, "<t>bevilz</t>");
    has(sheet, "<t>c31mz</t>");
    has(sheet, "<t>d");
    has(sheet, "<t>e_x005F_x001B_z</t>");
    assert_null(strstr(sheet, "<f>"));
    for (const char *at = sheet; *at; at++)
        assert_true((unsigned char)*at >= ' ' || *at == '\n' || *at == '\r');
    assert_null(strstr(sheet, "\xed\xa0\x80"));
    has(sheet, "<t>last</t>");
}

static void keeps_money_exact(void **state)
{
    static const char *const cells[] = {"a", "9999999999999.99", NULL, NULL,
                                        "b", "99999999999999.99", NULL, NULL,
                                        "c", "0.00", NULL, NULL};
    (void)state;
    make(cells, 3);
    const char *sheet = part("xl/worksheets/sheet1.xml");
    has(sheet, "<v>9999999999999.99"); /* 15 digits: a number */
    has(sheet, "<t>99999999999999.99</t>"); /* 16: text */
    has(sheet, "<v>0</v>");
}

/* Whatever the digits that stand in the file, they are read as the amount that was written. */
static void reads_back_what_was_written(void **state)
{
    enum { AMOUNTS = 500 };
    static char texts[AMOUNTS][32];
    static const char *cells[AMOUNTS * 4];
    unsigned long long seed = 42;
    (void)state;
    for (int i = 0; i < AMOUNTS; i++) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        unsigned long long minor = (seed >> 11) % (i % 2 ? 1000000000000000ULL : 1000000ULL);
        snprintf(texts[i], sizeof texts[i], "%llu.%02llu", minor / 100, minor % 100);
        cells[i * 4 + 1] = texts[i];
    }
    make(cells, AMOUNTS);
    const char *at = part("xl/worksheets/sheet1.xml");
    for (int i = 0; i < AMOUNTS; i++) {
        char got[32];
        at = strstr(at, "<v>");
        assert_non_null(at);
        at += 3;
        double value = strtod(at, NULL);
        assert_true(value == strtod(texts[i], NULL));
        snprintf(got, sizeof got, "%.2f", value);
        assert_string_equal(got, texts[i]);
    }
}

static void fits_columns_to_double_width(void **state)
{
    static const char *const cells[] = {"银行已记我方未记账款项明细", NULL, NULL, NULL};
    (void)state;
    make(cells, 1);
    has(part("xl/worksheets/sheet1.xml"), "<col min=\"1\" max=\"1\" width=\"30.7");
}

static void says_what_cannot_be_written(void **state)
{
    struct error error = ERROR_INIT;
    (void)state;
    struct spreadsheet *sheet = spreadsheet_open("/nowhere/at/all.xlsx", "x", &error);
    spreadsheet_columns(sheet, columns, 4);
    assert_false(spreadsheet_close(sheet, &error));
    assert_string_not_equal(error.what, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_cells_of_their_kind), cmocka_unit_test(never_writes_a_formula),
        cmocka_unit_test(writes_days_of_all_months),
        cmocka_unit_test(carries_no_hostile_text),
        cmocka_unit_test(keeps_money_exact),
        cmocka_unit_test(reads_back_what_was_written), cmocka_unit_test(fits_columns_to_double_width),
        cmocka_unit_test(says_what_cannot_be_written)};
    setlocale(LC_ALL, "C.UTF-8");
    if (system("unzip -v >/dev/null 2>&1") != 0) {
        printf("1..0 # SKIP unzip is not installed\n");
        return 0;
    }
    snprintf(path, sizeof path, "/tmp/bankops-sheet-%d.xlsx", (int)getpid());
    int failed = cmocka_run_group_tests_name("report", tests, NULL, NULL);
    unlink(path);
    return failed;
}
