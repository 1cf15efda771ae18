#ifndef BANKOPS_CONSOLE_PERFORM_H
#define BANKOPS_CONSOLE_PERFORM_H

#include "console/console.h"

/* Carrying out the actions of screen files: checks, questions, one call for each row, results. */

/* False for an action that leads to a screen which is closed to the person's role: it is not shown. */
bool perform_offered(struct page *page, const struct defined_action *action);

/* Why an action of the screen is not possible now (translated, static), NULL when it is. */
const char *perform_refusal(struct page *page, const struct defined_action *action);

/* Carries it out on the marked rows when it allows that and there are any, else on the row under
 * the cursor. */
void perform(struct page *page, const struct defined_action *action);

/* Carries it out on these rows (cells by column of the page's columns). */
void perform_rows(struct page *page, const struct defined_action *action,
                  const char *const *const *rows, int count);

/* Whether an action of the page is being carried out. */
bool perform_busy(const struct page *page);

/* The page goes away: frees what waits for answers that will no longer be delivered to it. */
void perform_forget(const struct page *page);
void perform_call_forget(const struct page *page); /* called by it */

/* What became of a perform_call(): id and message of the outcome, or an error that was shown. */
struct perform_result {
    bool good;
    const char *id, *message;
    const struct error *error; /* NULL when good */
};
typedef void (*perform_done)(struct page *page, const struct perform_result *result, void *data);

/* A write that is no action of a file: api.FUNCTION with `arguments` by parameter name (copied) and
 * an idempotency key made here, so that it is done once even when the connection is lost after
 * sending. Says the outcome or shows the error, then calls done unless NULL; when the page is left
 * before, the write still completes and done is never called. False, and said why, when writing is
 * not possible now. */
bool perform_call(struct page *page, const char *function, const struct values *arguments,
                  perform_done done, void *data);

/* The menu of everything that can be done here. */
void perform_menu(struct page *page);

/* Whether a row has one of the values that a condition wants, and in words that it has not. */
bool condition_holds(const struct condition *condition, const char *const *row);
/* Whether the row fits all of them. */
bool conditions_hold(const struct condition *conditions, int count, const char *const *row);
const char *condition_text(const struct defined_columns *columns,
                           const struct condition *condition, const char *const *row);

/* What a change means for the person: message for a status of api.outcome. */
void perform_outcome(struct page *page, const PGresult *rows, bool resent);
/* Follows `then` after a change; `values` resolves names, @id is the id returned. */
void perform_after(struct page *page, const struct after *after, const char *id,
                   value_lookup lookup, void *data);

#endif
