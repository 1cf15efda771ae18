#ifndef BANKOPS_DATABASE_COPY_BINARY_H
#define BANKOPS_DATABASE_COPY_BINARY_H

#include "database/copy.h"

/* COPY … FROM STDIN (FORMAT binary): begun and its rows written by these, ended as any other
 * (copy.h). The layout is that of PostgreSQL's manual, "COPY", Binary Format. */

/* Starts "COPY table (columns) FROM STDIN (FORMAT binary)"; no rows at all are sent well, too. */
bool copy_binary_begin(struct copy *copy, PGconn *connection, const char *sql, struct error *error);

/* Begins a row of so many fields, which follow one by one. */
void copy_binary_row(struct copy *copy, int fields);
void copy_binary_null(struct copy *copy);
/* Text, or bytes as they are: a uuid of 16. */
void copy_binary_bytes(struct copy *copy, const void *bytes, size_t length);
void copy_binary_int4(struct copy *copy, int32_t value);
void copy_binary_int8(struct copy *copy, int64_t value);
/* A day as days since 1970-01-01. */
void copy_binary_date(struct copy *copy, int day);

/* Reads COPY … TO STDOUT (FORMAT binary), row by row as copy_out() hands them over. */
struct copy_binary_reader {
    bool begun; /* the head of the stream is behind */
};

struct copy_field {
    const char *bytes;
    size_t length;
};

enum { COPY_BINARY_END = -1, COPY_BINARY_BAD = -2 };

/* Finds the fields of a row within it, a null as an empty one; answers how many, COPY_BINARY_END
 * for what ends the stream, or COPY_BINARY_BAD for what is no row or has more than `most` fields.
 */
int copy_binary_read(struct copy_binary_reader *reader, const char *row, size_t length,
                     struct copy_field *fields, int most);
/* A field of a smallint, integer or bigint; 0 when it is null. */
int64_t copy_binary_number(struct copy_field field);
/* A field of a date, in days from 1970-01-01. */
int copy_binary_day(struct copy_field field);

#endif
