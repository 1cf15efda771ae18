#ifndef BANKOPS_RECONCILE_FORMATS_TABLE_H
#define BANKOPS_RECONCILE_FORMATS_TABLE_H

#include "base/buffer.h"
#include "reconcile/item.h"
#include "reconcile/profile.h"
#include "reconcile/source.h"

/* Reads a table as a profile describes it: fields with separators (RFC 4180 quoting) or of fixed
 * width, LF or CRLF. A header row is found by its column names, not by its line number. Lines of
 * several accounts may be mixed; each account and currency becomes one statement. Totals that the
 * file states become controls. Memory grows with the number of accounts, not of lines. */
bool table_read(struct source *source, const struct profile *profile, const struct sink *sink,
                struct error *error);

/* Appends what somebody should know who wrote the header, where the profile asks for that
 * (tell_unused): its columns that are not read, and that no column has references. One line of safe
 * text of at most a few hundred cells, without line end; nothing when all is well, or when no header is
 * found, which table_read tells. Rewinds. */
bool table_unused(struct source *source, const struct profile *profile, struct buffer *out,
                  struct error *error);

/* The profile whose header (or record, of fixed width) the file has; of several the one that names
 * most columns. NULL when none fits; when two fit equally well *error names them. Rewinds. */
const struct profile *table_recognise(struct source *source, const struct profiles *profiles,
                                      struct error *error);

#endif
