#include "reconcile/formats/ofx.h"

#define SAMPLE "sample.ofx"
#define READ(source, sink, error) ofx_read(source, sink, error)
#include "parsing.h"

#define HEADER "OFXHEADER:100\nDATA:OFXSGML\nENCODING:USASCII\nCHARSET:1252\n\n"
#define OPEN "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1"                \
             "<ACCTID>ACC1</BANKACCTFROM>"
#define LIST "<BANKTRANLIST><DTSTART>20261101<DTEND>20261120120000.000[-5:EST]"
#define LINE "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261119235959[-5:EST]<TRNAMT>10.50<FITID>F1"       \
             "<NAME>Them<MEMO>invoice</STMTTRN>"
#define CLOSE "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
#define WITH(line) HEADER OPEN LIST line "</BANKTRANLIST>" CLOSE

static void check_line(const struct seen *seen)
{
    assert_int_equal(seen->items, 1);
    assert_int_equal(seen->item[0].amount, 1050);
    assert_int_equal(seen->item[0].value_date, day(2026, 11, 19)); /* the bank's day */
    assert_string_equal(seen->item[0].kind, "CREDIT");
    assert_string_equal(seen->item[0].source_id, "F1");
    assert_string_equal(seen->item[0].bank_reference, "F1");
    assert_string_equal(seen->item[0].counterparty, "Them");
    assert_string_equal(seen->item[0].narrative, "invoice");
    assert_string_equal(seen->statement[0].account, "ACC1");
}

static void reads_sgml_and_xml(void **state)
{
    static const char head[] = HEADER OPEN;
    (void)state;
    assert_true(ofx_recognise((struct slice){head, sizeof head - 1}));
    struct seen seen = reads(HEADER OPEN LIST "\n" LINE "</BANKTRANLIST><LEDGERBAL><BALAMT>-7.25"
                             "<DTASOF>20261121</LEDGERBAL><AVAILBAL><BALAMT>5<DTASOF>20261121"
                             "</AVAILBAL>" CLOSE);
    check_line(&seen);
    const struct statement *statement = &seen.statement[0].statement;
    assert_int_equal(seen.item[0].line, 7);
    assert_int_equal(statement->closing, -725);
    assert_false(statement->has_opening);
    assert_int_equal(statement->available, 500);
    assert_int_equal(statement->open_date, day(2026, 11, 1));
    assert_int_equal(statement->close_date, day(2026, 11, 21));
    seen = reads(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?OFX OFXHEADER=\"200\" VERSION=\"211\"?>\n<OFX>"
        "<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD</CURDEF><BANKACCTFROM><ACCTID>ACC1</ACCTID>"
        "</BANKACCTFROM><BANKTRANLIST><DTSTART>20261101</DTSTART><DTEND>20261120</DTEND><!-- a > b -->"
        "<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20261119</DTPOSTED><TRNAMT>+10.50</TRNAMT>"
        "<FITID>F1</FITID><NAME><![CDATA[Them]]></NAME><MEMO>\n invoice </MEMO></STMTTRN>"
        "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>");
    check_line(&seen);
    assert_int_equal(seen.statement[0].statement.close_date, day(2026, 11, 20));
}

static void cards_and_several_accounts(void **state)
{
    (void)state;
    struct seen seen = reads(
        HEADER "<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>CNY<CCACCTFROM><ACCTID>CARD"
        "</CCACCTFROM>" LIST LINE "</BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1>"
        "<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>JPY<BANKACCTFROM><ACCTID>TWO</BANKACCTFROM>"
        "<LEDGERBAL><BALAMT>500<DTASOF>20261121</LEDGERBAL>" CLOSE);
    assert_int_equal(seen.statements, 2);
    assert_string_equal(seen.statement[0].account, "CARD");
    assert_string_equal(seen.statement[1].account, "TWO");
    assert_int_equal(seen.statement[1].statement.closing, 500);
    assert_int_equal(seen.item[0].statement, 1);
}

static void texts_as_banks_write_them(void **state)
{
    (void)state;
    struct seen seen = reads(
        WITH("<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20261119<TRNAMT>-1<FITID><CHECKNUM>0319"
             "<PAYEE><NAME>AT&T &amp; Sons &#20013;&#x56FD;</PAYEE><MEMO>a &lt; b &unknown; "
             "<![CDATA[<c>]]> d</STMTTRN>"
             "<STMTTRN><TRNTYPE>POS<DTPOSTED>20261119<TRNAMT>-1<CHECKNUM>0<REFNUM>R7<NAME>Shop"
             "<EXTDNAME>Shop with a long name</STMTTRN>"));
    assert_string_equal(seen.item[0].counterparty, "AT&T & Sons \xE4\xB8\xAD\xE5\x9B\xBD");
    assert_string_equal(seen.item[0].narrative, "a < b &unknown; <c> d");
    assert_string_equal(seen.item[0].source_id, "");
    assert_string_equal(seen.item[0].reference, "0319");
    assert_string_equal(seen.item[1].reference, "R7");
    assert_string_equal(seen.item[1].counterparty, "Shop with a long name");
    assert_string_equal(seen.item[1].narrative, "Shop with a long name");
}

static void the_header_may_lie_about_the_encoding(void **state)
{
    (void)state;
    assert_string_equal(reads(WITH("<STMTTRN><DTPOSTED>20261119<TRNAMT>1<MEMO>\xE4\xB8\xAD\xE5\x9B\xBD"
                                   "</STMTTRN>")).item[0].narrative, "\xE4\xB8\xAD\xE5\x9B\xBD");
    assert_string_equal(reads(WITH("<STMTTRN><DTPOSTED>20261119<TRNAMT>1<MEMO>\xD6\xD0\xB9\xFA"
                                   "</STMTTRN>")).item[0].narrative, "\xE4\xB8\xAD\xE5\x9B\xBD");
    assert_string_equal(reads(WITH("<STMTTRN><DTPOSTED>20261119<TRNAMT>1<MEMO>M\xFCller"
                                   "</STMTTRN>")).item[0].narrative, "M\xC3\xBCller");
}

static void amounts_as_banks_write_them(void **state)
{
    static const struct {
        const char *text;
        int64_t amount;
    } amounts[] = {{"1", 100}, {"+1.5", 150}, {"-00000012.5000", -1250}, {"3,25", 325},
                   {"1,234.56", 123456}, {"-0.01", -1}};
    static const char *const wrong[] = {"", "$120", "1.234,56", "1,234", "1.234", "1.000", "abc", "1e5",
                                        "99999999999999999999"};
    char text[1000];
    (void)state;
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        snprintf(text, sizeof text, WITH("<STMTTRN><DTPOSTED>20261119<TRNAMT>%s</STMTTRN>"),
                 amounts[i].text);
        assert_int_equal(reads(text).sum, amounts[i].amount);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(text, sizeof text, WITH("<STMTTRN><DTPOSTED>20261119<TRNAMT>%s</STMTTRN>"),
                 wrong[i]);
        assert_refused(refuses(text), "field TRNAMT", "decimals of its currency");
    }
    assert_refused(refuses(WITH("<STMTTRN><DTPOSTED>02061119<TRNAMT>1</STMTTRN>")), "field DTPOSTED",
                   "no date");
    snprintf(text, sizeof text, WITH("<STMTTRN><DTPOSTED>20261119<TRNAMT>%070d</STMTTRN>"), 5);
    assert_refused(refuses(text), "field TRNAMT", "decimals of its currency");
}

/* A bank that leaves out signs; a debit that was taken back. */
static void debits_have_signs(void **state)
{
    static const char out[] = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261119<TRNAMT>5</STMTTRN>";
    char text[1000];
    (void)state;
    snprintf(text, sizeof text, WITH("%s"), out);
    assert_refused(refuses(text), "field TRNAMT", "signs were left out");
    snprintf(text, sizeof text, WITH("%s<STMTTRN><DTPOSTED>20261119<TRNAMT>-7</STMTTRN>"), out);
    assert_int_equal(reads(text).sum, -200);
}

/* An empty balance is none; pending lines are counted; a line's currency may be the only one. */
static void what_is_left_out(void **state)
{
    (void)state;
    struct seen seen = reads(
        HEADER "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF></CURDEF><BANKACCTFROM><ACCTID>A"
        "</BANKACCTFROM><BANKTRANLIST><STMTTRN><DTPOSTED>20261119<TRNAMT>1<CURRENCY><CURRATE>1"
        "<CURSYM>AUD</CURRENCY></STMTTRN></BANKTRANLIST><BANKTRANLISTP><STMTTRNP><TRNTYPE>POS"
        "<DTTRAN>20261120<TRNAMT>-2</STMTTRNP></BANKTRANLISTP><LEDGERBAL><BALAMT></BALAMT><DTASOF>"
        "</DTASOF></LEDGERBAL>" CLOSE);
    assert_string_equal(seen.statement[0].statement.currency, "AUD");
    assert_int_equal(seen.items, 1);
    assert_int_equal(seen.statement[0].statement.pending_count, 1);
    assert_int_equal(seen.statement[0].statement.pending_sum, -200);
    assert_false(seen.statement[0].statement.has_closing);
}

static void refuses_with_a_reason(void **state)
{
    static const struct {
        const char *text, *place, *what;
    } wrong[] = {
        {HEADER "<OFX></OFX>", "sample.ofx:6", "holds no statement"},
        {HEADER OPEN LIST LINE, "field OFX", "truncated"},
        {HEADER "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>wrong "
                "password</STATUS></SONRS></SIGNONMSGSRSV1></OFX>",
         "field STATUS", "error 15500: wrong password"},
        {HEADER "<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><DTASOF>20261120</INVSTMTRS></OFX>",
         "field INVSTMTRS", "investment statement"},
        {WITH("<STMTTRN><TRNAMT>1</STMTTRN>"), "field DTPOSTED", "no date"},
        {WITH("<STMTTRN><DTPOSTED>20260231<TRNAMT>1</STMTTRN>"), "sample.ofx:6, byte", "no date"},
        {WITH("<STMTTRN><DTPOSTED>201120000000<TRNAMT>1</STMTTRN>"), "field DTPOSTED", "no date"},
        {WITH("<STMTTRN><DTPOSTED>20261119<TRNAMT>1<CURRENCY><CURSYM>EUR</CURRENCY></STMTTRN>"),
         "field CURSYM", "currency of the account"},
        {WITH("<STMTTRN><DTPOSTED>20261119<TRNAMT>1<CORRECTACTION>DELETE</STMTTRN>"),
         "field CORRECTFITID", "delivered before"},
        {WITH("<STMTTRN><DTPOSTED>20261119<TRNAMT>1<STMTTRN>"), "field STMTTRN", "not closed"},
        {HEADER "<OFX><STATUS><STMTRS><CURDEF>USD</STATUS></OFX>", "field STATUS", "not closed"},
        {HEADER OPEN "<STATUS>" OPEN CLOSE, "field STMTRS", "not closed"},
        {HEADER "<!DOCTYPE OFX [<!ENTITY a \"b\">]>" OPEN CLOSE, "field DOCTYPE", "document type"},
        {HEADER "<OFX><BANKMSGSRSV1><STMTRS><CURDEF>USD</STMTRS></OFX>", "field ACCTID", "account"},
        {HEADER "<OFX><STMTRS><BANKACCTFROM><ACCTID>1</BANKACCTFROM></STMTRS></OFX>", "field CURDEF",
         "no currency"},
        {HEADER "<OFX><STMTRS><CURDEF>dollar</STMTRS></OFX>", "field CURDEF", "three capitals"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(refuses(wrong[i].text), wrong[i].place, wrong[i].what);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sgml_and_xml),
        cmocka_unit_test(cards_and_several_accounts),
        cmocka_unit_test(texts_as_banks_write_them),
        cmocka_unit_test(the_header_may_lie_about_the_encoding),
        cmocka_unit_test(amounts_as_banks_write_them), cmocka_unit_test(debits_have_signs),
        cmocka_unit_test(what_is_left_out),
        cmocka_unit_test(refuses_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
