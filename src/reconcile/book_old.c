#include "reconcile/book.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/language.h"
#include "reconcile/book_part.h"

#include <dlfcn.h>
#include <freexl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The functions of FreeXL that are called here: it is loaded when it is first needed. */
#define XL_FUNCTIONS(X) \
    X(freexl_open) X(freexl_close) X(freexl_get_info) X(freexl_select_active_worksheet) \
    X(freexl_worksheet_dimensions) X(freexl_get_cell_value)
#define XL_MEMBER(function) __typeof__(function) *function;
static struct library {
    XL_FUNCTIONS(XL_MEMBER)
} xl;
#undef XL_MEMBER

struct sheet {
    const void *handle;
    unsigned rows, row;
    unsigned short columns;
    struct buffer out;
    size_t taken;
};

static bool load(struct error *error)
{
#define XL_SYMBOL(function) {#function, offsetof(struct library, function)},
    static const struct {
        const char *name;
        size_t offset;
    } symbols[] = {XL_FUNCTIONS(XL_SYMBOL)};
    static bool loaded;
    if (loaded)
        return true;
    void *handle = dlopen("libfreexl.so.1", RTLD_LAZY | RTLD_LOCAL);
    loaded = handle != NULL;
    for (size_t i = 0; loaded && i < ARRAY_LENGTH(symbols); i++) {
        void *address = dlsym(handle, symbols[i].name);
        *(void **)(void *)((char *)&xl + symbols[i].offset) = address;
        loaded = address != NULL;
    }
    return loaded || error_set(error, ERROR_SYSTEM, "FreeXL",
                               _("Install libfreexl1, or save the sheet as CSV (UTF-8)."),
                               _("the library cannot be loaded: %.300s"), dlerror());
}

static bool open_book(const char *path, const char *name, const void **handle, unsigned *sheets,
                      struct error *error)
{
    struct stat status;
    unsigned password = 0;
    *handle = NULL;
    if (!load(error))
        return false;
    if (stat(path, &status) == 0 && status.st_size > ARCHIVE_WHOLE)
        return error_set(error, ERROR_INPUT, name, _("Ask the sender for CSV."),
                         _("an old workbook of more than 128 MiB"));
    int code = xl.freexl_open(path, handle);
    if (code != FREEXL_OK || xl.freexl_get_info(*handle, FREEXL_BIFF_SHEET_COUNT, sheets) ||
        xl.freexl_get_info(*handle, FREEXL_BIFF_PASSWORD, &password))
        return error_set(error, ERROR_INPUT, name,
                         _("Ask the sender for the file again, or for CSV."),
                         _("the old workbook cannot be read (FreeXL %d)"), code);
    return password != FREEXL_BIFF_OBFUSCATED ||
           error_set(error, ERROR_INPUT, name,
                     _("Remove the password in the program that made it, or ask for CSV."),
                     _("the workbook is protected by a password"));
}

bool old_book_sheets(const char *path, const char *name, size_t *sheets, struct error *error)
{
    const void *handle;
    unsigned count = 0;
    bool done = open_book(path, name, &handle, &count, error);
    if (handle)
        xl.freexl_close(handle);
    *sheets = count < BOOK_SHEETS ? count : BOOK_SHEETS;
    return done && (count || error_set(error, ERROR_INPUT, name, NULL,
                                       _("the workbook has no sheet")));
}

static void add_text(struct buffer *out, const char *text)
{
    for (; text && *text; text++)
        buffer_add_char(out, strchr("\t\r\n", *text) ? ' ' : *text);
}

static void add_cell(struct sheet *sheet, unsigned short column)
{
    FreeXL_CellValue cell;
    if (xl.freexl_get_cell_value(sheet->handle, sheet->row, column, &cell) != FREEXL_OK)
        return;
    switch (cell.type) {
    case FREEXL_CELL_INT: buffer_format(&sheet->out, "%d", cell.value.int_value); break;
    case FREEXL_CELL_DOUBLE:
        book_add_double(&sheet->out, cell.value.double_value, BOOK_NUMBER, false);
        break;
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME: add_text(&sheet->out, cell.value.text_value); break;
    default: break;
    }
}

static ssize_t sheet_bytes(void *context, char *bytes, size_t room, struct error *error)
{
    struct sheet *sheet = context;
    (void)error;
    if (sheet->taken == sheet->out.length) {
        buffer_clear(&sheet->out);
        sheet->taken = 0;
        for (unsigned short i = 0; sheet->row < sheet->rows && i < sheet->columns; i++) {
            if (i)
                buffer_add_char(&sheet->out, '\t');
            add_cell(sheet, i);
        }
        if (sheet->row < sheet->rows)
            buffer_add_char(&sheet->out, '\n');
        sheet->row++;
    }
    return (ssize_t)buffer_read(&sheet->out, &sheet->taken, bytes, room);
}

static bool sheet_start(void *context, struct error *error)
{
    struct sheet *sheet = context;
    (void)error;
    sheet->row = 0;
    sheet->taken = 0;
    buffer_clear(&sheet->out);
    return true;
}

static void sheet_close(void *context)
{
    struct sheet *sheet = context;
    if (sheet->handle)
        xl.freexl_close(sheet->handle);
    buffer_free(&sheet->out);
    free(sheet);
}

bool old_book_stream(const char *path, const char *name, size_t number, struct stream *stream,
                     struct error *error)
{
    struct sheet *sheet = xcalloc(1, sizeof *sheet);
    unsigned count;
    bool done = open_book(path, name, &sheet->handle, &count, error);
    if (done && (xl.freexl_select_active_worksheet(sheet->handle, (unsigned short)number) ||
                 xl.freexl_worksheet_dimensions(sheet->handle, &sheet->rows, &sheet->columns)))
        done = error_set(error, ERROR_INPUT, name, NULL, _("the sheet cannot be read"));
    if (done)
        *stream = (struct stream){sheet, sheet_bytes, sheet_start, sheet_close};
    else
        sheet_close(sheet);
    return done;
}
