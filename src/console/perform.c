#include "console/perform.h"
#include "console/perform_file.h"
#include "console/perform_job.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "console/dialog.h"
#include "console/format.h"
#include "console/offer.h"
#include "console/seal.h"
#include "console/task.h"
#include "console/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct job *waiting_jobs;

static void job_unlink(const struct job *job)
{
    for (struct job **link = &waiting_jobs; *link; link = &(*link)->next)
        if (*link == job) {
            *link = job->next;
            return;
        }
}

static void job_free(struct job *job)
{
    for (int i = 0; i < job->count; i++) {
        for (int c = 0; job->items[i].cells && c < job->columns->count; c++)
            free(job->items[i].cells[c]);
        free(job->items[i].cells);
        free(job->items[i].label);
        free(job->items[i].result);
    }
    free(job->items);
    free(job->ask.items);
    values_clear(&job->asked);
    free(job->id);
    free(job->rows);
    free(job);
}

bool perform_busy(const struct page *page)
{
    for (const struct job *job = waiting_jobs; job; job = job->next)
        if (job->page == page)
            return true;
    return false;
}

void perform_forget(const struct page *page)
{
    perform_call_forget(page);
    work_forget(page);
    for (struct job *job = waiting_jobs, *next; job; job = next) {
        next = job->next;
        if (job->page == page) {
            job_unlink(job);
            job_free(job);
        }
    }
}

/* Value of a name for one row of a job: asked fields, the row, the page. */
static const char *item_value(void *data, const char *name)
{
    struct item *item = data;
    int column;
    if (!strcmp(name, "@id"))
        return item->job->id;
    if (!strcmp(name, "@rows"))
        return item->job->rows;
    if (values_has(&item->job->asked, name))
        return values_get(&item->job->asked, name);
    column = item->job->columns ? defined_columns_find(item->job->columns, name) : -1;
    if (column >= 0 && item->cells)
        return item->cells[column];
    return page_value(item->job->page, name);
}

/* A number that people use (T000000028) is worth telling, a key of the database is not. */
static const char *number_for_people(const char *id)
{
    return strspn(id, "0123456789-/") == strlen(id) ? "" : id;
}

void perform_outcome(struct page *page, const PGresult *rows, bool resent)
{
    const char *status = PQgetvalue(rows, 0, 0), *id = number_for_people(PQgetvalue(rows, 0, 1));
    const char *message = PQgetvalue(rows, 0, 2);
    bool replayed = resent || !strcmp(status, "replayed");
    console_say(page->console, STYLE_GOOD, "%s%s%s%s", *message ? _(message) : _("Done."),
                *id ? "  " : "", id,
                replayed ? _("  (confirmed after a lost connection, done once)") : "");
}

void perform_after(struct page *page, const struct after *after, const char *id,
                   value_lookup lookup, void *data)
{
    struct console *console = page->console;
    (void)id;
    console_outdated(console);
    if (after->then == THEN_OPEN) {
        char *said = console->message ? xstrdup(console->message) : NULL;
        struct values arguments = VALUES_INIT;
        values_bind(&arguments, &after->jump.arguments, lookup, data);
        if (page->context == CONTEXT_FORM && console_page(console) == page)
            console_close_page(console);
        console_open(console, after->jump.screen, &arguments);
        values_clear(&arguments);
        if (said)
            console_say(console, STYLE_GOOD, "%s", said);
        free(said);
        return;
    }
    if (console_page(console) == page &&
        (after->then == THEN_BACK || page->context == CONTEXT_FORM))
        console_close_page(console);
    struct page *shown = console_page(console);
    if (shown && shown->ops->refresh)
        shown->ops->refresh(shown);
    if (shown)
        shown->outdated = false;
}

/* What is left marked is what was refused. */
static void unmark_done(const struct job *job)
{
    for (int i = 0; i < job->count && job->page->ops->unmark; i++)
        if (job->items[i].state == DONE && job->items[i].cells)
            job->page->ops->unmark(job->page, (const char *const *)job->items[i].cells);
}

static char *label_of(struct page *page, const struct defined_action *action,
                      const char *const *row);
static void asked(void *data, const struct values *values);

/* The only call of the job failed; true when it goes on with another entry. */
static bool job_refused(struct job *job)
{
    if (offer_ask(job->page, &job->action->offer, &job->error, item_value, &job->items[0]))
        return false;
    if (job_ask_again(job, asked))
        return true;
    console_error(job->page->console, &job->error);
    return false;
}

static void job_finish(struct job *job)
{
    int failed = 0;
    bool again = false;
    job_unlink(job);
    for (int i = 0; i < job->count; i++)
        failed += job->items[i].state == FAILED;
    if (job->page->ops->settled)
        job->page->ops->settled(job->page, !failed);
    if (job->count > 1)
        job_results(job, failed);
    else if (failed)
        again = job_refused(job);
    if (failed && !strcmp(job->error.code, "BO409") && job->page->ops->refresh)
        job->page->ops->refresh(job->page); /* what the others made of it */
    unmark_done(job);
    if (failed < job->count) {
        seal_soon(job->page->console);
        task_done(job->page, job->action->name);
        perform_after(job->page, &job->action->after, job->id, item_value, &job->items[0]);
    }
    if (!again)
        job_free(job);
}

static void item_answer(void *data, struct answer *answer)
{
    struct item *item = data;
    struct job *job = item->job;
    if (answer->rows && PQntuples(answer->rows) == 1) {
        item->state = DONE;
        item->result = xstrdup(_(PQgetvalue(answer->rows, 0, 2)));
        free(job->id);
        job->id = xstrdup(PQgetvalue(answer->rows, 0, 1));
        if (job->count == 1)
            perform_outcome(job->page, answer->rows, answer->resent);
    } else {
        item->state = FAILED;
        if (answer->error)
            job->error = *answer->error;
        item->result = xstrdup(job->error.what);
    }
    if (--job->open == 0)
        job_finish(job);
}

/* One call; all rows when the action takes them so, else the item's. */
static void item_send(struct item *item, answer_function answer, void *data)
{
    struct job *job = item->job;
    struct query query = QUERY_INIT;
    clock_uuid(item->request);
    (job->action->result ? query_call_file : job->rows ? query_call_rows : query_call)(
        &query, job->action->function, &job->action->arguments, item->request, item_value, item);
    struct request request = {.sql = buffer_text(&query.sql),
                              .n = query.count,
                              .values = (const char *const *)query.values,
                              .kind = REQUEST_WRITE};
    connection_request(job->page->console->connection, job->page, &request, answer, data);
    query_free(&query);
}

static void rows_answer(void *data, struct answer *answer)
{
    struct job *job = data;
    job_rows_answer(job, answer);
    if (job->count == 1 && job->items[0].state == DONE)
        perform_outcome(job->page, answer->rows, answer->resent);
    job_finish(job);
}

/* Long work: for each row with its own arguments. */
static void job_work(struct job *job)
{
    struct values *arguments = xcalloc((size_t)job->count, sizeof *arguments);
    for (int i = 0; i < job->count; i++)
        values_bind(&arguments[i], &job->action->arguments, item_value, &job->items[i]);
    work_start(job->page, job->action, arguments, job->count);
    for (int i = 0; i < job->count; i++)
        values_clear(&arguments[i]);
    free(arguments);
    job_free(job);
}

/* A file instead of an outcome. */
static void file_answer(void *data, struct answer *answer)
{
    struct job *job = data;
    struct console *console = job->page->console;
    job_unlink(job);
    if (answer->error)
        console_error(console, answer->error);
    else if (!PQntuples(answer->rows))
        console_refuse(console, _("The object was not found, or is outside your branch."));
    else if (perform_file(console, job->action->result, answer->rows))
        seal_soon(console);
    job_free(job);
}

static void job_send(struct job *job)
{
    if (job->action->work) {
        job_work(job);
        return;
    }
    job->next = waiting_jobs;
    waiting_jobs = job;
    console_say(job->page->console, STYLE_MESSAGE, "%s", _("Working…"));
    if (job_takes_rows(job->action)) {
        job->rows = job_rows(job);
        item_send(&job->items[0], rows_answer, job);
        return;
    }
    if (job->action->result) {
        item_send(&job->items[0], file_answer, job);
        return;
    }
    job->open = job->count;
    for (int i = 0; i < job->count; i++)
        item_send(&job->items[i], item_answer, &job->items[i]);
}

static void confirmed(void *data, bool yes)
{
    struct job *job = data;
    if (yes)
        job_send(job);
    else
        job_free(job);
}

static void job_confirm(struct job *job)
{
    if (job->action->danger == DANGER_NONE && job->count < 2)
        job_send(job);
    else
        job_question(job, confirmed);
}

/* Asked again: of the row as it stands by now, when it is still the one under the cursor. */
static void item_renew(struct item *item)
{
    struct job *job = item->job;
    const char *const *row = item->state == FAILED ? job_row_of(job->page, job->action) : NULL;
    char *label = row ? label_of(job->page, job->action, row) : NULL;
    bool same = label && item->cells && !strcmp(label, item->label);
    for (int i = 0; same && i < job->columns->count; i++) {
        free(item->cells[i]);
        item->cells[i] = row[i] ? xstrdup(row[i]) : NULL;
    }
    free(label);
    free(item->result);
    item->result = NULL;
    item->state = WAITING;
}

static void asked(void *data, const struct values *values)
{
    struct job *job = data;
    if (!values) {
        job_free(job);
        return;
    }
    item_renew(&job->items[0]);
    values_copy(&job->asked, values);
    job_confirm(job);
}

/* A screen or form opens with values of the first row. */
static void job_open(struct job *job)
{
    const struct defined_action *action = job->action;
    struct values arguments = VALUES_INIT;
    const char *named = action->screen_from ? item_value(&job->items[0], action->screen_from) : NULL;
    const char *screen = action->form ? action->form : named ? named : action->screen;
    values_bind(&arguments, &action->arguments, item_value, &job->items[0]);
    console_open(job->page->console, screen, &arguments);
    values_clear(&arguments);
    job_free(job);
}

/* What the row is called: a code in the words of its column. The caller frees it. */
static char *label_of(struct page *page, const struct defined_action *action,
                      const char *const *row)
{
    const struct defined_columns *columns = job_columns_of(page, action);
    char text[256];
    int label = job_of_panel(page, action) ? page->ops->panel_label(page)
                                            : page->definition->label;
    if (!row || !columns)
        return xstrdup(page->heading ? page->heading : "");
    if (label < 0 || label >= columns->count)
        label = page->definition->key_count ? page->definition->key[page->definition->key_count - 1]
                                            : 0;
    if (!row[label] || !columns->items[label].value_count)
        return xstrdup(row[label] ? row[label] : "");
    return xstrdup(format_cell(columns, label, row, 0, NULL, text, sizeof text));
}

static void item_fill(struct job *job, struct item *item, const char *const *row)
{
    item->job = job;
    item->label = label_of(job->page, job->action, row);
    if (!row || !job->columns)
        return;
    item->cells = xcalloc((size_t)job->columns->count, sizeof *item->cells);
    for (int i = 0; i < job->columns->count; i++)
        item->cells[i] = row[i] ? xstrdup(row[i]) : NULL;
}

/* Whether the field is asked of one of the rows at least. */
static bool is_asked(const struct job *job, const struct defined_field *field)
{
    for (int i = 0; i < job->count; i++)
        if (!job->items[i].cells ||
            conditions_hold(field->when, field->when_count, (const char *const *)job->items[i].cells))
            return true;
    return false;
}

static void job_fields(struct job *job)
{
    const struct fields *all = &job->action->ask;
    job->ask.items = all->count ? xcalloc((size_t)all->count, sizeof *all->items) : NULL;
    for (int i = 0; i < all->count; i++)
        if (is_asked(job, &all->items[i]))
            job->ask.items[job->ask.count++] = all->items[i];
}

void perform_rows(struct page *page, const struct defined_action *action,
                  const char *const *const *rows, int count)
{
    struct job *job = xcalloc(1, sizeof *job);
    job->page = page;
    job->action = action;
    job->columns = job_columns_of(page, action);
    job->count = count ? count : 1;
    job->items = xcalloc((size_t)job->count, sizeof *job->items);
    for (int i = 0; i < job->count; i++)
        item_fill(job, &job->items[i], count ? rows[i] : NULL);
    job_fields(job);
    if (action->form || action->screen)
        job_open(job);
    else if (job->ask.count)
        dialog_entry(page, both_text(&action->title), job->count == 1 ? job->items[0].label : "",
                     &job->ask, NULL, asked, job);
    else
        job_confirm(job);
}

/* Marked rows that fail the conditions are left out by refusing the whole: nothing half done. A call
 * that takes all rows says itself which it refused, but is not asked when none can be done. */
static bool marks_allowed(struct page *page, const struct defined_action *action,
                          const char *const *const *rows, int count)
{
    int bad = 0, first = -1;
    for (int i = 0; i < count; i++)
        if (job_row_refusal(page, action, rows[i])) {
            first = bad++ ? first : i;
        }
    if (!bad || (job_takes_rows(action) && bad < count))
        return true;
    char *label = label_of(page, action, rows[first]);
    char *named = xasprintf("%s: %s", label, job_row_refusal(page, action, rows[first]));
    free(label);
    console_refuse(page->console, named);
    free(named);
    return false;
}

void perform(struct page *page, const struct defined_action *action)
{
    const char *why = perform_refusal(page, action);
    int marks = page->ops->marks && (action->needs & NEED_MARKS) ? page->ops->marks(page) : 0;
    if (why) {
        console_refuse(page->console, why);
        return;
    }
    if (!action->function && !action->form && !action->screen && !action->work) {
        page->ops->perform(page, action);
        return;
    }
    if (marks) {
        const char *const **rows = xcalloc((size_t)marks, sizeof *rows);
        for (int i = 0; i < marks; i++)
            rows[i] = page->ops->mark_cells(page, i);
        if (marks_allowed(page, action, rows, marks))
            perform_rows(page, action, rows, marks);
        free(rows);
        return;
    }
    const char *const *row = job_row_of(page, action);
    perform_rows(page, action, &row, row ? 1 : 0);
}
