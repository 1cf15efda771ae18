#include "reconcile/container.h"

#include "base/alloc.h"
#include "base/language.h"
#include "reconcile/book.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum content {
    CONTENT_TEXT, CONTENT_UTF16_LITTLE, CONTENT_UTF16_BIG, CONTENT_GZIP, CONTENT_ZIP,
    CONTENT_OLD_BOOK
};

struct part {
    char *name;
    size_t member; /* of the archive */
};

struct container {
    char *path;
    struct stat status;      /* when it was opened */
    struct archive *archive; /* NULL: no zip */
    bool is_book;            /* the archive is itself a workbook */
    struct part *parts;
    size_t count, capacity;
    /* What the open source is read from. */
    struct archive *inner;
    struct book *book;
    int copy; /* of an old workbook within an archive, -1: none */
};

static enum content content_of(const unsigned char *head, size_t length)
{
    if (length >= 4 && !memcmp(head, "PK\003\004", 4))
        return CONTENT_ZIP;
    if (length >= 4 && !memcmp(head, "PK\005\006", 4))
        return CONTENT_ZIP;
    if (length >= 2 && !memcmp(head, "\037\213", 2))
        return CONTENT_GZIP;
    if (length >= 4 && !memcmp(head, "\320\317\021\340", 4))
        return CONTENT_OLD_BOOK;
    if (length >= 2 && (!memcmp(head, "\377\376", 2) ||
                        (head[0] && !head[1] && length >= 4 && head[2] && !head[3])))
        return CONTENT_UTF16_LITTLE;
    if (length >= 2 && (!memcmp(head, "\376\377", 2) ||
                        (!head[0] && head[1] && length >= 4 && !head[2] && head[3])))
        return CONTENT_UTF16_BIG;
    return CONTENT_TEXT;
}

static bool peek_path(const char *path, enum content *content, struct stat *status,
                      struct error *error)
{
    unsigned char head[8];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_errno(error, path, _("Check the name and the permissions."),
                           _("the file cannot be opened"));
    bool regular = fstat(fd, status) == 0 && S_ISREG(status->st_mode);
    ssize_t got = regular ? read(fd, head, sizeof head) : 0;
    close(fd);
    if (!regular)
        return error_set(error, ERROR_INPUT, path, _("Name a regular file."),
                         _("is not a regular file"));
    if (got < 0)
        return error_errno(error, path, NULL, _("the file cannot be read"));
    *content = content_of(head, (size_t)got);
    return true;
}

static bool peek_stream(const struct stream *stream, enum content *content, struct error *error)
{
    char head[8];
    size_t length = 0;
    ssize_t got = 1;
    while (length < sizeof head && got > 0) {
        got = stream->read(stream->context, head + length, sizeof head - length, error);
        length += got > 0 ? (size_t)got : 0;
    }
    *content = content_of((const unsigned char *)head, length);
    return got >= 0 && stream->rewind(stream->context, error);
}

static void add_part(struct container *container, char *name, size_t member)
{
    ARRAY_RESERVE(container->parts, container->count, container->capacity);
    container->parts[container->count++] = (struct part){name, member};
}

/* Folders, and what systems add to archives. */
static bool is_no_file(const char *name)
{
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    return !*base || !strncmp(name, "__MACOSX/", 9) || !strcmp(base, ".DS_Store") ||
           !strcasecmp(base, "Thumbs.db");
}

/* Names mostly hold the day: older statements come first. */
static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct part *)a)->name, ((const struct part *)b)->name);
}

static bool list_members(struct container *container, struct error *error)
{
    for (size_t i = 0; i < archive_count(container->archive); i++) {
        char *name = archive_member(container->archive, i);
        if (!is_no_file(name))
            add_part(container, xasprintf("%s/%s", container->path, name), i);
        free(name);
    }
    if (container->count > 1)
        qsort(container->parts, container->count, sizeof *container->parts, by_name);
    return container->count > 0 ||
           error_set(error, ERROR_INPUT, container->path, _("Ask the sender for the file again."),
                     _("the archive is empty"));
}

static bool open_archive(struct container *container, struct error *error)
{
    container->archive = archive_open(container->path, error);
    if (!container->archive)
        return false;
    container->is_book = book_is(container->archive);
    if (!container->is_book)
        return list_members(container, error);
    add_part(container, xstrdup(container->path), 0);
    return true;
}

struct container *container_open(const char *path, struct error *error)
{
    enum content content;
    struct container *container = xcalloc(1, sizeof *container);
    container->path = xstrdup(path);
    container->copy = -1;
    bool done = peek_path(path, &content, &container->status, error);
    if (done && content == CONTENT_ZIP)
        done = open_archive(container, error);
    else if (done)
        add_part(container, xstrdup(path), 0);
    if (done)
        return container;
    container_close(container);
    return NULL;
}

/* Lets go of what the last source was read from. */
static void release(struct container *container)
{
    book_close(container->book);
    archive_close(container->inner);
    if (container->copy >= 0)
        close(container->copy);
    container->book = NULL;
    container->inner = NULL;
    container->copy = -1;
}

void container_close(struct container *container)
{
    if (!container)
        return;
    release(container);
    archive_close(container->archive);
    for (size_t i = 0; i < container->count; i++)
        free(container->parts[i].name);
    free(container->parts);
    free(container->path);
    free(container);
}

size_t container_count(const struct container *container)
{
    return container->count;
}

const char *container_name(const struct container *container, size_t file)
{
    return container->parts[file].name;
}

/* Where a workbook is read from while its sheets are tried. */
struct workbook {
    struct container *container;
    const char *name;
    char *path; /* of an old one; NULL: container->book */
    struct scan identity;
    size_t sheets;
};

static struct source *open_sheet(struct workbook *workbook, size_t sheet, struct error *error)
{
    struct stream stream;
    bool done = workbook->path
                    ? old_book_stream(workbook->path, workbook->name, sheet, &stream, error)
                    : book_stream(workbook->container->book, sheet, &stream, error);
    return done ? source_stream(workbook->name, stream, SOURCE_SHEET, &workbook->identity, error)
                : NULL;
}

/* The first sheet with rows that a profile knows; otherwise what the first one lacks. */
static bool choose_sheet(struct workbook *workbook, const struct profiles *profiles, bool forced,
                         struct source **source, struct format *format, struct error *error)
{
    struct error first = ERROR_INIT;
    for (size_t i = 0; i < workbook->sheets; i++) {
        struct error why = ERROR_INIT;
        *source = open_sheet(workbook, i, &why);
        if (*source && format_recognise(*source, profiles, false, format, &why))
            return true;
        source_close(*source);
        *source = NULL;
        if (!i || (why.kind == ERROR_SYSTEM && first.kind != ERROR_SYSTEM))
            first = why;
    }
    *error = first;
    if (forced && first.kind == ERROR_INPUT)
        return error_set(error, ERROR_INPUT, workbook->name,
                         _("Name the right profile with --profile; bankops import --profiles lists "
                           "them."),
                         _("no sheet has the header of profile %.60s"), profiles->list[0]->name);
    return false;
}

static bool recognise_book(struct container *container, struct archive *archive,
                           struct workbook *workbook, const struct profiles *profiles, bool forced,
                           struct source **source, struct format *format, struct error *error)
{
    container->book = book_open(archive, workbook->name, error);
    if (!container->book)
        return false;
    workbook->sheets = book_sheets(container->book);
    return choose_sheet(workbook, profiles, forced, source, format, error);
}

static bool recognise_old_book(struct workbook *workbook, const struct profiles *profiles,
                               bool forced, struct source **source, struct format *format,
                               struct error *error)
{
    return old_book_sheets(workbook->path, workbook->name, &workbook->sheets, error) &&
           choose_sheet(workbook, profiles, forced, source, format, error);
}

static bool digest_path(const char *path, struct scan *identity, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(error, path, NULL, _("the file cannot be opened"));
    struct stream stream = stream_file(fd, path);
    bool done = scan_digest(&stream, identity, error);
    stream_close(&stream);
    return done;
}

/* A copy of bytes that has a path, without touching a disk. */
static bool copy_bytes(struct container *container, const char *bytes, size_t length,
                       struct error *error)
{
    container->copy = memfd_create("workbook", MFD_CLOEXEC);
    for (size_t done = 0; container->copy >= 0 && done < length;) {
        ssize_t put = write(container->copy, bytes + done, length - done);
        if (put <= 0)
            return error_errno(error, container->path, NULL, _("the file cannot be copied"));
        done += (size_t)put;
    }
    return container->copy >= 0 ||
           error_errno(error, container->path, NULL, _("the file cannot be copied"));
}

/* A workbook that is a member of the archive: taken into memory whole. */
static bool recognise_inner(struct container *container, size_t file, bool old,
                            const struct profiles *profiles, bool forced, struct source **source,
                            struct format *format, struct error *error)
{
    struct workbook workbook = {.container = container, .name = container->parts[file].name};
    char *bytes;
    size_t length;
    if (!archive_read(container->archive, container->parts[file].member, &bytes, &length, error))
        return false;
    struct stream stream = stream_bytes(bytes, length);
    bool done = scan_digest(&stream, &workbook.identity, error);
    stream_close(&stream);
    if (done && old) {
        done = copy_bytes(container, bytes, length, error);
        free(bytes);
        workbook.path = xasprintf("/proc/self/fd/%d", container->copy);
        done = done &&
               recognise_old_book(&workbook, profiles, forced, source, format, error);
        free(workbook.path);
        return done;
    }
    container->inner = archive_memory(workbook.name, bytes, length, error);
    if (!container->inner)
        return false;
    if (!book_is(container->inner))
        return error_set(error, ERROR_INPUT, workbook.name, _("Unpack it and import the files."),
                         _("an archive within an archive"));
    return recognise_book(container, container->inner, &workbook, profiles, forced, source, format,
                          error);
}

/* Text that comes out of a stream: as it is, or in UTF-16. */
static bool recognise_stream(const char *name, struct stream stream, enum content content,
                             const struct profiles *profiles, bool forced,
                             struct source **source, struct format *format, struct error *error)
{
    struct scan identity;
    bool wide = content == CONTENT_UTF16_LITTLE || content == CONTENT_UTF16_BIG;
    if (content != CONTENT_TEXT && !wide) {
        stream_close(&stream);
        return error_set(error, ERROR_INPUT, name, _("Unpack it and import the files."),
                         _("an archive within an archive"));
    }
    if (wide) {
        bool done = scan_digest(&stream, &identity, error) &&
                    stream.rewind(stream.context, error);
        if (!done) {
            stream_close(&stream);
            return false;
        }
        if (!stream_utf16(stream, content == CONTENT_UTF16_LITTLE, name, &stream, error))
            return false;
    }
    *source = source_stream(name, stream, wide ? SOURCE_DECODED : SOURCE_PLAIN,
                            wide ? &identity : NULL, error);
    return *source && format_recognise(*source, profiles, forced, format, error);
}

static bool recognise_member(struct container *container, size_t file,
                             const struct profiles *profiles, bool forced,
                             struct source **source, struct format *format, struct error *error)
{
    struct stream stream;
    enum content content;
    if (!archive_stream(container->archive, container->parts[file].member, &stream, error))
        return false;
    if (!peek_stream(&stream, &content, error)) {
        stream_close(&stream);
        return false;
    }
    if (content != CONTENT_ZIP && content != CONTENT_OLD_BOOK)
        return recognise_stream(container->parts[file].name, stream, content, profiles, forced,
                                source, format, error);
    stream_close(&stream);
    return recognise_inner(container, file, content == CONTENT_OLD_BOOK, profiles, forced, source,
                           format, error);
}

/* A file that is no zip archive. */
static bool recognise_path(struct container *container, const struct profiles *profiles,
                           bool forced, struct source **source, struct format *format,
                           struct error *error)
{
    struct workbook workbook = {container, container->path, container->path, {0}, 0};
    struct stream stream;
    enum content content;
    struct stat now;
    if (!peek_path(container->path, &content, &now, error))
        return false;
    if (content == CONTENT_TEXT) {
        *source = source_open(container->path, error);
        return *source && format_recognise(*source, profiles, forced, format, error);
    }
    if (content == CONTENT_OLD_BOOK)
        return digest_path(container->path, &workbook.identity, error) &&
               recognise_old_book(&workbook, profiles, forced, source, format, error);
    int fd = open(container->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(error, container->path, NULL, _("the file cannot be opened"));
    if (content != CONTENT_GZIP)
        return recognise_stream(container->path, stream_file(fd, container->path), content,
                                profiles, forced, source, format, error);
    if (!gzip_stream(fd, container->path, &stream, error))
        return false;
    if (peek_stream(&stream, &content, error))
        return recognise_stream(container->path, stream, content, profiles, forced, source, format,
                                error);
    stream_close(&stream);
    return false;
}

bool container_recognise(struct container *container, size_t file,
                         const struct profiles *profiles, bool forced, struct source **source,
                         struct format *format, struct error *error)
{
    struct workbook workbook = {.container = container, .name = container->path};
    bool done;
    *source = NULL;
    release(container);
    if (!container->archive)
        done = recognise_path(container, profiles, forced, source, format, error);
    else if (!container->is_book)
        done = recognise_member(container, file, profiles, forced, source, format, error);
    else
        done = digest_path(container->path, &workbook.identity, error) &&
               recognise_book(container, container->archive, &workbook, profiles, forced, source,
                              format, error);
    if (done && !source_is_file(*source))
        source_watch(*source, container->path, &container->status);
    if (!done) {
        source_close(*source);
        *source = NULL;
    }
    return done;
}
