#ifndef BANKOPS_DATABASE_COPY_H
#define BANKOPS_DATABASE_COPY_H

#include "base/buffer.h"
#include "base/error.h"

#include <libpq-fe.h>
#include <stdint.h>

/* One COPY … FROM STDIN in text format. Fields are added one by one, copy_row_end() closes the
 * row; data travels in blocks of 64 kB. */
struct copy {
    PGconn *connection;
    struct buffer block;
    int64_t rows;
    bool row_open; /* a field was added since the last row end */
    bool binary;   /* its rows are written by copy_binary.h */
};

/* Starts "COPY table (columns) FROM STDIN". */
bool copy_begin(struct copy *copy, PGconn *connection, const char *sql, struct error *error);

/* Gathers rows in memory, for a copy_resume() that sends them. */
void copy_gather(struct copy *copy);
/* Starts "COPY table (columns) FROM STDIN" with the rows gathered so far; more may follow. On failure
 * the copy is freed. */
bool copy_resume(struct copy *copy, PGconn *connection, const char *sql, struct error *error);

/* Adds one field; a NULL text is null. Text must be valid UTF-8 and is escaped as COPY needs. */
void copy_text(struct copy *copy, const char *text);
void copy_bytes(struct copy *copy, const char *text, size_t length);
void copy_integer(struct copy *copy, int64_t value);
void copy_null(struct copy *copy);

/* Ends the row. */
bool copy_row_end(struct copy *copy, struct error *error);

/* Ends the COPY; copy->rows counts the rows sent. On failure nothing of it is kept. */
bool copy_end(struct copy *copy, struct error *error);
/* Gives up: the server discards what was sent. */
void copy_abort(struct copy *copy);

/* Runs "COPY … TO STDOUT" and hands each line (with its line end, not terminated) to `take`, which
 * returns false to stop (and has then filled *error). */
bool copy_out(PGconn *connection, const char *sql,
              bool (*take)(void *data, const char *line, size_t length, struct error *error),
              void *data, struct error *error);

#endif
