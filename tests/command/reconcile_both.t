#!/bin/sh
# Two runs at once whose matches are so many that they are kept in tables of their own: of one lane, of two
# lanes, and beside a run of few; each line is in one match, and the matches are those of one run alone.
. "$(dirname "$0")/lib.sh"
plan 15
teller_bank "UPDATE bank.setting SET value = '500' WHERE name = 'recon_segment_lines';
             UPDATE bank.setting SET value = '2026-11-30' WHERE name = 'business_date';
             INSERT INTO bank.recon_lane (code, name, kind, unit_id)
             SELECT c, c, 'channel', 1 FROM unnest('{one,two,three}'::text[]) c;
             INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency, numbered)
             SELECT lane_id, 1, 'G' || code || n, 'E' || code || n, 'CNY', false
               FROM bank.recon_lane, generate_series(1, 3) n"

# side L|S LANE ROUND: 900 lines; every 50th is there twice, every 70th on one side alone, every 90th is
# written otherwise, every 110th has another amount of the same reference beside it, reversed.
side() {
    echo 'id,value_date,account,ccy,dc,amount_minor,ref,narrative'
    awk -v side="$1" -v prefix="$([ "$1" = L ] && echo G || echo E)$2" -v round="$3" 'BEGIN {
        for (n = 1; n <= 900; n++) {
            account = prefix (n % 3 + 1); reference = sprintf("%d%08d", round, n * 7919)
            if (n % 70 == 0 && side == "S" || n % 70 == 1 && side == "L") continue
            if (n % 90 == 0 && side == "S") reference = "ref-" reference
            row = account ",CNY,C," n * 13 "," reference ","
            print side round "-" n ",2026-11-" (side == "S" ? 21 : 20) "," row
            if (n % 50 == 0) print side round "-" n "b,2026-11-" (side == "S" ? 21 : 20) "," row
            if (n % 110 == 0) print side round "-" n "c,2026-11-21," account ",CNY,D," n * 13 "," reference ","
        } }'
}
load() {
    side L "$1" "$2" >"$place/book-$1.csv"
    side S "$1" "$2" >"$place/statement-$1.csv"
    "$program" import --quiet --as teller --side book "$place/book-$1.csv" &&
        "$program" import --quiet --as teller --side statement "$place/statement-$1.csv"
}
run() {
    "$program" reconcile --as teller --date 2026-11-30 "$1"
}
# What the runs of a lane made, whatever its name and numbers.
result() {
    sql "SELECT m.rule, m.status, m.cardinality, count(*), sum(m.amount), md5(string_agg(m.key, ',' ORDER BY m.key, m.amount))
           FROM bank.recon_match m JOIN bank.recon_account a USING (account_id) JOIN bank.recon_lane l USING (lane_id)
          WHERE l.code = '$1' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3" &&
        sql "SELECT b.category, count(*) FROM bank.recon_break b JOIN bank.recon_lane l USING (lane_id)
              WHERE l.code = '$1' GROUP BY 1 ORDER BY 1"
}
load one 1 && load two 1 && load three 1
is "three lanes are imported" $? 0
run one >"$place/first" 2>&1 &
first=$!
run one >"$place/second" 2>&1
is "a run of the lane ends" $? 0
wait $first
is "so does the other" $? 0
is "one of them has matched all" "$(sql "SELECT string_agg((match_count > 0)::text, ' ' ORDER BY match_count)
    FROM bank.recon_run")" "false true"
run two >"$place/first" 2>&1 &
first=$!
run three >"$place/second" 2>&1
is "a run of one lane ends" $? 0
wait $first
is "the run of another beside it too" $? 0
is "with the same result" "$(result two)" "$(result three)"
is "as that of the lane that was run twice" "$(result one)" "$(result three)"
is "most pairs are one row each" "$(sql "SELECT count(*) > 2400 FROM bank.recon_match WHERE book_id IS NOT NULL")" t
is "no line is in two live matches" "$(sql "SELECT count(*) FROM (SELECT 1 FROM bank.recon_match_item WHERE live
    GROUP BY account_id, item_id HAVING count(*) > 1) x")" 0
is "each match sums to zero" "$(sql "SELECT count(*) FROM bank.recon_match m WHERE m.adjustment <>
    -(SELECT sum(i.amount) FROM bank.recon_match_item i WHERE i.account_id = m.account_id AND i.match_id = m.match_id)")" 0

# The same lines as few: the pairs are claimed one by one.
sql "UPDATE bank.setting SET value = '100000' WHERE name = 'recon_segment_lines';
     INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES ('few', 'few', 'channel', 1);
     INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency, numbered)
     SELECT lane_id, 1, 'G' || code || n, 'E' || code || n, 'CNY', false
       FROM bank.recon_lane, generate_series(1, 3) n WHERE code = 'few'" >>"$place/setup" 2>&1
load few 1
run few >"$place/first" 2>&1
is "few are run" $? 0
is "with the same result as many" "$(result few)" "$(result three)"
is "and lines of their own" "$(sql "SELECT count(*) FROM bank.recon_match m JOIN bank.recon_account a USING (account_id)
    JOIN bank.recon_lane l USING (lane_id) WHERE l.code = 'few' AND m.book_id IS NOT NULL")" 0
is "the sums by day are those of the items" "$(sql "SELECT (SELECT sum(lines) FROM bank.recon_day_total)
    = (SELECT count(*) FROM bank.recon_item) AND (SELECT sum(closed_lines) FROM bank.recon_day_total)
    = (SELECT count(*) FROM bank.recon_match_item i JOIN bank.recon_match m USING (account_id, match_id)
        WHERE i.live AND m.status = 'confirmed')")" t
