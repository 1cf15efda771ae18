#ifndef BANKOPS_RECONCILE_SCAN_H
#define BANKOPS_RECONCILE_SCAN_H

#include "reconcile/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum encoding { ENCODING_UTF8, ENCODING_GB18030, ENCODING_WINDOWS_1252 };

/* What the first pass over a file finds: its identity and its encoding. */
struct scan {
    uint64_t bytes;
    unsigned char sha256[32];
    enum encoding encoding;
    bool ascii;       /* no byte above 127 */
    bool mixed;       /* some bytes are not UTF-8 */
    bool certain;     /* UTF-8, or GB18030 throughout and mostly pairs; else the encoding is a guess */
    uint64_t invalid; /* offset of the first of them */
};

/* Reads the file behind `fd` from its start to its end. Refuses empty and binary content (NUL
 * bytes, UTF-16, archives, workbooks) with a reason; `name` is for messages. Leaves the position at
 * the end. */
bool scan_file(int fd, const char *name, struct scan *scan, struct error *error);

/* The same over a stream, from where it stands to its end. */
bool scan_stream(const struct stream *stream, const char *name, struct scan *scan,
                 struct error *error);

/* Size and digest alone, of any content. */
bool scan_digest(const struct stream *stream, struct scan *scan, struct error *error);

/* The same over bytes in memory. */
bool scan_bytes(const char *bytes, size_t length, const char *name, struct scan *scan,
                struct error *error);

const char *encoding_name(enum encoding encoding);
/* Encoding of this name ("utf-8", "gb18030", "gbk", "windows-1252"); false when unknown. */
bool encoding_find(const char *name, enum encoding *encoding);

#endif
