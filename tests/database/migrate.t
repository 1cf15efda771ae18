#!/bin/sh
# Schema files: applied once, in order, whole or not at all; nothing done is forgotten or altered.
. "$(dirname "$0")/../command/lib.sh"
plan 33
mkdir "$place/share" "$place/share/schema"
cp "$source/src/schema/"*.sql "$place/share/schema"
export BANKOPS_SHARE="$place/share"
schema=$place/share/schema
steps=$(ls "$schema" | wc -l)
last=$(ls "$schema" | tail -n 1)
start_bank
find_socket

is "init applies every file" "$(sql 'SELECT count(*) FROM migration.step')" "$steps"
is "again: nothing to do" "$("$program" database migrate)" "0 steps applied"
sums() {
    (cd "$schema" && sha256sum ./*.sql | sed 's/^\([0-9a-f]*\)  .*\/\(.*\).sql$/\2 \1/' | LC_ALL=C sort)
}
is "the checksums are SHA-256 of the files" "$(sql "SELECT name || ' ' || sha256 FROM migration.step ORDER BY 1")" "$(sums)"

# A new schema is applied without looking into the functions, so it is done here.
is "every function body is valid" "$(sql "SET search_path = api, bank, pg_temp; SELECT count(plpgsql_validator(p.oid)) FILTER (WHERE l.lanname = 'plpgsql') > 100,
        count(fmgr_sql_validator(p.oid)) FILTER (WHERE l.lanname = 'sql') > 20
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace IN ('bank'::regnamespace, 'api'::regnamespace)")" "t|t"

# --- a new file
echo "CREATE TABLE public.fresh (n int); INSERT INTO public.fresh VALUES (1);" >"$schema/901-fresh.sql"
refused "a command before the migration" 1 'bankops: *older than this program*' \
    "$program" demo --customers 100
is "one step" "$("$program" database migrate)" "schema 901-fresh …
1 step applied"
is "it was done" "$(sql 'SELECT n FROM public.fresh')" 1

# --- a failing one
cat >"$schema/902-failing.sql" <<'END'
-- a comment; with a semicolon
CREATE TABLE public.half (n int);
/* another ; one */
CREATE FUNCTION public.f() RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
    RETURN 'a;b';
END $body$;

INSERT INTO public.half
SELECT 1 / (n - 1) FROM public.fresh;
CREATE TABLE public.never (n int);
END
refused "an error at run time: file and line of the statement" 1 \
    'bankops: 902-failing.sql:9: division by zero' "$program" database migrate --quiet
is "nothing of it is left" "$(sql "SELECT to_regclass('public.half')")" ""
printf '%s\n' "SELECT '中文';" "SELECT" "    no_such_column FROM public.fresh;" >"$schema/902-failing.sql"
refused "a wrong name: the line of the name" 1 \
    'bankops: 902-failing.sql:3: column*no_such_column*' "$program" database migrate --quiet
printf '%s\n' "SELECT 1;" "SELEKT 2;" >"$schema/902-failing.sql"
refused "a syntax error" 1 'bankops: 902-failing.sql:2: syntax error*' "$program" database migrate --quiet
echo "COMMIT; SELECT 1;" >"$schema/902-failing.sql"
refused "a file that ends the transaction" 1 'bankops: 902-failing.sql: *transaction*' \
    "$program" database migrate --quiet
is "is not recorded" "$(sql "SELECT count(*) FROM migration.step WHERE name LIKE '902%'")" 0
rm "$schema/902-failing.sql"

# --- a changed one, a missing one, two of one number
echo "-- later" >>"$schema/901-fresh.sql"
refused "a changed file" 1 "bankops: $schema/901-fresh.sql: *changed*" "$program" database migrate
echo "CREATE TABLE public.fresh (n int); INSERT INTO public.fresh VALUES (1);" >"$schema/901-fresh.sql"
"$program" database migrate --quiet
is "put back it fits again" $? 0
mv "$schema/001-roles.sql" "$place"
refused "a missing file" 1 'bankops: 001-roles: *missing*' "$program" database migrate
mv "$place/001-roles.sql" "$schema"
echo "SELECT 1;" >"$schema/901-second.sql"
refused "two files with one number" 1 'bankops: *901-second.sql: *same number*' "$program" database migrate
rm "$schema/901-second.sql"

# --- an older program meets a newer schema
mv "$schema/901-fresh.sql" "$place"
refused "migrate with an older program" 1 "bankops: 901-fresh: *newer bankops*${last%.sql}*" \
    "$program" database migrate
refused "any other command of an older program" 1 'bankops: 901-fresh: *newer bankops*' \
    "$program" demo --customers 100
mv "$place/901-fresh.sql" "$schema"

# --- two at once
for n in 3 4 5 6; do
    echo "SELECT pg_sleep(0.1); CREATE TABLE public.t$n (n int);" >"$schema/90$n-t.sql"
done
"$program" database migrate --quiet &
first=$!
"$program" database migrate --quiet
second=$?
wait $first
is "two migrators take turns" "$? $second $(sql "SELECT count(*) FROM migration.step WHERE name ~ '^90[3-6]'")" "0 0 4"

# --- backup and restore
"$program" database backup "$place/bank.backup" --quiet
is "backup" "$? $(stat -c %a "$place/bank.backup")" "0 600"
refused "a file that exists is not overwritten" 1 'bankops: *exists already*' \
    sh -c "'$program' database backup '$place/bank.backup' || exit 1"
refused "a backup into a folder that is not there" 1 'bankops: pg_dump: *No such file*' \
    "$program" database backup "$place/nowhere/bank.backup" --quiet
refused "a database that is not empty" 1 'bankops: *not empty*' "$program" database restore "$place/bank.backup"
head -c 20000 "$place/bank.backup" >"$place/cut.backup"
refused "a truncated backup" 1 'bankops: *not a whole backup*' "$program" database restore "$place/cut.backup"
sql "CREATE ROLE teller7 LOGIN IN ROLE bankops_clerk; ALTER ROLE teller7 SET lock_timeout = '3s'" >/dev/null
"$program" database backup "$place" --quiet
is "backup into a folder" "$(ls "$place"/bankops-20*.backup | wc -l)" 1
"$program" database stop --quiet
export BANKOPS_DATA="$place/second"
"$program" database restore "$place"/bankops-20*.backup --quiet
is "restore into a new folder" $? 0
find_socket
is "the schema, the data, the staff's roles and rights are back" \
    "$(sql "SELECT (SELECT count(*) FROM migration.step), (SELECT n FROM public.fresh), rolconfig,
        pg_has_role('teller7', 'bankops_clerk', 'member'), has_database_privilege('public', 'bankops', 'connect')
        FROM pg_roles WHERE rolname = 'teller7'")" \
    "$((steps + 5))|1|{lock_timeout=3s}|t|f"
is "the clerk may log in" "$(psql -XqAt -h "$socket" -U teller7 -d bankops -c 'SHOW lock_timeout' 2>&1)" 3s

# --- a new schema goes in few messages; a step that fails is named all the same
sql "CREATE DATABASE other" >/dev/null
other() {
    psql -XqAt -h "$socket" -U bankops_dba -d other -c "$1"
}
printf '%s\n' "CREATE TABLE public.half (n int);" "SELECT '中文'," "    no_such_column;" >"$schema/902-failing.sql"
refused "a failing step among new ones: file and line" 1 'bankops: 902-failing.sql:3: column*no_such_column*' \
    "$program" database migrate --quiet --database "host=$socket dbname=other user=bankops_dba"
is "those before it are done, nothing of it, none after it" \
    "$(other "SELECT count(*), max(name), to_regclass('public.half') FROM migration.step")" \
    "$((steps + 1))|901-fresh|"
other "DROP SCHEMA migration, api, bank CASCADE; DROP TABLE public.fresh" >/dev/null 2>&1
printf '%s\n' "COMMIT;" "SELECT 1 -- no end" >"$schema/902-failing.sql"
refused "one that ends the transaction among new ones" 1 'bankops: 902-failing.sql: *transaction*' \
    "$program" database migrate --quiet --database "host=$socket dbname=other user=bankops_dba"
is "is not recorded either" "$(other "SELECT max(name) FROM migration.step")" 901-fresh
