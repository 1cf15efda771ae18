#include "base/buffer.h"
#include "reconcile/formats/camt.h"

#define SAMPLE "sample.xml"
#define READ(source, sink, error) camt_read(source, sink, error)
#include "parsing.h"

#define HEAD(version, message)                                                                     \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                                  \
    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:" version                                      \
    "\"><" message "><GrpHdr><MsgId>M</MsgId></GrpHdr>"
#define ACCOUNT                                                                                    \
    "<Stmt><Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2026-11-20T18:00:00</CreDtTm>"         \
    "<Acct><Id><IBAN>DE40</IBAN></Id><Ccy>EUR</Ccy></Acct>"
#define BALANCE(code, amount, sign, day)                                                           \
    "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" amount "</Amt>" sign   \
    "<Dt><Dt>" day "</Dt></Dt></Bal>"
#define CREDIT "<CdtDbtInd>CRDT</CdtDbtInd>"
#define DEBIT "<CdtDbtInd>DBIT</CdtDbtInd>"
#define BOOKED "<Sts><Cd>BOOK</Cd></Sts>"
#define DATES "<BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-21</Dt></ValDt>"
#define ENTRY(amount, sign, rest)                                                                  \
    "<Ntry><Amt Ccy=\"EUR\">" amount "</Amt>" sign BOOKED DATES rest "</Ntry>"
#define START HEAD("camt.053.001.08", "BkToCstmrStmt") ACCOUNT
#define END "</Stmt></BkToCstmrStmt></Document>"

static void reads_a_statement(void **state)
{
    (void)state;
    struct seen seen = reads(
        START BALANCE("OPBD", "100.00", CREDIT, "2026-11-19")
        BALANCE("CLBD", "0089.50000", CREDIT, "2026-11-20")
        "<Bal><Tp><CdOrPrtry><Cd>CLAV</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">5</Amt></Bal>\n"
        ENTRY("10.5", DEBIT,
              "<AcctSvcrRef>B1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd>"
              "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>"
              "<EndToEndId>E1</EndToEndId></Refs><RltdPties><Dbtr><Nm>Us</Nm></Dbtr><Cdtr><Pty>"
              "<Nm>Them &amp; Sons</Nm></Pty></Cdtr></RltdPties><RmtInf><Ustrd>invoice</Ustrd>"
              "<Ustrd>of May</Ustrd></RmtInf></TxDtls></NtryDtls>") END);
    assert_int_equal(seen.items, 1);
    assert_int_equal(seen.item[0].amount, -1050);
    assert_int_equal(seen.item[0].value_date, day(2026, 11, 21));
    assert_int_equal(seen.item[0].book_date, day(2026, 11, 20));
    assert_int_equal(seen.item[0].line, 3);
    assert_string_equal(seen.item[0].kind, "PMNT-ICDT-ESCT");
    assert_string_equal(seen.item[0].reference, "E1");
    assert_string_equal(seen.item[0].bank_reference, "B1");
    assert_string_equal(seen.item[0].counterparty, "Them & Sons");
    assert_string_equal(seen.item[0].narrative, "invoice of May");
    const struct statement *statement = &seen.statement[0].statement;
    assert_int_equal(statement->opening, 10000);
    assert_int_equal(statement->closing, 8950);
    assert_int_equal(statement->available, 500);
    assert_int_equal(statement->open_date, day(2026, 11, 19));
    assert_int_equal(statement->number, 7);
    assert_int_equal(statement->kind, STATEMENT_BOOKED);
    assert_string_equal(seen.statement[0].account, "DE40");
    assert_string_equal(seen.statement[0].reference, "S1");
    assert_int_equal(seen.controls, 0);
}

/* Names of elements carry the versions; prefixes and envelopes say nothing. */
static void reads_all_versions(void **state)
{
    static const char old[] =
        "<e:Envelope xmlns:e=\"x\"><e:Body><c:Document xmlns:c=\"urn:iso:std:iso:20022:tech:xsd:"
        "camt.05%s.001.%02d\"><c:%s><c:%s><c:Id>R</c:Id><c:CreDtTm>2026-11-20T18:00:00</c:CreDtTm>"
        "<c:Acct><c:Id><c:%s><c:Id>ACC</c:Id></c:%s></c:Id></c:Acct><c:Ntry>"
        "<c:Amt Ccy=\"CNY\">1.00</c:Amt><c:CdtDbtInd>CRDT</c:CdtDbtInd><c:Sts>%s</c:Sts>"
        "</c:Ntry></c:%s></c:%s></c:Document></e:Body></e:Envelope>";
    static const struct {
        const char *kind, *message, *part;
        enum statement_kind is;
    } kinds[] = {{"2", "BkToCstmrAcctRpt", "Rpt", STATEMENT_INTERIM},
                 {"3", "BkToCstmrStmt", "Stmt", STATEMENT_BOOKED},
                 {"4", "BkToCstmrDbtCdtNtfctn", "Ntfctn", STATEMENT_ADVICE}};
    (void)state;
    for (size_t kind = 0; kind < 3; kind++)
        for (int version = 1; version <= 13; version++) {
            char text[1200], message[40];
            const char *account = version == 1 ? "PrtryAcct" : "Othr";
            snprintf(message, sizeof message, "%s%s", kinds[kind].message,
                     version == 1 ? "V01" : "");
            snprintf(text, sizeof text, old, kinds[kind].kind, version, message, kinds[kind].part,
                     account, account, version < 3 ? "BOOK" : "<c:Cd>BOOK</c:Cd>",
                     kinds[kind].part, message);
            struct seen seen = reads(text);
            assert_true(camt_recognise((struct slice){text, strlen(text)}));
            assert_int_equal(seen.items, 1);
            assert_int_equal(seen.sum, 100);
            assert_int_equal(seen.item[0].value_date, day(2026, 11, 20)); /* of CreDtTm */
            assert_int_equal(seen.statement[0].statement.kind, kinds[kind].is);
            assert_string_equal(seen.statement[0].account, "ACC");
        }
}

static void only_booked_entries_are_lines(void **state)
{
    static const char *const others[] = {"<Sts>PDNG</Sts>", "<Sts><Cd>INFO</Cd></Sts>",
                                         "<Sts><Prtry>OWN</Prtry></Sts>", "<Sts><Cd>FUTR</Cd></Sts>"};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char text[1000];
        snprintf(text, sizeof text,
                 START "<Ntry><Amt Ccy=\"EUR\">5.00</Amt>" DEBIT "%s</Ntry>" END, others[i]);
        struct seen seen = reads(text);
        assert_int_equal(seen.items, 0);
        assert_int_equal(seen.statement[0].statement.pending_count, 1);
        assert_int_equal(seen.statement[0].statement.pending_sum, -500);
    }
    assert_int_equal(reads(START "<Ntry><Amt Ccy=\"EUR\">5</Amt>" CREDIT DATES "</Ntry>" END).items,
                     1);
}

static void references_in_their_order(void **state)
{
    static const char *const elements[] = {"EndToEndId", "UETR", "TxId", "InstrId", "AcctSvcrRef"};
    (void)state;
    for (size_t from = 0; from <= 5; from++) {
        struct buffer text = BUFFER_INIT;
        buffer_add(&text, START "<Ntry><Amt Ccy=\"EUR\">5</Amt>" CREDIT BOOKED DATES
                          "<NtryDtls><TxDtls><Refs>");
        buffer_add(&text, from ? "<EndToEndId>NOTPROVIDED</EndToEndId>" : "");
        for (size_t i = from; i < 5; i++)
            buffer_format(&text, "<%s>R-%s</%s>", elements[i], elements[i], elements[i]);
        buffer_add(&text, "</Refs><RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd>"
                          "</RmtInf></TxDtls></NtryDtls></Ntry>" END);
        struct seen seen = reads(buffer_text(&text));
        assert_string_equal(seen.item[0].reference + (from < 5 ? 2 : 0),
                            from < 5 ? elements[from] : "RF18");
        assert_string_equal(seen.item[0].narrative, "RF18");
        buffer_free(&text);
    }
}

#define DETAIL(name, amount) "<TxDtls><Refs><EndToEndId>" name "</EndToEndId></Refs>" amount "</TxDtls>"
#define AMT(amount) "<Amt Ccy=\"EUR\">" amount "</Amt>" DEBIT

static void a_batch_is_its_details(void **state)
{
    (void)state;
    struct seen seen = reads(START ENTRY("3.00", DEBIT,
        "<NtryDtls><Btch><PmtInfId>P1</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"
        DETAIL("E1", AMT("1.00")) DETAIL("E2", "<AmtDtls><InstdAmt><Amt Ccy=\"USD\">9</Amt>"
        "</InstdAmt><TxAmt><Amt Ccy=\"EUR\">2</Amt></TxAmt></AmtDtls>") "</NtryDtls>") END);
    assert_int_equal(seen.items, 2);
    assert_int_equal(seen.item[0].amount, -100);
    assert_int_equal(seen.item[1].amount, -200);
    assert_string_equal(seen.item[0].reference, "E1");
    assert_string_equal(seen.item[1].reference, "E2");
    assert_string_equal(seen.item[1].batch, "P1");
    assert_int_equal(seen.item[1].batch_count, 0);
    assert_int_equal(seen.broken, 0);
}

/* Only what is wrong about one line is reported. */
static void a_batch_that_does_not_add_up(void **state)
{
    (void)state;
    struct seen seen = reads(START ENTRY("3.01", DEBIT,
        "<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch>" DETAIL("E1", AMT("1.00"))
        DETAIL("E2", AMT("2.00")) "</NtryDtls>") END);
    assert_int_equal(seen.items, 1);
    assert_int_equal(seen.sum, -301);
    assert_int_equal(seen.item[0].batch_count, 2);
    assert_int_equal(seen.broken, 2);
    struct control sum = find_control(&seen, CONTROL_BATCH_SUM, "Ntry/Amt");
    assert_int_equal(sum.expected, -301);
    assert_int_equal(sum.found, -300);
    assert_int_equal(find_control(&seen, CONTROL_BATCH_COUNT, "Btch/NbOfTxs").found, 2);
    /* The difference is the charges; details in another currency cannot be compared. */
    seen = reads(START ENTRY("3.01", DEBIT,
        "<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">0.01</TtlChrgsAndTaxAmt></Chrgs><NtryDtls>"
        DETAIL("E1", AMT("1.00")) DETAIL("E2", AMT("2.00")) "</NtryDtls>")
        ENTRY("9.00", DEBIT, "<NtryDtls>" DETAIL("E3", "<Amt Ccy=\"USD\">4</Amt>")
        DETAIL("E4", "<Amt Ccy=\"USD\">5</Amt>") "</NtryDtls>") END);
    assert_int_equal(seen.items, 2);
    assert_int_equal(seen.controls, 0);
}

static void details_that_come_elsewhere(void **state)
{
    (void)state;
    struct seen seen = reads(START ENTRY("3.00", CREDIT,
        "<AcctSvcrRef>B9</AcctSvcrRef><NtryDtls><Btch><MsgId>M9</MsgId><PmtInfId>P9</PmtInfId>"
        "<NbOfTxs>20</NbOfTxs></Btch></NtryDtls>") END);
    assert_int_equal(seen.items, 1);
    assert_int_equal(seen.item[0].batch_count, 20);
    assert_string_equal(seen.item[0].batch, "P9");
    assert_string_equal(seen.item[0].reference, "P9");
    assert_string_equal(seen.item[0].bank_reference, "B9");
}

/* More details than wait for the end of their entry. */
static void large_batches_stream(void **state)
{
    struct buffer text = BUFFER_INIT;
    (void)state;
    buffer_add(&text, START "<Ntry><Amt Ccy=\"EUR\">100.00</Amt>" CREDIT BOOKED DATES "<NtryDtls>");
    for (int i = 0; i < 10000; i++)
        buffer_format(&text, "<TxDtls><Refs><EndToEndId>E%d</EndToEndId></Refs><Amt Ccy=\"EUR\">"
                             "0.01</Amt></TxDtls>", i);
    buffer_add(&text, "</NtryDtls></Ntry>" END);
    struct seen seen = reads(buffer_text(&text));
    assert_int_equal(seen.items, 10000);
    assert_int_equal(seen.sum, 10000);
    assert_int_equal(seen.broken, 0);
    buffer_free(&text);
}

static void totals_are_reported(void **state)
{
    static const char summary[] =
        "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>7.00</Sum><TtlNetNtry><Amt>3.0</Amt>"
        CREDIT "</TtlNetNtry></TtlNtries><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>5.00</Sum>"
        "</TtlCdtNtries><TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>%s</Sum></TtlDbtNtries>"
        "</TxsSummry>";
    char inner[1000], text[4000];
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        snprintf(inner, sizeof inner, summary, wrong ? "2.01" : "2.00");
        snprintf(text, sizeof text, START "%s" ENTRY("5", CREDIT, "") ENTRY("2", DEBIT, "") END,
                 inner);
        struct seen seen = reads(text);
        assert_int_equal(seen.controls, 7);
        assert_int_equal(seen.broken, wrong);
        assert_int_equal(find_control(&seen, CONTROL_NET, "TtlNetNtry").expected, 300);
        assert_int_equal(find_control(&seen, CONTROL_DEBIT_SUM, "TtlDbtNtries").found, 200);
    }
}

static void balances_of_all_kinds(void **state)
{
    (void)state;
    struct seen seen = reads(START BALANCE("PRCD", "2", "", "2026-11-19")
                             BALANCE("OPBD", "1", DEBIT, "2026-11-19") END);
    assert_true(seen.statement[0].statement.has_previous);
    assert_int_equal(seen.statement[0].statement.previous, 200); /* no indicator: a credit */
    assert_int_equal(seen.statement[0].statement.opening, -100);
    assert_int_equal(find_control(&seen, CONTROL_OPENING, "PRCD").expected, 200);
    seen = reads(START BALANCE("PRCD", "2", CREDIT, "2026-11-19") END);
    assert_int_equal(seen.statement[0].statement.opening, 200);
    /* Pages: the interim balances stand where the booked ones do not. */
    seen = reads(START "<StmtPgntn><PgNb>2</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"
                 BALANCE("ITBD", "3", CREDIT, "2026-11-20") BALANCE("ITBD", "4", CREDIT, "2026-11-20")
                 END);
    assert_int_equal(seen.statement[0].statement.opening, 300);
    assert_int_equal(seen.statement[0].statement.closing, 400);
    assert_int_equal(seen.statement[0].statement.page, 2);
    assert_true(seen.statement[0].statement.opening_interim);
    assert_true(seen.statement[0].statement.closing_interim);
}

static void pages_follow_each_other(void **state)
{
    static const char page[] = "<StmtPgntn><PgNb>%d</PgNb><LastPgInd>%s</LastPgInd></StmtPgntn>";
    char text[4000], first[200], second[200];
    (void)state;
    for (int next = 2; next <= 3; next++) {
        snprintf(first, sizeof first, page, 1, "false");
        snprintf(second, sizeof second, page, next, "true");
        snprintf(text, sizeof text, START "%s</Stmt>" ACCOUNT "%s" END, first, second);
        struct seen seen = reads(text);
        assert_int_equal(seen.statements, 2);
        assert_int_equal(find_control(&seen, CONTROL_PAGE, "PgNb").found, next);
        assert_int_equal(seen.broken, next == 3);
    }
}

/* Each currency of a Stmt is a statement; each Stmt names its own account. */
static void several_currencies_and_accounts(void **state)
{
    (void)state;
    struct seen seen = reads(START ENTRY("1", CREDIT, "")
        "<Ntry><Amt Ccy=\"JPY\">500</Amt>" DEBIT BOOKED DATES "</Ntry></Stmt>"
        "<Stmt><Id>S2</Id><Acct><Id><Othr><Id>OTHER</Id></Othr></Id></Acct>" ENTRY("2", CREDIT, "")
        END);
    assert_int_equal(seen.statements, 3);
    assert_string_equal(seen.statement[1].statement.currency, "JPY");
    assert_int_equal(seen.statement[1].statement.movement, -500);
    assert_int_equal(seen.item[1].statement, seen.statement[1].statement.position);
    assert_string_equal(seen.statement[2].account, "OTHER");
}

static void reversals_are_marked(void **state)
{
    (void)state;
    struct seen seen = reads(START ENTRY("1", CREDIT, "<RvslInd>true</RvslInd><NtryDtls><TxDtls>"
        "<RltdPties><Cdtr><Nm>Them</Nm></Cdtr></RltdPties></TxDtls></NtryDtls>") END);
    assert_true(seen.item[0].reversal);
    assert_int_equal(seen.sum, 100);
    assert_string_equal(seen.item[0].counterparty, "Them");
}

static void amounts_are_exact(void **state)
{
    (void)state;
    assert_int_equal(reads(START ENTRY("8.85000", CREDIT, "") END).sum, 885);
    assert_int_equal(reads(START ENTRY("0008", CREDIT, "") END).sum, 800);
    assert_refused(refuses(START ENTRY("8.851", CREDIT, "") END), "sample.xml:2, byte",
                   "decimals that its currency does not");
    assert_refused(refuses(START "\n" ENTRY("-8", CREDIT, "") END), "sample.xml:3, byte 314",
                   "digits");
    assert_refused(refuses(START ENTRY("1,00", CREDIT, "") END), "field Ntry/Amt", "digits");
    assert_refused(refuses(START ENTRY("99999999999999999999", CREDIT, "") END), "field Ntry/Amt",
                   "too large");
}

static void refuses_with_a_reason(void **state)
{
    (void)state;
    assert_refused(refuses("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), "field DOCTYPE",
                   "document type");
    assert_refused(refuses(START ENTRY("1", CREDIT, "")), "sample.xml:2", "broken or truncated");
    assert_refused(refuses(START ENTRY("1", "", "") END), "field Ntry/CdtDbtInd", "neither CRDT");
    assert_refused(refuses(START ENTRY("1", "<CdtDbtInd>C</CdtDbtInd>", "") END),
                   "field CdtDbtInd", "neither CRDT");
    assert_refused(refuses(START ENTRY("1", CREDIT DEBIT, "") END), "field Ntry/CdtDbtInd", "twice");
    assert_refused(refuses(START ENTRY("1", CREDIT "<Amt Ccy=\"EUR\">2</Amt>", "") END),
                   "field Ntry/Amt", "twice");
    assert_refused(refuses(START "<Ntry><Amt>1</Amt></Ntry>" END), "field Amt", "currency");
    assert_refused(refuses(START "<Ntry><Amt Ccy=\"eur\">1</Amt></Ntry>" END), "field Amt",
                   "three capitals");
    assert_refused(refuses(START "<Ntry><Amt Ccy=\"EUR\">1</Amt>" CREDIT
                           "<ValDt><Dt>2026-02-30</Dt></ValDt></Ntry>" END),
                   "field ValDt", "no date");
    assert_refused(refuses(START "<Ntry><Amt Ccy=\"EUR\">1</Amt>" CREDIT
                           "<ValDt><Dt>0206-11-20</Dt></ValDt></Ntry>" END),
                   "field ValDt", "no year");
    assert_refused(refuses(HEAD("camt.053.001.02", "BkToCstmrStmt") "</BkToCstmrStmt></Document>"),
                   "sample.xml", "holds no statement");
    assert_refused(refuses("<Document><Other/></Document>"), "sample.xml", "no camt");
    assert_refused(refuses(HEAD("camt.053.001.02", "BkToCstmrStmt") "<Stmt><Id>1</Id></Stmt>"
                           "</BkToCstmrStmt></Document>"), "field Acct/Id", "no account");
}

/* The declaration lies as often as not: the content tells UTF-8. */
static void encodings_are_those_of_the_content(void **state)
{
    static const struct {
        const char *declared, *bytes, *text;
    } cases[] = {{"ISO-8859-1", "\xC3\xBC", "\xC3\xBC"},
                 {"ISO-8859-1", "M\xFCller", "M\xC3\xBCller"},
                 {"GB18030", "\xD6\xD0\xB9\xFA", "\xE4\xB8\xAD\xE5\x9B\xBD"},
                 {"UTF-8", "\xD6\xD0\xB9\xFA\xD2\xF8\xD0\xD0", "\xE4\xB8\xAD\xE5\x9B\xBD"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[2000];
        snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding=\"%s\"?>%s%s%s%s",
                 cases[i].declared, strchr(START, '\n'),
                 "<Ntry><Amt Ccy=\"EUR\">1</Amt>" CREDIT BOOKED DATES "<AddtlNtryInf>",
                 cases[i].bytes, "</AddtlNtryInf></Ntry>" END);
        struct seen seen = reads(text);
        assert_int_equal(strncmp(seen.item[0].narrative, cases[i].text, strlen(cases[i].text)), 0);
    }
}

static void lines_are_counted_over_blocks(void **state)
{
    struct buffer text = BUFFER_INIT;
    (void)state;
    buffer_add(&text, START "\n");
    for (int i = 0; i < 5000; i++) /* more than a block of 256 KiB */
        buffer_add(&text, "<!-- a comment of some length between the entries -->\n");
    buffer_add(&text, ENTRY("1", CREDIT, "") END);
    assert_int_equal(reads(buffer_text(&text)).item[0].line, 5003);
    buffer_free(&text);
}

static void the_sink_can_stop(void **state)
{
    struct seen seen = {.refuse_at = 1};
    struct error error = ERROR_INIT;
    static const char text[] = START ENTRY("1", CREDIT, "") END;
    (void)state;
    assert_false(read_bytes(text, sizeof text - 1, &seen, &error));
    assert_int_equal(error.kind, ERROR_SYSTEM);
    assert_string_equal(error.what, "full");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_statement),
        cmocka_unit_test(reads_all_versions),
        cmocka_unit_test(only_booked_entries_are_lines),
        cmocka_unit_test(references_in_their_order),
        cmocka_unit_test(a_batch_is_its_details),
        cmocka_unit_test(a_batch_that_does_not_add_up),
        cmocka_unit_test(details_that_come_elsewhere),
        cmocka_unit_test(large_batches_stream),
        cmocka_unit_test(totals_are_reported),
        cmocka_unit_test(balances_of_all_kinds),
        cmocka_unit_test(pages_follow_each_other),
        cmocka_unit_test(several_currencies_and_accounts),
        cmocka_unit_test(reversals_are_marked),
        cmocka_unit_test(amounts_are_exact),
        cmocka_unit_test(refuses_with_a_reason),
        cmocka_unit_test(encodings_are_those_of_the_content),
        cmocka_unit_test(lines_are_counted_over_blocks),
        cmocka_unit_test(the_sink_can_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
