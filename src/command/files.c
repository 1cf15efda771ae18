#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "command/command.h"
#include "command/options.h"
#include "console/file_field.h"
#include "console/perform_file.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = N_(
    "Usage: bankops files list CASE\n"
    "       bankops files add CASE FILE…\n"
    "       bankops files save CASE NUMBER\n"
    "\n"
    "Papers of a case: lists them, attaches files, or writes one to the current folder (the list\n"
    "has the numbers). Files are kept in the database under their SHA-256, each content once; who\n"
    "reads one stands in the audit trail. A removed file stays as a name.\n"
    "\n"
    "Options:\n"
    "  --output PATH        save: write to this file, which must not exist\n"
    "  --as LOGIN           database role: clerk, rm, supervisor, to read also auditor (default, on\n"
    "                       the private database: super01)\n"
    "  --database CONNINFO  use this server instead of the private one\n");

struct files_choices {
    struct session_options session;
    const char *output;
    char **words;
    int count;
};

/* A case by its two keys. */
struct keys {
    char customer[24], id[24];
};

static bool find_case(PGconn *connection, const char *number, struct keys *keys,
                      struct error *error)
{
    PGresult *rows = NULL;
    if (!session_rows(connection, "SELECT customer_id, case_id FROM api.case_by_number($1)", 1,
                      &number, &rows, error))
        return false;
    bool found = PQntuples(rows) == 1;
    if (found) {
        snprintf(keys->customer, sizeof keys->customer, "%s", PQgetvalue(rows, 0, 0));
        snprintf(keys->id, sizeof keys->id, "%s", PQgetvalue(rows, 0, 1));
    }
    PQclear(rows);
    return found || error_set(error, ERROR_INPUT, number,
                              _("Give the number as the console shows it."),
                              _("there is no such case in your units"));
}

static void say(struct buffer *out, const char *text, int cells)
{
    struct buffer safe = BUFFER_INIT;
    text_safe(&safe, text, strlen(text));
    if (cells)
        text_fit(out, buffer_text(&safe), cells, TEXT_LEFT);
    else
        buffer_add(out, buffer_text(&safe));
    buffer_free(&safe);
}

static bool list(PGconn *connection, const struct keys *keys, struct error *error)
{
    const char *const values[] = {keys->customer, keys->id};
    struct buffer out = BUFFER_INIT;
    PGresult *rows = NULL;
    if (!session_rows(connection,
                      "SELECT attachment_id, kind, bytes, to_char(added_at, 'YYYY-MM-DD HH24:MI'), "
                      "added_by, sha256, name, coalesce(removed, '') "
                      "FROM api.case_attachments($1, $2)",
                      2, values, &rows, error))
        return false;
    for (int i = 0; i < PQntuples(rows); i++) {
        buffer_format(&out, "%6s  %-7s %9s  %s  ", PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1),
                      PQgetvalue(rows, i, 2), PQgetvalue(rows, i, 3));
        say(&out, PQgetvalue(rows, i, 4), 8);
        buffer_format(&out, "  %.12s  ", PQgetvalue(rows, i, 5));
        say(&out, PQgetvalue(rows, i, 6), 0);
        if (PQgetvalue(rows, i, 7)[0]) {
            buffer_add(&out, _("  removed by "));
            say(&out, PQgetvalue(rows, i, 7), 0);
        }
        buffer_add_char(&out, '\n');
    }
    if (!PQntuples(rows))
        buffer_add(&out, _("no files\n"));
    PQclear(rows);
    bool good = fputs(buffer_text(&out), stdout) >= 0 && fflush(stdout) == 0;
    buffer_free(&out);
    return good || error_errno(error, "stdout", NULL, _("cannot be written"));
}

static bool add(PGconn *connection, const struct keys *keys, const char *path, struct error *error)
{
    struct values file = VALUES_INIT;
    char request[37];
    PGresult *rows = NULL;
    if (!file_field_read(path, "file", &file, error))
        return false;
    clock_uuid(request);
    const char *const values[] = {keys->customer, keys->id, values_get(&file, "file_name"),
                                  values_get(&file, "file"), request};
    bool good = session_rows(
        connection, "SELECT id, message FROM api.case_attach($1, $2, $3, $4::bytea, $5::uuid)", 5,
        values, &rows, error);
    if (good)
        printf("%s  %s  %s\n", path, _(PQgetvalue(rows, 0, 1)), PQgetvalue(rows, 0, 0));
    else if (!strcmp(error->where, "p_data"))
        snprintf(error->where, sizeof error->where, "%s", path);
    PQclear(rows);
    values_clear(&file);
    return good;
}

static bool save(PGconn *connection, const struct keys *keys, const char *number,
                 const char *output, struct error *error)
{
    char request[37], *path = NULL;
    const char *const values[] = {keys->customer, keys->id, number, request};
    PGresult *rows = NULL;
    clock_uuid(request);
    bool good = session_rows(
        connection,
        "SELECT name, kind, data FROM api.attachment_read($1, $2, $3, $4::uuid)", 4, values, &rows,
        error);
    if (good && !PQntuples(rows))
        good = error_set(error, ERROR_INPUT, number, NULL, _("There is no such file."));
    good = good && perform_file_write(rows, output, &path, error);
    if (good)
        printf("%s\n", path);
    free(path);
    PQclear(rows);
    return good;
}

static bool read_options(int argc, char **argv, struct files_choices *choices, bool *helped,
                         struct error *error)
{
    const struct command_option options[] = {
        {"output", &choices->output, NULL},
        {"as", &choices->session.as, NULL},
        {"database", &choices->session.conninfo, NULL},
    };
    if (!options_read(options, ARRAY_LENGTH(options), argc, argv, helped, error))
        return false;
    choices->words = argv + optind;
    choices->count = argc - optind;
    return true;
}

/* Whether the words are one of the three commands. */
static bool check_words(const struct files_choices *choices, struct error *error)
{
    const char *verb = choices->count ? choices->words[0] : "";
    bool good = (!strcmp(verb, "list") && choices->count == 2) ||
                (!strcmp(verb, "add") && choices->count >= 3) ||
                (!strcmp(verb, "save") && choices->count == 3);
    if (good && choices->output && strcmp(verb, "save") != 0)
        return options_refuse(error, "files", "--output", _("belongs to save"));
    return good ||
           options_refuse(error, "files", verb,
                          _("one of list CASE, add CASE FILE… and save CASE NUMBER is needed"));
}

static bool carry_out(PGconn *connection, const struct files_choices *choices, struct error *error)
{
    struct keys keys;
    if (!find_case(connection, choices->words[1], &keys, error))
        return false;
    if (!strcmp(choices->words[0], "list"))
        return list(connection, &keys, error);
    if (!strcmp(choices->words[0], "save"))
        return save(connection, &keys, choices->words[2], choices->output, error);
    for (int i = 2; i < choices->count; i++)
        if (!add(connection, &keys, choices->words[i], error))
            return false;
    return true;
}

int command_files(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct files_choices choices = {0};
    bool helped = false;
    bool good = read_options(argc, argv, &choices, &helped, &error) && !helped &&
                check_words(&choices, &error);
    session_default_role(&choices.session, "super01");
    PGconn *connection = good ? session_open(&choices.session, &error) : NULL;
    good = connection && carry_out(connection, &choices, &error);
    PQfinish(connection);
    return options_finish(good, helped, help, &error);
}
