#!/bin/sh
# Imports and runs are killed (kill -9) at random points, the client mostly, the server's backend now
# and then: each time the old or the new state is there, and the same command again completes it.
# BANKOPS_KILLS says how many kills, 12 when it does not.
. "$(dirname "$0")/lib.sh"
plan 9
kills=${BANKOPS_KILLS:-12}
teller_bank "UPDATE bank.setting SET value = '2026-11-30' WHERE name = 'business_date';
             INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES ('kill', 'Kill', 'channel', 1);
             INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency, numbered)
             SELECT lane_id, 1, 'GK1', 'EK1', 'CNY', false FROM bank.recon_lane"

# day N SIDE ACCOUNT: 300 lines, two equal, some of one side alone, a fee, a line in two parts.
day() {
    echo 'id,value_date,account,ccy,dc,amount_minor,ref,narrative'
    awk -v day="$1" -v side="$2" -v account="$3" 'BEGIN {
        for (n = 1; n <= 300; n++) {
            reference = sprintf("%04d%08d", day, n * 7919); amount = n * 13 + day
            if (n == 7) { if (side == "S") amount = 99530; else amount = 100000 }
            if (n == 9 && side == "S") continue
            if (n == 11 && side == "L") continue
            if (n == 13 && side == "S") {
                printf "%s%d-%da,2026-11-21,%s,CNY,C,100,%s-1,\n", side, day, n, account, reference
                printf "%s%d-%db,2026-11-21,%s,CNY,C,%d,%s-2,\n", side, day, n, account, amount - 100, reference
                continue
            }
            printf "%s%d-%d,2026-11-21,%s,CNY,C,%d,%s,\n", side, day, n, account, amount, reference
        } }'
}
state() {
    sql "SELECT (SELECT count(*) FROM bank.recon_item), (SELECT count(*) FROM bank.recon_file),
                (SELECT count(*) FROM bank.recon_run), (SELECT count(*) FROM bank.recon_match),
                (SELECT coalesce(sum(fresh_lines), 0) FROM bank.recon_day_total),
                (SELECT count(*) FROM bank.recon_open), (SELECT count(*) FROM bank.recon_break)" 2>/dev/null
}
quiet() {
    turns=0
    until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'teller'" 2>/dev/null)" = 0 ]; do
        [ $((turns += 1)) -lt 2000 ] || return 1
    done
}
seed=${BANKOPS_SEED:-7}
random() { # below $1
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    echo $((seed / 65536 % $1))
}
done_kills=0 hit=0 server=0 wrong=
# attempt COMMAND…: kills it at a random point; notes a state that is neither old nor new.
attempt() {
    before=$(state)
    ms=$(random 260)
    "$@" >"$place/out" 2>&1 &
    client=$!
    turns=0
    until [ $((turns += 1)) -gt $((ms * 4)) ] || ! kill -0 $client 2>/dev/null; do :; done
    if [ $((done_kills % 10)) = 9 ]; then
        victim=$(sql "SELECT pid FROM pg_stat_activity WHERE usename = 'teller' LIMIT 1" 2>/dev/null)
        [ -z "$victim" ] || { kill -9 "$victim" 2>/dev/null && server=$((server + 1)); }
    else
        kill -9 $client 2>/dev/null && hit=$((hit + 1))
    fi
    wait $client 2>/dev/null
    done_kills=$((done_kills + 1))
    quiet || wrong="$wrong kill $done_kills: the server still works;"
    after=$(state)
    "$@" >"$place/out" 2>&1
    complete=$(state)
    [ "$after" = "$before" ] || [ "$after" = "$complete" ] ||
        wrong="$wrong kill $done_kills: $before, then $after, then $complete;"
}
grep -v '^\(INSERT\|CREATE\|$\)' "$place/setup" | sed 's/^/# /'
n=0
while [ $done_kills -lt "$kills" ]; do
    n=$((n + 1))
    # Every other day as large files and runs are kept: in tables of their own.
    sql "UPDATE bank.setting SET value = '$((n % 2 ? 200 : 100000))' WHERE name = 'recon_segment_lines'"
    day $n L GK1 >"$place/book.csv"
    day $n S EK1 >"$place/statement.csv"
    attempt "$program" import --as teller --side book "$place/book.csv"
    "$program" import --as teller --side statement "$place/statement.csv" >"$place/out" 2>&1
    attempt "$program" reconcile --as teller --date 2026-11-30 kill
done
echo "# $done_kills kills, $hit of a client at work, $server of a backend"
is "the old or the new state, each time" "$wrong" ""
[ $((hit + server)) -gt $((kills / 3)) ]
is "many were killed at work" $? 0
is "all lines are there once" "$(sql "SELECT count(*), count(DISTINCT (fingerprint, side)) FROM bank.recon_item")" \
    "$((n * 599))|$((n * 599))"
is "each day is matched" "$(sql "SELECT rule, count(*) FROM bank.recon_match WHERE status = 'confirmed'
    GROUP BY rule ORDER BY rule" | tr '\n' ' ')" "exact|$((n * 296)) fee|$n split|$n "
is "what one side has is open" "$(sql "SELECT count(*) FROM bank.recon_open")" "$((n * 2))"
is "no line is in two matches" "$(sql "SELECT count(*) FROM (SELECT 1 FROM bank.recon_match_item WHERE live
    GROUP BY account_id, item_id HAVING count(*) > 1) x")" 0
is "every match sums to zero with its adjustment" "$(sql "SELECT count(*) FROM bank.recon_match m WHERE m.adjustment
    <> -(SELECT sum(i.amount) FROM bank.recon_match_item i WHERE i.account_id = m.account_id
         AND i.match_id = m.match_id)")" 0
is "the sums by day are those of the items" "$(sql "SELECT (SELECT sum(lines) FROM bank.recon_day_total)
    = (SELECT count(*) FROM bank.recon_item) AND (SELECT sum(closed_lines) FROM bank.recon_day_total)
    = (SELECT count(*) FROM bank.recon_match_item WHERE live)")" t
is "nothing is left on the way in" "$(sql "SELECT (SELECT count(*) FROM api.import_line WHERE writer >=
    pg_snapshot_xmin(pg_current_snapshot())) + (SELECT count(*) FROM api.run_line WHERE writer >=
    pg_snapshot_xmin(pg_current_snapshot()))")" 0
