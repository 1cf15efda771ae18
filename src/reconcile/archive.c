#include "reconcile/archive.h"

#include "base/alloc.h"
#include "base/icu.h"
#include "base/language.h"
#include "base/text.h"

#include <dlfcn.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

/* The functions of libzip that are called here: it is loaded when it is first needed. */
#define ZIP_FUNCTIONS(X) \
    X(zip_open) X(zip_discard) X(zip_get_num_entries) X(zip_get_name) X(zip_stat_index) \
    X(zip_fopen_index) X(zip_fread) X(zip_fclose) X(zip_name_locate) X(zip_error_init) \
    X(zip_error_init_with_code) X(zip_error_fini) X(zip_error_strerror) X(zip_get_error) \
    X(zip_file_get_error) X(zip_source_buffer_create) X(zip_open_from_source) X(zip_source_free)
#define ZIP_MEMBER(function) __typeof__(function) *function;
static struct library {
    ZIP_FUNCTIONS(ZIP_MEMBER)
} zip;
#undef ZIP_MEMBER

struct archive {
    char *name;
    zip_t *handle;
};

static bool load(struct error *error)
{
#define ZIP_SYMBOL(function) {#function, offsetof(struct library, function)},
    static const struct {
        const char *name;
        size_t offset;
    } symbols[] = {ZIP_FUNCTIONS(ZIP_SYMBOL)};
    static bool loaded;
    if (loaded)
        return true;
    void *handle = dlopen("libzip.so.4", RTLD_LAZY | RTLD_LOCAL);
    if (!handle)
        handle = dlopen("libzip.so.5", RTLD_LAZY | RTLD_LOCAL);
    loaded = handle != NULL;
    for (size_t i = 0; loaded && i < ARRAY_LENGTH(symbols); i++) {
        void *address = dlsym(handle, symbols[i].name);
        *(void **)(void *)((char *)&zip + symbols[i].offset) = address;
        loaded = address != NULL;
    }
    return loaded || error_set(error, ERROR_SYSTEM, "libzip", _("Install libzip."),
                               _("the library cannot be loaded: %.300s"), dlerror());
}

static bool damaged(const char *name, zip_error_t *why, struct error *error)
{
    return error_set(error, ERROR_INPUT, name, _("Ask the sender for the file again."),
                     _("the archive cannot be read: %.200s"), zip.zip_error_strerror(why));
}

static struct archive *finish(struct archive *archive, zip_error_t *why, struct error *error)
{
    if (!archive->handle) {
        damaged(archive->name, why, error);
    } else if (archive_count(archive) > ARCHIVE_MEMBERS) {
        error_set(error, ERROR_INPUT, archive->name, _("Unpack it and import what is needed."),
                  _("the archive holds %zu files, more than %d"), archive_count(archive),
                  ARCHIVE_MEMBERS);
    } else {
        return archive;
    }
    archive_close(archive);
    return NULL;
}

struct archive *archive_open(const char *path, struct error *error)
{
    int code = 0;
    zip_error_t why;
    if (!load(error))
        return NULL;
    struct archive *archive = xcalloc(1, sizeof *archive);
    archive->name = xstrdup(path);
    archive->handle = zip.zip_open(path, ZIP_RDONLY, &code);
    zip.zip_error_init_with_code(&why, code);
    archive = finish(archive, &why, error);
    zip.zip_error_fini(&why);
    return archive;
}

struct archive *archive_memory(const char *name, char *bytes, size_t length, struct error *error)
{
    zip_error_t why;
    if (!load(error)) {
        free(bytes);
        return NULL;
    }
    struct archive *archive = xcalloc(1, sizeof *archive);
    archive->name = xstrdup(name);
    zip.zip_error_init(&why);
    zip_source_t *source = zip.zip_source_buffer_create(bytes, length, 1, &why);
    if (source)
        archive->handle = zip.zip_open_from_source(source, ZIP_RDONLY, &why);
    if (source && !archive->handle)
        zip.zip_source_free(source);
    if (!source)
        free(bytes);
    archive = finish(archive, &why, error);
    zip.zip_error_fini(&why);
    return archive;
}

void archive_close(struct archive *archive)
{
    if (!archive)
        return;
    if (archive->handle)
        zip.zip_discard(archive->handle);
    free(archive->name);
    free(archive);
}

size_t archive_count(const struct archive *archive)
{
    return (size_t)zip.zip_get_num_entries(archive->handle, 0);
}

/* Chinese tools write names in GBK without saying so. */
static char *decode_name(const char *raw)
{
    struct error ignored = ERROR_INIT;
    UErrorCode code = U_ZERO_ERROR;
    size_t length = strlen(raw), bad;
    const struct icu *icu = text_valid(raw, length, &bad) ? NULL : icu_load(&ignored);
    if (!icu)
        return xstrdup(raw);
    UConverter *from = icu->ucnv_open("GB18030", &code), *to = icu->ucnv_open("UTF-8", &code);
    char *name = xmalloc(3 * length + 1), *at = name;
    if (U_SUCCESS(code))
        icu->ucnv_convertEx(to, from, &at, name + 3 * length, &raw, raw + length, NULL, NULL, NULL,
                            NULL, true, true, &code);
    *at = '\0';
    if (from)
        icu->ucnv_close(from);
    if (to)
        icu->ucnv_close(to);
    return name;
}

char *archive_member(struct archive *archive, size_t member)
{
    const char *raw = zip.zip_get_name(archive->handle, member, ZIP_FL_ENC_RAW);
    return decode_name(raw ? raw : "");
}

bool archive_find(struct archive *archive, const char *name, size_t *member)
{
    zip_int64_t at = zip.zip_name_locate(archive->handle, name, ZIP_FL_NOCASE);
    *member = at < 0 ? 0 : (size_t)at;
    return at >= 0;
}

struct member {
    struct archive *archive;
    size_t index;
    char *name;
    zip_file_t *file;
    uint64_t size, done; /* as the archive states it, and read so far */
};

static bool member_start(void *context, struct error *error)
{
    struct member *member = context;
    if (member->file)
        zip.zip_fclose(member->file);
    member->done = 0;
    member->file = zip.zip_fopen_index(member->archive->handle, member->index, 0);
    return member->file ||
           damaged(member->name, zip.zip_get_error(member->archive->handle), error);
}

static ssize_t member_bytes(void *context, char *bytes, size_t room, struct error *error)
{
    struct member *member = context;
    zip_int64_t got = zip.zip_fread(member->file, bytes, room);
    if (got < 0)
        return damaged(member->name, zip.zip_file_get_error(member->file), error) - 1;
    member->done += (uint64_t)got;
    if (member->done > member->size)
        return error_set(error, ERROR_INPUT, member->name, _("Ask the sender what this is."),
                         _("the file unpacks to more than the archive states")) - 1;
    return got;
}

static void member_close(void *context)
{
    struct member *member = context;
    if (member->file)
        zip.zip_fclose(member->file);
    free(member->name);
    free(member);
}

static bool check_member(struct archive *archive, size_t index, const char *name, uint64_t *size,
                         struct error *error)
{
    zip_stat_t status;
    const zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_ENCRYPTION_METHOD;
    if (zip.zip_stat_index(archive->handle, index, 0, &status) < 0)
        return damaged(name, zip.zip_get_error(archive->handle), error);
    if ((status.valid & wanted) != wanted)
        return error_set(error, ERROR_INPUT, name, _("Ask the sender for the file again."),
                         _("the archive does not say how large the file is"));
    if (status.encryption_method != ZIP_EM_NONE)
        return error_set(error, ERROR_INPUT, name,
                         _("Unpack it with the password you were given and import the files."),
                         _("the archive is protected by a password"));
    if (status.size > ARCHIVE_FREE && status.size / ARCHIVE_GROWTH > status.comp_size)
        return error_set(error, ERROR_INPUT, name, _("Ask the sender what this is."),
                         _("%llu bytes unpack to %llu: this is no statement"),
                         (unsigned long long)status.comp_size, (unsigned long long)status.size);
    *size = status.size;
    return true;
}

/* A name that would lead out of the folder where the archive is unpacked. */
static bool leads_out(const char *name)
{
    for (const char *at = name, *end; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, "/\\");
        if ((end == at && at == name) || (end - at == 2 && !memcmp(at, "..", 2)))
            return true;
    }
    return false;
}

bool archive_stream(struct archive *archive, size_t index, struct stream *stream,
                    struct error *error)
{
    char *text = archive_member(archive, index);
    bool outside = leads_out(text);
    struct member *member = xcalloc(1, sizeof *member);
    member->archive = archive;
    member->index = index;
    member->name = xasprintf("%s/%s", archive->name, text);
    free(text);
    if (outside)
        error_set(error, ERROR_INPUT, member->name, _("Ask the sender what this is."),
                  _("the name leads out of the archive"));
    else if (check_member(archive, index, member->name, &member->size, error) &&
        member_start(member, error)) {
        *stream = (struct stream){member, member_bytes, member_start, member_close};
        return true;
    }
    member_close(member);
    return false;
}

bool archive_read(struct archive *archive, size_t index, char **bytes, size_t *length,
                  struct error *error)
{
    struct stream stream;
    uint64_t size;
    ssize_t got = 1;
    if (!check_member(archive, index, archive->name, &size, error) ||
        !archive_stream(archive, index, &stream, error))
        return false;
    if (size > ARCHIVE_WHOLE) {
        stream_close(&stream);
        return error_set(error, ERROR_INPUT, archive->name, _("Unpack it and import the file."),
                         _("a file of %llu bytes is too large to be read within an archive"),
                         (unsigned long long)size);
    }
    *bytes = xmalloc(size + 1);
    for (*length = 0; *length < size && got > 0; *length += (size_t)got)
        if ((got = stream.read(stream.context, *bytes + *length, size - *length, error)) < 0)
            break;
    stream_close(&stream);
    if (got >= 0 && *length == size)
        return true;
    free(*bytes);
    return got < 0 ? false
                   : error_set(error, ERROR_INPUT, archive->name,
                               _("Ask the sender for the file again."),
                               _("the archive was cut short"));
}
