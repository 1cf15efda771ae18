#include "base/csv_reader.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT = 1 << 30, PIECE = 1 << 16, ROW_LIMIT = 64 << 20 };

bool csv_reader_refuse(const struct csv_reader *reader, int column, const char *todo,
                       struct error *error, const char *what, ...)
{
    struct buffer where = BUFFER_INIT;
    char text[256];
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(text, sizeof text, what, arguments);
    va_end(arguments);
    buffer_format(&where, "%s:%zu", reader->path, reader->line);
    if (column >= 0 && column < reader->columns)
        buffer_format(&where, ":%.*s", (int)reader->names[column].length,
                      reader->names[column].text);
    else if (column >= 0)
        buffer_format(&where, ":%d", column + 1);
    error_set(error, ERROR_INPUT, buffer_text(&where), todo, "%s", text);
    buffer_free(&where);
    return false;
}

/* One quoted field, unquoted in place; data[at] is behind the opening quote. */
static bool take_quoted(struct csv_reader *reader, int column, struct csv_cell *field,
                        struct error *error)
{
    char *data = reader->data, *to = data + reader->at;
    field->text = to;
    for (; reader->at < reader->length; reader->at++) {
        char c = data[reader->at];
        if (c == '"' && data[reader->at + 1] == '"')
            reader->at++;
        else if (c == '"')
            break;
        reader->next_line += c == '\n';
        *to++ = c;
    }
    field->length = (size_t)(to - field->text);
    if (reader->at >= reader->length)
        return csv_reader_refuse(reader, column, _("Close the field with a quote."), error,
                                 _("a quoted field does not end"));
    reader->at++;
    if (reader->at < reader->length && !strchr(",\r\n", data[reader->at]))
        return csv_reader_refuse(reader, column, _("Write a quote inside a field twice."), error,
                                 _("something follows the closing quote"));
    return true;
}

static bool take_plain(struct csv_reader *reader, int column, struct csv_cell *field,
                       struct error *error)
{
    const char *start = reader->data + reader->at, *at = start;
    const char *end = reader->data + reader->length;
    while (at < end && *at != ',' && *at != '\n' && *at != '"')
        at++;
    reader->at += (size_t)(at - start);
    if (at < end && *at == '"')
        return csv_reader_refuse(reader, column, _("Put the whole field in quotes."), error,
                                 _("a quote stands in the middle of a field"));
    if (at > start && at[-1] == '\r' && (at == end || *at == '\n'))
        at--;
    *field = (struct csv_cell){start, (size_t)(at - start)};
    return true;
}

/* Behind a field: true when another one follows in this row. */
static bool another(struct csv_reader *reader)
{
    const char *data = reader->data;
    if (reader->at < reader->length && data[reader->at] == ',')
        return reader->at++, true;
    if (reader->at < reader->length && data[reader->at] == '\r')
        reader->at++;
    if (reader->at < reader->length && data[reader->at] == '\n')
        reader->at++;
    reader->next_line++;
    return false;
}

/* Reads one row; returns its fields, -1 on failure. */
static int take_row(struct csv_reader *reader, struct csv_cell *row, struct error *error)
{
    int count = 0;
    reader->line = reader->next_line;
    reader->from = reader->at;
    reader->whole = false;
    do {
        if (count == CSV_COLUMNS)
            return csv_reader_refuse(reader, -1, NULL, error, _("more than %d columns"),
                                     CSV_COLUMNS), -1;
        bool quoted = reader->at < reader->length && reader->data[reader->at] == '"';
        reader->at += quoted;
        if (!(quoted ? take_quoted(reader, count, &row[count], error)
                     : take_plain(reader, count, &row[count], error)))
            return -1;
        if (!text_valid(row[count].text, row[count].length, NULL))
            return csv_reader_refuse(reader, count,
                                     _("Save the file as UTF-8, or all of it as GB18030 (GBK)."), error,
                                     _("the field is not valid UTF-8")), -1;
        count++;
    } while (another(reader));
    reader->whole = true;
    return count;
}

void csv_reader_skip(struct csv_reader *reader)
{
    bool quoted = false;
    while (!reader->whole && reader->at < reader->length) {
        char c = reader->data[reader->at++];
        quoted ^= c == '"';
        reader->next_line += c == '\n';
        reader->whole = c == '\n' && !quoted;
    }
}

/* Reads one more piece behind what is there, which moves to the front. */
static bool read_piece(struct csv_reader *reader, struct error *error)
{
    ssize_t got;
    memmove(reader->data, reader->data + reader->at, reader->length - reader->at);
    reader->length -= reader->at;
    reader->at = 0;
    while (reader->length + PIECE > reader->capacity)
        reader->data = xrealloc(reader->data, (reader->capacity *= 2) + 1);
    do
        got = read(reader->fd, reader->data + reader->length, PIECE);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_errno(error, reader->path, NULL, _("cannot be read"));
    reader->length += (size_t)got;
    reader->data[reader->length] = '\0';
    reader->ended = got == 0;
    return true;
}

/* Reads on until the next row is there whole, or the end of the file is. */
static bool need_row(struct csv_reader *reader, struct error *error)
{
    bool quoted = false;
    size_t seen = 0; /* of the row */
    while (reader->pieces) {
        const char *row = reader->data + reader->at;
        for (size_t count = reader->length - reader->at; seen < count; seen++) {
            quoted ^= row[seen] == '"';
            if (row[seen] == '\n' && !quoted)
                return true;
        }
        if (reader->ended)
            return true;
        reader->line = reader->next_line;
        if (seen > ROW_LIMIT)
            return csv_reader_refuse(reader, -1, _("Is a quote not closed?"), error,
                                     _("the row is longer than %d MB"), ROW_LIMIT >> 20);
        if (!read_piece(reader, error))
            return false;
    }
    return true;
}

static bool read_whole(struct csv_reader *reader, const char *path, struct error *error)
{
    return file_read(path, FILE_LIMIT, &reader->data, &reader->length, error) &&
           encoding_to_utf8(&reader->data, &reader->length, error);
}

/* Whether the first lines that are more than ASCII are GB18030: such a file is read whole. */
static bool begins_gb18030(struct csv_reader *reader)
{
    char *piece = xmalloc(PIECE);
    ssize_t got;
    bool found = false, ascii = true;
    while (ascii && (got = read(reader->fd, piece, PIECE)) > 0) {
        for (ssize_t i = 0; ascii && i < got; i++)
            ascii = (unsigned char)piece[i] < 0x80;
        const char *end = memrchr(piece, '\n', (size_t)got);
        size_t length = got < PIECE || !end ? (size_t)got : (size_t)(end - piece);
        found = !ascii && encoding_is_gb18030(piece, length);
    }
    free(piece);
    lseek(reader->fd, 0, SEEK_SET);
    return found;
}

static bool open_pieces(struct csv_reader *reader, const char *path, struct error *error)
{
    struct stat status;
    reader->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (reader->fd < 0)
        return error_errno(error, path, _("Check the name and the permissions."),
                           _("cannot be opened"));
    reader->pieces = true;
    if (fstat(reader->fd, &status) < 0)
        return error_errno(error, path, NULL, _("cannot be examined"));
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_INPUT, path, _("Name a regular file."),
                         _("is not a regular file"));
    if (begins_gb18030(reader)) {
        close(reader->fd);
        reader->pieces = false;
        return read_whole(reader, path, error);
    }
    reader->capacity = 2 * (size_t)PIECE;
    reader->data = xmalloc(reader->capacity + 1);
    return read_piece(reader, error);
}

/* The names stay where they are while the pieces come and go. */
static void keep_names(struct csv_reader *reader)
{
    size_t length = reader->at - reader->from;
    reader->head = xmalloc(length + 1);
    memcpy(reader->head, reader->data + reader->from, length);
    for (int i = 0; i < reader->columns; i++)
        reader->names[i].text = reader->head + (reader->names[i].text - reader->data - reader->from);
}

static bool open_names(struct csv_reader *reader, const char *path, struct error *error)
{
    if (reader->length >= 3 && !memcmp(reader->data, "\xEF\xBB\xBF", 3))
        reader->at = 3;
    int count = -1;
    if (reader->at >= reader->length)
        error_set(error, ERROR_INPUT, path, _("The first row names the columns."),
                  _("the file is empty"));
    else if (need_row(reader, error))
        count = take_row(reader, reader->names, error);
    reader->columns = count;
    if (count >= 0 && reader->pieces)
        keep_names(reader);
    return count >= 0;
}

static bool open_file(struct csv_reader *reader, const char *path, bool pieces, struct error *error)
{
    *reader = (struct csv_reader){.next_line = 1};
    reader->path = xstrdup(path);
    bool good = (pieces ? open_pieces(reader, path, error)
                        : read_whole(reader, path, error)) &&
                open_names(reader, path, error);
    if (!good)
        csv_reader_close(reader);
    return good;
}

bool csv_reader_open(struct csv_reader *reader, const char *path, struct error *error)
{
    return open_file(reader, path, false, error);
}

bool csv_reader_open_pieces(struct csv_reader *reader, const char *path, struct error *error)
{
    return open_file(reader, path, true, error);
}

void csv_reader_close(struct csv_reader *reader)
{
    if (reader->pieces && reader->fd >= 0)
        close(reader->fd);
    free(reader->path);
    free(reader->data);
    free(reader->head);
    *reader = (struct csv_reader){.next_line = 1};
}

int csv_reader_column(const struct csv_reader *reader, const char *name, struct error *error)
{
    struct buffer list = BUFFER_INIT;
    int found = -1, times = 0;
    for (int i = 0; i < reader->columns; i++) {
        const struct csv_cell *field = &reader->names[i];
        if (field->length == strlen(name) && !memcmp(field->text, name, field->length)) {
            found = i;
            times++;
        }
        buffer_add(&list, i ? ", " : "");
        buffer_add_bytes(&list, field->text, field->length);
    }
    if (found < 0) {
        char *todo = xasprintf(_("The columns are: %.150s"), buffer_text(&list));
        error_set(error, ERROR_INPUT, reader->path, todo, _("there is no column %.100s"), name);
        free(todo);
    }
    buffer_free(&list);
    if (times > 1)
        return error_set(error, ERROR_INPUT, reader->path, _("Keep one of them."),
                         _("two columns are named '%.60s'"), name),
               -1;
    return found;
}

bool csv_reader_next(struct csv_reader *reader, struct error *error)
{
    int count;
    do {
        if (!need_row(reader, error) || reader->at >= reader->length)
            return false;
        count = take_row(reader, reader->row, error);
        if (count < 0)
            return false;
    } while (count == 1 && !reader->row[0].length && reader->columns > 1);
    return count == reader->columns ||
           csv_reader_refuse(reader, -1, _("Every row has the fields that the first row names."),
                             error, _("the row has %d fields instead of %d"), count,
                             reader->columns);
}
