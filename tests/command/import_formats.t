#!/bin/sh
# Statements that are no tables, into the database: read whole or refused with their place.
. "$(dirname "$0")/lib.sh"
plan 36

teller_bank "INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES ('nostro', 'Nostro', 'nostro', 1);
             INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
             SELECT lane_id, 1, 'GL' || a, a, 'USD'
               FROM bank.recon_lane, unnest(ARRAY['CAMT', 'BAI', 'OFX', 'LINE']) AS a"
import="$program import --as teller"
mkdir "$place/files"
cd "$place/files" || exit 1

held() {
    sql "SELECT (SELECT count(*) FROM bank.recon_file), (SELECT count(*) FROM bank.recon_item)"
}
items() {
    sql "SELECT count(*), coalesce(-sum(amount), 0) FROM bank.recon_item
           JOIN bank.recon_account USING (account_id) WHERE external_account = '$1'"
}
balance() {
    printf '<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy="USD">%s</Amt>' "$1" "$2"
    printf '<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>' "$3"
}
# camt ACCOUNT CLOSING: everything in one line, two equal entries and a pending one.
camt() {
    printf '<Document><BkToCstmrStmt><Stmt><Id>1</Id><ElctrncSeqNb>7</ElctrncSeqNb><Acct><Id><Othr>'
    printf '<Id>%s</Id></Othr></Id><Ccy>USD</Ccy></Acct>' "$1"
    balance OPBD 100.00 2026-11-19
    balance CLBD "$2" 2026-11-20
    for status in BOOK BOOK PDNG; do
        printf '<Ntry><Amt Ccy="USD">5.25</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>%s</Cd></Sts>' $status
        printf '<ValDt><Dt>2026-11-20</Dt></ValDt><NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId>'
        printf '</Refs></TxDtls></NtryDtls></Ntry>'
    done
    printf '</Stmt></BkToCstmrStmt></Document>'
}
cat >ok.bai <<'END'
01,B,A,261120,0200,1,,,2/
02,A,B,1,261120,2359,USD,2/
03,BAI,,010,10000,,,015,9000,,/
16,475,1000,V,261120,,B2,PAY1,CHECK/
49,20000,3/
98,20000,1,5/
99,20000,1,7/
END
cat >ok.ofx <<'END'
OFXHEADER:100

<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>OFX</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><DTPOSTED>20261120<TRNAMT>-10.50<FITID>F1<NAME>Them</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>89.50<DTASOF>20261120</LEDGERBAL></STMTRS></OFX>
END

camt CAMT 110.50 >ok.xml
head -c 900 ok.xml >cut.xml
sed 's/5\.25/5.251/' ok.xml >decimals.xml
{ echo '<!DOCTYPE a [<!ENTITY b "c">]>'; cat ok.xml; } >entity.xml
sed '/^99/d' ok.bai >cut.bai
sed 's/1000,V/10,00,V/' ok.bai >amount.bai
sed 's,</OFX>,,' ok.ofx >cut.ofx
sed 's/20261120<TRN/20260230<TRN/' ok.ofx >date.ofx
before=$(held)
refused "a truncated camt statement" 1 'bankops: cut.xml:1, byte *broken or truncated*' $import cut.xml
refused "more decimals than the currency has" 1 'bankops: decimals.xml:1, byte *, field Ntry/Amt*' \
    $import decimals.xml
refused "entities" 1 'bankops: entity.xml:1, byte *DOCTYPE*' $import entity.xml
refused "a BAI2 file without its trailer" 1 'bankops: cut.bai:*, byte *truncated*' $import cut.bai
refused "a comma in an amount" 1 'bankops: amount.bai:4, byte *, field 16 funds type*' $import amount.bai
refused "a truncated OFX file" 1 'bankops: cut.ofx:*truncated*' $import cut.ofx
refused "a day that does not exist" 1 'bankops: date.ofx:4, byte *, field DTPOSTED*' $import date.ofx
{ sed '/^<STMTTRN/,$d' ok.ofx; printf '<STMTTRN><DTPOSTED>20261120<TRNAMT>-1<FITID>F2<MEMO>'
  head -c 50000 /dev/zero | tr '\0' m; printf '</STMTTRN>\n'; sed '1,/^<STMTTRN/d' ok.ofx; } >long.ofx
{ sed '/^49/,$d' ok.bai; for i in 1 2; do printf '88,'; head -c 40000 /dev/zero | tr '\0' m; echo; done
  printf '49,20000,5/\n98,20000,1,7/\n99,20000,1,9/\n'; } >long.bai
refused "a text longer than matching can hold" 1 'bankops: long.bai:4, byte *, field narrative: the text is longer than 65535 bytes' $import long.bai
sed "s/PAY1/$(head -c 1001 /dev/zero | tr '\0' r)/" ok.bai >reference.bai
refused "nor a reference longer than an index can hold" 1 \
    'bankops: reference.bai:4, byte *, field reference: the text is longer than 1000 bytes' $import reference.bai
{ sed 's,<TxDtls>.*,<TxDtls><RmtInf>,;1q' ok.xml; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  printf '<Strd><CdtrRefInf><Ref>%0100d</Ref></CdtrRefInf></Strd>' $i; done
  printf '</RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>'; } >many.xml
like "a long list of invoices is read" "$($import --dry-run many.xml 2>&1)" '*many.xml: would be *held back: 1 statement, 1 line*'
like "and no client brings one in" "$(psql -Xqw -h "$socket" -U teller -d bankops -c "INSERT INTO api.import_line (position, line, amount,
     value_date, kind, reference, bank_reference, counterparty, narrative, source_id)
     SELECT 1, 1, 1, '2026-11-20', '', repeat('r', 1001), '', '', '', ''" 2>&1)" '*import_line_length*'
like "but a long one is read" "$($import --dry-run long.ofx 2>&1)" '*would be imported*'
is "none of them left anything behind" "$(held)" "$before"

sed 's/110.50/110.51/' ok.xml >cent.xml
like "a balance altered by one cent" "$($import --dry-run cent.xml 2>&1)" \
    '*cent.xml: would be held back*= 110.50, but closing is 110.51*'
is "a dry run keeps nothing" "$(held)" "$before"
like "totals that do not hold are told" \
    "$(sed 's/^98,20000/98,20001/' ok.bai >wrong.bai; $import --dry-run wrong.bai 2>&1)" \
    '*BAI 98 total states 200.01, the lines give 200.00*'

refused "a BAI2 file whose group total is wrong is held back" 1 'bankops: wrong.bai: held back*BAI 98 total: 200.01 stated, 200.00*' \
    $import wrong.bai
cat >report.sta <<'END'
:20:I
:25:LINE
:28C:1/1
:34F:USD0,
:13D:2611201200+0100
:61:2611201120C5,00NTRFR1
:90D:0USD0,
:90C:1USD5,01
-
END
refused "and an interim report whose :90C: is wrong" 1 'bankops: report.sta: held back*:90C:*' \
    $import report.sta
is "held back means that no line is there to be matched" "$(items LINE) $(items BAI)" "0|0 0|0"

$import ok.xml ok.bai ok.ofx >said 2>&1
is "all are imported" "$(grep -c 'imported: 1 statement,' said)" 3
is "two equal entries of camt are kept, the pending one is not" "$(items CAMT)" "2|1050"
is "the line of BAI2" "$(items BAI)" "1|-1000"
is "the line of OFX" "$(items OFX)" "1|-1050"
refused "the same again" 1 'bankops: ok.xml*imported before*' $import ok.xml
cat >other.sta <<'END'
:20:X
:25:BAI
:28C:1/1
:60F:C261119USD100,00
:61:2611201120D10,00NCHKPAY1//B2
:62F:C261120USD90,00
-
END
refused "the same statement in another form is held back" 1 'bankops: other.sta: held back*another form*' \
    $import other.sta
sed 's/:25:BAI/:25:LINE/' other.sta >first.sta
sed 's/PAY1/PAY2/' first.sta >later.sta
$import first.sta >said 2>&1
is "a statement of a booked account" "$(items LINE)" "1|-1000"
refused "the same statement with other texts is held back" 1 'bankops: later.sta: held back*from file *first.sta), with other lines*' \
    $import later.sta
is "and its lines are not there a second time" "$(items LINE)" "1|-1000"
sed 's/^:20:X/:20:Y/' first.sta >copy.sta
like "but with the same ones it adds nothing" "$($import copy.sta 2>&1)" '*imported: 1 statement, 1 line, 0 new*'
cat >other.ofx <<'END'
<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>BAI</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><DTPOSTED>20261120<TRNAMT>-10.00<FITID>F9<NAME>Them</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>90.00<DTASOF>20261120</LEDGERBAL></STMTRS></OFX>
END
refused "also where only the closing balance is stated" 1 'bankops: other.ofx: held back*another form*' \
    $import other.ofx

# Statements of OFX state the closing balance alone: each must follow from the one before.
ofx() { # DAY CLOSING AMOUNT:ID ...
    day=$1 closing=$2
    shift 2
    echo '<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>OFX</BANKACCTFROM><BANKTRANLIST>'
    for line; do echo "<STMTTRN><DTPOSTED>$day<TRNAMT>${line%:*}<FITID>${line#*:}<NAME>Them</STMTTRN>"; done
    echo "</BANKTRANLIST><LEDGERBAL><BALAMT>$closing<DTASOF>$day</LEDGERBAL></STMTRS></OFX>"
}
ofx 20261121 99.50 10:F2 >second.ofx
ofx 20261121 99.51 10:F2 >cent.ofx
ofx 20261123 95.50 -1:F4 -1:F5 >fourth.ofx
ofx 20261122 97.50 -2:F3 >third.ofx
refused "a closing balance altered by one cent is held back" 1 \
    'bankops: cent.ofx: held back*closes with 89.50 on 2026-11-20, the new lines make it 99.50, but closing is 99.51*' $import cent.ofx
like "the right one is let in" "$($import second.ofx 2>&1)" '*imported: 1 statement, 1 line, 1 new*'
refused "a missing day is one gap" 1 'bankops: fourth.ofx: held back*new lines make it 97.50, but closing is 95.50*' $import fourth.ofx
$import third.ofx >said 2>&1
is "which its coming closes" "$(sql "SELECT string_agg(name || ' ' || status, ', ' ORDER BY file_id) FROM bank.recon_file
    WHERE name IN ('third.ofx', 'fourth.ofx', 'cent.ofx')")" 'cent.ofx quarantined, fourth.ofx accepted, third.ofx accepted'
is "with their lines" "$(items OFX)" "5|-450"
printf 'id,value_date,account,ccy,dc,amount_minor,ref,narrative\nT1,20261124,OFX,USD,C,300,T1,\n' >table.csv
ofx 20261125 97.50 -1:F6 >fifth.ofx
$import table.csv >said 2>&1
like "lines that came without a balance count" "$($import fifth.ofx 2>&1)" '*imported: 1 statement, 1 line, 1 new*'
