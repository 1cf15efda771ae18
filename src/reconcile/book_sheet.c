#include "reconcile/book_part.h"

#include "base/alloc.h"
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 15, ENOUGH = 1 << 18, ROWS = 1048576, COLUMNS = 16384, CELL = 1 << 17 };

enum cell_kind { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOLEAN };

struct sheet {
    struct book *book;
    size_t member;
    struct stream stream;
    XML_Parser parser;
    struct buffer out, value;
    size_t taken, row_start;  /* within out */
    int row, column;          /* the last ones written, from 1 */
    int at_column;            /* of the open cell */
    enum cell_kind kind;
    enum book_format format;
    bool in_value, in_row, suspended, finished;
    const char *wrong;
};

static void give_up(struct sheet *sheet, const char *wrong)
{
    sheet->wrong = sheet->wrong ? sheet->wrong : wrong;
    XML_StopParser(sheet->parser, XML_FALSE);
}

/* Column of a place such as BC12, from 1; 0 when it is none. */
static int column_of(const char *place)
{
    int column = 0;
    for (; *place >= 'A' && *place <= 'Z' && column <= COLUMNS; place++)
        column = column * 26 + *place - 'A' + 1;
    return column;
}

static void start_row(struct sheet *sheet, const char **attributes)
{
    const char *place = book_attribute(attributes, "r");
    int row = place ? atoi(place) : sheet->row + 1;
    if (row <= sheet->row || row > ROWS) {
        give_up(sheet, N_("rows out of order"));
        return;
    }
    for (; sheet->row + 1 < row; sheet->row++)
        buffer_add_char(&sheet->out, '\n');
    sheet->row = row;
    sheet->column = 0;
    sheet->row_start = sheet->out.length;
    sheet->in_row = true;
}

static void start_cell(struct sheet *sheet, const char **attributes)
{
    const char *place = book_attribute(attributes, "r"), *type = book_attribute(attributes, "t");
    const char *style = book_attribute(attributes, "s");
    size_t number = style ? (size_t)atoi(style) : 0;
    sheet->at_column = place ? column_of(place) : sheet->column + 1;
    if (sheet->at_column <= sheet->column || sheet->at_column > COLUMNS)
        give_up(sheet, N_("cells out of order"));
    sheet->kind = !type || !strcmp(type, "n") ? CELL_NUMBER
                  : !strcmp(type, "s")        ? CELL_SHARED
                  : !strcmp(type, "b")        ? CELL_BOOLEAN
                                              : CELL_TEXT;
    sheet->format = number < sheet->book->format_count
                        ? (enum book_format)sheet->book->formats[number] : BOOK_NUMBER;
    buffer_clear(&sheet->value);
}

static void start_element(void *user, const char *name, const char **attributes)
{
    struct sheet *sheet = XML_GetUserData(user);
    name = book_local(name);
    if (!strcmp(name, "row"))
        start_row(sheet, attributes);
    else if (!strcmp(name, "c") && sheet->in_row)
        start_cell(sheet, attributes);
    else if (!strcmp(name, "v") || !strcmp(name, "t"))
        sheet->in_value = true;
}

static void add_clean(struct buffer *out, const char *text, size_t length)
{
    size_t start = out->length;
    buffer_add_bytes(out, text, length);
    for (char *at = out->data + start; at < out->data + out->length; at++)
        if (*at == '\t' || *at == '\r' || *at == '\n')
            *at = ' ';
}

static void add_shared(struct sheet *sheet, const char *text)
{
    const struct book *book = sheet->book;
    char *end;
    unsigned long index = strtoul(text, &end, 10);
    if (end == text || *end || index >= book->text_count) {
        give_up(sheet, N_("a text that is not there"));
        return;
    }
    size_t start = index ? book->ends[index - 1] : 0;
    if (book->ends[index] - start)
        add_clean(&sheet->out, book->texts.data + start, book->ends[index] - start);
}

static void end_cell(struct sheet *sheet)
{
    const char *text = buffer_text(&sheet->value);
    if (!sheet->value.length)
        return;
    for (; sheet->column < sheet->at_column; sheet->column++)
        if (sheet->column)
            buffer_add_char(&sheet->out, '\t');
    if (sheet->kind == CELL_SHARED)
        add_shared(sheet, text);
    else if (sheet->kind == CELL_NUMBER)
        book_add_number(&sheet->out, text, sheet->format, sheet->book->from_1904);
    else if (sheet->kind == CELL_BOOLEAN)
        buffer_add(&sheet->out, *text == '1' ? "TRUE" : "FALSE");
    else
        add_clean(&sheet->out, text, sheet->value.length);
    if (sheet->out.length - sheet->row_start > BOOK_ROW)
        give_up(sheet, N_("a row of more than 1 MiB"));
}

static void end_element(void *user, const char *name)
{
    struct sheet *sheet = XML_GetUserData(user);
    name = book_local(name);
    if (!strcmp(name, "v") || !strcmp(name, "t")) {
        sheet->in_value = false;
    } else if (!strcmp(name, "c") && sheet->in_row) {
        end_cell(sheet);
    } else if (!strcmp(name, "row") && sheet->in_row) {
        buffer_add_char(&sheet->out, '\n');
        sheet->in_row = false;
        if (sheet->out.length > ENOUGH && !sheet->wrong)
            XML_StopParser(sheet->parser, XML_TRUE);
    }
}

static void add_value(void *user, const char *text, int length)
{
    struct sheet *sheet = XML_GetUserData(user);
    if (!sheet->in_value)
        return;
    if (sheet->value.length + (size_t)length > CELL)
        give_up(sheet, N_("a cell of more than 128 KiB"));
    else
        buffer_add_bytes(&sheet->value, text, (size_t)length);
}

static bool refuse(struct sheet *sheet, struct error *error)
{
    if (!sheet->wrong)
        return book_refuse(sheet->book, sheet->parser, error);
    return error_set(error, ERROR_INPUT, sheet->book->name,
                     _("Ask the sender for the file again."),
                     _("the workbook is damaged: row %d: %s"), sheet->row, _(sheet->wrong));
}

/* Parses on until rows are there or the sheet ends. */
static bool fill(struct sheet *sheet, struct error *error)
{
    enum XML_Status status;
    sheet->taken = 0;
    buffer_clear(&sheet->out);
    sheet->row_start = 0;
    while (!sheet->out.length && !sheet->finished) {
        if (sheet->suspended) {
            status = XML_ResumeParser(sheet->parser);
        } else {
            void *block = XML_GetBuffer(sheet->parser, BLOCK);
            ssize_t got = block ? sheet->stream.read(sheet->stream.context, block, BLOCK, error)
                                : -1;
            if (got < 0)
                return false;
            status = XML_ParseBuffer(sheet->parser, (int)got, got == 0);
        }
        XML_ParsingStatus state;
        XML_GetParsingStatus(sheet->parser, &state);
        sheet->suspended = status == XML_STATUS_SUSPENDED;
        sheet->finished = state.parsing == XML_FINISHED;
        if (status == XML_STATUS_ERROR)
            return refuse(sheet, error);
    }
    return true;
}

static ssize_t sheet_bytes(void *context, char *bytes, size_t room, struct error *error)
{
    struct sheet *sheet = context;
    if (sheet->taken == sheet->out.length && !fill(sheet, error))
        return -1;
    return (ssize_t)buffer_read(&sheet->out, &sheet->taken, bytes, room);
}

static bool sheet_start(void *context, struct error *error)
{
    struct sheet *sheet = context;
    stream_close(&sheet->stream);
    if (!archive_stream(sheet->book->archive, sheet->member, &sheet->stream, error))
        return false;
    if (sheet->parser)
        XML_ParserFree(sheet->parser);
    sheet->parser = XML_ParserCreate(NULL);
    XML_SetElementHandler(sheet->parser, start_element, end_element);
    XML_SetCharacterDataHandler(sheet->parser, add_value);
    book_no_doctype(sheet->parser);
    XML_SetUserData(sheet->parser, sheet);
    buffer_clear(&sheet->out);
    sheet->taken = sheet->row_start = 0;
    sheet->row = sheet->column = 0;
    sheet->in_value = sheet->in_row = sheet->suspended = sheet->finished = false;
    sheet->wrong = NULL;
    return true;
}

static void sheet_close(void *context)
{
    struct sheet *sheet = context;
    stream_close(&sheet->stream);
    if (sheet->parser)
        XML_ParserFree(sheet->parser);
    buffer_free(&sheet->out);
    buffer_free(&sheet->value);
    free(sheet);
}

bool book_stream(struct book *book, size_t sheet, struct stream *stream, struct error *error)
{
    struct sheet *context = xcalloc(1, sizeof *context);
    context->book = book;
    if (archive_find(book->archive, book->sheets[sheet], &context->member) &&
        sheet_start(context, error)) {
        *stream = (struct stream){context, sheet_bytes, sheet_start, sheet_close};
        return true;
    }
    if (!context->parser)
        error_set(error, ERROR_INPUT, book->name, _("Ask the sender for the file again."),
                  _("the workbook is damaged: %.100s is missing"), book->sheets[sheet]);
    sheet_close(context);
    return false;
}
