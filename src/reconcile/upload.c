#include "reconcile/upload.h"

#include "base/clock.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/language.h"
#include "database/copy_binary.h"
#include "database/session.h"
#include "reconcile/control.h"
#include "reconcile/fingerprint.h"
#include "reconcile/plain_key.h"
#include "reconcile/upload_segment.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct upload {
    PGconn *connection;
    struct upload_segment segment; /* where the lines of a large file go at once */
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
    const struct upload_part *part = upload_segment_close(&upload->segment, statement);
    if (part) {
        add_date(object, "from_date", part->from);
        add_date(object, "to_date", part->to);
    }
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
    const struct upload_part *part = upload_segment_given(&upload->segment)
                                         ? upload_segment_part(&upload->segment, item->statement)
                                         : NULL;
    if (!fingerprint_item(&upload->fingerprint, upload->side, item, print))
        return error_set(error, ERROR_SYSTEM, "SHA-256", NULL, _("the digest cannot be computed"));
    copy_binary_row(copy, part ? 16 : 13);
    if (part)
        upload_segment_copy(&upload->segment, part, item, copy);
    else
        copy_binary_int4(copy, item->statement);
    copy_binary_int8(copy, (int64_t)item->line);
    copy_binary_int8(copy, part && upload->side == 'S' ? -item->amount : item->amount);
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

#define LINE_COLUMNS                                                                               \
    "line, amount, value_date, book_date, kind, reference, bank_reference, counterparty, "         \
    "narrative, "                                                                                  \
    "source_id, fingerprint, reference_key) FROM STDIN (FORMAT binary"

static bool begin_copy(struct upload *upload, struct error *error)
{
    char sql[400];
    if (!upload_segment_given(&upload->segment))
        return copy_binary_begin(&upload->copy, upload->connection,
                                 "COPY api.import_line (position, " LINE_COLUMNS ")", error);
    snprintf(sql, sizeof sql,
             "COPY api.recon_item_%lld (item_id, account_id, day, statement_id, " LINE_COLUMNS
             ", FREEZE)",
             (long long)upload->segment.low);
    return copy_binary_begin(&upload->copy, upload->connection, sql, error);
}

static bool ignore_statement(void *context, const struct statement *statement, struct error *error)
{
    (void)context;
    (void)statement;
    (void)error;
    return true;
}

/* Reads the lines and sends them; statements and controls too, unless they are known already. */
static bool send_lines(struct upload *upload, struct source *source, const struct format *format,
                       struct outline *outline, bool known, struct error *error)
{
    const struct sink own = {upload, take_item, known ? ignore_statement : take_statement,
                             known ? NULL : take_control};
    const struct sink sink = outline && !known ? outline_sink(outline, &own) : own;
    if (!begin_copy(upload, error))
        return false;
    if (format_read(source, format, &sink, error) && source_unchanged(source, error))
        return copy_end(&upload->copy, error);
    copy_abort(&upload->copy);
    return false;
}

static bool count_item(void *context, const struct item *item, struct error *error)
{
    struct upload *upload = context;
    (void)error;
    upload_segment_count(&upload->segment, item);
    return true;
}

/* Reads a file that may be large once before its lines are sent, so that the database can say where
 * each is to go. */
static bool look_ahead(struct upload *upload, struct source *source, const struct format *format,
                       const struct upload_options *options, struct error *error)
{
    const struct sink own = {upload, count_item, take_statement, take_control};
    const struct sink sink = options->outline ? outline_sink(options->outline, &own) : own;
    if (!format_read(source, format, &sink, error) || !source_rewind(source, error))
        return false;
    char *statements = cJSON_PrintUnformatted(upload->statements);
    bool done = upload_segment_ask(&upload->segment, upload->connection, options->side,
                                   options->lane, statements, error);
    free(statements);
    return done;
}

/* All lines of a file, by the shortest way. What was sent to a segment goes back when two of them
 * turn out to be equal: those are counted elsewhere. */
static bool send_file(struct upload *upload, struct source *source, const struct format *format,
                      const struct upload_options *options, struct error *error)
{
    if (source_scan(source)->bytes < UPLOAD_LARGE)
        return send_lines(upload, source, format, options->outline, false, error);
    if (!session_do(upload->connection, "SAVEPOINT lines", 0, NULL, error) ||
        !look_ahead(upload, source, format, options, error) ||
        !send_lines(upload, source, format, options->outline, true, error))
        return false;
    if (!upload_segment_given(&upload->segment) || !fingerprint_twice(&upload->fingerprint))
        return true;
    upload_segment_forget(&upload->segment);
    fingerprint_end(&upload->fingerprint);
    fingerprint_start(&upload->fingerprint);
    return session_do(upload->connection, "ROLLBACK TO SAVEPOINT lines", 0, NULL, error) &&
           source_rewind(source, error) &&
           send_lines(upload, source, format, options->outline, true, error);
}

static char *describe(const struct source *source, const struct format *format,
                      const struct upload_options *options, const struct upload *upload)
{
    char digest[65], side[2] = {options->side, '\0'};
    const struct scan *scan = source_scan(source);
    const char *slash = strrchr(source_name(source), '/');
    cJSON *file = cJSON_CreateObject();
    digest_hex(scan->sha256, 32, digest);
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
                            scan->ascii ? "ASCII" : encoding_name(source_encoding(source)));
    if (options->lane)
        cJSON_AddStringToObject(file, "lane", options->lane);
    cJSON_AddItemReferenceToObject(file, "controls", upload->controls);
    cJSON_AddBoolToObject(file, "prepared", true);
    cJSON_AddBoolToObject(file, "distinct", !fingerprint_twice(&upload->fingerprint));
    if (upload_segment_given(&upload->segment))
        add_integer(file, "segment", (long long)upload->segment.low);
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
                      "SELECT status, statement_count, line_count, new_count, reason, reason_zh "
                      "FROM api.statement_file_list WHERE file_id = $1::bigint",
                      1, key, &rows, error))
        return false;
    result->accepted = !strcmp(PQgetvalue(rows, 0, 0), "accepted");
    result->statements = atoll(PQgetvalue(rows, 0, 1));
    result->lines = atoll(PQgetvalue(rows, 0, 2));
    result->fresh = atoll(PQgetvalue(rows, 0, 3));
    int reason = language_current() == LANGUAGE_CHINESE ? 5 : 4;
    snprintf(result->reason, sizeof result->reason, "%s", PQgetvalue(rows, 0, reason));
    PQclear(rows);
    return true;
}

static bool check_known(PGconn *connection, const struct source *source, char side,
                        struct error *error)
{
    char digest[65], text[2] = {side, '\0'};
    digest_hex(source_scan(source)->sha256, 32, digest);
    const char *values[] = {digest, text};
    return session_do(connection, "SELECT api.import_check($1, $2)", 2, values, error);
}

bool upload_begin(PGconn *connection, struct error *error)
{
    return session_begin(connection, error);
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
                send_file(&upload, source, format, options, error);
    if (done)
        file = describe(source, format, options, &upload);
    done = done && commit_file(&upload, file, result, error);
    free(file);
    fingerprint_end(&upload.fingerprint);
    buffer_free(&upload.key);
    upload_segment_free(&upload.segment);
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
