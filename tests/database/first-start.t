#!/bin/sh
# The first start of a new folder: several programs at once, and killed at any point. Whatever
# happened, the next start ends with a whole database.
. "$(dirname "$0")/../command/lib.sh"
plan 23
steps=$(ls "$source/src/schema/"*.sql | wc -l)

# whole: the steps applied, and what else lies in the folder.
whole() {
    find_socket
    echo "$(sql 'SELECT count(*) FROM migration.step') steps, stamped" \
        "$([ -f "$BANKOPS_DATA/cluster/bankops.stamp" ] && echo yes || echo no)," \
        "left over: $(cd "$BANKOPS_DATA" && echo cluster.new.* cluster/bankops.new)"
}
wanted="$steps steps, stamped yes, left over: cluster.new.* cluster/bankops.new"

# postmasters FOLDER: servers there whose parent is not one of them.
postmasters() {
    for link in /proc/[0-9]*/cwd; do
        case $(readlink "$link" 2>/dev/null) in
        "$1"/*) ;;
        *) continue ;;
        esac
        parent=$(awk '/^PPid:/ { print $2 }' "${link%cwd}status" 2>/dev/null)
        case $(readlink "/proc/$parent/cwd" 2>/dev/null) in
        "$1"/*) ;;
        *) echo postmaster ;;
        esac
    done
}

# --- several at once, of several kinds
for round in 1 2 3; do
    export BANKOPS_DATA="$place/race$round"
    for command in 'database start' 'database migrate' 'report --list' 'database start' 'demo --summary'; do
        { "$program" $command >>"$place/out$round" 2>&1; echo "$?" >>"$place/rc$round"; } &
    done
    wait
    is "round $round: five programs on one new folder" "$(sort "$place/rc$round" | uniq -c | tr -s ' ')" " 5 0"
    grep -qv 0 "$place/rc$round" && sed 's/^/# /' "$place/out$round"
    is "round $round: the database is whole" "$(whole)" "$wanted"
    is "round $round: one server" "$(postmasters "$BANKOPS_DATA")" postmaster
    "$program" database stop --quiet
done

# --- root has made the folder, and another program's locks are all that is in it
if [ "$(id -u)" = 0 ]; then
    export BANKOPS_DATA="$place/locks"
    mkdir "$BANKOPS_DATA"
    touch "$BANKOPS_DATA/.use.lock" "$BANKOPS_DATA/.watch.lock"
    "$program" database start --quiet
    is "a folder with locks only is taken" "$? $(whole)" "0 $wanted"
    "$program" database stop --quiet
    mkdir "$place/used"
    touch "$place/used/letter"
    refused "a folder that root uses otherwise is not" 1 'bankops: *does not belong to*' \
        env BANKOPS_DATA="$place/used" "$program" database start --quiet
else
    echo "ok - a folder with locks only is taken # SKIP needs root"
    echo "ok - a folder that root uses otherwise is not # SKIP needs root"
fi

# --- killed when the line PATTERN appears, with what it started or alone
killed_at() {
    export BANKOPS_DATA="$place/killed-$3-$1"
    mkfifo "$place/says"
    setsid "$program" database init >"$place/says" 2>/dev/null &
    first=$!
    while read -r line; do
        case $line in
        *$2*)
            if [ "$3" = group ]; then kill -9 -$first; else kill -9 $first; fi
            break
            ;;
        esac
    done <"$place/says"
    wait $first 2>/dev/null
    rm "$place/says"
    "$program" database start --quiet >"$place/second" 2>&1
    is "killed ($3) at '$2': the next start succeeds" "$? $(cat "$place/second")" "0 "
    is "and the database is whole" "$(whole), $(postmasters "$BANKOPS_DATA")" "$wanted, postmaster"
    "$program" database stop --quiet
}
killed_at 1 "creating the database cluster" alone
killed_at 2 "creating the database cluster" group
killed_at 3 "starting the database server" group
killed_at 4 "schema 001" alone
killed_at 5 "schema 020" group
middle=$(ls "$source/src/schema/"*.sql | tail -n 1 | sed 's/.*\/\(...\)-.*/\1/')
killed_at 6 "schema $middle" group
