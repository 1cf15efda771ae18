#ifndef BANKOPS_RECONCILE_STREAM_H
#define BANKOPS_RECONCILE_STREAM_H

#include "base/error.h"

#include <stddef.h>
#include <sys/types.h>

/* Bytes that are made while they are read: a member of an archive, the rows of a workbook. */
struct stream {
    void *context;
    /* Fills at most `room` bytes; 0 at the end, -1 on failure. */
    ssize_t (*read)(void *context, char *bytes, size_t room, struct error *error);
    /* Starts again from the first byte. */
    bool (*rewind)(void *context, struct error *error);
    void (*close)(void *context);
};

/* Ends the stream and frees what made it. */
void stream_close(struct stream *stream);

/* UTF-16 of either byte order as UTF-8. Takes over `inner`, also on failure. */
bool stream_utf16(struct stream inner, bool little, const char *name, struct stream *stream,
                  struct error *error);

/* A file that is open. Takes over the descriptor. */
struct stream stream_file(int fd, const char *name);

/* A copy of bytes. */
struct stream stream_bytes(const char *bytes, size_t length);

#endif
