#ifndef BANKOPS_RECONCILE_FORMATS_RECORD_H
#define BANKOPS_RECONCILE_FORMATS_RECORD_H

#include "reconcile/item.h"
#include "reconcile/source.h"

enum { RECORD_FIELDS = 256, RECORD_LINES = 1000 };

/* Fields of the current row of a table with separators, without quotes and outer blanks, as raw
 * bytes of the file's encoding. */
struct record {
    struct slice fields[RECORD_FIELDS];
    int count;
    char *scratch; /* unquoted fields; made on first need */
    size_t used;
};

/* Reads the next row, over several lines when a quoted field does so. Returns false at the end and
 * on failure (then error->kind is set). An empty line is a row of one empty field. */
bool record_next(struct source *source, char separator, struct record *record,
                 struct error *error);
void record_free(struct record *record);

/* Without blanks, tabs and back-ticks around it. */
struct slice record_trim(struct slice text);

#endif
