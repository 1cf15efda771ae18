#!/bin/sh
# What README.md tells a newcomer works as it stands there: a screen, a rule.
. "$(dirname "$0")/lib.sh"
plan 11

# block LANGUAGE NUMBER: that fenced block of README.md.
block() {
    awk -v fence="\`\`\`$1" -v wanted="$2" '
        $0 == fence { inside = ++n == wanted; next }
        /^```/ { inside = 0 }
        inside' "$source/README.md"
}

export BANKOPS_SHARE="$place/share"
mkdir "$BANKOPS_SHARE"
for folder in screens schema profiles locale; do
    cp -rL "$build/share/$folder" "$BANKOPS_SHARE/$folder"
done
start_bank
find_socket
block sql 1 >"$BANKOPS_SHARE/schema/900-branch-list.sql"
block sql 2 >"$BANKOPS_SHARE/schema/901-branch-notice.sql"
block json 1 >"$BANKOPS_SHARE/screens/branch-list.json"

like "the two migrations are applied" "$("$program" database migrate 2>&1)" '*900-branch-list*901-branch-notice*'
like "and not twice" "$("$program" database migrate 2>&1 | grep -c branch)" 0
"$program" screens check --database >"$place/check" 2>&1
is "the screen is valid, its view and columns exist" "$? $(grep branch "$place/check")" "0 "
is "it is listed" "$("$program" screens list | awk '$1 == "branch-list" { print $3 }')" br

sql "INSERT INTO bank.unit VALUES (1, NULL, 'head', '001', '总行', 'Head office', 1, 9),
                                  (2, 1, 'branch', '002', '东城支行', 'East', 2, 2);
     INSERT INTO bank.staff (login, name_zh, name_en, role, unit_id, scope_id) VALUES
         ('boss', '王', 'Wang', 'supervisor', 1, 1), ('teller', '李', 'Li', 'clerk', 2, 2);
     CREATE ROLE boss LOGIN IN ROLE bankops_supervisor; CREATE ROLE teller LOGIN IN ROLE bankops_clerk" |
    grep -v '^\(INSERT\|CREATE\)'
# as LOGIN STATEMENT: the session of that member of staff.
as() {
    psql -XqAt -h "$socket" -U bankops_dba -d bankops -c "SET SESSION AUTHORIZATION $1" -c "$2" 2>&1
}
is "the head office sees both units" "$(as boss 'SELECT code, staff FROM api.branch_list ORDER BY 1' | tr '\n' ' ')" \
    "001|1 002|1 "
is "the branch sees its own" "$(as teller 'SELECT code FROM api.branch_list')" 002
key="'5b7f4a52-0b4e-4f6e-9d8e-3c8e6c1f2a10'"
is "the rule works" "$(as boss "SELECT status, message FROM api.branch_notice_post(2, 'Closed at noon', $key)")" \
    "done|The notice is posted."
is "once" "$(as boss "SELECT status FROM api.branch_notice_post(2, 'Closed at noon', $key)")" replayed
like "a clerk may not" "$(as teller "SELECT api.branch_notice_post(2, 'Open', gen_random_uuid())")" '*ERROR*'
is "and is in the audit trail" "$(sql "SELECT count(*) FROM bank.audit WHERE action = 'branch_notice_post'")" 1
"$program" staff add chief --name 张 --english Zhang --role supervisor --unit 001 >/dev/null
like "the console opens the screen and shows the rows" \
    "$(echo q | "$program" console --plain --as chief --screen br 2>&1)" '*Branches*Head office*East*'
