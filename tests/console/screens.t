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
expect 's/"screen": "home"/"function": "note", "ask": [{"name": "q", "title": {"en": "Q", "zh": "队"}, "type": "text", "lookup": {"source": {"view": "queue_list"}, "search": "q", "value": "queue", "columns": [{"name": "queue", "title": {"en": "Q", "zh": "队"}}]}}]/' \
    8 /actions/0/ask/0/lookup '"search" needs a function' "a view that should search"
expect 's/"key": "t"/"key": "x"/' 7 /actions/0 'taken by "export"' "key that is taken"
expect 's/"view": "queue_list"/"view": "a; DROP TABLE b"/' 3 /source/view 'not of the form' "SQL in a name"
expect 's/"name": "probe"/"name": "robe"/' 1 /name 'as the file is called' "name and file differ"
expect 's/"code": "prb"/"code": "home"/' 1 /code 'belongs to the screen' "code in use"
expect 's/"screen": "home"/"screen": "home", "function": "f"/' 7 /actions/0 'exactly one of' "two kinds of work"
expect 's/"columns": \[/"columns": {/' 5 '' '' "broken JSON"
expect 's/"name": "jump"/"name": "quit"/' 7 /actions/0 'every screen' "name of a general action"

# A screen in two files: the view here, its panels and actions in parts.
room() {
    cat >"$folder/room.json" <<'JSON'
{ "name": "room", "kind": "view", "title": {"en": "Room", "zh": "室"}, "help": {"en": "A room.", "zh": "室。"},
  "parameters": ["case_id"], "pages": [{"en": "One", "zh": "一"}],
  "panels": [
    {"name": "first", "title": {"en": "F", "zh": "甲"}, "kind": "fields", "page": 1, "side": "full",
     "source": {"view": "queue_list"}, "columns": [{"name": "queue", "title": {"en": "Q", "zh": "队"}}]},
    {"file": "room-side.part.json"},
    {"name": "last", "title": {"en": "L", "zh": "末"}, "kind": "fields", "page": 1, "side": "full",
     "source": {"view": "queue_list"}, "columns": [{"name": "queue", "title": {"en": "Q", "zh": "队"}}]} ],
  "actions": [
    {"file": "room-act.part.json"},
    {"name": "end", "key": "u", "title": {"en": "E", "zh": "止"}, "help": {"en": "E.", "zh": "止。"}, "screen": "home"} ] }
JSON
    cat >"$folder/room-side.part.json" <<'JSON'
{ "kind": "part",
  "panels": [
    {"name": "one", "title": {"en": "1", "zh": "一"}, "kind": "fields", "page": 1, "side": "full",
     "source": {"view": "queue_list"}, "columns": [{"name": "queue", "title": {"en": "Q", "zh": "队"}}]},
    {"name": "two", "title": {"en": "2", "zh": "二"}, "kind": "fields", "page": 1, "side": "full",
     "source": {"view": "queue_list"}, "columns": [{"name": "queue", "title": {"en": "Q", "zh": "队"}}]} ] }
JSON
    cat >"$folder/room-act.part.json" <<'JSON'
{ "kind": "part",
  "actions": [
    {"name": "jump", "key": "t", "title": {"en": "J", "zh": "跳"}, "help": {"en": "J.", "zh": "跳。"}, "screen": "home"} ] }
JSON
}
# room_is FILE SED-SCRIPT PLACE TEXT WHAT
room_is() {
    room
    sed -i "$2" "$folder/$1"
    BANKOPS_SCREENS=$folder "$program" screens check >"$folder/out" 2>&1
    if [ -z "$3" ]; then
        ! grep -q room "$folder/out"
    else
        grep -F "/$3" "$folder/out" | grep -qF -- "$4"
    fi
    found=$?
    [ $found -eq 0 ] || sed "s/^/# /" "$folder/out"
    result $found "$5"
}
room_is room.json "" "" "" "a screen with parts is good"
room_is room-side.part.json '3s/"kind": "fields"/"kind": "table"/; 5s/"page": 1/"page": 1, "enter": {"screen": "home"}/' \
    "" "" "a change that is good"
room_is room-side.part.json '5s/"page": 1/"page": 2/' 'room-side.part.json:5: /panels/1' 'page 2 has no name' \
    "a wrong reference in a part is named with its file, line and pointer"
room_is room-side.part.json '4s/"view"/"viev"/' 'room-side.part.json:4: /panels/0/source' 'unknown member' \
    "and what the schema forbids"
room_is room.json '7s/"page": 1/"page": 3/' 'room.json:7: /panels/2' 'page 3 has no name' \
    "places after a part are those of the screen's own file"
room_is room-act.part.json 's/"key": "t"/"key": "u"/' 'room.json:11: /actions/1' 'bound twice' \
    "actions of a part and of the screen are one list"
room_is room-side.part.json '1s/"part",/"part"/' 'room-side.part.json:2:' 'not valid JSON' "broken JSON of a part"
room_is room.json 's/room-side.part/room-none.part/' 'room.json:6: /panels/1/file' 'no file "room-none.part.json"' \
    "a part that is not there"
grep -F room-side.part.json "$folder/out" | grep -q "no screen names this file"
result $? "and one that nobody names"
room_is room.json 's/room-side.part/room-act.part/' 'room.json:6: /panels/1/file' 'is no part with "panels"' \
    "a part of actions is none of panels"
room_is room.json 's/room-side.part.json/..\/..\/etc\/passwd/' 'room.json:6: /panels/1/file' 'not of the form' \
    "a part lies in the folders of screens"
rm -f "$folder"/room*
cp "$BANKOPS_SHARE/screens/case-choose.part.json" "$folder"
sed -i 's/"key": "1"/"key": "x"/' "$folder/case-choose.part.json"
BANKOPS_SCREENS=$folder "$program" screens check >"$folder/out" 2>&1
grep -q "^$folder/case-choose.part.json:.*taken by" "$folder/out"
result $? "a part of the bank replaces ours"
rm -f "$folder/case-choose.part.json"

"$program" screens keys --man | grep -q '^\.TP'
result $? "the key table as roff"
"$program" screens nonsense >/dev/null 2>&1
[ $? -eq 2 ]
result $? "wrong use ends with 2"
echo "1..$count"
