#ifndef BANKOPS_CONSOLE_PERFORM_JOB_H
#define BANKOPS_CONSOLE_PERFORM_JOB_H

#include "console/perform.h"

/* An action under way; shared by the files of console/perform only. */

/* One row of a job: its values as they were when the action was chosen. */
struct item {
    struct job *job;
    char **cells;
    char *label, *result;
    char request[37];
    enum { WAITING, DONE, FAILED } state;
};

struct job {
    struct page *page;
    const struct defined_action *action;
    const struct defined_columns *columns;
    struct fields ask; /* those of the action's that its rows are asked for */
    struct values asked;
    struct item *items;
    int count, open;
    char *id;   /* that the last change returned */
    char *rows; /* the rows as JSON, for an action that takes them all with one call; else NULL */
    struct error error;
    struct job *next; /* of the jobs that wait for answers */
};

/* Whether the action takes all rows with one call: an argument of it is @rows. */
bool job_takes_rows(const struct defined_action *action);
/* The key columns and the version of every row, as a JSON array of objects of texts; the caller
 * frees. */
char *job_rows(const struct job *job);
/* Takes the answer of such a call: one row for each item, in their order. */
void job_rows_answer(struct job *job, struct answer *answer);

/* Asks whether to do it, naming the rows, amounts and what was entered. */
void job_question(struct job *job, void (*answer)(void *data, bool yes));
/* Asks once more for what the database refused, with what was entered and, where it names a field, why.
 * False when that would help nobody; else done(job, values) follows as from the first asking. */
bool job_ask_again(struct job *job, void (*done)(void *data, const struct values *values));
/* Several results in one box: each row and what became of it. */
void job_results(struct job *job, int failed);

/* Whether the action is one of the panel's with the cursor; columns and row of what it acts on. */
bool job_of_panel(struct page *page, const struct defined_action *action);
const struct defined_columns *job_columns_of(struct page *page,
                                             const struct defined_action *action);
const char *const *job_row_of(struct page *page, const struct defined_action *action);
/* Why it is not possible on this row, NULL when it is. */
const char *job_row_refusal(struct page *page, const struct defined_action *action,
                               const char *const *row);

#endif
