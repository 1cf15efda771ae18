#ifndef BANKOPS_RECONCILE_SOURCE_H
#define BANKOPS_RECONCILE_SOURCE_H

#include "reconcile/item.h"
#include "reconcile/scan.h"

#include <sys/stat.h>

/* A file read line by line through one buffer of fixed size. Lines are raw bytes of the file's
 * encoding (a line end is never part of a GB18030 character); source_text() makes UTF-8 of them. */
struct source;

enum { SOURCE_LINE_LIMIT = 1 << 20 }; /* longest record in bytes */

/* Opens a regular file and scans it. NULL with a reason when it cannot be read or is binary. */
struct source *source_open(const char *path, struct error *error);
/* The same over a copy of bytes in memory. */
struct source *source_memory(const char *name, const char *bytes, size_t length,
                             struct error *error);
/* The same over a stream, which is taken over, also on failure. `identity` is the size and digest
 * of the file as it was delivered (NULL: those of the stream). */
enum source_kind {
    SOURCE_PLAIN,   /* text as it was delivered: places are told by line and byte */
    SOURCE_DECODED, /* text that was made UTF-8: places are told by line */
    SOURCE_SHEET    /* rows of a workbook, cells parted by tabs: places are told by row */
};
struct source *source_stream(const char *name, struct stream stream, enum source_kind kind,
                             const struct scan *identity, struct error *error);
/* Closes the file and frees the source. */
void source_close(struct source *source);

/* The name for messages; owned by the source. */
const char *source_name(const struct source *source);
/* Size and digest of the file as it was delivered; owned by the source. */
const struct scan *source_scan(const struct source *source);
/* Whether it is read from a file of its own. */
bool source_is_file(const struct source *source);
bool source_is_sheet(const struct source *source);
bool source_is_decoded(const struct source *source);
/* Whether source_text() gives back what it gets. */
bool source_is_utf8(const struct source *source);
/* What it is decoded as. */
enum encoding source_encoding(const struct source *source);
/* Decodes from now on as this encoding. Refuses UTF-8 for a file that is not. */
bool source_set_encoding(struct source *source, enum encoding encoding, struct error *error);

/* The first bytes of the file, without moving. Owned by the source. */
struct slice source_peek(struct source *source);

/* Next line without its line end (LF or CRLF) and without a byte order mark. Returns false at the
 * end of the file and on failure: then error->kind is not ERROR_NONE. */
bool source_next(struct source *source, struct slice *line, struct error *error);
/* Lengthens the record that `line` is by the following line, line end included (quoted fields). */
bool source_extend(struct source *source, struct slice *line, struct error *error);
/* Next piece of the file as it is, line ends and all: at most 256 KiB, cut behind the last '>' or
 * line end, so that no character of any encoding is torn. The first one comes without byte order
 * mark. For formats that are no lines; not to be mixed with source_next(). source_line() and
 * source_offset() then tell where the block begins. Returns false at the end of the file and on
 * failure: then error->kind is not ERROR_NONE. */
bool source_block(struct source *source, struct slice *block, struct error *error);
/* Starts again from the first line. */
bool source_rewind(struct source *source, struct error *error);

/* Number of the line that the current record begins with, from 1. */
uint64_t source_line(const struct source *source);
/* Offset in the file of the current record's first byte, from 0. */
uint64_t source_offset(const struct source *source);

/* The slice as UTF-8: itself when it is so already, else a copy in the source's memory that lives
 * until `source_text_reset`, which every source_next() does. Bytes that have no meaning in the
 * encoding become U+FFFD. */
struct slice source_text(struct source *source, struct slice raw);

/* Fills *error with file, line, byte and field of the current record; returns false. `column` is
 * the offset within the record, `field` may be NULL. */
bool source_refuse(const struct source *source, size_t column, const char *field, const char *todo,
                   struct error *error, const char *what, ...)
    __attribute__((format(printf, 6, 7)));
/* The same for a place read earlier: line from 1, offset in the file from 0. */
bool source_refuse_at(const struct source *source, uint64_t line, uint64_t offset,
                      const char *field, const char *todo, struct error *error, const char *what,
                      ...) __attribute__((format(printf, 7, 8)));

/* Makes source_unchanged() look at the file that a stream is read from, and that was as `status`
 * says when it was opened. */
void source_watch(struct source *source, const char *path, const struct stat *status);
/* Whether the file was changed by somebody since it was opened. */
bool source_unchanged(const struct source *source, struct error *error);

#endif
