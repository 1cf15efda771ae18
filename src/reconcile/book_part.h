#ifndef BANKOPS_RECONCILE_BOOK_PART_H
#define BANKOPS_RECONCILE_BOOK_PART_H

#include "base/buffer.h"
#include "reconcile/book.h"

#include <expat.h>

/* Inside of the workbook reader. */

enum book_format { BOOK_NUMBER, BOOK_DATE, BOOK_TIME, BOOK_DATE_TIME };

struct book {
    struct archive *archive;
    char *name;
    struct buffer texts;      /* shared texts one after the other */
    size_t *ends;             /* where each ends */
    size_t text_count, text_capacity;
    unsigned char *formats;   /* enum book_format by style */
    size_t format_count, format_capacity;
    struct book_number_format {
        int id;
        enum book_format format;
    } *numbers;               /* formats of the workbook's own */
    size_t number_count, number_capacity;
    char *sheets[BOOK_SHEETS]; /* relation ids, then names of members */
    size_t sheet_count;
    bool from_1904;
};

/* The name without its prefix. */
const char *book_local(const char *name);
const char *book_attribute(const char **attributes, const char *name);

/* Parses a whole member; `user` goes to the handlers. A document type is refused. */
bool book_parse(struct book *book, const char *member, void *user, XML_StartElementHandler start,
                XML_EndElementHandler end, XML_CharacterDataHandler text, struct error *error);
bool book_refuse(const struct book *book, XML_Parser parser, struct error *error);
void book_no_doctype(XML_Parser parser);

/* Appends a number as text: as shown at full width, or as date and time. */
void book_add_number(struct buffer *out, const char *text, enum book_format format,
                     bool from_1904);
void book_add_double(struct buffer *out, double value, enum book_format format, bool from_1904);

bool book_read_texts(struct book *book, struct error *error);
bool book_read_formats(struct book *book, struct error *error);

#endif
