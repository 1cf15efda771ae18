#!/bin/sh
# Every code that the schema writes into the audit trail has words in both languages.
. "$(dirname "$0")/lib.sh"
plan 9
start_bank
find_socket

perl "$source/tests/lib/audit-codes.pl" "$source"/src/schema/*.sql >"$place/codes"
is "the calls are read" "$([ "$(grep -c '^action ' "$place/codes")" -gt 120 ] && echo yes)" yes
# What is data: the kinds of points, the steps that follow a step and the kinds of calendar changes.
is "what they write can be told" "$(grep '^? ' "$place/codes")" "? t.follow in case_step
? t.kind in points_finish
? x.kind in calendar_change_decide"

# missing WHAT QUERY: those codes that the query (over code) does not find.
missing() {
    {
        echo "CREATE TEMP TABLE written (code text COLLATE \"C\");"
        sed -n "s/^$1 \(.*\)/INSERT INTO written VALUES ('\1');/p" "$place/codes"
        echo "SELECT code FROM written WHERE NOT EXISTS ($2) ORDER BY code;"
    } | psql -XqAt -h "$socket" -U bankops_dba -d bankops -v ON_ERROR_STOP=1 2>&1
}
words="w.label_zh ~ '[一-鿿]' AND w.label_en ~ '^[A-Z]'"
action="SELECT FROM api.audit_action_list w WHERE w.action = code AND $words"
is "every action has words" "$(missing action "$action")" ""
is "every object has words" "$(missing object "SELECT FROM api.audit_object_list w WHERE w.object_kind = code AND $words")" ""
field="SELECT FROM bank.audit_field w WHERE w.field = code AND $words"
is "every field has words" "$(missing field "$field")" ""
is "every field of a record kept whole has words" "$(missing table "SELECT FROM information_schema.columns c
    WHERE c.table_schema = 'bank' AND c.table_name = code HAVING count(*) > 0 AND NOT bool_or(NOT EXISTS (
        SELECT FROM bank.audit_field w WHERE w.field = c.column_name AND $words))")" ""
is "every step of a case and every kind of points has words" "$(sql "
    SELECT code FROM (SELECT 'case_' || action AS code FROM bank.case_transition
                      UNION SELECT 'case_' || follow FROM bank.case_transition WHERE follow <> ''
                      UNION SELECT 'points_' || k FROM unnest('{earn,redeem,adjust,release,expire,reverse}'::text[]) k) x
     WHERE NOT EXISTS ($action) ORDER BY code")" ""
is "every field of a case has words" "$(sql "
    SELECT c.column_name FROM information_schema.columns c
     WHERE c.table_schema = 'bank' AND c.table_name = 'case_file' AND c.column_name NOT IN ('facts', 'subject', 'remedy', 'phase', 'fields')
       AND NOT EXISTS (SELECT FROM bank.audit_field w WHERE w.field = c.column_name)")" ""
sql "DELETE FROM bank.audit_action WHERE action = 'staff_add'" >/dev/null
is "one that is missing is found" "$(missing action "$action")" staff_add
