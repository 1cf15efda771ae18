#include "base/alloc.h"
#include "base/date.h"
#include "base/language.h"
#include "base/place.h"
#include "command/command.h"
#include "command/import_file.h"
#include "command/options.h"
#include "command/seal.h"
#include "database/session.h"
#include "reconcile/original.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] = N_(
    "Usage: bankops import [OPTION…] FILE…\n"
    "\n"
    "Reads statement files, or files of our own book, into the database. Each file is taken whole\n"
    "or not at all; the same file or the same lines again add nothing. A file whose balances or\n"
    "numbers do not add up is held back with its reason until a second person releases it.\n"
    "The format is told by the content: MT940, MT942, MT950, camt.052, camt.053, camt.054, BAI2,\n"
    "OFX 1 and 2, or a table whose header a profile knows, as text in UTF-8, UTF-16, GB18030 (GBK)\n"
    "or windows-1252, or as a workbook (xlsx, xls). A zip archive may hold several files, which are\n"
    "imported together or not at all; files of it that were imported before are left out. Gzip is\n"
    "unpacked.\n"
    "\n"
    "Options:\n"
    "  --side book|statement  whose lines these are (default: statement)\n"
    "  --lane LANE            look for the accounts in this lane only\n"
    "  --profile NAME         read tables as this profile says, without looking for one; a path\n"
    "                         such as ./mine.json names a profile that is not installed\n"
    "  --account NUMBER       the account of tables that do not name theirs, or write it otherwise\n"
    "  --file-date YYYY-MM-DD day of a table whose dates have no year\n"
    "  --profiles             list the profiles\n"
    "  --original NUMBER      write the bytes that this file (see :stm) was read from to standard\n"
    "                         output, as they were delivered\n"
    "  --dry-run              judge the files and say what is in them, keep nothing\n"
    "  --as LOGIN             work as this member of staff (private database: clerk01)\n"
    "  --database CONNINFO    use this server instead of the private one\n"
    "  --quiet                only failures are reported\n");

struct import {
    struct import_file file;
    struct session_options session;
    const char *profile, *account, *original;
    int day;
    bool list;
    struct profiles profiles;
};

static int fail(const struct error *error)
{
    error_print(error);
    return error_exit_status(error);
}

static bool read_profiles(struct import *import, struct error *error)
{
    char *folder = place_share("profiles");
    bool done = profiles_choose(folder, import->profile, &import->profiles, error);
    free(folder);
    profiles_assume(&import->profiles, import->account, import->day);
    return done;
}

static int import_files(struct import *import, int count, char **paths)
{
    struct error error = ERROR_INIT;
    int status = 0;
    PGconn *connection = session_open(&import->session, &error);
    if (!connection)
        return fail(&error);
    for (int i = 0; i < count; i++) {
        error = (struct error)ERROR_INIT;
        if (!import_file(&import->file, connection, paths[i], &error))
            status = fail(&error);
        if (PQstatus(connection) != CONNECTION_OK)
            break;
    }
    seal_trail(connection);
    PQfinish(connection);
    return status;
}

/* Bytes as they came are for a file or another program, never for a terminal. */
static int write_original(const struct import *import)
{
    struct error error = ERROR_INIT;
    if (isatty(STDOUT_FILENO)) {
        error_set(&error, ERROR_USAGE, "--original", _("bankops import --original 7 > FILE"),
                  _("the bytes of a file are not written to a terminal"));
        return fail(&error);
    }
    PGconn *connection = session_open(&import->session, &error);
    bool good = connection && original_write(connection, import->original, stdout, &error);
    seal_trail(connection);
    PQfinish(connection);
    return good ? 0 : fail(&error);
}

static int list_profiles(const struct import *import)
{
    for (size_t i = 0; i < import->profiles.count; i++)
    {
        const struct profile *profile = import->profiles.list[i];
        const char *title = profile->title[language_current() == LANGUAGE_CHINESE];
        printf("%-32s %3d  %s\n", profile->name, profile->version, title ? title : "");
    }
    return 0;
}

static bool read_side(const char *text, char *side, struct error *error)
{
    if (!strcmp(text, "book"))
        return *side = 'L', true;
    if (!strcmp(text, "statement"))
        return *side = 'S', true;
    return error_set(error, ERROR_USAGE, "--side", NULL, _("book or statement is expected"));
}

/* Reads the options; *done is set when nothing is left to do. */
static bool read_options(struct import *import, int argc, char **argv, bool *done,
                         struct error *error)
{
    const char *side = NULL, *date = NULL;
    const struct command_option options[] = {
        {"side", &side, NULL},
        {"lane", &import->file.upload.lane, NULL},
        {"profile", &import->profile, NULL},
        {"account", &import->account, NULL},
        {"file-date", &date, NULL},
        {"profiles", NULL, &import->list},
        {"original", &import->original, NULL},
        {"dry-run", NULL, &import->file.upload.dry_run},
        {"quiet", NULL, &import->file.quiet},
        {"as", &import->session.as, NULL},
        {"database", &import->session.conninfo, NULL},
    };
    *done = false;
    if (!options_read(options, ARRAY_LENGTH(options), argc, argv, done, error))
        return false;
    if (*done) {
        fputs(_(help), stdout);
        return true;
    }
    if (side && !read_side(side, &import->file.upload.side, error))
        return false;
    if (date && !date_parse(date, &import->day))
        return error_set(error, ERROR_USAGE, "--file-date", NULL,
                         _("a day YYYY-MM-DD is expected"));
    if (optind == argc && !import->list && !import->original)
        return error_set(error, ERROR_USAGE, "import", _("bankops import --help says more."),
                         _("no file is named"));
    session_default_role(&import->session, "clerk01");
    return true;
}

int command_import(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct import import = {.file = {.upload = {.side = 'S'}}, .day = ITEM_NO_DATE};
    bool done;
    if (!read_options(&import, argc, argv, &done, &error))
        return fail(&error);
    if (done)
        return 0;
    if (import.original)
        return write_original(&import);
    if (!read_profiles(&import, &error))
        return fail(&error);
    import.file.profiles = &import.profiles;
    import.file.forced = import.profile != NULL;
    int status = import.list ? list_profiles(&import)
                             : import_files(&import, argc - optind, argv + optind);
    profiles_free(&import.profiles);
    return status;
}
