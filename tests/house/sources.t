#!/bin/sh
# House rules that hold for every source file.
. "$(dirname "$0")/lib.sh"
plan 11

# An include points only to a layer on the right of: command console {domains} {terminal database} base
find src screens -name '*.[ch]' | xargs grep -nE '^#include "[a-z_]+/' /dev/null | awk -F'[:"]' '
    BEGIN {
        rank["command"] = 1; rank["console"] = rank["screens"] = 2
        rank["customer"] = rank["reconcile"] = rank["complaint"] = rank["loyalty"] = 3
        rank["report"] = rank["link"] = 3; rank["demo"] = 2.5
        rank["terminal"] = rank["database"] = 4; rank["base"] = 5
    }
    {
        n = split($1, part, "/")
        from = part[1] == "screens" ? "screens" : (n > 2 ? part[2] : "command")
        to = $4; sub(/\/.*/, "", to)
        if (!(from in rank) || !(to in rank)) { print $1 ":" $2 ": unknown layer " from " or " to; next }
        if (to != from && !(from == "screens" && to == "console") && rank[to] <= rank[from])
            print $1 ":" $2 ": " from " includes " to
    }' | none "includes follow the layers"

find src screens tests \( -name '*.[ch]' -o -name '*.json' -o -name '*.sql' \) -exec wc -l {} + |
    awk '$2 != "total" && $1 > ($2 ~ /^tests/ ? 700 : $2 ~ /json$/ ? 720 : 600) { print $2 ": " $1 " lines" }' | none "no file far above 500 lines"

find src screens -name '*.c' -exec awk '
    FNR == 1 { start = 0 }
    /^\{/ { start = FNR }
    /^\}/ { if (start && FNR - start > 80) print FILENAME ":" start ": " FNR - start " lines"; start = 0 }
    ' {} + | none "no function above 80 lines"

files src screens tests po man completion | grep -v tests/house/ |
    xargs grep -nwE 'TODO|FIXME|XXX|HACK|stub|not implemented|placeholder' /dev/null | none "no loose ends"

{ files . | grep -vE '^\./(build|autom4te)|tests/house/'; ls start check .ci/run build-aux/setup.sh 2>/dev/null; } |
    xargs grep -nE '(^|[^.A-Za-z])/(work|farm|root)/|/tmp/[a-z]*_?(bash|bo-)' /dev/null | none "no path of one machine"

files src screens tests | grep -v '\.po$' | xargs grep -nE '[[:blank:]]+$' /dev/null | none "no trailing blanks"

find src screens tests -name '*.[ch]' -exec perl -CSD -ne '
    close ARGV if eof; chomp; print "$ARGV:$.: " . length . "\n" if length > 104' {} + |
    none "no line of C far above 100 columns"

find src screens -name '*.c' | xargs grep -nE '\b(sprintf|gets|strtok|system|popen)\(' /dev/null |
    none "no call that the house avoids"

# A public header guards itself by the path it has.
find src screens -name '*.h' | while read -r file; do
    guard=BANKOPS_$(echo "${file#src/}" | tr 'a-z/.-' 'A-Z___')
    grep -q "^#ifndef $guard" "$file" || echo "$file: expected the guard $guard"
done | none "headers carry their guard"


# A flow is a C file beside its screen, and stands in the table; a longer name is a part of it.
for file in screens/*.c; do
    name=$(basename "$file" .c)
    [ -f "screens/${name%-*}.c" ] && [ "$name" != "${name%-*}" ] && continue
    grep -q '"kind": "flow"' "screens/$name.json" 2>/dev/null || echo "$file has no screen of kind flow"
    grep -q "^const struct flow flow_.* = {\"$name\"" "$file" || echo "$file registers no flow \"$name\""
    grep -q "FLOW($(sed -n 's/^const struct flow flow_\([a-z_]*\).*/\1/p' "$file"))" screens/flows.def || echo "$file is not in screens/flows.def"
done | none "each flow has its screen and stands in the table"

# A form or screen about one object says so when it is opened without one.
perl -MJSON::PP -e '
    my %screen;
    for my $file (@ARGV) {
        open my $in, "<", $file or die; local $/; my $d = decode_json(<$in>);
        $screen{$d->{name}} = $d if $d->{name};
        $file = [$file, $d];
    }
    sub walk {
        my ($file, $o) = @_;
        if (ref $o eq "ARRAY") { walk($file, $_) for @$o; return }
        return unless ref $o eq "HASH";
        my $name = $o->{form} // $o->{screen} // "";
        my $t = ref $name ? undef : $screen{$name};
        if ($t && @{$t->{parameters} // []} && (!$t->{code} || %{$t->{load}{arguments} // {}})) {
            my $given = $o->{arguments} // {};
            print "$file: $name is opened about nothing\n" unless grep { exists $given->{$_} } @{$t->{parameters}};
        }
        walk($file, $_) for values %$o;
    }
    walk(@$_) for @ARGV;
' $(find screens -name '*.json' ! -name screen.schema.json) | none "what is opened about one object is given one"
