#!/bin/sh
# Two live sessions at once: the second waits for the first and then sees what it did.
. "$(dirname "$0")/lib.sh"
plan 26

eval "$("$source/tests/lib/fixture" start)"
trap 'exec 3>&- 4>&-; "$source/tests/lib/fixture" stop; leave' EXIT
socket=$PGHOST
psql -Xq -f "$source/tests/lib/small-bank.sql" >"$place/setup" 2>&1 || sed 's/^/# /' "$place/setup"

# open NAME DESCRIPTOR LOGIN: a psql that reads from the descriptor and writes to $place/NAME.
open() {
    rm -f "$place/$1.in"
    mkfifo "$place/$1.in"
    : >"$place/$1"
    psql -XqAt -v VERBOSITY=sqlstate -v ON_ERROR_STOP=0 -U "$3" <"$place/$1.in" >"$place/$1" 2>&1 &
    eval "exec $2>\"\$place/\$1.in\""
}

# wanted VALUE STATEMENT: asks the database until it answers the value.
wanted() {
    turns=0
    until [ "$(sql "$2")" = "$1" ]; do
        [ $((turns = turns + 1)) -lt 500 ] || { echo "# gave up on: $2"; return 1; }
    done
}

# answered NAME TEXT: waits for a line of the session with the text.
answered() {
    turns=0
    until grep -q "$2" "$place/$1"; do
        sql "SELECT 1" >/dev/null
        [ $((turns = turns + 1)) -lt 500 ] || { echo "# no '$2' from $1:"; sed 's/^/# /' "$place/$1"; return 1; }
    done
}

waits() {
    wanted 1 "SELECT count(*) FROM pg_stat_activity WHERE usename = '$1' AND wait_event_type = 'Lock'"
}

key() { sql "SELECT gen_random_uuid()"; }
post() { echo "SELECT (api.points_post(101, 'card', $2, 'n', '$1')).status;"; }
account() { sql "SELECT available FROM bank.points_account WHERE customer_id = 101"; }
proof() { psql -XqAt -U t_super -c "SELECT sum(abs(difference)) FROM api.points_proof()"; }

# One key, two posters.
k=$(key)
open a 3 t_clerk
open b 4 t_clerk
{ echo "BEGIN;"; post "$k" 500; } >&3
answered a done
post "$k" 500 >&4
waits t_clerk
is "the second poster waits" $? 0
echo "COMMIT;" >&3
answered b replayed
is "and is answered with the first posting" $? 0
is "which was made once" "$(account)" 500

k=$(key)
{ echo "BEGIN;"; post "$k" 70; } >&3
wanted 1 "SELECT count(*) FROM pg_stat_activity WHERE usename = 't_clerk' AND state = 'idle in transaction'"
: >"$place/b"
post "$k" 70 >&4
waits t_clerk
echo "ROLLBACK;" >&3
answered b '^done'
is "when the first gives up, the second posts" "$?" 0
is "once" "$(account)" 570

# A connection that is killed before its commit, and one after it.
k=$(key)
{ echo "BEGIN;"; post "$k" 30; } >&3
wanted 1 "SELECT count(*) FROM pg_stat_activity WHERE usename = 't_clerk' AND state = 'idle in transaction'"
is "a poster is killed before his commit" \
    "$(sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE usename = 't_clerk' AND state = 'idle in transaction'")" t
wanted 1 "SELECT count(*) FROM pg_stat_activity WHERE usename = 't_clerk'"
is "nothing of it stays" "$(account)" 570
: >"$place/b"
post "$k" 30 >&4
answered b '^done'
is "asked again by its key, it is posted" "$(account)" 600
exec 3>&-
wait_killed=$(sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 't_clerk'")
is "a poster is killed after his commit" "$wait_killed" t
wanted 0 "SELECT count(*) FROM pg_stat_activity WHERE usename = 't_clerk'"
exec 4>&-
is "asked again by its key, it is there already" \
    "$(psql -XqAt -U t_clerk -c "$(post "$k" 30)")" replayed
is "and was posted once" "$(account)" 600
is "the ledger adds up" "$(proof)" 0
is "each posting has one audit row" \
    "$(sql "SELECT count(*) FROM bank.audit WHERE action = 'points_earn' AND customer_id = 101")" 3

# Two clerks take one case.
psql -XqAt -U t_clerk -c "SELECT (api.case_open(101, 'A01', 'B02', 'C01', 'card', 'facts',
    p_request => '$(key)')).status" >"$place/opened"
is "a case waits" "$(cat "$place/opened")" "done"
found=$(sql "SELECT case_id || ', ' || version FROM bank.case_file WHERE customer_id = 101")
open a 3 t_clerk
open b 4 t_clerk2
echo "BEGIN; SELECT (api.case_take(101, $found, '$(key)')).status;" >&3
answered a done
echo "SELECT (api.case_take(101, $found, '$(key)')).status;" >&4
waits t_clerk2
is "the second clerk waits" $? 0
echo "COMMIT;" >&3
answered b BO409
is "and is told that it changed" $? 0
is "the first one owns it" "$(sql "SELECT owner_id FROM bank.case_file WHERE customer_id = 101")" 901
exec 3>&- 4>&-

# Two supervisors decide one request for access.
psql -XqAt -U t_clerk -c "SELECT api.access_ask(103, 'client meeting', '$(key)')" >/dev/null
g=$(sql "SELECT grant_id FROM bank.access_grant WHERE customer_id = 103")
open a 3 t_super
open b 4 t_super2
echo "BEGIN; SELECT (api.access_refuse(103, $g, '', 1, '$(key)')).status;" >&3
answered a done
echo "SELECT (api.access_grant(103, $g, '', 1, '$(key)')).status;" >&4
waits t_super2
is "the second supervisor waits" $? 0
echo "COMMIT;" >&3
answered b BO423
is "and is told that it is decided" $? 0
is "the first decision stands" "$(sql "SELECT state FROM bank.access_grant WHERE grant_id = $g")" refused
exec 3>&- 4>&-

# Two sealers of the audit trail.
open a 3 t_audit
open b 4 t_admin
echo "BEGIN; SELECT blocks > 0 FROM api.audit_seal();" >&3
answered a '^t'
echo "SELECT 'sealed ' || blocks FROM api.audit_seal();" >&4
answered b 'sealed 0'
is "the second sealer leaves it to the first" $? 0
echo "COMMIT; SELECT 'over';" >&3
answered a over
psql -XqAt -U t_clerk -c "SELECT status FROM api.case_note(101, ${found%,*}, 'x', '$(key)')" >/dev/null
echo "SELECT 'then ' || (blocks > 0) FROM api.audit_seal();" >&4
answered b 'then true'
is "and goes on where that one ended" $? 0
is "no row is sealed twice" "$(sql "SELECT count(*) - count(DISTINCT i) FROM bank.audit_block, unnest(audit_ids) i")" 0
exec 3>&- 4>&-
# A note waits for nobody, whatever of the case another session holds.
case_id=${found%,*}
sql "UPDATE bank.case_file SET owner_id = 901 WHERE case_id = $case_id;
     UPDATE bank.case_clock SET stopped_at = NULL WHERE case_id = $case_id AND clock = 'idle'" >/dev/null
open a 3 "$(sql 'SELECT current_user')"
echo "BEGIN; SELECT 'held ' || count(*) FROM (SELECT FROM bank.case_file f JOIN bank.case_clock k USING (customer_id, case_id)
      WHERE f.case_id = $case_id AND k.clock = 'idle' FOR UPDATE) x;" >&3
answered a 'held 1'
is "a note waits for nobody" "$(PGOPTIONS='-c lock_timeout=2s' psql -XqAt -U t_clerk -c "
    SELECT status FROM api.case_note(101, $case_id, 'y', '$(key)')" 2>&1)" done
echo "COMMIT; SELECT 'over';" >&3
answered a over
psql -XqAt -U t_clerk -c "SELECT status FROM api.case_note(101, $case_id, 'z', '$(key)')" >/dev/null
is "and the next one says that the owner is at work" \
    "$(sql "SELECT count(*) FROM bank.case_clock WHERE case_id = $case_id AND clock = 'idle' AND stopped_at IS NULL")" 0
exec 3>&-
is "the trail proves itself" "$("$program" audit verify --database "host=$PGHOST user=t_audit dbname=bankops" >"$place/verify" 2>&1; echo $?)" 0
