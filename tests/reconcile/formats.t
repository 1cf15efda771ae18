#!/bin/sh
# One statement in five formats against one book: the same matches, without any database.
. "$(dirname "$0")/../house/lib.sh"
plan 8

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

cat >"$place/book.csv" <<'END'
id,value_date,account,ccy,dc,amount_minor,ref,narrative
B1,20261120,1031-840,USD,C,125050,INV20261120001,
B2,20261120,1031-840,USD,D,30000,PAY20261120002,
B3,20261120,1031-840,USD,C,4200,INV20261120003,
END
cat >"$place/a.csv" <<'END'
id,value_date,account,ccy,dc,amount_minor,ref,narrative
S1,20261120,1031-840,USD,C,125050,INV20261120001,
S2,20261120,1031-840,USD,D,30000,PAY20261120002,
S3,20261120,1031-840,USD,C,700,OTHER20261120004,
END
cat >"$place/b.sta" <<'END'
:20:X
:25:36190072
:28C:1/1
:60F:C261119USD0,00
:61:2611201120C1250,50NTRFINV20261120001
:61:2611201120D300,NTRFNONREF//B2
:86:166?20EREF+PAY20261120002
:61:2611201120C7,00NTRFOTHER2026112004
:62F:C261120USD957,50
-
END
entry() {
    printf '<Ntry><Amt Ccy="USD">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>' "$1" "$2"
    printf '<ValDt><Dt>2026-11-20</Dt></ValDt><NtryDtls><TxDtls><Refs><EndToEndId>%s' "$3"
    printf '</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>'
}
{
    printf '<Document><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>DE40</IBAN></Id></Acct>'
    entry 1250.50 CRDT INV20261120001
    entry 300.00 DBIT PAY20261120002
    entry 7 CRDT OTHER20261120004
    printf '</Stmt></BkToCstmrStmt></Document>'
} >"$place/c.xml"
cat >"$place/d.bai" <<'END'
01,B,A,261120,0200,1,,,2/
02,A,B,1,261120,2359,USD,2/
03,36190072,,010,0,,,015,95750,,/
16,142,125050,Z,B1,INV20261120001,/
16,475,30000,Z,B2,PAY20261120002,/
16,142,700,Z,B3,OTHER20261120004,/
49,251500,5/
98,251500,1,7/
99,251500,1,9/
END
cat >"$place/e.ofx" <<'END'
<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>36190072</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><DTPOSTED>20261120<TRNAMT>1250.50<REFNUM>INV20261120001</STMTTRN>
<STMTTRN><DTPOSTED>20261120<TRNAMT>-300.00<REFNUM>PAY20261120002</STMTTRN>
<STMTTRN><DTPOSTED>20261120<TRNAMT>7.00<REFNUM>OTHER20261120004</STMTTRN>
</BANKTRANLIST></STMTRS></OFX>
END

for file in a.csv b.sta c.xml d.bai e.ofx; do
    "$build/bankops" reconcile --quiet --book "$place/book.csv" --statement "$place/$file" \
        --output "$place/$file.out" 2>"$place/error"
    is "$file" "$(cut -d, -f2,4 "$place/$file.out" | sort | uniq -c | tr -s ' \n' ' '; cat "$place/error")" \
        " 2 confirmed,L 2 confirmed,S 1 status,side "
done

is "lines of one line of a file are told apart" \
    "$(awk -F, '$4 == "S" { print $5 }' "$place/c.xml.out" | tr '\n' ' ')" "1 1.2 "

# Two accounts of the statement: which is the book's, nobody can say.
{ printf '<OFX>'; for account in 1 2; do
    sed -e "s/36190072/$account/" -e 's/<OFX>//' -e 's,</OFX>,,' "$place/e.ofx"; done; printf '</OFX>'
} >"$place/two.ofx"
"$build/bankops" reconcile --quiet --book "$place/book.csv" --statement "$place/two.ofx" \
    --output "$place/two.out"
is "accounts are paired only when there is no choice" "$(wc -l <"$place/two.out" | tr -d ' ')" 1

printf '<Document><BkToCstmrStmt><Stmt>' >"$place/broken.xml"
"$build/bankops" reconcile --book "$place/book.csv" --statement "$place/broken.xml" \
    --output "$place/x" >"$place/said" 2>&1
is "a broken file is refused with its place" "$(grep -c 'broken.xml:1, byte .*broken or truncated' "$place/said")" 1
