#!/bin/sh
# Servers that cannot be used: each gives one message, the right exit status, and changes nothing.
. "$(dirname "$0")/lib.sh"
plan 16

refused "no server at this address" 3 'bankops: *: connection to server on socket*' \
    "$program" database migrate --database "host=$place/nowhere"
refused "a host that does not exist" 3 'bankops: *nowhere.invalid*' \
    env PGHOST=nowhere.invalid "$program" database migrate
refused "a malformed connection string" 2 'bankops: *' \
    "$program" database migrate --database "host='unclosed"
refused "an unknown service" 3 'bankops: *no-such-service*' \
    env PGSERVICE=no-such-service "$program" database migrate
refused "an unknown action" 2 'bankops: *' "$program" database explode
refused "a missing value" 2 'bankops: *' "$program" database migrate --database

mkdir "$place/old"
old=$("$build/tests/command/old_server" "$place/old")
refused "a server that is too old" 1 'bankops: *PostgreSQL 9.6*needs 14*' \
    "$program" database migrate --database "host=$place/old dbname=bankops user=x"
"$program" doctor --plain --database "host=$place/old dbname=bankops user=x" >"$place/doctor" 2>&1
is "doctor fails on it" $? 1
like "and says why" "$(grep '^FAIL' "$place/doctor")" 'FAIL?server?*9.6*14*'
kill "$old"

start_bank
find_socket
sql "CREATE ROLE teller LOGIN PASSWORD 'correct' IN ROLE bankops_clerk" >/dev/null
hba=$(sql "SHOW hba_file")
printf 'local all teller scram-sha-256\n' | cat - "$hba" >"$place/hba"
cat "$place/hba" >"$hba"
sql "SELECT pg_reload_conf()" >/dev/null
until PGPASSWORD=correct psql -Xqw -h "$socket" -U teller -d bankops -c '' 2>/dev/null; do
    [ $((tries = ${tries:-0} + 1)) -lt 200 ] || break
done
refused "a wrong password" 1 'bankops: *password*' \
    env PGPASSWORD=wrong "$program" database status --database "host=$socket user=teller dbname=bankops"
refused "no password where one is asked for" 1 'bankops: *password*' \
    "$program" database status --database "host=$socket user=teller dbname=bankops"
like "the right password is taken" \
    "$(PGPASSWORD=correct "$program" doctor --database "host=$socket user=teller dbname=bankops" | grep '^OK *server')" \
    'OK*as teller'
like "also from a password file" \
    "$(printf '*:*:*:teller:correct\n' >"$place/.pgpass"; chmod 600 "$place/.pgpass"
        "$program" doctor --database "host=$socket user=teller dbname=bankops" | grep '^OK *server')" \
    'OK*as teller'
refused "a database that does not exist" 3 'bankops: *nothing_here*' \
    "$program" database migrate --database "host=$socket user=bankops_dba dbname=nothing_here"

"$program" database stop --quiet
like "doctor sees a stopped server" "$("$program" doctor --plain | grep "stopped")" \
    'OK?server?*stopped*'
is "and does not start it" "$("$program" database status >/dev/null; echo $?)" 3
