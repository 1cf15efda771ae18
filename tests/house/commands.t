#!/bin/bash
# Every command explains itself, refuses what it does not know, and stands in manual and completion.
. "$(dirname "$0")/lib.sh"
plan 10

program=$build/bankops
export TERM=dumb BANKOPS_DATA=/nonexistent/bankops
commands=$("$program" --help | awk '/^  [a-z]/ { print $1 }')

[ "$(echo "$commands" | wc -w)" -ge 2 ] || echo "only: $commands"
for command in $commands; do
    text=$("$program" "$command" --help 2>&1 </dev/null) || echo "$command --help: exit status $?"
    case $text in Usage:*"$command"*) ;; *) echo "$command --help: ${text%%$'\n'*}" ;; esac
done 2>&1 | none "every command has --help"

for command in $commands; do
    case $("$program" --language zh "$command" --help 2>&1 </dev/null) in
    用法*) ;; *) echo "$command" ;; esac
done | none "also in Chinese"

for command in $commands; do
    text=$("$program" "$command" --no-such-option 2>&1 >/dev/null </dev/null)
    status=$?
    [ $status = 2 ] || echo "$command: exit status $status"
    case $text in
    'bankops: --no-such-option: '*) ;;
    *) echo "$command: $text" ;;
    esac
done | none "an unknown option is named and gives exit status 2"

for command in $commands; do
    [ -z "$("$program" "$command" --no-such-option 2>/dev/null </dev/null)" ] || echo "$command"
done | none "an error leaves standard output empty"

for command in $commands --version; do
    "$program" "$command" --help >/dev/full 2>"$build/full.log" && echo "$command: exit status 0"
    grep -q '^bankops: ' "$build/full.log" || echo "$command: says nothing"
done | none "a full disk is told, with an exit status"
rm -f "$build/full.log"

for command in $commands; do
    grep -qE "^\.(It|Ss|Sh) .*(Cm|Nm) $command\b|^\.It Cm $command\b" man/bankops.1 || echo "$command"
done | none "every command stands in bankops(1)"

# Options of a command: of its item in COMMANDS, of database in its section.
manual_options() {
    awk -v command="$1" '
        /^\.Sh / { section = $2; depth = 0; here = section == "DATABASE" && command == "database" }
        section == "COMMANDS" && /^\.Bl/ { depth++ }
        section == "COMMANDS" && /^\.El/ { depth-- }
        section == "COMMANDS" && depth == 1 && /^\.It Cm / { here = $3 == command }
        here && /^\.It .*Fl Fl / { print }' man/bankops.1 | grep -oE 'Fl Fl [a-z-]+' | sed 's/^Fl Fl /--/' | sort -u
}
for command in $commands; do
    manual_options "$command" >"$build/options.manual"
    "$program" "$command" --help | grep -oE -- '--[a-z][a-z-]+' | grep -vx -- --help | sort -u |
        diff - "$build/options.manual" | sed -n "s/^</$command, not in the manual:/p; s/^>/$command, not in --help:/p"
done | none "every option of --help stands at its command in bankops(1), and the other way round"
rm -f "$build/options.manual"

. completion/bankops
PATH=$build:$PATH
complete_words() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _bankops
    printf '%s\n' "${COMPREPLY[@]}"
}
for command in $commands; do
    complete_words bankops "$command" | grep -qxF "$command" || echo "$command"
    [ "$(complete_words bankops "$command" --hel)" = --help ] || echo "$command --help"
done | none "the shell completes commands and options"

if command -v groff >/dev/null; then
    groff -mdoc -Tutf8 -Kutf8 -ww -z man/*.[1-8] 2>&1 |
        none "the manual pages have no formatting error"
else
    skip "the manual pages have no formatting error" "groff is not installed"
fi

sed -n '/^\.\\" keys: begin/,/^\.\\" keys: end/{/^\.\\" keys/!p;}' man/bankops.1 >"$build/keys.manual"
"$program" screens keys --man | LANGUAGE=en sh man/keys | diff "$build/keys.manual" - |
    none "bankops(1) lists the keys of the program (make update-man)"
rm -f "$build/keys.manual"
