#!/bin/sh
# Files that cannot be imported: each gives one clear message and leaves the database as it was.
. "$(dirname "$0")/lib.sh"
plan 57

teller_bank "INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES ('nostro', 'Nostro', 'nostro', 1);
             INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
             SELECT lane_id, 1, 'GL100', 'DE100', 'EUR' FROM bank.recon_lane"

import="$program import --as teller"
mkdir "$place/files"
cd "$place/files" || exit 1

statement() {
    cat <<END
:20:STARTUMSE
:25:DE100
:28C:1/1
:60F:C261120EUR100,00
:61:2611201120D40,00NTRFREF-0001
:86:invoice 4711
:62F:C261120EUR60,00
END
}

# What the database holds of statements.
held() {
    sql "SELECT (SELECT count(*) FROM bank.recon_file), (SELECT count(*) FROM bank.recon_statement),
                (SELECT count(*) FROM bank.recon_item), (SELECT count(*) FROM api.import_line)"
}
before=$(held)
is "the database is empty at first" "$before" "0|0|0|0"

refused "a file that does not exist" 1 'bankops: none.sta*No such file*' $import none.sta
refused "a folder" 1 'bankops: *' $import .
mkfifo pipe
refused "a pipe" 1 'bankops: pipe*' $import pipe
refused "an empty file" 1 'bankops: empty.sta*empty*' sh -c ": >empty.sta; $import empty.sta"
refused "a program" 1 'bankops: *bankops: *a program*' $import "$program"
printf 'PK\003\004rest' >book.xlsx
refused "a workbook that is none" 1 'bankops: book.xlsx: the archive cannot be read*' $import book.xlsx
{ statement; printf 'a\000b\n'; } >nul.sta
refused "a file with a NUL byte" 1 'bankops: nul.sta*' $import nul.sta
statement | sed '/:62F:/d' >short.sta
refused "a truncated statement" 1 'bankops: short.sta*truncated*' $import short.sta
statement | head -c 110 >cut.sta
refused "a statement cut within a line" 1 'bankops: cut.sta*' $import cut.sta
statement | sed '/:62F:/,$d' >endless.sta
refused "a statement without its end: where it ends" 1 \
    'bankops: endless.sta:[3-9]*, byte [1-9]*, field :*truncated*' $import endless.sta
statement | gzip -c | head -c 60 >cut.sta.gz
refused "an archive cut short" 1 'bankops: cut.sta.gz: *truncated*' $import cut.sta.gz
printf '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>' >cut.xml
refused "an XML cut short, in Chinese" 1 'bankops: cut.xml:1，*截断（首个元素尚未结束文件就终止）*' \
    "$program" --language zh import --as teller cut.xml
statement | sed 's/C261120EUR60/C261120EUR6O/' >amount.sta
refused "a letter in an amount" 1 'bankops: amount.sta:7*' $import amount.sta
statement | sed 's/:25:DE100/:25:DE999/' >stranger.sta
refused "an account of nobody" 1 'bankops: stranger.sta: No lane*(DE999 EUR, line 1)*' $import stranger.sta
refused "all of it in Chinese for who reads Chinese" 1 'bankops: stranger.sta: 没有*（DE999 EUR，第 1 行）。*' \
    "$program" --language zh import --as teller stranger.sta
{ echo 'id,value_date,account,ccy,dc,amount_minor,ref,narrative'
    printf '1,2026-11-20,DE100,EUR,C,100,R1,caf\351\n'; } >latin.csv
refused "a table in an encoding that nothing tells" 1 \
    'bankops: latin.csv*byte 91 *encoding*' $import latin.csv
mkdir "$place/share" "$place/share/profiles"
for folder in schema screens locale; do ln -s "$build/share/$folder" "$place/share/$folder"; done
sed 's/"name": "generic"/"name": "strict", "encoding": "utf-8"/' "$build/share/profiles/generic.json" \
    >"$place/share/profiles/strict.json"
refused "a byte that is not of the encoding asked for" 1 'bankops: latin.csv*byte*' \
    env BANKOPS_SHARE="$place/share" $import --profile strict latin.csv
sed 's/"name": "generic"/"name": "western", "encoding": "windows-1252"/' \
    "$build/share/profiles/generic.json" >"$place/share/profiles/western.json"
{ echo 'id,value_date,account,ccy,dc,amount_minor,refrence,narrative'
    echo '1,2026-11-20,DE100,EUR,C,100,R1,x'; } >misspelt.csv
like "a misspelt column is named in the summary" "$($import --dry-run misspelt.csv 2>&1)" \
    '*would be imported: 1 statement, 1 line*misspelt.csv: columns not used: refrence*'
like "in Chinese as well" "$("$program" --language zh import --as teller --dry-run misspelt.csv 2>&1)" \
    '*misspelt.csv: 未使用的列：refrence*'
like "named in a profile it is read, and the summary tells" \
    "$(BANKOPS_SHARE="$place/share" $import --dry-run --profile western latin.csv 2>&1)" \
    '*latin.csv*(western, windows-1252)*'
{ echo 'id,value_date,account,ccy,dc,amount_minor,ref,narrative'
    echo '1,2026-11-20,DE100,EUR,C,12.5.0,R1,x'; } >bad.csv
refused "a wrong amount in a table" 1 'bankops: bad.csv:2*' $import bad.csv
{ echo 'id,value_date,account,ccy,dc,amount_minor,ref,narrative'
    echo '1,2026-11-20,DE100,EUR,C'; } >row.csv
refused "a row cut short" 1 'bankops: row.csv:2*' $import row.csv
echo 'just,some,columns' >other.csv
refused "a table that no profile knows" 1 'bankops: other.csv*' $import other.csv
evil=$(printf 'e\033]0;owned\007vil\033[2J.sta')
refused "a name full of escape sequences" 1 'bankops: e*vil*' $import "$evil"
refused "a profile that does not exist" 1 'bankops: *' $import --profile nothing bad.csv
is "none of them left anything behind" "$(held)" "$before"

# pair A B: two lines that take 40 together.
pair() {
    statement | sed "/:61:/d; /:86:/d; s|^:62F:|:61:2611201120D$1,00NTRFREF-$1\n:61:2611201120D$2,00NTRFREF-$2\n&|"
}
for order in "30 10" "10 30"; do
    # shellcheck disable=SC2086
    pair $order >pair.sta
    like "lines in the order $order balance" "$($import --dry-run pair.sta 2>&1)" \
        '*would be imported: 1 statement, 2 lines, 2 new*closing 60.00*'
done
statement >good.sta
like "the good one is imported" "$($import good.sta 2>&1)" '*good.sta*1*'
after=$(held)
refused "the same file again" 1 'bankops: good.sta*' $import good.sta
is "and it is there once" "$(held)" "$after"
statement | sed '/:61:/d; /:86:/d; s|:28C:1|:28C:2|; s|EUR100,00|EUR60,00|' >quiet.sta
like "a day without movements is a statement, too" "$($import quiet.sta 2>&1)" "*1 statement, 0 lines, 0 new*"
statement | sed 's|:28C:1|:28C:3|; s|EUR60,00|EUR20,01|; s|EUR100,00|EUR60,00|' >wrong.sta
like "a closing balance that is a cent off, in Chinese" \
    "$("$program" --language zh import --as teller --dry-run wrong.sta 2>&1)" \
    '*bankops: wrong.sta: *期初 * + 发生额 * = 20.00，但期末余额为 20.01*（:stm）*'
refused "a closing balance that is a cent off" 1 'bankops: wrong.sta: held back*20.00*20.01*' $import wrong.sta
$import wrong.sta 2>err
like "the same file again tells that it is held" "$(cat err)" '*imported before*It is held back since then*'

# Periods that overlap, equal lines, killed imports, two runs at once.
# table FIRST LAST: book or statement lines in the generic form.
table() {
    echo 'id,value_date,account,ccy,dc,amount_minor,ref,narrative'
    awk -v first="$1" -v last="$2" -v account="$3" 'BEGIN {
        for (n = first; n <= last; n++)
            printf "%s%d,2026-11-21,%s,USD,C,%d,REF%06d,line\n", substr(account, 1, 1), n, account, n, n }'
}
sql "INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
     SELECT lane_id, 1, 'GL200', 'DE200', 'USD' FROM bank.recon_lane" | sed 's/^/# /'
count() {
    sql "SELECT count(*) FROM bank.recon_item JOIN bank.recon_account USING (account_id)
          WHERE external_account = 'DE200'"
}
{ table 1 10 DE200; echo ',2026-11-21,DE200,USD,C,7,TWIN,fee'; echo ',2026-11-21,DE200,USD,C,7,TWIN,fee'; } >a.csv
table 6 15 DE200 >b.csv
like "a table is imported" "$($import a.csv 2>&1)" '*a.csv*12*'
is "with its two equal lines" "$(count)" 12
like "a period that overlaps" "$($import b.csv 2>&1)" '*b.csv*5*'
is "adds only what is new" "$(count)" 17
refused "a period imported before, under another name" 1 'bankops: c.csv: This file was imported before*' \
    sh -c "cp a.csv c.csv; $import c.csv"

# Nobody works for the teller any more on the server: a killed client leaves its backend behind.
quiet() {
    tries=0
    until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'teller'")" = 0 ]; do
        [ $((tries = tries + 1)) -lt 500 ] || return 1
    done
}
table 1001 21000 DE200 >big.csv
small=$(held)
wrong= killed=0
for after in 0.01 0.03 0.06 0.1 0.2 0.3 0.5 0.8; do
    [ "$(held)" = "$small" ] || break
    timeout -s KILL "$after" $import big.csv >/dev/null 2>&1
    [ $? != 137 ] || killed=$((killed + 1))
    quiet || wrong="$wrong the server still works $after s after;"
    case $(held) in
    "$small") ;;
    *) [ "$(count)" = 20017 ] || wrong="$wrong half of it is there after $after s: $(held);" ;;
    esac
done
echo "# killed $killed times"
is "a killed import leaves the old state or the new one" "$wrong" ""
[ "$killed" -gt 0 ]
is "and some were killed" $? 0
$import big.csv >/dev/null 2>&1
is "imported again it is there once" "$(count)" 20017

table 1001 21000 GL200 >book.csv
like "the book of the same lines" "$($import --side book book.csv 2>&1)" '*book.csv*20000*'
sql "UPDATE bank.setting SET value = '2026-11-21' WHERE name = 'business_date'" >/dev/null
refused "a day that has not come" 1 'bankops: --date: This day has not come yet. (9999-01-01)' \
    "$program" reconcile --as teller --date 9999-01-01 nostro
"$program" reconcile --as teller --date 2026-11-21 nostro >"$place/one" 2>&1 &
one=$!
"$program" reconcile --as teller --date 2026-11-21 nostro >"$place/two" 2>&1
two=$?
wait $one
is "two runs of a lane at once both end well" "$?$two" 00
is "and match each line once" "$(sql "SELECT count(*), count(DISTINCT item_id), sum(amount)
    FROM bank.recon_match_item WHERE live")" "40000|40000|0"
is "one of them found nothing left" "$(sql "SELECT string_agg(match_count::text, ',' ORDER BY match_count)
    FROM bank.recon_run")" "0,20000"
is "what is open is what has no counterpart" "$(sql "SELECT count(*) FROM bank.recon_open")" 18

# The bytes as they were delivered come back; big.csv is kept once however often it came.
file=$(sql "SELECT min(file_id) FROM bank.recon_file WHERE name = 'big.csv' AND status = 'accepted'")
"$program" import --as teller --original "$file" >"$place/back" 2>"$place/err"
is "the delivered bytes come back" "$? $(cmp "$place/back" big.csv && echo same)" "0 same"
is "kept once, whole" "$(sql "SELECT count(*), bool_and(whole) FROM bank.recon_original o WHERE o.sha256 =
    sha256(pg_read_binary_file('$PWD/big.csv'))")" "1|t"
refused "a file that is not there" 1 'bankops: *There is no such file.*' "$program" import --as teller --original 999999

# What was held back and what came for it.
sql "INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
     SELECT lane_id, 1, 'GL300', 'DE300', 'EUR' FROM bank.recon_lane" >/dev/null
numbered() { statement | sed "s/DE100/DE300/;s,:28C:1/1,:28C:$1/1,;s/261120/$2/g;s/2611201120/${2}1120/;s/REF-0001/REF-$1/;$3"; }
numbered 1 261117 's/EUR60,00/EUR61,00/' >wrong.sta
numbered 1 261117 >right.sta
numbered 2 261118 's/EUR100,00/EUR60,00/;s/^\(:62F.*EUR\)60,00/\120,00/' >second.sta
numbered 3 261119 's/EUR100,00/EUR20,00/;s/40,00/10,00/;s/^\(:62F.*EUR\)60,00/\110,00/' >third.sta
refused "a wrong closing balance is held back" 1 'bankops: wrong.sta: held back*' $import wrong.sta
like "the correct file says what it is for" "$($import right.sta 2>&1)" \
    "right.sta: imported: *
  is the correct file for one that is held back (:stm): wrong.sta"
refused "a day is missing" 1 'bankops: third.sta: held back*' $import third.sta
like "the missing day says what it lets in" "$($import second.sta 2>&1)" \
    "second.sta: imported: *
  lets in what was held back: third.sta"
