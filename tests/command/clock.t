#!/bin/sh
# bankops clock: killed again and again, two at once, a server that goes away: each step of the
# ladder is taken once.
. "$(dirname "$0")/lib.sh"
plan 15

refused "an unknown option" 2 'bankops: *--twice*' "$program" clock --twice
refused "an unexpected argument" 2 'bankops: *now*' "$program" clock now
"$program" demo --customers 2000 --quiet >"$place/out" 2>&1 || cat "$place/out"
find_socket
refused "a login that is no worker" 1 'bankops: *Your role does not permit this*' "$program" clock --once --as clerk01

# Every open case becomes two months older.
age() {
    sql "SET client_min_messages = error; UPDATE bank.case_clock SET started_at = started_at -
         interval '60 days' WHERE stopped_at IS NULL; SELECT bank.case_clock_recompute(NULL, 'test')" >/dev/null
}
due() {
    sql "SELECT count(*) FROM bank.case_clock WHERE stopped_at IS NULL AND next_at <= now()"
}
# Events of the ladder against steps on record: they are written together or not at all.
agree() {
    sql "SELECT (SELECT count(*) FROM bank.case_event WHERE action IN ('escalate', 'reassign'))
              - (SELECT count(*) FROM bank.case_escalation)"
}
# A night passed since the bank's day was last moved.
sql "UPDATE bank.setting SET value = (value::date - 1)::text WHERE name = 'business_date'" >/dev/null
like "the bank's day moves on" "$("$program" --language en clock --once)" "the bank's day is 20*"
is "to that of the calendar" "$(sql "SELECT bank.today() = bank.local_day(now())")" t
is "no points wait whose day has come" "$(sql "SELECT count(*) FROM bank.points_bucket WHERE pending AND
    available_on <= bank.today() OR remaining > 0 AND expires_on < bank.today()")" 0

age
like "steps are due" "$(due)" '[1-9]*'
for after in 0.02 0.03 0.04 0.05 0.06 0.07; do
    timeout -s KILL "$after" "$program" clock --once --quiet >/dev/null 2>&1
done
is "killed at any moment, steps and events agree" "$(agree)" 0
"$program" clock --once >"$place/one" 2>&1 &
one=$!
"$program" clock --once >"$place/two" 2>&1
wait "$one"
is "two at once leave nothing" "$("$program" clock --once) $(due)" "nothing is due 0"
is "steps and events agree" "$(agree)" 0
is "nothing failed" "$(sql "SELECT count(*) FROM bank.clock_failure")" 0
like "the whole ladder of an old case was taken" "$(sql "SELECT count(*) FROM bank.case_escalation
    WHERE clock = 'statutory' AND step = 4")" '[1-9]*'

# Without --once it waits; a server restarted under it costs it nothing.
"$program" clock >"$place/long" 2>&1 &
long=$!
kill -9 "$(head -n 1 "$BANKOPS_DATA/cluster/postmaster.pid")"
# wanted VALUE COMMAND…: waits a minute at most until the command prints the value.
wanted() {
    value=$1
    shift
    tries=0
    until [ "$("$@" 2>"$place/why")" = "$value" ] || [ $((tries += 1)) -gt 600 ]; do timeout 0.1 tail -f /dev/null; done
}
restart() {
    "$program" database start --quiet && sql "SELECT 1"
}
wanted 1 restart
is "the server is back" "$(sql "SELECT 1")" 1
sql "INSERT INTO bank.escalation_rule VALUES ('complaint', 'statutory', 5, NULL, 1, 'supervisor')" >/dev/null
sql "SELECT bank.case_clock_recompute(NULL, 'test')" >/dev/null
wanted t sql "SELECT count(*) > 0 FROM bank.case_escalation WHERE step = 5"
taken=$(sql "SELECT count(*) > 0 FROM bank.case_escalation WHERE step = 5")
is "a worker that waited takes what came due" "$taken" t
[ "$taken" = t ] || sed 's/^/# worker: /' "$place/long" "$place/why"
kill -TERM "$long"
wait "$long"
is "it ends when told to" $? 0
