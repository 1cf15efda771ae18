#ifndef BANKOPS_RECONCILE_ITEM_H
#define BANKOPS_RECONCILE_ITEM_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes inside a parser's buffer: valid until the sink's function returns, UTF-8, no terminator. The
 * text may be NULL when the length is 0. */
struct slice {
    const char *text;
    size_t length;
};

/* The slice without blanks and control characters at its ends. */
static inline struct slice slice_trim(const char *text, size_t length)
{
    while (length && (unsigned char)*text <= ' ')
        text++, length--;
    while (length && (unsigned char)text[length - 1] <= ' ')
        length--;
    return (struct slice){text, length};
}

#define ITEM_NO_DATE INT_MIN

/* Bytes of one text of an item, and of its references, which are indexed; format_read() refuses
 * longer ones. */
enum { ITEM_TEXT_LIMIT = UINT16_MAX, ITEM_REFERENCE_LIMIT = 1000 };

/* Whether a movement can be of this day: one before 1970 or after 2099 is a year written wrongly. */
static inline bool item_is_day(int day)
{
    enum { FIRST_OF_2100 = 47482 };
    return day >= 0 && day < FIRST_OF_2100;
}

/* One line of a statement or of our book. Dates are days since 1970-01-01 (base/date.h). Only
 * booked lines are items: what a bank calls pending or only informs about is counted in the
 * statement (struct statement, pending_count). */
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
    bool reversal;              /* takes back an earlier line; the amount's sign says so already */
    struct slice batch;         /* reference of the batch it is part of, or that it is, else "" */
    uint64_t batch_count;       /* booked as one sum of so many payments that are listed elsewhere
                                 * (camt.054, a payment file); 0: a line of its own */
};

/* What a statement's lines are to the books. */
enum statement_kind {
    STATEMENT_BOOKED,  /* all lines of its period, with balances: MT940, MT950, camt.053, BAI2 … */
    STATEMENT_INTERIM, /* lines so far of a day whose statement follows: MT942, camt.052 */
    STATEMENT_ADVICE   /* single lines that a statement will show again: camt.054 */
};

/* What a file says about one account: known in full when its last line was read. */
struct statement {
    int position;               /* from 1 within the file */
    uint64_t line;              /* where it starts */
    enum statement_kind kind;
    struct slice account;
    struct slice reference;
    char currency[4];           /* its decimals: money_digits() in base/money.h */
    int number, page;           /* sequence number and page, -1 when not given */
    bool has_opening, has_closing;
    int64_t opening, closing;   /* minor units, in credit is positive; of the page (60M, 62M, ITBD)
                                 * where the statement has pages */
    bool opening_interim;       /* continues the page before: 60M, a page number above 1 */
    bool closing_interim;       /* another page follows: 62M, LastPgInd false */
    bool has_previous;          /* the file states the closing balance of the statement before */
    int64_t previous;           /* (camt PRCD), apart from the opening balance */
    bool has_available;
    int64_t available;          /* available balance at the end: :64:, CLAV, BAI 045, AVAILBAL */
    int open_date, close_date;  /* ITEM_NO_DATE when not given */
    int64_t movement;           /* sum of its items */
    uint64_t item_count;
    uint64_t pending_count;     /* lines left out because they are not booked (PDNG, INFO …) */
    int64_t pending_sum;        /* their sum */
};

/* What a control total counts or sums. Counts are numbers, sums are minor units. The names are
 * those of control_name(). */
enum control_kind {
    CONTROL_COUNT,         /* lines */
    CONTROL_SUM,           /* sum of all lines without regard to the sign */
    CONTROL_NET,           /* sum of all lines with their signs; of one line: amount less fee */
    CONTROL_CREDIT_COUNT,
    CONTROL_CREDIT_SUM,
    CONTROL_DEBIT_COUNT,
    CONTROL_DEBIT_SUM,     /* positive */
    CONTROL_FEE,           /* sum of the fees */
    CONTROL_RECORDS,       /* physical records: BAI 49, 98, 99 */
    CONTROL_PARTS,         /* accounts of a group, groups of a file: BAI 98, 99 */
    CONTROL_HASH,          /* sum as the format defines it over its records: BAI 49, 98, 99 */
    CONTROL_BATCH_COUNT,   /* payments of one batch line */
    CONTROL_BATCH_SUM,     /* sum of the payments of one batch line against its amount */
    CONTROL_OPENING,       /* opening balance stated twice: OPBD against PRCD */
    CONTROL_BALANCE,       /* running balance of one line against that of the line before */
    CONTROL_PAGE,          /* page or part of one statement within the file: the one that follows */
    CONTROL_KINDS
};

/* One control total of a file beside what its lines give: the parser reports it, right or wrong,
 * and reads on; the acceptance gate judges (control_holds). Each total of a statement or a file is
 * reported once. Of controls that concern one line (fee, batch, running balance) only those that
 * do not hold are, and at most CONTROL_LINES of each kind in a statement. A file whose control
 * cannot be read as a number is refused. */
struct control {
    int statement;         /* position of the statement; 0: of the whole file */
    enum control_kind kind;
    int64_t expected;      /* as the file states it */
    int64_t found;         /* as the lines give it */
    char currency[4];      /* of an amount; "" for counts, and for sums over several currencies */
    uint64_t line;         /* of the file, where the control stands */
    struct slice label;    /* its name in the format: "BAI 98 total", ":90C:", "TtlCdtNtries" … */
};

enum { CONTROL_LINES = 100 };

/* Where a parser hands over what it reads. A function that returns false ends the parse with its
 * error. Items of a statement come before the statement itself. Controls come at any time, before
 * or after their statement: they are complete when the parser returns true. `control` may be NULL:
 * then nobody asks (use control_report). */
struct sink {
    void *context;
    bool (*item)(void *context, const struct item *item, struct error *error);
    bool (*statement)(void *context, const struct statement *statement, struct error *error);
    bool (*control)(void *context, const struct control *control, struct error *error);
};

#endif
