#!/bin/sh
# Tables of other senders through their profiles into the database: recognised, whole or not at all,
# never twice, equal lines both kept; archives; a profile of one's own in one file; file mode.
. "$(dirname "$0")/lib.sh"
plan 44

teller_bank "INSERT INTO bank.recon_lane (code, name, kind, unit_id) VALUES ('channel', 'Channels', 'channel', 1);
             INSERT INTO bank.recon_account (lane_id, unit_id, book_account, external_account, currency)
             SELECT lane_id, 1, 'GL' || n, external, 'CNY' FROM bank.recon_lane,
                    (VALUES (1, '20880000000000000156'), (2, '1601959334'), (3, '777290058110048'),
                            (4, '62220000'), (5, '62220001'), (6, '20881111')) a (n, external)"

import="$program import --as teller"
pack=$build/tests/command/pack
mkdir "$place/files"
cd "$place/files" || exit 1

held() {
    sql "SELECT (SELECT count(*) FROM bank.recon_file), (SELECT count(*) FROM bank.recon_item),
                (SELECT count(*) FROM api.import_line)"
}
# lines ACCOUNT: how many, and their sum as the statement shows it.
lines() {
    sql "SELECT count(*), coalesce(-sum(amount), 0) FROM bank.recon_item JOIN bank.recon_account USING (account_id)
          WHERE external_account = '$1'"
}

# trade FIRST LAST: an Alipay merchant bill in GBK; two payments of each day look alike.
trade() {
    {
        printf '#支付宝业务明细查询\n#账号：[20880000000000000156]\n'
        printf '#起始日期：[2026年11月20日 00:00:00]   终止日期：[2026年11月21日 00:00:00]\n#---业务明细列表---\n'
        printf '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,对方账户,订单金额（元）,商家实收（元）,退款批次号/请求号,服务费（元）,备注\n'
        awk -v first="$1" -v last="$2" 'BEGIN {
            for (n = first; n <= last; n++)
                printf "20261120220014658705152%05d\t,ORDER%d\t,交易\t,货款,2026-11-20 10:00:00,2026-11-20 10:00:%02d,*某(1)\t,%d.50,%d.50,\t,0.00,\n", n, n, n % 60, n, n
            sum = (first + last) * (last - first + 1) / 2 + (last - first + 1) / 2
            printf "#---业务明细列表结束---\n#交易合计：%d笔，商家实收共%.2f元，商家优惠共0.00元\n", last - first + 1, sum
            print "#退款合计：0笔，商家实收退款共0.00元，商家优惠退款共0.00元" }'
    } | iconv -f UTF-8 -t GB18030
}
trade 1 10 >trade.csv
{ printf '#支付宝业务汇总查询\n#账号：[20880000000000000156]\n门店编号,交易订单总笔数\n,10\n'; } |
    iconv -f UTF-8 -t GB18030 >summary.csv
"$pack" day.zip '20880156_20261120_\xd2\xb5\xce\xf1\xc3\xf7\xcf\xb8.csv' trade.csv \
    '20880156_20261120_\xd2\xb5\xce\xf1\xc3\xf7\xcf\xb8(\xbb\xe3\xd7\xdc).csv' summary.csv

out=$($import --dry-run day.zip 2>&1)
like "a dry run names the profile" "$out" '*业务明细.csv: would be imported: 1 statement, 10 lines, 10 new (alipay-merchant-trade, GB18030)*'
like "account, period, counts and sums" "$out" '*20880000000000000156 CNY, 2026-11-20 to 2026-11-21: 10 in 60.00, 0 out 0.00*'
like "the control totals" "$out" '*control totals: 4, of which 0 do not hold*'
like "and what is left out" "$out" '*(汇总).csv: left out: sums without movements*'
is "and keeps nothing" "$(held)" "0|0|0"
like "the archive is imported" "$($import day.zip 2>&1)" '*10 new (alipay-merchant-trade, GB18030)*'
is "with all its lines" "$(lines 20880000000000000156)" "10|6000"
like "under the name of archive and member, with profile and version" "$(sql "SELECT name, format, profile FROM bank.recon_file")" \
    'day.zip/20880156_20261120_业务明细.csv|csv|alipay-merchant-trade/1'
refused "the same archive again" 1 'bankops: day.zip*imported before*' $import day.zip
refused "its member alone" 1 'bankops: trade.csv*imported before*' $import trade.csv
trade 6 15 >later.csv
like "an overlapping period" "$($import later.csv 2>&1)" '*10 lines, 5 new*'
is "adds only what is new" "$(lines 20880000000000000156)" "15|12750"

# An archive with a file that was there before, and a new one; and one with a file that is bad.
trade 16 17 >new.csv
"$pack" mixed.zip a/trade.csv trade.csv b/new.csv new.csv
out=$($import mixed.zip 2>&1)
like "known files of an archive are left out" "$out" '*a/trade.csv: imported before, left out*'
like "new ones are taken" "$out" '*b/new.csv: imported: 1 statement, 2 lines, 2 new*'
trade 18 19 >good.csv
trade 20 21 | sed '$d' | sed '$d' | sed '$d' >cut.csv
"$pack" bad.zip good.csv good.csv cut.csv cut.csv
before=$(held)
refused "an archive with a file that was cut" 1 'bankops: bad.zip/cut.csv:[0-9]*: *was cut*' $import bad.zip
"$pack" other.zip good.csv good.csv readme.txt /etc/passwd
refused "an archive with a file of no known format" 1 'bankops: other.zip/readme.txt: *not recognised*' $import other.zip
"$pack" out.zip a/../../good.csv good.csv
refused "an archive whose names lead out of it" 1 'bankops: out.zip/a/../../good.csv: the name leads out of the archive' \
    $import out.zip
"$pack" root.zip /good.csv good.csv
refused "or begin at the root" 1 'bankops: root.zip//good.csv: the name leads out of the archive' $import root.zip
is "nothing of them is kept" "$(held)" "$before"
like "the good one alone is" "$($import good.csv 2>&1)" '*2 lines, 2 new*'

# WeChat Pay: two equal payments of one second; packed with gzip.
wechat() {
    printf '\357\273\277交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易状态,付款银行,货币种类,应结订单金额,商户退款单号,退款金额,商品名称,手续费\r\n'
    printf '`2026-11-20 17:07:11,`wx8,`1601959334,`4200000925202101284997714292,`S1,`SUCCESS,`OTHERS,`CNY,`1.00,`0,`0.00,`tea, hot,`0.00600\r\n'
    printf '`2026-11-20 17:07:11,`wx8,`1601959334,`4200000925202101284997714292,`S1,`SUCCESS,`OTHERS,`CNY,`1.00,`0,`0.00,`tea, hot,`0.00600\r\n'
    [ -z "$1" ] || printf '`2026-11-20 18:00:00,`wx8,`1601959334,`4200000925202101284997714293,`S1,`REFUND,`OTHERS,`CNY,`0.00,`R1,`0.40,`tea, hot,`-0.00240\r\n'
    printf '总交易单数,应结订单总金额,退款总金额,手续费总金额\r\n'
    if [ -z "$1" ]; then printf '`2,`2.00,`0.00,`0.01200\r\n'; else printf '`3,`2.00,`0.40,`0.00960\r\n'; fi
}
wechat '' | gzip >wechat.csv.gz
like "gzip is unpacked" "$($import wechat.csv.gz 2>&1)" '*2 lines, 2 new (wechat-merchant, UTF-8)*'
is "two equal lines are both kept" "$(lines 1601959334)" "2|200"
wechat more >wechat.csv
like "the bill of the day as it went on" "$($import wechat.csv 2>&1)" '*3 lines, 1 new*'
is "adds the refund, and no third payment" "$(lines 1601959334)" "3|160"
is "matched by its refund number" "$(sql "SELECT reference FROM bank.recon_item WHERE reference LIKE 'R%'")" "R1"

# UnionPay: fixed width, the year from the file's name.
zm() {
    awk -v n="$1" 'BEGIN {
        w = split("3 11 11 6 10 19 12 4 2 21 2 32 2 6 10 13 13 4 15 2 2 6 2 4 32 1 21 15 1 15 32 13 13 8 32 13 13 12 2 1 32 98", width, " ")
        for (k = 1; k <= n; k++) {
            split("", f)
            f[1] = "S22"; f[4] = "000001"; f[5] = "1120093015"; f[7] = "000000010000"
            f[10] = sprintf("2026112009301512%05d", k); f[12] = "ORDER" k
            f[16] = "D000000000060"; f[17] = "C000000009940"; f[20] = "01"; f[28] = "777290058110048"
            line = ""
            for (i = 1; i <= w; i++) line = line sprintf("%-" width[i] "s", f[i]) (i < w ? " " : "")
            print line
        } }'
}
zm 3 >INN26112088ZM_777290058110048
zm 4 >INN26112188ZM_777290058110048
like "a file of fixed width" "$($import INN26112088ZM_777290058110048 2>&1)" '*3 lines, 3 new (unionpay-zm)*'
like "and one that overlaps it" "$($import INN26112188ZM_777290058110048 2>&1)" '*4 lines, 1 new*'
is "has the year of its name" "$(sql "SELECT DISTINCT value_date FROM bank.recon_item WHERE reference LIKE 'ORDER_' AND source_id LIKE '20261120093015%'")" "2026-11-20"
cp INN26112088ZM_777290058110048 zm.txt && zm 1 >>zm.txt
refused "without that name" 1 'bankops: zm.txt:1, byte 35, field value date: the date has no year*' $import zm.txt
like "unless the day is given" "$($import --file-date 2026-11-21 zm.txt 2>&1)" '*4 lines, *'
zm 1 | sed 's/C000000009940/C000000009941/' >INN26112288ZM_777290058110048
like "amount and fee that do not give the net amount" "$($import --dry-run INN26112288ZM_777290058110048 2>&1)" \
    '*交易金额 + 手续费 = 清算净额 states 99.41, the lines give 99.40*'

# The example of README.md, put in a file and used as it stands.
sed -n '/^## Add a statement format/,/^## /p' "$source/README.md" | sed -n '/^```json$/,/^```$/p' | sed '/^```/d' >city.json
like "the example of README.md is a profile" "$(head -n 2 city.json)" '*"name"*'
{ echo '城市银行交易明细'; echo '账号：62220000'; echo '交易日期,流水号,收入,支出,余额,摘要'
  echo '2026/11/20,T1,"1,000.00",,"1,500.00",货款'; echo '2026/11/20,T2,,200.00,"1,300.00",手续费'
  echo '合计,,"1,000.00",200.00,,'; } | iconv -f UTF-8 -t GB18030 >city.csv
printf '<xml><return_code>FAIL</return_code><return_msg>No Bill Exist</return_msg></xml>' >none.csv
refused "the answer that there is no bill" 1 "bankops: none.csv: this is no bill*there is none" $import none.csv
refused "a table of an unknown bank" 1 'bankops: city.csv: the format is not recognised*' $import city.csv
like "is read by a profile in one file" "$($import --profile ./city.json --dry-run city.csv 2>&1)" \
    '*62220000 CNY, 2026-11-20 to 2026-11-20: 1 in 1,000.00, 1 out 200.00, opening 500.00, closing 1,300.00*control totals: 2, of which 0 do not hold*'
mkdir own && cp city.json own/
like "or of the bank's own folder, by its content" "$(BANKOPS_PROFILES=$PWD/own $import city.csv 2>&1)" '*2 lines, 2 new (city-bank, GB18030)*'
is "its lines are there" "$(lines 62220000)" "2|80000"
sed 's/"version"/"colour": 1,\n  "version"/' city.json >colour.json
refused "an unknown member of a profile" 1 'bankops: ./colour.json:[0-9]*: /colour: *' $import --profile ./colour.json city.csv
sed 's/city-bank/town-bank/' city.json >own/town.json
refused "two profiles that fit alike" 1 'bankops: city.csv: several profiles fit*city-bank, town-bank*' \
    env BANKOPS_PROFILES="$PWD/own" $import --dry-run city.csv

# Files that a spreadsheet saved again.
{ echo '账号：62220001'; echo '交易日期,流水号,收入,支出,余额,摘要'; echo '2026/11/20,4.20001E+27,1,,1,x'; echo 合计; } >excel.csv
refused "a number in E+ notation" 1 'bankops: excel.csv:3, byte *, field reference: *spreadsheet*' $import --profile ./city.json excel.csv
{ echo '账号：62220001'; echo '交易日期,流水号,收入,支出,余额,摘要'; echo '2026/2/1,T1,1,,1,x'; echo 合计; } >excel.csv
refused "a date that was turned" 1 'bankops: excel.csv:3, byte *, field value date: *spreadsheet*' $import --profile ./city.json excel.csv

# Without a database.
trade 1 5 >s.csv
{ echo 'id,value_date,account,ccy,dc,amount_minor,ref,narrative'
  for n in 1 2 3; do echo "B$n,2026-11-20,20880000000000000156,CNY,C,$((n * 100 + 50)),ORDER$n,x"; done; } >book.csv
"$pack" s.zip s.csv s.csv sum.csv summary.csv
like "file mode reads both by their content" \
    "$("$program" reconcile --book book.csv --statement s.zip --output m.csv 2>&1)" '*book: 3 lines, 3 in confirmed*'
is "and pairs them" "$(grep -c '^[0-9]*,confirmed,.*,L,B[123]$' m.csv)" 3
like "also with a profile for the statement" \
    "$("$program" reconcile --book book.csv --statement city.csv --profile ./city.json --output m2.csv 2>&1)" '*statement: 2 lines*'
