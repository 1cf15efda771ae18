#!/bin/sh
# bankops opening: imports the demo day's files, reconciles, routes; a second run changes nothing.
. "$(dirname "$0")/lib.sh"
plan 15

refused "an unknown option" 2 'bankops: *--later*' "$program" opening --later
refused "an unexpected argument" 2 'bankops: *today*' "$program" opening today
"$program" demo --customers 1000 --quiet >"$place/out" 2>&1 || cat "$place/out"
find_socket
refused "a folder that is not there" 1 "bankops: *$place/nothing*" "$program" opening --files "$place/nothing"

waiting=$(sql "SELECT count(*) FROM bank.case_file WHERE stage = 'classified'
               AND NOT (SELECT restricted FROM bank.customer c WHERE c.customer_id = case_file.customer_id)")
"$program" opening >"$place/first" 2>&1
is "the job succeeds" $? 0
like "one file is held back for its balance" "$(head -n 1 "$place/first")" \
    'files: 7 imported with * new lines, 0 known before, 1 held back'
is "the classified complaints are routed" "$(sed -n 's/^complaints routed: //p' "$place/first")" "$waiting"
is "they stand in queues" "$(sql "SELECT count(*) FROM bank.case_file WHERE stage = 'assigned' AND queue IS NULL")" 0
is "matches sum to zero" "$(sql "SELECT count(*) FROM (SELECT match_id FROM bank.recon_match_item
    GROUP BY account_id, match_id HAVING sum(amount) <> 0) m")" 0
is "95 of 100 lines match in each reconciled lane" "$(sql "SELECT count(*) FROM bank.recon_lane l WHERE
    code <> 'NOSTRO-EUR' AND (SELECT count(*) FROM bank.recon_open o JOIN bank.recon_account a USING
    (account_id) WHERE a.lane_id = l.lane_id) * 20 > (SELECT count(*) FROM bank.recon_item i JOIN
    bank.recon_account a USING (account_id) WHERE a.lane_id = l.lane_id)")" 0
is "there are breaks of each kind" "$(sql "SELECT string_agg(DISTINCT category, ' ' ORDER BY category)
    FROM bank.recon_break")" "amount bank-only duplicate fee ours-only"
state() {
    sql "SELECT (SELECT count(*) FROM bank.recon_item), (SELECT count(*) FROM bank.recon_run),
         (SELECT count(*) FROM bank.recon_file), (SELECT count(*) FROM bank.case_event),
         (SELECT count(*) FROM bank.request), (SELECT count(*) FROM bank.audit)"
}
before=$(state)
like "a second run finds nothing new" "$("$program" opening 2>&1 | head -n 1)" \
    'files: 0 imported with 0 new lines, 8 known before, 0 held back'
is "and changes nothing" "$(state)" "$before"
# By hand, as the README says it: on the private database without a login.
like "one lane by hand" "$("$program" reconcile WALLET 2>&1)" 'WALLET up to * lines open*'
refused "a file by hand" 1 'bankops: *This file was imported before*' \
    "$program" import "$BANKOPS_DATA"/files/statements/wallet-channel-*.csv
like "a report" "$("$program" report balance --format csv 2>&1 | head -n 1)" 'Account,Item,*'
