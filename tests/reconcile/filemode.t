#!/bin/sh
# Two files matched without a database: odd files, rule sets, and what the result always holds.
. "$(dirname "$0")/../house/lib.sh"
plan 12

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
