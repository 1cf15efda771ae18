# Shared by ./start and ./check: messages in two languages, missing packages, configure and make.
# Sourced with the checkout as current directory.

case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
zh*) chinese=yes ;;
*) chinese=no ;;
esac

# say ENGLISH CHINESE: one line of progress.
say() {
    if [ $chinese = yes ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi
}

# fail STATUS ENGLISH CHINESE: says what is wrong and ends.
fail() {
    status=$1
    shift
    say "$(basename "$0"): $1" "$(basename "$0")：$2" >&2
    exit "$status"
}

build_packages='gcc libc6-dev make autoconf automake pkgconf gettext libncurses-dev libpq-dev
libcjson-dev libexpat1-dev zlib1g-dev libzip-dev libfreexl-dev libicu-dev
libcurl4-openssl-dev libssl-dev libxlsxwriter-dev'
test_packages='libcmocka-dev libvterm-dev perl-base groff-base unzip'
thorough_packages='clang libclang-rt-dev'

# The newest installed PostgreSQL server, as its major version (empty: none of 14 or later).
server_version() {
    for postgres in /usr/lib/postgresql/*/bin/postgres; do
        [ -x "$postgres" ] || continue
        version=${postgres#/usr/lib/postgresql/}
        version=${version%%/*}
        [ "$version" -ge 14 ] 2>/dev/null && echo "$version"
    done | sort -n | tail -n 1
}

# Prints those of the named packages that are not installed.
missing_packages() {
    dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
        awk -v wanted="$*" '
            $1 == "installed" { have[$2] = 1 }
            END {
                n = split(wanted, name)
                for (i = 1; i <= n; i++) if (!(name[i] in have)) printf "%s ", name[i]
            }'
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# True when as_root() will work, perhaps after asking for a password.
can_be_root() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || { command -v sudo >/dev/null && [ -t 0 ]; }
}

# The PostgreSQL packages of Debian create and start a cluster of the system. bankops keeps its own
# private one, so that is switched off while they are installed.
cluster_switch=/etc/postgresql-common/createcluster.d/bankops-start.conf

restore_cluster_switch() {
    as_root rm -f "$cluster_switch"
}

# apt_failed LOG NAME...: says why apt-get could not install the packages, and ends.
apt_failed() {
    log=$1
    shift
    cut="(Temporary failure resolving|Could not (connect to|resolve)|Network is unreachable)[^(,]*"
    reason=$(grep -oE "$cut" "$log" | head -n 1)
    unknown=$(sed -n 's/^E: Unable to locate package //p' "$log" | tr '\n' ' ')
    [ -n "$reason$unknown" ] || tail -n 20 "$log" >&2
    rm -f "$log"
    [ -z "$reason" ] ||
        fail 1 "no package server can be reached ($reason).
  Connect this machine to the network and start again, or install by hand: $*" \
            "无法连接软件包服务器（$reason）。
  请联网后重试，或自行安装：$*"
    [ -z "$unknown" ] ||
        fail 1 "Debian's package lists do not have: $unknown
  Check /etc/apt/sources.list: the section main of Debian 12 or later is needed." \
            "Debian 的软件包列表中没有：$unknown
  请检查 /etc/apt/sources.list：需要 Debian 12 或更新版本的 main 部分。"
    fail 1 "apt-get could not install: $*" "apt-get 无法安装：$*"
}

install_packages() {
    say "Installing: $*" "正在安装软件包：$*"
    if ! can_be_root; then
        fail 1 "these packages are missing: $*. Run as root, or: apt-get install $*" \
            "缺少软件包：$*。请用 root 运行，或执行：apt-get install $*"
    fi
    trap restore_cluster_switch EXIT
    trap 'exit 130' INT TERM HUP
    as_root mkdir -p "${cluster_switch%/*}" &&
        echo 'create_main_cluster = false' | as_root tee "$cluster_switch" >/dev/null ||
        fail 1 "cannot write $cluster_switch" "无法写入 $cluster_switch"
    log=$(mktemp)
    apt="env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300"
    if ! { as_root $apt install --no-install-recommends "$@" ||
        { as_root $apt update && as_root $apt install --no-install-recommends "$@"; }; } \
        >"$log" 2>&1 </dev/null; then
        apt_failed "$log" "$@"
    fi
    rm -f "$log"
    restore_cluster_switch
    trap - EXIT INT TERM HUP
}

# need_packages NAME...: installs those that are missing; leaves the machine alone when none is.
need_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "This is not Debian: install the counterparts of these packages: $*" \
            "本机不是 Debian，请自行安装与以下软件包相当的软件：$*"
        return 0
    fi
    wanted=$(missing_packages "$@")
    [ -z "$wanted" ] || install_packages $wanted
}

need_server() {
    [ -n "$(server_version)" ] || need_packages postgresql
}

# configure_in FOLDER OPTION...: makes ./configure when it is missing and runs it there once; later
# changes are picked up by the rules in the Makefile.
configure_in() {
    folder=$1
    shift
    if [ ! -x configure ] || [ ! -f Makefile.in ] || [ ! -f config.h.in ]; then
        autoreconf -fi >autoreconf.log 2>&1 || { cat autoreconf.log >&2; return 1; }
        rm -f autoreconf.log
    fi
    mkdir -p "$folder" || return 1
    top=$PWD
    [ -f "$folder/Makefile" ] || (cd "$folder" && "$top/configure" -q "$@")
}

jobs=$(nproc 2>/dev/null || echo 2)
