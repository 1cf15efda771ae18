#!/bin/sh
# The private cluster meets everything that is known to go wrong with one.
. "$(dirname "$0")/../command/lib.sh"
plan 49
data=$BANKOPS_DATA
owner=$(id -un)
[ "$owner" != root ] || owner=postgres

# as_owner COMMAND...: as the account that owns the server.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid "$owner" --regid "$owner" --init-groups "$@"
    else
        "$@"
    fi
}

setting() {
    sql "SHOW $1"
}

server_pid() {
    head -n 1 "$data/cluster/postmaster.pid"
}

# wait_until COMMAND...: for at most 30 s.
wait_until() {
    for _ in $(seq 600); do
        "$@" >/dev/null 2>&1 && return 0
        perl -e 'select undef, undef, undef, 0.05'
    done
    return 1
}

# --- nothing there yet
status=$("$program" database status)
is "status before init: exit 3" $? 3
like "and it says so" "$status" '*not created yet*'

# An interrupted initdb left a half full folder that must neither be used nor stay.
mkdir -p "$data"
mkdir "$data/cluster.new.1" "$data/cluster.new.1/base"
echo 15 >"$data/cluster.new.1/PG_VERSION"
chown -R "$owner" "$data"
begin=$(date +%s%3N)
LC_ALL=zh_CN.GB18030 PGDATA=/nowhere PGOPTIONS='-c nonsense=1' \
    "$program" --language en database init >"$place/init" 2>&1
is "init with a strange locale and PG variables" $? 2
like "a character set that is not UTF-8 is refused" "$(cat "$place/init")" '*UTF-8*'
LC_MESSAGES=xx_YY.UTF-8 PGDATA=/nowhere PGUSER=nobody_here "$program" database init >"$place/init" 2>&1
is "init with PG variables around" $? 0
echo "# init $(($(date +%s%3N) - begin)) ms"
is "each step of the schema is told once" "$(grep -c '^schema ' "$place/init")" \
    "$(ls "$source/src/schema" | grep -c '[.]sql$')"
is "the half full folder is gone" "$(ls "$data" | grep new)" ""
refused "a second init changes nothing" 1 'bankops: *already*' "$program" database init
find_socket

# --- what was made
is "the server is not root" "$(stat -c %U "$data/cluster")" "$owner"
is "mode of the data directory" "$(stat -c %a "$data/cluster")" 700
is "mode of the socket folder" "$(stat -c %a "$socket")" 700
is "mode of the log" "$(stat -c %a "$data/log/server.log")" 600
is "locale" "$(sql "SELECT datcollate || ' ' || pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'bankops'")" \
    "C.UTF-8 UTF8"
is "checksums, fsync, no jit, no TCP" \
    "$(setting data_checksums) $(setting fsync) $(setting jit) <$(setting listen_addresses)>" "on on off <>"
is "clients that vanish are noticed" "$(setting client_connection_check_interval)" 2s
is "access rules" "$(sql "SELECT string_agg(type || ' ' || auth_method, ',' ORDER BY line_number) FROM pg_hba_file_rules")" \
    "local peer,host reject"
port=$(awk '$2 ~ /:1538$/' /proc/net/tcp | head -n 1)
is "nothing listens on TCP" "$port" ""

# --- peer map
sql "CREATE ROLE teller1 LOGIN" >/dev/null
like "an unknown login is refused" "$(psql -XqAt -h "$socket" -U teller1 -d bankops -c 'SELECT 1' 2>&1)" '*Peer authentication*'

# --- stop and start
"$program" database stop --quiet
is "stop" $? 0
is "the socket folder is gone" "$(ls -d "$socket" 2>/dev/null)" ""
"$program" database status >/dev/null
is "status when stopped: exit 3" $? 3
"$program" database stop --quiet
is "stop again" $? 0

# Three at once: one starts it, the others wait for it.
for n in 1 2 3; do
    { "$program" database start --quiet >"$place/race$n" 2>&1; echo $? >"$place/rc$n"; } &
done
wait
is "three racers" "$(cat "$place"/rc?)" "0
0
0"

# Servers in the data directory whose parent is not one of them: the postmasters.
postmasters() {
    for link in /proc/[0-9]*/cwd; do
        [ "$(readlink "$link" 2>/dev/null)" = "$data/cluster" ] || continue
        parent=$(awk '/^PPid:/ { print $2 }' "${link%cwd}status" 2>/dev/null)
        [ "$(readlink "/proc/$parent/cwd" 2>/dev/null)" = "$data/cluster" ] || echo postmaster
    done
}
is "one server" "$(postmasters)" postmaster

# The terminal goes away: the server has a session of its own.
is "own session" "$(ps -o sid= -p "$(server_pid)" | tr -d ' ')" \
    "$(ps -o sid= -p "$(server_pid)" | tr -d ' ' | grep -v "^$(ps -o sid= -p $$ | tr -d ' ')$")"

# The socket is swept away under the running server: it is started again.
rm -f "$socket/.s.PGSQL.5432"
"$program" database start --quiet
is "start without a socket" "$? $(sql 'SELECT 1')" "0 1"

# Killed while a backend works: the orphan keeps the shared memory for a while.
psql -Xq -h "$socket" -U bankops_dba -d bankops -c 'SELECT pg_sleep(2)' >/dev/null 2>&1 &
client=$!
wait_until sh -c "[ \"\$(psql -XqAt -h '$socket' -U bankops_dba -d bankops -c \
    \"SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'\")\" = 1 ]"
kill -9 "$(server_pid)"
"$program" database start >"$place/orphan" 2>&1
is "start after kill -9 with a working backend" "$? $(sql 'SELECT 1')" "0 1"
wait $client 2>/dev/null

# A stale pid file whose number now belongs to another process of the same account.
"$program" database stop --quiet
as_owner sh -c 'echo $$; exec sleep 60' </dev/null >"$place/sleeper" 2>/dev/null &
wait_until test -s "$place/sleeper"
sleeper=$(cat "$place/sleeper")
printf '%s\n%s\n1\n5432\n%s\n\n\nready\n' $sleeper "$data/cluster" "$socket" >"$data/cluster/postmaster.pid"
chown "$owner" "$data/cluster/postmaster.pid"
mkdir -m 700 "$socket"
echo $sleeper >"$socket/.s.PGSQL.5432.lock"
chown -R "$owner" "$socket"
"$program" database status >/dev/null
is "status is not fooled" $? 3
"$program" database start --quiet
is "start with a stale pid file" "$? $(sql 'SELECT 1')" "0 1"
is "it was put aside, not deleted" "$(head -n 1 "$data/cluster/postmaster.pid.stale")" $sleeper
kill -0 $sleeper
is "the other process lives" $? 0
kill $sleeper

# Somebody opened the data directory.
"$program" database stop --quiet
chmod 755 "$data/cluster"
"$program" database start --quiet
is "permissions are put right" "$? $(stat -c %a "$data/cluster")" "0 700"

# A stranger's folder stands where the socket belongs.
"$program" database stop --quiet
mkdir -m 777 "$socket"
refused "a socket folder that others may enter" 1 'bankops: *socket folder*' "$program" database start
rmdir "$socket"
ln -s /etc "$socket"
refused "a link instead of the socket folder" 1 'bankops: *not a directory*' "$program" database start
rm "$socket"

# Made by another major version.
echo 99 >"$data/cluster/PG_VERSION"
refused "another version of PostgreSQL" 1 'bankops: *PostgreSQL 99*' "$program" database start
is "and it is left alone" "$(cat "$data/cluster/PG_VERSION")" 99
"$program" database start --quiet >/dev/null 2>&1
pg_version=$(ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -n 1)
[ -z "$pg_version" ] || echo "$pg_version" >"$data/cluster/PG_VERSION"
"$program" database start --quiet
is "and runs with the right one" $? 0

# Nobody waits for orphans where process 1 is a program that knows only its own child, as in a
# container without init: the killed server keeps its number for ever.
if [ "$(id -u)" = 0 ] && unshare -pf --mount-proc true 2>/dev/null; then
    "$program" database stop --quiet
    unshare -pf --mount-proc timeout 300 sh -c '
        "$0" database start --quiet && kill -9 "$(head -n 1 "$1/cluster/postmaster.pid")" || exit 9
        "$0" database start --quiet
        echo "$? $(psql -XqAt -h "$2" -U bankops_dba -d bankops -c "SELECT 1")"
        "$0" database stop --quiet
        echo $?' "$program" "$data" "$socket" >"$place/orphan" 2>&1
    is "start after kill -9 where nobody waits for the dead" "$(cat "$place/orphan")" "0 1
0"
else
    echo "ok - start after kill -9 where nobody waits for the dead # SKIP needs root and namespaces"
fi

# --- who uses it keeps it; the last one to leave lets it stop
"$program" database stop --quiet
BANKOPS_LINGER=0 "$program" database migrate --quiet
is "started on demand" $? 0
wait_until sh -c "! [ -e '$data/cluster/postmaster.pid' ]"
is "and stopped after the last user left" $? 0
"$program" database start --quiet
BANKOPS_LINGER=0 "$program" database migrate --quiet
perl -e 'select undef, undef, undef, 1.5'
is "started by hand it stays" "$(sql 'SELECT 1')" 1
"$program" database stop --quiet

# --- folders
mkdir "$place/theirs" "$place/theirs/cluster"
echo keep >"$place/theirs/cluster/file"
chown "$owner" "$place/theirs"
refused "a data folder that bankops did not make" 1 'bankops: *not made by bankops*' \
    env BANKOPS_DATA="$place/theirs" "$program" database start
is "and its content stays" "$(cat "$place/theirs/cluster/file")" keep
long=$place/$(printf 'a%.0s' $(seq 100))/$(printf 'b%.0s' $(seq 100))
BANKOPS_DATA=$long/data "$program" database init --quiet
is "a path longer than a socket's may be" $? 0
BANKOPS_DATA=$long/data "$program" database stop --quiet

# --- a container's tiny /dev/shm
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    export BANKOPS_DATA="$place/tiny"
    unshare -m sh -c 'mount -t tmpfs -o size=4m none /dev/shm && exec "$0" database init --quiet' "$program"
    find_socket
    is "shared memory goes to files" "$(setting dynamic_shared_memory_type)" mmap
    is "and a query with a helper process works" "$(sql "SET max_parallel_workers_per_gather = 2;
        SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
        SELECT count(*) > 0 FROM pg_proc")" t
    "$program" database stop --quiet
    export BANKOPS_DATA="$data"
    refused "no room in /dev/shm at all" 1 'bankops: *shared memory*' \
        env BANKOPS_DATA="$place/none" unshare -m sh -c \
        'mount -t tmpfs -o size=4k none /dev/shm && exec "$0" database init --quiet' "$program"
    refused "no time zones" 1 'bankops: *time zone*Asia/Shanghai*' \
        env BANKOPS_DATA="$place/zoneless" unshare -m sh -c \
        'mount -t tmpfs none /usr/share/zoneinfo && exec "$0" database start --quiet' "$program"
    BANKOPS_DATA="$place/zoneless" "$program" database stop --quiet
else
    echo "ok - shared memory goes to files # SKIP needs root and mount namespaces"
    echo "ok - and a query with a helper process works # SKIP needs root and mount namespaces"
    echo "ok - no time zones # SKIP needs root and mount namespaces"
    echo "ok - no room in /dev/shm at all # SKIP needs root and mount namespaces"
fi
mkdir "$place/empty-path"
refused "PostgreSQL's programs are missing" 1 'bankops: *99*' sh -c "
    cp -a '$data' '$place/moved' && echo 99 >'$place/moved/cluster/PG_VERSION' &&
    BANKOPS_DATA='$place/moved' PG_BINDIR='$place/empty-path' '$program' database start"
