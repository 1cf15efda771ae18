#!/bin/sh
# bankops doctor names what is wrong, for each thing that can be broken without breaking the machine.
. "$(dirname "$0")/lib.sh"
plan 17

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
finds "a machine without a database yet" '^OK\tdata folder\t.*first start' $doctor
is "nothing was made" "$(ls -d "$BANKOPS_DATA" 2>/dev/null)" ""
finds "no locale" '^WARN\tlocale\t' env -u LC_ALL -u LANG $doctor
finds "the C locale" '^WARN\tlocale\tLC_ALL=C ' env LC_ALL=C $doctor
finds "missing shared files" '^FAIL\tfiles\t.*schema' env BANKOPS_SHARE="$place/none" $doctor
finds "the screens" '^OK\tscreens\t[0-9]+' $doctor
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

chmod 755 "$BANKOPS_DATA/cluster"
finds "a data folder open to others" '^FAIL\tdata folder\t.*0755' $doctor
chmod 700 "$BANKOPS_DATA/cluster"

newest=$(sql "SELECT max(name) FROM migration.step")
sql "DELETE FROM migration.step WHERE name = '$newest'" >/dev/null
finds "a schema that is older than the program" '^FAIL\tschema\t' $doctor
like "the text form explains it in two lines" \
    "$("$program" doctor | grep -A1 '^FAIL *schema' | tail -n 1)" '      *migrate*'
