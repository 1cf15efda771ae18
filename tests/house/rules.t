#!/bin/sh
# The rule set that a new database starts with is the one that comes with the program.
source=${BANKOPS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
echo 1..1
first=$(sed -n '/\$rules\$/,/^\$rules\$/p' "$source/src/schema/034-reconcile-rules.sql" |
    sed -e '1s/.*\$rules\$//' -e '/^\$rules\$/d')
if [ "$first" = "$(cat "$source/src/reconcile/rules/default.json")" ]; then
    echo "ok - src/schema/034-reconcile-rules.sql holds src/reconcile/rules/default.json"
else
    echo "not ok - src/schema/034-reconcile-rules.sql holds src/reconcile/rules/default.json"
fi
