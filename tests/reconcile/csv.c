#include "reading.h"

#include "base/buffer.h"
#include "reconcile/control.h"
#include "reconcile/formats/table.h"

#define HEADER "id,value_date,account,ccy,dc,amount_minor,ref,narrative\n"
#define ROW "1,2026-11-20,ACC,EUR,C,150,R1,rent\n"

static struct profiles profiles;

#define SAMPLE "sample.csv"
#define READ(source, sink, error) table_read(source, profiles.list[0], sink, error)
#include "parsing.h"

static void reads_rows_of_several_accounts(void **state)
{
    (void)state;
    struct seen seen = reads("exported by the bank\n\n" HEADER ROW
                             "2,20261121,OTHER,USD,D,20,R2,\"a, \"\"b\"\"\nc\"\n"
                             "3,2026-11-22 10:11:12,ACC,EUR,D,50,R3,\n\n");
    assert_int_equal(seen.items, 3);
    assert_int_equal(seen.statements, 2);
    assert_int_equal(seen.item[0].amount, 150);
    assert_int_equal(seen.item[0].line, 4);
    assert_int_equal(seen.item[1].amount, -20);
    assert_string_equal(seen.item[1].narrative, "a, \"b\"\nc");
    assert_int_equal(seen.item[2].statement, 1);
    assert_int_equal(seen.item[2].line, 7); /* a quoted line end counts */
    assert_int_equal(seen.statement[0].statement.movement, 100);
    assert_int_equal(seen.statement[0].statement.close_date,
                     seen.statement[0].statement.open_date + 2);
}

static void balance_rows_are_no_lines(void **state)
{
    (void)state;
    struct seen seen = reads(HEADER "#opening,2026-11-20,ACC,EUR,C,1000,1209,\n" ROW
                             "#closing,2026-11-20,ACC,EUR,C,1150,1209,\n");
    assert_int_equal(seen.items, 1);
    assert_true(seen.statement[0].statement.has_opening && seen.statement[0].statement.has_closing);
    assert_int_equal(seen.statement[0].statement.opening, 1000);
    assert_int_equal(seen.statement[0].statement.number, 1209);
    assert_refused(refuses(HEADER "#opening,2026-11-20,ACC,EUR,C,1,,\n"
                                  "#opening,2026-11-20,ACC,EUR,C,1,,\n"),
                   "sample.csv:3", "twice");
}

/* A control is shown as money or as a number; every kind has a name of its own. */
static void controls_are_money_or_counts(void **state)
{
    static const enum control_kind counts[] = {CONTROL_COUNT, CONTROL_CREDIT_COUNT, CONTROL_DEBIT_COUNT,
                                               CONTROL_RECORDS, CONTROL_PARTS, CONTROL_BATCH_COUNT,
                                               CONTROL_PAGE};
    (void)state;
    for (int kind = 0; kind < CONTROL_KINDS; kind++) {
        bool count = false;
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            count = count || (int)counts[i] == kind;
        assert_int_equal(control_is_amount(kind), !count);
        for (int other = 0; other < kind; other++)
            assert_string_not_equal(control_name(kind), control_name(other));
    }
}

static void columns_stand_in_any_order(void **state)
{
    (void)state;
    struct seen seen = reads("narrative,ref,amount_minor,dc,ccy,account,value_date,extra\n"
                             "rent,R1,150,D,EUR,ACC,2026-11-20,x\n");
    assert_int_equal(seen.item[0].amount, -150);
    assert_string_equal(seen.item[0].reference, "R1");
    assert_string_equal(seen.item[0].source_id, "");
}

static void line_ends_marks_and_encodings(void **state)
{
    (void)state;
    assert_int_equal(reads("\xEF\xBB\xBF" "id,value_date,account,ccy,dc,amount_minor,ref,narrative"
                           "\r\n1,2026-11-20,ACC,EUR,C,150,R1,rent\r\n").sum, 150);
    assert_int_equal(reads(HEADER "1,2026-11-20,ACC,EUR,C,150,R1,rent").sum, 150);
    assert_refused(refuses(HEADER "1,2026-11-20,ACC,EUR,C,150,R1,caf\xE9 x\n"), "sample.csv",
                   "nothing tells which encoding");
    assert_string_equal(reads(HEADER "1,2026-11-20,ACC,CNY,C,1,R1,\xBB\xF5\xBF\xEE\n")
                            .item[0].narrative, "货款");
    assert_string_equal(reads(HEADER "1,2026-11-20,ACC,CNY,C,1,R1,货款\n").item[0].narrative, "货款");
}

/* The same table, saved with other line ends, holds the same lines. */
static void line_ends_in_quotes_are_alike(void **state)
{
    (void)state;
    assert_string_equal(reads(HEADER "1,2026-11-20,ACC,CNY,C,1,R1,\"a\r\nb\"\r\n")
                            .item[0].narrative, "a\nb");
}

static void a_column_named_twice_is_refused(void **state)
{
    (void)state;
    assert_refused(refuses("id,value_date,account,ccy,dc,amount_minor,ref,amount_minor\n"
                           "1,2026-11-20,ACC,EUR,C,150,R1,151\n"),
                   "sample.csv:1", "twice");
    assert_int_equal(reads("id,value_date,account,ccy,dc,amount_minor,ref,x,x\n"
                           "1,2026-11-20,ACC,EUR,C,150,R1,151,152\n").sum, 150);
}

static void wrong_cells_name_line_byte_and_field(void **state)
{
    static const struct {
        const char *row, *place, *what;
    } wrong[] = {
        {"1,2026-02-30,ACC,EUR,C,150,R1,x\n", "sample.csv:2, byte 58, field value date", "no date"},
        {"1,0226-11-20,ACC,EUR,C,150,R1,x\n", "sample.csv:2, byte 58, field value date", "no date"},
        {"1,2206-11-20,ACC,EUR,C,150,R1,x\n", "sample.csv:2, byte 58, field value date", "no date"},
        {"1,,ACC,EUR,C,150,R1,x\n", "field value date", "no date"},
        {"1,2026-11-20,,EUR,C,150,R1,x\n", "sample.csv:2, byte 69, field account", "no account"},
        {"1,2026-11-20,ACC,euro,C,150,R1,x\n", "byte 73, field currency", "three capitals"},
        {"1,2026-11-20,ACC,EUR,Z,150,R1,x\n", "byte 77, field direction", "neither"},
        {"1,2026-11-20,ACC,EUR,C,1.50,R1,x\n", "byte 79, field amount", "whole number"},
        {"1,2026-11-20,ACC,EUR,C,,R1,x\n", "field amount", "whole number"},
        {"1,2026-11-20,ACC,EUR,C,99999999999999999999,R1,x\n", "field amount", "whole number"},
        {"1,2026-11-20,ACC,EUR,C,150,6.22848E+18,x\n", "field reference", "spreadsheet"},
        {"1,2026-11-20,ACC,EUR,C\n", "sample.csv:2, byte 56", "the row has 5 fields, the header 8"},
        {"1,2026-11-20,ACC,EUR,C,150,R1,x,y\n", "sample.csv:2", "the row has 9 fields"},
        {"1,2026-11-20,ACC,EUR,C,150,R1,\"open\n", "sample.csv:2", "quote"},
        {"1,2026-11-20,ACC,EUR,C,150,R1,\"x\"y\n", "sample.csv:2", "quote"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[600];
        snprintf(text, sizeof text, HEADER "%s", wrong[i].row);
        assert_refused(refuses(text), wrong[i].place, wrong[i].what);
    }
    assert_refused(refuses(HEADER), "sample.csv", "no rows");
    assert_refused(refuses("a,b\n1,2\n"), "sample.csv", "no header");
}

static void sums_do_not_overflow(void **state)
{
    struct buffer text = BUFFER_INIT;
    (void)state;
    buffer_format(&text, HEADER);
    for (int i = 0; i < 10; i++)
        buffer_format(&text, "%d,2026-11-20,ACC,EUR,C,999999999999999999,R%d,x\n", i, i);
    assert_refused(refuses(buffer_text(&text)), "sample.csv:11", "64 bits");
    buffer_free(&text);
}

static void rows_have_limits(void **state)
{
    struct buffer text = BUFFER_INIT;
    (void)state;
    buffer_format(&text, HEADER "1,2026-11-20,ACC,EUR,C,150,R1,");
    for (int i = 0; i < (1 << 20) + 10; i++)
        buffer_format(&text, "z");
    buffer_format(&text, "\n");
    assert_refused(refuses(buffer_text(&text)), "sample.csv:2", "1 MiB");
    buffer_free(&text);
    buffer_format(&text, HEADER);
    for (int i = 0; i < 400; i++)
        buffer_format(&text, "a,");
    buffer_format(&text, "\n");
    assert_refused(refuses(buffer_text(&text)), "sample.csv:2", "more than");
    buffer_free(&text);
}

static void many_accounts_are_kept_apart(void **state)
{
    enum { ACCOUNTS = 3000 };
    struct buffer text = BUFFER_INIT;
    (void)state;
    buffer_format(&text, HEADER);
    for (int i = 0; i < 2 * ACCOUNTS; i++)
        buffer_format(&text, "%d,2026-11-20,A%d,EUR,C,1,R,x\n", i, i % ACCOUNTS);
    struct seen seen = reads(buffer_text(&text));
    assert_int_equal(seen.statements, ACCOUNTS);
    assert_int_equal(seen.items, 2 * ACCOUNTS);
    assert_int_equal(seen.statement[7].statement.item_count, 2);
    buffer_free(&text);
}

static void the_profile_is_found_by_its_header(void **state)
{
    static const char known[] = "preamble\n" HEADER ROW, unknown[] = "a;b\n1;2\n";
    struct error error = ERROR_INIT;
    (void)state;
    struct source *source = source_memory("sample.csv", known, sizeof known - 1, &error);
    assert_ptr_equal(table_recognise(source, &profiles, &error), profiles.list[0]);
    assert_int_equal(source_line(source), 0);
    source_close(source);
    source = source_memory("sample.csv", unknown, sizeof unknown - 1, &error);
    assert_null(table_recognise(source, &profiles, &error));
    assert_int_equal(error.kind, ERROR_NONE);
    source_close(source);
}

static void survives_mutation(void **state)
{
    static const char sample[] = HEADER "#opening,2026-11-20,ACC,EUR,C,1000,12,\n" ROW
                                 "2,20261121,OTHER,USD,D,20,R2,\"a, \"\"b\"\"\nc\"\n"
                                 "3,2026-11-20,ACC,EUR,D,7,R9,\xBB\xF5\xBF\xEE\n"
                                 "#closing,2026-11-20,ACC,EUR,C,1143,12,\n";
    (void)state;
    survives(sample, sizeof sample - 1, 7);
}

static int find_profiles(void **state)
{
    struct error error = ERROR_INIT;
    char folder[4096];
    (void)state;
    snprintf(folder, sizeof folder, "%s/src/reconcile/profiles",
             getenv("BANKOPS_SOURCE") ? getenv("BANKOPS_SOURCE") : ".");
    return profiles_read(folder, "generic", &profiles, &error) ? 0 : -1;
}

static int free_profiles(void **state)
{
    (void)state;
    profiles_free(&profiles);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows_of_several_accounts),
        cmocka_unit_test(balance_rows_are_no_lines),
        cmocka_unit_test(controls_are_money_or_counts),
        cmocka_unit_test(columns_stand_in_any_order),
        cmocka_unit_test(line_ends_marks_and_encodings),
        cmocka_unit_test(line_ends_in_quotes_are_alike),
        cmocka_unit_test(a_column_named_twice_is_refused),
        cmocka_unit_test(wrong_cells_name_line_byte_and_field),
        cmocka_unit_test(sums_do_not_overflow),
        cmocka_unit_test(rows_have_limits),
        cmocka_unit_test(many_accounts_are_kept_apart),
        cmocka_unit_test(the_profile_is_found_by_its_header),
        cmocka_unit_test(survives_mutation)};
    return cmocka_run_group_tests(tests, find_profiles, free_profiles);
}
