# fish completion for bankops(1), from the program's own --help.

function __bankops_commands
    LANGUAGE=en bankops --help 2>/dev/null | awk '/^  [a-z]/ { print $1 }'
end

function __bankops_options
    set -l words (commandline -opc)
    test (count $words) -gt 1; and LANGUAGE=en bankops $words[2] --help 2>/dev/null |
        string match -rag -- '(--[a-z][a-z-]+)' | sort -u
end

complete -c bankops -n __fish_use_subcommand -f -a '(__bankops_commands)'
complete -c bankops -n __fish_use_subcommand -l language -x -a 'en zh' -d 'Language of the messages'
complete -c bankops -n __fish_use_subcommand -l version -d 'Print the version'
complete -c bankops -n 'not __fish_use_subcommand' -a '(__bankops_options)'
