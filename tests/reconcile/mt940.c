#include "base/buffer.h"
#include "reconcile/formats/mt940.h"

#define SAMPLE "sample.sta"
#define READ(source, sink, error) mt940_read(source, sink, error)
#include "parsing.h"

#define HEAD ":20:X\n:25:ACC\n:28C:4/1\n:60F:C261120EUR100,00\n"
#define TAIL ":62F:C261121EUR91,00\n-\n"

static const char sample[] = ":20:X\r\n:25:ACC\r\n:28C:4/1\r\n:60F:C261120EUR100,00\r\n"
                             ":61:2611211121RC10,50NTRFREF1//B1\r\n:86:free text\r\n"
                             ":61:261121CR1,5NTRFNONREF\r\n:86:166?20EREF+E7 SVWZ+a?32Bob\r\n"
                             ":62F:C261121EUR91,00\r\n:86:of the statement\r\n-\r\n";

static void reads_the_usual_form(void **state)
{
    (void)state;
    struct seen seen = reads(sample);
    const struct kept_item *first = &seen.item[0], *second = &seen.item[1];
    assert_int_equal(seen.items, 2);
    assert_int_equal(first->amount, -1050); /* RC: a credit taken back */
    assert_string_equal(first->kind, "NTRF");
    assert_string_equal(first->reference, "REF1");
    assert_string_equal(first->bank_reference, "B1");
    assert_string_equal(first->narrative, "free text");
    assert_int_equal(first->line, 5);
    assert_int_equal(second->amount, 150);
    assert_string_equal(second->reference, "E7"); /* of the narrative, behind NONREF */
    assert_string_equal(second->counterparty, "Bob");
    assert_int_equal(seen.statements, 1);
    const struct statement *statement = &seen.statement[0].statement;
    assert_int_equal(statement->opening, 10000);
    assert_int_equal(statement->closing, 9100);
    assert_int_equal(statement->movement, -900);
    assert_int_equal(statement->number, 4);
    assert_int_equal(statement->page, 1);
    assert_int_equal(statement->close_date, day(2026, 11, 21));
    assert_string_equal(seen.statement[0].account, "ACC");
}

/* The letter behind the mark is the funds code; R in front of it is a reversal. */
static void tells_marks_from_funds_codes(void **state)
{
    static const struct {
        const char *mark;
        int64_t amount;
    } marks[] = {{"C", 100}, {"D", -100}, {"RC", -100}, {"RD", 100}, {"CR", 100}, {"DR", -100},
                 {"CM", 100}, {"RDR", 100}, {"RCR", -100}, {"EC", 0}, {"ED", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        char text[400];
        snprintf(text, sizeof text, HEAD ":61:2611201120%s1,00NTRFR1\n" TAIL, marks[i].mark);
        assert_int_equal(reads(text).sum, marks[i].amount);
    }
    assert_refused(refuses(HEAD ":61:2611201120X1,00NTRFR1\n" TAIL), "sample.sta:5, byte", "mark");
    assert_refused(refuses(HEAD ":61:2611201120\n" TAIL), "field :61:", "mark");
}

static void reads_amounts_as_banks_write_them(void **state)
{
    static const struct {
        const char *text;
        int64_t amount;
    } amounts[] = {{"1,00", 100}, {"1,0", 100}, {"1,0000", 100}, {"1,", 100}, {"1", 100}, {"1.5", 150},
                   {"0,01", 1}, {"00000000001,5", 150}, {"999999999999,99", 99999999999999}};
    (void)state;
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        char text[400];
        snprintf(text, sizeof text, HEAD ":61:261120C%sNTRFR1\n" TAIL, amounts[i].text);
        assert_int_equal(reads(text).sum, amounts[i].amount);
    }
    static const char *const wrong[] = {"", ",", "1,234", "1,000", "1.000", "1.000,00",
                                        "1,2,3", "591x57", "1O00,00", "99999999999999999999,00"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[400];
        snprintf(text, sizeof text, HEAD ":61:261120C%sNTRFR1\n" TAIL, wrong[i]);
        assert_refused(refuses(text), "sample.sta:5, byte 45, field :61:", "no amount");
    }
}

static void dates_take_the_nearest_year(void **state)
{
    (void)state;
    struct seen seen = reads(HEAD ":61:2612310102C1,00NTRFA\n:61:2701021231C1,00NTRFB\n"
                                  ":61:261120C1,00NTRFC\n:61:8001010101C1,NTRFD\n" TAIL);
    assert_int_equal(seen.item[0].book_date, day(2027, 1, 2));
    assert_int_equal(seen.item[1].book_date, day(2026, 12, 31));
    assert_int_equal(seen.item[2].book_date, ITEM_NO_DATE); /* the entry date may be missing */
    assert_int_equal(seen.item[2].value_date, day(2026, 11, 20));
    assert_int_equal(seen.item[3].value_date, day(1980, 1, 1));
    assert_int_equal(reads(HEAD ":61:260230C1,00NTRFA\n" TAIL).item[0].value_date, day(2026, 2, 28));
    assert_refused(refuses(HEAD ":61:260231C1,00NTRFA\n" TAIL), "field :61:", "no value date");
    assert_refused(refuses(HEAD ":61:261332C1,00NTRFA\n" TAIL), "field :61:", "no value date");
    assert_refused(refuses(HEAD ":61:2611201340C1,00NTRFA\n" TAIL), "field :61:", "value date");
}

static void reads_references_as_banks_write_them(void **state)
{
    (void)state;
    struct seen seen = reads(HEAD ":61:261120C1,00NTRFABCDEFGHIJKLMNOPQRSTUVWXYZ//BANK\n"
                                  ":61:261120C1,00NMSC\n:86:/EREF/E-9//REMI/USTD//Rent May/\n"
                                  ":61:261120C1,00NTRFR3//NONREF\nextra details\n:86:purpose\n"
                                  ":86:more\n" TAIL);
    struct seen coded = reads(HEAD ":61:261120C1,00NTRFNONREF\n"
                                   ":86:/ORDP/BLUE HERON LLC/RFB/R-7/REMI/x\n"
                                   ":61:261120D1,00NTRFNONREF\n:86:/BENM//NAME/ACME/EREF/"
                                   "NOTPROVIDED\n/ROC/PAY 1/REMI/y\n" TAIL);
    assert_string_equal(coded.item[0].counterparty, "BLUE HERON LLC");
    assert_string_equal(coded.item[0].reference, "R-7");
    assert_string_equal(coded.item[1].counterparty, "ACME");
    assert_string_equal(coded.item[1].reference, "PAY 1");
    assert_string_equal(seen.item[0].reference, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    assert_string_equal(seen.item[0].bank_reference, "BANK");
    assert_string_equal(seen.item[1].reference, "E-9");
    assert_string_equal(seen.item[2].reference, "R3");
    assert_string_equal(seen.item[2].bank_reference, "");
    assert_non_null(strstr(seen.item[2].narrative, "extra details"));
    assert_non_null(strstr(seen.item[2].narrative, "more"));
}

/* :86: behind :62: belongs to the statement, and so does one behind :64:. */
static void text_behind_the_balance_is_no_line(void **state)
{
    (void)state;
    struct seen seen = reads(HEAD ":61:261120C1,00NTRFR1\n:86:mine\n"
                                  ":62F:C261121EUR101,00\n:64:C261121EUR101,00\n:86:not mine\n-\n");
    assert_int_equal(seen.items, 1);
    assert_string_equal(seen.item[0].narrative, "mine");
}

static void several_statements_and_pages(void **state)
{
    (void)state;
    struct seen seen = reads(
        "{1:F01BANK}{2:O940}{4:\n:20:A\n:25:ONE\n:28C:7/1\n:60F:C261120EUR1,00\n"
        ":61:261120C1,00NTRFR1\n:62M:C261120EUR2,00\n-}\n"
        "{1:F01BANK}{2:O940}{4:\n:20:A\n:25:ONE\n:28C:7/2\n:60M:C261120EUR2,00\n"
        ":61:261120D5,00NTRFR2\n:62F:D261120EUR3,00\n-}\n$\n"
        ":20:B\n:25:TWO\n:28:8\n:60F:D261120USD0,\n:62F:D261120USD0,\n-\n");
    assert_int_equal(seen.statements, 3);
    assert_int_equal(seen.items, 2);
    assert_int_equal(seen.statement[0].statement.page, 1);
    assert_int_equal(seen.statement[1].statement.page, 2);
    assert_int_equal(seen.statement[1].statement.opening,
                     seen.statement[0].statement.closing);
    assert_int_equal(seen.statement[1].statement.closing, -300);
    assert_int_equal(seen.statement[2].statement.page, -1);
    assert_string_equal(seen.statement[2].account, "TWO");
    assert_int_equal(seen.item[1].statement, 2);
}

static void interim_reports_state_their_totals(void **state)
{
    static const char report[] = ":20:I\n:25:ACC\n:28C:1\n:34F:EURD0,\n:34F:EURC0,\n"
                                 ":13D:2611201200+0100\n:61:261120D2,00NTRFR1\n"
                                 ":61:261120C4,00NTRFR2\n:61:261120EC1,00NTRFR3\n"
                                 ":90D:1EUR2,00\n:90C:2EUR%s\n-\n";
    char text[400];
    (void)state;
    snprintf(text, sizeof text, report, "5,00");
    struct seen seen = reads(text);
    assert_false(seen.statement[0].statement.has_opening);
    assert_int_equal(seen.statement[0].statement.kind, STATEMENT_INTERIM);
    assert_int_equal(seen.statement[0].statement.close_date, day(2026, 11, 20));
    assert_int_equal(seen.items, 2); /* an expected one is counted, and is no line */
    assert_int_equal(seen.statement[0].statement.pending_sum, 100);
    assert_int_equal(seen.controls, 4);
    assert_int_equal(seen.broken, 0);
    snprintf(text, sizeof text, report, "5,01");
    seen = reads(text);
    struct control wrong = find_control(&seen, CONTROL_CREDIT_SUM, ":90C:");
    assert_int_equal(seen.broken, 1);
    assert_int_equal(wrong.expected, 501);
    assert_int_equal(wrong.found, 500);
    assert_int_equal(wrong.line, 11);
    assert_int_equal(wrong.statement, 1);
    assert_string_equal(wrong.currency, "EUR");
}

/* Pages of one statement follow each other; a missing one is reported. */
static void pages_follow_each_other(void **state)
{
    static const char pages[] = ":20:A\n:25:ONE\n:28C:7/1\n:60F:C261120EUR1,00\n"
                                ":62M:C261120EUR1,00\n-\n:20:A\n:25:ONE\n:28C:7/%d\n"
                                ":60M:C261120EUR1,00\n:62F:C261120EUR1,00\n:64:C261120EUR9,\n-\n";
    char text[400];
    (void)state;
    snprintf(text, sizeof text, pages, 2);
    struct seen seen = reads(text);
    assert_int_equal(seen.controls, 1);
    assert_int_equal(seen.broken, 0);
    assert_true(seen.statement[0].statement.closing_interim);
    assert_false(seen.statement[0].statement.opening_interim);
    assert_true(seen.statement[1].statement.opening_interim);
    assert_int_equal(seen.statement[1].statement.available, 900);
    snprintf(text, sizeof text, pages, 3);
    assert_int_equal(reads(text).broken, 1);
}

/* MT950, the statement between banks, has no :86:. */
static void reads_statements_between_banks(void **state)
{
    (void)state;
    struct seen seen = reads("{1:F01BANKDEFFAXXX0000000000}{2:O9501200261120BANKCNBJ}{4:\n"
                             ":20:NOSTRO1\n:25:0012345\n:28C:210/1\n:60F:C261119USD1000,00\n"
                             ":61:2611201120DD250,00S103OURREF1//THEIRREF1\n"
                             ":61:2611201120RD0,5FCHGOURREF2//THEIRREF2\n"
                             ":62F:C261120USD750,50\n-}\n");
    assert_int_equal(seen.items, 2);
    assert_string_equal(seen.item[0].kind, "S103");
    assert_string_equal(seen.item[0].reference, "OURREF1");
    assert_string_equal(seen.item[0].bank_reference, "THEIRREF1");
    assert_int_equal(seen.item[0].amount, -25000);
    assert_false(seen.item[0].reversal);
    assert_int_equal(seen.item[1].amount, 50);
    assert_true(seen.item[1].reversal);
    assert_int_equal(seen.statement[0].statement.closing, 75050);
}

/* What banks make of fields: no currency in the closing balance, lines of :NS:, blanks in the
 * type, a number of ten digits, sub-fields with other marks. */
static void reads_what_banks_make_of_it(void **state)
{
    (void)state;
    struct seen seen = reads(":20:X\n:25:ACC\n:28:1810118101\n:60F:C261120EUR100,00\n"
                             ":61:261120C1,00S   R1\n:NS:01first\n02second\n15Bob\n17booked\n"
                             ":61:261120C1,00NONREF//B1\n:86:^00POSTING^20PAY ^21MENT^32ANN\n"
                             ":62F:C261121102,00\n-\n");
    assert_int_equal(seen.statement[0].statement.number, 1810118101);
    assert_int_equal(seen.statement[0].statement.closing, 10200);
    assert_string_equal(seen.item[0].kind, "S");
    assert_string_equal(seen.item[0].reference, "R1");
    assert_string_equal(seen.item[0].narrative, "first second");
    assert_string_equal(seen.item[0].counterparty, "Bob");
    assert_string_equal(seen.item[1].kind, "");
    assert_string_equal(seen.item[1].reference, "");
    assert_string_equal(seen.item[1].bank_reference, "B1");
    assert_string_equal(seen.item[1].narrative, "PAY MENT");
    assert_string_equal(seen.item[1].counterparty, "ANN");
    assert_refused(refuses(":20:X\n:25:ACC\n:25:BCC\n" TAIL), "sample.sta:3, byte 14, field :25:",
                   "account twice");
}

static void balances_are_checked(void **state)
{
    static const struct {
        const char *text, *place, *what;
    } wrong[] = {
        {HEAD ":60F:C261120EUR1,00\n" TAIL, "sample.sta:5, byte 45, field :60F:", "two opening"},
        {HEAD ":62F:C261120EUR1,00\n" TAIL, "sample.sta:6, byte 65, field :62F:", "two closing"},
        {":20:X\n:25:A\n:60F:X261120EUR1,00\n" TAIL, "sample.sta:3, byte 12, field :60F:", "C or D"},
        {":20:X\n:25:A\n:60F:C261340EUR1,00\n" TAIL, "field :60F:", "no date"},
        {":20:X\n:25:A\n:60F:C261120eur1,00\n" TAIL, "field :60F:", "no currency"},
        {":20:X\n:25:A\n:60F:C261120EUR1,00x\n" TAIL, "field :60F:", "no amount"},
        {":20:X\n:25:A\n:60F:C261120JPY1,50\n" TAIL, "field :60F:", "no amount"},
        {HEAD ":62F:C261120USD1,00\n-\n", "sample.sta:5, byte 45, field :62F:", "currency differs"},
        {HEAD ":61:261120C1,00NTRFA\n", "sample.sta:5, byte 45, field :61:", "truncated"},
        {":20:X\n:25:A\n" TAIL, "sample.sta:1", "no opening balance"},
        {":20:X\n:60F:C261120EUR1,00\n" TAIL, "sample.sta:1", "no account"},
        {":20:X\n:25:A\n:28C:a/b\n" TAIL, "sample.sta:3, byte 12, field :28C:", "digits/digits"},
        {HEAD ":62F:C261121EUR91,00\n:61:261120C1,00NTRFA\n-\n", "field :61:", "behind the closing"},
        {":20:X\n:25:A\n:61:261120C1,00NTRFA\n", "field :61:", "before any opening"},
        {"no statement at all\n", "sample.sta", "no statement"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(refuses(wrong[i].text), wrong[i].place, wrong[i].what);
}

static void line_ends_marks_and_encodings(void **state)
{
    (void)state;
    struct seen plain = reads(HEAD ":61:261120C1,00NTRFR1\n:86:caf\xC3\xA9\n" TAIL);
    struct seen marked = reads("\xEF\xBB\xBF" HEAD ":61:261120C1,00NTRFR1\n:86:caf\xC3\xA9\n" TAIL);
    struct seen latin = reads(HEAD ":61:261120C1,00NTRFR1\n:86:caf\xE9 bar\n" TAIL);
    struct seen gbk = reads(HEAD ":61:261120C1,00NTRFR1\n:86:\xBB\xF5\xBF\xEE\xD6\xD0\xCE\xC4\n" TAIL);
    assert_string_equal(plain.item[0].narrative, "caf\xC3\xA9");
    assert_string_equal(marked.item[0].narrative, "caf\xC3\xA9");
    assert_string_equal(latin.item[0].narrative, "caf\xC3\xA9 bar");
    assert_string_equal(gbk.item[0].narrative, "货款中文");
    struct seen seen = reads(":20:X\r\n:25:A\r\n:60F:C261120EUR1,00\r\n:61:261120C1,00NTRFR1\r\n"
                             ":62F:C261120EUR2,00\r\n-\r\n");
    assert_string_equal(seen.item[0].reference, "R1");
    static const char returns[] = ":20:X\r:25:A\r:60F:C261120EUR1,00\r:61:261120C1,00NTRFR1\r"
                                  ":86:a\rb\r:62F:C261120EUR2,00\r-\r";
    assert_true(mt940_recognise((struct slice){returns, sizeof returns - 1}));
    seen = reads(returns);
    assert_string_equal(seen.item[0].narrative, "a b");
    assert_int_equal(seen.item[0].line, 4);
}

/* Refused where it is cut, with the place; cut only behind the closing balance is complete. */
static void cut_files_are_refused(void **state)
{
    (void)state;
    const char *end = strstr(sample, ":62F:C261121EUR91");
    for (size_t length = 1; length < (size_t)(end - sample); length++) {
        struct seen seen = {0};
        struct error error = ERROR_INIT;
        assert_false(read_bytes(sample, length, &seen, &error));
        assert_true(error.what[0] != '\0' && strstr(error.where, "sample.sta"));
    }
}

/* Two FIN messages, cut: only behind the end of one is the file whole. */
static void cut_messages_are_refused(void **state)
{
    static const char text[] =
        "{1:F01BANK}{2:O940}{4:\n:20:A\n:25:ONE\n:28C:7/1\n:60F:C261120EUR1,00\n"
        ":61:261120C1,00NTRFR1\n:62M:C261120EUR2,00\n-}{5:{CHK:0}}\n"
        "{1:F01BANK}{2:O940}{4:\n:20:A\n:25:ONE\n:28C:7/2\n:60M:C261120EUR2,00\n"
        ":62F:C261120EUR2,00\n:64:C261120EUR2,00\n-}{5:{CHK:0}}\n";
    const char *first = strstr(text, "-}") + 1, *next = strstr(first, "{1:");
    const char *last = strstr(next, "-}") + 1; /* a line of - ends one as well */
    (void)state;
    for (size_t length = 1; length < sizeof text; length++) {
        struct seen seen = {0};
        struct error error = ERROR_INIT;
        const char *at = text + length;
        if (read_bytes(text, length, &seen, &error) != (at >= last || (at >= first && at <= next)))
            fail_msg("cut to %zu bytes: %s", length, error.what);
    }
}

static void long_lines_have_a_limit(void **state)
{
    (void)state;
    struct buffer text = BUFFER_INIT;
    struct seen seen = {0};
    struct error error = ERROR_INIT;
    buffer_format(&text, "%s:61:261120C1,00NTRFR1\n:86:", HEAD);
    for (int i = 0; i < 1 << 20; i++)
        buffer_format(&text, "y");
    buffer_format(&text, "\n%s", TAIL);
    assert_false(read_bytes(buffer_text(&text), text.length, &seen, &error));
    assert_true(strstr(error.what, "longer than"));
    assert_true(strstr(error.where, "sample.sta:6"));
    buffer_free(&text);
}

static void binary_is_refused(void **state)
{
    static const char nul[] = HEAD ":61:261120C1,00NTRF\0R1\n" TAIL;
    struct seen seen = {0};
    struct error error = ERROR_INIT;
    (void)state;
    assert_false(read_bytes(nul, sizeof nul - 1, &seen, &error));
    assert_refused(error, "sample.sta", "byte 64 is NUL");
}

static void the_sinks_failure_ends_it(void **state)
{
    struct seen seen = {.refuse_at = 2};
    struct error error = ERROR_INIT;
    (void)state;
    assert_false(read_bytes(sample, strlen(sample), &seen, &error));
    assert_refused(error, "sink", "full");
    assert_int_equal(seen.items, 1);
    assert_int_equal(seen.statements, 0);
}

static void survives_mutation(void **state)
{
    (void)state;
    survives(sample, sizeof sample - 1, 1);
}

static void recognises_its_own(void **state)
{
    (void)state;
    assert_true(mt940_recognise((struct slice){sample, sizeof sample - 1}));
    assert_false(mt940_recognise((struct slice){"id,date\n1,2\n", 12}));
    /* Not a byte behind the end is looked at: a sanitizer sees it in memory of its own. */
    static const char cut[] = ":20:X\n:34:";
    char *copy = malloc(sizeof cut - 1);
    memcpy(copy, cut, sizeof cut - 1);
    assert_false(mt940_recognise((struct slice){copy, sizeof cut - 1}));
    free(copy);
    assert_false(mt940_recognise((struct slice){"", 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_usual_form),
        cmocka_unit_test(tells_marks_from_funds_codes),
        cmocka_unit_test(reads_amounts_as_banks_write_them),
        cmocka_unit_test(dates_take_the_nearest_year),
        cmocka_unit_test(reads_references_as_banks_write_them),
        cmocka_unit_test(text_behind_the_balance_is_no_line),
        cmocka_unit_test(several_statements_and_pages),
        cmocka_unit_test(interim_reports_state_their_totals),
        cmocka_unit_test(pages_follow_each_other),
        cmocka_unit_test(reads_statements_between_banks),
        cmocka_unit_test(reads_what_banks_make_of_it),
        cmocka_unit_test(balances_are_checked),
        cmocka_unit_test(line_ends_marks_and_encodings),
        cmocka_unit_test(cut_files_are_refused),
        cmocka_unit_test(cut_messages_are_refused),
        cmocka_unit_test(long_lines_have_a_limit),
        cmocka_unit_test(binary_is_refused),
        cmocka_unit_test(the_sinks_failure_ends_it),
        cmocka_unit_test(survives_mutation),
        cmocka_unit_test(recognises_its_own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
