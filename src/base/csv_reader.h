#ifndef BANKOPS_BASE_CSV_READER_H
#define BANKOPS_BASE_CSV_READER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { CSV_COLUMNS = 256 };

struct csv_cell {
    const char *text; /* not NUL-terminated */
    size_t length;
};

/* A comma separated file (RFC 4180, UTF-8 or all of it GB18030, first row the names of the columns),
 * held in memory whole or read piece by piece. It is strict: a stray quote, a row with another number
 * of fields, a byte that is no UTF-8 is an error that names file, line and column. */
struct csv_reader {
    char *path, *data;
    size_t length, at, capacity;
    size_t from;     /* offset of the first byte of `row` in the file; of one held in memory */
    size_t line;     /* that `row` begins with, from 1 */
    size_t next_line;
    bool whole;      /* read to its end, also when it is refused */
    int fd;          /* of a file read piece by piece, when `pieces` */
    bool pieces, ended;
    char *head;      /* what `names` of such a file point into */
    int columns;
    struct csv_cell names[CSV_COLUMNS], row[CSV_COLUMNS];
};

/* Reads the file and its names. False with a reason; then there is nothing to close. */
bool csv_reader_open(struct csv_reader *reader, const char *path, struct error *error);
/* The same, but never more than a piece of the file, a few rows, is in memory: a row is there until
 * the next one is read, and what is refused ends the reading. Takes files of any length with rows of at
 * most 64 MB. */
bool csv_reader_open_pieces(struct csv_reader *reader, const char *path, struct error *error);
/* Closes the file and frees what the reader holds. */
void csv_reader_close(struct csv_reader *reader);

/* Number of the column of this name; -1 with an error that lists the names there are, or says that
 * there are two of it. */
int csv_reader_column(const struct csv_reader *reader, const char *name, struct error *error);

/* The next row into reader->row, which points into the reader. False at the end and on failure
 * (then error->kind is set). Empty lines are passed over when there is more than one column. */
bool csv_reader_next(struct csv_reader *reader, struct error *error);

/* After a row that was refused: goes to the line behind it, so that the next one can be read. */
void csv_reader_skip(struct csv_reader *reader);

/* Fills *error with the place of the current row; column -1: no particular one. Returns false. */
bool csv_reader_refuse(const struct csv_reader *reader, int column, const char *todo,
                       struct error *error, const char *what, ...)
    __attribute__((format(printf, 5, 6)));

#endif
