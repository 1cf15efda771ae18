# What the calls of bank.audit_write in the schema (files named as arguments) may write, one a line:
# "action CODE", "object CODE", "field KEY" of before and after, "table NAME" kept there as a whole, and
# "? EXPRESSION in FUNCTION" where that cannot be told.
use strict;
use warnings;

my (%function, %seen, %said);
my $all = '';
for my $file (@ARGV) {
    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    my $sql = <$in>;
    $sql =~ s/--[^\n]*//g;
    $all .= "$sql\n";
}

# The arguments of a call from behind its bracket on, divided at the commas of their own level.
sub arguments {
    my ($text, $from) = @_;
    my ($depth, $piece, @pieces) = (0, '');
    pos($text) = $from;
    while ($text =~ /\G('(?:[^']|'')*'|[^'])/gs) {
        my $c = $1;
        last if $c eq ')' && !$depth;
        $depth++ if $c eq '(' || $c eq '[';
        $depth-- if $c eq ')' || $c eq ']';
        if ($c eq ',' && !$depth) {
            push @pieces, $piece;
            $piece = '';
            next;
        }
        $piece .= $c;
    }
    push @pieces, $piece;
    s/^\s+|\s+$//gs for @pieces;
    return @pieces;
}

# The parts of a sum of texts.
sub parts {
    my ($text) = @_;
    my ($depth, $piece, @list) = (0, '');
    while ($text =~ /\G('(?:[^']|'')*'|\|\||\b(?:CASE|END)\b|.)/gs) {
        my $c = $1;
        $depth++ if $c eq '(' || $c eq 'CASE';
        $depth-- if $c eq ')' || $c eq 'END';
        if ($c eq '||' && !$depth) {
            push @list, $piece;
            $piece = '';
            next;
        }
        $piece .= $c;
    }
    return (@list, $piece);
}

# What callers give for a parameter: [function, expression].
sub given {
    my ($name, $at, $parameter) = @_;
    my @found;
    for my $f (map { @$_ } values %function) {
        my $body = $f->{body};
        while ($body =~ /\b\Q$name\E\s*\(/g) {
            my @given = arguments($body, pos $body);
            my ($named) = grep { /^\Q$parameter\E\s*=>/ } @given;
            $named =~ s/^\w+\s*=>\s*// if $named;
            my $expression = $named // $given[$at];
            push @found, [$f, $expression] if defined $expression;
        }
    }
    return @found;
}

# The texts that an expression in that function may have.
sub texts {
    my ($text, $f) = @_;
    $text =~ s/^\s+|\s+$//gs;
    my @sum = parts($text);
    if (@sum > 1) {
        my @done = ('');
        for my $part (@sum) {
            my @these = texts($part, $f);
            @done = map { my $start = $_; map { $start . $_ } @these } @done;
        }
        return @done;
    }
    return $1 if $text =~ /^'([^']*)'$/;
    if ($text =~ /^CASE\b(.*)\bEND$/s) {
        my ($rest, @done) = ($1);
        push @done, texts($1, $f) while $rest =~ /\b(?:THEN|ELSE)\s+('[^']*'|[\w.]+)/g;
        return @done;
    }
    if ($f->{body} =~ /\Q$text\E\s*(?:IS NULL OR \Q$text\E )?NOT IN \(([^)]*)\)/
        or $f->{body} =~ /choice_require\(\Q$text\E,\s*'\w+',\s*'\{([^}]*)\}'/) {
        my $list = $1;
        $list =~ s/['\s]//g;
        return split /,/, $list;
    }
    # A guard that the function calls says what the value may be.
    while ($f->{body} =~ /PERFORM bank\.(\w+_check)\(/g) {
        my ($guard, $from) = ($1, pos $f->{body});
        my @given = arguments($f->{body}, $from);
        for my $g (@{$function{$guard} || []}) {
            my ($n) = grep { ($given[$_] // '') eq $text } 0 .. $#given;
            next unless defined $n && ($g->{parameters}[$n] // '') ne '';
            my $name = $g->{parameters}[$n];
            return map { s/['\s]//gr } split /,/, $1
                if $g->{body} =~ /\Q$name\E IS NULL OR \Q$name\E NOT IN \(([^)]*)\)/;
        }
    }
    my ($at) = grep { $f->{parameters}[$_] eq $text } 0 .. $#{$f->{parameters}};
    if (defined $at) {
        return () if $seen{"$f->{name} $text"}++;
        my @done = map { texts($_->[1], $_->[0]) } given($f->{name}, $at, $text);
        return @done if @done;
    }
    $said{"? $text in $f->{name}"}++;
    return ();
}

while ($all =~ /CREATE(?: OR REPLACE)? FUNCTION\s+\w+\.(\w+)\s*\(/g) {
    my ($name, $from) = ($1, pos $all);
    my @parameters = map { /^(?:VARIADIC\s+)?(\w+)/ ? $1 : '' } arguments($all, $from);
    next unless substr($all, $from) =~ /^(.*?)\bAS\s+(\$\w*\$)(.*?)\2/s;
    push @{$function{$name}}, {name => $name, parameters => \@parameters, body => $3, head => $1};
}
for my $f (map { @$_ } values %function) {
    my $body = $f->{body};
    while ($body =~ /\baudit_write\s*\(/g) {
        my @given = arguments($body, pos $body);
        %seen = ();
        $said{"action $_"}++ for texts($given[0], $f);
        %seen = ();
        $said{"object $_"}++ for texts($given[1], $f);
        my $kept = join ' ', grep { defined } @given[4, 5];
        while ($kept =~ /jsonb_build_object\s*\(/g) {
            my @pairs = arguments($kept, pos $kept);
            for (my $i = 0; $i < @pairs; $i += 2) {
                $said{"field $1"}++ if $pairs[$i] =~ /^'([^']*)'$/;
            }
        }
        while ($kept =~ /to_jsonb\((\w+)\)/g) {
            $said{"table $1"}++ if "$f->{head} $body" =~ /\b$1\s+(?:bank\.)?(\w+)\s*[;,)]/;
        }
    }
}
print "$_\n" for sort keys %said;
