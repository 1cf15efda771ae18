#ifndef BANKOPS_DEMO_ROWS_H
#define BANKOPS_DEMO_ROWS_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* Rows of the demo bank on their way to COPY: one buffer of COPY text for each table. */

enum rows_table {
    ROWS_CUSTOMER,
    ROWS_SEARCH,
    ROWS_TERM,
    ROWS_IDENTITY,
    ROWS_PHONE,
    ROWS_ADDRESS,
    ROWS_HOUSEHOLD,
    ROWS_HOUSEHOLD_MEMBER,
    ROWS_RELATION,
    ROWS_ACCOUNT,
    ROWS_CARD,
    ROWS_HOLDING,
    ROWS_BALANCE_MONTH,
    ROWS_ENTRY,
    ROWS_EXTERNAL_ASSET,
    ROWS_CONSENT,
    ROWS_CUSTOMER_TAG,
    ROWS_LIFECYCLE_EVENT,
    ROWS_CONTACT,
    ROWS_TASK,
    ROWS_MEMBER,
    ROWS_CAMPAIGN_MEMBER,
    ROWS_BENEFIT_USE,
    ROWS_POINTS_ACCOUNT,
    ROWS_POINTS_TRANSACTION,
    ROWS_POINTS_POSTING,
    ROWS_POINTS_BUCKET,
    ROWS_POINTS_USE,
    ROWS_COMPLAINT,
    ROWS_TABLES
};

struct rows_target {
    const char *table;   /* "bank.customer" */
    const char *columns; /* "customer_id, name" */
};
extern const struct rows_target rows_targets[ROWS_TABLES];

/* What one block of customers adds to all tables. */
struct rows {
    struct buffer text[ROWS_TABLES];
    int64_t counts[ROWS_TABLES];
    int64_t customers; /* made so far, this block included */
    bool last;         /* nothing follows */
    bool bare;         /* without entries and balances of months */
};

/* Makes the block empty and keeps its memory. */
void rows_clear(struct rows *rows);
void rows_free(struct rows *rows);

/* Fields of the current row of a table, in the order of its columns; rows_end() ends the row. */
void rows_integer(struct rows *rows, enum rows_table table, int64_t value);
/* Escaped as COPY needs. */
void rows_text(struct rows *rows, enum rows_table table, const char *text);
/* NULL for a text that is NULL or empty. */
void rows_text_or_null(struct rows *rows, enum rows_table table, const char *text);
void rows_null(struct rows *rows, enum rows_table table);
void rows_bool(struct rows *rows, enum rows_table table, bool value);
/* A day since 1970-01-01. */
void rows_day(struct rows *rows, enum rows_table table, int day);
/* A moment in seconds since 1970-01-01 00:00 UTC. */
void rows_moment(struct rows *rows, enum rows_table table, int64_t moment);
void rows_end(struct rows *rows, enum rows_table table);

#endif
