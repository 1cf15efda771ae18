#!/bin/sh
# Two files matched without a database: odd files, rule sets, and what the result always holds.
. "$(dirname "$0")/../house/lib.sh"
plan 30

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
header=id,value_date,account,ccy,dc,amount_minor,ref,narrative

# table FILE: the header and the rows of standard input.
table() {
    { echo "$header"; cat; } >"$1"
}

match() {
    book=$1 statement=$2
    shift 2
    "$build/bankops" reconcile --book "$book" --statement "$statement" --output out.csv "$@" \
        2>error >summary
}

# rows STATUS: rows of the result with this status.
rows() {
    awk -F, -v status="$1" 'NR > 1 && $2 == status' out.csv | wc -l
}

table none.csv </dev/null
echo 'L1,20240601,A,CNY,C,100,83472651,' | table one.csv
echo 'S1,20240602,A,CNY,C,100,83472651,' | table other.csv

for pair in "none.csv none.csv" "one.csv none.csv" "none.csv other.csv"; do
    set -- $pair
    match "$1" "$2" || cat error
    [ "$(cat out.csv)" = match_id,status,rule,side,line_id ] || cat out.csv
done | none "files without rows match nothing"

match one.csv other.csv
is "one line on each side" "$(tr '\n' ' ' <out.csv)" \
    "match_id,status,rule,side,line_id 1,confirmed,exact,L,L1 1,confirmed,exact,S,S1 "

awk 'BEGIN { for (i = 1; i <= 2000; i++) print "L" i ",20240601,A,CNY,C,100,83472651," }' |
    table many.csv
awk 'BEGIN { for (i = 1; i <= 2003; i++) print "S" i ",20240601,A,CNY,C,100,83472651," }' |
    table more.csv
match many.csv more.csv
is "equal lines pair by count, the surplus stays open" "$(rows confirmed)" 4000

"$build/tests/bench/generate" --events 20000 --mix wild --seed 5 .
match ledger.csv statement.csv
{
    sed 1d out.csv | cut -d, -f4- | sort | uniq -d
    sed 1d out.csv | awk -F, '!($2 == "confirmed" || $2 == "suggested") || !($4 == "L" || $4 == "S")'
    # Each match adds up to nothing, but for fees.
    awk -F, '
        FILENAME != "out.csv" {
            if (FNR > 1) amount[$1] = ($5 == "C" ? $6 : -$6)
            next
        }
        FNR > 1 {
            sum[$1] += ($4 == "L" ? 1 : -1) * amount[$5]; rule[$1] = $3; sides[$1] = sides[$1] $4
        }
        END {
            for (i in sum)
                if ((rule[i] == "reversal" && sides[i] ~ /L/ && sides[i] ~ /S/) ||
                    (sum[i] != 0 && rule[i] != "fee"))
                    print i, rule[i], sum[i]
        }' ledger.csv statement.csv out.csv
} 2>&1 | none "a line is in one match, and the amounts of a match add up to nothing"
"$build/tests/bench/score" truth.csv out.csv >score
is "traps and other noises: no false confirmation" "$?" 0
awk '/^trap:/ && $1 !~ /resent/ && $3 || /^(dupline|missing|split:.*noref)/ && $3 { print }
     /^(identical|exact|reversal|fee|split:.*:ref)/ && $5 + 0 < 99 { print }' score |
    none "what may stay open does, the rest is found"

echo '{"name": "mine", "version": 2, "rules": [{"name": "only-exact", "match": "reference",
 "status": "suggest"}]}' >mine.json
match one.csv other.csv --rules mine.json
is "another rule set" "$(sed -n 2p out.csv)" "1,suggested,only-exact,L,L1"

rm -f out.csv
{
    echo '{"name": "mine", "version": 2, "rules": [{"name": "x", "match": "reference",
 "status": "perhaps"}]}' >bad.json
    match one.csv other.csv --rules bad.json
    [ $? = 1 ] || echo "a wrong rule set was taken"
    grep -q 'bad.json:2: /rules/0/status' error || cat error
    match one.csv other.csv --rules nowhere.json && echo "no rule set was taken"
    [ ! -e out.csv ] || echo "a refused run wrote matches"
} 2>&1 | none "a wrong rule set is refused with its place"

{
    cp one.csv kept.csv
    ln -s one.csv link.csv
    ln one.csv hard.csv
    for output in one.csv link.csv hard.csv other.csv; do
        "$build/bankops" reconcile --book one.csv --statement other.csv --output "$output" \
            >summary 2>error
        [ $? = 2 ] || echo "the result took the place of $output"
        grep -q "$output: .*made from" error || cat error
        cmp one.csv kept.csv
    done
} 2>&1 | none "the result does not replace what it is made from"
mkfifo pipe
{
    timeout 20 "$build/bankops" reconcile --book pipe --statement other.csv --output out.csv 2>error
    [ $? = 1 ] || echo "a pipe was waited for"
    timeout 20 "$build/bankops" reconcile --book one.csv --statement pipe --output out.csv 2>>error
    [ "$(grep -c 'pipe: is not a regular file' error)" = 2 ] || cat error
} 2>&1 | none "a pipe is refused, not waited for"
touch out.csv
ln -sf out.csv result.csv
match one.csv other.csv --output result.csv --quiet
is "a link to the result is followed" "$(readlink result.csv) $(wc -l <out.csv)" "out.csv 3"
match one.csv one.csv
is "a file against itself is told" "$(head -n 1 error)" \
    "bankops: one.csv: book and statement are the same file"

{
    echo 'ID,Value_Date,ACCOUNT,Ccy,DC,Amount_Minor,Ref,Narrative'
    echo 'S1,20240602,A,CNY,Credit,100,83472651,'
} >other-case.csv
match one.csv other-case.csv
is "header and direction in another case" "$(rows confirmed)" 2

rm -f out.csv
{
    echo 'S1,20240602,A,CNY,C,100,83472651,'
    echo 'S1,20240602,A,CNY,C,700,83472652,'
} | table twice.csv
match one.csv twice.csv
is "an id that stands twice is refused" "$? $(head -n 1 error) $(ls out.csv 2>/dev/null)" \
    "1 bankops: twice.csv: several lines have the id S1: the result could not say which it means "

{
    printf 'OFXHEADER:100\nDATA:OFXSGML\nENCODING:USASCII\nCHARSET:1252\n\n'
    printf '<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>CNY<BANKACCTFROM><BANKID>1<ACCTID>A'
    printf '</BANKACCTFROM><BANKTRANLIST><DTSTART>20240601<DTEND>20240602'
    for reference in 83472651 83472652; do
        printf '<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20240602<TRNAMT>1.00<FITID>F1<CHECKNUM>%s</STMTTRN>' \
            "$reference"
    done
    printf '</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n'
} >twice.ofx
{
    echo 'L1,20240601,A,CNY,C,100,83472651,'
    echo 'L2,20240601,A,CNY,C,100,83472652,'
} | table two.csv
match two.csv twice.ofx || cat error
is "a number that a bank gave twice is told apart" "$(sed 1d out.csv | cut -d, -f4- | tr '\n' ' ')" \
    "L,L1 S,F1 L,L2 S,F1#2 "

echo 'S1,20240602,B,CNY,C,100,83472651,' | table renamed.csv
match one.csv renamed.csv
renamed=$(rows confirmed)
{ cat one.csv; echo 'L2,20240601,C,CNY,C,100,83472652,'; } >two-accounts.csv
{ cat renamed.csv; echo 'S2,20240602,C,CNY,C,100,83472652,'; } >two-statements.csv
match two-accounts.csv two-statements.csv
is "other account numbers are told from other accounts" \
    "$renamed $(sed 1d out.csv | cut -d, -f4- | tr '\n' ' ')" "2 L,L2 S,S2 "

# Headers that people write: what is not read is told in the summary, and nothing else changes.
match one.csv other.csv
grep -E 'not used|no references' summary | none "a header that is read throughout gives no remark"
row=20240602,A,CNY,C,100,83472651,
{ echo "${header%,ref*},refrence,narrative"; echo "S1,$row"; } >misspelt.csv
"$build/bankops" --language zh reconcile --book one.csv --statement misspelt.csv --output out.csv \
    >summary 2>error
is "a misspelt column, in Chinese" "$? $(cat error)$(grep -c '^misspelt.csv: 未使用的列：refrence$' summary)" "0 1"
match one.csv misspelt.csv
is "a misspelt column: named, with the matches as without it" \
    "$? $(grep 'not used' summary) $(head -n 1 out.csv)" \
    "0 misspelt.csv: columns not used: refrence match_id,status,rule,side,line_id"
{ echo "${header%,ref*},refrence,remark"; echo "S1,$row"; } >bare.csv
match one.csv bare.csv
is "neither reference nor narrative" "$(grep bare.csv summary)" \
    "bare.csv: columns not used: refrence, remark; no column ref or narrative: its lines have no references"
long=$(awk 'BEGIN { while (n++ < 300) printf "长" }')
{
    printf '%s,\033[2Jx,%s,a,b,c,d,e,f,g\n' "$header" "$long"
    echo "S1,$row,1,2,3,4,5,6,7,8,9"
} >hostile.csv
match one.csv hostile.csv
remark=$(grep 'not used' summary)
case $remark in
*"$(printf '\033')"*) escaped=no ;;
*"[2Jx, 长长长"*"长…, a, b, c, d, e, f and 1 more") escaped=yes ;;
*) escaped=$remark ;;
esac
is "names of columns are escaped and bounded" "$escaped $([ ${#remark} -lt 300 ] && echo short)" "yes short"
"$build/bankops" --language zh reconcile --book one.csv --statement other.csv --output out.csv >summary
is "rules have names in words in Chinese" "$(grep -c '^exact（完全一致）：' summary)" 1

# What spreadsheets make of such a table: the header shows the separator.
rm -f out.csv
{
    echo 'S1,20240602,A,CNY,C,100,83472651,货款；'
    echo 'S2,20240603,A,CNY,D,250,83472652,"say, ""x"" 付款"'
} | table comma.csv
sed 's/^S/L/' comma.csv >ledger.csv
tab=$(printf '\t')
sed 's/,/;/g; s/say;/say,/' comma.csv >semicolon.csv
{ echo 'sep=;'; cat semicolon.csv; } >told.csv
{ printf '\357\273\277'; sed 's/$/;;\r/' semicolon.csv; printf ';;;;;;;;;\r\n'; } >mark.csv
sed "s/,/$tab/g; s/say$tab/say,/" comma.csv >tab.csv
sed '1s/[a-z_]\{1,\}/"&"/g' tab.csv | iconv -f UTF-8 -t UTF-16 >wide.csv
iconv -f UTF-8 -t GB18030 semicolon.csv >pairs.csv
match ledger.csv comma.csv
mv out.csv expected.csv
for file in semicolon told mark tab wide pairs; do
    match ledger.csv $file.csv || cat error
    cmp out.csv expected.csv
    grep -E 'not used|no references' summary
done | none "semicolons, tabs, a byte order mark, UTF-16 and GB18030 are read like commas"
is "none of them is empty" "$(grep -c confirmed expected.csv)" 4

# bad FILE WORDS: it is refused in file mode, and with these words.
bad() {
    match ledger.csv "$1" && echo "$1 was read"
    grep -qF -- "$2" error || cat error
}
sed '1s/,/;/3' comma.csv >one-mixed.csv
sed '2,$s/,/;/g' comma.csv >rows-mixed.csv
sed '2s/;100;/;1,00;/' semicolon.csv >decimal.csv
sed '2s/;100;/;1.000;/' semicolon.csv >grouped.csv
sed '2s/,100,/,1,00,/' comma.csv >parted.csv
sed '2s/,100,/,D100,/' comma.csv >letter.csv
sed '3s/,250,/,-250,/' comma.csv >signs.csv
{
    bad one-mixed.csv 'one-mixed.csv:1, byte 21, field header: ";" stands between columns'
    bad rows-mixed.csv 'rows-mixed.csv:2, byte 56: the row is parted by another separator'
    bad decimal.csv 'decimal.csv:2, byte 76, field amount: a whole number of minor units'
    bad grouped.csv 'grouped.csv:2, byte 76, field amount: a whole number of minor units'
    bad parted.csv 'parted.csv:2, byte 56: the row has 9 fields, the header 8'
    bad letter.csv 'letter.csv:2, byte 76, field amount: a whole number of minor units'
    bad signs.csv 'signs.csv:3, byte 99, field amount: all amounts out have a minus sign'
    rm -f out.csv
    match ledger.csv one-mixed.csv --profile generic
    grep -q '";" stands between columns' error || cat error
} | none "mixed separators, decimals and doubtful signs are refused"
cp signs.csv taken-back.csv
echo 'S3,20240604,A,CNY,D,10,83472653,' >>taken-back.csv
match ledger.csv taken-back.csv
is "a minus beside others without takes an entry back" "$? $(rows confirmed)" "0 2"
cp signs.csv balanced.csv
echo '#closing,20240604,A,CNY,C,350,,' >>balanced.csv
match ledger.csv balanced.csv
is "and where the balance tells" "$? $(rows confirmed)" "0 2"

# Files that do not fit each other: the summary says what may be wrong.
for i in 1 2 3 4 5; do echo "L$i,20240601,A,CNY,C,${i}23,REF8347265$i,"; done | table unit.csv
for i in 1 2 3 4 5; do echo "S$i,20240601,A,CNY,C,${i}2300,REF8347265$i,"; done | table hundred.csv
for i in 1 2 3 4 5; do echo "S$i,20240601,A,CNY,D,${i}23,REF8347265$i,"; done | table sign.csv
for i in 1 2 3 4 5; do for a in B C; do echo "S$i$a,20240601,$a,CNY,C,${i}23,REF8347265$i,"; done; done | table account.csv
match unit.csv hundred.csv
is "amounts in other units" "$(tail -n 1 summary | cut -c1-88)" \
    "5 references stand on both sides, with amounts 100 times as large in the statement: are "
match unit.csv sign.csv
is "amounts of the other sign" "$(tail -n 1 summary | cut -c1-64)" "5 references stand on both sides with amounts of opposite sign: "
match unit.csv account.csv
is "accounts that have nothing in common" "$(tail -n 1 summary | cut -c1-64)" \
    "no account stands on both sides: A CNY is one of the book, C CNY"
