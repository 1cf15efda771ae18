#include "reconcile/formats/bai2.h"

#define SAMPLE "sample.bai"
#define READ(source, sink, error) bai2_read(source, sink, error)
#include "parsing.h"

#define START "01,SENDER,RECEIVER,261120,0200,FILE7,80,1,2/\n02,US,BANK,1,261119,2359,,2/\n"
#define ACCOUNT "03,ACC1,,010,10000,,,015,10500,,/\n"
#define END_OF(account, group, file)                                                               \
    "49," account "/\n98," group "/\n99," file "/\n"

/* A whole file in which all totals hold. */
static const char sample[] =
    START "03,ACC1,,010,10000,,,015,10500,,,100,1500,1,,400,1000,1,/\n"
    "16,142,1500,Z,BREF,CREF,PAYMENT, of A/B       /\n88,and more/\n"
    "16,475,1000,V,261121,,BREF2,,CHECK/\n" END_OF("25500,5", "25500,1,7", "25500,1,9");

static void reads_a_file_whose_totals_hold(void **state)
{
    (void)state;
    struct seen seen = reads(sample);
    assert_true(bai2_recognise((struct slice){sample, sizeof sample - 1}));
    assert_int_equal(seen.items, 2);
    assert_int_equal(seen.item[0].amount, 1500);
    assert_string_equal(seen.item[0].kind, "142");
    assert_string_equal(seen.item[0].reference, "CREF");
    assert_string_equal(seen.item[0].bank_reference, "BREF");
    assert_string_equal(seen.item[0].narrative, "PAYMENT, of A/B and more");
    assert_int_equal(seen.item[0].line, 4);
    assert_int_equal(seen.item[0].value_date, day(2026, 11, 19));
    assert_int_equal(seen.item[1].amount, -1000);
    assert_int_equal(seen.item[1].value_date, day(2026, 11, 21));
    assert_int_equal(seen.item[1].book_date, day(2026, 11, 19));
    assert_string_equal(seen.item[1].reference, "BREF2"); /* the customer's is missing */
    const struct statement *statement = &seen.statement[0].statement;
    assert_int_equal(statement->opening, 10000);
    assert_int_equal(statement->closing, 10500);
    assert_int_equal(statement->close_date, day(2026, 11, 19));
    assert_string_equal(statement->currency, "USD");
    assert_string_equal(seen.statement[0].account, "ACC1");
    assert_string_equal(seen.statement[0].reference, "FILE7");
    assert_int_equal(seen.controls, 12);
    assert_int_equal(seen.broken, 0);
}

/* One cent or one record more, at each level. */
static void trailers_are_checked(void **state)
{
    static const struct {
        const char *account, *group, *file, *label;
        enum control_kind kind;
        int64_t expected, found;
    } wrong[] = {
        {"25501,5", "25501,1,7", "25501,1,9", "BAI 49 total", CONTROL_HASH, 25501, 25500},
        {"25500,6", "25500,1,7", "25500,1,9", "BAI 49 records", CONTROL_RECORDS, 6, 5},
        {"25500,5", "25501,1,7", "25501,1,9", "BAI 98 total", CONTROL_HASH, 25501, 25500},
        {"25500,5", "25500,2,7", "25500,1,9", "BAI 98 accounts", CONTROL_PARTS, 2, 1},
        {"25500,5", "25500,1,8", "25500,1,9", "BAI 98 records", CONTROL_RECORDS, 8, 7},
        {"25500,5", "25500,1,7", "25501,1,9", "BAI 99 total", CONTROL_HASH, 25501, 25500},
        {"25500,5", "25500,1,7", "25500,2,9", "BAI 99 groups", CONTROL_PARTS, 2, 1},
        {"25500,5", "25500,1,7", "25500,1,8", "BAI 99 records", CONTROL_RECORDS, 8, 9},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[1000];
        size_t body = strstr(sample, "49,") - sample;
        snprintf(text, sizeof text, "%.*s49,%s/\n98,%s/\n99,%s/\n", (int)body, sample,
                 wrong[i].account, wrong[i].group, wrong[i].file);
        struct seen seen = reads(text);
        assert_int_equal(seen.broken, 1);
        struct control control = find_control(&seen, wrong[i].kind, wrong[i].label);
        assert_int_equal(control.expected, wrong[i].expected);
        assert_int_equal(control.found, wrong[i].found);
        assert_int_equal(control.statement, i < 2 ? 1 : 0);
        assert_string_equal(control.currency, wrong[i].kind == CONTROL_HASH ? "USD" : "");
    }
}

static void sums_of_the_lines_are_checked(void **state)
{
    (void)state;
    struct seen seen = reads(START "03,A,,100,1501,1,,400,0,0,/\n16,142,1500,,,,/\n"
                             END_OF("3001,3", "3001,1,5", "3001,1,7"));
    assert_int_equal(seen.broken, 1);
    assert_int_equal(find_control(&seen, CONTROL_CREDIT_SUM, "BAI 100").found, 1500);
    /* Without a number of items the lines may be some of all. */
    seen = reads(START "03,A,,100,1501,,/\n16,142,1500,,,,/\n"
                 END_OF("3001,3", "3001,1,5", "3001,1,7"));
    assert_int_equal(seen.controls, 8);
    assert_int_equal(seen.broken, 0);
}

/* Every funds type has fields of its own before the references. */
static void funds_types(void **state)
{
    static const char *const types[] = {"", "Z", "0", "1", "2", "S,1,2,3", "V,261121,1200", "V,,",
                                        "D,2,0,700,1,800", "D,0", "z"};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char text[1000];
        snprintf(text, sizeof text,
                 START ACCOUNT "16,142,1500,%s,BREF,CREF,TEXT/\n" END_OF("22000,3", "22000,1,5",
                                                                         "22000,1,7"),
                 types[i]);
        struct seen seen = reads(text);
        assert_string_equal(seen.item[0].bank_reference, "BREF");
        assert_string_equal(seen.item[0].reference, "CREF");
        assert_string_equal(seen.item[0].narrative, "TEXT");
        assert_int_equal(seen.broken, 0);
    }
    assert_refused(refuses(START ACCOUNT "16,142,1500,Q,B,C,T/\n"), "field 16 funds type",
                   "funds type");
}

/* Type groups without limit, over records 88 that begin anywhere between fields. */
static void groups_go_on(void **state)
{
    char text[20000] = START "03,ACC1,,010,+5,,/\n";
    (void)state;
    for (int i = 0; i < 300; i++)
        strcat(text, i % 3 ? "88,074,10,,,072,-20,1,S,1,2,3/\n"
                           : "88,040/\n88,7,,D,1,0,7,045,8,,/\n");
    strcat(text, "88,,,,,015,6,,/\n");
    strcat(text, END_OF("-489,404", "-489,1,406", "-489,1,408"));
    struct seen seen = reads(text);
    assert_int_equal(seen.statement[0].statement.opening, 5);
    assert_int_equal(seen.statement[0].statement.closing, 6);
    assert_int_equal(seen.statement[0].statement.available, 8);
    assert_int_equal(find_control(&seen, CONTROL_RECORDS, "BAI 49 records").found, 403);
    assert_int_equal(find_control(&seen, CONTROL_HASH, "BAI 49 total").found,
                     5 + 100 * 15 - 200 * 10 + 6);
}

static void directions_of_type_codes(void **state)
{
    static const struct {
        const char *code;
        int64_t sum;
    } codes[] = {{"100", 5}, {"399", 5}, {"400", -5}, {"699", -5}, {"720", 5}, {"760", -5},
                 {"925", 5}, {"965", -5}, {"890", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char text[1000];
        snprintf(text, sizeof text, START ACCOUNT "16,%s,5,,,,/\n" END_OF("1,3", "1,1,5", "1,1,7"),
                 codes[i].code);
        assert_int_equal(reads(text).sum, codes[i].sum);
    }
    assert_refused(refuses(START ACCOUNT "16,800,5,,,,/\n"), "sample.bai:4, byte", "type code");
    assert_refused(refuses(START ACCOUNT "16,475,5,V,02061119,,,,/\n"), "field 16", "no date");
    assert_int_equal(reads(START ACCOUNT "16,100,5,V,791231,,,,/\n" END_OF("1,3", "1,1,5", "1,1,7"))
                         .item[0].value_date, day(2079, 12, 31));
    assert_int_equal(reads(START ACCOUNT "16,100,5,V,800101,,,,/\n" END_OF("1,3", "1,1,5", "1,1,7"))
                         .item[0].value_date, day(1980, 1, 1));
    assert_refused(refuses(START ACCOUNT "16,475,-5,,,,/\n"), "field 16 amount", "no sign");
    assert_refused(refuses(START ACCOUNT "16,99,5,,,,/\n"), "field 16 type code", "three digits");
}

/* Records ended by the line, by a slash and blanks, several in a line, wrapped; CRLF. */
static void records_as_banks_write_them(void **state)
{
    (void)state;
    struct seen seen = reads(
        "01,S,R,261120,0200,1,,,2/   02,US,BANK,1,20261119,,CAD,2/ \r\n03,ACC1,JPY,010,5,,/\r\n"
        "16,142,7,Z,B,C/D,Remittance 08/16/26, paid\r\n88,EREF: 1/2\r\n88:REMI: x\r\n"
        "16,475,7,Z,,,one line\r\n  wrapped   /   49,19,6/\r\n\r\n98,19,1,8/\r\n99,19,1,10/  \r\n");
    assert_int_equal(seen.items, 2);
    assert_string_equal(seen.statement[0].statement.currency, "JPY");
    assert_string_equal(seen.item[0].reference, "C/D");
    assert_string_equal(find_control(&seen, CONTROL_HASH, "BAI 99 total").currency, "JPY");
    assert_string_equal(seen.item[0].narrative, "Remittance 08/16/26, paid EREF: 1/2 REMI: x");
    assert_string_equal(seen.item[1].narrative, "one line wrapped");
    assert_int_equal(find_control(&seen, CONTROL_RECORDS, "BAI 99 records").found, 10);
}

static void groups_interim_and_final(void **state)
{
    static const struct {
        const char *modifier;
        enum statement_kind kind;
    } modifiers[] = {{"1", STATEMENT_INTERIM}, {"2", STATEMENT_BOOKED}, {"3", STATEMENT_INTERIM},
                     {"4", STATEMENT_BOOKED}, {"", STATEMENT_BOOKED}};
    (void)state;
    for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++) {
        char text[1000];
        snprintf(text, sizeof text, "01,S,R,261120,0200,1,,,2/\n02,US,BANK,1,261119,,USD,%s/\n"
                 ACCOUNT END_OF("20500,2", "20500,1,4", "20500,1,6"), modifiers[i].modifier);
        assert_int_equal(reads(text).statement[0].statement.kind, modifiers[i].kind);
    }
}

static void refuses_with_a_reason(void **state)
{
    static const struct {
        const char *text, *place, *what;
    } wrong[] = {
        {START ACCOUNT, "sample.bai:3", "truncated"},
        {START ACCOUNT "49,1,2/\n98,1,1,4/\n", "sample.bai:5", "truncated"},
        {START ACCOUNT ACCOUNT, "sample.bai:4", "no trailer (49)"},
        {START ACCOUNT "98,1,1,4/\n", "sample.bai:4", "no trailer (49)"},
        {START "16,142,5,,,,/\n", "sample.bai:3", "outside an account"},
        {"01,S,R,261120,0200,1,,,2/\n" ACCOUNT, "sample.bai:2", "outside a group"},
        {"01,S,R,261120,0200,1,,,2/\n02,US,BANK,2,261119,,,2/\n" ACCOUNT, "field 02 status",
         "deletes"},
        {"01,S,R,261120,0200,1,,,2/\n02,US,BANK,4,261119,,,2/\n" ACCOUNT, "field 02 status", "test"},
        {"01,S,R,261120,0200,1,,,2/\n02,US,BANK,1,261341,,,2/\n" ACCOUNT, "field 02 as-of date",
         "no date"},
        {START "03,,,010,1,,/\n49,1,2/\n", "field 03 account", "no account"},
        {START "03,A,,010,1.5,,/\n49,1,2/\n", "field 03 amount", "whole number"},
        {START "03,A,,01,1,,/\n49,1,2/\n", "field 03 type code", "three digits"},
        {START "03,A,,99999999999,1,,/\n49,1,2/\n", "field 03 type code", "three digits"},
        {START "03,A,usd,010,1,,/\n49,1,2/\n", "field 03 currency", "three capitals"},
        {START ACCOUNT "16,142,99999999999999999999,,,,/\n49,1,3/\n", "sample.bai:4, byte 108, ",
         "whole number"},
        {START ACCOUNT "49,,2/\n98,1,1,4/\n", "field 49 control total", "no control total"},
        {"88,x/\n", "field  88", "nothing stands before"},
        {"hello\n", "sample.bai:1", "no record"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(refuses(wrong[i].text), wrong[i].place, wrong[i].what);
}

/* Groups in two currencies make no sum of one currency. */
static void a_file_of_two_currencies(void **state)
{
    (void)state;
    struct seen seen = reads(START "03,A,USD,010,100,,/\n49,100,2/\n03,B,EUR,010,200,,/\n49,200,2/\n"
                             "98,301,2,6/\n99,301,1,8/\n");
    assert_int_equal(seen.broken, 1);
    assert_string_equal(find_control(&seen, CONTROL_HASH, "BAI 98 total").currency, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_file_whose_totals_hold),
        cmocka_unit_test(trailers_are_checked),
        cmocka_unit_test(sums_of_the_lines_are_checked),
        cmocka_unit_test(funds_types),
        cmocka_unit_test(groups_go_on),
        cmocka_unit_test(directions_of_type_codes),
        cmocka_unit_test(records_as_banks_write_them),
        cmocka_unit_test(groups_interim_and_final),
        cmocka_unit_test(a_file_of_two_currencies),
        cmocka_unit_test(refuses_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
