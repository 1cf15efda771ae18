#ifndef BANKOPS_RECONCILE_UPLOAD_SEGMENT_H
#define BANKOPS_RECONCILE_UPLOAD_SEGMENT_H

#include "base/error.h"
#include "database/copy.h"
#include "reconcile/item.h"

#include <libpq-fe.h>
#include <stdint.h>

/* Bytes from which on a file is read once more, to learn whether its lines get a table of their
 * own. */
enum { UPLOAD_LARGE = 16384 };

/* What is known of a statement before its lines are sent. */
struct upload_part {
    int from, to;  /* value dates of its lines, ITEM_NO_DATE without any */
    int close_day; /* in whose closing balance its lines stand; ITEM_NO_DATE: that of each line */
    int64_t statement, account; /* numbers in the database */
};

/* The table that api.import_segment lends for the lines of a large file. */
struct upload_segment {
    int64_t low, next;         /* its first number, 0 when there is none; the next line's */
    struct upload_part *parts; /* by position */
    size_t count, capacity;
};

/* Notes a line of the file that is read ahead. */
void upload_segment_count(struct upload_segment *segment, const struct item *item);
/* Notes the end of its statement; answers what is known of that, NULL when there are too many. */
const struct upload_part *upload_segment_close(struct upload_segment *segment,
                                               const struct statement *statement);
/* Statement by its position from 1; NULL when nothing is known of it. */
const struct upload_part *upload_segment_part(const struct upload_segment *segment, int position);

/* Asks for a table. `statements`: JSON as api.import_segment has it. True also when there is none.
 */
bool upload_segment_ask(struct upload_segment *segment, PGconn *connection, char side,
                        const char *lane, const char *statements, struct error *error);
bool upload_segment_given(const struct upload_segment *segment);
/* Writes the first columns of a line: item_id, account_id, day, statement_id. */
void upload_segment_copy(struct upload_segment *segment, const struct upload_part *part,
                         const struct item *item, struct copy *copy);

/* The table is no longer there. */
void upload_segment_forget(struct upload_segment *segment);
void upload_segment_free(struct upload_segment *segment);

#endif
