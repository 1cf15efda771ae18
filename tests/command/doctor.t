#!/bin/sh
# bankops doctor names what is wrong, for each thing that can be broken without breaking the machine.
. "$(dirname "$0")/lib.sh"
plan 42

# finds NAME PATTERN COMMAND...: a line of the plain output matches, and WARN and FAIL carry a remedy.
finds() {
    name=$1 pattern=$2
    shift 2
    "$@" >"$place/doctor" 2>&1 </dev/null
    status=$?
    line=$(grep -E "$(printf "$pattern")" "$place/doctor" | head -n 1)
    wrong=
    [ -n "$line" ] || wrong="no line matches $pattern"
    case $line in
    FAIL*) [ $status = 1 ] || wrong="exit status $status with FAIL" ;;
    esac
    case $line in
    FAIL* | WARN*) [ "$(printf '%s' "$line" | awk -F'\t' '{ print NF }')" = 4 ] || wrong="no remedy: $line" ;;
    esac
    is "$name" "$wrong" ""
}

doctor="$program doctor --plain"
in_folder() {
    data=$1
    shift
    (cd "$place" && env BANKOPS_DATA="$data" "$@")
}
finds "a machine without a database yet" '^OK\tdata folder\t.*first start' $doctor
is "nothing was made" "$(ls -d "$BANKOPS_DATA" 2>/dev/null)" ""
finds "no locale" '^WARN\tlocale\t' env -u LC_ALL -u LANG $doctor
finds "the C locale" '^WARN\tlocale\tLC_ALL=C ' env LC_ALL=C $doctor
finds "missing shared files" '^FAIL\tfiles\t.*schema' env BANKOPS_SHARE="$place/none" $doctor
finds "the screens" '^OK\tscreens\t[0-9]+' $doctor
finds "a locale that is none" '^WARN\tlocale\tLC_ALL=nonsense' env LC_ALL=nonsense $doctor
touch "$place/file"
finds "a file where the data folder belongs" '^FAIL\tdata folder\t.*/file: is not a folder' \
    in_folder "$place/file" $doctor
finds "a file on the way to it" '^FAIL\tdata folder\t.*/file: is not a folder' \
    in_folder "$place/file/below" $doctor
is "a server that cannot start is not said to start" "$(grep -c '	server	' "$place/doctor")" 0
finds "a name that is too long" '^FAIL\tdata folder\t.*too long' \
    in_folder "$place/$(printf '%0300d' 0)/below" $doctor
finds "a folder named from here" '^OK\tdata folder\t/.*/here/bank, made' in_folder here/bank $doctor
mkdir "$place/closed"
chmod 600 "$place/closed"
finds "a folder on the way that the server may not pass" '^FAIL\tdata folder\t.*/closed: .*may not pass' \
    in_folder "$place/closed/bank" $doctor
[ "$(id -u)" != 0 ] ||
    refused "the start says so too" 1 '*/closed: *may not pass*' \
        in_folder "$place/closed/bank" "$program" database init --quiet
[ "$(id -u)" = 0 ] || echo "ok - the start says so too # SKIP the server's account is ours"
mkdir "$place/screens"
echo '{ "name": "broken", "kind": "list" }' >"$place/screens/broken.json"
finds "a screen that is not valid" '^FAIL\tscreens\t.*broken.json:1' env BANKOPS_SCREENS="$place/screens" $doctor
finds "missing PostgreSQL" '^(OK|FAIL)\tPostgreSQL\t' env PG_BINDIR="$place/none" $doctor
if [ "$(id -u)" = 0 ]; then
    finds "root" '^OK\taccount\troot; .*postgres' $doctor
else
    finds "the user" "^OK\taccount\t$(id -un)" $doctor
fi

start_bank
find_socket
$doctor >"$place/all"
is "all is well with a new database" $? 0
is "no finding is a failure" "$(grep -c '^FAIL' "$place/all")" 0
finds "the server" '^OK\tserver\tPostgreSQL [0-9.]+, database bankops' $doctor
finds "the schema" '^OK\tschema\t[0-9]+ ' $doctor
finds "the clocks" '^OK\tclock\t0\.' $doctor

psql -h "$socket" -U t_nobody -d bankops -c 'SELECT 1' >/dev/null 2>&1
finds "a sign-in of a stranger" '^OK\tsign-ins\t[0-9]+ refused in 24 hours, 1 of strangers, .* as "t_nobody"' $doctor
finds "where another server keeps them" "^OK\tsign-ins\trefused ones stand in the server's" \
    $doctor --database "host=$socket dbname=bankops user=bankops_dba"
finds "the bank's day" "^OK\tbank's day\t[0-9-]+\$" $doctor
sql "UPDATE bank.setting SET value = '2026-11-02' WHERE name = 'business_date'" >/dev/null
finds "clocks that are watched" "^OK\tclocks\twatched" $doctor
finds "a day that no worker ends" "^WARN\tbank's day\tstill 2026-11-02, .*\tKeep bankops work " $doctor
sql "INSERT INTO bank.unit (unit_id, parent_id, kind, code, name_zh, name_en, low, high) VALUES (1, NULL, 'head', '0000', '总行', 'Head Office', 1, 1);
     SELECT bank.staff_add('t_clock', '钟', 'Clock', 'worker', '0000', '0000')" >"$place/added"
"$program" clock --once --quiet --as t_clock
finds "what it advises ends the day" "^OK\tbank's day\t[0-9-]+\$" $doctor
finds "a worker may ask too" "^OK\tbank's day\t[0-9-]+\$" $doctor --as t_clock
sql "INSERT INTO bank.customer (customer_id, customer_number, kind, name, unit_id, opened_on) VALUES (1, '1', 'person', '张', 1, '2020-01-01');
     INSERT INTO bank.case_file (customer_id, case_id, unit_id, stage, subject, facts) VALUES (1, 1, 1, 'registered', 's', 'f');
     INSERT INTO bank.case_clock (customer_id, case_id, clock, unit_id, started_at, measure, amount, calendar, pausable, due_at, next_step, next_at)
     VALUES (1, 1, 'statutory', 1, now(), 'calendar_days', 15, 'service', true, now(), 1, now() - interval '1 hour');
     INSERT INTO bank.clock_failure (customer_id, case_id, unit_id, clock, error) VALUES (1, 1, 1, 'statutory', 'x')" >"$place/case"
finds "clocks that no worker watches" "^WARN\tclocks\tsteps are due since 20.* no worker took them\tKeep bankops work " $doctor
finds "and steps that failed" "^WARN\tclocks\tsteps that could not be taken in 24 hours: 1" $doctor
sql "INSERT INTO bank.day_failure (customer_id, work, object_id, unit_id, error) VALUES (1, 'pay', 1, 1, 'x y')" >"$place/service"
finds "services that fail" "^WARN\tservices\twages, .* since 20.*: 1; the last: x y\tThe work list of supervisors " $doctor
sql "INSERT INTO bank.case_source (system, url, failures, last_error, last_at, next_at) VALUES
     ('mouth', 'https://x.example/', 3, 'HTTP 500', now(), now()), ('ear', 'https://y.example/', 0, '', NULL, now() - interval '1 hour')" >"$place/source"
finds "a system that does not answer" "^WARN\tsources\tmouth does not answer: HTTP 500, last tried 20.*\t:src " $doctor
finds "and one that nobody asks" "^WARN\tsources\tno worker has asked ear since 20.*\tKeep bankops work " $doctor

chmod 755 "$BANKOPS_DATA/cluster"
finds "a data folder open to others" '^FAIL\tdata folder\t.*0755' $doctor
chmod 700 "$BANKOPS_DATA/cluster"

chmod 0 "$BANKOPS_DATA/cluster"
finds "a data folder closed to its owner" '^FAIL\tdata folder\t.*0000' $doctor
chmod 700 "$BANKOPS_DATA/cluster"

sql "CREATE SCHEMA yesterday;
     CREATE FUNCTION yesterday.clock_timestamp() RETURNS timestamptz LANGUAGE sql
         AS 'SELECT pg_catalog.clock_timestamp() - interval ''1 day''';
     GRANT USAGE ON SCHEMA yesterday TO PUBLIC" >/dev/null
finds "a clock that was set back" '^WARN\tclock\t.*went back' $doctor \
    --database "host=$socket dbname=bankops user=bankops_dba options='-c search_path=yesterday,pg_catalog'"
sql "DROP SCHEMA yesterday CASCADE" >/dev/null

newest=$(sql "SELECT max(name) FROM migration.step")
sql "DELETE FROM migration.step WHERE name = '$newest'" >/dev/null
finds "a schema that is older than the program" '^FAIL\tschema\t' $doctor
like "the text form explains it in two lines" \
    "$("$program" doctor | grep -A1 '^FAIL *schema' | tail -n 1)" '      *migrate*'
$program database stop --quiet
mv "$BANKOPS_DATA/cluster/PG_VERSION" "$place/version"
finds "a database that is not whole" '^FAIL\tdata folder\t.*no whole database' $doctor
echo 13 >"$BANKOPS_DATA/cluster/PG_VERSION"
finds "a database of a version that is not there" '^FAIL\tPostgreSQL\t.*made by PostgreSQL 13' $doctor
is "that is said once" "$(grep -c PostgreSQL.13 "$place/doctor")" 2
cp "$place/version" "$BANKOPS_DATA/cluster/PG_VERSION"
