#ifndef BANKOPS_RECONCILE_ITEM_H
#define BANKOPS_RECONCILE_ITEM_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes inside a parser's buffer: valid until the sink's function returns, UTF-8, no terminator. */
struct slice {
    const char *text;
    size_t length;
};

#define ITEM_NO_DATE INT_MIN

/* One line of a statement or of our book. Dates are days since 1970-01-01 (base/date.h). */
struct item {
    int statement;              /* number of its statement within the file, from 1 */
    uint64_t line;              /* line of the file, from 1 */
    int64_t amount;             /* minor units of the statement's currency; money in is positive */
    int value_date;
    int book_date;              /* ITEM_NO_DATE when not given */
    struct slice source_id;     /* the line's own number in the file */
    struct slice kind;          /* transaction type as the file codes it */
    struct slice reference;     /* the reference to match on */
    struct slice bank_reference;
    struct slice counterparty;
    struct slice narrative;
};

/* What a file says about one account: known in full when its last line was read. */
struct statement {
    int position;               /* from 1 within the file */
    uint64_t line;              /* where it starts */
    struct slice account;
    struct slice reference;
    char currency[4];
    int number, page;           /* -1 when not given */
    bool has_opening, has_closing;
    int64_t opening, closing;   /* minor units, in credit is positive */
    int open_date, close_date;  /* ITEM_NO_DATE when not given */
    int64_t movement;           /* sum of its items */
    uint64_t item_count;
};

/* Where a parser hands over what it reads. A function that returns false ends the parse with its
 * error. Items of a statement come before the statement itself. */
struct sink {
    void *context;
    bool (*item)(void *context, const struct item *item, struct error *error);
    bool (*statement)(void *context, const struct statement *statement, struct error *error);
};

#endif
