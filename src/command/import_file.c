#include "command/import_file.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/language.h"
#include "base/text.h"
#include "database/session.h"
#include "reconcile/container.h"
#include "reconcile/original.h"
#include "reconcile/scan.h"
#include "reconcile/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One delivered file while its parts are imported. */
struct work {
    const struct import_file *import;
    PGconn *connection;
    struct container *container;
    size_t known, done;   /* parts that were there before, parts imported */
    struct error held;    /* the first that the gate held back */
    struct error before;  /* why the last known one was left out */
    struct buffer report; /* printed when everything is kept */
    struct buffer files;  /* ids of the parts imported, "{1,2" */
};

static void report(struct work *work, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void report(struct work *work, const char *name, const char *format, ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_safe(&work->report, name, strlen(name));
    buffer_format(&work->report, ": %s\n", text);
}

/* Profile or format, and the encoding where the bytes leave a choice: "generic, GB18030". */
static void say_kind(const struct source *source, const struct format *format, char *text, size_t size)
{
    const struct scan *scan = source_scan(source);
    const char *kind = format->profile ? format->profile->name : format->name;
    bool named = format->profile && format->profile->has_encoding;
    if (source_is_decoded(source) || scan->ascii)
        snprintf(text, size, "%s", kind);
    else if (scan->certain || named)
        snprintf(text, size, "%s, %s", kind, encoding_name(source_encoding(source)));
    else
        snprintf(text, size, _("%s, read as %s, which nothing in the file proves"), kind,
                 encoding_name(source_encoding(source)));
}

static void report_result(struct work *work, const char *name, const char *kind,
                          const struct upload_result *result, const struct outline *outline)
{
    char *text = NULL, statements[64], lines[64];
    size_t length;
    bool dry = work->import->upload.dry_run;
    language_count(statements, "%lld statement", "%lld statements", result->statements);
    language_count(lines, "%lld line", "%lld lines", result->lines);
    if (result->accepted)
        report(work, name, dry ? _("would be imported: %s, %s, %lld new (%s)")
                               : _("imported: %s, %s, %lld new (%s)"),
               statements, lines, result->fresh, kind);
    else if (dry)
        report(work, name, _("would be held back: %s, %s (%s)"), statements, lines, kind);
    if (!dry)
        return;
    FILE *out = open_memstream(&text, &length);
    outline_print(outline, out);
    fclose(out);
    buffer_add(&work->report, text);
    free(text);
}

static void note_held(struct work *work, const char *name, const struct upload_result *result)
{
    if (result->accepted || work->held.kind != ERROR_NONE)
        return;
    error_set(&work->held, ERROR_REFUSED, name,
              _("Ask the bank for a correct file, or have a supervisor release this one (:stm)."),
              work->import->upload.dry_run ? _("would be held back: %s")
                                           : _("held back, nothing was matched: %s"),
              result->reason);
}

/* Name in the records: of an archive "statements.zip/day.csv". */
static const char *record_name(const struct work *work, const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    (void)work;
    return slash && !strncmp(path, name, (size_t)(slash - path)) ? name + (slash + 1 - path) : name;
}

/* What is to be said about the header of a part that was read. */
static void report_unused(struct work *work, const char *name, const struct buffer *unused)
{
    if (!unused->length)
        return;
    text_safe(&work->report, name, strlen(name));
    buffer_format(&work->report, ": %s\n", buffer_text(unused));
}

/* Held files that came in with this one, and those that it is the correct one for. */
static bool report_follows(struct work *work, const struct upload_result *result, struct error *error)
{
    PGresult *rows;
    const char *values[] = {result->file_id};
    if (!result->accepted)
        return true;
    if (!session_rows(work->connection, "SELECT name, let_in FROM api.file_follows($1::bigint)", 1,
                      values, &rows, error))
        return false;
    for (int i = 0; i < PQntuples(rows); i++) {
        const char *name = PQgetvalue(rows, i, 0);
        bool in = PQgetvalue(rows, i, 1)[0] == 't';
        buffer_add(&work->report, in ? _("  lets in what was held back: ")
                                     : _("  is the correct file for one that is held back (:stm): "));
        text_safe(&work->report, name, strlen(name));
        buffer_add(&work->report, "\n");
    }
    PQclear(rows);
    return true;
}

static bool send(struct work *work, const char *path, const char *name, struct source *source,
                 const struct format *format, struct error *error)
{
    struct outline outline = {.next = NULL};
    struct upload_options options = work->import->upload;
    struct upload_result result;
    struct buffer unused = BUFFER_INIT;
    options.name = record_name(work, path, name);
    options.outline = options.dry_run ? &outline : NULL;
    bool done = format_unused(source, format, &unused, error) &&
                upload_file(work->connection, source, format, &options, &result, error);
    if (done) {
        work->done++;
        buffer_format(&work->files, "%c%s", work->files.length ? ',' : '{', result.file_id);
        char kind[160];
        say_kind(source, format, kind, sizeof kind);
        report_result(work, name, kind, &result, &outline);
        report_unused(work, name, &unused);
        note_held(work, name, &result);
        done = report_follows(work, &result, error);
    } else if (!strcmp(error->code, "BO409") && container_count(work->container) > 1) {
        work->before = *error;
        *error = (struct error)ERROR_INIT;
        work->known++;
        report(work, name, _("imported before, left out"));
        done = true;
    }
    if (!done && !work->import->quiet && outline.count) {
        /* What the database refuses may still be worth knowing: whose account the file names. */
        outline_print(&outline, stdout);
        fflush(stdout);
    }
    buffer_free(&unused);
    outline_free(&outline);
    return done;
}

/* The server's messages do not name the file; what they name are columns, which say nothing here. */
static bool name_file(const char *name, struct error *error)
{
    char where[sizeof error->where];
    if (strstr(error->where, name))
        return false;
    bool ours = error->where[0] && !error->code[0];
    snprintf(where, sizeof where, "%.180s%s%.60s", name, ours ? ": " : "", ours ? error->where : "");
    memcpy(error->where, where, sizeof where);
    return false;
}

static bool import_part(struct work *work, const char *path, size_t part, struct error *error)
{
    const struct import_file *import = work->import;
    const char *name = container_name(work->container, part);
    struct source *source;
    struct format format;
    bool done = container_recognise(work->container, part, import->profiles, import->forced,
                                    &source, &format, error);
    if (done && format.profile && format.profile->layout == LAYOUT_SUMMARY)
        report(work, name, _("left out: sums without movements (%s)"), format.profile->name);
    else
        done = done && send(work, path, name, source, &format, error);
    source_close(source);
    return done || name_file(name, error);
}

/* The bytes that were delivered stay with what was read from them. They go first: what the lines make
 * keeps others waiting until the end. */
static bool send_original(const struct work *work, const char *path, char id[ORIGINAL_ID],
                          struct error *error)
{
    return work->import->upload.dry_run || original_send(work->connection, path, id, error);
}

static bool link_original(struct work *work, const char *id, struct error *error)
{
    if (!work->done || work->import->upload.dry_run)
        return true;
    buffer_add(&work->files, "}");
    return original_link(work->connection, id, buffer_text(&work->files), error);
}

static bool import_parts(struct work *work, const char *path, struct error *error)
{
    for (size_t i = 0; i < container_count(work->container); i++)
        if (!import_part(work, path, i, error))
            return false;
    if (work->done)
        return true;
    *error = work->before;
    return work->known ? name_file(path, error)
                       : error_set(error, ERROR_INPUT, path, NULL,
                                   _("holds no movements, only sums"));
}

bool import_file(const struct import_file *import, PGconn *connection, const char *path,
                 struct error *error)
{
    char original[ORIGINAL_ID];
    struct work work = {.import = import, .connection = connection, .held = ERROR_INIT,
                        .before = ERROR_INIT};
    work.container = container_open(path, error);
    if (!work.container)
        return false;
    bool done = upload_begin(connection, error);
    if (done) {
        done = send_original(&work, path, original, error) && import_parts(&work, path, error) &&
               link_original(&work, original, error);
        bool kept = upload_end(connection, done && !import->upload.dry_run, path, error);
        done = done && (kept || import->upload.dry_run || name_file(path, error));
    }
    if (done && !import->quiet)
        fputs(buffer_text(&work.report), stdout);
    if (done && work.held.kind != ERROR_NONE)
        *error = work.held;
    done = done && work.held.kind == ERROR_NONE;
    container_close(work.container);
    buffer_free(&work.report);
    buffer_free(&work.files);
    return done;
}
