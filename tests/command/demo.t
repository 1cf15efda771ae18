#!/bin/sh
# bankops demo: the same seed gives the same bank, another seed another; refusals; statement files.
. "$(dirname "$0")/lib.sh"
plan 15

refused "a size that is no number" 2 'bankops: *many*' "$program" demo --customers many
refused "a size too small" 2 'bankops: *99*' "$program" demo --customers 99
refused "a moment that is none" 2 'bankops: *2026-02-30*' "$program" demo --now '2026-02-30 10:00'
refused "an unknown option" 2 'bankops: *--fast*' "$program" demo --fast
refused "loading and the desk in one" 2 'bankops: --desk: *' "$program" demo --customers 300 --desk
BANKOPS_DATA="$place/empty" "$program" database init --quiet >/dev/null 2>&1
refused "the desk of no bank" 1 'bankops: --desk: there is no demo bank*' \
    env BANKOPS_DATA="$place/empty" "$program" demo --desk
BANKOPS_DATA="$place/empty" "$program" database stop --quiet >/dev/null 2>&1
refused "an unexpected argument" 2 'bankops: *bank*' "$program" demo bank

# Every table of the bank in one sum, but for what the clock of the server fills in.
bank_sum() {
    find_socket
    sql "SELECT md5(string_agg(x.sum, ',' ORDER BY x.name)) FROM (SELECT c.relname AS name,
         (xpath('/row/s/text()', query_to_xml('SELECT md5(string_agg(t::text, ''|'' ORDER BY t::text)) AS s
          FROM bank.' || c.relname || ' t', false, true, '')))[1]::text AS sum
         FROM pg_class c WHERE c.relnamespace = 'bank'::regnamespace AND c.relkind = 'r'
         AND c.relname = ANY (ARRAY['customer', 'customer_identity', 'phone', 'address', 'household',
         'household_member', 'relation', 'card', 'entry', 'balance_month', 'holding', 'consent',
         'customer_tag', 'contact', 'member', 'campaign_member', 'points_transaction', 'points_posting',
         'points_bucket', 'points_use', 'case_event', 'case_clock', 'unit', 'calendar_day'])) x"
}

# load NAME SEED: a bank of its own with that seed; prints its sum. A slow machine computes longer between
# two statements than a server lets transactions idle.
load() {
    BANKOPS_DATA="$place/$1" "$program" database init --quiet >/dev/null 2>&1
    BANKOPS_DATA="$place/$1" PGOPTIONS='-c idle_in_transaction_session_timeout=20ms' "$program" demo --customers 300 --seed "$2" --now '2026-05-20 10:30' \
        --quiet >"$place/out" 2>&1 || cat "$place/out"
    export BANKOPS_DATA="$place/$1"
    bank_sum
    "$program" database stop --quiet >/dev/null 2>&1
}

first=$(load first 7)
second=$(load second 7)
third=$(load third 8)
like "a sum was made" "$first" '????????????????????????????????'
is "the same seed gives the same bank" "$second" "$first"
is "so are the statement files" "$(cd "$place/second/files/statements" && cat ./* | cksum)" \
    "$(cd "$place/first/files/statements" && cat ./* | cksum)"
[ "$third" != "$first" ] && echo "ok - another seed gives another bank" ||
    echo "not ok - another seed gives another bank"

export BANKOPS_DATA="$place/first"
"$program" database start --quiet >/dev/null 2>&1
find_socket
customers=$(sql 'SELECT count(*) FROM bank.customer')
is "files of five days for two accounts, of one for four, and those that are held back" \
    "$(ls "$place/first/files/statements" | wc -l)" 36
like "the same bank again is no failure" \
    "$("$program" demo --customers 300 --seed 7 --now '2026-05-20 10:30' 2>&1 | grep already)" 'this demo bank*already*'
refused "a database that holds another bank" 1 'bankops: *customers already*' \
    "$program" demo --customers 400 --seed 7
find_socket
is "and nothing was changed" "$(sql 'SELECT count(*) FROM bank.customer')" "$customers"
