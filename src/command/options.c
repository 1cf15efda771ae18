#include "command/options.h"

#include "base/alloc.h"
#include "base/language.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { HELP = -2 };

bool options_refuse(struct error *error, const char *command, const char *where, const char *what,
                    ...)
{
    char text[sizeof error->what],
        *todo = xasprintf(_("bankops %s --help lists the options."), command);
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(text, sizeof text, what, arguments);
    va_end(arguments);
    error_set(error, ERROR_USAGE, where, todo, "%s", text);
    free(todo);
    return false;
}

bool options_end(const char *command, int argc, char **argv, struct error *error)
{
    return optind >= argc || options_refuse(error, command, argv[optind], _("unexpected argument"));
}

/* The same list for getopt_long, with --help at its end. */
static struct option *known_of(const struct command_option *options, size_t count, int *found)
{
    struct option *known = xcalloc(count + 2, sizeof *known);
    for (size_t i = 0; i < count; i++)
        known[i] = (struct option){options[i].name,
                                   !options[i].value ? no_argument
                                   : options[i].flag ? optional_argument
                                                     : required_argument,
                                   found, (int)i};
    known[count] = (struct option){"help", no_argument, found, HELP};
    return known;
}

static void take(const struct command_option *option)
{
    if (option->flag)
        *option->flag = true;
    if (option->value)
        *option->value = optarg;
}

bool options_read(const struct command_option *options, size_t count, int argc, char **argv,
                  bool *helped, struct error *error)
{
    int found = 0, got;
    struct option *known = known_of(options, count, &found);
    bool good = true;
    opterr = 0;
    optind = 1;
    while (good && (got = getopt_long(argc, argv, ":h", known, NULL)) != -1) {
        if (got == 'h' || (got == 0 && found == HELP)) {
            *helped = true;
            break;
        }
        if (got == 0)
            take(&options[found]);
        else
            good =
                options_refuse(error, argv[0], argv[optind - 1],
                               got == ':' ? _("this option needs a value") : _("unknown option"));
    }
    free(known);
    return good;
}

int options_finish(bool good, bool helped, const char *help, const struct error *error)
{
    if (helped)
        fputs(_(help), stdout);
    if (good || helped)
        return 0;
    error_print(error);
    return error_exit_status(error);
}
