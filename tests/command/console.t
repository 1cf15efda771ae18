#!/bin/sh
# Terminals, locales and options with which the console cannot open: one message, and no residue.
. "$(dirname "$0")/lib.sh"
plan 15
export BANKOPS_DATA="$place/none"

refused "no terminal" 1 'bankops: *must be a terminal*' "$program" console --as clerk01
refused "an unknown key map" 2 'bankops: --keymap: *' "$program" console --keymap emacs
refused "an unknown theme" 2 'bankops: --theme: *' "$program" console --theme neon
refused "an unknown language" 2 'bankops: --language: *' "$program" --language fr console
refused "too many arguments" 2 'bankops: more: *' "$program" console more
refused "a character set that is not UTF-8" 2 'bankops: zh_CN.GB18030: *UTF-8*' \
    env LC_ALL=zh_CN.GB18030 "$program" doctor
refused "an unknown command" 2 'bankops: frobnicate: unknown command*' "$program" frobnicate
# in_terminal TERM: what the console says in a terminal of that kind, and its exit status.
in_terminal() {
    script -qec "TERM=$1 timeout 20 '$program' console --as clerk01" /dev/null </dev/null >"$place/screen" 2>&1
    echo "exit status $?"
    tr -d '\r' <"$place/screen"
}
if command -v script >/dev/null; then
    dumb=$(in_terminal dumb)
    like "TERM=dumb" "$dumb" 'exit status 1*bankops: TERM: *dumb*--plain*'
    like "an unknown kind of terminal" "$(in_terminal no-such-terminal)" 'exit status 1*no-such-terminal*'
    like "no TERM at all" "$(in_terminal '')" 'exit status 1*TERM*'
    mkdir -p "$XDG_CONFIG_HOME/bankops"
    printf '# mine\nkeymap = emacs\n' >"$XDG_CONFIG_HOME/bankops/bankops.conf"
    like "a settings file with a wrong value" "$(in_terminal xterm)" 'exit status 1*bankops.conf:2*ibm, vim or finacle*'
    rm -r "$XDG_CONFIG_HOME"
    is "nothing is sent to a dumb terminal but the message" \
        "$(printf '%s' "$dumb" | LC_ALL=C tr -d '[:print:]\n' | LC_ALL=C tr -d '\200-\377' | wc -c)" 0
else
    for test in 1 2 3 4 5; do echo "ok - terminals # SKIP script(1) is not installed"; done
fi

mkdir "$place/screens"
printf '{ "name": "bad", "kind": "list",\n  "title": { "en": "Bad" },\n  "columns": [] }\n' \
    >"$place/screens/bad.json"
printf '{ "name": "worse", \n oops }\n' >"$place/screens/worse.json"
"$program" screens check --folder "$place/screens" >"$place/check" 2>&1
is "screens check fails on bad screens" $? 1
like "and names file, line and pointer" "$(grep 'bad.json' "$place/check")" '*bad.json:2: /title*'
like "of each" "$(grep 'worse.json' "$place/check")" '*worse.json:2*'
