#!/bin/sh
# bankops deliver: gateways that fail, answer nonsense, take and never answer, refuse; a worker killed
# between any two steps; two at once; a mail server that refuses, has no room or is away; the database
# restarted under a delivery. Every message leaves, under its own key.
. "$(dirname "$0")/lib.sh"
[ -x "$build/tests/command/gateway" ] || { echo "1..0 # SKIP the test's gateway is not built"; exit 0; }
plan 41

refused "an unknown option" 2 'bankops: *--twice*' "$program" deliver --twice
echo 'sms = topsecret' >"$place/secrets"
chmod 644 "$place/secrets"
refused "a file of secrets that others may read" 1 "bankops: *$place/secrets*" \
    "$program" deliver --once --secrets "$place/secrets"
chmod 600 "$place/secrets"
"$program" demo --customers 1000 --quiet >"$place/out" 2>&1 || cat "$place/out"
find_socket
refused "a login that is no worker" 1 'bankops: *Your role does not permit this*' "$program" deliver --once --as clerk01
is "without an endpoint everything waits" "$("$program" deliver --once)" \
    "sent: 0, to be tried again: 0, given up: 0"

start_gateway
as_admin() {
    psql -XqAt -h "$socket" -U admin01 -d bankops -c "$1" 2>&1
}
endpoint() {
    as_admin "SELECT status FROM api.endpoint_save('$1', '$2', '$3', '$4', '$5', 800, 4, true, 0,
              gen_random_uuid())"
}
is "a gateway" "$(endpoint sms http "$http/sms" Bank sms)" done
is "a webhook" "$(endpoint app webhook "$http/app" '' app)" done
is "a mail server" "$(endpoint email smtp "$smtp" bank@bank.example '')" done
like "an address behind another is none" "$(as_admin "SELECT status FROM api.endpoint_save('sms', 'http',
    'https://http://sms.example/', '', '', 800, 4, true, 1, gen_random_uuid())")" '*This is no address of that kind*'
like "messages leave only encrypted" "$(as_admin "SELECT status FROM api.endpoint_save('sms', 'http',
    'http://sms.example/', '', '', 800, 4, true, 1, gen_random_uuid())")" '*Messages leave the bank only encrypted*'

sql "DELETE FROM bank.outbox" >/dev/null
# put CHANNEL TEXT [CUSTOMER]
put() {
    sql "INSERT INTO bank.outbox (customer_id, unit_id, kind, channel, body, request)
         SELECT customer_id, unit_id, 'case_reply', '$1', '$2', gen_random_uuid() FROM bank.customer
          WHERE customer_id = ${3:-$person}"
}
person=$(sql "SELECT min(customer_id) FROM bank.phone WHERE kind = 'mobile' AND customer_id > 100")
# Backed-off messages become due at once.
hurry() {
    sql "UPDATE bank.outbox SET next_at = now() WHERE status IN ('failed', 'sending')"
}
state() {
    sql "SELECT string_agg(status || attempts, ' ' ORDER BY outbox_id) FROM bank.outbox"
}
deliver() {
    "$program" deliver --once --secrets "$place/secrets" "$@" 2>&1
}
taken() {
    grep -c "$1" "$log"
}

put sms plain
is "a message leaves" "$(deliver)" "sent: 1, to be tried again: 0, given up: 0"
is "under its key" "$(cut -d' ' -f1 "$log")" "$(sql "SELECT request FROM bank.outbox")"
is "the gateway's number is kept" "$(sql "SELECT provider_id FROM bank.outbox")" m-1
is "once" "$(deliver) $(taken plain)" "sent: 0, to be tried again: 0, given up: 0 1"
put sms fail
put sms garbage
put sms hang
is "500, nonsense and silence are tried again" "$(deliver)" "sent: 0, to be tried again: 3, given up: 0"
is "later, not at once" "$(sql "SELECT count(*) FROM bank.outbox WHERE status = 'failed'
    AND next_at BETWEEN now() + interval '20 s' AND now() + interval '31 s'")" 3
is "what may have arrived says so" "$(sql "SELECT error FROM bank.outbox WHERE body = 'hang'")" \
    "no answer came; it may have been received"
hurry
is "and then sent" "$(deliver)" "sent: 3, to be tried again: 0, given up: 0"
is "what was taken before came again under the same key" \
    "$(grep -E 'garbage|hang' "$log" | cut -d' ' -f1 | sort | uniq -c | awk '{print $1}' | xargs)" "2 2"
put sms refuse
is "a refusal is final" "$(deliver) $(sql "SELECT status, error FROM bank.outbox WHERE body = 'refuse'")" \
    "sent: 0, to be tried again: 0, given up: 1 dead|HTTP 400"
number=$(sql "SELECT outbox_id FROM bank.outbox WHERE body = 'refuse'")
is "a supervisor settles it" "$(psql -XqAt -h "$socket" -U super02 -d bankops -c "SELECT status FROM
    api.message_settle($person, $number, false, 'told by phone', gen_random_uuid())")" done

echo 'app = hook' >>"$place/secrets"
put app hello
deliver >/dev/null
stamped=$(grep hello "$log" | cut -d' ' -f2)
like "a webhook is signed" "$stamped" 'sha256=????????????????????????????????????????????????????????????????'
mail=$(sql "SELECT min(customer_id) FROM bank.email WHERE customer_id > 100 AND address NOT LIKE '%c3%'")
put email '您好，已办结' "$mail"
deliver >/dev/null
like "mail arrives, written in base64" "$(grep '^MAIL' "$log")" "*From: <bank@bank.example>*$(printf '您好，已办结' | base64)*"
put email "$(printf 'eins\033[2J\342\200\256\nzwei')" "$mail"
deliver >/dev/null
like "without what would act on a terminal, its lines ended as mail does" "$(grep '^MAIL' "$log")" \
    "*$(printf 'eins[2J\r\nzwei' | base64)*"
for way in sms app; do
    put $way "$(printf '%s\033]52;c;eA==\007\302\233\342\200\256\357\277\276\342\200\213z=1+1' "$way")"
done
deliver >/dev/null
is "nor does a text message or what an app gets carry it" "$(grep -c '\(sms\|app\)]52;c;eA==z=1+1' "$log")" 2
is "also not as an escape of JSON" "$(LC_ALL=C grep -c 'u001b\\|u0007\\|u202e\|'"$(printf '\033')" "$log")" 0
none=$(sql "SELECT min(customer_id) FROM bank.customer c WHERE customer_id > 100
            AND NOT EXISTS (SELECT FROM bank.email e WHERE e.customer_id = c.customer_id)")
put email nowhere "$none"
deliver >/dev/null
is "without an address it waits for a person" "$(sql "SELECT status FROM bank.outbox WHERE body = 'nowhere'")" dead

# A mail server that refuses for ever, for now, and one that is away.
sql "UPDATE bank.email SET address = 'c3.' || address WHERE customer_id = $mail" >/dev/null
put email refused "$mail"
is "an address that the mail server refuses is given up" "$(deliver)" "sent: 0, to be tried again: 0, given up: 1"
like "and says why" "$(sql "SELECT status || ' ' || error FROM bank.outbox WHERE body = 'refused'")" 'dead *550*'
sql "UPDATE bank.email SET address = replace(address, 'c3.', 'full.') WHERE customer_id = $mail" >/dev/null
put email roomless "$mail"
is "one without room is tried again" "$(deliver)" "sent: 0, to be tried again: 1, given up: 0"
hurry
is "and then it arrives" "$(deliver) $(grep '^MAIL' "$log" | grep -c 'To: <full')" "sent: 1, to be tried again: 0, given up: 0 1"
sql "UPDATE bank.email SET address = replace(address, 'full.', 'busy.') WHERE customer_id = $mail" >/dev/null
put email busy "$mail"
is "one that cannot take the text now, too" "$(deliver)" "sent: 0, to be tried again: 1, given up: 0"
like "which it said, so that nobody has it" "$(sql "SELECT error FROM bank.outbox WHERE body = 'busy'")" '*451*'
hurry
is "it arrives once" "$(deliver) $(grep '^MAIL' "$log" | grep -c 'To: <busy')" "sent: 1, to be tried again: 0, given up: 0 1"
sql "UPDATE bank.endpoint SET url = 'smtp://127.0.0.1:1' WHERE channel = 'email'" >/dev/null
put email away "$mail"
is "a mail server that is away is no refusal" "$(deliver)" "sent: 0, to be tried again: 1, given up: 0"
sql "DELETE FROM bank.outbox WHERE body = 'away'" >/dev/null

# The database dies while the gateway holds the message; the worker goes on by itself.
# wanted VALUE STATEMENT: a minute at most until the answer is the value.
wanted() {
    tries=0
    until [ "$(sql "$2" 2>/dev/null)" = "$1" ] || [ $((tries += 1)) -gt 600 ]; do timeout 0.1 tail -f /dev/null; done
}
sql "UPDATE bank.endpoint SET attempts = 100" >/dev/null
put sms 'hang restart'
key=$(sql "SELECT request FROM bank.outbox WHERE body = 'hang restart'")
"$program" deliver --secrets "$place/secrets" --quiet >"$place/worker" 2>&1 &
worker=$!
tries=0
until [ "$(taken 'hang restart')" -ge 1 ] || [ $((tries += 1)) -gt 600 ]; do timeout 0.1 tail -f /dev/null; done
kill -9 "$(head -n 1 "$BANKOPS_DATA/cluster/postmaster.pid")"
tries=0
until "$program" database start --quiet >/dev/null 2>&1 && sql "SELECT 1" >/dev/null 2>&1 || [ $((tries += 1)) -gt 100 ]; do
    timeout 0.1 tail -f /dev/null
done
is "the database is back" "$(sql 'SELECT 1')" 1
hurry
wanted sent "SELECT status FROM bank.outbox WHERE body = 'hang restart'"
is "a message in the gateway's hands is settled after a restart of the database" \
    "$(sql "SELECT status FROM bank.outbox WHERE body = 'hang restart'")" sent
is "under the same key each time" "$(grep 'hang restart' "$log" | cut -d' ' -f1 | sort -u)" "$key"
kill -TERM "$worker"
wait "$worker"
is "and the worker ends when told to" $? 0

# Killed between any two steps, again and again, and two at once: each message arrives.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do put sms "many$i."; done
sql "UPDATE bank.endpoint SET attempts = 100" >/dev/null
for after in 0.02 0.03 0.04 0.05 0.06 0.08; do
    timeout -s KILL "$after" "$program" deliver --once --quiet >/dev/null 2>&1
    hurry
done
deliver --quiet &
deliver --quiet
wait $!
is "after kills and with two at once all have arrived" "$(sed -n 's/.*\(many[0-9]*\)\..*/\1/p' "$log" | sort -u | wc -l)" 12
is "and are marked as sent" "$(sql "SELECT count(*) FROM bank.outbox WHERE body LIKE 'many%' AND status = 'sent'")" 12
is "each key belongs to one message" "$(grep many "$log" | sed 's/ .*\(many[0-9]*\)\..*/ \1/' | sort -u | cut -d' ' -f1 | uniq -d)" ""
exec 9>&-
