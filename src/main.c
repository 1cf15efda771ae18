#include "base/error.h"
#include "base/language.h"
#include "base/place.h"
#include "base/text.h"
#include "command/command.h"
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command commands[] = {
    {"audit", "verify|seal", N_("prove that the audit trail is whole"), command_audit},
    {"classify", "train|evaluate|predict|cases", N_("learn and say the class of texts"),
     command_classify},
    {"clock", "[--once]", N_("remind, escalate and reassign cases"), command_clock},
    {"console", "[--as NAME] [--screen COMMAND]", N_("open the console (also without a command)"),
     command_console},
    {"database", "ACTION", N_("create, start, migrate, back up the database"), command_database},
    {"deliver", "[--once] [--secrets FILE]", N_("send the messages that wait"), command_deliver},
    {"demo", "[--customers N] [--seed S]", N_("fill an empty database with a demo bank"),
     command_demo},
    {"doctor", "[--plain] [--database CONNINFO]", N_("say what is wrong on this machine"),
     command_doctor},
    {"files", "list|add|save CASE", N_("list, attach and save the papers of a case"),
     command_files},
    {"import", "[OPTION…] FILE…", N_("import statement and book files"), command_import},
    {"import-cases", "[OPTION…] FILE…", N_("take complaints in from other channels"),
     command_import_cases},
    {"import-core", "[OPTION…] FILE…", N_("take in orders and receivables of core enterprises"),
     command_import_core},
    {"opening", "[--files FOLDER]", N_("import, reconcile and route for the day"), command_opening},
    {"pull-cases", "[--once]", N_("ask other systems for new complaints"), command_pull_cases},
    {"reconcile", "[OPTION…] LANE…", N_("match lanes and open their breaks"), command_reconcile},
    {"report", "NAME", N_("write a report as text, paper, CSV or workbook"), command_report},
    {"route", "[--explain CASE]", N_("send cases to their queue, or say why they are there"),
     command_route},
    {"screens", "check|list|keys", N_("validate and list the screen files"), command_screens},
    {"staff", "list|add|disable|password", N_("manage the logins of staff"), command_staff},
    {"work", "[--background] [--stop]", N_("run the unattended jobs"), command_work},
    {NULL, NULL, NULL, NULL},
};

static void print_help(void)
{
    printf(_("Usage: bankops [--language en|zh] COMMAND [ARGUMENT…]\n\nCommands:\n"));
    for (const struct command *command = commands; command->name; command++)
        printf("  %-12s %s%*s %s\n", command->name, command->arguments,
               31 - text_width(command->arguments), "", _(command->summary));
    printf(_("\nbankops COMMAND --help says more. Manual: man bankops\n"));
}

static const struct command *find(const char *name)
{
    for (const struct command *command = commands; command->name; command++)
        if (!strcmp(command->name, name))
            return command;
    return NULL;
}

/* A disk that is full is a failure also where it shows only at the end; that a terminal is gone is
 * none. */
static int finish(int status, bool terminal)
{
    struct error error = ERROR_INIT;
    if (status || terminal || (!fflush(stdout) && !ferror(stdout)))
        return status;
    error_errno(&error, _("standard output"), NULL, _("cannot write"));
    error_print(&error);
    return error_exit_status(&error);
}

static int run(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    const struct command *command = find(argv[0]);
    if (command)
        return command->run(argc, argv);
    error_set(&error, ERROR_USAGE, argv[0], _("bankops --help lists the commands."),
              _("unknown command or option"));
    error_print(&error);
    return error_exit_status(&error);
}

int main(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    bool terminal = isatty(STDOUT_FILENO);
    const char *language = NULL;
    int at = 1;
    if (at + 1 < argc && !strcmp(argv[at], "--language")) {
        language = argv[at + 1];
        setenv("BANKOPS_LANGUAGE_SET", "1", 1); /* what was kept does not count */
        at += 2;
    }
    char *locale = place_locale();
    bool started = language_start(language, locale, &error);
    free(locale);
    if (!started) {
        error_print(&error);
        return error_exit_status(&error);
    }
    if (at < argc && (!strcmp(argv[at], "--help") || !strcmp(argv[at], "-h")))
        return print_help(), finish(0, terminal);
    if (at < argc && !strcmp(argv[at], "--version"))
        return puts(PACKAGE_STRING), finish(0, terminal);
    if (at >= argc || (argv[at][0] == '-' && find("console"))) {
        argv[--at] = (char *)"console";
    }
    return finish(run(argc - at, argv + at), terminal);
}
