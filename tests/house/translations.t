#!/bin/sh
# Every text of the program and every fixed message of the database has its Chinese translation.
. "$(dirname "$0")/lib.sh"
command -v msgmerge >/dev/null || { echo "1..0 # SKIP gettext is not installed"; exit 0; }
plan 6

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
sh po/collect >"$place/bankops.pot" 2>"$place/log"

none "the texts are collected without a warning" <"$place/log"
{ [ "$(grep -c "^msgid" "$place/bankops.pot")" -ge 5 ] || echo "hardly a text"; } | none "texts are found"
msgmerge --quiet --no-fuzzy-matching --no-wrap po/zh_CN.po "$place/bankops.pot" |
    msgattrib --untranslated --no-wrap --no-obsolete | grep -A9 "^msgid" | grep -v "^msgstr" |
    none "every text has a Chinese translation (make update-po lists new ones)"
msgfmt --check --output=/dev/null po/zh_CN.po 2>&1 | none "placeholders agree and the file is valid"
msgattrib --only-fuzzy --no-obsolete po/zh_CN.po | none "no doubtful translation"
msgattrib --only-obsolete po/zh_CN.po | none "no translation of a text that is gone"
