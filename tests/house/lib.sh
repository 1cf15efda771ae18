# TAP for the tests of the house, which read the sources. Sourced; then `plan N` and N tests.
export LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKELEVEL LANGUAGE
source=${BANKOPS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${BANKOPS_BUILD:-$source/build}
cd "$source" || exit 99

# none NAME: passes when standard input is empty; otherwise shows it (at most 40 lines).
none() {
    found=$(head -n 40)
    if [ -z "$found" ]; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        printf '%s\n' "$found" | sed 's/^/#   /'
    fi
}

# is NAME GOT WANTED
is() {
    if [ "$2" = "$3" ]; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        printf '%s\n' "got: $2" "wanted: $3" | sed 's/^/#   /'
    fi
}

skip() {
    echo "ok - $1 # SKIP $2"
}

plan() {
    echo "1..$1"
}

# The project's own text files below the named places, one per line.
files() {
    find "$@" -type f \( -name '*.[ch]' -o -name '*.sql' -o -name '*.json' -o -name '*.t' -o -name '*.sh' \
        -o -name '*.mk' -o -name '*.md' -o -name '*.ac' -o -name '*.am' -o -name '*.po' \
        -o -name '*.1' -o -name '*.5' \) 2>/dev/null
}
