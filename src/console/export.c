#include "console/export.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/language.h"
#include "console/csv.h"
#include "console/dialog.h"
#include "console/export_sheet.h"
#include "console/format.h"
#include "console/page_list.h"
#include "console/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

void export_head(struct buffer *out, const struct defined_columns *columns, const int *shown,
                 int count)
{
    for (int i = 0; i < count; i++) {
        const struct defined_column *column = &columns->items[shown[i]];
        if (i)
            csv_separator(out);
        csv_field(out, column->title.en ? both_text(&column->title) : column->name);
    }
    csv_end(out);
}

static bool plain_text(const struct defined_column *column)
{
    return column->format == FORMAT_TEXT || column->format == FORMAT_MASKED ||
           column->format == FORMAT_BADGE;
}

void export_row(struct buffer *out, const struct defined_columns *columns, const int *shown,
                int count, const char *const *cells)
{
    char text[256];
    for (int i = 0; i < count; i++) {
        const struct defined_column *column = &columns->items[shown[i]];
        const char *cell = cells[shown[i]];
        bool named = named_value_find(column->values, column->value_count, cell) != NULL;
        if (i)
            csv_separator(out);
        csv_field(out, plain_text(column) && !named
                           ? cell
                           : format_export(columns, shown[i], cells, text, sizeof text));
    }
    csv_end(out);
}

/* An export under way: a temporary file beside the target, renamed at the end. */
struct export {
    struct page *page;
    const struct defined_panel *panels; /* of a record, read one after the other; NULL = a list */
    int panel_count, panel;
    const struct defined_columns *columns;
    int shown[CELLS_MOST], count;
    char *path, *temporary;
    FILE *file; /* NULL for a workbook */
    struct export_sheet sheet;
    long rows;
    struct buffer line;
    EVP_MD_CTX *hash; /* of everything written */
};

static void export_free(struct export *export)
{
    if (export->file)
        fclose(export->file);
    if (export->sheet.sheet)
        export_sheet_close(&export->sheet, NULL);
    if (export->temporary)
        unlink(export->temporary);
    EVP_MD_CTX_free(export->hash);
    buffer_free(&export->line);
    free(export->path);
    free(export->temporary);
    free(export);
}

static void failed(struct export *export, const char *what)
{
    struct error error = ERROR_INIT;
    error_errno(&error, export->path, _("Choose another file; nothing was written."), "%s", what);
    console_error(export->page->console, &error);
    export_free(export);
}

/* Adds text to the file and to the hash. */
static bool put(struct export *export, const char *text, size_t length)
{
    EVP_DigestUpdate(export->hash, text, length);
    return fwrite(text, 1, length, export->file) == length;
}

/* The export stands in the audit trail: now the file gets its name. */
static void logged(void *data, struct answer *answer)
{
    struct export *export = data;
    if (answer->error) {
        console_error(export->page->console, answer->error);
        console_say(export->page->console, STYLE_WARNING, "%s", _("Nothing was written."));
        export_free(export);
        return;
    }
    seal_soon(export->page->console);
    if (rename(export->temporary, export->path) != 0) {
        failed(export, _("cannot write the file"));
        return;
    }
    free(export->temporary);
    export->temporary = NULL;
    console_say(export->page->console, STYLE_GOOD,
                ngettext("%ld row written to %s", "%ld rows written to %s",
                         (unsigned long)export->rows),
                export->rows, export->path);
    export_free(export);
}

static void hash_text(struct export *export, char text[65])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(export->hash, digest, &length);
    digest_hex(digest, length, text);
}

/* The audit row comes before the file: which screen, how many rows, hash of the content. */
static void log_export(struct export *export)
{
    char rows[24], request_key[37], hash[65] = "";
    const char *customer = page_value(export->page, "customer_id");
    const char *values[] = {export->page->name, rows, hash, request_key,
                            export->page->context == CONTEXT_VIEW ? customer : NULL};
    struct request request = {
        .sql = "SELECT status FROM api.export_log(p_screen => $1, p_rows => $2, p_hash => $3, "
               "p_request => $4, p_customer_id => $5)",
        .n = 5,
        .values = values,
        .kind = REQUEST_WRITE};
    hash_text(export, hash);
    clock_uuid(request_key);
    snprintf(rows, sizeof rows, "%ld", export->rows);
    connection_request(export->page->console->connection, export->page, &request, logged, export);
}

static bool hash_file(struct export *export, struct error *error)
{
    char block[65536];
    size_t length;
    FILE *in = fopen(export->temporary, "r");
    if (!in)
        return error_errno(error, export->temporary, NULL, _("cannot read the file"));
    while ((length = fread(block, 1, sizeof block, in)) > 0)
        EVP_DigestUpdate(export->hash, block, length);
    bool good = !ferror(in) || error_errno(error, export->temporary, NULL, _("cannot read the file"));
    fclose(in);
    return good;
}

/* The hash of a workbook is that of the file. */
static bool finish_sheet(struct export *export)
{
    struct error error = ERROR_INIT;
    bool good = export_sheet_close(&export->sheet, &error) && hash_file(export, &error);
    if (!good)
        console_error(export->page->console, &error);
    return good;
}

static void finish(struct export *export)
{
    if (export->sheet.sheet) {
        if (finish_sheet(export))
            log_export(export);
        else
            export_free(export);
        return;
    }
    bool good = fflush(export->file) == 0 && fsync(fileno(export->file)) == 0;
    good = fclose(export->file) == 0 && good;
    export->file = NULL;
    if (good)
        log_export(export);
    else
        failed(export, _("cannot write the file"));
}

/* The fields of an object stand one below the other: name, value. */
static void add_fields(struct export *export, const char *const *cells)
{
    for (int i = 0; i < export->count; i++) {
        if (!cells[export->shown[i]])
            continue;
        csv_field(&export->line, both_text(&export->columns->items[export->shown[i]].title));
        csv_separator(&export->line);
        export_row(&export->line, export->columns, export->shown + i, 1, cells);
    }
}

static bool is_fields(const struct export *export)
{
    return export->panels && export->panels[export->panel].kind == PANEL_FIELDS;
}

static bool write_row(struct export *export, const PGresult *rows, int row)
{
    const char *cells[CELLS_MOST];
    for (int i = 0; i < export->columns->count && i < CELLS_MOST; i++)
        cells[i] = PQgetisnull(rows, row, i) ? NULL : PQgetvalue(rows, row, i);
    if (export->sheet.sheet) {
        export_sheet_row(&export->sheet, cells, false);
        export->rows++;
        return true;
    }
    buffer_clear(&export->line);
    if (is_fields(export))
        add_fields(export, cells);
    else
        export_row(&export->line, export->columns, export->shown, export->count, cells);
    export->rows++;
    return put(export, export->line.data, export->line.length);
}

static bool next_panel(struct export *export);

static void streamed(void *data, struct answer *answer)
{
    struct export *export = data;
    struct console *console = export->page->console;
    if (answer->error) {
        console_error(console, answer->error);
        console_say(console, STYLE_WARNING, "%s", _("Nothing was written."));
        export_free(export);
        return;
    }
    for (int i = 0; answer->rows && i < PQntuples(answer->rows); i++)
        if ((export->file || export->sheet.sheet) && !write_row(export, answer->rows, i)) {
            fclose(export->file);
            export->file = NULL;
        }
    if (export->rows % 1000 == 0)
        console_say(console, STYLE_MESSAGE, _("Exporting… %ld rows. Esc stops."), export->rows);
    if (!answer->last || next_panel(export))
        return;
    if (export->file || export->sheet.sheet)
        finish(export);
    else
        failed(export, _("cannot write the file"));
}

static void ask_rows(struct export *export)
{
    struct query_filter filters[12];
    struct query_page page;
    struct query query = QUERY_INIT;
    if (export->panels) {
        const struct defined_panel *panel = &export->panels[export->panel];
        page = (struct query_page){.source = &panel->source,
                                   .columns = &panel->columns,
                                   .order = panel->order,
                                   .order_count = panel->order_count,
                                   .value = page_lookup,
                                   .data = export->page};
    } else if (export->page->definition->kind == KIND_REPORT) {
        page = (struct query_page){.source = &export->page->definition->source,
                                   .columns = export->columns,
                                   .value = page_lookup,
                                   .data = export->page};
    } else {
        list_page_query(export->page, &page, filters);
    }
    query_page(&query, &page);
    struct request request = {.sql = buffer_text(&query.sql),
                              .n = query.count,
                              .values = (const char *const *)query.values,
                              .kind = REQUEST_READ,
                              .stream = true};
    connection_request(export->page->console->connection, export->page, &request, streamed,
                       export);
    query_free(&query);
}

static void show_columns(struct export *export, const struct defined_columns *columns)
{
    export->columns = columns;
    export->count = 0;
    for (int i = 0; i < columns->count && i < CELLS_MOST; i++)
        if (!columns->items[i].hidden)
            export->shown[export->count++] = i;
}

/* What stands above the rows: of a record the title of the panel, of a table the names. */
static bool put_head(struct export *export)
{
    if (export->panels && export->panel_count > 1) {
        csv_field(&export->line, both_text(&export->panels[export->panel].title));
        csv_end(&export->line);
    }
    if (!is_fields(export))
        export_head(&export->line, export->columns, export->shown, export->count);
    bool good = put(export, export->line.data, export->line.length);
    buffer_clear(&export->line);
    return good;
}

/* Goes on with the next panel of a record; false when there is none, or nothing can be written. */
static bool next_panel(struct export *export)
{
    if (!export->panels || !export->file || export->panel + 1 >= export->panel_count)
        return false;
    export->panel++;
    show_columns(export, &export->panels[export->panel].columns);
    buffer_clear(&export->line);
    csv_end(&export->line);
    if (!put_head(export)) {
        fclose(export->file);
        export->file = NULL;
        return false;
    }
    ask_rows(export);
    return true;
}

static bool is_workbook(const char *path)
{
    size_t length = strlen(path);
    return length > 5 && !strcasecmp(path + length - 5, ".xlsx");
}

static bool start_sheet(struct export *export)
{
    struct error error = ERROR_INIT;
    if (export_sheet_open(&export->sheet, export->temporary,
                          both_text(&export->page->definition->title), NULL, export->columns,
                          export->shown, export->count, &error))
        return true;
    console_error(export->page->console, &error);
    export_free(export);
    return false;
}

static void start(struct export *export)
{
    int descriptor;
    export->hash = EVP_MD_CTX_new();
    EVP_DigestInit_ex(export->hash, EVP_sha256(), NULL);
    export->temporary = xasprintf("%s.part-%d", export->path, (int)getpid());
    descriptor = open(export->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        failed(export, _("cannot create the file"));
        return;
    }
    if (is_workbook(export->path)) {
        close(descriptor);
        if (!start_sheet(export))
            return;
    } else {
        export->file = fdopen(descriptor, "w");
        /* The mark tells spreadsheets that the file is UTF-8. */
        buffer_add(&export->line, "\xef\xbb\xbf");
        put_head(export);
    }
    ask_rows(export);
}

static void replace(void *data, bool yes)
{
    struct export *export = data;
    if (yes)
        start(export);
    else
        export_free(export);
}

static void named(void *data, const struct values *values)
{
    struct export *export = data;
    const char *path = values ? values_get(values, "file") : NULL;
    const char *home = getenv("HOME");
    struct stat status;
    if (!path) {
        export_free(export);
        return;
    }
    if (is_workbook(path) && export->panel_count > 1) {
        console_refuse(export->page->console, _("A whole record is written as CSV only."));
        export_free(export);
        return;
    }
    export->path = path[0] == '~' && path[1] == '/' && home ? xasprintf("%s%s", home, path + 1)
                                                            : xstrdup(path);
    if (stat(export->path, &status) == 0) {
        char *text = xasprintf(_("%s exists. Replace it?"), export->path);
        dialog_confirm(export->page->console, _("Export"), text, replace, export);
        free(text);
        return;
    }
    start(export);
}

static struct defined_field file_field = {.name = "file",
                                          .title = {"File", "文件"},
                                          .type = FIELD_TEXT,
                                          .length = 200,
                                          .rows = 1,
                                          .required = true};
static const struct fields file_fields = {&file_field, 1};

static void ask_name(struct export *export)
{
    struct values initial = VALUES_INIT;
    char *name = xasprintf("%s-%s.csv", export->page->name, export->page->console->identity.today);
    values_set(&initial, "file", name);
    dialog_entry(export->page, _("Export"),
                 export->panel_count > 1
                     ? _("Every panel of this record with all its rows, as CSV.")
                     : _("All rows as filtered, columns as shown. A name in .xlsx: a workbook."),
                 &file_fields, &initial, named, export);
    values_clear(&initial);
    free(name);
}

void export_list(struct page *page)
{
    struct list_state *state = page->state;
    struct export *export = xcalloc(1, sizeof *export);
    export->page = page;
    export->columns = &page->definition->columns;
    for (int i = 0; i < columns_count(state->columns) && i < CELLS_MOST; i++)
        if (!columns_get(state->columns, i)->hidden)
            export->shown[export->count++] = state->shown_of[i];
    ask_name(export);
}

void export_report(struct page *page)
{
    struct export *export = xcalloc(1, sizeof *export);
    export->page = page;
    show_columns(export, &page->definition->columns);
    ask_name(export);
}

void export_panels(struct page *page, const struct defined_panel *panels, int count)
{
    struct export *export = xcalloc(1, sizeof *export);
    export->page = page;
    export->panels = panels;
    export->panel_count = count;
    show_columns(export, &panels[0].columns);
    ask_name(export);
}
