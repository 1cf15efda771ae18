#include "reconcile/archive.h"

#include "base/alloc.h"
#include "base/language.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct gzip {
    gzFile file;
    char *name;
    uint64_t packed, unpacked;
};

/* zlib says why in English, behind the number of the file. */
static const char *why_not(int code, const char *said)
{
    if (code == Z_BUF_ERROR)
        return _("it ends before its data do: it is truncated");
    if (code == Z_DATA_ERROR)
        return _("its data are damaged");
    return said;
}

static ssize_t gzip_bytes(void *context, char *bytes, size_t room, struct error *error)
{
    struct gzip *gzip = context;
    int code = Z_OK;
    int got = gzread(gzip->file, bytes, (unsigned)(room < 1u << 30 ? room : 1u << 30));
    const char *why = gzerror(gzip->file, &code);
    if (got < 0 || (got == 0 && code != Z_OK && code != Z_STREAM_END))
        return error_set(error, ERROR_INPUT, gzip->name, _("Ask the sender for the file again."),
                         _("the archive cannot be read: %.200s"), why_not(code, why)) - 1;
    gzip->unpacked += (uint64_t)got;
    if (gzip->unpacked > ARCHIVE_FREE && gzip->unpacked / ARCHIVE_GROWTH > gzip->packed)
        return error_set(error, ERROR_INPUT, gzip->name, _("Ask the sender what this is."),
                         _("%llu bytes unpack to %llu: this is no statement"),
                         (unsigned long long)gzip->packed, (unsigned long long)gzip->unpacked) - 1;
    return got;
}

static bool gzip_start(void *context, struct error *error)
{
    struct gzip *gzip = context;
    gzip->unpacked = 0;
    return gzrewind(gzip->file) == 0 ||
           error_set(error, ERROR_INPUT, gzip->name, _("Ask the sender for the file again."),
                     _("the file cannot be read again"));
}

static void gzip_close(void *context)
{
    struct gzip *gzip = context;
    gzclose(gzip->file);
    free(gzip->name);
    free(gzip);
}

bool gzip_stream(int fd, const char *name, struct stream *stream, struct error *error)
{
    struct stat status;
    struct gzip *gzip = xcalloc(1, sizeof *gzip);
    gzip->name = xstrdup(name);
    gzip->packed = fstat(fd, &status) == 0 ? (uint64_t)status.st_size : 0;
    gzip->file = gzdopen(fd, "rb");
    if (gzip->file) {
        gzbuffer(gzip->file, 1 << 17);
        *stream = (struct stream){gzip, gzip_bytes, gzip_start, gzip_close};
        return true;
    }
    close(fd);
    free(gzip->name);
    free(gzip);
    return error_set(error, ERROR_SYSTEM, name, NULL, _("the archive cannot be opened"));
}
