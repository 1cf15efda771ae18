#include "console/perform_job.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/dialog.h"
#include "console/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool job_takes_rows(const struct defined_action *action)
{
    for (int i = 0; i < action->arguments.count; i++)
        if (action->arguments.items[i].name && !strcmp(action->arguments.items[i].name, "@rows"))
            return true;
    return false;
}

/* One cell of a row as a member of its object. */
static void add_cell(cJSON *object, const struct item *item, int column)
{
    const char *name = item->job->columns->items[column].name, *text = item->cells[column];
    if (text && !cJSON_HasObjectItem(object, name))
        cJSON_AddStringToObject(object, name, text);
}

char *job_rows(const struct job *job)
{
    const struct definition *definition = job->page->definition;
    int version = job->columns ? defined_columns_find(job->columns, "version") : -1;
    cJSON *array = cJSON_CreateArray();
    for (int i = 0; i < job->count && job->items[i].cells; i++) {
        cJSON *object = cJSON_CreateObject();
        for (int k = 0; k < definition->key_count; k++)
            add_cell(object, &job->items[i], definition->key[k]);
        if (version >= 0)
            add_cell(object, &job->items[i], version);
        cJSON_AddItemToArray(array, object);
    }
    char *printed = cJSON_PrintUnformatted(array), *text = xstrdup(printed ? printed : "[]");
    cJSON_free(printed);
    cJSON_Delete(array);
    return text;
}

/* "refused" says why; what else the database says of it stands behind. */
static void take_result(struct item *item, const PGresult *rows, int row)
{
    struct error *error = &item->job->error;
    const char *message = _(PQgetvalue(rows, row, 2)), *detail = PQgetvalue(rows, row, 3);
    item->state = strcmp(PQgetvalue(rows, row, 0), "refused") ? DONE : FAILED;
    item->result = *detail ? xasprintf("%s %s", message, detail) : xstrdup(message);
    if (item->state == FAILED)
        error_set(error, ERROR_REFUSED, item->label, NULL, "%s", item->result);
}

void job_rows_answer(struct job *job, struct answer *answer)
{
    bool whole = answer->rows && PQntuples(answer->rows) == job->count;
    if (answer->error)
        job->error = *answer->error;
    for (int i = 0; i < job->count; i++) {
        struct item *item = &job->items[i];
        if (whole) {
            take_result(item, answer->rows, i);
            continue;
        }
        item->state = FAILED;
        item->result = xstrdup(job->error.what);
    }
}

/* Files and passwords are not asked with what was there; of what else a person may put right. */
static bool worth_asking(const struct job *job)
{
    const struct fields *ask = &job->ask;
    const struct error *error = &job->error;
    for (int i = 0; i < ask->count; i++)
        if (ask->items[i].type == FIELD_FILE || ask->items[i].type == FIELD_PASSWORD)
            return false;
    return job->count == 1 && ask->count && console_page(job->page->console) == job->page &&
           (error->kind == ERROR_INPUT || error->kind == ERROR_UNREACHABLE ||
            !strcmp(error->code, "BO422") || !strcmp(error->code, "BO409"));
}

bool job_ask_again(struct job *job, void (*done)(void *data, const struct values *values))
{
    struct console *console = job->page->console;
    if (!worth_asking(job))
        return false;
    struct dialog *dialog = dialog_entry(job->page, both_text(&job->action->title), job->items[0].label,
                                         &job->ask, &job->asked, done, job);
    if (job->error.kind == ERROR_UNREACHABLE)
        console_say(console, STYLE_WARNING, "%s",
                    _("Not sent: there is no connection. The entries stay here."));
    else if (dialog_entry_refuse(dialog, bindings_name(&job->action->arguments, job->error.where),
                                 job->error.what))
        console_say(console, STYLE_ERROR, "%s", job->error.todo[0] ? job->error.todo : job->error.what);
    else
        console_error(console, &job->error);
    screen_bell();
    return true;
}

/* Several results in one box: each row and what became of it. */
void job_results(struct job *job, int failed)
{
    struct buffer text = BUFFER_INIT;
    for (int i = 0; i < job->count; i++)
        buffer_format(&text, "%s  %s\n", job->items[i].label ? job->items[i].label : "",
                      job->items[i].result ? job->items[i].result : "");
    buffer_format(&text, "\n");
    buffer_format(&text, _("%d done, %d refused"), job->count - failed, failed);
    console_say(job->page->console, failed ? STYLE_WARNING : STYLE_GOOD, _("%d done, %d refused"),
                job->count - failed, failed);
    dialog_text(job->page->console, both_text(&job->action->title), buffer_text(&text),
                failed ? STYLE_WARNING : STYLE_GOOD);
    buffer_free(&text);
}

enum { DETAILS_MOST = 8 };

/* What the one object is, column by column. */
static void add_details(struct buffer *text, const struct job *job)
{
    const struct item *item = &job->items[0];
    char cell[256];
    for (int i = 0, lines = 0; item->cells && i < job->columns->count && lines < DETAILS_MOST; i++) {
        const struct defined_column *column = &job->columns->items[i];
        if (column->hidden || i == job->action->amount || !item->cells[i])
            continue;
        format_cell(job->columns, i, (const char *const *)item->cells,
                    console_now(job->page->console), NULL, cell, sizeof cell);
        if (!cell[strspn(cell, " ")] || !strcmp(item->cells[i], item->label) ||
            !strcmp(cell, item->label))
            continue;
        buffer_format(text, "\n  %s: %s", both_text(&column->title), cell);
        lines++;
    }
}

/* What was entered, for one row or many. */
static void add_entered(struct buffer *text, const struct job *job)
{
    const struct fields *asked = &job->ask;
    for (int i = 0; i < asked->count; i++) {
        const struct defined_field *field = &asked->items[i];
        const char *value = values_get(&job->asked, field->name);
        const struct named_value *named =
            named_value_find(field->values, field->value_count, value);
        char *name = xasprintf("%s@name", field->name);
        const char *called = values_get(&job->asked, name);
        free(name);
        if (value && *value && field->type != FIELD_PASSWORD && field->type != FIELD_FILE)
            buffer_format(text, "%s\n  %s: %s", i ? "" : "\n", both_text(&field->title),
                          named && named->title.en ? both_text(&named->title)
                          : called                 ? called
                                                   : value);
    }
}

void job_question(struct job *job, void (*answer)(void *data, bool yes))
{
    const struct defined_action *action = job->action;
    struct buffer text = BUFFER_INIT;
    const struct defined_column *beside =
        action->amount >= 0 ? &job->columns->items[action->amount] : NULL;
    char *about = job->count == 1 && job->page->ops->about ? job->page->ops->about(job->page) : NULL;
    const char *title = beside && beside->format != FORMAT_MONEY ? both_text(&beside->title) : "";
    buffer_format(&text, job->count > 1 ? _("%s: %d rows\n") : "%s\n", both_text(&action->title),
                  job->count);
    if (about)
        buffer_add(&text, about);
    for (int i = 0; i < job->count && i < 8 && !about; i++) {
        char amount[160] = "";
        if (action->amount >= 0 && job->items[i].cells)
            format_cell(job->columns, action->amount, (const char *const *)job->items[i].cells, 0,
                        NULL, amount, sizeof amount);
        buffer_format(&text, *title && *amount ? "\n  %s  %s: %s" : "\n  %s  %s%s",
                      job->items[i].label ? job->items[i].label : "", title, amount);
    }
    if (job->count > 8)
        buffer_add(&text, "\n  …");
    if (job->count == 1 && !about)
        add_details(&text, job);
    free(about);
    add_entered(&text, job);
    if (action->danger == DANGER_POST)
        buffer_format(&text, "\n\n%s", _("This is booked at once."));
    dialog_confirm(job->page->console, _("Please confirm"), buffer_text(&text), answer, job);
    buffer_free(&text);
}
