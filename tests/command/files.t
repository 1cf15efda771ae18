#!/bin/sh
# bankops files: papers of a case come in and out byte for byte, once for each content; backups hold them.
. "$(dirname "$0")/lib.sh"
plan 16

refused "an unknown option" 2 'bankops: *--fast*' "$program" files --fast
refused "no command" 2 'bankops: *one of list CASE*' "$program" files
refused "--output of a list" 2 'bankops: --output: belongs to save' "$program" files list T1 --output x
"$program" demo --customers 1000 --quiet >"$place/out" 2>&1 || cat "$place/out"
find_socket
files="$program files"
one=$(sql "SELECT min(number) FROM bank.case_file f JOIN bank.customer c USING (customer_id)
    WHERE NOT c.restricted AND f.unit_id BETWEEN 2 AND 9 AND f.case_type = 'complaint'")
two=$(sql "SELECT max(number) FROM bank.case_file f JOIN bank.customer c USING (customer_id)
    WHERE NOT c.restricted AND f.unit_id BETWEEN 2 AND 9 AND f.case_type = 'complaint'")
head -c 3000000 /dev/urandom >"$place/scan 账单.bin"
refused "no such case" 1 'bankops: T999999999: *no such case*' $files list T999999999
is "a case without files" "$($files list "$one")" "no files"
is "a file comes in" "$($files add "$one" "$place/scan 账单.bin" | sed 's/  [0-9]*$//')" \
    "$place/scan 账单.bin  The file is attached."
id=$(sql "SELECT max(attachment_id) FROM bank.attachment")
like "it is listed with size and hash" "$($files list "$one")" \
    "*$id  *3000000 *$(sha256sum <"$place/scan 账单.bin" | cut -c1-12)  scan 账单.bin"
refused "the same to the same case" 1 'bankops: *attached to the case already*' $files add "$one" "$place/scan 账单.bin"
$files add "$two" "$place/scan 账单.bin" >/dev/null
is "to another case it goes, kept once" "$(sql "SELECT count(*) FROM bank.file_content WHERE bytes = 3000000")" 1
mkdir "$place/desk"
is "it is saved" "$(cd "$place/desk" && $files save "$one" "$id")" "scan 账单.bin"
is "byte for byte" "$(cmp "$place/scan 账单.bin" "$place/desk/scan 账单.bin" && echo same)" same
is "beside another, never over it" "$(cd "$place/desk" && $files save "$one" "$id")" "scan 账单-2.bin"
refused "nor over a file that is named" 1 'bankops: *cannot be written*' $files save "$one" "$id" --output "$place/desk/scan 账单.bin"
refused "a folder is no file" 1 'bankops: *is not a regular file*' $files add "$one" "$place/desk"
printf '' >"$place/empty"
refused "nor is an empty one" 1 'bankops: *The file is empty.*' $files add "$one" "$place/empty"
head -c 11000000 /dev/zero >"$place/large"
refused "one above the limit" 1 'bankops: *The file is too large.*10.5* MB > 10.00 MB*' $files add "$one" "$place/large"
