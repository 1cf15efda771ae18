#!/bin/sh
# bankops import-core: files of core enterprises, whole or not at all, bad rows named, each file once.
. "$(dirname "$0")/lib.sh"
plan 14

refused "an unknown option" 2 'bankops: *--fast*' "$program" import-core --fast x
refused "no file" 2 'bankops: *name at least one file*' "$program" import-core
"$program" demo --customers 1000 --quiet >"$place/out" 2>&1 || cat "$place/out"
find_socket
take="$program import-core"
core=$(sql "SELECT i.number FROM bank.core_enterprise e JOIN bank.customer_identity i USING (customer_id)
    WHERE i.kind = 'credit_code' ORDER BY customer_id LIMIT 1")
supplier=$(sql "SELECT supplier_code FROM bank.core_document ORDER BY document_id LIMIT 1")
documents() {
    sql "SELECT count(*) FROM bank.core_document"
}
before=$(documents)
cat >"$place/good.csv" <<END
core,kind,number,supplier,amount,issued,due,order,confirmed
$core,order,"PO-甲,1",$supplier,1200.50,2026-11-01,2027-03-01,,yes
$core,receivable,AR-1,$supplier,800,2026-11-05,2027-03-01,"PO-甲,1",no
END
is "a dry run says what would come" "$($take --dry-run "$place/good.csv") $(documents)" \
    "$place/good.csv: 2 new rows, 0 changed, 0 known; nothing was kept $before"
is "a file of two" "$($take "$place/good.csv") $(documents)" "$place/good.csv: 2 new rows, 0 changed, 0 known $((before + 2))"
is "each as it was written" "$(sql "SELECT number, amount, confirmed_at IS NOT NULL, order_number FROM bank.core_document
    WHERE number LIKE '%-_' OR number LIKE '%,1' ORDER BY document_id" | tr '\n' ' ')" 'PO-甲,1|120050|t| AR-1|80000|f|PO-甲,1 '
like "the same file is taken once" "$($take "$place/good.csv") $(documents)" "$place/good.csv: This file was taken in before. (*) $((before + 2))"
printf 'kind,number,supplier,amount,issued,due,confirmed\nreceivable,AR-1,%s,800,2026-11-05,2027-03-01,yes\n' "$supplier" >"$place/more.csv"
is "of the enterprise that is named, only what is other" "$($take --core "$core" "$place/more.csv")" "$place/more.csv: 0 new rows, 1 changed, 0 known"
i=1
{
    echo core,kind,number,supplier,amount,issued,due
    while [ $i -lt 9999 ]; do
        echo "$core,order,L$i,$supplier,$i.00,2026-11-01,2027-03-01"
        i=$((i + 1))
    done
    echo "$core,order,L9999,$supplier,12x,2026-11-01,2027-03-01"
} >"$place/long.csv"
refused "the bad row of ten thousand is named" 1 "bankops: $place/long.csv:10000:amount: The amount is written like 1234.50. (12x)*" $take "$place/long.csv"
is "and changes nothing" "$(documents)" $((before + 2))
printf 'core,kind,number,supplier,amount,issued,due\n%s,loan,X,%s,1,2026-11-01,2027-03-01\n%s,order,Y,91Z,1,2026-11-01,2027-03-01\n' \
    "$core" "$supplier" "$core" >"$place/bad.csv"
refused "the first of several is told whole" 1 "bankops: $place/bad.csv:2:kind: The kind is order or receivable. (loan)" $take "$place/bad.csv"
like "the others by line and column" "$(tail -n 1 "$place/err")" '*3:supplier.'
printf 'core,kind,number,supplier,amount,issued,due,colour\n' >"$place/wide.csv"
refused "a column that nobody knows" 1 "bankops: $place/wide.csv: *colour*" $take "$place/wide.csv"
printf 'kind,number,supplier,amount,issued,due\norder,1,2,3,4,5\n' >"$place/nobody.csv"
refused "a file of nobody" 1 "bankops: *core*" $take "$place/nobody.csv"
refused "a clerk of another branch has no such enterprise" 1 "bankops: $place/more2.csv:2:core: There is no such core enterprise*" sh -c "
    sed s/AR-1/AR-2/ '$place/more.csv' >'$place/more2.csv'
    $take --as \$0 --core 91350100M000100Y43 '$place/more2.csv'" clerk01
