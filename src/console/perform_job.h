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
/* Several results in one box: each row and what became of it. */
void job_results(struct job *job, int failed);

#endif
