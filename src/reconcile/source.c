#include "reconcile/source.h"

#include "base/alloc.h"
#include "base/icu.h"
#include "base/language.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CAPACITY = 2 * SOURCE_LINE_LIMIT, PEEK = 1 << 16, BLOCK = 1 << 18 };

/* buffer[mark..next) is the current record, buffer[next..end) what follows. */
struct source {
    char *name;
    int fd; /* -1: everything is in the buffer, or comes from the stream */
    struct stream stream;
    enum source_kind kind;
    struct stat status;
    char *watched; /* path of what the stream is read from, or NULL */
    struct scan scan;
    enum encoding encoding;
    const struct icu *icu;
    UConverter *converter, *utf8; /* NULL for UTF-8 and ASCII */
    char *buffer;
    size_t capacity, mark, next, end;
    uint64_t base; /* file offset of buffer[0] */
    uint64_t line, first_line;
    bool finished;
    char line_end; /* '\n', or '\r' in a file without any other */
    char *text; /* converted slices of the current record */
    size_t text_used, text_capacity;
};

static struct source *source_new(const char *name)
{
    struct source *source = xcalloc(1, sizeof *source);
    source->name = xstrdup(name);
    source->fd = -1;
    return source;
}

static void skip_mark(struct source *source)
{
    if (!source->base && source->end >= 3 && !memcmp(source->buffer, "\xEF\xBB\xBF", 3))
        source->mark = source->next = 3;
}

/* Some programs end lines by a carriage return alone. */
static void choose_line_end(struct source *source)
{
    size_t length = source->end < PEEK ? source->end : PEEK;
    bool feeds = memchr(source->buffer, '\n', length) != NULL;
    const char *returned = feeds ? NULL : memchr(source->buffer, '\r', length);
    /* One that the part ends with may be half of a pair. */
    source->line_end = returned && returned + 1 < source->buffer + length ? '\r' : '\n';
}

static ssize_t read_some(struct source *source, struct error *error)
{
    char *at = source->buffer + source->end;
    size_t room = source->capacity - source->end;
    ssize_t got;
    if (source->stream.read)
        return source->stream.read(source->stream.context, at, room, error);
    do
        got = read(source->fd, at, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        error_errno(error, source->name, NULL, _("the file cannot be read"));
    return got;
}

static bool refill(struct source *source, struct error *error)
{
    if (source->mark) {
        memmove(source->buffer, source->buffer + source->mark, source->end - source->mark);
        source->base += source->mark;
        source->next -= source->mark;
        source->end -= source->mark;
        source->mark = 0;
    }
    if (source->end == source->capacity)
        return true;
    ssize_t got = read_some(source, error);
    if (got < 0)
        return false;
    source->finished = got == 0;
    source->end += (size_t)got;
    return true;
}

bool source_rewind(struct source *source, struct error *error)
{
    source->line = source->first_line = 0;
    source->mark = source->next = 0;
    if (source->fd >= 0 || source->stream.read) {
        source->base = source->end = 0;
        source->finished = false;
        if (source->stream.read && !source->stream.rewind(source->stream.context, error))
            return false;
        if (source->fd >= 0 && lseek(source->fd, 0, SEEK_SET) < 0)
            return error_errno(error, source->name, NULL, _("the file cannot be read again"));
        while (!source->finished && source->end < PEEK)
            if (!refill(source, error))
                return false;
    }
    skip_mark(source);
    choose_line_end(source);
    return true;
}

static void close_converters(struct source *source)
{
    if (source->converter)
        source->icu->ucnv_close(source->converter);
    if (source->utf8)
        source->icu->ucnv_close(source->utf8);
    source->converter = source->utf8 = NULL;
}

static bool use_encoding(struct source *source, enum encoding encoding, struct error *error)
{
    UErrorCode code = U_ZERO_ERROR;
    close_converters(source);
    source->encoding = encoding;
    if (encoding == ENCODING_UTF8 || source->scan.ascii)
        return true;
    source->icu = icu_load(error);
    if (!source->icu)
        return false;
    source->converter = source->icu->ucnv_open(encoding_name(encoding), &code);
    source->utf8 = source->icu->ucnv_open("UTF-8", &code);
    return U_SUCCESS(code) ||
           error_set(error, ERROR_SYSTEM, "ICU", _("Install the ICU library with its data."),
                     _("the encoding %s cannot be loaded (%s)"), encoding_name(encoding),
                     source->icu->u_errorName(code));
}

struct source *source_open(const char *path, struct error *error)
{
    struct source *source = source_new(path);
    source->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool done = false;
    if (source->fd < 0)
        error_errno(error, path, _("Check the name and the permissions."),
                    _("the file cannot be opened"));
    else if (fstat(source->fd, &source->status) < 0)
        error_errno(error, path, NULL, _("the file cannot be examined"));
    else if (!S_ISREG(source->status.st_mode))
        error_set(error, ERROR_INPUT, path, _("Name a regular file."), _("is not a regular file"));
    else
        done = scan_file(source->fd, path, &source->scan, error);
    if (done) {
        source->capacity = CAPACITY;
        source->buffer = xmalloc(CAPACITY);
        done = use_encoding(source, source->scan.encoding, error) && source_rewind(source, error);
    }
    if (done)
        return source;
    source_close(source);
    return NULL;
}

struct source *source_memory(const char *name, const char *bytes, size_t length,
                             struct error *error)
{
    struct source *source = source_new(name);
    if (!scan_bytes(bytes, length, name, &source->scan, error) ||
        !use_encoding(source, source->scan.encoding, error)) {
        source_close(source);
        return NULL;
    }
    source->buffer = xmalloc(length);
    memcpy(source->buffer, bytes, length);
    source->end = source->capacity = length;
    source->finished = true;
    skip_mark(source);
    choose_line_end(source);
    return source;
}

struct source *source_stream(const char *name, struct stream stream, enum source_kind kind,
                             const struct scan *identity, struct error *error)
{
    struct source *source = source_new(name);
    source->stream = stream;
    source->kind = kind;
    /* Rows of a workbook are UTF-8 and their digest is that of the workbook: nothing to look for. */
    bool done = stream.rewind(stream.context, error) &&
                ((kind == SOURCE_SHEET && identity) ||
                 scan_stream(&stream, name, &source->scan, error));
    if (done) {
        source->capacity = CAPACITY;
        source->buffer = xmalloc(CAPACITY);
        done = use_encoding(source, source->scan.encoding, error) && source_rewind(source, error);
    }
    if (!done) {
        source_close(source);
        return NULL;
    }
    if (identity) {
        source->scan.bytes = identity->bytes;
        memcpy(source->scan.sha256, identity->sha256, sizeof source->scan.sha256);
    }
    return source;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    if (source->fd >= 0)
        close(source->fd);
    stream_close(&source->stream);
    close_converters(source);
    free(source->buffer);
    free(source->text);
    free(source->name);
    free(source->watched);
    free(source);
}

const char *source_name(const struct source *source)
{
    return source->name;
}

const struct scan *source_scan(const struct source *source)
{
    return &source->scan;
}

bool source_is_file(const struct source *source)
{
    return source->fd >= 0;
}

bool source_is_sheet(const struct source *source)
{
    return source->kind == SOURCE_SHEET;
}

bool source_is_decoded(const struct source *source)
{
    return source->kind != SOURCE_PLAIN;
}

bool source_is_utf8(const struct source *source)
{
    return !source->converter;
}

enum encoding source_encoding(const struct source *source)
{
    return source->encoding;
}

bool source_set_encoding(struct source *source, enum encoding encoding, struct error *error)
{
    if (encoding != ENCODING_UTF8 || !source->scan.mixed)
        return use_encoding(source, encoding, error);
    return error_set(error, ERROR_INPUT, source->name,
                     _("Check which encoding the sender uses, or import without a profile."),
                     _("byte %llu is not UTF-8, which the profile asks for"),
                     (unsigned long long)source->scan.invalid);
}

struct slice source_peek(struct source *source)
{
    size_t start = source->base ? 0 : source->mark;
    size_t length = source->end - start;
    return (struct slice){source->buffer + start, length < PEEK ? length : PEEK};
}

static bool refuse_length(const struct source *source, struct error *error)
{
    return source_refuse(source, 0, NULL, _("Check that the file is a statement."), error,
                         _("the record is longer than 1 MiB"));
}

/* Finds the end of the line that starts at next; leaves next behind it. */
static bool find_end(struct source *source, size_t *end, struct error *error)
{
    size_t searched = 0;
    for (;;) {
        size_t from = source->next + searched;
        char *found = from < source->end ? memchr(source->buffer + from, source->line_end,
                                                  source->end - from)
                                         : NULL;
        *end = found ? (size_t)(found - source->buffer) : source->end;
        if (*end - source->mark > SOURCE_LINE_LIMIT)
            return refuse_length(source, error);
        if (found) {
            source->next = *end + 1;
            return true;
        }
        if (source->finished) {
            source->next = *end;
            return true;
        }
        searched = source->end - source->next;
        if (!refill(source, error))
            return false;
    }
}

/* From the mark to the line end that follows, without it. */
static bool take_line(struct source *source, struct slice *line, struct error *error)
{
    size_t end;
    if (!find_end(source, &end, error))
        return false;
    source->line++;
    size_t length = end - source->mark;
    if (length && source->buffer[end - 1] == '\r')
        length--;
    *line = (struct slice){source->buffer + source->mark, length};
    return true;
}

bool source_next(struct source *source, struct slice *line, struct error *error)
{
    source->text_used = 0;
    source->mark = source->next;
    source->first_line = source->line + 1;
    if (source->next == source->end && (source->finished || !refill(source, error)))
        return false;
    if (source->next == source->end && source->finished)
        return false;
    return take_line(source, line, error);
}

bool source_extend(struct source *source, struct slice *line, struct error *error)
{
    if (source->next == source->end && source->finished)
        return false;
    return take_line(source, line, error);
}

/* Length of the block without what follows its last '>' or line end; 0 when it has none. */
static size_t whole_length(const char *text, size_t length)
{
    const char *mark = memrchr(text, '>', length), *line = memrchr(text, '\n', length);
    const char *last = !mark || (line && line > mark) ? line : mark;
    return last ? (size_t)(last - text) + 1 : 0;
}

static uint64_t count_lines(const char *text, size_t length)
{
    uint64_t count = 0;
    for (const char *at = text; (at = memchr(at, '\n', (size_t)(text + length - at))); at++)
        count++;
    return count;
}

bool source_block(struct source *source, struct slice *block, struct error *error)
{
    source->text_used = 0;
    source->mark = source->next;
    source->first_line = source->line + 1;
    while (source->end - source->next < BLOCK && !source->finished)
        if (!refill(source, error))
            return false;
    size_t length = source->end - source->next;
    if (!length)
        return false;
    const char *text = source->buffer + source->next;
    if (length > BLOCK || !source->finished) {
        length = whole_length(text, BLOCK);
        if (!length)
            return source_refuse(source, 0, NULL, _("Check that the file is a statement."), error,
                                 _("256 KiB without a mark-up or a line end"));
    }
    source->next += length;
    source->line += count_lines(text, length);
    *block = (struct slice){text, length};
    return true;
}

uint64_t source_line(const struct source *source)
{
    return source->first_line;
}

uint64_t source_offset(const struct source *source)
{
    return source->base + source->mark;
}

static bool is_ascii(struct slice raw)
{
    for (size_t i = 0; i < raw.length; i++)
        if ((unsigned char)raw.text[i] >= 0x80)
            return false;
    return true;
}

struct slice source_text(struct source *source, struct slice raw)
{
    /* One record is at most 1 MiB; no encoding here grows more than threefold in UTF-8, and all
     * slices of one record together are at most the record (twice, for assembled fields). */
    enum { TEXT_CAPACITY = 7 * SOURCE_LINE_LIMIT };
    if (!source->converter || is_ascii(raw))
        return raw;
    if (!source->text) {
        source->text_capacity = TEXT_CAPACITY;
        source->text = xmalloc(TEXT_CAPACITY);
    }
    char *target = source->text + source->text_used, *at = target;
    const char *from = raw.text;
    UErrorCode code = U_ZERO_ERROR;
    source->icu->ucnv_convertEx(source->utf8, source->converter, &at,
                                source->text + source->text_capacity, &from,
                                raw.text + raw.length, NULL, NULL, NULL, NULL, true, true, &code);
    source->text_used += (size_t)(at - target);
    return (struct slice){target, (size_t)(at - target)};
}

static bool refuse(const struct source *source, uint64_t line, uint64_t offset, const char *field,
                   const char *todo, struct error *error, const char *what, va_list arguments)
    __attribute__((format(printf, 7, 0)));

static bool refuse(const struct source *source, uint64_t line, uint64_t offset, const char *field,
                   const char *todo, struct error *error, const char *what, va_list arguments)
{
    char where[256], text[512];
    vsnprintf(text, sizeof text, what, arguments);
    if (source->kind == SOURCE_SHEET)
        snprintf(where, sizeof where, field ? _("%.150s, row %llu, field %.40s")
                                            : _("%.150s, row %llu"),
                 source->name, (unsigned long long)line, field);
    else if (source->kind == SOURCE_DECODED)
        snprintf(where, sizeof where, field ? _("%.150s:%llu, field %.40s") : "%.150s:%llu",
                 source->name, (unsigned long long)line, field);
    else if (field)
        snprintf(where, sizeof where, _("%.150s:%llu, byte %llu, field %.40s"), source->name,
                 (unsigned long long)line, (unsigned long long)offset, field);
    else
        snprintf(where, sizeof where, _("%.150s:%llu, byte %llu"), source->name,
                 (unsigned long long)line, (unsigned long long)offset);
    return error_set(error, ERROR_INPUT, where, todo, "%s", text);
}

bool source_refuse(const struct source *source, size_t column, const char *field, const char *todo,
                   struct error *error, const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    refuse(source, source->first_line, source_offset(source) + column, field, todo, error, what,
           arguments);
    va_end(arguments);
    return false;
}

bool source_refuse_at(const struct source *source, uint64_t line, uint64_t offset,
                      const char *field, const char *todo, struct error *error, const char *what,
                      ...)
{
    va_list arguments;
    va_start(arguments, what);
    refuse(source, line, offset, field, todo, error, what, arguments);
    va_end(arguments);
    return false;
}

void source_watch(struct source *source, const char *path, const struct stat *status)
{
    free(source->watched);
    source->watched = xstrdup(path);
    source->status = *status;
}

bool source_unchanged(const struct source *source, struct error *error)
{
    struct stat now;
    if (source->fd < 0 && !source->watched)
        return true;
    bool known = source->watched ? stat(source->watched, &now) == 0
                                 : fstat(source->fd, &now) == 0;
    if (known && now.st_size == source->status.st_size &&
        now.st_mtim.tv_sec == source->status.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == source->status.st_mtim.tv_nsec)
        return true;
    return error_set(error, ERROR_INPUT, source->name, _("Wait until it is complete and repeat."),
                     _("the file changed while it was read"));
}
