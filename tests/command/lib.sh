# TAP for tests of commands. Sourced; then `plan N` and N tests. Each test file gets a folder of its
# own in $place and, after `start_bank`, a private database in $BANKOPS_DATA.
export LC_ALL=C.UTF-8 LANGUAGE=en
unset PGHOST PGSERVICE PGDATABASE PGUSER PGPORT PGPASSWORD PGHOSTADDR
source=${BANKOPS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${BANKOPS_BUILD:-$source/build}
program=$build/bankops
place=$(mktemp -d "${TMPDIR:-/tmp}/bankops-test.XXXXXX")
chmod 755 "$place"
export BANKOPS_DATA="$place/data" XDG_CONFIG_HOME="$place/config" HOME="$place"
leave() {
    "$program" database stop --quiet >/dev/null 2>&1
    rm -rf "$place"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP

plan() {
    echo "1..$1"
}

# is NAME GOT WANTED
is() {
    if [ "$2" = "$3" ]; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        printf '%s\n' "got: $2" "wanted: $3" | sed 's/^/#   /'
    fi
}

# like NAME GOT PATTERN (of the shell)
like() {
    case $2 in
    $3) echo "ok - $1" ;;
    *)
        echo "not ok - $1"
        printf '%s\n' "got: $2" "wanted: $3" | sed 's/^/#   /'
        ;;
    esac
}

# refused NAME STATUS PATTERN COMMAND...: the command ends with this exit status and one message, in
# which the first line matches the pattern; the message says what to do in a second line, holds no
# control character, and standard output stays empty.
refused() {
    name=$1 status=$2 pattern=$3
    shift 3
    "$@" >"$place/out" 2>"$place/err" </dev/null
    got=$?
    first=$(head -n 1 "$place/err")
    wrong=
    [ $got = "$status" ] || wrong="exit status $got instead of $status; "
    case $first in $pattern) ;; *) wrong="$wrong message does not match '$pattern'; " ;; esac
    [ ! -s "$place/out" ] || wrong="$wrong something on standard output: $(head -n 3 "$place/out"); "
    [ "$(grep -c '^bankops: ' "$place/err")" = 1 ] || wrong="$wrong not exactly one message; "
    [ "$(wc -l <"$place/err")" -ge 2 ] || wrong="$wrong it does not say what to do; "
    LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$place/err" && wrong="$wrong control characters; "
    if [ -z "$wrong" ]; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        printf '%s\n' "$wrong" | sed 's/^/#   /'
        sed 's/^/#   stderr: /' "$place/err" | cat -v
    fi
}

start_bank() {
    "$program" database init --quiet >"$place/init.log" 2>&1 </dev/null && return
    echo "Bail out! the private database cannot be made: $(tail -n 1 "$place/init.log")"
    exit 1
}

# sql STATEMENT: as the owner of the private database.
sql() {
    psql -XqAt -h "$socket" -U bankops_dba -d bankops -v ON_ERROR_STOP=1 -c "$1" 2>&1
}

# The socket folder of the running private database.
find_socket() {
    socket=$("$program" database status | sed -n 's/^socket *//p')
}

# teller_bank STATEMENTS: a bank of one unit whose clerk `teller` logs in without a password; the statements
# make what else the test needs.
teller_bank() {
    start_bank
    find_socket
    sql "INSERT INTO bank.unit VALUES (1, NULL, 'head', '001', '总行', 'Head office', 1, 9);
         INSERT INTO bank.staff (login, name_zh, name_en, role, unit_id, scope_id)
         VALUES ('teller', '李', 'Li', 'clerk', 1, 1);
         CREATE ROLE teller LOGIN IN ROLE bankops_clerk;
         $1" >"$place/setup" 2>&1
    grep -vE '^(INSERT|CREATE|UPDATE|$)' "$place/setup" | sed 's/^/# /'
    hba=$(sql "SHOW hba_file")
    echo 'local all all trust' >"$hba"
    sql "SELECT pg_reload_conf()" >/dev/null
    tries=0
    until psql -XqAt -h "$socket" -U teller -d bankops -c '' 2>/dev/null || [ $((tries += 1)) = 500 ]; do :; done
}

# The other side of messages and pulls, until file descriptor 9 is closed: $http and $smtp are its ports, what it
# was asked stands in $log.
start_gateway() {
    log=$place/log
    : >"$log"
    mkfifo "$place/hold"
    "$build/tests/command/gateway" "$log" <"$place/hold" >"$place/address" &
    exec 9>"$place/hold"
    until [ -s "$place/address" ]; do timeout 0.05 tail -f /dev/null; done
    read -r http smtp <"$place/address"
}
