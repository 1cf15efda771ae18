#ifndef BANKOPS_DEMO_STATEMENT_H
#define BANKOPS_DEMO_STATEMENT_H

#include "base/error.h"
#include "demo/plan.h"

#include <libpq-fe.h>

/* Files of the demo day and of four days before it: a statement of the other side and the bank's own
 * book for each account. About 98 % of the lines match by themselves; the rest are breaks of every
 * category and age, and lines that a rule can only suggest. Some accounts send what the acceptance
 * gate holds back, each for another reason. */

enum { STATEMENT_ACCOUNTS = 11 };

/* Why the gate holds a file of the account back; HELD_NOT: it does not. */
enum statement_held {
    HELD_NOT,
    HELD_CLOSING,
    HELD_GAP,
    HELD_SEQUENCE,
    HELD_PAGE,
    HELD_TWICE,
    HELD_CONTROL,
};

/* One account with its lane; accounts of one code share the lane. */
struct statement_lane {
    const char *code, *name, *name_en, *kind;
    const char *book_account, *external_account, *external_bank, *currency;
    const char *file; /* start of the file names */
    bool mt940;
    int lines;
    bool past; /* with files of four days before */
    enum statement_held held;
};

/* Day of the files: the last weekday before the business day. */
int statement_day(const struct plan *plan);

/* Balance of the account before its first file, in minor units. */
int64_t statement_start(const struct statement_lane *lane);

/* Writes all files into the folder, which is made when missing. */
bool statement_write(const struct plan *plan, const char *folder, struct error *error);

/* Sets up lanes and accounts with their balances before the first file; within the caller's
 * transaction. */
bool statement_load_lanes(PGconn *connection, const struct plan *plan, struct error *error);

#endif
