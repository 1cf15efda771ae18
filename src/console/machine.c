#include "console/machine.h"

#include "base/alloc.h"
#include "complaint/triage.h"
#include "console/perform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The model in use; the case looked at last, which is not asked for twice. */
static struct triage *triage;
static char asked[48];

/* The case while its text and the model are on their way. */
struct look {
    struct page *page;
    char customer[24], number[24];
    char *subject;
    struct look *next;
};

static struct look *looks; /* that wait for answers */

static void look_free(struct look *look)
{
    for (struct look **link = &looks; *link; link = &(*link)->next)
        if (*link == look) {
            *link = look->next;
            break;
        }
    free(look->subject);
    free(look);
}

void machine_forget(const struct page *page)
{
    for (struct look *look = looks, *next; look; look = next) {
        next = look->next;
        if (look->page == page)
            look_free(look);
    }
}

static void ask(struct look *look, const char *sql, int n, const char *const *values,
                answer_function answer)
{
    struct request request = {.sql = sql, .n = n, .values = values, .kind = REQUEST_READ};
    connection_request(look->page->console->connection, look->page, &request, answer, look);
}

static void stored(struct page *page, const struct perform_result *result, void *data)
{
    (void)data;
    if (result->good && page->ops->refresh)
        page->ops->refresh(page);
}

static void set_answer(struct values *values, const struct triage_answer *answer)
{
    struct buffer lists[3] = {{0}};
    char sure[24];
    triage_arrays(answer, lists);
    snprintf(sure, sizeof sure, "%.4f", (double)answer->channel_confidence);
    values_set(values, "p_channel", answer->channel);
    values_set(values, "p_channel_confidence", sure);
    values_set(values, "p_business", buffer_text(&lists[0]));
    values_set(values, "p_reason", buffer_text(&lists[1]));
    values_set(values, "p_confidence", buffer_text(&lists[2]));
    for (int i = 0; i < 3; i++)
        buffer_free(&lists[i]);
}

/* The text is here: what does the machine say? */
static void read_facts(void *data, struct answer *answer)
{
    struct look *look = data;
    struct page *page = look->page;
    if (answer->rows && PQntuples(answer->rows) == 1 && triage) {
        struct values values = VALUES_INIT;
        struct buffer text = BUFFER_INIT;
        struct triage_answer said;
        char model[16];
        buffer_format(&text, "%s\n%s", look->subject, PQgetvalue(answer->rows, 0, 0));
        triage_say(triage, text.data, text.length, &said);
        buffer_free(&text);
        snprintf(model, sizeof model, "%d", triage->model_id);
        values_set(&values, "p_customer_id", look->customer);
        values_set(&values, "p_case_id", look->number);
        values_set(&values, "p_model_id", model);
        set_answer(&values, &said);
        perform_call(page, "case_machine", &values, stored, NULL);
        values_clear(&values);
    }
    look_free(look);
}

static void ask_facts(struct look *look)
{
    const char *const values[] = {look->customer, look->number};
    ask(look, "SELECT facts FROM api.case_facts($1, $2)", 2, values, read_facts);
}

static void read_parts(void *data, struct answer *answer)
{
    struct look *look = data;
    struct error error = ERROR_INIT;
    const PGresult *rows = answer->rows;
    triage_close(triage);
    triage = rows && PQntuples(rows) ? triage_open(atoi(PQgetvalue(rows, 0, 0)), &error) : NULL;
    bool good = triage != NULL;
    for (int i = 0; good && i < PQntuples(rows); i++) {
        size_t length;
        unsigned char *bytes =
            PQunescapeBytea((unsigned char *)PQgetvalue(rows, i, 2), &length);
        good = bytes && triage_add(triage, *PQgetvalue(rows, i, 1), (char *)bytes, length, &error);
        PQfreemem(bytes);
    }
    if (good && triage_ready(triage)) {
        ask_facts(look);
        return;
    }
    if (error.kind)
        console_error(look->page->console, &error);
    triage_close(triage);
    triage = NULL;
    look_free(look);
}

static void read_settings(void *data, struct answer *answer)
{
    struct look *look = data;
    if (!answer->rows || PQntuples(answer->rows) != 1)
        look_free(look);
    else if (triage && triage->model_id == atoi(PQgetvalue(answer->rows, 0, 0)))
        ask_facts(look);
    else
        ask(look, "SELECT model_id, axis, data FROM api.model_parts(NULL)", 0, NULL, read_parts);
}

static bool wants_machine(struct page *page, const char *(*value)(struct page *, const char *))
{
    const char *stage = value(page, "stage"), *type = value(page, "case_type");
    return page->definition->machine && !page->console->read_only && stage &&
           !strcmp(stage, "registered") && !value(page, "business") && !value(page, "queue") &&
           (!type || !strcmp(type, "complaint"));
}

void machine_look(struct page *page, const char *(*value)(struct page *page, const char *name))
{
    unsigned may = role_bit("clerk") | role_bit("rm") | role_bit("supervisor");
    const char *customer = value(page, "customer_id"), *number = value(page, "case_id");
    const char *subject = value(page, "subject");
    char name[48];
    if (!wants_machine(page, value) || !(page->console->identity.role_bit & may) || !customer ||
        !number)
        return;
    snprintf(name, sizeof name, "%.20s/%.20s", customer, number);
    if (!strcmp(name, asked))
        return;
    snprintf(asked, sizeof asked, "%s", name);
    struct look *look = xcalloc(1, sizeof *look);
    look->page = page;
    snprintf(look->customer, sizeof look->customer, "%s", customer);
    snprintf(look->number, sizeof look->number, "%s", number);
    look->subject = xstrdup(subject ? subject : "");
    look->next = looks;
    looks = look;
    ask(look, "SELECT model_id FROM api.classify_settings()", 0, NULL, read_settings);
}
