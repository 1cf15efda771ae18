#include "parse_files.h"

void parse_files_mt940(FILE *out, int lines)
{
    long long sum = 0;
    fputs(":20:BENCH\r\n:25:DE40500105178812345678\r\n:28C:1/1\r\n:60F:C261120EUR0,00\r\n", out);
    for (int i = 1; i <= lines; i++) {
        fprintf(out, ":61:2611201120C%d,%02dNTRFREF%012d//BANK%08d\r\n:86:166?00TRANSFER"
                     "?20EREF+INV%09d?21invoice of May?32Example Trading Ltd\r\n",
                i, i % 100, i, i, i);
        sum += i * 100LL + i % 100;
    }
    fprintf(out, ":62F:C261120EUR%lld,%02lld\r\n-\r\n", sum / 100, sum % 100);
}

static void write_camt_head(FILE *out)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n"
          "<BkToCstmrStmt><GrpHdr><MsgId>BENCH</MsgId><CreDtTm>2026-11-20T18:00:00</CreDtTm>"
          "</GrpHdr>\n<Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb>"
          "<CreDtTm>2026-11-20T18:00:00</CreDtTm><Acct><Id><IBAN>DE40500105178812345678</IBAN>"
          "</Id><Ccy>EUR</Ccy></Acct>\n<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>"
          "<Amt Ccy=\"EUR\">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-19</Dt></Dt>"
          "</Bal>\n", out);
}

static void write_camt_tail(FILE *out, long long sum)
{
    fprintf(out,
            "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">%lld.%02lld</Amt>"
            "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>\n"
            "</Stmt></BkToCstmrStmt></Document>\n",
            sum / 100, sum % 100);
}

/* What stands before the details of an entry. */
static void write_camt_entry(FILE *out, long long amount, int number)
{
    fprintf(out,
            "<Ntry><Amt Ccy=\"EUR\">%lld.%02lld</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd>"
            "</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt>"
            "<AcctSvcrRef>BANK%08d</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
            "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>",
            amount / 100, amount % 100, number);
}

void parse_files_camt(FILE *out, int lines)
{
    long long sum = 0;
    write_camt_head(out);
    for (int i = 1; i <= lines; i++) {
        write_camt_entry(out, i, i);
        fprintf(out,
                "<TxDtls><Refs><EndToEndId>INV%09d</EndToEndId></Refs><RltdPties><Dbtr><Pty>"
                "<Nm>Example Trading Ltd</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>"
                "DE02120300000000202051</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>invoice "
                "of May %09d</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n",
                i, i);
        sum += i;
    }
    write_camt_tail(out, sum);
}

void parse_files_camt_batch(FILE *out, int lines)
{
    long long sum = 0;
    write_camt_head(out);
    for (int i = 0; i < lines; i += 100) {
        write_camt_entry(out, 10000, i);
        for (int j = 1; j <= 100; j++)
            fprintf(out,
                    "<TxDtls><Refs><EndToEndId>INV%09d</EndToEndId></Refs><Amt Ccy=\"EUR\">1.00"
                    "</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Nm>Example Trading Ltd"
                    "</Nm></Dbtr><DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct>"
                    "</RltdPties><RmtInf><Ustrd>invoice of May %09d</Ustrd></RmtInf></TxDtls>\n",
                    i + j, i + j);
        fputs("</NtryDtls></Ntry>\n", out);
        sum += 10000;
    }
    write_camt_tail(out, sum);
}

void parse_files_bai2(FILE *out, int lines)
{
    long long sum = 0;
    fputs("01,122099999,123456789,261120,0200,1,,,2/\n"
          "02,031001234,122099999,1,261120,2359,USD,2/\n03,0123456789,,010,0,,/\n", out);
    for (int i = 1; i <= lines; i++) {
        fprintf(out, "16,142,%d,Z,BANK%08d,INV%09d,TRANSFER OF EXAMPLE TRADING LTD/\n"
                     "88,invoice of May %09d/\n",
                i, i, i, i);
        sum += i;
    }
    fprintf(out, "49,%lld,%d/\n98,%lld,1,%d/\n99,%lld,1,%d/\n", sum, 2 * lines + 2, sum,
            2 * lines + 4, sum, 2 * lines + 6);
}

void parse_files_ofx(FILE *out, int lines)
{
    fputs("OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
          "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD\n"
          "<BANKACCTFROM><ACCTID>0123456789</BANKACCTFROM>\n"
          "<BANKTRANLIST><DTSTART>20261101<DTEND>20261120\n", out);
    for (int i = 1; i <= lines; i++)
        fprintf(out, "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261120120000<TRNAMT>%d.%02d"
                     "<FITID>BANK%08d<NAME>Example Trading Ltd<MEMO>invoice of May %09d</STMTTRN>\n",
                i, i % 100, i, i);
    fputs("</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n", out);
}

void parse_files_csv(FILE *out, int lines)
{
    fputs("id,value_date,account,ccy,dc,amount_minor,ref,narrative\n", out);
    for (int i = 1; i <= lines; i++)
        fprintf(out, "L%08d,20261120,A%03d,CNY,%c,%d,TX20261120%012d,transfer of line %d\n", i,
                i % 7, i & 1 ? 'C' : 'D', i, i, i);
}
