#!/bin/sh
# bankops audit: a whole trail verifies; each way of tampering is found and named. bankops staff.
. "$(dirname "$0")/lib.sh"
plan 24

refused "no verb" 2 'bankops: audit: *' "$program" audit
refused "an unknown option" 2 'bankops: --moon: *' "$program" audit verify --moon
refused "a pause of nothing" 2 'bankops: --every: *' "$program" audit seal --every 0
start_bank
find_socket
anchor=$place/anchor

# write N: N rows of the trail, each in a transaction of its own.
write() {
    i=0
    while [ $i -lt "$1" ]; do
        echo "SELECT bank.audit_write('test', 'thing', '$i', NULL, '{\"a\": 1}', '{\"a\": \"张\"}');"
        i=$((i + 1))
    done | psql -Xq -h "$socket" -U bankops_dba -d bankops >/dev/null
}
# tamper NAME PATTERN SQL UNDO: as a database administrator who switches the triggers off.
tamper() {
    sql "SET session_replication_role = replica; $3" >"$place/tamper.log" || cat "$place/tamper.log"
    refused "$1" 1 "$2" "$program" audit verify --anchor "$anchor"
    sql "SET session_replication_role = replica; $4" >"$place/tamper.log" || cat "$place/tamper.log"
}

write 20
like "new rows wait for the seal" "$("$program" audit verify)" '*0 blocks, 0 rows; 2* rows not sealed*'
like "they are sealed" "$("$program" audit seal --anchor "$anchor")" '1 block sealed; the last is 1,*'
write 15
like "a second block" "$("$program" audit seal --anchor "$anchor")" '1 block sealed; the last is 2,*'
like "the trail is whole" "$("$program" audit verify --anchor "$anchor")" '*whole: 2 blocks, * 0 rows not*'
is "nothing new, nothing sealed" "$("$program" audit seal --anchor "$anchor" | cut -d' ' -f1)" 0
is "the anchor has a line for each block" "$(wc -l <"$anchor" | tr -d ' ')" 2

# --- an anchor that is none
head -c 3000 /dev/zero >"$place/none"
refused "an anchor that is none" 1 "bankops: $place/none:1: *no line of an anchor*" \
    "$program" audit verify --anchor "$place/none"
(cat "$anchor"; echo "3 abc") >"$place/half"
refused "half a line in the anchor" 1 "bankops: $place/half:3: *no line of an anchor*" \
    "$program" audit seal --anchor "$place/half"
is "and nothing is added to it" "$(wc -l <"$place/half" | tr -d ' ')" 3

sql "CREATE TABLE keep AS SELECT * FROM bank.audit; CREATE TABLE keep_block AS SELECT * FROM bank.audit_block" >/dev/null
id=$(sql "SELECT audit_id FROM keep ORDER BY epoch, xid, audit_id OFFSET 12 LIMIT 1")
put="INSERT INTO bank.audit OVERRIDING SYSTEM VALUE SELECT * FROM keep WHERE audit_id = $id"
gone="DELETE FROM bank.audit WHERE audit_id = $id"
tamper "an edited row" "bankops: row $id: *edited*" \
    "UPDATE bank.audit SET after = '{}' WHERE audit_id = $id" "$gone; $put"
tamper "a row whose time was moved" "bankops: row $id: *edited*" \
    "UPDATE bank.audit SET at = at + interval '1 microsecond' WHERE audit_id = $id" "$gone; $put"
tamper "a removed row" "bankops: row $id: *missing*" "$gone" "$put"
tamper "an inserted row" "bankops: row 900001: *inserted*" \
    "INSERT INTO bank.audit OVERRIDING SYSTEM VALUE SELECT 900001, epoch, xid, at, login, action, object_kind, object_id, customer_id, before, after FROM keep WHERE audit_id = $id" \
    "DELETE FROM bank.audit WHERE audit_id = 900001"
tamper "a row moved behind others" "bankops: row $id: *moved*" \
    "UPDATE bank.audit SET xid = (SELECT xid FROM keep ORDER BY epoch, xid, audit_id OFFSET 15 LIMIT 1) WHERE audit_id = $id" \
    "$gone; $put"
tamper "a changed block" "bankops: block 1: *changed*" \
    "UPDATE bank.audit_block SET hashes = overlay(hashes PLACING '\\x00'::bytea FROM 3) WHERE block_id = 1" \
    "DELETE FROM bank.audit_block; INSERT INTO bank.audit_block SELECT * FROM keep_block"
tamper "a removed first block" "bankops: block 1: *missing*" \
    "DELETE FROM bank.audit_block WHERE block_id = 1" \
    "INSERT INTO bank.audit_block SELECT * FROM keep_block WHERE block_id = 1"
tamper "a tail that was cut off, by the anchor" "bankops: block 2: *cut off*" \
    "DELETE FROM bank.audit_block WHERE block_id = 2; DELETE FROM bank.audit a USING keep k WHERE a.audit_id = k.audit_id AND (k.epoch, k.xid, k.audit_id) > (SELECT last_epoch, last_xid, last_audit_id FROM keep_block WHERE block_id = 1)" \
    "INSERT INTO bank.audit_block SELECT * FROM keep_block WHERE block_id = 2; INSERT INTO bank.audit OVERRIDING SYSTEM VALUE SELECT * FROM keep k WHERE NOT EXISTS (SELECT FROM bank.audit a WHERE a.audit_id = k.audit_id)"
like "put back as it was, it is whole again" "$("$program" audit verify --anchor "$anchor")" '*whole: 2 blocks*'

sql "INSERT INTO bank.unit (unit_id, parent_id, kind, code, name_zh, name_en, low, high) VALUES (1, NULL, 'head', '0000', '总行', 'Head Office', 1, 1)" >/dev/null
refused "staff: a role that does not exist" 2 'bankops: --role: *' \
    "$program" staff add wang --name 王 --role boss --unit 0000
like "staff: a new login works at once" "$("$program" staff add wang01 --name 王芳 --english 'Wang Fang' --role auditor --unit 0000 &&
    psql -XqAt -h "$socket" -U wang01 -d bankops -c 'SELECT role FROM api.me')" '*auditor'
"$program" staff disable wang01 >/dev/null
like "staff: a disabled one no longer" "$(psql -XqAt -h "$socket" -U wang01 -d bankops -c 'SELECT 1' 2>&1)" '*not permitted to log in*'
