#!/bin/sh
# The server is killed while it posts and while it imports, the disk is full, the machine's clock is
# wrong: all or nothing each time, and the same entry again ends where one entry ends.
. "$(dirname "$0")/lib.sh"
plan 21
small=$place/small
unmount() {
    ! mountpoint -q "$small" 2>/dev/null || umount -l "$small"
}
trap 'exec 3>&-; "$program" database stop --quiet >/dev/null 2>&1; unmount; leave' EXIT

start_bank
find_socket
sql "CREATE EXTENSION pgtap" >/dev/null
psql -Xq -h "$socket" -U bankops_dba -d bankops -f "$source/tests/lib/small-bank.sql" >"$place/setup" 2>&1
hba=$(sql "SHOW hba_file")
echo 'local all all trust' >"$hba"
sql "SELECT pg_reload_conf()" >/dev/null
sql "UPDATE bank.setting SET value = '2030-01-02' WHERE name = 'business_date';
     INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES ('nostro', 'Nostro', 'nostro', 3);
     INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
     SELECT lane_id, 3, 'GL100', 'DE100', 'EUR' FROM bank.recon_lane" >/dev/null
# as LOGIN: psql as that member of staff.
as() {
    login=$1
    shift
    psql -XqAt -h "$socket" -d bankops -U "$login" "$@"
}
turns=0
until as t_clerk -c '' 2>/dev/null || [ $((turns = turns + 1)) = 500 ]; do :; done

# wanted VALUE STATEMENT: asks until the answer is the value.
wanted() {
    turns=0
    until [ "$(sql "$2")" = "$1" ]; do
        [ $((turns = turns + 1)) -lt 1000 ] || { echo "# gave up on: $2"; return 1; }
    done
}

# The whole server at once, as when the machine loses its power; then it is started again.
crash() {
    victims="$(head -n 1 "$BANKOPS_DATA/cluster/postmaster.pid")
$(sql "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")"
    for pid in $victims; do kill -9 "$pid" 2>/dev/null; done
    turns=0
    while kill -0 "$(echo "$victims" | head -n 1)" 2>/dev/null && [ $((turns = turns + 1)) -lt 10000 ]; do :; done
}
restart() {
    "$program" database start --quiet >"$place/restart" 2>&1
    is "$1" $? 0
    find_socket
}

# Three hundred postings, each with its key, to two customers; killed in the middle.
n=0
while [ $((n += 1)) -le 300 ]; do
    echo "SELECT (api.points_post($((101 + n % 2)), 'card', 7, '$n', md5('post $n')::uuid)).status;"
done >"$place/posts"
as t_clerk -f "$place/posts" >"$place/posted" 2>"$place/errors" &
poster=$!
wanted t "SELECT count(*) >= 50 FROM bank.points_transaction"
crash
wait $poster 2>/dev/null
heard=$(grep -c '^done' "$place/posted")
like "the poster loses the server halfway" "$([ "$heard" -ge 50 ] && [ "$heard" -lt 300 ] && echo halfway "$heard")" 'halfway *'
restart "the server starts again"
kept=$(sql "SELECT count(*) FROM bank.points_transaction")
like "what was answered is kept, and at most one posting more" "$((kept - heard))" '[01]'
proof() { as t_super -c "SELECT count(*), sum(abs(difference)) FROM api.points_proof()"; }
is "the ledger adds up" "$(proof)" '6|0'
is "each posting has its lines, bucket and audit row" "$(sql "
    SELECT count(*) FROM bank.points_transaction t
     WHERE (SELECT count(*) FROM bank.points_posting p WHERE p.transaction_id = t.transaction_id) <> 1
        OR (SELECT count(*) FROM bank.points_bucket b WHERE b.bucket_id = t.transaction_id) <> 1
        OR (SELECT count(*) FROM bank.audit a WHERE a.object_id = t.transaction_id::text AND a.action = 'points_earn') <> 1")" 0
as t_clerk -f "$place/posts" >"$place/again" 2>&1
is "all entered again: those kept are replayed" "$(grep -c '^replayed' "$place/again")" "$kept"
is "the others are posted" "$(grep -c '^done' "$place/again")" $((300 - kept))
is "each is there once" "$(sql "SELECT sum(available) FROM bank.points_account")" 2100
is "and the ledger adds up" "$(proof)" '6|0'

# An import of ten thousand lines, killed when the lines are sent and the call waits for its account.
{
    echo ':20:STARTUMSE
:25:DE100
:28C:1/1
:60F:C291231EUR1000000,00'
    n=0
    while [ $((n += 1)) -le 10000 ]; do
        echo ":61:3001020102D1,00NTRFREF-$n"
        echo ":86:invoice $n"
    done
    echo ':62F:C300102EUR990000,00'
} >"$place/large.sta"
held() {
    sql "SELECT (SELECT count(*) FROM bank.recon_file), (SELECT count(*) FROM bank.recon_statement),
                (SELECT count(*) FROM bank.recon_item),
                (SELECT coalesce(sum(fresh_lines), 0) FROM bank.recon_day_total),
                (SELECT count(*) FROM bank.request WHERE action = 'import_commit')"
}
mkfifo "$place/lock"
as bankops_dba <"$place/lock" >/dev/null 2>&1 &
locker=$!
exec 3>"$place/lock"
echo "BEGIN; LOCK TABLE bank.recon_item IN ACCESS EXCLUSIVE MODE;" >&3
wanted 1 "SELECT count(*) FROM pg_locks WHERE relation = 'bank.recon_item'::regclass AND mode = 'AccessExclusiveLock' AND granted"
"$program" import --as t_clerk "$place/large.sta" >"$place/out" 2>"$place/err" </dev/null &
import=$!
wanted 1 "SELECT count(*) FROM pg_stat_activity WHERE usename = 't_clerk' AND wait_event_type = 'Lock'"
crash
wait $import
status=$?
exec 3>&-
wait $locker 2>/dev/null
like "the import fails" "$status" '[1-9]*'
like "and says so" "$(head -n 1 "$place/err")" 'bankops: *'
restart "the server starts once more"
is "nothing of the file is there" "$(held)" '0|0|0|0|0'
"$program" import --as t_clerk "$place/large.sta" >"$place/out" 2>&1
is "the same file again is imported" "$?" 0
is "whole" "$(held)" '1|1|10000|10000|1'

# The disk is full.
mkdir "$small"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=256k tmpfs "$small" 2>/dev/null; then
    chown "$(stat -c %U "$BANKOPS_DATA/cluster")" "$small"
    chmod 700 "$small"
    sql "CREATE TABLESPACE small LOCATION '$small'" >/dev/null
    sql "TRUNCATE api.import_line" >/dev/null
    sql "ALTER TABLE api.import_line SET TABLESPACE small" >/dev/null
    sed 's/invoice/Invoice/; s/STARTUMSE/SECOND/; s/28C:1/28C:2/' "$place/large.sta" >"$place/second.sta"
    refused "a full disk" 1 'bankops: *No space left on device*' "$program" import --as t_clerk "$place/second.sta"
    is "nothing of the second file is there" "$(held)" '1|1|10000|10000|1'
    is "points can be posted all the same" "$(as t_clerk -c "SELECT (api.points_post(101, 'card', 1, '', gen_random_uuid())).status")" done
    sql "ALTER TABLE api.import_line SET TABLESPACE pg_default" >/dev/null
    sql "DROP TABLESPACE small" >/dev/null
    unmount
else
    for name in 'a full disk' 'nothing of it stays' 'points go on'; do
        echo "ok - $name # SKIP only root can make a small disk"
    done
fi

# The bank's day is the bank's, whatever the clock and zone of the machine and the client.
is "postings carry the bank's day" "$(sql "SELECT DISTINCT business_date FROM bank.points_transaction")" 2030-01-02
is "in every zone of the client" "$(PGTZ=America/New_York; export PGTZ; as t_clerk -c "SELECT business_date FROM api.me")" 2030-01-02
is "and so does the console" "$(TZ=Pacific/Kiritimati PGTZ=Pacific/Kiritimati; export TZ PGTZ; as t_clerk -c "SELECT today FROM api.console_identity()")" 2030-01-02
