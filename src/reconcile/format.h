#ifndef BANKOPS_RECONCILE_FORMAT_H
#define BANKOPS_RECONCILE_FORMAT_H

#include "base/buffer.h"
#include "reconcile/profile.h"
#include "reconcile/source.h"

/* Counts up when a parser reads the same file differently than before. */
enum { FORMAT_VERSION = 2 };

/* Code of the error for a table that is in order but for having no rows. */
#define FORMAT_EMPTY "EMPTY"

/* How a file will be read. */
struct format {
    const char *name;              /* "camt", "mt940", "bai2", "ofx"; of tables "csv", "fixed" or
                                    * "sheet" */
    const struct profile *profile; /* of a table, else NULL */
};

/* Tells the format by the content; `profiles` are those to try for tables. With `forced` the one
 * profile there is used without looking. Refuses an unknown file with what was looked for. */
bool format_recognise(struct source *source, const struct profiles *profiles, bool forced,
                      struct format *format, struct error *error);

/* Appends what whoever made the file should know about its header, see table_unused(). Rewinds. */
bool format_unused(struct source *source, const struct format *format, struct buffer *out,
                   struct error *error);

/* Reads the whole file into the sink. On failure the sink has seen part of it: drop that. */
bool format_read(struct source *source, const struct format *format, const struct sink *sink,
                 struct error *error);

#endif
