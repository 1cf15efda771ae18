#ifndef BANKOPS_CONSOLE_PERFORM_H
#define BANKOPS_CONSOLE_PERFORM_H

#include "console/console.h"

/* Carrying out the actions of screen files: checks, questions, one call for each row, results. */

/* Why an action of the screen is not possible now (translated, static), NULL when it is. */
const char *perform_refusal(struct page *page, const struct defined_action *action);

/* Carries it out on the marked rows when it allows that and there are any, else on the row under
 * the cursor. */
void perform(struct page *page, const struct defined_action *action);

/* Carries it out on these rows (cells by column of the page's columns). */
void perform_rows(struct page *page, const struct defined_action *action,
                  const char *const *const *rows, int count);

/* The page goes away: frees what waits for answers that will no longer be delivered to it. */
void perform_forget(const struct page *page);

/* The menu of everything that can be done here. */
void perform_menu(struct page *page);

/* What a change means for the person: message for a status of api.outcome. */
void perform_outcome(struct page *page, const PGresult *rows, bool resent);
/* Follows `then` after a change; `values` resolves names, @id is the id returned. */
void perform_after(struct page *page, const struct after *after, const char *id,
                   value_lookup lookup, void *data);

#endif
