#!/bin/sh
# bankops import-cases: CSV and JSON lines, whole or not at all, bad rows named, nothing twice.
. "$(dirname "$0")/lib.sh"
plan 42

refused "an unknown option" 2 'bankops: *--fast*' "$program" import-cases --fast x
refused "no file" 2 'bankops: *name at least one file*' "$program" import-cases
"$program" demo --customers 1000 --quiet >"$place/out" 2>&1 || cat "$place/out"
find_socket
take="$program import-cases"
number=$(sql "SELECT customer_number FROM bank.customer WHERE kind = 'person' AND NOT restricted AND customer_id > 100 LIMIT 1")
phone=$(sql "SELECT min(phone) FROM bank.phone p WHERE kind = 'mobile' AND customer_id > 200 AND NOT EXISTS
    (SELECT FROM bank.phone q WHERE q.phone = p.phone AND q.customer_id <> p.customer_id)")
cases() {
    sql "SELECT count(*) FROM bank.case_file"
}
before=$(cases)
cat >"$place/good.csv" <<END
id,received_at,source,customer,unit,text,business,reason,name,contact,role,authority,flags,group_size
a1,2026-11-20 10:00,app,$number,,"转账失败，
钱扣了 😀, ""急""",B04,C02,,,,,emotional,
a2,2026-11-20T10:00:00Z,letter,$phone,,Charged twice for one payment,,,,,,,,
a3,,letter,,$(sql "SELECT code FROM bank.unit WHERE unit_id = 3"),匿名：大堂经理态度差,B01,C01,王某,13900000000,representative,,"media legal",12
END
is "a file of three" "$($take --system app "$place/good.csv")" \
    "$place/good.csv: 3 opened, 0 known before, 0 left out; 2 in their queue, 1 wait for a class"
is "all are there" "$(cases)" $((before + 3))
is "the text as it was written" "$(sql "SELECT facts FROM bank.case_file WHERE subject LIKE '转账失败%'" | tail -n 1)" \
    '钱扣了 😀, "急"'
is "the clocks began when it was received" "$(sql "SELECT count(*) FROM bank.case_clock k JOIN bank.case_file f
    USING (customer_id, case_id) JOIN bank.case_origin o USING (customer_id, case_id)
    WHERE o.system = 'app' AND k.clock = 'statutory' AND k.started_at = f.received_at")" 3
is "somebody unknown has a record of the unit's" "$(sql "SELECT customer_id FROM bank.case_origin WHERE external_id = 'a3'")" -3
is "with the party, the flags and the group" "$(sql "SELECT name, flags, group_size FROM bank.case_party
    JOIN bank.case_file USING (customer_id, case_id)")" '王某|{legal,media}|12'
is "the same file again adds nothing" "$($take --system app "$place/good.csv")" \
    "$place/good.csv: 0 opened, 3 known before, 0 left out; 0 in their queue, 0 wait for a class"
is "of another system it is another complaint, tried dry" "$($take --system web --dry-run "$place/good.csv") $(cases)" \
    "$place/good.csv: 3 rows, 0 of them bad; nothing was kept $((before + 3))"
printf '%s\n' "{\"id\":1,\"customer\":\"$number\",\"text\":\"Card swallowed by the machine\"}" '' \
    "{\"id\":\"j2\",\"customer\":\"$number\",\"text\":\"手续费\\u0007异常\",\"urgency\":2}" >"$place/lines.jsonl"
is "JSON lines" "$($take --system hot "$place/lines.jsonl")" \
    "$place/lines.jsonl: 2 opened, 0 known before, 0 left out; 0 in their queue, 2 wait for a class"

# Other types of cases, with fields of their own.
cat >"$place/voice.csv" <<END
id,type,source,customer,text,field.topic,field.pain_point
v1,suggestion,survey,$number,Shorter loan forms please,loan,long
v2,suggestion,app,$phone,Larger letters in the app,app,
v3,,,$number,The branch was closed at noon,,
END
is "suggestions and a complaint in one file" "$($take --system voice "$place/voice.csv")" \
    "$place/voice.csv: 3 opened, 0 known before, 0 left out; 2 in their queue, 1 wait for a class"
is "each is of its type, with its fields" "$(sql "SELECT string_agg(concat_ws(' ', case_type, stage, source, queue,
    fields ->> 'topic', fields ->> 'pain_point'), ', ' ORDER BY external_id) FROM bank.case_file
    JOIN bank.case_origin USING (customer_id, case_id) WHERE system = 'voice'")" \
    'suggestion new survey voice loan long, suggestion new app voice app, complaint registered other'
printf 'id,type,customer,text,field.topic\nw1,suggestion,%s,Something,moon\n' "$number" >"$place/topic.csv"
refused "a field has its values" 1 "bankops: $place/topic.csv:2:topic: The field cannot have this value*" \
    $take --system voice "$place/topic.csv"
printf 'id,type,customer,text\nw1,wish,%s,Something\n' "$number" >"$place/type.csv"
refused "and a type is one" 1 "bankops: $place/type.csv:2:type: There is no such type of case*" \
    $take --system voice "$place/type.csv"

# Ten thousand rows of which the last but one is bad.
before=$(cases)
sql "SELECT customer_number FROM bank.customer WHERE customer_id > 100" >"$place/numbers"
awk '{ n[NR] = $1 } END { print "id,customer,text"; for (i = 1; i <= 10000; i++)
    print "b" i "," (i == 9999 ? "no such" : n[1 + i % NR]) ",complaint number " i }' "$place/numbers" >"$place/late.csv"
refused "one bad row names itself" 1 "bankops: $place/late.csv:10000:customer: There is no such customer in your units*" \
    $take --system late "$place/late.csv"
is "and nothing was kept" "$(cases)" "$before"
$take --system late --skip-bad "$place/bad.csv" "$place/late.csv" >"$place/out" 2>&1
is "unless bad rows are left out" "$(tail -n 1 "$place/out")" \
    "$place/late.csv: 9999 opened, 0 known before, 1 left out; 0 in their queue, 9999 wait for a class"
like "and told" "$(head -n 1 "$place/out")" "left out: $place/late.csv:10000:customer: There is no such customer*"
is "they are kept as they stand, with the names" "$(cat "$place/bad.csv")" "id,customer,text
b9999,no such,complaint number 9999"
awk 'BEGIN { print "id,customer,text"; for (i = 1; i <= 50; i++) print "m" i ",no such,x" }' >"$place/many.csv"
$take --skip-bad "$place/bad3.csv" --dry-run "$place/many.csv" >"$place/out" 2>&1
is "of many bad rows the first are told and the others counted" "$(grep -c "many.csv:[0-9]" "$place/out") $(tail -n 2 "$place/out")" \
    "20 left out: 30 rows more, all are in $place/bad3.csv
$place/many.csv: 50 rows, 50 of them bad; nothing was kept"
is "and all are kept" "$(grep -c '^m' "$place/bad3.csv")" 50

# Rows that cannot be read.
printf 'id,customer,text\nc1,%s,fine\nc2,%s,"broken\nc3,%s,"x" y\n' "$number" "$number" "$number" >"$place/quote.csv"
refused "a quote that does not end" 1 "bankops: $place/quote.csv:3:text: *" $take "$place/quote.csv"
printf 'id,customer,text\nc1,%s,fine\nc2,%s,\261\240\nc3,%s,also fine\n' "$number" "$number" "$number" >"$place/mixed.csv"
refused "mixed encodings" 1 "bankops: $place/mixed.csv:3:text: *not valid UTF-8*" $take "$place/mixed.csv"
like "left out like the others" "$($take --skip-bad "$place/bad2.csv" "$place/mixed.csv" | tail -n 1)" \
    "$place/mixed.csv: 2 opened, 0 known before, 1 left out*"
printf 'id,customer,text\nd1,%s,\n' "$number" >"$place/empty.csv"
refused "an empty text" 1 "bankops: $place/empty.csv:2:text: The facts take*" $take "$place/empty.csv"
{ printf 'id,customer,text\ne1,%s,' "$number"; head -c 1000000 /dev/zero | tr '\0' x; echo; } >"$place/huge.csv"
refused "a text of 1 MB" 1 "bankops: $place/huge.csv:2:text: The facts take*" $take "$place/huge.csv"
printf 'id,customer,words\ne1,%s,x\n' "$number" >"$place/names.csv"
refused "an unknown column" 1 "bankops: $place/names.csv: unknown column 'words'*" $take "$place/names.csv"
: >"$place/nothing.csv"
refused "an empty file" 1 "bankops: $place/nothing.csv: *empty*" $take "$place/nothing.csv"
printf '{"customer":"%s","text":["a"]}\n' "$number" >"$place/array.jsonl"
refused "JSON of another shape" 1 "bankops: $place/array.jsonl:1:text: *" $take "$place/array.jsonl"

# What looks right and is not.
refused_row() { # name, pattern, columns, row…
    name=$1 pattern=$2
    shift 2
    printf 'id,customer,text%s\n' "$1" >"$place/row.csv"
    shift
    for row; do printf '%s\n' "$row" >>"$place/row.csv"; done
    refused "$name" 1 "bankops: $place/row.csv:$pattern" $take --system odd "$place/row.csv"
}
refused_row "two columns of one name" " two columns are named 'text'*" ,text "f1,$number,a,b"
refused_row "a time that depends on who reads it" "2:received_at: This is no time. (03/04/2026)*" \
    ,received_at "f1,$number,a,03/04/2026"
refused_row "a word for a time" "2:received_at: This is no time. (yesterday)*" ,received_at "f1,$number,a,yesterday"
refused_row "an urgency that is none is blamed on its column" "2:urgency: The urgency is 1, 2 or 3. (high)*" \
    ,urgency "f1,$number,a,high"
refused_row "a group of less than two" "2:group_size: A group has at least two people. (-4)*" \
    ,group_size "f1,$number,a,-4"
refused_row "a source that is none, with those there are" "2:source: There is no such source. (fax)" \
    ,source "f1,$number,a,fax"
refused_row "one id for two complaints" "3:id: This id stands twice in the file, with another text. (f1)*" \
    "" "f1,$number,a" "f1,$number,b"
awk -v n="$number" 'BEGIN { print "id,customer,text"; for (i = 1; i <= 1200; i++) print i "," n ",text " i
    print "7," n ",other" }' >"$place/twice.csv"
refused "also far apart" 1 "bankops: $place/twice.csv:1202:id: This id stands twice*" $take --system odd "$place/twice.csv"
printf '%s\n' "{\"customer\":\"$number\",\"text\":\"a\"}" "{\"customer\":\"$number\",\"text\":\"a\"" >"$place/line.jsonl"
refused "JSON that breaks off names its own line" 1 "bankops: $place/line.jsonl:2:*: not valid JSON*" $take "$place/line.jsonl"
printf '{"customer":"%s","text":"a","group_size":2.6}\n' "$number" >"$place/half.jsonl"
refused "no number is rounded" 1 "bankops: $place/half.jsonl:1:group_size: *(2.6)*" $take "$place/half.jsonl"
before=$(cases)
refused "bad rows that cannot be kept" 1 "bankops: $place/none/bad.csv: cannot be written*" \
    $take --quiet --skip-bad "$place/none/bad.csv" "$place/mixed.csv"
is "keep the others from being taken" "$(cases)" "$before"
