#ifndef BANKOPS_BASE_FILE_H
#define BANKOPS_BASE_FILE_H

#include "base/error.h"

#include <stddef.h>

/* Reads a whole regular file of at most `limit` bytes. *data is NUL-terminated and owned by the
 * caller. Refuses directories, devices and FIFOs; the error names the path and the remedy. */
bool file_read(const char *path, size_t limit, char **data, size_t *length, struct error *error);

/* Writes the file whole or not at all: temporary file beside it, fsync, rename. Mode 0600. A link
 * is followed; a device or a pipe is written into as it stands, a directory is refused. */
bool file_write(const char *path, const void *data, size_t length, struct error *error);

/* The same a piece at a time; what goes into a device, a pipe or (path NULL) standard output is there
 * at once. */
struct file_writer {
    int fd;
    char *path, *target, *temporary;
};
/* Begins; `path` NULL: standard output. False with a reason; then there is nothing to close. */
bool file_writer_open(struct file_writer *writer, const char *path, struct error *error);
/* Writes so many bytes. After a failure the writer still has to be closed. */
bool file_writer_add(struct file_writer *writer, const void *data, size_t length,
                     struct error *error);
/* Closes it: with `keep` the file takes its place, else nothing is left of it. */
bool file_writer_close(struct file_writer *writer, bool keep, struct error *error);

/* Whether two names lead to one regular file that exists. */
bool file_same(const char *one, const char *other);

/* Makes the directory and its parents with this mode (existing ones are left as they are). */
bool file_make_directory(const char *path, unsigned mode, struct error *error);

#endif
