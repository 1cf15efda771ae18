#!/bin/sh
# Servers that cannot be used: each gives one message, the right exit status, and changes nothing.
. "$(dirname "$0")/lib.sh"
plan 31

refused "no server at this address" 3 'bankops: *: connection to server on socket*No such file or directory' \
    "$program" database migrate --database "host=$place/nowhere"
refused "each of several addresses" 3 'bankops: *nowhere*such file or directory; *elsewhere*such file or directory' \
    "$program" database migrate --database "host=$place/nowhere,$place/elsewhere"
refused "a host that does not exist" 3 'bankops: *nowhere.invalid*' \
    env PGHOST=nowhere.invalid "$program" database migrate
refused "a malformed connection string" 2 'bankops: *' \
    "$program" database migrate --database "host='unclosed"
refused "an unknown service" 2 'bankops: *no-such-service*' \
    env PGSERVICE=no-such-service "$program" database migrate
refused "a mode of TLS that does not exist, to the console too" 2 "bankops: *sslmode*" \
    env PGSSLMODE=strong PGHOST=nowhere.invalid "$program" console
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
sql "CREATE ROLE teller LOGIN PASSWORD 'correct' IN ROLE bankops_clerk;
    CREATE ROLE stranger LOGIN; CREATE ROLE outsider LOGIN" >/dev/null
hba=$(sql "SHOW hba_file")
printf 'local all %s\n' 'teller scram-sha-256' 'stranger,ghost,bankops_clerk trust' 'outsider reject' \
    'bankops_dba peer map=bankops' >"$hba"
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

# --- who may not come in learns why
for case in "ghost|no login of this database" "outsider|access rules reject" \
    "bankops_clerk|this role may not log in" "stranger|no member of staff" \
    "nobody_here|access rules do not let this login in"; do
    refused "the login ${case%|*}" 1 "bankops: bankops@*: ${case%|*}: *${case#*|}*" \
        "$program" database status --database "host=$socket user=${case%|*} dbname=bankops"
done
mkdir -m 700 "$place/closed"
if [ "$(id -u)" = 0 ]; then
    cp "$program" "$place/bankops"
    as="setpriv --reuid 65534 --regid 65534 --clear-groups $place/bankops"
else
    chmod 0 "$place/closed"
    as=$program
fi
refused "a socket folder of somebody else" 1 "bankops: bankops@*: your account may not *folder*" \
    $as database status --database "host=$place/closed"

# --- every way of libpq to name a server
printf '[bank]\nhost=%s\nuser=bankops_dba\ndbname=bankops\n' "$socket" >"$place/service"
named() {
    name=$1
    shift
    is "$name" "$(env "$@" 2>&1 | grep -E '^(server|database) ' | grep -cE 'PostgreSQL|as bankops_dba')" 2
}
export BANKOPS_DATA="$place/unused"
named "PGHOST" PGHOST="$socket" PGUSER=bankops_dba "$program" database status
named "PGSERVICE" PGSERVICEFILE="$place/service" PGSERVICE=bank "$program" database status
named "a connection string" "$program" database status --database "host=$socket user=bankops_dba"
named "an address" "$program" database status \
    --database "postgresql://bankops_dba@$(echo "$socket" | sed 's:/:%2F:g')/bankops"
named "several hosts, the first of them dead" "$program" database status \
    --database "host=$place/nowhere,$socket user=bankops_dba"
named "the host that takes writes" "$program" database status \
    --database "host=$place/nowhere,$socket user=bankops_dba target_session_attrs=read-write"
is "and no private database was made" "$(ls -d "$place/unused" 2>&1 | grep -c 'No such')" 1
export BANKOPS_DATA="$place/data"

"$program" database stop --quiet
like "doctor sees a stopped server" "$("$program" doctor --plain | grep "stopped")" \
    'OK?server?*stopped*'
is "and does not start it" "$("$program" database status >/dev/null; echo $?)" 3
