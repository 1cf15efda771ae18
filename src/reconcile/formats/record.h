#ifndef BANKOPS_RECONCILE_FORMATS_RECORD_H
#define BANKOPS_RECONCILE_FORMATS_RECORD_H

#include "reconcile/item.h"
#include "reconcile/source.h"

enum { RECORD_FIELDS = 256, RECORD_LINES = 1000 };

/* How rows are parted into fields. */
struct record_style {
    char separator;
    char mark;    /* a separator counts only before this character, if the row begins with it */
    bool quotes;  /* fields may stand in quotes, also over several lines */
    bool decode;  /* the separator can be part of a character: make UTF-8 first */
};

/* Fields of the current row of a table with separators, without quotes and outer blanks, as raw
 * bytes of the file's encoding, or UTF-8 when the style decodes. */
struct record {
    struct slice fields[RECORD_FIELDS];
    int count;
    char *scratch; /* unquoted fields; made on first need */
    size_t used;
};

/* Style for a separator in files of this encoding. */
struct record_style record_style(char separator, enum encoding encoding);

/* Reads the next row, over several lines when a quoted field does so. Returns false at the end and
 * on failure (then error->kind is set). An empty line is a row of one empty field. */
bool record_next(struct source *source, const struct record_style *style, struct record *record,
                 struct error *error);
void record_free(struct record *record);

/* Without blanks and tabs around it. */
struct slice record_trim(struct slice text);

#endif
