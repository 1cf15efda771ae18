/* What profiles can say about tables, each with a profile of its own. */
#include "reading.h"

#include "base/date.h"
#include "reconcile/container.h"

#include <unistd.h>

static char folder[] = "/tmp/bankops-table.XXXXXX";

static char *write_file(const char *name, const char *bytes, size_t length)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    fwrite(bytes, 1, length, file);
    fclose(file);
    return path;
}

/* The profile `{"name": "p", MORE}` over the text. */
static bool read_with(const char *more, const char *text, struct seen *seen, struct error *error)
{
    char json[4000];
    struct profiles profiles;
    struct format format;
    struct source *source = NULL;
    struct sink sink = {seen, see_item, see_statement, see_control};
    snprintf(json, sizeof json, "{\"name\": \"p\", %s}", more);
    if (!profiles_choose(folder, write_file("p.json", json, strlen(json)), &profiles, error))
        fail_msg("%s: %s", error->where, error->what);
    profiles_assume(&profiles, NULL, ITEM_NO_DATE);
    struct container *container =
        container_open(write_file("t.csv", text, strlen(text)), error);
    bool done = container &&
                container_recognise(container, 0, &profiles, true, &source, &format, error) &&
                format_read(source, &format, &sink, error);
    source_close(source);
    container_close(container);
    profiles_free(&profiles);
    return done;
}

static struct seen reads(const char *more, const char *text)
{
    struct seen seen = {0};
    struct error error = ERROR_INIT;
    if (!read_with(more, text, &seen, &error))
        fail_msg("%s: %s", error.where, error.what);
    assert_int_equal(seen.sum, seen.total);
    return seen;
}

static struct error refuses(const char *more, const char *text)
{
    struct seen seen = {0};
    struct error error = ERROR_INIT;
    assert_false(read_with(more, text, &seen, &error));
    return error;
}

static int day_of(const char *text)
{
    int day = 0;
    date_parse(text, &day);
    return day;
}

#define BASE "\"columns\": {\"value_date\": {\"name\": \"d\", \"required\": true}, " \
             "\"account\": {\"value\": \"A\"}, \"currency\": {\"value\": \"CNY\"}, " \
             "\"reference\": {\"name\": \"r\"}, " \
             "\"amount\": {\"name\": [\"m\", \"m(元)\"], \"required\": true}}"

static void separators_of_all_kinds(void **state)
{
    (void)state;
    assert_int_equal(reads(BASE ", \"separator\": \"|\"", "d|m\n2026-11-20|1.50\n").sum, 150);
    assert_int_equal(reads(BASE ", \"separator\": \"\\u0001\"", "d\001m\n20261120\0011\n").sum, 100);
    assert_int_equal(reads(BASE ", \"separator\": \"\\t\"", "d\tm\n20261120\t-1\n").sum, -100);
    /* 衸 is D0 7C in GBK: its second byte is the bar. */
    struct seen seen = reads(BASE ", \"separator\": \"|\", \"encoding\": \"gbk\"",
                             "r|d|m\n\xD0\x7C\xBB\xF5|20261120|2\n");
    assert_string_equal(seen.item[0].reference, "衸货");
}

static void cells_are_trimmed_and_mean_what_they_should(void **state)
{
    (void)state;
    struct seen seen = reads(BASE ", \"trim\": \"'=\\\"　\", \"empty\": [\"/\", \"--\"], "
                                  "\"quotes\": false",
                             "r,d,m\n=\"007\",20261120,1\n　'8'\t ,20261120,1\n--,20261120,1\n");
    assert_string_equal(seen.item[0].reference, "007");
    assert_string_equal(seen.item[1].reference, "8");
    assert_string_equal(seen.item[2].reference, "");
}

static void amounts_as_people_write_them(void **state)
{
    static const struct {
        const char *text;
        long long minor;
    } amounts[] = {{"\"1,234.50\"", 123450}, {"¥12.30", 1230}, {"￥12.30", 1230}, {"+7", 700},
                   {"-¥7", -700}, {"１２．３０", 1230}, {"－５", -500}, {"(8.00)", -800},
                   {"9.99元", 999}, {"\"１，０００\"", 100000}};
    (void)state;
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        char text[100];
        snprintf(text, sizeof text, "d,m（元）\n20261120,%s\n", amounts[i].text);
        assert_int_equal(reads(BASE, text).sum, amounts[i].minor);
    }
    assert_refused(refuses(BASE, "d,m\n20261120,1.2.3\n"), "t.csv:2", "amount");
    assert_refused(refuses(BASE, "d,m\n20261120,12x\n"), "field amount", "amount");
    assert_refused(refuses(BASE, "d,m\n20261120,1.005\n"), "field amount", "amount");
}

static void dates_in_many_forms(void **state)
{
    static const struct {
        const char *format, *text, *day;
    } dates[] = {{"DD.MM.YYYY", "20.11.2026", "2026-11-20"},
                 {"MM/DD/YYYY", "11/20/2026 10:11", "2026-11-20"},
                 {"YYYY年MM月DD日", "2026年11月20日", "2026-11-20"},
                 {"YYYYMMDDhhmmss", "20261120235959", "2026-11-20"},
                 {"YYYY-MM-DD hh:mm:ss", "2026-11-20 23:59:59", "2026-11-20"}};
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        char more[800], text[100];
        snprintf(more, sizeof more, BASE ", \"date_format\": \"%s\"", dates[i].format);
        snprintf(text, sizeof text, "d,m\n%s,1\n", dates[i].text);
        assert_int_equal(reads(more, text).item[0].value_date, day_of(dates[i].day));
    }
    assert_refused(refuses(BASE ", \"date_format\": \"YYYYMMDDhhmmss\"", "d,m\n20261120256000,1\n"),
                   "field value date", "no date");
    assert_refused(refuses(BASE, "d,m\n2026-13-01,1\n"), "field value date", "no date");
}

static void years_come_from_the_title(void **state)
{
    (void)state;
    struct seen seen = reads(BASE ", \"date_format\": \"MM/DD\", \"labels\": \"bill of {month}\"",
                             "the bill of 2024年01月\nd,m\n12/29,1\n01/31,1\n");
    assert_int_equal(seen.item[0].value_date, day_of("2023-12-29"));
    assert_int_equal(seen.item[1].value_date, day_of("2024-01-31"));
    assert_refused(refuses(BASE ", \"date_format\": \"MM/DD\"", "d,m\n12/29,1\n"), "t.csv:2",
                   "no year");
}

static void labels_stand_in_any_line_around_the_table(void **state)
{
    (void)state;
    struct seen seen = reads(
        "\"columns\": {\"value_date\": {\"name\": \"d\"}, \"amount\": {\"name\": \"m\"}}, "
        "\"footer\": \"total\", \"labels\": [\"Account: {account}\", \"No {number} of {currency}\", "
        "\"from {from} to {to}\", \"opening {opening}\", \"closing {closing}\"], "
        "\"totals\": [{\"line\": \"total in {sum}\", \"as\": \"credit\"}, "
        "{\"line\": \"rows {count}\"}]",
        "x,Account:,6222 0000\nNo 7 of 人民币\nfrom 2026年11月01日 to 2026-11-30\n,opening,\"1,000.00\"\n"
        "d,m\n20261102,5.00\n20261103,-2.00\ntotal in 5.00\nrows 2\nclosing,1003.00\n");
    const struct statement *statement = &seen.statement[0].statement;
    assert_string_equal(seen.statement[0].account, "6222 0000");
    assert_string_equal(statement->currency, "CNY");
    assert_int_equal(statement->number, 7);
    assert_int_equal(statement->opening, 100000);
    assert_int_equal(statement->closing, 100300);
    assert_int_equal(statement->open_date, day_of("2026-11-01"));
    assert_int_equal(statement->close_date, day_of("2026-11-30"));
    assert_int_equal(seen.controls, 2);
    assert_int_equal(seen.broken, 0);
}

static void a_day_without_movements_is_a_statement(void **state)
{
    (void)state;
    struct seen seen = reads(BASE ", \"labels\": \"opening {opening}\"", "opening 5.00\nd,m\n");
    assert_int_equal(seen.statements, 1);
    assert_int_equal(seen.items, 0);
    assert_int_equal(seen.statement[0].statement.opening, 500);
}

static void rules_decide_what_a_row_is(void **state)
{
    static const char more[] =
        "\"columns\": {\"value_date\": {\"name\": \"d\"}, \"account\": {\"value\": \"A\"}, "
        "\"currency\": {\"value\": \"CNY\"}, \"amount\": {\"name\": \"m\"}, "
        "\"reference\": {\"name\": \"r\"}}, \"extra\": {\"status\": {\"name\": \"s\"}, "
        "\"other\": {\"name\": \"o\"}}, \"rows\": ["
        "{\"when\": {\"status\": [\"closed*\"]}, \"take\": \"skip\"}, "
        "{\"when\": {\"status\": [\"*back\"]}, \"take\": \"income\", \"reference\": \"other\"}, "
        "{\"when\": {\"status\": [\"inside\"], \"other\": [\"*x*\"]}, \"take\": \"neutral\"}, "
        "{\"when\": {\"status\": [\"paid\"]}, \"take\": \"expense\"}], "
        "\"totals\": [{\"line\": \"all {count} {sum}\"}, {\"line\": \"paid {count} {sum}\", "
        "\"as\": \"debit\"}]";
    (void)state;
    struct seen seen = reads(more,
                             "all 4 10.00\npaid 1 4.00\nd,m,s,r,o\n20261120,1,closed early,R1,-\n"
                             "20261120,2,paid back,R2,O2\n20261120,3,inside,R3,axb\n"
                             "20261120,4,paid,R4,O4\n");
    assert_int_equal(seen.items, 2);
    assert_int_equal(seen.sum, -200);
    assert_string_equal(seen.item[0].reference, "O2");
    assert_int_equal(seen.controls, 4);
    assert_int_equal(seen.broken, 0);
    assert_refused(refuses(more, "d,m,s,r,o\n20261120,1,unheard,R1,-\n"), "t.csv:2", "no rule");
}

/* A minus in the column of money out takes an entry back, unless the profile says that all have one;
 * where nothing shows which it is, the file is refused. */
static void columns_of_money_in_and_out(void **state)
{
#define COLUMNS(out)                                                                               \
    "\"columns\": {\"value_date\": {\"name\": \"d\"}, \"account\": {\"value\": \"A\"}, "               \
    "\"currency\": {\"value\": \"CNY\"}, \"income\": {\"name\": \"in\"}, "                             \
    "\"expense\": {\"name\": \"out\"" out "}, \"balance\": {\"name\": \"b\"}}"
    static const char plain[] = COLUMNS(""), minus[] = COLUMNS(", \"negative\": true");
    (void)state;
    assert_int_equal(reads(plain, "d,in,out\n20261120,5,\n20261120,,3\n20261120,0,-1\n").sum, 300);
    assert_int_equal(reads(plain, "d,in,out\n20261120,-5,\n").sum, -500);
    assert_int_equal(reads(minus, "d,in,out\n20261120,5,\n20261120,,-3\n20261120,,1\n").sum, 300);
    assert_refused(refuses(plain, "d,in,out\n20261120,5,\n20261120,,-3\n"),
                   "t.csv:3, byte 21, field expense", "takes entries back");
    assert_refused(refuses(minus, "d,in,out\n20261120,,3\n"), "field expense", "takes entries back");
    assert_int_equal(reads(plain, "d,in,out,b\n20261120,5,,5\n20261120,,-3,8\n").broken, 0);
    assert_refused(refuses(plain, "d,in,out\n20261120,5,3\n"), "t.csv:2, byte 20, field expense",
                   "money in as well as");
}

/* The marks that spreadsheets leave on files they save again. */
static void files_saved_by_a_spreadsheet_are_refused(void **state)
{
    (void)state;
    assert_refused(refuses(BASE, "r,d,m\n4.20001E+27,20261120,1\n"), "t.csv:2, byte 6, field reference",
                   "E+ notation");
    assert_refused(refuses(BASE, "r,d,m\nR1,2026/2/1,1\n"), "field value date", "spreadsheet");
    assert_refused(refuses(BASE, "r,d,m\nR1,2/1/2026 12:00,1\n"), "field value date",
                   "spreadsheet");
    assert_refused(refuses(BASE, "r,d,m\nR1,45981,1\n"), "field value date", "spreadsheet");
    assert_refused(refuses(BASE, "r,d,m\n4200000925202110000000000000,20261120,1\n"
                                 "4200000925202120000000000000,20261120,1\n"),
                   "t.csv:2", "15th digit");
    assert_int_equal(reads(BASE, "r,d,m\n4200000925202101280000000000,20261120,1\n"
                                 "4200000925202101280000000001,20261120,1\n").items, 2);
}

static void short_rows_only_where_they_are_usual(void **state)
{
    (void)state;
    assert_refused(refuses(BASE, "d,m,r\n20261120,1\n"), "t.csv:2", "2 fields, the header 3");
    assert_int_equal(reads(BASE ", \"short_rows\": true", "d,m,r\n20261120,1\n").sum, 100);
    assert_int_equal(reads(BASE, "d,m,r\n20261120,1,R1,,,\n").sum, 100);
}

static void an_account_is_asked_for(void **state)
{
    (void)state;
    assert_refused(refuses("\"columns\": {\"value_date\": {\"name\": \"d\"}, \"currency\": "
                           "{\"value\": \"CNY\"}, \"amount\": {\"name\": \"m\"}}",
                           "d,m\n20261120,1\n"),
                   "t.csv:2", "whose account");
}

/* Both fit; neither names more columns. */
static void profiles_that_fit_alike_are_named(void **state)
{
    static const char text[] = "d,m,r\n20261120,1,R\n";
    char path[200];
    struct profiles profiles;
    struct error error = ERROR_INIT;
    struct format format;
    struct source *source;
    (void)state;
    for (int i = 0; i < 3; i++) {
        char json[1000], name[20];
        snprintf(name, sizeof name, "q%d.json", i);
        snprintf(json, sizeof json, "{\"name\": \"q%d\", %s%s}", i, BASE,
                 i == 2 ? ", \"extra\": {\"x\": {\"name\": \"x\"}}" : "");
        write_file(name, json, strlen(json));
    }
    snprintf(path, sizeof path, "%s/p.json", folder);
    unlink(path);
    assert_true(profiles_read(folder, NULL, &profiles, &error));
    struct container *container = container_open(write_file("t.csv", text, strlen(text)), &error);
    assert_false(container_recognise(container, 0, &profiles, false, &source, &format, &error));
    assert_refused(error, "t.csv", "q0, q1, q2");
    container_close(container);
    error = (struct error)ERROR_INIT;
    container = container_open(write_file("t.csv", "d,m,r,x\n20261120,1,R,x\n", 23), &error);
    assert_true(container_recognise(container, 0, &profiles, false, &source, &format, &error));
    assert_string_equal(format.profile->name, "q2");
    source_close(source);
    container_close(container);
    profiles_free(&profiles);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"p.json", "q0.json", "q1.json", "q2.json", "t.csv"};
    char path[200];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separators_of_all_kinds),
        cmocka_unit_test(cells_are_trimmed_and_mean_what_they_should),
        cmocka_unit_test(amounts_as_people_write_them),
        cmocka_unit_test(dates_in_many_forms),
        cmocka_unit_test(years_come_from_the_title),
        cmocka_unit_test(labels_stand_in_any_line_around_the_table),
        cmocka_unit_test(a_day_without_movements_is_a_statement),
        cmocka_unit_test(rules_decide_what_a_row_is),
        cmocka_unit_test(columns_of_money_in_and_out),
        cmocka_unit_test(files_saved_by_a_spreadsheet_are_refused),
        cmocka_unit_test(short_rows_only_where_they_are_usual),
        cmocka_unit_test(an_account_is_asked_for),
        cmocka_unit_test(profiles_that_fit_alike_are_named)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
