#include "base/alloc.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "command/command.h"
#include "command/options.h"
#include "console/action.h"
#include "console/catalogue.h"
#include "console/check_database.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(void)
{
    printf(_("Usage: bankops screens check [--database[=CONNINFO]] [--folder FOLDER]\n"
             "       bankops screens list\n"
             "       bankops screens keys [--man]\n\n"
             "check     validates every screen file; prints file:line: pointer: error\n"
             "list      names, codes and titles of the screens\n"
             "keys      the table of actions and their keys\n\n"
             "--database   also check that views, functions and columns exist in schema api\n"
             "--folder     further folder of screens (default: $BANKOPS_SCREENS)\n"
             "--man        as roff, for the manual page\n\n"
             "Exit status: 0 all good, 1 errors found, 2 wrong use, 3 no server.\n"));
}

static void print_finding(void *data, const char *path, int line, const char *pointer,
                          const char *what)
{
    (void)data;
    struct buffer safe = BUFFER_INIT;
    char *text = NULL;
    if (asprintf(&text, "%s:%d: %s%s%s", path, line, pointer, *pointer ? ": " : "", what) >= 0)
        text_safe(&safe, text, strlen(text));
    puts(buffer_text(&safe));
    buffer_free(&safe);
    free(text);
}

static void print_database_finding(void *data, const char *pointer, const char *what)
{
    catalogue_report_at(data, pointer, what, print_finding, NULL);
}

static int check_all(struct catalogue *catalogue, PGconn *connection)
{
    int findings = 0;
    for (int i = 0; i < catalogue_count(catalogue); i++) {
        const struct catalogue_entry *entry = catalogue_at(catalogue, i);
        int own = catalogue_check(catalogue, entry, print_finding, NULL);
        const struct definition *definition =
            own || !connection ? NULL : catalogue_load(catalogue, entry->name, NULL);
        findings += own;
        if (definition)
            findings += check_database(connection, definition, print_database_finding,
                                       (void *)definition);
    }
    findings += catalogue_check_unused(catalogue, print_finding, NULL);
    printf(ngettext("%d screen, ", "%d screens, ", (unsigned long)catalogue_count(catalogue)),
           catalogue_count(catalogue));
    printf(ngettext("%d error\n", "%d errors\n", (unsigned long)findings), findings);
    return findings ? 1 : 0;
}

static int run_check(struct catalogue *catalogue, bool database, const char *conninfo)
{
    struct session_options options = {.conninfo = conninfo};
    struct error error = ERROR_INIT;
    PGconn *connection = NULL;
    if (database && !(connection = session_open(&options, &error))) {
        error_print(&error);
        return error_exit_status(&error);
    }
    int status = check_all(catalogue, connection);
    if (connection)
        PQfinish(connection);
    return status;
}

static int run_list(const struct catalogue *catalogue)
{
    static const char *const kinds[] = {"list", "form", "view", "report", "menu", "flow"};
    for (int i = 0; i < catalogue_count(catalogue); i++) {
        const struct catalogue_entry *entry = catalogue_at(catalogue, i);
        printf("%-24s %-7s %-8s %s\n", entry->name, kinds[entry->kind],
               entry->code ? entry->code : "-", catalogue_title(entry));
    }
    return 0;
}

static int run_keys(bool roff)
{
    struct buffer text = BUFFER_INIT;
    action_dump(&text, roff);
    fputs(buffer_text(&text), stdout);
    buffer_free(&text);
    return 0;
}

static int wrong_use(const char *where, const char *what)
{
    struct error error = ERROR_INIT;
    options_refuse(&error, "screens", where, "%s", what);
    error_print(&error);
    return error_exit_status(&error);
}

struct options {
    const char *conninfo, *folder;
    bool database, roff, help;
};

/* 0, or the exit status for a wrong option. */
static int read_options(int argc, char **argv, struct options *options)
{
    const struct command_option list[] = {
        {"database", &options->conninfo, &options->database},
        {"folder", &options->folder, NULL},
        {"man", NULL, &options->roff},
    };
    struct error error = ERROR_INIT;
    if (options_read(list, ARRAY_LENGTH(list), argc, argv, &options->help, &error))
        return 0;
    error_print(&error);
    return error_exit_status(&error);
}

int command_screens(int argc, char **argv)
{
    struct options options = {0};
    struct error error = ERROR_INIT;
    int status = read_options(argc, argv, &options);
    const char *verb = optind < argc ? argv[optind] : NULL;
    if (status)
        return status;
    if (options.help)
        return print_help(), 0;
    if (!verb || optind + 1 < argc)
        return wrong_use("screens", _("one of check, list and keys is needed"));
    if (!strcmp(verb, "keys"))
        return run_keys(options.roff);
    struct catalogue *catalogue = catalogue_new(options.folder, &error);
    if (!catalogue) {
        error_print(&error);
        return error_exit_status(&error);
    }
    if (!strcmp(verb, "check"))
        status = run_check(catalogue, options.database, options.conninfo);
    else if (!strcmp(verb, "list"))
        status = run_list(catalogue);
    else
        status = wrong_use(verb, _("one of check, list and keys is needed"));
    catalogue_free(catalogue);
    return status;
}
