#include "base/alloc.h"
#include "base/csv_reader.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/json.h"
#include "base/language.h"
#include "base/text.h"
#include "command/case_rows.h"
#include "command/command.h"
#include "command/options.h"
#include "command/seal.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] = N_(
    "Usage: bankops import-cases [OPTION…] FILE…\n"
    "\n"
    "Takes complaints in from other channels: CSV with a first row of names, or JSON lines (one\n"
    "object a line), in UTF-8 or GB18030. A file is taken whole or not at all; what the\n"
    "system sent before, by its id, is passed over. Cases with both codes go to their queue at\n"
    "once, others wait for their class.\n"
    "\n"
    "Fields: id received_at source channel customer unit subject text business reason level "
    "urgency\n"
    "remedy flags name contact role authority group_size third_party complained type; only text "
    "is\n"
    "needed, and customer or unit. type: another type of case than complaint (suggestion, "
    "service),\n"
    "whose own fields are named field.NAME (field.topic).\n"
    "\n"
    "Options:\n"
    "  --system NAME        who sends them: ids are unique within it (default: file)\n"
    "  --skip-bad FILE      leave bad rows out, tell why, and write them there as they stand\n"
    "  --dry-run            judge the files, keep nothing\n"
    "  --as LOGIN           work as this login (default, on the private database: worker01)\n"
    "  --database CONNINFO  use this server instead of the private one\n"
    "  --quiet              only failures are reported\n");

enum { LIMIT = 1 << 30, ROWS_LIMIT = 1000000, TOLD_LIMIT = 20 };

struct intake {
    struct session_options session;
    const char *system, *skip;
    bool dry_run, quiet, json;
    /* of the file under way */
    const char *path;
    char *raw;
    size_t raw_length;
    struct buffer bad; /* rows left out */
    size_t bad_names;  /* bytes of it that name the columns */
    size_t *begins;    /* offset of each row in raw, by number */
    int *lines;        /* its line */
    int count, skipped;
    int told, untold; /* rows left out that were printed with their reason, and that were not */
    struct case_rows rows;
};

/* One line: "FILE:LINE:FIELD: what" in the same shape as every other error. */
static bool refuse(struct intake *intake, int number, const char *field, const char *what,
                   const char *detail, const char *hint, struct error *error)
{
    char where[256];
    snprintf(where, sizeof where, "%s:%d%s%s", intake->path, intake->lines[number],
             field && *field ? ":" : "", field ? field : "");
    return error_set(error, ERROR_INPUT, where, hint && *hint ? _(hint) : NULL,
                     detail && *detail ? "%s (%s)" : "%s", _(what), detail);
}

/* Rows of several files are left out into one only if they have the same columns. */
static bool same_names(const struct intake *intake, struct error *error)
{
    size_t used = intake->json ? 0 : intake->begins[1];
    return (used == intake->bad_names && !memcmp(intake->bad.data, intake->raw, used)) ||
           error_set(error, ERROR_INPUT, intake->path, _("Import this file by itself."),
                     _("bad rows were left out of a file with other columns"));
}

/* Says why a row is left out, for the first rows of a file: a file of another shape has a reason in
 * each of its rows. */
static void tell_left_out(struct intake *intake, const struct error *error)
{
    if (intake->quiet)
        return;
    if (intake->told == TOLD_LIMIT) {
        intake->untold++;
        return;
    }
    intake->told++;
    struct buffer line = BUFFER_INIT;
    text_safe(&line, error->where, strlen(error->where));
    buffer_add(&line, ": ");
    text_safe(&line, error->what, strlen(error->what));
    printf(_("left out: %s\n"), buffer_text(&line));
    buffer_free(&line);
}

/* Keeps a row as it stands and says why. The first line of names of a CSV file goes before the first
 * one, so that the file can be mended and imported by itself. `error` is its reason, forgotten then. */
static bool leave_out(struct intake *intake, int number, struct error *error)
{
    size_t from = intake->begins[number], to = intake->begins[number + 1];
    while (to > from && (intake->raw[to - 1] == '\n' || intake->raw[to - 1] == '\r'))
        to--;
    if (intake->bad.length && !same_names(intake, error))
        return false;
    if (!intake->bad.length && !intake->json) {
        intake->bad_names = intake->begins[1];
        buffer_add_bytes(&intake->bad, intake->raw, intake->bad_names);
    }
    buffer_add_bytes(&intake->bad, intake->raw + from, to - from);
    buffer_add(&intake->bad, "\n");
    tell_left_out(intake, error);
    *error = (struct error)ERROR_INIT;
    return true;
}

static bool database_refused(void *data, const struct case_bad *bad, struct error *error)
{
    struct intake *intake = data;
    refuse(intake, bad->row, bad->field, bad->message, bad->detail, bad->hint, error);
    return intake->skip && leave_out(intake, bad->row, error);
}

/* A row that cannot even be read. */
static bool file_refused(struct intake *intake, int number, struct error *error)
{
    if (!intake->skip || !leave_out(intake, number, error))
        return false;
    intake->skipped++;
    return true;
}

static void note_row(struct intake *intake, size_t from, size_t to, int line)
{
    int n = ++intake->count;
    if (n % 1024 == 1) {
        intake->begins = xrealloc(intake->begins, ((size_t)n + 1026) * sizeof *intake->begins);
        intake->lines = xrealloc(intake->lines, ((size_t)n + 1026) * sizeof *intake->lines);
    }
    intake->begins[n] = from;
    intake->begins[n + 1] = to;
    intake->lines[n] = line;
}

/* Whether a column before this one has its name. */
static bool named_before(const struct csv_reader *reader, int column)
{
    const struct csv_cell *name = &reader->names[column];
    for (int i = 0; i < column; i++)
        if (reader->names[i].length == name->length &&
            !memcmp(reader->names[i].text, name->text, name->length))
            return true;
    return false;
}

static bool check_names(struct intake *intake, const struct csv_reader *reader, struct error *error)
{
    bool has_text = false, good = true;
    for (int i = 0; good && i < reader->columns; i++) {
        char *name = xstrndup(reader->names[i].text, reader->names[i].length);
        has_text |= !strcmp(name, "text");
        if (!case_row_field(name))
            good = error_set(error, ERROR_INPUT, intake->path,
                             _("bankops import-cases --help lists the fields."),
                             _("unknown column '%.60s'"), name);
        else if (named_before(reader, i))
            good = error_set(error, ERROR_INPUT, intake->path, _("Keep one of them."),
                             _("two columns are named '%.60s'"), name);
        free(name);
    }
    if (!good)
        return false;
    return has_text || error_set(error, ERROR_INPUT, intake->path,
                                 _("bankops import-cases --help lists the fields."),
                                 _("there is no column 'text'"));
}

static cJSON *csv_object(const struct csv_reader *reader)
{
    cJSON *object = cJSON_CreateObject();
    for (int i = 0; i < reader->columns; i++) {
        char *name = xstrndup(reader->names[i].text, reader->names[i].length);
        char *value = xstrndup(reader->row[i].text, reader->row[i].length);
        cJSON_AddStringToObject(object, name, value);
        free(name);
        free(value);
    }
    return object;
}

/* The database holds no NUL; every other character may come, the screens make it harmless. */
static bool csv_nul(const struct csv_reader *reader, struct error *error)
{
    for (int i = 0; i < reader->columns; i++)
        if (memchr(reader->row[i].text, '\0', reader->row[i].length))
            return csv_reader_refuse(reader, i, NULL, error, _("the field holds a NUL character"));
    return true;
}

static bool read_csv(struct intake *intake, struct error *error)
{
    struct csv_reader reader;
    if (!csv_reader_open(&reader, intake->path, error))
        return false;
    bool good = check_names(intake, &reader, error);
    while (good) {
        *error = (struct error)ERROR_INIT;
        bool read = csv_reader_next(&reader, error);
        if (!read && error->kind == ERROR_NONE)
            break;
        if (!read)
            csv_reader_skip(&reader);
        note_row(intake, reader.from, reader.at, (int)reader.line);
        if (read && csv_nul(&reader, error))
            good = case_rows_add(&intake->rows, intake->count, csv_object(&reader), error);
        else
            good = file_refused(intake, intake->count, error);
    }
    csv_reader_close(&reader);
    return good;
}

static bool json_refuse(struct intake *intake, const char *field, struct error *error,
                        const char *what)
{
    char where[256];
    snprintf(where, sizeof where, "%s:%d%s%s", intake->path, intake->lines[intake->count],
             field ? ":" : "", field ? field : "");
    return error_set(error, ERROR_INPUT, where, _("bankops import-cases --help lists the fields."),
                     "%s", what);
}

/* Only scalars of known names. */
static bool json_row(struct intake *intake, const cJSON *object, cJSON *row, struct error *error)
{
    if (!cJSON_IsObject(object))
        return json_refuse(intake, NULL, error, _("each line is one JSON object"));
    const cJSON *each;
    cJSON_ArrayForEach(each, object)
    {
        if (!case_row_field(each->string))
            return json_refuse(intake, each->string, error, _("unknown field"));
        if (!case_row_member(row, each) && !cJSON_IsNull(each))
            return json_refuse(intake, each->string, error, _("a text or a number is expected"));
    }
    return true;
}

/* The parser counts its own lines, and has one: "FILE:1:7" of the fifth line is "FILE:5:7". */
static void place_line(const struct intake *intake, struct error *error)
{
    size_t length = strlen(intake->path);
    char rest[32];
    if (strncmp(error->where, intake->path, length) || strncmp(error->where + length, ":1:", 3))
        return;
    snprintf(rest, sizeof rest, "%s", error->where + length + 3);
    snprintf(error->where, sizeof error->where, "%.200s:%d:%s", intake->path,
             intake->lines[intake->count], rest);
}

static bool take_line(struct intake *intake, const char *line, size_t length, struct error *error)
{
    cJSON *object = json_parse(intake->path, line, length, error), *row = cJSON_CreateObject();
    if (!object)
        place_line(intake, error);
    bool good = object && json_row(intake, object, row, error);
    cJSON_Delete(object);
    if (good)
        return case_rows_add(&intake->rows, intake->count, row, error);
    cJSON_Delete(row);
    return file_refused(intake, intake->count, error);
}

static bool read_json(struct intake *intake, struct error *error)
{
    size_t at = intake->raw_length >= 3 && !memcmp(intake->raw, "\xEF\xBB\xBF", 3) ? 3 : 0;
    int line = 0;
    bool good = true;
    while (good && at < intake->raw_length) {
        const char *start = intake->raw + at;
        const char *end = memchr(start, '\n', intake->raw_length - at);
        size_t length = end ? (size_t)(end - start) : intake->raw_length - at;
        line++;
        if (length && strspn(start, " \t\r") < length) {
            note_row(intake, at, at + length, line);
            good = take_line(intake, start, length, error);
        }
        at += length + 1;
    }
    return good;
}

/* The rows left out are on disk before the others are kept; one file of an earlier run does not stay
 * when there are none. */
static bool write_bad(const struct intake *intake, struct error *error)
{
    return !intake->skip || (!intake->bad.length && access(intake->skip, F_OK)) ||
           file_write(intake->skip, buffer_text(&intake->bad), intake->bad.length, error);
}

static bool finish(struct intake *intake, struct error *error)
{
    struct case_summary sum = {0};
    char rows[64];
    if (!intake->count)
        return error_set(error, ERROR_INPUT, intake->path, NULL, _("the file holds no complaint"));
    if (!case_rows_flush(&intake->rows, error) || !write_bad(intake, error) ||
        (!intake->dry_run && !case_rows_commit(&intake->rows, intake->skipped, NULL, &sum, error)))
        return false;
    if (intake->quiet)
        return true;
    if (intake->untold)
        printf(_("left out: %s, all are in %s\n"),
               language_count(rows, "%lld row more", "%lld rows more", intake->untold),
               intake->skip);
    if (intake->dry_run)
        printf(_("%s: %s, %d of them bad; nothing was kept\n"), intake->path,
               language_count(rows, "%lld row", "%lld rows", intake->count),
               intake->rows.bad + intake->skipped);
    else
        printf(_("%s: %d opened, %d known before, %d left out; %d in their queue, %d wait for a "
                 "class\n"),
               intake->path, sum.opened, sum.known, sum.skipped, sum.routed, sum.unclassified);
    return true;
}

static bool import_file(struct intake *intake, PGconn *connection, struct error *error)
{
    char sha256[65];
    intake->count = intake->skipped = intake->told = intake->untold = 0;
    intake->rows = (struct case_rows){.refused = database_refused, .data = intake};
    if (!file_read(intake->path, LIMIT, &intake->raw, &intake->raw_length, error))
        return false;
    digest_sha256(intake->raw, intake->raw_length, sha256);
    if (!encoding_to_utf8(&intake->raw, &intake->raw_length, error))
        return free(intake->raw), intake->raw = NULL, false;
    const char *first = intake->raw + strspn(intake->raw, "\xEF\xBB\xBF \t\r\n");
    intake->json = *first == '{';
    bool good = case_rows_begin(&intake->rows, connection, intake->system ? intake->system : "file",
                                intake->path, sha256, error);
    if (good)
        good = (intake->json ? read_json : read_csv)(intake, error) && finish(intake, error);
    case_rows_drop(&intake->rows);
    free(intake->raw);
    free(intake->begins);
    free(intake->lines);
    intake->begins = NULL;
    intake->lines = NULL;
    intake->raw = NULL;
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
    buffer_free(&intake->bad);
    if (!intake->dry_run)
        seal_trail(connection);
    PQfinish(connection);
    return good;
}

static bool read_options(struct intake *intake, int argc, char **argv, bool *helped,
                         struct error *error)
{
    const struct command_option options[] = {
        {"system", &intake->system, NULL},   {"skip-bad", &intake->skip, NULL},
        {"dry-run", NULL, &intake->dry_run}, {"quiet", NULL, &intake->quiet},
        {"as", &intake->session.as, NULL},   {"database", &intake->session.conninfo, NULL},
    };
    return options_read(options, ARRAY_LENGTH(options), argc, argv, helped, error) &&
           (*helped || optind < argc ||
            options_refuse(error, "import-cases", "import-cases", _("name at least one file")));
}

int command_import_cases(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct intake intake = {.system = NULL};
    bool helped = false;
    bool good = read_options(&intake, argc, argv, &helped, &error) && !helped &&
                run(&intake, argc - optind, argv + optind, &error);
    return options_finish(good, helped, help, &error);
}
