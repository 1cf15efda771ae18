#include "reconcile/upload.h"

#include "base/clock.h"
#include "base/date.h"
#include "base/language.h"
#include "database/copy_binary.h"
#include "database/session.h"
#include "reconcile/control.h"
#include "reconcile/fingerprint.h"
#include "reconcile/plain_key.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct upload {
    PGconn *connection;
    struct copy copy;
    cJSON *statements, *controls;
    char side;
    struct fingerprint fingerprint;
    struct buffer key;
};

static void add_date(cJSON *object, const char *name, int day)
{
    char text[11];
    if (day == ITEM_NO_DATE)
        return;
    date_format(day, text);
    cJSON_AddStringToObject(object, name, text);
}

static void add_integer(cJSON *object, const char *name, long long value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", value);
    cJSON_AddStringToObject(object, name, text);
}

static void add_slice(cJSON *object, const char *name, struct slice value)
{
    char *text = strndup(value.text, value.length);
    cJSON_AddStringToObject(object, name, text ? text : "");
    free(text);
}

/* What the database calls the kinds of a statement. */
static const char *const kinds[] = {"booked", "interim", "advice"};

static bool take_control(void *context, const struct control *control, struct error *error)
{
    struct upload *upload = context;
    (void)error;
    cJSON *object = cJSON_CreateObject();
    add_integer(object, "position", control->statement);
    cJSON_AddStringToObject(object, "kind", control_name(control->kind));
    add_slice(object, "label", control->label);
    add_integer(object, "line", (long long)control->line);
    cJSON_AddStringToObject(object, "currency", control->currency);
    add_integer(object, "expected", control->expected);
    add_integer(object, "found", control->found);
    cJSON_AddItemToArray(upload->controls, object);
    return true;
}

/* The closing balance of the statement before, where the file states it beside its opening. */
static void add_previous(struct upload *upload, const struct statement *statement)
{
    struct control control = {.statement = statement->position,
                              .kind = CONTROL_OPENING,
                              .expected = statement->previous,
                              .found = statement->opening,
                              .line = statement->line,
                              .label = {"PRCD", 4}};
    memcpy(control.currency, statement->currency, sizeof control.currency);
    if (statement->previous != statement->opening)
        take_control(upload, &control, NULL);
}

static bool take_statement(void *context, const struct statement *statement, struct error *error)
{
    struct upload *upload = context;
    (void)error;
    cJSON *object = cJSON_CreateObject();
    add_integer(object, "position", statement->position);
    add_integer(object, "line", (long long)statement->line);
    add_slice(object, "account", statement->account);
    add_slice(object, "reference", statement->reference);
    cJSON_AddStringToObject(object, "currency", statement->currency);
    if (statement->number > 0)
        add_integer(object, "number", statement->number);
    if (statement->page > 0)
        add_integer(object, "page", statement->page);
    add_date(object, "open_date", statement->open_date);
    add_date(object, "close_date", statement->close_date);
    if (statement->has_opening)
        add_integer(object, "opening", statement->opening);
    if (statement->has_closing)
        add_integer(object, "closing", statement->closing);
    add_integer(object, "movement", statement->movement);
    add_integer(object, "lines", (long long)statement->item_count);
    cJSON_AddStringToObject(object, "kind", kinds[statement->kind]);
    cJSON_AddBoolToObject(object, "opening_interim", statement->opening_interim);
    cJSON_AddBoolToObject(object, "closing_interim", statement->closing_interim);
    add_integer(object, "pending", (long long)statement->pending_count);
    if (statement->has_previous && statement->has_opening)
        add_previous(upload, statement);
    cJSON_AddItemToArray(upload->statements, object);
    return true;
}

static void copy_day(struct copy *copy, int day)
{
    if (day == ITEM_NO_DATE)
        copy_binary_null(copy);
    else
        copy_binary_date(copy, day);
}

static void copy_slice(struct copy *copy, struct slice text)
{
    copy_binary_bytes(copy, text.text, text.length);
}

/* The reference as it is compared, null when it is written so. */
static void copy_key(struct upload *upload, struct slice reference)
{
    struct slice rest = reference;
    buffer_clear(&upload->key);
    for (char sign; (sign = plain_key_sign(&rest));)
        buffer_add_char(&upload->key, sign);
    if (upload->key.length == reference.length &&
        (!reference.length || !memcmp(upload->key.data, reference.text, reference.length)))
        copy_binary_null(&upload->copy);
    else
        copy_binary_bytes(&upload->copy, upload->key.data, upload->key.length);
}

static bool take_item(void *context, const struct item *item, struct error *error)
{
    struct upload *upload = context;
    struct copy *copy = &upload->copy;
    unsigned char print[FINGERPRINT_BYTES];
    if (!fingerprint_item(&upload->fingerprint, upload->side, item, print))
        return error_set(error, ERROR_SYSTEM, "SHA-256", NULL, _("the digest cannot be computed"));
    copy_binary_row(copy, 13);
    copy_binary_int4(copy, item->statement);
    copy_binary_int8(copy, (int64_t)item->line);
    copy_binary_int8(copy, item->amount);
    copy_day(copy, item->value_date);
    copy_day(copy, item->book_date);
    copy_slice(copy, item->kind);
    copy_slice(copy, item->reference);
    copy_slice(copy, item->bank_reference);
    copy_slice(copy, item->counterparty);
    copy_slice(copy, item->narrative);
    copy_slice(copy, item->source_id);
    copy_binary_bytes(copy, print, sizeof print);
    copy_key(upload, item->reference);
    return copy_row_end(copy, error);
}

static void hex(const unsigned char digest[32], char text[65])
{
    for (int i = 0; i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

static bool send_lines(struct upload *upload, struct source *source, const struct format *format,
                       struct outline *outline, struct error *error)
{
    const struct sink own = {upload, take_item, take_statement, take_control};
    const struct sink sink = outline ? outline_sink(outline, &own) : own;
    if (!copy_binary_begin(
            &upload->copy, upload->connection,
            "COPY api.import_line (position, line, amount, value_date, book_date, kind, "
            "reference, bank_reference, counterparty, narrative, source_id, fingerprint, "
            "reference_key) FROM STDIN (FORMAT binary)",
            error))
        return false;
    if (format_read(source, format, &sink, error) && source_unchanged(source, error))
        return copy_end(&upload->copy, error);
    copy_abort(&upload->copy);
    return false;
}

static char *describe(const struct source *source, const struct format *format,
                      const struct upload_options *options, const struct upload *upload)
{
    char digest[65], side[2] = {options->side, '\0'};
    const struct scan *scan = source_scan(source);
    const char *slash = strrchr(source_name(source), '/');
    cJSON *file = cJSON_CreateObject();
    hex(scan->sha256, digest);
    cJSON_AddStringToObject(file, "name",
                            options->name ? options->name
                            : slash       ? slash + 1
                                          : source_name(source));
    cJSON_AddStringToObject(file, "sha256", digest);
    add_integer(file, "bytes", (long long)scan->bytes);
    cJSON_AddStringToObject(file, "side", side);
    cJSON_AddStringToObject(file, "format", format->name);
    if (format->profile) {
        char profile[120];
        snprintf(profile, sizeof profile, "%.100s/%d", format->profile->name,
                 format->profile->version);
        cJSON_AddStringToObject(file, "profile", profile);
    }
    add_integer(file, "parser_version", FORMAT_VERSION);
    cJSON_AddStringToObject(file, "encoding",
                            scan->ascii ? "ASCII" : encoding_name(scan->encoding));
    if (options->lane)
        cJSON_AddStringToObject(file, "lane", options->lane);
    cJSON_AddItemReferenceToObject(file, "controls", upload->controls);
    cJSON_AddBoolToObject(file, "prepared", true);
    cJSON_AddBoolToObject(file, "distinct", !fingerprint_twice(&upload->fingerprint));
    char *text = cJSON_PrintUnformatted(file);
    cJSON_Delete(file);
    return text;
}

static bool commit_file(struct upload *upload, const char *file, struct upload_result *result,
                        struct error *error)
{
    char request[37], *id = NULL;
    char *statements = cJSON_PrintUnformatted(upload->statements);
    PGresult *rows;
    clock_uuid(request);
    const char *values[] = {file, statements, request};
    bool done = session_value(upload->connection,
                              "SELECT id FROM api.import_commit($1::jsonb, $2::jsonb, $3::uuid)", 3,
                              values, &id, error);
    free(statements);
    if (!done)
        return false;
    snprintf(result->file_id, sizeof result->file_id, "%s", id);
    free(id);
    const char *key[] = {result->file_id};
    if (!session_rows(upload->connection,
                      "SELECT status, statement_count, line_count, new_count, reason "
                      "FROM api.statement_file_list WHERE file_id = $1::bigint",
                      1, key, &rows, error))
        return false;
    result->accepted = !strcmp(PQgetvalue(rows, 0, 0), "accepted");
    result->statements = atoll(PQgetvalue(rows, 0, 1));
    result->lines = atoll(PQgetvalue(rows, 0, 2));
    result->fresh = atoll(PQgetvalue(rows, 0, 3));
    snprintf(result->reason, sizeof result->reason, "%s", PQgetvalue(rows, 0, 4));
    PQclear(rows);
    return true;
}

static bool check_known(PGconn *connection, const struct source *source, char side,
                        struct error *error)
{
    char digest[65], text[2] = {side, '\0'};
    hex(source_scan(source)->sha256, digest);
    const char *values[] = {digest, text};
    return session_do(connection, "SELECT api.import_check($1, $2)", 2, values, error);
}

bool upload_begin(PGconn *connection, struct error *error)
{
    return session_do(connection, "BEGIN", 0, NULL, error);
}

bool upload_file(PGconn *connection, struct source *source, const struct format *format,
                 const struct upload_options *options, struct upload_result *result,
                 struct error *error)
{
    struct upload upload = {.connection = connection,
                            .statements = cJSON_CreateArray(),
                            .controls = cJSON_CreateArray(),
                            .side = options->side,
                            .key = BUFFER_INIT};
    char *file = NULL;
    fingerprint_start(&upload.fingerprint);
    *result = (struct upload_result){.accepted = false};
    bool done = session_do(connection, "SAVEPOINT one_file", 0, NULL, error) &&
                check_known(connection, source, options->side, error) &&
                send_lines(&upload, source, format, options->outline, error);
    if (done)
        file = describe(source, format, options, &upload);
    done = done && commit_file(&upload, file, result, error);
    free(file);
    fingerprint_end(&upload.fingerprint);
    buffer_free(&upload.key);
    cJSON_Delete(upload.statements);
    cJSON_Delete(upload.controls);
    session_do(connection, done ? "RELEASE SAVEPOINT one_file" : "ROLLBACK TO SAVEPOINT one_file",
               0, NULL, done ? error : NULL);
    return done && error->kind == ERROR_NONE;
}

bool upload_end(PGconn *connection, bool keep, const char *name, struct error *error)
{
    if (!keep)
        return session_do(connection, "ROLLBACK", 0, NULL, NULL);
    if (session_do(connection, "COMMIT", 0, NULL, error))
        return true;
    if (PQstatus(connection) == CONNECTION_OK)
        return false;
    return error_set(error, ERROR_UNCERTAIN, name,
                     _("Import the file again: if it was kept, nothing is added twice."),
                     _("the connection was lost while the import was being kept"));
}
