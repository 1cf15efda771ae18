#!/bin/sh
# Labelled sets of every reference style: no false confirmation, and what has a key is found.
. "$(dirname "$0")/../house/lib.sh"
plan 14

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

reconcile() {
    "$build/bankops" reconcile --book "$1/ledger.csv" --statement "$1/statement.csv" \
        --output "$place/$2.csv"
}

# judge NAME FOLDER: what is wrong with the matches in $place/NAME.csv.
judge() {
    "$build/tests/bench/score" "$2/truth.csv" "$place/$1.csv" >"$place/score" ||
        { echo "false confirmations, or no score"; cat "$place/score"; }
    awk '/^(exact|fee|reversal|split:.*:ref)/ {
            if ($5 + 0 < ($1 ~ /reversal/ ? 95 : 99)) print }
        /^refnoise:(case|punct|prefix|nozero|trunc16|innarr)/ { groups += $2; found += $3 }
        /^(dupline|missing|split:.*noref)/ { if ($3) print }
        END { if (found < 0.995 * groups) print "writings", found, "of", groups }' "$place/score"
}

for style in long rrn seq short; do
    for seed in 1 2; do
        mkdir "$place/$style-$seed"
        "$build/tests/bench/generate" --events 20000 --seed $seed --style $style "$place/$style-$seed"
        {
            reconcile "$place/$style-$seed" m >"$place/summary" || echo "it failed"
            judge m "$place/$style-$seed"
        } 2>&1 | none "$style references, seed $seed"
    done
done

for style in running shop invoice checked hex mandate twelve six; do
    mkdir "$place/$style"
    "$build/tests/bench/crowd" --events 10000 --style $style --seed 11 "$place/$style"
    reconcile "$place/$style" m >"$place/summary" || echo "$style: it failed"
    "$build/tests/bench/score" "$place/$style/truth.csv" "$place/m.csv" >"$place/score" ||
        { echo "$style: false confirmations"; cat "$place/score"; }
    awk -v style=$style '$1 == "pair" && $5 + 0 < 80 { print style, $0 }' "$place/score"
done 2>&1 | none "lines that crowd are not confirmed falsely, and most are found"

for style in running shop invoice checked hex mandate twelve six counter slash nested tails; do
    mkdir "$place/$style-traps"
    set -- "$place/$style-traps"
    "$build/tests/bench/crowd" --events 6000 --style $style --seed 12 --traps 10000 "$1"
    reconcile "$1" m >"$place/summary" || echo "$style: it failed"
    "$build/tests/bench/score" "$1/truth.csv" "$place/m.csv" "$1/ledger.csv" "$1/statement.csv" \
        >"$place/score" || { echo "$style: false confirmations"; cat "$place/score"; }
done 2>&1 | none "lines that look like one movement and are not are left to a person"

is "the summary counts the lines" "$(grep -c '^book: [1-9]' "$place/summary")" 1

set=$place/seq-1
for side in ledger statement; do
    mkdir -p "$place/turned"
    { head -n 1 "$set/$side.csv"; sed 1d "$set/$side.csv" | sort -t, -k6; } >"$place/turned/$side.csv"
done
reconcile "$set" one >/dev/null
reconcile "$place/turned" two >/dev/null
cmp "$place/one.csv" "$place/two.csv" 2>&1 | none "another order of the lines gives the same file"

{
    "$build/bankops" reconcile --book "$set/ledger.csv" 2>/dev/null
    [ $? = 2 ] || echo "half of the files was taken"
    printf 'id,value_date,account,ccy,dc,amount_minor,ref,narrative\nL1,20240601,A,CNY,C,1x,R,\n' \
        >"$place/bad.csv"
    "$build/bankops" reconcile --book "$place/bad.csv" --statement "$set/statement.csv" \
        --output "$place/none.csv" 2>/dev/null && echo "a bad amount was taken"
    [ ! -e "$place/none.csv" ] || echo "a refused run wrote matches"
} | none "half an order or a bad file is refused and writes nothing"

if [ -d "${BANKOPS_CORPUS:-}/reconcile" ]; then
    for folder in "$BANKOPS_CORPUS"/reconcile/*/; do
        reconcile "$folder" corpus >/dev/null || echo "$folder failed"
        judge corpus "$folder"
    done 2>&1 | none "the labelled sets of the corpus"
else
    skip "the labelled sets of the corpus" "BANKOPS_CORPUS is not set"
fi
