#ifndef BANKOPS_COMMAND_CASE_ROWS_H
#define BANKOPS_COMMAND_CASE_ROWS_H

#include "base/error.h"

#include <cjson/cJSON.h>
#include <libpq-fe.h>

/* One row that was not taken: its number in the file, the field, and what is wrong. */
struct case_bad {
    int row;
    const char *field, *message, *detail, *hint;
};

/* Complaints on their way into the database, all in one transaction. */
struct case_rows {
    PGconn *connection;
    int import;
    cJSON *waiting; /* rows not sent yet */
    int count, bad;
    /* Told of each row that the database refuses; false ends the import with its error. */
    bool (*refused)(void *data, const struct case_bad *bad, struct error *error);
    void *data;
};

/* What an import came to. */
struct case_summary {
    int opened, known, routed, unclassified, skipped;
};

/* Whether a row may have a field of this name; "field.NAME" is one of the type of case. */
bool case_row_field(const char *name);

/* Adds a text as it stands, or a number as text, to `row` under its name. False for anything else. */
bool case_row_member(cJSON *row, const cJSON *value);

/* Begins the transaction and the import of this system. */
bool case_rows_begin(struct case_rows *rows, PGconn *connection, const char *system,
                     const char *name, const char *sha256, struct error *error);
/* Adds one row, an object of strings that is taken over; `number` is its place in the file. */
bool case_rows_add(struct case_rows *rows, int number, cJSON *row, struct error *error);
/* Sends what waits, so that every row has been judged. */
bool case_rows_flush(struct case_rows *rows, struct error *error);
/* Sends the rest, keeps it with `cursor` (NULL: none) and says what it came to. */
bool case_rows_commit(struct case_rows *rows, int skipped, const char *cursor,
                      struct case_summary *summary, struct error *error);
/* Drops everything that was not committed; harmless after the commit. */
void case_rows_drop(struct case_rows *rows);

#endif
