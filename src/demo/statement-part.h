#ifndef BANKOPS_DEMO_STATEMENT_PART_H
#define BANKOPS_DEMO_STATEMENT_PART_H

#include "base/buffer.h"
#include "demo/random.h"
#include "demo/statement.h"

/* Shared by the files statement*.c. */

/* What is wrong with an event, as the two sides show it. */
enum fault {
    FAULT_NONE,
    FAULT_BANK_ONLY,
    FAULT_OURS_ONLY,
    FAULT_AMOUNT,
    FAULT_DUPLICATE,
    FAULT_CHARGE,    /* the other bank kept a charge that no rule knows */
    FAULT_STATUS,    /* it shows the opposite direction */
    FAULT_DATE,      /* our book has a value date of two weeks before */
    FAULT_UNNAMED,   /* it gives no reference and writes the payer in another way */
    FAULT_TYPING,    /* two digits of the reference are swapped */
    FAULT_KNOWN_FEE, /* it kept the fee that was agreed on */
    FAULT_BATCH,     /* it shows this event and the next two as one sum without reference */
    FAULT_COUNT,
    FAULT_BATCHED,   /* one of those two */
};

/* One event, as either side may see it; amounts with money in positive. */
struct event {
    int64_t amount, batch;
    int value, stated_value; /* days */
    char reference[32], stated_reference[32], bank_reference[32];
    const char *party, *stated_party, *narrative, *kind;
    enum fault fault;
};

/* The events of an account that one statement tells, and one book file. */
struct period {
    const struct statement_lane *lane;
    int from, to; /* days; balances are those before `from` and after `to` */
    int number;   /* of the statement */
    int64_t opening[2]; /* statement, book */
    struct event *events;
    int count;
};

/* statement-event.c: invents the event number `index` of a period. */
void event_make(struct event *event, struct random *random, const struct period *period, int index);
/* Gives an event its fault; of a batch also the two events behind it. */
void event_spoil(struct event *event, enum fault fault);
/* Its amount in minor units in the bank's book, or in the statement; 0: it is not there. */
int64_t event_amount(const struct event *event, bool book);
/* How many lines it has there. */
int event_times(const struct event *event, bool book);
/* Sum of all lines there, in minor units. */
int64_t period_total(const struct period *period, bool book);

/* statement-text.c: a period as SWIFT MT940, as BAI2 and as a table. `error` is added to the closing
 * balance or the control totals. */
struct swift_page {
    int page; /* 0: a statement of one page that says "/1" */
    bool opens, closes; /* the balances are those of the statement, not of a page */
    int64_t error;
};
void period_swift(struct buffer *out, const struct period *period, const struct swift_page *page);
void period_bai(struct buffer *out, const struct period *period, int64_t error);
void period_table(struct buffer *out, const struct period *period, bool book);

/* statement-held.c: the files of a lane that the acceptance gate holds back. */
bool statement_write_held(const struct plan *plan, const char *folder,
                          const struct statement_lane *lane, struct random *random,
                          struct error *error);

/* statement.c */
bool statement_write_file(const char *folder, const struct period *period, bool book,
                          const struct buffer *text, struct error *error);
void period_fill(struct period *period, struct random *random);
int statement_weekday(int day); /* that day, or the last weekday before it */

#endif
