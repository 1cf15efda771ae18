#include "base/file.h"

#include "base/alloc.h"
#include "base/language.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, const char *path, size_t limit, char **data, size_t *length,
                     struct error *error)
{
    size_t capacity = 65536, used = 0;
    char *block = xmalloc(capacity + 1);
    for (;;) {
        if (used == capacity)
            block = xrealloc(block, (capacity *= 2) + 1);
        ssize_t got = read(fd, block + used, capacity - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(block);
            return error_errno(error, path, NULL, _("cannot be read"));
        }
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > limit) {
            free(block);
            return error_set(error, ERROR_INPUT, path, _("Split the file or raise the limit."),
                             _("is larger than the limit of %zu bytes"), limit);
        }
    }
    block[used] = '\0';
    *data = block;
    *length = used;
    return true;
}

bool file_read(const char *path, size_t limit, char **data, size_t *length, struct error *error)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_errno(error, path, _("Check the name and the permissions."),
                           _("cannot be opened"));
    bool done = false;
    if (fstat(fd, &status) < 0)
        error_errno(error, path, NULL, _("cannot be examined"));
    else if (!S_ISREG(status.st_mode))
        error_set(error, ERROR_INPUT, path, _("Name a regular file."), _("is not a regular file"));
    else
        done = read_all(fd, path, limit, data, length, error);
    close(fd);
    return done;
}

static bool write_all(int fd, const char *data, size_t length)
{
    while (length) {
        ssize_t put = write(fd, data, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        data += put;
        length -= (size_t)put;
    }
    return true;
}

static bool open_beside(struct file_writer *writer, const char *path, struct error *error)
{
    char *real = realpath(path, NULL);
    writer->target = xstrdup(real ? real : path);
    free(real);
    writer->temporary = xasprintf("%s.%ld.new", writer->target, (long)getpid());
    writer->fd = open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (writer->fd >= 0)
        return true;
    error_errno(error, path, _("Check that the folder exists and is writable."),
                _("cannot be written"));
    free(writer->temporary);
    writer->temporary = NULL;
    return false;
}

/* A terminal, a pipe, /dev/null: nothing there can be put in its place. */
static bool open_device(struct file_writer *writer, const char *path, struct error *error)
{
    writer->fd = path ? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY) : dup(STDOUT_FILENO);
    return writer->fd >= 0 || error_errno(error, writer->path, NULL, _("cannot be written"));
}

bool file_writer_open(struct file_writer *writer, const char *path, struct error *error)
{
    struct stat status;
    *writer = (struct file_writer){.fd = -1, .path = xstrdup(path ? path : _("standard output"))};
    bool there = path && stat(path, &status) == 0, good = false;
    if (!path || (there && (S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode))))
        good = open_device(writer, path, error);
    else if (there && !S_ISREG(status.st_mode))
        error_set(error, ERROR_INPUT, path, _("Name a regular file."), _("is not a regular file"));
    else
        good = open_beside(writer, path, error);
    if (!good)
        file_writer_close(writer, false, error);
    return good;
}

static bool refuse(const struct file_writer *writer, struct error *error)
{
    return error_errno(error, writer->path,
                       writer->temporary ? _("Free some space; the old file is unchanged.") : NULL,
                       _("cannot be written"));
}

bool file_writer_add(struct file_writer *writer, const void *data, size_t length,
                     struct error *error)
{
    return write_all(writer->fd, data, length) || refuse(writer, error);
}

bool file_writer_close(struct file_writer *writer, bool keep, struct error *error)
{
    bool beside = writer->temporary, done = keep;
    if (done && beside && fsync(writer->fd) < 0)
        done = refuse(writer, error);
    if (writer->fd >= 0 && close(writer->fd) < 0 && done)
        done = refuse(writer, error);
    if (done && beside && rename(writer->temporary, writer->target) < 0)
        done = refuse(writer, error);
    if (beside && !done)
        unlink(writer->temporary);
    free(writer->path);
    free(writer->target);
    free(writer->temporary);
    *writer = (struct file_writer){.fd = -1};
    return done;
}

bool file_write(const char *path, const void *data, size_t length, struct error *error)
{
    struct file_writer writer;
    if (!file_writer_open(&writer, path, error))
        return false;
    bool done = file_writer_add(&writer, data, length, error);
    return file_writer_close(&writer, done, error);
}

bool file_same(const char *one, const char *other)
{
    struct stat first, second;
    return stat(one, &first) == 0 && stat(other, &second) == 0 && S_ISREG(first.st_mode) &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

bool file_make_directory(const char *path, unsigned mode, struct error *error)
{
    char *part = xstrdup(path);
    bool done = true;
    for (char *slash = part + 1; done; slash++) {
        if (*slash != '/' && *slash != '\0')
            continue;
        char kept = *slash;
        *slash = '\0';
        if (mkdir(part, mode) < 0 && errno != EEXIST)
            done = error_errno(error, part, NULL, _("cannot be created"));
        *slash = kept;
        if (!kept)
            break;
    }
    free(part);
    return done;
}
