#!/bin/sh
# bankops pull-cases: pages with a cursor, a source that fails half way, rows that cannot be taken.
. "$(dirname "$0")/lib.sh"
[ -x "$build/tests/command/gateway" ] || { echo "1..0 # SKIP the test's gateway is not built"; exit 0; }
plan 24

refused "an unknown option" 2 'bankops: *--fast*' "$program" pull-cases --fast
"$program" demo --customers 1000 --quiet >"$place/out" 2>&1 || cat "$place/out"
find_socket
is "nothing is asked" "$("$program" pull-cases --once)" "opened: 0, known before: 0, kept for a person: 0"
number=$(sql "SELECT customer_number FROM bank.customer WHERE kind = 'person' AND NOT restricted AND customer_id > 100 LIMIT 1")
start_gateway
from() {
    psql -XqAt -h "$socket" -U admin01 -d bankops -c "SELECT status FROM api.case_source_save('crm', '$1',
        '', 3600, 800, true, $2, gen_random_uuid())" 2>&1
}
like "open text across the network is refused" "$(from http://crm.example/x 0)" '*Complaints travel only encrypted*'
like "nor one address behind another" "$(from https://http://crm.example/x 0)" '*This source cannot be*'
is "a source" "$(from "$http/pull/$number" 0)" done
"$program" pull-cases --once >"$place/out" 2>"$place/err"
is "a source that fails half way" $? 3
like "is told" "$(head -n 1 "$place/err")" 'bankops: crm: HTTP 500'
is "what came before is kept" "$(cat "$place/out")" "opened: 1, known before: 0, kept for a person: 1"
is "it waits longer than usual" "$(sql "SELECT failures, next_at > now() + interval '20 s' FROM bank.case_source")" "1|t"
sql "UPDATE bank.case_source SET next_at = now()" >/dev/null
is "the next pull goes on where it was" "$("$program" pull-cases --once)" \
    "opened: 2, known before: 0, kept for a person: 1"
is "from the cursor" "$(grep -c 'PULL ?cursor=p%202' "$log")" 2
is "what could not be taken is kept with its reason" "$(sql "SELECT row_data ->> 'id', field FROM bank.case_reject WHERE row_data ->> 'id' = '2'")" "2|customer"
is "so is one with a number that no program reads alike" \
    "$(sql "SELECT reason FROM bank.case_reject WHERE row_data ->> 'id' = '5'")" "a number is too large Write large numbers as strings."
is "a NUL in a text holds nothing up" "$(sql "SELECT count(*) FROM bank.case_file WHERE facts = 'fo' || U&'\FFFD' || 'ur'")" 1
again=$(sql "SELECT 'SELECT api.case_reject_keep(' || import_id || ', ' || quote_literal(row_data) || ', ''x'', ''y'')'
    FROM bank.case_reject WHERE row_data ->> 'id' = '2'")
psql -XqAt -h "$socket" -U worker01 -d bankops -c "$again" >/dev/null
is "sent again it is kept once" "$(sql "SELECT count(*) FROM bank.case_reject WHERE row_data ->> 'id' = '2'")" 1
sql "UPDATE bank.case_source SET next_at = now()" >/dev/null
is "with nothing new nothing is opened" "$("$program" pull-cases --once)" \
    "opened: 0, known before: 0, kept for a person: 0"
core=$(sql "SELECT i.number FROM bank.core_enterprise e JOIN bank.customer_identity i USING (customer_id)
    WHERE i.kind = 'credit_code' ORDER BY customer_id LIMIT 1")
supplier=$(sql "SELECT supplier_code FROM bank.core_document ORDER BY document_id LIMIT 1")
sql "UPDATE bank.case_source SET next_at = now(), url = '$http/core/$core/$supplier' WHERE system = 'crm';
    UPDATE bank.case_import SET cursor = '' WHERE system = 'crm'" >/dev/null
"$program" pull-cases --once >"$place/out" 2>"$place/err"
is "a page of orders is taken in, one with a bad row stops the source" $? 3
is "which is named" "$(head -n 1 "$place/err")" 'bankops: crm: 1:amount: The amount is written like 1234.50.'
is "the orders are there" "$(sql "SELECT number, amount FROM bank.core_document WHERE number IN ('N1', 'N2')")" 'N1|1250'
is "and the cursor stands before the bad page" "$(sql "SELECT cursor FROM bank.case_import WHERE system = 'crm' ORDER BY import_id DESC LIMIT 1")" 2
sql "UPDATE bank.case_source SET next_at = now(), url = '$http/circle' WHERE system = 'crm';
    UPDATE bank.case_import SET cursor = '' WHERE system = 'crm'" >/dev/null
"$program" pull-cases --once >"$place/out" 2>"$place/err"
is "a source that leads in a circle" $? 3
like "is told" "$(head -n 1 "$place/err")" "bankops: crm: there is said to be more, but the cursor 'a' came before"
is "after one way round" "$(grep -c CIRCLE "$log")" 3
exec 9>&-
refused "a source that is gone" 3 'bankops: crm: *' sh -c "psql -XqAt -h '$socket' -U bankops_dba -d bankops -c \
    \"UPDATE bank.case_source SET next_at = now(), url = 'http://127.0.0.1:1/'\" && '$program' pull-cases --once --quiet"
