#ifndef BANKOPS_RECONCILE_CONTAINER_H
#define BANKOPS_RECONCILE_CONTAINER_H

#include "reconcile/format.h"

/* A file as somebody delivered it: text, or text in UTF-16, gzip, a zip archive of several files, a
 * workbook (xlsx, xls), or a workbook in an archive. What does not belong there (folders, what
 * macOS adds) is left out. Libraries are loaded when such a file is first opened. */
struct container;

/* Refuses archives that are encrypted, damaged, nested, or grow beyond all measure (a bomb). */
struct container *container_open(const char *path, struct error *error);
void container_close(struct container *container);

/* Files in it, at least 1, in order of their names. */
size_t container_count(const struct container *container);
/* UTF-8 name for messages and records: the path, or "path/member". */
const char *container_name(const struct container *container, size_t file);

/* Opens a file of the container and tells its format. Of a workbook the first sheet counts whose
 * header a profile knows. The caller closes the source before the container. */
bool container_recognise(struct container *container, size_t file,
                         const struct profiles *profiles, bool forced, struct source **source,
                         struct format *format, struct error *error);

#endif
