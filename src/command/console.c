#include "base/error.h"
#include "base/language.h"
#include "command/command.h"
#include "console/console.h"
#include "console/plain.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(void)
{
    printf(_("Usage: bankops [console] [OPTION…]\n\n"
             "--as NAME              log in as this member of staff\n"
             "--database CONNINFO    use this server instead of the private one\n"
             "--screen COMMAND       begin with this screen, for example \"cus 13800138000\"\n"
             "--read-only            nothing can be changed\n"
             "--plain                line by line, for screen readers and simple terminals\n"
             "--keymap MAP           ibm (default), vim or finacle\n"
             "--theme THEME          default, light, mono or high-contrast\n"
             "--language LANGUAGE    en or zh\n\n"
             "Settings: ~/.config/bankops/bankops.conf. Manual: man bankops\n"));
}

static int wrong_use(const char *where)
{
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_USAGE, where, _("bankops console --help lists the options."), "%s",
              _("unknown option, or its argument is missing"));
    error_print(&error);
    return error_exit_status(&error);
}

static int set_language(const char *name)
{
    if (strcmp(name, "en") != 0 && strcmp(name, "zh") != 0)
        return wrong_use("--language");
    language_set(name[0] == 'z' ? LANGUAGE_CHINESE : LANGUAGE_ENGLISH);
    setenv("BANKOPS_LANGUAGE_SET", "1", 1);
    return 0;
}

int command_console(int argc, char **argv)
{
    static const struct option known[] = {
        {"as", required_argument, NULL, 'a'},       {"database", required_argument, NULL, 'd'},
        {"screen", required_argument, NULL, 's'},   {"read-only", no_argument, NULL, 'r'},
        {"plain", no_argument, NULL, 'p'},          {"keymap", required_argument, NULL, 'k'},
        {"theme", required_argument, NULL, 't'},    {"language", required_argument, NULL, 'l'},
        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0},
    };
    struct console_options options = {0};
    int option, status;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        switch (option) {
        case 'a':
            options.as = optarg;
            break;
        case 'd':
            options.conninfo = optarg;
            break;
        case 's':
            options.screen = optarg;
            break;
        case 'r':
            options.read_only = true;
            break;
        case 'p':
            options.plain = true;
            break;
        case 'k':
            options.keymap = optarg;
            break;
        case 't':
            options.theme = optarg;
            break;
        case 'l':
            if ((status = set_language(optarg)))
                return status;
            break;
        case 'h':
            return print_help(), 0;
        default:
            return wrong_use(argv[optind - 1]);
        }
    }
    if (optind < argc)
        return wrong_use(argv[optind]);
    return options.plain ? plain_run(&options) : console_run(&options);
}
