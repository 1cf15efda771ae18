#ifndef BANKOPS_RECONCILE_FORMATS_CSV_H
#define BANKOPS_RECONCILE_FORMATS_CSV_H

#include "reconcile/item.h"
#include "reconcile/profile.h"
#include "reconcile/source.h"

/* Reads a table with separators (RFC 4180 quoting, LF or CRLF) as a profile describes it. The
 * header row is found by its column names, not by its line number. Lines of several accounts may
 * be mixed; each account and currency becomes one statement. Memory grows with the number of
 * accounts, not of lines. */
bool csv_read(struct source *source, const struct profile *profile, const struct sink *sink,
              struct error *error);

/* The first profile whose required columns the file's header has; NULL when none. Rewinds. */
const struct profile *csv_recognise(struct source *source, const struct profiles *profiles,
                                    struct error *error);

#endif
