#include "reconcile/archive.h"

#include "base/alloc.h"
#include "base/language.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* A gzip file is one member or several, one after the other, and maybe zeros behind them that fill a
 * block of a tape. Anything else there is refused; zlib's own reader leaves it out without a word. */

enum { WINDOW = 15 + 16 /* with a gzip header */, BLOCK = 1 << 17 };

struct gzip {
    int fd;
    char *name;
    z_stream inflate;
    unsigned char *block;
    bool within, any; /* a member; one was read */
    bool ended;       /* the file */
    off_t start;
    uint64_t packed, unpacked;
};

static bool refuse(const struct gzip *gzip, struct error *error, const char *why)
{
    return error_set(error, ERROR_INPUT, gzip->name, _("Ask the sender for the file again."),
                     _("the archive cannot be read: %.200s"), why);
}

static bool fill(struct gzip *gzip, struct error *error)
{
    ssize_t got;
    if (gzip->inflate.avail_in || gzip->ended)
        return true;
    do
        got = read(gzip->fd, gzip->block, BLOCK);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return refuse(gzip, error, strerror(errno));
    gzip->ended = got == 0;
    gzip->inflate.next_in = gzip->block;
    gzip->inflate.avail_in = (unsigned)got;
    return true;
}

/* Before a member: begins it, or finds that nothing but zeros follows. */
static bool begin_member(struct gzip *gzip, struct error *error)
{
    z_stream *input = &gzip->inflate;
    if (gzip->any && *input->next_in == 0) {
        while (input->avail_in && *input->next_in == 0)
            input->next_in++, input->avail_in--;
        if (!input->avail_in)
            return true;
    }
    if (gzip->any && *input->next_in != 0x1F)
        return refuse(gzip, error, _("other bytes follow its data"));
    gzip->within = gzip->any = true;
    return inflateReset(input) == Z_OK || refuse(gzip, error, zError(Z_STREAM_ERROR));
}

/* Fills what it can; nothing at the end. */
static bool unpack(struct gzip *gzip, char *bytes, size_t room, struct error *error)
{
    z_stream *inflater = &gzip->inflate;
    inflater->next_out = (unsigned char *)bytes;
    inflater->avail_out = (unsigned)room;
    while (inflater->avail_out == room) {
        if (!fill(gzip, error))
            return false;
        if (gzip->ended)
            return !gzip->within ||
                   refuse(gzip, error, _("it ends before its data do: it is truncated"));
        if (!gzip->within && !begin_member(gzip, error))
            return false;
        if (!gzip->within)
            continue;
        int code = inflate(inflater, Z_NO_FLUSH);
        if (code == Z_STREAM_END)
            gzip->within = false;
        else if (code != Z_OK && code != Z_BUF_ERROR)
            return refuse(gzip, error,
                          code == Z_DATA_ERROR ? _("its data are damaged") : zError(code));
    }
    return true;
}

static ssize_t gzip_bytes(void *context, char *bytes, size_t room, struct error *error)
{
    struct gzip *gzip = context;
    room = room < 1u << 30 ? room : 1u << 30;
    if (!unpack(gzip, bytes, room, error))
        return -1;
    size_t got = room - gzip->inflate.avail_out;
    gzip->unpacked += got;
    if (gzip->unpacked > ARCHIVE_FREE && gzip->unpacked / ARCHIVE_GROWTH > gzip->packed)
        return error_set(error, ERROR_INPUT, gzip->name, _("Ask the sender what this is."),
                         _("%llu bytes unpack to %llu: this is no statement"),
                         (unsigned long long)gzip->packed, (unsigned long long)gzip->unpacked) - 1;
    return (ssize_t)got;
}

static bool gzip_start(void *context, struct error *error)
{
    struct gzip *gzip = context;
    gzip->unpacked = 0;
    gzip->within = gzip->any = gzip->ended = false;
    gzip->inflate.avail_in = 0;
    return lseek(gzip->fd, gzip->start, SEEK_SET) == gzip->start ||
           error_set(error, ERROR_INPUT, gzip->name, _("Ask the sender for the file again."),
                     _("the file cannot be read again"));
}

static void gzip_close(void *context)
{
    struct gzip *gzip = context;
    inflateEnd(&gzip->inflate);
    close(gzip->fd);
    free(gzip->block);
    free(gzip->name);
    free(gzip);
}

bool gzip_stream(int fd, const char *name, struct stream *stream, struct error *error)
{
    struct stat status;
    struct gzip *gzip = xcalloc(1, sizeof *gzip);
    *gzip = (struct gzip){.fd = fd, .name = xstrdup(name), .block = xmalloc(BLOCK)};
    gzip->packed = fstat(fd, &status) == 0 ? (uint64_t)status.st_size : 0;
    gzip->start = lseek(fd, 0, SEEK_CUR);
    if (inflateInit2(&gzip->inflate, WINDOW) == Z_OK) {
        *stream = (struct stream){gzip, gzip_bytes, gzip_start, gzip_close};
        return true;
    }
    gzip_close(gzip);
    return error_set(error, ERROR_SYSTEM, name, NULL, _("the archive cannot be opened"));
}
