#!/bin/sh
# The same labelled lines matched from files and in the database give the same matches: the same lines
# together, by the same rule, confirmed or suggested alike; in the database both where pairs are claimed one
# by one and where it finds them itself.
. "$(dirname "$0")/lib.sh"
plan 26
teller_bank "UPDATE bank.setting SET value = '2030-01-01' WHERE name = 'business_date'"

# together: matches of "number,status,rule,side,line" as sorted lines of status, rule and lines.
together() {
    LC_ALL=C sort -t, -k1,1 -k4,4 -k5,5 |
        awk -F, '$1 != match_id { if (text) print text; text = $2 " " $3; match_id = $1 }
                 { text = text " " $4 ":" $5 } END { if (text) print text }' | LC_ALL=C sort
}
# lane CODE: takes the set into a lane of its own, with accounts of its own.
lane() {
    for side in ledger statement; do
        sed "1!s/^\([^,]*,[^,]*,\)/\1$1/" "$place/set/$side.csv" >"$place/$side.csv"
    done
    sql "INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES ('$1', '$1', 'channel', 1)" &&
        cut -d, -f3,4 "$place/ledger.csv" "$place/statement.csv" | grep -v '^account,' | sort -u |
        while IFS=, read -r account currency; do
            sql "INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency, numbered)
                 SELECT lane_id, 1, '$account', '$account', '$currency', false FROM bank.recon_lane WHERE code = '$1'"
        done &&
        "$program" import --quiet --as teller --side book --lane "$1" "$place/ledger.csv" &&
        "$program" import --quiet --as teller --side statement --lane "$1" "$place/statement.csv"
}
# matches CODE: runs the lane and prints what it made.
matches() {
    "$program" reconcile --as teller "$1" >"$place/summary" 2>&1 || cat "$place/summary"
    sql "COPY (SELECT m.match_id, m.status, m.rule, i.side, i.source_id
                 FROM bank.recon_match m JOIN bank.recon_account a USING (account_id)
                 JOIN bank.recon_lane l USING (lane_id)
                 JOIN bank.recon_match_item x ON x.account_id = m.account_id AND x.match_id = m.match_id
                 JOIN bank.recon_item i ON i.account_id = x.account_id AND i.item_id = x.item_id
                WHERE l.code = '$1') TO STDOUT (FORMAT csv)" | together
}
number=0
# same NAME: the set in $place/set, three ways.
same() {
    number=$((number + 1))
    "$program" reconcile --book "$place/set/ledger.csv" --statement "$place/set/statement.csv" \
        --output "$place/matches.csv" >"$place/summary" 2>&1 || cat "$place/summary"
    sed 1d "$place/matches.csv" | together >"$place/wanted"
    for way in one bulk; do
        sql "UPDATE bank.setting SET value = '$([ $way = one ] && echo 100000 || echo 300)'
              WHERE name = 'recon_segment_lines'"
        code=$way$number
        lane "$code" >"$place/loaded" 2>&1 || cat "$place/loaded"
        matches "$code" >"$place/got"
        diff "$place/wanted" "$place/got" >"$place/differ"
        if [ -s "$place/wanted" ] && [ ! -s "$place/differ" ]; then
            echo "ok - $1, $(wc -l <"$place/wanted") matches, $way"
        else
            echo "not ok - $1, $way"
            echo "#   of $(wc -l <"$place/wanted") matches; < from files, > in the database"
            head -n 20 "$place/differ" | sed 's/^/#   /'
        fi
    done
}
for style in long rrn seq short; do
    rm -rf "$place/set" && mkdir "$place/set"
    "$build/tests/bench/generate" --events 1500 --seed 7 --style $style "$place/set"
    same "$style references"
done
rm -rf "$place/set" && mkdir "$place/set"
"$build/tests/bench/generate" --events 1500 --seed 7 --style short --mix wild --rate identical=0 "$place/set"
same "references in every writing"
for style in running shop invoice checked counter slash nested tails; do
    rm -rf "$place/set" && mkdir "$place/set"
    "$build/tests/bench/crowd" --events 600 --style $style --seed 13 --traps 600 "$place/set"
    same "$style references with lines that look alike"
done
