#!/bin/sh
# bankops report: text and CSV of the definition that the screen shows; who may; bad use; whole files.
. "$(dirname "$0")/lib.sh"
plan 26

refused "no name" 2 'bankops: *name of one report*' "$program" report
refused "an unknown report" 2 'bankops: nonsense: *' "$program" report nonsense
refused "a list is no report" 2 'bankops: case-list: *' "$program" report case-list
refused "an unknown option" 2 'bankops: --moon: *' "$program" report rsl --moon
refused "an unknown format" 2 'bankops: pdf2: *' "$program" report rsl --format pdf2
refused "a field it does not ask for" 2 'bankops: planet: *' "$program" report rsl --set planet=mars
like "the reports are listed" "$("$program" report --list | tr '\n' ' ')" '*report-service-level*rsl*'

"$program" database init --quiet >/dev/null 2>&1
"$program" demo --customers 3000 --now '2026-05-20 10:30' --quiet >/dev/null 2>&1
text=$("$program" report service-level --month 2026-04 --as super01)
like "the text has title, columns, totals, chart and notes" "$text" \
    'Service level*Month 2026-04*He Qing*Queue*Received*Total*Within 2 h*Cases received in the month*'
like "a report says of when it is, also when nobody asked" "$("$program" report service-level --as super01 | head -n 3 | tr '\n' ' ')" '*Month 2026-05 *'
like "and of which quarter" "$("$program" report complaint --as super01 | head -n 3 | tr '\n' ' ')" '*Period 2026-Q2 *'
is "which is what stands in it" "$("$program" report complaint --as super01 --format csv)" \
    "$("$program" report complaint --as super01 --format csv --set period=2026-Q2)"
"$program" report rsl --month 2026-04 --as super01 --format csv --output "$place/rsl.csv"
is "the columns of the CSV are those of the screen" "$(sed -n 1p "$place/rsl.csv" | tr -d '\r')" \
    'Queue,Received,Answered,In time,Within 2 h,Median min,Closed,Resolved,Resolution,Statutory,Open,Reopened'
is "both add up to the same number of cases" \
    "$(awk -F, 'NR > 1 { sum += $2 } END { print sum }' "$place/rsl.csv")" \
    "$(printf '%s\n' "$text" | awk '$1 == "Total" { print $2; exit }')"
is "the file is for its owner only" "$(stat -c %a "$place/rsl.csv")" 600
like "codes stand with their names in the language" "$("$program" report register --set period=2026-04 --as super01 --format csv)" \
    "*Telephone bank*Sub-branch*Bank card*Closed*"
like "in Chinese" "$("$program" --language zh report rsl --month 2026-04 --as super01 --format csv)" '队列,受理,*'
"$program" report rsl --month 2026-04 --as super01 --format xlsx --output "$place/rsl.xlsx"
if command -v unzip >/dev/null; then
    sheet=$(unzip -p "$place/rsl.xlsx" xl/worksheets/sheet1.xml)
    is "the workbook has the rows of the CSV below three lines of heading" \
        "$(printf %s "$sheet" | grep -o '<row r="[0-9]*"' | tail -n 2 | head -n 1 | tr -dc 0-9)" \
        "$(($(wc -l <"$place/rsl.csv") + 4))"
    like "its chart shows the rows without the total" "$(unzip -p "$place/rsl.xlsx" xl/charts/chart1.xml 2>/dev/null)" \
        "*<c:cat>*'!\$A\$5*<c:val>*'!\$E\$5*"
    like "its amounts are numbers, its texts are texts" "$sheet" \
        '*t="inlineStr"><is><t>Queue</t>*<c r="B5" s="[0-9]*"><v>[0-9]*</v></c>*'
else
    echo "ok # SKIP unzip is not installed"
    echo "ok # SKIP unzip is not installed"
    echo "ok # SKIP unzip is not installed"
fi
is "and go to standard output as well" \
    "$("$program" report rsl --month 2026-04 --as super01 --format xlsx | head -c 2)" PK
if command -v script >/dev/null; then
    like "but not to a terminal" \
        "$(script -qec "'$program' report rsl --month 2026-04 --as super01 --format xlsx" /dev/null </dev/null 2>&1 | tr -d '\0')" \
        'bankops: --format xlsx: *terminal*--output*'
else
    echo "ok - but not to a terminal # SKIP no script(1)"
fi
is "pages of paper have the lines that are asked for" \
    "$("$program" report rsl --month 2026-04 --as super01 --format paper --page 40x120 | tr -d '\f' | wc -l)" 40
refused "a clerk" 1 'bankops: Your role does not permit this. (report_service_level)*' "$program" report rsl --as clerk01
refused "a month that does not exist" 1 'bankops: month: A month is written YYYY-MM*' \
    "$program" report rsl --month 2026-13 --as super01
refused "a folder as file" 1 "bankops: *" "$program" report rsl --as super01 --output "$place"
is "the ledger of the demo is in balance" \
    "$("$program" report points-proof --as audit01 --format csv | awk -F, 'NR > 1 { sum += $4 } END { print sum + 0 }')" 0
