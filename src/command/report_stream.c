#include "command/report_stream.h"

#include "base/alloc.h"
#include "base/language.h"
#include "command/patience.h"
#include "console/export.h"
#include "console/export_sheet.h"
#include "console/report_total.h"
#include "database/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct stream {
    const struct report_file *file;
    const struct defined_columns *columns;
    int *shown, count;
    const char **raw; /* cells of the row at hand, by column of the definition */
    FILE *out;        /* of a CSV */
    bool begun;       /* the names of the columns stand in it */
    struct buffer line;
    struct export_sheet sheet;
    struct report_total total;
    int failure; /* errno of a write that failed */
};

static bool is_workbook(const struct stream *stream)
{
    return stream->file->layout == LAYOUT_XLSX;
}

static void stream_open(struct stream *stream, const struct report_file *file)
{
    const struct defined_columns *columns = &file->definition->columns;
    size_t count = (size_t)columns->count + 1;
    *stream = (struct stream){.file = file, .columns = columns, .line = BUFFER_INIT};
    stream->shown = xcalloc(count, sizeof *stream->shown);
    stream->raw = xcalloc(count, sizeof *stream->raw);
    report_total_start(&stream->total, file->definition);
    for (int i = 0; i < columns->count; i++)
        if (!columns->items[i].hidden)
            stream->shown[stream->count++] = i;
}

static void stream_free(struct stream *stream)
{
    free(stream->shown);
    free(stream->raw);
    report_total_free(&stream->total);
    buffer_free(&stream->line);
}

static bool put_line(struct stream *stream)
{
    size_t length = stream->line.length;
    bool good = fwrite(buffer_text(&stream->line), 1, length, stream->out) == length;
    if (!good)
        stream->failure = errno;
    buffer_clear(&stream->line);
    return good;
}

static void begin(struct stream *stream)
{
    if (!stream->begun && stream->out == stdout)
        patience_end(); /* rows and the note would share the terminal */
    if (!stream->begun)
        export_head(&stream->line, stream->columns, stream->shown, stream->count);
    stream->begun = true;
}

static bool take_row(void *data, const PGresult *row)
{
    struct stream *stream = data;
    for (int i = 0; i < stream->columns->count; i++)
        stream->raw[i] = PQgetisnull(row, 0, i) ? NULL : PQgetvalue(row, 0, i);
    if (is_workbook(stream)) {
        stream->begun = true;
        report_total_add(&stream->total, stream->raw);
        export_sheet_row(&stream->sheet, stream->raw, false);
        return true;
    }
    begin(stream);
    export_row(&stream->line, stream->columns, stream->shown, stream->count, stream->raw);
    return put_line(stream);
}

/* The totals of a workbook, below its rows. */
static void put_totals(struct stream *stream)
{
    const struct defined_columns *columns = stream->columns;
    char(*texts)[32] = xcalloc((size_t)columns->count + 1, sizeof *texts);
    for (int i = 0; i < columns->count; i++)
        stream->raw[i] = report_total_cell(&stream->total, i, texts[i]);
    if (!stream->raw[stream->shown[0]])
        stream->raw[stream->shown[0]] = _("Total");
    export_sheet_row(&stream->sheet, stream->raw, true);
    free(texts);
}

static bool run(struct stream *stream, PGconn *connection, const struct query *query,
                struct error *error)
{
    return session_each(connection, buffer_text(&query->sql), query->count,
                        (const char *const *)query->values, take_row, stream, error);
}

/* The place of a column among those shown, -1: it is not. */
static int place_of(const struct stream *stream, int column)
{
    for (int i = 0; i < stream->count; i++)
        if (stream->shown[i] == column)
            return i;
    return -1;
}

/* The chart that the screen has, also when the column that names its bars has another language. */
static void put_chart(struct stream *stream)
{
    const struct defined_chart *chart = &stream->file->definition->chart;
    int label = place_of(stream, chart->x), value = place_of(stream, chart->y);
    if (chart->kind != PLOT_NONE && label >= 0 && value >= 0)
        spreadsheet_chart(stream->sheet.sheet, label, value);
}

static bool write_workbook(struct stream *stream, const char *path, PGconn *connection,
                           const struct query *query, struct error *error)
{
    const struct definition *definition = stream->file->definition;
    const char *title = both_text(&definition->title);
    const char *headings[] = {title, stream->file->subtitle, NULL};
    if (!export_sheet_open(&stream->sheet, path, title, headings, stream->columns, stream->shown,
                           stream->count, error))
        return false;
    bool good = run(stream, connection, query, error);
    if (good && definition->total_count && stream->begun)
        put_totals(stream);
    if (good)
        put_chart(stream);
    if (good && *both_text(&definition->notes))
        spreadsheet_note(stream->sheet.sheet, both_text(&definition->notes));
    return export_sheet_close(&stream->sheet, good ? error : NULL) && good;
}

static bool write_csv(struct stream *stream, FILE *out, PGconn *connection,
                      const struct query *query, const char *where, struct error *error)
{
    stream->out = out;
    if (!run(stream, connection, query, error))
        return false;
    begin(stream);
    if (!stream->failure && put_line(stream) && fflush(out) != 0)
        stream->failure = errno;
    errno = stream->failure;
    return !errno || error_errno(error, where, NULL, _("cannot write"));
}

/* The finished workbook to standard output. */
static bool pass_on(const char *path, struct error *error)
{
    char block[65536];
    size_t length;
    FILE *in = fopen(path, "r");
    if (!in)
        return error_errno(error, path, NULL, _("cannot read the file"));
    while ((length = fread(block, 1, sizeof block, in)) > 0)
        if (fwrite(block, 1, length, stdout) != length)
            break;
    bool good = !ferror(in) && feof(in) && fflush(stdout) == 0;
    if (!good)
        error_errno(error, _("standard output"), NULL, _("cannot write"));
    fclose(in);
    return good;
}

static bool write_to(struct stream *stream, const char *path, int descriptor, PGconn *connection,
                     const struct query *query, struct error *error)
{
    if (is_workbook(stream)) {
        close(descriptor);
        return write_workbook(stream, path, connection, query, error);
    }
    FILE *out = fdopen(descriptor, "w");
    bool good = write_csv(stream, out, connection, query, path, error);
    if (good && fsync(descriptor) != 0)
        good = error_errno(error, path, NULL, _("cannot write the file"));
    fclose(out);
    return good;
}

/* In a file of its own, which then gets its name or is passed on. */
static bool write_aside(struct stream *stream, bool named, PGconn *connection,
                        const struct query *query, struct error *error)
{
    const char *output = stream->file->output, *folder = getenv("TMPDIR");
    char *path = named ? xasprintf("%s.part-XXXXXX", output)
                       : xasprintf("%s/bankops-XXXXXX", folder && *folder ? folder : "/tmp");
    int descriptor = mkstemp(path);
    bool good = descriptor >= 0 || error_errno(error, path, NULL, _("cannot create the file"));
    if (good) {
        good = write_to(stream, path, descriptor, connection, query, error);
        if (good && !named)
            good = pass_on(path, error);
        else if (good)
            good = rename(path, output) == 0 ||
                   error_errno(error, output, NULL, _("cannot write the file"));
        if (!good || !named)
            unlink(path);
    }
    free(path);
    return good;
}

bool report_stream_write(const struct report_file *file, PGconn *connection,
                         const struct query *query, struct error *error)
{
    struct stream stream;
    bool named = file->output && strcmp(file->output, "-");
    stream_open(&stream, file);
    bool good = named || is_workbook(&stream)
                    ? write_aside(&stream, named, connection, query, error)
                    : write_csv(&stream, stdout, connection, query, _("standard output"), error);
    stream_free(&stream);
    return good;
}
