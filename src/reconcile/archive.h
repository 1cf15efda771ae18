#ifndef BANKOPS_RECONCILE_ARCHIVE_H
#define BANKOPS_RECONCILE_ARCHIVE_H

#include "base/error.h"
#include "reconcile/stream.h"

#include <stdint.h>

/* Zip archives through libzip, which is loaded on first use, and gzip through zlib. */
struct archive;

enum {
    ARCHIVE_MEMBERS = 1000,      /* files in one archive */
    ARCHIVE_GROWTH = 250,        /* a member may be so many times as large as its packed form */
    ARCHIVE_FREE = 64 << 20,     /* but up to this size any growth is allowed */
    ARCHIVE_WHOLE = 128 << 20    /* largest file that is taken into memory whole */
};

/* Opens a file. NULL with a reason when it cannot be read as an archive or has too many members. */
struct archive *archive_open(const char *path, struct error *error);
/* Over bytes in memory, which the archive takes over, also on failure. */
struct archive *archive_memory(const char *name, char *bytes, size_t length, struct error *error);
void archive_close(struct archive *archive);

/* Number of members, folders too. */
size_t archive_count(const struct archive *archive);
/* Name of a member in UTF-8 (GBK names without a mark are known); the caller frees it. */
char *archive_member(struct archive *archive, size_t member);
/* Member of this name; false when there is none. */
bool archive_find(struct archive *archive, const char *name, size_t *member);

/* Reads a member while it is unpacked; the archive must outlive the stream. Refuses encrypted
 * members, unknown packing and bombs. */
bool archive_stream(struct archive *archive, size_t member, struct stream *stream,
                    struct error *error);
/* The whole member, at most ARCHIVE_WHOLE bytes; the caller frees it. */
bool archive_read(struct archive *archive, size_t member, char **bytes, size_t *length,
                  struct error *error);

/* Reads a gzip file while it is unpacked. Takes over the descriptor. */
bool gzip_stream(int fd, const char *name, struct stream *stream, struct error *error);

#endif
