#!/bin/sh
# Screen files: the shipped ones are good, and each kind of error is named with line and pointer.
set -u
program=$BANKOPS_BUILD/bankops
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
LC_ALL=C.UTF-8
export LC_ALL BANKOPS_SHARE="$BANKOPS_BUILD/share"
count=0
result() {
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
}

"$program" screens check >"$folder/out" 2>&1
result $? "the shipped screens have no error"
grep -q ' 0 errors' "$folder/out"
result $? "and the summary says so"

good() {
    cat <<'JSON'
{ "name": "probe", "kind": "list", "code": "prb",
  "title": {"en": "Probe", "zh": "试"}, "help": {"en": "A probe.", "zh": "试。"},
  "source": {"view": "queue_list"}, "key": ["queue"], "order": [{"column": "queue"}],
  "columns": [
    {"name": "queue", "title": {"en": "Queue", "zh": "队列"}} ],
  "actions": [
    {"name": "jump", "key": "t", "title": {"en": "J", "zh": "跳"}, "help": {"en": "J.", "zh": "跳。"},
     "screen": "home"} ] }
JSON
}

# expect SED-SCRIPT LINE POINTER TEXT WHAT
expect() {
    good | sed "$1" >"$folder/probe.json"
    BANKOPS_SCREENS=$folder "$program" screens check >"$folder/out" 2>&1
    status=$?
    if [ "$status" -eq 1 ] && grep -F "probe.json:$2: $3" "$folder/out" | grep -qF -- "$4"; then
        result 0 "$5"
    else
        sed 's/^/# /' "$folder/out"
        result 1 "$5"
    fi
}

good >"$folder/probe.json"
BANKOPS_SCREENS=$folder "$program" screens check >"$folder/out" 2>&1
! grep -q probe.json "$folder/out"
result $? "a good file in the bank's own folder"
expect 's/"code": "prb"/"colour": "red"/' 1 /colour 'unknown member "colour"' "unknown member"
expect 's/"key": \["queue"\],//' 1 '' 'member "key" is missing' "missing member"
expect 's/"kind": "list"/"kind": "lisp"/' 1 /kind '"kind" must be one of' "unknown kind"
expect 's/"zh": "队列"/"zh": ""/' 5 /columns/0/title/zh 'empty' "empty translation"
expect 's/, "zh": "队列"//' 5 /columns/0/title 'member "zh" is missing' "one language only"
expect 's/"key": \["queue"\]/"key": ["nothing"]/' 3 /key 'not listed' "key column not listed"
expect 's/"order": .*$/"order": [{"column": "other"}],/' 3 /order 'not listed' "order column not listed"
expect 's/"screen": "home"/"screen": "nowhere"/' 7 /actions/0 'no screen "nowhere"' "jump to nowhere"
expect 's/"key": "t"/"key": "x"/' 7 /actions/0 'taken by "export"' "key that is taken"
expect 's/"view": "queue_list"/"view": "a; DROP TABLE b"/' 3 /source/view 'not of the form' "SQL in a name"
expect 's/"name": "probe"/"name": "robe"/' 1 /name 'as the file is called' "name and file differ"
expect 's/"code": "prb"/"code": "home"/' 1 /code 'belongs to the screen' "code in use"
expect 's/"screen": "home"/"screen": "home", "function": "f"/' 7 /actions/0 'exactly one of' "two kinds of work"
expect 's/"columns": \[/"columns": {/' 5 '' '' "broken JSON"
expect 's/"name": "jump"/"name": "quit"/' 7 /actions/0 'every screen' "name of a general action"

"$program" screens keys --man | grep -q '^\.TP'
result $? "the key table as roff"
"$program" screens nonsense >/dev/null 2>&1
[ $? -eq 2 ]
result $? "wrong use ends with 2"
echo "1..$count"
