#!/bin/sh
# bankops opening: imports the demo day's files, reconciles, routes; a second run changes nothing.
. "$(dirname "$0")/lib.sh"
plan 25

refused "an unknown option" 2 'bankops: *--later*' "$program" opening --later
refused "an unexpected argument" 2 'bankops: *today*' "$program" opening today
"$program" demo --customers 1000 --quiet >"$place/out" 2>&1 || cat "$place/out"
find_socket
refused "a folder that is not there" 1 "bankops: *$place/nothing*" "$program" opening --files "$place/nothing"

waiting=$(sql "SELECT count(*) FROM bank.case_file WHERE stage = 'classified'
               AND NOT (SELECT restricted FROM bank.customer c WHERE c.customer_id = case_file.customer_id)")
"$program" opening >"$place/first" 2>&1
is "the job succeeds" $? 0
like "one file is held back for each reason" "$(head -n 1 "$place/first")" \
    'files: 29 imported with * new lines, 0 known before, 7 held back'
is "namely these" "$(sql "SELECT string_agg(reason_code, ' ' ORDER BY reason_code) FROM bank.recon_file
    WHERE status = 'quarantined'")" "balance control gap page repeated sequence waits"
is "the classified complaints are routed" "$(sed -n 's/^complaints routed: //p' "$place/first")" "$waiting"
is "they stand in queues" "$(sql "SELECT count(*) FROM bank.case_file WHERE stage = 'assigned' AND queue IS NULL")" 0
is "matches sum to zero with their adjustments" "$(sql "SELECT count(*) FROM (SELECT 1 FROM bank.recon_match_item i
    JOIN bank.recon_match m USING (account_id, match_id) GROUP BY account_id, match_id, m.adjustment
    HAVING sum(i.amount) + m.adjustment <> 0) m")" 0
is "80 of 100 lines match in each reconciled lane, of a small bank" "$(sql "SELECT count(*) FROM bank.recon_lane l WHERE
    code NOT IN ('NOSTRO-EUR', 'NOSTRO-FX') AND (SELECT count(*) FROM bank.recon_open o JOIN bank.recon_account a USING
    (account_id) WHERE a.lane_id = l.lane_id) * 5 > (SELECT count(*) FROM bank.recon_item i JOIN
    bank.recon_account a USING (account_id) WHERE a.lane_id = l.lane_id)")" 0
is "there are breaks of each kind" "$(sql "SELECT string_agg(DISTINCT category, ' ' ORDER BY category)
    FROM bank.recon_break")" "amount bank-only currency date duplicate fee ours-only status"
is "of each age" "$("$program" report recon-ageing --as clerk01 --format csv 2>"$place/error" | cut -d, -f1 | tail -n +2 | sort -u | tr '\n' ' ')" "0–1 days 2–7 days 31–90 days 8–30 days Over 90 days "
is "and each rule that only suggests has suggested" "$(sql "SELECT string_agg(DISTINCT rule, ' ' ORDER BY rule)
    FROM bank.recon_match WHERE status = 'suggested'")" "ambiguous amount near subset"
state() {
    sql "SELECT (SELECT count(*) FROM bank.recon_item), (SELECT count(*) FROM bank.recon_run),
         (SELECT count(*) FROM bank.recon_file), (SELECT count(*) FROM bank.case_event),
         (SELECT count(*) FROM bank.request), (SELECT count(*) FROM bank.audit)"
}
before=$(state)
like "a second run finds nothing new" "$("$program" opening 2>&1 | head -n 1)" \
    'files: 0 imported with 0 new lines, 36 known before, 0 held back'
is "and changes nothing" "$(state)" "$before"
# By hand, as the README says it: on the private database without a login.
like "one lane by hand" "$("$program" reconcile WALLET 2>&1)" 'WALLET up to * book line* and * statement line* open, *'
refused "a file by hand" 1 'bankops: *This file was imported before*' \
    "$program" import "$BANKOPS_DATA"/files/statements/wallet-channel-*.csv
like "a report" "$("$program" report balance --format csv 2>&1 | head -n 1)" 'Account,Item,*'

month=$(sql "SELECT to_char(max(day), 'YYYY-MM') FROM bank.recon_item")
like "the rate of all lanes stands below them, no amount over several currencies" \
    "$("$program" report recon-rate --as super02 --set month="$month" | sed -n '/^Total/p' | tr -s " ")" "Total [0-9]*,[0-9]* [0-9]*,[0-9]* 9[0-9].[0-9]% [0-9] *"
sql "UPDATE bank.recon_match SET status = 'undone', undo_code = 'wrong-match' WHERE match_id = (
    SELECT min(match_id) FROM bank.recon_match JOIN bank.recon_account USING (account_id)
      JOIN bank.recon_lane USING (lane_id) WHERE code = 'WALLET' AND rule = 'exact' AND status = 'confirmed')"
rule=$("$program" report recon-rule --as super02 --set month="$month" --set by=lane --format csv | tr -d '\r' | grep ^WALLET)
is "a match undone as wrong is a false one of its lane" "$(echo "$rule" | cut -d, -f4,5)" 1,1
like "and of all" "$("$program" report recon-rule --as super02 --set month="$month" | sed -n '/^Total/p')" '*0.1%*'

# What colleagues did at the desk.
"$program" demo --desk --quiet
is "colleagues work at the desk" $? 0
is "of everything that takes two persons something waits" "$(sql "SET SESSION AUTHORIZATION super01;
    SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind) FROM api.recon_approval_list")" \
    "adjustment alias lane match signoff unmatch voucher waiver"
is "nothing of it is signed by its maker" "$(sql "SELECT count(*) FROM bank.recon_signoff WHERE preparer = reviewer")" 0
before=$(state)
"$program" demo --desk --quiet
is "a second time they do nothing" "$(state)" "$before"
