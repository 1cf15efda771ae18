#include "base/language.h"
#include "base/place.h"
#include "command/command.h"
#include "command/seal.h"
#include "database/session.h"
#include "reconcile/upload.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = N_(
    "Usage: bankops import [OPTION…] FILE…\n"
    "\n"
    "Reads statement files, or files of our own book, into the database. Each file is taken whole\n"
    "or not at all; the same file or the same lines again add nothing. A file whose balances or\n"
    "numbers do not add up is held back with its reason until a second person releases it.\n"
    "The format is told by the content: MT940, MT942, MT950, or a table whose header a profile\n"
    "knows, in UTF-8, GB18030 (GBK) or windows-1252.\n"
    "\n"
    "Options:\n"
    "  --side book|statement  whose lines these are (default: statement)\n"
    "  --lane LANE            look for the accounts in this lane only\n"
    "  --profile NAME         read tables as this profile says, without looking for one\n"
    "  --profiles             list the profiles\n"
    "  --dry-run              judge the files, keep nothing\n"
    "  --as LOGIN             work as this member of staff\n"
    "  --database CONNINFO    use this server instead of the private one\n"
    "  --quiet                only failures are reported\n");

struct import {
    struct upload_options upload;
    struct session_options session;
    const char *profile;
    bool quiet, list;
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
    bool done = profiles_read(folder, import->profile, &import->profiles, error);
    free(folder);
    return done;
}

static void say(const struct import *import, const char *path, const struct format *format,
                const struct upload_result *result)
{
    if (import->quiet)
        return;
    printf(import->upload.dry_run
               ? _("%s: would be imported: %lld statements, %lld lines, %lld new (%s)\n")
               : _("%s: imported: %lld statements, %lld lines, %lld new (%s)\n"),
           path, result->statements, result->lines, result->fresh,
           format->profile ? format->profile->name : format->name);
}

static bool import_file(struct import *import, PGconn *connection, const char *path,
                        struct error *error)
{
    struct format format;
    struct upload_result result;
    struct source *source = source_open(path, error);
    if (!source)
        return false;
    bool done =
        format_recognise(source, &import->profiles, import->profile != NULL, &format, error) &&
        upload_file(connection, source, &format, &import->upload, &result, error);
    source_close(source);
    if (done && !result.accepted)
        return error_set(error, ERROR_REFUSED, path,
                         _("Ask the bank for a correct file, or have a supervisor release this "
                           "one (:stm)."),
                         import->upload.dry_run ? _("would be held back: %s")
                                                : _("held back, nothing was matched: %s"),
                         result.reason);
    if (done)
        say(import, path, &format, &result);
    /* The server's messages do not name the file. */
    if (!done && !strstr(error->where, path)) {
        char where[sizeof error->where];
        snprintf(where, sizeof where, "%.180s%s%.60s", path, error->where[0] ? ": " : "",
                 error->where);
        memcpy(error->where, where, sizeof where);
    }
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
        if (!import_file(import, connection, paths[i], &error))
            status = fail(&error);
        if (PQstatus(connection) != CONNECTION_OK)
            break;
    }
    seal_trail(connection);
    PQfinish(connection);
    return status;
}

static int list_profiles(const struct import *import)
{
    for (size_t i = 0; i < import->profiles.count; i++)
        printf("%s %d\n", import->profiles.list[i]->name, import->profiles.list[i]->version);
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
    static const struct option known[] = {
        {"side", required_argument, NULL, 's'},     {"lane", required_argument, NULL, 'l'},
        {"profile", required_argument, NULL, 'p'},  {"profiles", no_argument, NULL, 'P'},
        {"dry-run", no_argument, NULL, 'n'},        {"as", required_argument, NULL, 'a'},
        {"database", required_argument, NULL, 'd'}, {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0}};
    int option;
    *done = false;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, ":h", known, NULL)) != -1) {
        switch (option) {
        case 's':
            if (!read_side(optarg, &import->upload.side, error))
                return false;
            break;
        case 'l': import->upload.lane = optarg; break;
        case 'p': import->profile = optarg; break;
        case 'P': import->list = true; break;
        case 'n': import->upload.dry_run = true; break;
        case 'a': import->session.as = optarg; break;
        case 'd': import->session.conninfo = optarg; break;
        case 'q': import->quiet = true; break;
        case 'h': fputs(_(help), stdout); return *done = true;
        default:
            return error_set(error, ERROR_USAGE, argv[optind - 1],
                             _("bankops import --help lists the options."),
                             option == ':' ? _("the option needs a value") : _("unknown option"));
        }
    }
    if (optind == argc && !import->list)
        return error_set(error, ERROR_USAGE, "import", _("bankops import --help says more."),
                         _("no file is named"));
    return true;
}

int command_import(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct import import = {.upload = {.side = 'S'}};
    bool done;
    if (!read_options(&import, argc, argv, &done, &error))
        return fail(&error);
    if (done)
        return 0;
    if (!read_profiles(&import, &error))
        return fail(&error);
    int status = import.list ? list_profiles(&import)
                             : import_files(&import, argc - optind, argv + optind);
    profiles_free(&import.profiles);
    return status;
}
