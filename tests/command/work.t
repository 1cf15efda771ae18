#!/bin/sh
# bankops work: all unattended jobs under one process; and the training of the night, once.
. "$(dirname "$0")/lib.sh"
plan 33

refused "an unknown option" 2 'bankops: *--fast*unknown option*' "$program" work --fast
refused "an unknown job" 2 'bankops: --jobs: there is no such job*' "$program" work --jobs clock,dance
like "help" "$("$program" work --help)" 'Usage: bankops work*--background*'
"$program" demo --customers 1000 --quiet >"$place/out" 2>&1 || cat "$place/out"
"$program" database start --quiet
find_socket
log=$BANKOPS_DATA/log/work.log
# until PATTERN COMMAND...: waits until what it says matches.
until_like() {
    wanted=$1 turns=0
    shift
    while [ $((turns = turns + 1)) -lt 3000 ]; do
        got=$("$@" 2>&1)
        case $got in $wanted) return 0 ;; esac
    done
    echo "# gave up: $got"
    return 1
}
status() { "$program" work --status; }
process_of() { status | awk -v job="$1" '$1 == job { sub(/;.*/, ""); print $NF }'; }

"$program" work --status >"$place/out"
is "nothing runs at first" "$? $(cat "$place/out")" '3 no workers run here'
like "it goes on behind the terminal" "$("$program" work --background --jobs clock,deliver,pull-cases,classify </dev/null)" 'the workers run, process *'
until_like '*clock*runs*deliver*runs*pull-cases*runs*classify*runs*' status
is "each job is a process" $? 0
like "once more changes nothing" "$("$program" work --background)" "the workers run, process $(status | awk 'NR == 1 { print $NF }')"
refused "nor in the foreground" 1 'bankops: *the workers run here already*' "$program" work

# What comes in is handled without anybody starting anything.
sql "UPDATE bank.case_clock SET next_at = now() - interval '1 minute' WHERE stopped_at IS NULL AND next_at IS NOT NULL" >/dev/null
printf 'id,customer,text\nw1,%s,信用卡催收一天打十几个电话，还威胁我家人，要求停止催收\n' \
    "$(sql "SELECT customer_number FROM bank.customer WHERE kind = 'person' AND NOT restricted AND customer_id > 100 LIMIT 1")" >"$place/one.csv"
"$program" import-cases --quiet "$place/one.csv"
routed() { sql "SELECT f.stage FROM bank.case_file f JOIN bank.case_origin o USING (customer_id, case_id) WHERE o.external_id = 'w1'"; }
until_like assigned routed
is "a complaint is classified and in its queue" $? 0

# A job that ends is started again, with a pause that grows.
first=$(process_of deliver)
kill -9 "$first"
again() { now=$(process_of deliver); [ "$now" != "$first" ] && kill -0 "$now" 2>/dev/null && echo "$now"; }
until_like '[0-9]*' again
is "a killed job runs again" $? 0
like "which is told" "$(cat "$log")" '*deliver    ended by signal 9; started again in 1 s*'
like "and counted" "$(status)" '*deliver    runs, process *; ended by itself: 1*'
second=$(process_of deliver)
kill -9 "$second"
until_like '*started again in 2 s*' cat "$log"
is "next time it waits longer" $? 0

# Killed itself, it leaves nothing behind.
all=$(for job in clock deliver pull-cases classify; do process_of $job; done)
main=$(status | awk 'NR == 1 { print $NF }')
kill -9 "$main"
# What has ended and waits for its parent to look, is gone too.
gone() { for p in $all; do grep -qs '^State:.[^Z]' "/proc/$p/status" && return; done; echo gone; }
until_like gone gone
is "the jobs end with it" $? 0
is "and the place is free" "$(status)" 'no workers run here'
"$program" work --background --quiet --jobs clock
until_like '*clock*runs*' status
is "it can be started again" $? 0
is "told to stop, it stops" "$("$program" work --stop)" 'the workers are stopped'
is "twice is no failure" "$("$program" work --stop)" 'no workers run here'
# The number of a former holder now belongs to somebody else.
sleep 300 >/dev/null 2>&1 &
other=$!
perl -MFcntl=:flock -e '
    open my $file, "+>", $ARGV[0]; flock $file, LOCK_EX; $file->autoflush;
    print $file "$ARGV[1]\n"; open my $ready, ">", $ARGV[2]; close $ready;
    select undef, undef, undef, 1; seek $file, 0, 0; truncate $file, 0;
    print $file "$$\n"; sleep 300' "$BANKOPS_DATA/.work.lock" 4194999 "$place/held" 2>/dev/null &
until_like '*held' ls "$place/held"
is "one that writes its number late is told to stop" "$("$program" work --stop)" 'the workers are stopped'
for n in 1 2 3 4; do
    echo $other >"$BANKOPS_DATA/.work.lock"
    "$program" work --background --quiet --jobs clock && "$program" work --stop
done >"$place/rounds" 2>&1
is "stopped at once when just begun" "$(sort "$place/rounds" | uniq -c | tr -s ' ')" ' 4 the workers are stopped'
kill -0 $other
is "and nobody else is told" $? 0
kill $other
"$program" work --background --quiet --jobs clock
"$program" database stop --quiet
is "stopping the database stops it too" "$(status)" 'no workers run here'
"$program" database start --quiet

# The training of the night.
find_socket
nights() { sql "SELECT night = (now() AT TIME ZONE 'Asia/Shanghai')::date, state, try_no, model_id, promoted FROM bank.nightly"; }
sql "UPDATE bank.setting SET value = '' WHERE name = 'classify_nightly_at'" >/dev/null
is "without a time there is no training" "$("$program" classify nightly --once)$(nights)" ''
sql "UPDATE bank.setting SET value = '00:00' WHERE name = 'classify_nightly_at'" >/dev/null
"$program" classify nightly --once
is "without new labels there is nothing to learn" "$(nights)" 't|skipped|1||'
sql "DELETE FROM bank.nightly;
     INSERT INTO bank.case_file (customer_id, unit_id, stage, channel, subject, facts, due_at)
     SELECT c.customer_id, c.unit_id, 'registered', 'A032', '收费', '扣了年费' || n, now()
       FROM (SELECT * FROM bank.customer WHERE customer_id > 100 LIMIT 1) c, generate_series(1, 40) n;
     INSERT INTO bank.training_label (customer_id, case_id, unit_id, staff_id, channel, business, reason)
     SELECT f.customer_id, f.case_id, f.unit_id, 1, 'A032', 'B99', 'C06' FROM bank.case_file f
     ON CONFLICT (customer_id, case_id) DO UPDATE SET business = 'B99', reason = 'C06', at = clock_timestamp();
     UPDATE bank.setting SET value = '5' WHERE name = 'classify_held_least'" >/dev/null
"$program" classify nightly --once >"$place/one" 2>&1 &
"$program" classify nightly --once >"$place/two" 2>&1
wait $!
like "two at once train one model" "$(cat "$place/one" "$place/two")" '????-??-??: model 2 trained on * held-out cases right; it is active'
is "which is kept with the night" "$(nights)" 't|done|1|2|t'
"$program" classify nightly --once
is "a restart does not do it again" "$(sql "SELECT count(*) FROM bank.model")" 2
sql "UPDATE bank.nightly SET night = night - 1; UPDATE bank.training_label SET at = clock_timestamp() WHERE case_id % 2 = 0" >/dev/null
"$program" classify nightly --once >/dev/null &
child=$!
claimed() { sql "SELECT count(*) FROM bank.nightly WHERE state = 'claimed'"; }
until_like 1 claimed
kill -9 $child
wait $child 2>/dev/null
sessions() { sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'worker01'"; }
until_like 0 sessions
is "killed while it trains it leaves no model" "$(sql "SELECT count(*) FROM bank.model")" 2
"$program" classify nightly --once
is "nobody takes over within half an hour" "$(sql "SELECT state || try_no FROM bank.nightly ORDER BY night DESC LIMIT 1")" claimed1
sql "UPDATE bank.nightly SET claimed_at = claimed_at - interval '31 minutes' WHERE state = 'claimed'" >/dev/null
"$program" classify nightly --once >/dev/null
is "after it somebody does" "$(sql "SELECT state || try_no || ' ' || model_id FROM bank.nightly ORDER BY night DESC LIMIT 1")" 'done2 3'
is "the lost one could no longer end it" "$(psql -XqAt -h "$socket" -U worker01 -d bankops -c "SELECT api.nightly_done((SELECT max(night) FROM api.nightly_list), 1, 3, false, '')" 2>&1 | grep -c 'permission denied\|Somebody else')" 1
is "no better one is active than the best" "$(sql "SELECT count(*) FROM bank.model WHERE state = 'active'")" 1
is "all of it is in the audit trail" "$(sql "SELECT count(*) FROM bank.audit WHERE action = 'nightly_train'")" 2
