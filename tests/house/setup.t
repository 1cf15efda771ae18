#!/bin/sh
# ./start and ./check install what is missing, nothing else, and never make a system cluster.
. "$(dirname "$0")/lib.sh"
plan 12

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin" "$place/etc"

# A machine that has gcc and make, and an apt-get that writes down what it is asked.
cat >"$place/bin/dpkg-query" <<'END'
#!/bin/sh
printf 'installed gcc\ninstalled make\nnot-installed gettext\n'
END
cat >"$place/bin/apt-get" <<'END'
#!/bin/sh
echo "$*" >>"$APT_LOG"
cat "$APT_SWITCH" >>"$APT_LOG" 2>/dev/null
case $* in
*broken*) echo "no such package" >&2; exit 100 ;;
*faraway*) echo "  Temporary failure resolving 'deb.debian.org'" >&2; exit 100 ;;
*unheard*) echo "E: Unable to locate package unheard" >&2; exit 100 ;;
esac
END
chmod +x "$place/bin"/*
export APT_LOG="$place/apt" APT_SWITCH="$place/etc/createcluster.d/bankops-start.conf"

# in_setup COMMAND: runs it with setup.sh sourced, on that machine.
in_setup() {
    PATH="$place/bin:$PATH" sh -c '
        . build-aux/setup.sh
        cluster_switch=$APT_SWITCH
        as_root() { "$@"; }
        id() { echo 0; }
        '"$1" </dev/null 2>&1
}

# like NAME GOT PATTERN
like() {
    case $2 in $3) is "$1" fits fits ;; *) is "$1" "$2" "$3" ;; esac
}

is "only what is missing is asked for" "$(in_setup 'missing_packages gcc gettext make libpq-dev')" \
    "gettext libpq-dev "
is "nothing missing, nothing done" "$(in_setup 'need_packages gcc make'; cat "$APT_LOG" 2>/dev/null)" ""
is "it says what it installs" "$(in_setup 'need_packages gcc gettext')" "Installing: gettext"
is "apt-get is asked for that" "$(grep -c 'install --no-install-recommends gettext$' "$APT_LOG")" 1
is "no system cluster while it runs" "$(grep -c '^create_main_cluster = false$' "$APT_LOG")" 1
is "and the switch is gone afterwards" "$(ls "$place/etc/createcluster.d")" ""
is "a failing apt-get ends it with a message" "$(in_setup 'need_packages broken' | tail -n 1)" \
    "sh: apt-get could not install: broken"
like "without a network it says so" "$(in_setup 'need_packages faraway')" \
    "*no package server can be reached (Temporary failure resolving 'deb.debian.org')*by hand: faraway"
like "a package that the lists lack is named" "$(in_setup 'need_packages unheard')" \
    "*package lists do not have: unheard*main*"
like "who may not become root is told what to install" \
    "$(in_setup 'can_be_root() { false; }; need_packages gettext')" "*missing: gettext. Run as root*"
is "and leaves no switch behind" "$(ls "$place/etc/createcluster.d")" ""

{
    ./start --no-such-option 2>/dev/null && echo "./start took an unknown option"
    ./check --no-such-option 2>/dev/null && echo "./check took an unknown option"
    ./start --customers many 2>/dev/null && echo "./start took a bad number"
    ./start --help >/dev/null || echo "./start --help failed"
    LC_ALL=zh_CN.UTF-8 ./start --help | grep -q '用法' || echo "no Chinese help"
} 2>&1 | none "the options are checked before anything is done"
