#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/csv_reader.h"
#include "base/digest.h"
#include "base/language.h"
#include "command/command.h"
#include "command/options.h"
#include "command/seal.h"
#include "database/session.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = N_(
    "Usage: bankops import-core [OPTION…] FILE…\n"
    "\n"
    "Takes the orders, receivables and confirmations in that core enterprises send: CSV with a "
    "first\n"
    "row of names. A file is taken whole or not at all, and only once; what is known already is\n"
    "passed over. What money is lent on is not changed by a file.\n"
    "\n"
    "Columns: kind (order, receivable) number supplier (credit code) amount (1234.50) issued due\n"
    "(2026-11-22); core (credit code of the enterprise) unless --core names it; order (number of "
    "the\n"
    "order that a receivable comes from), confirmed (yes, no), state (open, paid, cancelled).\n"
    "\n"
    "Options:\n"
    "  --core CODE          credit code of the core enterprise that sends the file\n"
    "  --dry-run            judge the files, keep nothing\n"
    "  --as LOGIN           work as this login (default, on the private database: worker01)\n"
    "  --database CONNINFO  use this server instead of the private one\n"
    "  --quiet              only failures are reported\n");

enum { ROWS_LIMIT = 200000, SHOWN = 8 };

static const char *const columns[] = {"core", "kind",  "number",    "supplier", "amount", "issued",
                                      "due",  "order", "confirmed", "state",    NULL};
static const bool required[] = {false, true, true, true, true, true, true, false, false, false};

struct intake {
    struct session_options session;
    const char *core;
    bool dry_run, quiet;
    /* of the file under way */
    const char *path;
    size_t *lines; /* line of each row, from 1 */
    int count;
};

static bool check_columns(const struct intake *intake, const struct csv_reader *reader,
                          struct error *error)
{
    for (int i = 0; i < reader->columns; i++) {
        int known = 0;
        const struct csv_cell *name = &reader->names[i];
        while (columns[known] && (strlen(columns[known]) != name->length ||
                                  memcmp(columns[known], name->text, name->length) != 0))
            known++;
        if (!columns[known])
            return error_set(error, ERROR_INPUT, intake->path,
                             _("bankops import-core --help lists the columns."),
                             _("unknown column '%.*s'"),
                             (int)(name->length > 60 ? 60 : name->length), name->text);
    }
    for (int k = 0; columns[k]; k++)
        if ((required[k] || (k == 0 && !intake->core)) &&
            csv_reader_column(reader, columns[k], error) < 0)
            return false;
    return true;
}

static bool add_row(struct intake *intake, const struct csv_reader *reader, cJSON *rows,
                    struct error *error)
{
    cJSON *row = cJSON_CreateObject();
    cJSON_AddItemToArray(rows, row);
    if (intake->count == ROWS_LIMIT)
        return csv_reader_refuse(reader, -1, _("Split the file."), error,
                                 _("a file has at most %d rows"), ROWS_LIMIT);
    if (intake->count % 1024 == 0)
        intake->lines =
            xrealloc(intake->lines, ((size_t)intake->count + 1024) * sizeof *intake->lines);
    intake->lines[intake->count++] = reader->line;
    cJSON_AddNumberToObject(row, "row", intake->count);
    if (intake->core)
        cJSON_AddStringToObject(row, "core", intake->core);
    for (int i = 0; i < reader->columns; i++) {
        const struct csv_cell *cell = &reader->row[i];
        if (memchr(cell->text, '\0', cell->length))
            return csv_reader_refuse(reader, i, NULL, error, _("the field holds a NUL character"));
        if (!cell->length)
            continue;
        char *name = xstrndup(reader->names[i].text, reader->names[i].length);
        char *value = xstrndup(cell->text, cell->length);
        cJSON_DeleteItemFromObjectCaseSensitive(row, name);
        cJSON_AddStringToObject(row, name, value);
        free(value);
        free(name);
    }
    return true;
}

static cJSON *read_rows(struct intake *intake, char *sha256, struct error *error)
{
    struct csv_reader reader;
    if (!csv_reader_open(&reader, intake->path, error))
        return NULL;
    digest_sha256(reader.data, reader.length, sha256);
    cJSON *rows = cJSON_CreateArray();
    bool good = check_columns(intake, &reader, error);
    while (good && csv_reader_next(&reader, error))
        good = add_row(intake, &reader, rows, error);
    good = good && error->kind == ERROR_NONE &&
           (intake->count ||
            error_set(error, ERROR_INPUT, intake->path, NULL, _("the file holds no row")));
    csv_reader_close(&reader);
    if (good)
        return rows;
    cJSON_Delete(rows);
    return NULL;
}

static size_t line_of(const struct intake *intake, PGresult *list, int i)
{
    int row = atoi(PQgetvalue(list, i, 0));
    return row > 0 && row <= intake->count ? intake->lines[row - 1] : 0;
}

/* The first refused row in the shape of every other error; the others follow by line and column. */
static bool refuse(const struct intake *intake, PGresult *list, struct error *error)
{
    char where[512], part[80];
    struct buffer todo = BUFFER_INIT;
    const char *detail = PQgetvalue(list, 0, 3);
    int count = PQntuples(list);
    buffer_add(&todo, _("Nothing was taken in: mend the file and take it in whole."));
    for (int i = 1; i < count && i < SHOWN; i++) {
        snprintf(part, sizeof part, "%s %zu:%s", i == 1 ? _(" Refused too:") : ",",
                 line_of(intake, list, i), PQgetvalue(list, i, 1));
        buffer_add(&todo, part);
    }
    snprintf(part, sizeof part, _(" and %d more."), count - SHOWN);
    buffer_add(&todo, count > SHOWN ? part : count > 1 ? "." : "");
    snprintf(where, sizeof where, "%s:%zu:%s", intake->path, line_of(intake, list, 0),
             PQgetvalue(list, 0, 1));
    error_set(error, ERROR_INPUT, where, buffer_text(&todo), *detail ? "%s (%s)" : "%s",
              _(PQgetvalue(list, 0, 2)), detail);
    buffer_free(&todo);
    return false;
}

static bool report(const struct intake *intake, PGresult *list, struct error *error)
{
    if (PQntuples(list) && !PQgetisnull(list, 0, 0))
        return refuse(intake, list, error);
    const char *message = PQgetvalue(list, 0, 2);
    char fresh[64];
    if (!intake->quiet && *message)
        printf("%s: %s (%s)\n", intake->path, _(message), PQgetvalue(list, 0, 3));
    else if (!intake->quiet)
        printf(intake->dry_run ? _("%s: %s, %s changed, %s known; nothing was kept\n")
                               : _("%s: %s, %s changed, %s known\n"),
               intake->path,
               language_count(fresh, "%lld new row", "%lld new rows",
                              atoll(PQgetvalue(list, 0, 4))),
               PQgetvalue(list, 0, 5),
               PQgetvalue(list, 0, 6));
    return true;
}

static bool import_file(struct intake *intake, PGconn *connection, struct error *error)
{
    char sha256[65], request[37];
    intake->count = 0;
    cJSON *rows = read_rows(intake, sha256, error);
    if (!rows)
        return false;
    char *text = cJSON_PrintUnformatted(rows);
    const char *slash = strrchr(intake->path, '/');
    const char *values[] = {slash ? slash + 1 : intake->path, sha256, text,
                            intake->dry_run ? "true" : "false", request};
    PGresult *list = NULL;
    clock_uuid(request);
    bool good =
        session_rows(connection,
                     "SELECT \"row\", field, message, coalesce(detail, ''), added, changed, "
                     "same FROM api.core_import($1, $2, $3::jsonb, $4::boolean, $5::uuid)",
                     5, values, &list, error) &&
        report(intake, list, error);
    PQclear(list);
    free(text);
    cJSON_Delete(rows);
    return good;
}

static bool run(struct intake *intake, int count, char **paths, struct error *error)
{
    session_default_role(&intake->session, "worker01");
    PGconn *connection = session_open(&intake->session, error);
    bool good = connection != NULL;
    for (int i = 0; good && i < count; i++) {
        intake->path = paths[i];
        good = import_file(intake, connection, error);
    }
    if (!intake->dry_run)
        seal_trail(connection);
    PQfinish(connection);
    free(intake->lines);
    return good;
}

static bool read_options(struct intake *intake, int argc, char **argv, bool *helped,
                         struct error *error)
{
    const struct command_option options[] = {
        {"core", &intake->core, NULL},
        {"dry-run", NULL, &intake->dry_run},
        {"quiet", NULL, &intake->quiet},
        {"as", &intake->session.as, NULL},
        {"database", &intake->session.conninfo, NULL},
    };
    return options_read(options, ARRAY_LENGTH(options), argc, argv, helped, error) &&
           (*helped || optind < argc ||
            options_refuse(error, "import-core", "import-core", _("name at least one file")));
}

int command_import_core(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct intake intake = {.core = NULL};
    bool helped = false;
    bool good = read_options(&intake, argc, argv, &helped, &error) && !helped &&
                run(&intake, argc - optind, argv + optind, &error);
    return options_finish(good, helped, help, &error);
}
