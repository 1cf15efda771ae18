#include "base/alloc.h"
#include "base/date.h"
#include "base/language.h"
#include "command/command.h"
#include "command/options.h"
#include "command/reconcile_file.h"
#include "command/reconcile_lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = N_(
    "Usage: bankops reconcile [OPTION…] LANE…\n"
    "       bankops reconcile [OPTION…] --all\n"
    "       bankops reconcile --book FILE --statement FILE --output FILE [--profile NAME]\n"
    "                         [--rules FILE]\n"
    "\n"
    "Matches the open lines of a lane, both sides, up to a day, and opens a break for each line\n"
    "that stays open. A lane is done in one transaction; a run that is killed leaves nothing\n"
    "behind, and two runs of a lane wait for each other.\n"
    "\n"
    "With --book and --statement two files are matched without a database: the matches go to the\n"
    "file of --output as match_id,status,rule,side,line_id, a summary to standard output.\n"
    "\n"
    "Options:\n"
    "  --all                every lane that you may see\n"
    "  --date YYYY-MM-DD    up to this day (default: the business date)\n"
    "  --dry-run            report, keep nothing\n"
    "  --progress           tell each step\n"
    "  --try NAME           keep no match, but what the version of this rule set that is in work\n"
    "                       finds otherwise than the approved one on the lines of eight days\n"
    "  --book FILE          lines of our own book, side L\n"
    "  --statement FILE     lines of the statement, side S\n"
    "  --output FILE        where the matches go, written whole or not at all\n"
    "  --profile NAME       read the statement as this profile says, without looking for one, and\n"
    "                       the book if nothing else knows it; a name or a path\n"
    "  --account NUMBER     the account of both files, when they do not name it alike\n"
    "  --rules FILE         match by this rule set instead of the one that comes with the program\n"
    "  --as LOGIN           work as this member of staff (private database: clerk01)\n"
    "  --database CONNINFO  use this server instead of the private one\n"
    "  --quiet              only failures are reported\n");

struct reconcile {
    struct reconcile_lane lanes;
    struct reconcile_file files;
};

static int fail(const struct error *error)
{
    error_print(error);
    return error_exit_status(error);
}

static bool read_options(struct reconcile *reconcile, int argc, char **argv, bool *done,
                         struct error *error)
{
    struct reconcile_file *files = &reconcile->files;
    const struct command_option options[] = {
        {"all", NULL, &reconcile->lanes.all},
        {"date", &reconcile->lanes.date, NULL},
        {"dry-run", NULL, &reconcile->lanes.dry_run},
        {"progress", NULL, &reconcile->lanes.progress},
        {"try", &reconcile->lanes.rule_set, NULL},
        {"as", &reconcile->lanes.session.as, NULL},
        {"database", &reconcile->lanes.session.conninfo, NULL},
        {"quiet", NULL, &reconcile->lanes.quiet},
        {"book", &files->book, NULL},
        {"statement", &files->statement, NULL},
        {"output", &files->output, NULL},
        {"account", &files->account, NULL},
        {"profile", &files->profile, NULL},
        {"rules", &files->rules, NULL},
    };
    *done = false;
    bool good = options_read(options, ARRAY_LENGTH(options), argc, argv, done, error);
    if (*done)
        fputs(_(help), stdout);
    return good;
}

static bool has_files(const struct reconcile *reconcile)
{
    const struct reconcile_file *files = &reconcile->files;
    return files->book || files->statement || files->output || files->profile || files->account ||
           files->rules;
}

static int run_files(const struct reconcile *reconcile, bool lanes, struct error *error)
{
    const struct reconcile_file *files = &reconcile->files;
    if (lanes || reconcile->lanes.all || reconcile->lanes.date || reconcile->lanes.dry_run ||
        reconcile->lanes.rule_set)
        error_set(error, ERROR_USAGE, "reconcile", _("bankops reconcile --help says more."),
                  _("lanes, --all, --date, --dry-run and --try do not go with files"));
    else if (!files->book || !files->statement || !files->output)
        error_set(error, ERROR_USAGE, "reconcile", _("bankops reconcile --help says more."),
                  _("--book, --statement and --output are needed together"));
    else
        return reconcile_file(files, reconcile->lanes.quiet);
    return fail(error);
}

int command_reconcile(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct reconcile reconcile = {.lanes = {.date = NULL}};
    bool done;
    int day;
    if (!read_options(&reconcile, argc, argv, &done, &error))
        return fail(&error);
    if (done)
        return 0;
    if (has_files(&reconcile))
        return run_files(&reconcile, optind < argc, &error);
    if (reconcile.lanes.date && !date_parse(reconcile.lanes.date, &day))
        options_refuse(&error, "reconcile", "--date", _("a day YYYY-MM-DD is expected"));
    else if ((optind == argc) != reconcile.lanes.all)
        error_set(&error, ERROR_USAGE, "reconcile", _("bankops reconcile --help says more."),
                  _("name lanes, or --all"));
    if (error.kind)
        return fail(&error);
    session_default_role(&reconcile.lanes.session, "clerk01");
    return reconcile_lanes(&reconcile.lanes, argc - optind, argv + optind);
}
