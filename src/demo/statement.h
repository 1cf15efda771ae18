#ifndef BANKOPS_DEMO_STATEMENT_H
#define BANKOPS_DEMO_STATEMENT_H

#include "base/error.h"
#include "demo/plan.h"

#include <libpq-fe.h>

/* Files of the demo day: a statement of the other side and the bank's own book for each lane.
 * About 98 % of the lines match; the rest are lines of one side only, wrong amounts and lines
 * that the other bank reports twice. The last lane's statement closes with a wrong balance. */

enum { STATEMENT_LANES = 4 };

struct statement_lane {
    const char *code, *name, *kind, *book_account, *external_account, *external_bank, *currency;
    const char *file; /* start of the file names */
    bool mt940;
    int lines;
    bool wrong_closing;
};
extern const struct statement_lane statement_lanes[STATEMENT_LANES];

/* Day of the files: the last weekday before the business day. */
int statement_day(const struct plan *plan);

/* Name of a lane's statement or book file; the caller frees it. */
char *statement_file_name(const struct plan *plan, const struct statement_lane *lane, bool book);

/* Writes all files into the folder, which is made when missing. */
bool statement_write(const struct plan *plan, const char *folder, struct error *error);

/* Sets up lanes and accounts with their balances before that day; within the caller's transaction.
 */
bool statement_load_lanes(PGconn *connection, const struct plan *plan, struct error *error);

#endif
