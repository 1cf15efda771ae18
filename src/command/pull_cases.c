#include "base/alloc.h"
#include "base/json.h"
#include "base/language.h"
#include "command/case_rows.h"
#include "command/command.h"
#include "command/options.h"
#include "command/core_rows.h"
#include "command/secret.h"
#include "command/worker_options.h"
#include "link/http.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = N_(
    "Usage: bankops pull-cases [OPTION…]\n"
    "\n"
    "Asks the configured systems for new complaints (:src says which) and takes them in. The "
    "address\n"
    "is called with cursor=, and answers {\"complaints\": [{…}], \"next\": \"CURSOR\", \"more\": "
    "true}\n"
    "with the fields of import-cases, or \"documents\" with those of import-core. Each answer\n"
    "is kept whole together with its cursor, so that an interrupted pull goes on where it was;\n"
    "what cannot be taken is kept for a supervisor. It runs until it is stopped (SIGTERM);\n"
    "several may run at once.\n"
    "\n"
    "Options:\n"
    "  --once               pull what is due now, then end\n"
    "  --secrets FILE       lines NAME = SECRET for the sources; nobody else may read the file\n"
    "  --authority FILE     certificates to trust instead of the system's\n"
    "  --quiet              say nothing unless something fails\n"
    "  --as LOGIN           work as this login of role worker (default, on the private database:\n"
    "                       worker01)\n"
    "  --database CONNINFO  use this server instead of the private one\n");

enum { PAGES = 1000 };

struct pull_job {
    struct worker_choices choices;
    struct case_rows rows;
    const cJSON *list; /* of the page under way */
    struct case_summary sum;
    int failed, documents;
};

/* What stopped a pull; the source is tried again later. */
struct trouble {
    char text[400];
    int after; /* seconds */
};

static bool keep_reject(void *data, const struct case_bad *bad, struct error *error)
{
    struct pull_job *job = data;
    char id[16], *row = cJSON_PrintUnformatted(cJSON_GetArrayItem(job->list, bad->row - 1));
    char *reason = xasprintf("%s %s", bad->message, bad->detail);
    snprintf(id, sizeof id, "%d", job->rows.import);
    const char *values[] = {id, row, bad->field, reason};
    bool good =
        session_do(job->rows.connection, "SELECT api.case_reject_keep($1::int, $2::jsonb, $3, $4)",
                   4, values, error);
    cJSON_free(row);
    free(reason);
    return good;
}

/* Texts and numbers of known names; the rest of an object is none of ours. */
static cJSON *copy_row(const cJSON *object)
{
    cJSON *row = cJSON_CreateObject();
    const cJSON *each;
    cJSON_ArrayForEach(each, object)
    {
        if (each->string && case_row_field(each->string))
            case_row_member(row, each);
    }
    return row;
}

static char *page_address(const char *url, const char *cursor)
{
    struct buffer text = BUFFER_INIT;
    buffer_add(&text, url);
    if (*cursor) {
        buffer_add(&text, strchr(url, '?') ? "&cursor=" : "?cursor=");
        for (const char *p = cursor; *p; p++)
            buffer_format(&text, isalnum((unsigned char)*p) || strchr("-._~", *p) ? "%c" : "%%%02X",
                          (unsigned char)*p);
    }
    return buffer_take(&text);
}

/* A page whose complaints are judged one by one, so that a bad one does not hold up the others. */
static cJSON *read_page(const char *address, const struct http_answer *answer, struct error *error)
{
    cJSON *page = json_parse_parts(address, buffer_text(&answer->body), answer->body.length, error);
    if (page && !json_judge(address, page,
                            cJSON_GetObjectItemCaseSensitive(page, "complaints"), error)) {
        cJSON_Delete(page);
        page = NULL;
    }
    return page;
}

/* One page as JSON; NULL with what the trouble is. */
static cJSON *fetch(const struct pull_job *job, const PGresult *source, const char *cursor,
                    struct trouble *trouble)
{
    struct error error = ERROR_INIT;
    struct http_answer answer = HTTP_ANSWER_INIT;
    char *secret = secret_find(job->choices.secrets, PQgetvalue(source, 0, 2));
    char *login = xasprintf("Authorization: Bearer %s", secret);
    char *address = page_address(PQgetvalue(source, 0, 1), cursor);
    const char *const headers[] = {"Accept: application/json", *secret ? login : NULL, NULL};
    struct http_request request = {.url = address,
                                   .headers = headers,
                                   .authority = job->choices.authority,
                                   .timeout_ms = atoi(PQgetvalue(source, 0, 3))};
    cJSON *page = NULL;
    if (!http_send(&request, &answer, &error)) {
        snprintf(trouble->text, sizeof trouble->text, "%.390s", error.what);
    } else if (answer.status != 200) {
        snprintf(trouble->text, sizeof trouble->text, "HTTP %d", answer.status);
        trouble->after = answer.retry_after;
    } else {
        page = read_page(address, &answer, &error);
        if (!page)
            snprintf(trouble->text, sizeof trouble->text, "%.390s", error.what);
        else if (!cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(page, "complaints")) &&
                 !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(page, "documents"))) {
            snprintf(trouble->text, sizeof trouble->text, "%s",
                     _("the answer has no list of complaints or documents"));
            cJSON_Delete(page);
            page = NULL;
        }
    }
    free(secret);
    free(login);
    free(address);
    http_answer_free(&answer);
    return page;
}

/* A row that no database could take as it was meant is kept for a person. */
static bool take_row(struct pull_job *job, int number, const cJSON *object, struct error *error)
{
    struct error why = ERROR_INIT;
    if (json_judge("", object, NULL, &why))
        return case_rows_add(&job->rows, number, copy_row(object), error);
    struct case_bad bad = {number, "", why.what, why.todo, ""};
    job->rows.bad++;
    return keep_reject(job, &bad, error);
}

/* Takes one page in, in one transaction with its cursor. */
static bool take_page(struct pull_job *job, PGconn *connection, const PGresult *source,
                      const cJSON *page, const char *next, struct error *error)
{
    struct case_summary sum = {0};
    int number = 0;
    const cJSON *each;
    job->list = cJSON_GetObjectItemCaseSensitive(page, "complaints");
    job->rows = (struct case_rows){.refused = keep_reject, .data = job};
    bool good = case_rows_begin(&job->rows, connection, PQgetvalue(source, 0, 0),
                                PQgetvalue(source, 0, 1), "", error);
    cJSON_ArrayForEach(each, job->list)
    {
        good = good && take_row(job, ++number, each, error);
    }
    good = good && case_rows_commit(&job->rows, 0, next, &sum, error);
    case_rows_drop(&job->rows);
    if (good) {
        job->sum.opened += sum.opened;
        job->sum.known += sum.known;
        job->sum.skipped += sum.skipped;
    }
    return good;
}

/* The orders and receivables of a page, whole or not at all: a bad row stops the source before the
 * cursor moves, and is named. A page that comes again is known by its hash. */
static bool take_documents(struct pull_job *job, PGconn *connection, const PGresult *source,
                           const cJSON *page, struct trouble *trouble, struct error *error)
{
    struct core_result result;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(page, "documents");
    if (!list)
        return true;
    if (!core_rows_take(connection, PQgetvalue(source, 0, 0), list, &result, error))
        return false;
    if (result.refused)
        snprintf(trouble->text, sizeof trouble->text, "%d:%s: %s", result.row, result.field,
                 _(result.message));
    job->documents += result.added + result.changed;
    return true;
}

/* The cursor behind a page, a text or a whole number; the old one when the page has none. The caller
 * frees. */
static char *next_cursor(const cJSON *page, const char *cursor)
{
    const cJSON *next = cJSON_GetObjectItemCaseSensitive(page, "next");
    if (cJSON_IsNumber(next))
        return xasprintf("%.0f", next->valuedouble);
    return xstrdup(cJSON_IsString(next) ? next->valuestring : cursor);
}

/* Whether there is another page to ask for. A source that says so but leads back to a page of this pull
 * (or nowhere) would be asked for ever, or its other complaints never be seen: that is a trouble. */
static bool another(const cJSON *page, const char *next, cJSON *seen, struct trouble *trouble)
{
    const cJSON *each;
    if (!json_bool(page, "more", false))
        return false;
    cJSON_ArrayForEach(each, seen)
    {
        if (!strcmp(each->valuestring, next)) {
            snprintf(trouble->text, sizeof trouble->text,
                     _("there is said to be more, but the cursor '%.60s' came before"), next);
            return false;
        }
    }
    cJSON_AddItemToArray(seen, cJSON_CreateString(next));
    return true;
}

/* Pages until the source has no more. False only when the database fails. */
static bool pull(struct pull_job *job, PGconn *connection, const PGresult *source,
                 struct trouble *trouble, struct error *error)
{
    char *cursor = xstrdup(PQgetvalue(source, 0, 4));
    cJSON *seen = cJSON_CreateArray();
    bool more = true, good = true;
    cJSON_AddItemToArray(seen, cJSON_CreateString(cursor));
    for (int i = 0; i < PAGES && more && good; i++) {
        cJSON *page = fetch(job, source, cursor, trouble);
        more = page != NULL;
        if (page) {
            char *next = next_cursor(page, cursor);
            good = take_documents(job, connection, source, page, trouble, error);
            if (good && !*trouble->text)
                good = take_page(job, connection, source, page, next, error);
            more = good && !*trouble->text && another(page, next, seen, trouble);
            free(cursor);
            cursor = next;
        }
        cJSON_Delete(page);
    }
    cJSON_Delete(seen);
    free(cursor);
    return good;
}

static bool finish(struct pull_job *job, PGconn *connection, const PGresult *source,
                   const struct trouble *trouble, struct error *error)
{
    char after[16];
    snprintf(after, sizeof after, "%d", trouble->after > 0 ? trouble->after : 0);
    const char *values[] = {PQgetvalue(source, 0, 0), *trouble->text ? trouble->text : NULL, after};
    if (*trouble->text) {
        job->failed++;
        struct error told = ERROR_INIT;
        error_set(&told, ERROR_UNREACHABLE, values[0], _("It is tried again later."), "%s",
                  trouble->text);
        error_print(&told);
    }
    return session_do(connection, "SELECT api.case_source_done($1, $2, $3::int)", 3, values, error);
}

static bool next_wait(PGconn *connection, int64_t *wait_ms, struct error *error)
{
    char *text;
    if (!session_value(connection, "SELECT coalesce(api.case_source_wait(), 86400000)", 0, NULL,
                       &text, error))
        return false;
    *wait_ms = strtoll(text, NULL, 10);
    *wait_ms = *wait_ms ? *wait_ms : 100;
    free(text);
    return true;
}

static bool work(void *data, PGconn *connection, int64_t *wait_ms, struct error *error)
{
    struct pull_job *job = data;
    struct trouble trouble = {"", 0};
    PGresult *source = NULL;
    bool good =
        session_rows(connection, "SELECT * FROM api.case_source_claim()", 0, NULL, &source, error);
    if (good && !PQntuples(source))
        good = next_wait(connection, wait_ms, error);
    else if (good)
        good = pull(job, connection, source, &trouble, error) &&
               finish(job, connection, source, &trouble, error);
    PQclear(source);
    return good;
}

int command_pull_cases(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct pull_job job = {.failed = 0};
    struct worker worker = {.round = work, .data = &job};
    bool good = worker_options(&worker, &job.choices, true, argc, argv, &error) &&
                !job.choices.helped && worker_run(&worker, &error);
    free(job.choices.secrets);
    if (good && !job.choices.quiet)
        printf(_("opened: %d, known before: %d, kept for a person: %d\n"), job.sum.opened,
               job.sum.known, job.sum.skipped);
    if (good && !job.choices.quiet && job.documents)
        printf(_("orders and receivables: %d\n"), job.documents);
    if (good && job.failed && worker.once)
        return 3;
    return options_finish(good, job.choices.helped, help, &error);
}
