#!/bin/sh
# bankops classify: the whole flow, bad input, and the measured quality on real messages.
. "$(dirname "$0")/lib.sh"
corpus=${BANKOPS_CORPUS:+$BANKOPS_CORPUS/complaints/banking77}
[ -r "$corpus/train.csv" ] || corpus=
plan 36

cat >"$place/train.csv" <<'END'
text,class
"My card has not arrived, ""yet""",card
the card was swallowed by the machine,card
信用卡一直没有寄到,card
借记卡丢了，请马上挂失,card
"Why was I charged
an annual fee?",fee
"refund the fee, this charge is too high",fee
转账手续费太高，要求退费,fee
为什么扣了年费,fee
END
train() {
    "$program" classify train --text-column text --label-column class --model "$place/model" "$@"
}
evaluate() {
    "$program" classify evaluate --text-column text --label-column class --model "$place/model" "$@"
}
predict() {
    "$program" classify predict --text-column text --model "$place/model" "$@"
}

like "training says what it made" "$(train --input "$place/train.csv")" \
    'texts     8*labels    2*features  *weights   *size      *MB*time      * s (* s of a processor)'
is "the model is for its owner only" "$(stat -c %a "$place/model")" 600
is "accuracy is on the first line" "$(evaluate --input "$place/train.csv" | head -n 1)" 'accuracy 100.00'
like "then all other figures" "$(evaluate --input "$place/train.csv")" \
    '*macro-f1 100.00*top-3 100.00*confidence  coverage  accuracy*0.50*said  right*calibration error*'
like "in Chinese" "$("$program" --language zh classify evaluate --text-column text --label-column class \
    --model "$place/model" --input "$place/train.csv")" 'accuracy 100.00*置信度*覆盖率*'

printf 'id,text\r\n1,my CARD is lost\r\n2,年费太高\r\n3,\r\n4,"\001\033[2J🙂"\r\n' >"$place/new.csv"
predict --input "$place/new.csv" --output "$place/said.csv"
is "a class for each text" "$(cut -d, -f1 "$place/said.csv" | head -n 3 | tr '\n' ' ')" 'label card fee '
is "a row for each text" "$(wc -l <"$place/said.csv")" 5
is "two classes have no third" "$(sed -n 2p "$place/said.csv" | tr -d '\r' | awk -F, '{ print NF, $4 "." $5 }')" '5 fee.'
# 年费太高 as a spreadsheet in Chinese saves it.
printf 'id,text\n1,\304\352\267\321\314\253\270\337\n' >"$place/gbk.csv"
predict --input "$place/gbk.csv" --output "$place/gbk.said"
is "GB18030 is read as such" "$(sed -n 2p "$place/gbk.said")" "$(sed -n 3p "$place/said.csv")"
{ echo text; head -c 1048576 /dev/zero | tr '\0' 'x'; echo; } >"$place/long.csv"
is "a text of 1 MB" "$(predict --input "$place/long.csv" | wc -l)" 2
awk 'BEGIN { print "text"; for (i = 0; i < 4000; i++) print "\"my \"\"card\"\" " i "\"" }' >"$place/many.csv"
predict --input "$place/many.csv" --output "$place/many.out"
is "many rows, into a file and piece by piece to standard output" \
    "$(wc -l <"$place/many.out") $(predict --input "$place/many.csv" | cmp - "$place/many.out" && echo same)" "4001 same"
echo '"open' >>"$place/many.csv"
cp "$place/many.out" "$place/kept.out"
predict --input "$place/many.csv" --output "$place/many.out" 2>/dev/null
is "bad input leaves the file of results as it was, and nothing beside it" \
    "$(cmp "$place/kept.out" "$place/many.out" && echo same; ls "$place" | grep -c "[.]new$")" "same
0"
cp "$place/model" "$place/first"
train --input "$place/train.csv" >/dev/null
{ cmp "$place/first" "$place/model" && echo same; } >"$place/same" 2>&1
is "the same input gives the same model" "$(cat "$place/same")" same
printf 'text,class\nmy card,planet\nmy card,card\n' >"$place/other.csv"
like "a label that the model does not know is an error of it" "$(evaluate --input "$place/other.csv")" \
    'accuracy 50.00*texts 2*does not know: 1*'

in=$place/bad.csv
refused "no action" 2 'bankops: classify: one of train*' "$program" classify
refused "an unknown action" 2 'bankops: classify: one of train*' "$program" classify learn
refused "an unknown option" 2 'bankops: --speed: *' "$program" classify train --speed 9
refused "no model named" 2 'bankops: --model: *' "$program" classify predict --input x --text-column text
refused "no labels named" 2 'bankops: --label-column: *' \
    "$program" classify train --input x --text-column text --model y
refused "no such file" 1 "bankops: $place/none.csv: *" train --input "$place/none.csv"
refused "a folder" 1 "bankops: $place: *" train --input "$place"
: >"$in"
refused "an empty file" 1 "bankops: $in: the file is empty" train --input "$in"
printf 'text,class\n' >"$in"
refused "no texts to learn from" 1 "bankops: $in: training needs*" train --input "$in"
refused "no texts to evaluate with" 1 "bankops: $in: there is no text" evaluate --input "$in"
printf 'text,class\n,a\n" ",b\n' >"$in"
refused "texts without a word" 1 "bankops: $in: there is no word in any of the texts*" train --input "$in"
printf 'words,class\na,b\n' >"$in"
refused "another column" 1 "bankops: $in: there is no column text" train --input "$in"
printf 'text,class,text\na,b,c\n' >"$in"
refused "a column that is there twice" 1 "bankops: $in: two columns are named 'text'" predict --input "$in"
printf 'text,class\na,b\n\nc,d,e\n' >"$in"
refused "a row too long" 1 "bankops: $in:4: the row has 3 fields instead of 2" train --input "$in"
printf 'text,class\na,b\n"c,d\n' >"$in"
refused "an open quote" 1 "bankops: $in:3:text: a quoted field does not end" predict --input "$in"
printf 'text,class\na,b\n\377,d\n' >"$in"
refused "bytes that are no UTF-8" 1 "bankops: $in:3:text: *UTF-8" predict --input "$in"
printf 'text,class\na,b\nc,\n' >"$in"
refused "an empty label" 1 "bankops: $in:3:class: a label has *" train --input "$in"
refused "a foreign model" 1 "bankops: $place/train.csv: is no model*" \
    "$program" classify predict --input "$place/new.csv" --text-column text --model "$place/train.csv"
{ head -c 270000 "$place/first"; printf 'x'; tail -c +270002 "$place/first"; } >"$place/model"
refused "a damaged model" 1 "bankops: $place/model: the model is damaged" predict --input "$place/new.csv"
head -c 1000 "$place/first" >"$place/model"
refused "a model cut short" 1 "bankops: $place/model: the model is damaged" predict --input "$place/new.csv"

if [ "$corpus" ]; then
    "$program" classify train --input "$corpus/train.csv" --text-column text --label-column category \
        --model "$place/model" >"$place/made"
    "$program" classify evaluate --input "$corpus/test.csv" --text-column text --label-column category \
        --model "$place/model" >"$place/figures"
    is "at least 92 % right and 97 % among three on BANKING77" \
        "$(awk '/^accuracy/ { a = $2 } /^top-3/ { t = $2 } END { print (a >= 92), (t >= 97) }' "$place/figures")" '1 1'
    sed 's/^/# /' "$place/figures"
    is "the model is below 10 MB" "$(awk '/^size/ { print $2 < 10 }' "$place/made")" 1
else
    echo "ok - at least 92 % right and 97 % among three on BANKING77 # SKIP BANKOPS_CORPUS is not set"
    echo "ok - the model is below 10 MB # SKIP BANKOPS_CORPUS is not set"
fi
