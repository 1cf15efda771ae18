#include "console/console.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/language.h"
#include "command/command.h"
#include "command/options.h"
#include "console/plain.h"

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

static int wrong_use(const char *where, const char *what)
{
    struct error error = ERROR_INIT;
    options_refuse(&error, "console", where, "%s", what);
    error_print(&error);
    return error_exit_status(&error);
}

static bool set_language(const char *name)
{
    if (strcmp(name, "en") != 0 && strcmp(name, "zh") != 0)
        return false;
    language_set(name[0] == 'z' ? LANGUAGE_CHINESE : LANGUAGE_ENGLISH);
    setenv("BANKOPS_LANGUAGE_SET", "1", 1);
    return true;
}

int command_console(int argc, char **argv)
{
    struct console_options wanted = {0};
    const char *language = NULL;
    bool helped = false;
    const struct command_option options[] = {
        {"as", &wanted.as, NULL},         {"database", &wanted.conninfo, NULL},
        {"screen", &wanted.screen, NULL}, {"read-only", NULL, &wanted.read_only},
        {"plain", NULL, &wanted.plain},   {"keymap", &wanted.keymap, NULL},
        {"theme", &wanted.theme, NULL},   {"language", &language, NULL},
    };
    struct error error = ERROR_INIT;
    if (!options_read(options, ARRAY_LENGTH(options), argc, argv, &helped, &error) ||
        (!helped && !options_end("console", argc, argv, &error))) {
        error_print(&error);
        return error_exit_status(&error);
    }
    if (helped)
        return print_help(), 0;
    if (language && !set_language(language))
        return wrong_use("--language", _("en or zh is expected"));
    return wanted.plain ? plain_run(&wanted) : console_run(&wanted);
}
