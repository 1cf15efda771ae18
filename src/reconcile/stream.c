#include "reconcile/stream.h"

#include "base/alloc.h"
#include "base/icu.h"
#include "base/language.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 16 };

void stream_close(struct stream *stream)
{
    if (stream->close)
        stream->close(stream->context);
    *stream = (struct stream){.context = NULL};
}

struct file {
    int fd;
    char *name;
};

static ssize_t file_bytes(void *context, char *bytes, size_t room, struct error *error)
{
    const struct file *file = context;
    ssize_t got;
    do
        got = read(file->fd, bytes, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        error_errno(error, file->name, NULL, _("the file cannot be read"));
    return got;
}

static bool file_rewind(void *context, struct error *error)
{
    const struct file *file = context;
    return lseek(file->fd, 0, SEEK_SET) == 0 ||
           error_errno(error, file->name, NULL, _("the file cannot be read again"));
}

static void file_close(void *context)
{
    struct file *file = context;
    close(file->fd);
    free(file->name);
    free(file);
}

struct stream stream_file(int fd, const char *name)
{
    struct file *file = xmalloc(sizeof *file);
    *file = (struct file){fd, xstrdup(name)};
    return (struct stream){file, file_bytes, file_rewind, file_close};
}

struct bytes {
    char *data;
    size_t length, at;
};

static ssize_t memory_bytes(void *context, char *bytes, size_t room, struct error *error)
{
    struct bytes *memory = context;
    size_t rest = memory->length - memory->at;
    size_t count = room < rest ? room : rest;
    (void)error;
    memcpy(bytes, memory->data + memory->at, count);
    memory->at += count;
    return (ssize_t)count;
}

static bool memory_rewind(void *context, struct error *error)
{
    (void)error;
    ((struct bytes *)context)->at = 0;
    return true;
}

static void memory_close(void *context)
{
    free(((struct bytes *)context)->data);
    free(context);
}

struct stream stream_bytes(const char *bytes, size_t length)
{
    struct bytes *memory = xmalloc(sizeof *memory);
    *memory = (struct bytes){xmalloc(length + 1), length, 0};
    memcpy(memory->data, bytes, length);
    return (struct stream){memory, memory_bytes, memory_rewind, memory_close};
}

struct utf16 {
    struct stream inner;
    const struct icu *icu;
    UConverter *from, *to;
    char raw[BLOCK], text[2 * BLOCK];
    size_t raw_at, raw_end, at, end;
    bool finished;
    UChar pivot[1024], *pivot_source, *pivot_target;
};

static bool convert(struct utf16 *utf16, struct error *error)
{
    UErrorCode code = U_ZERO_ERROR;
    if (utf16->raw_at == utf16->raw_end && !utf16->finished) {
        ssize_t got = utf16->inner.read(utf16->inner.context, utf16->raw, BLOCK, error);
        if (got < 0)
            return false;
        utf16->finished = got == 0;
        utf16->raw_at = 0;
        utf16->raw_end = (size_t)got;
    }
    const char *from = utf16->raw + utf16->raw_at;
    char *to = utf16->text;
    utf16->icu->ucnv_convertEx(utf16->to, utf16->from, &to, utf16->text + sizeof utf16->text, &from,
                               utf16->raw + utf16->raw_end, utf16->pivot, &utf16->pivot_source,
                               &utf16->pivot_target, utf16->pivot + 1024, false, utf16->finished,
                               &code);
    if (utf16->finished && to == utf16->text)
        from = utf16->raw + utf16->raw_end; /* half a character at the very end */
    utf16->raw_at = (size_t)(from - utf16->raw);
    utf16->at = 0;
    utf16->end = (size_t)(to - utf16->text);
    return true;
}

static ssize_t utf16_bytes(void *context, char *bytes, size_t room, struct error *error)
{
    struct utf16 *utf16 = context;
    while (utf16->at == utf16->end && !(utf16->finished && utf16->raw_at == utf16->raw_end))
        if (!convert(utf16, error))
            return -1;
    size_t rest = utf16->end - utf16->at, count = room < rest ? room : rest;
    memcpy(bytes, utf16->text + utf16->at, count);
    utf16->at += count;
    return (ssize_t)count;
}

static bool utf16_rewind(void *context, struct error *error)
{
    struct utf16 *utf16 = context;
    utf16->icu->ucnv_reset(utf16->from);
    utf16->icu->ucnv_reset(utf16->to);
    utf16->pivot_source = utf16->pivot_target = utf16->pivot;
    utf16->raw_at = utf16->raw_end = utf16->at = utf16->end = 0;
    utf16->finished = false;
    return utf16->inner.rewind(utf16->inner.context, error);
}

static void utf16_close(void *context)
{
    struct utf16 *utf16 = context;
    if (utf16->from)
        utf16->icu->ucnv_close(utf16->from);
    if (utf16->to)
        utf16->icu->ucnv_close(utf16->to);
    stream_close(&utf16->inner);
    free(utf16);
}

bool stream_utf16(struct stream inner, bool little, const char *name, struct stream *stream,
                  struct error *error)
{
    UErrorCode code = U_ZERO_ERROR;
    struct utf16 *utf16 = xcalloc(1, sizeof *utf16);
    utf16->inner = inner;
    utf16->icu = icu_load(error);
    if (utf16->icu) {
        utf16->from = utf16->icu->ucnv_open(little ? "UTF-16LE" : "UTF-16BE", &code);
        utf16->to = utf16->icu->ucnv_open("UTF-8", &code);
    }
    if (utf16->icu && U_SUCCESS(code) && utf16_rewind(utf16, error)) {
        *stream = (struct stream){utf16, utf16_bytes, utf16_rewind, utf16_close};
        return true;
    }
    if (utf16->icu && U_FAILURE(code))
        error_set(error, ERROR_SYSTEM, name, _("Install the ICU library with its data."),
                  _("the encoding %s cannot be loaded (%s)"), "UTF-16",
                  utf16->icu->u_errorName(code));
    utf16_close(utf16);
    return false;
}
