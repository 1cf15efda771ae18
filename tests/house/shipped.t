#!/bin/sh
# Every file of the project is in the tarball, and every file that the program reads is installed.
. "$(dirname "$0")/lib.sh"
plan 6

listed=$(make -s -C "$build" list-distfiles | sed "s|^\./||; s|^$source/||; s|^\.\./${source##*/}/||; s|^\.\./||" | sort -u |
    while read -r name; do [ -d "$name" ] && find "$name" -type f || echo "$name"; done)
if [ -d .git ] || [ -f .git ]; then
    git ls-files | grep -vE '^(\.|check$)' | while read -r file; do
        [ -e "$file" ] || continue
        printf '%s\n' "$listed" | grep -qxF "$file" || echo "$file is in no local.mk"
    done | none "make dist ships every tracked file"
else
    skip "make dist ships every tracked file" "not a checkout"
fi

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
make -s -C "$build" install DESTDIR="$place" >"$place/log" 2>&1 </dev/null || cat "$place/log"
prefix=$place$(sed -n 's/^prefix = //p' "$build/Makefile")
share=$prefix/share/bankops

for folder in screens src/schema src/reconcile/profiles src/reconcile/rules; do
    [ -d "$folder" ] || continue
    for file in "$folder"/*.json "$folder"/*.sql; do
        [ -e "$file" ] && [ ! -e "$share/$(basename "$folder")/$(basename "$file")" ] &&
            echo "$file is not installed"
    done
done | none "screens, schema and profiles are installed"

for file in bin/bankops share/man/man1/bankops.1 share/man/man5/bankops-screens.5 \
    share/locale/zh_CN/LC_MESSAGES/bankops.mo share/bash-completion/completions/bankops; do
    [ -e "$prefix/$file" ] || echo "$file"
done | none "program, manual, translation and completion are where they are looked for"

find "$prefix" -perm /022 ! -type l | none "nothing installed is writable by others"

cd /
is "the installed program runs from any directory" \
    "$("$prefix/bin/bankops" --version)" "bankops $(sed -n 's/^PACKAGE_VERSION = //p' "$build/Makefile")"
{ "$prefix/bin/bankops" --language zh --help | grep -q 用法 || echo "no Chinese text"; } | none "it finds its translation"
