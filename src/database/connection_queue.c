#include "database/connection_inside.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "database/failure.h"
#include "database/migrate.h"

#include <stdlib.h>
#include <string.h>

enum { RETRIES = 5 };

static void push(struct queue *queue, struct pending *p)
{
    p->next = NULL;
    *queue->tail = p;
    queue->tail = &p->next;
}

static void push_front(struct queue *queue, struct pending *p)
{
    p->next = queue->head;
    if (!queue->head)
        queue->tail = &p->next;
    queue->head = p;
}

static struct pending *pop(struct queue *queue)
{
    struct pending *p = queue->head;
    queue->head = p->next;
    if (!queue->head)
        queue->tail = &queue->head;
    p->next = NULL;
    return p;
}

/* Takes out what `link` points at; the next one is then in its place. */
static struct pending *take(struct queue *queue, struct pending **link)
{
    struct pending *p = *link;
    *link = p->next;
    if (!p->next)
        queue->tail = link;
    p->next = NULL;
    return p;
}

static void clear_result(struct pending *p)
{
    PQclear(p->result);
    p->result = NULL;
}

static void free_pending(struct pending *p)
{
    for (int i = 0; i < p->n; i++) {
        if (p->values[i])
            explicit_bzero(p->values[i], strlen(p->values[i]));
        free(p->values[i]);
    }
    free(p->values);
    free(p->sql);
    clear_result(p);
    free(p);
}

void queue_init(struct connection *c)
{
    c->waiting.tail = &c->waiting.head;
    c->sent.tail = &c->sent.head;
    c->failed.tail = &c->failed.head;
}

void queue_free(struct connection *c)
{
    struct queue *const all[] = {&c->waiting, &c->sent, &c->failed};
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
        while (all[i]->head)
            free_pending(pop(all[i]));
}

/* Calls back; a result that the callback does not keep is freed. */
static void tell(struct connection *c, struct pending *p, PGresult *rows, const struct error *error,
                 bool last)
{
    struct answer answer = {p->id, rows, error, last, p->resent};
    if (!error)
        c->last_answer = time(NULL);
    if (p->answer && !p->dropped)
        p->answer(p->data, &answer);
    PQclear(answer.rows);
}

/* Those that are there now: callbacks may add others, and may drop some of these. */
void queue_tell_failed(struct connection *c)
{
    int number = 0;
    for (const struct pending *p = c->failed.head; p; p = p->next)
        number++;
    while (number-- > 0) {
        struct pending *p = pop(&c->failed);
        tell(c, p, NULL, &p->error, true);
        free_pending(p);
    }
}

static void fail(struct connection *c, struct pending *p, enum error_kind kind, const char *todo,
                 const char *what)
{
    error_set(&p->error, kind, NULL, todo, "%s", what);
    clear_result(p);
    push(&c->failed, p);
}

static void fail_unsent(struct connection *c, struct pending *p)
{
    fail(c, p, ERROR_UNREACHABLE, _("Try again when the connection is back."),
         p->kind == REQUEST_WRITE ? _("not sent: there is no connection to the database")
                                  : _("there is no connection to the database"));
}

static bool is_down(const struct connection *c)
{
    return c->state == LINK_CLOSED || c->state == LINK_LOST || c->state == LINK_REFUSED ||
           c->state == LINK_NEEDS_PASSWORD;
}

static struct pending *new_pending(struct connection *c, const void *owner,
                                   const struct request *request)
{
    struct pending *p = xcalloc(1, sizeof *p);
    if (!++c->last_id)
        ++c->last_id;
    p->id = c->last_id;
    p->owner = owner;
    p->sql = xstrdup(request->sql);
    p->n = request->n;
    p->values = request->n ? xcalloc((size_t)request->n, sizeof *p->values) : NULL;
    for (int i = 0; i < request->n; i++)
        p->values[i] = request->values[i] ? xstrdup(request->values[i]) : NULL;
    p->kind = request->kind;
    p->stream = request->stream && request->kind == REQUEST_READ;
    p->repeats = request->repeats && request->kind == REQUEST_READ && !p->stream;
    return p;
}

unsigned connection_request(struct connection *c, const void *owner, const struct request *request,
                            answer_function answer, void *data)
{
    struct pending *p = new_pending(c, owner, request);
    unsigned id = p->id;
    p->answer = answer;
    p->data = data;
    if (!c->open && is_down(c) && (p->kind == REQUEST_WRITE || c->state == LINK_REFUSED)) {
        fail_unsent(c, p);
        return id;
    }
    push(&c->waiting, p);
    queue_pump(c);
    return id;
}

/* The connection broke while talking. */
static void broken(struct connection *c)
{
    struct error error = ERROR_INIT;
    failure_from_connection(c->pg, &error);
    link_lost(c, &error);
}

static void flush(struct connection *c)
{
    int rest = PQflush(c->pg);
    c->writing = rest == 1;
    if (rest < 0)
        broken(c);
}

/* Each request has its own sync: one transaction of its own, undisturbed by its neighbours. */
static bool send_one(struct connection *c, struct pending *p)
{
    clear_result(p);
    push(&c->sent, p);
    if (prelude_send(c, p) && prepare_send(c, p) && PQpipelineSync(c->pg))
        return true;
    broken(c);
    return false;
}

/* Nothing follows while a cancel request is on its way: it could hit the wrong statement. */
void queue_pump(struct connection *c)
{
    int64_t now = clock_ms();
    bool some = false;
    struct pending **link = &c->waiting.head;
    if (!c->open || c->canceller)
        return;
    while (*link) {
        if ((*link)->not_before > now) {
            link = &(*link)->next;
            continue;
        }
        some = true;
        if (!send_one(c, take(&c->waiting, link)))
            return;
    }
    if (some)
        flush(c);
}

/* A sent write may or may not have happened: it waits, in its order, to be sent again. */
void queue_lost(struct connection *c, const struct error *error)
{
    struct queue unsent = c->waiting, *to = &c->waiting;
    to->head = NULL;
    to->tail = &to->head;
    c->unconfirmed = false;
    while (c->sent.head) {
        struct pending *p = pop(&c->sent);
        clear_result(p);
        if (p->kind == REQUEST_WRITE) {
            p->resent = true;
            p->not_before = 0;
            push(to, p);
        } else {
            p->error = *error;
            p->error.kind = p->cancelled ? ERROR_CANCELLED : ERROR_UNREACHABLE;
            push(&c->failed, p);
        }
    }
    while (unsent.head) {
        struct pending *p = unsent.head;
        unsent.head = p->next;
        p->next = NULL;
        bool wait = p->resent || (p->kind == REQUEST_READ && c->state != LINK_REFUSED);
        if (wait)
            push(to, p);
        else
            fail_unsent(c, p);
    }
}

void queue_disown(struct connection *c)
{
    struct pending **link = &c->waiting.head;
    while (*link) {
        if ((*link)->resent)
            fail(c, take(&c->waiting, link), ERROR_UNCERTAIN,
                 _("Look at the record before you enter it again."),
                 _("whether this was done is not known: the connection broke before the answer"));
        else
            link = &(*link)->next;
    }
}

static bool is_lost_state(const char *state)
{
    return !*state || !strncmp(state, "08", 2) || !strcmp(state, "57P01") ||
           !strcmp(state, "57P02") || !strcmp(state, "57P03") || !strcmp(state, "57P05") ||
           !strcmp(state, "40003");
}

/* A cancel request meant for the statement before: this one is innocent and runs again. */
static bool was_hit_by_mistake(const struct connection *c, const struct pending *p,
                               const struct error *error)
{
    return !strcmp(error->code, "57014") && !p->cancelled && clock_ms() < c->cancel_until &&
           strstr(PQresultErrorMessage(p->result), "user request");
}

static bool again(struct connection *c, struct pending *p, const struct error *error)
{
    if (p->stream || p->cancelled)
        return false;
    if (prepare_failed(c, p, error->code) || was_hit_by_mistake(c, p, error)) {
        clear_result(p);
        push_front(&c->waiting, p);
        return true;
    }
    if (!failure_may_retry(error->code) || p->attempts >= RETRIES)
        return false;
    int64_t most = 20 << p->attempts++;
    p->not_before = clock_ms() + 1 + clock_us() % most;
    clear_result(p);
    push(&c->waiting, p);
    return true;
}

static void finish_failed(struct connection *c, struct pending *p)
{
    struct error error = ERROR_INIT;
    failure_from_result(p->result, c->pg, &error);
    failure_say_plainly(p->result, &error);
    if (is_lost_state(error.code)) {
        push_front(&c->sent, p);
        link_lost(c, &error);
        return;
    }
    if (again(c, p, &error))
        return;
    if (p->cancelled && error.kind == ERROR_CANCELLED)
        error_set(&error, ERROR_CANCELLED, NULL, NULL, "%s", _("cancelled"));
    clear_result(p);
    tell(c, p, NULL, &error, true);
    free_pending(p);
}

/* The server has closed the transaction of the first request: its outcome is final. */
static void finish(struct connection *c)
{
    struct pending *p = pop(&c->sent);
    bool unconfirmed = c->unconfirmed;
    c->unconfirmed = false;
    if (PQresultStatus(p->result) == PGRES_FATAL_ERROR || !p->result) {
        finish_failed(c, p);
        return;
    }
    PGresult *rows = p->result;
    struct error error = ERROR_INIT;
    p->result = NULL;
    if (unconfirmed)
        error_set(&error, ERROR_UNCERTAIN, NULL, _("Look at the record before you go on."),
                  _("committed on this server, but no standby has confirmed it"));
    tell(c, p, rows, unconfirmed ? &error : NULL, true);
    free_pending(p);
}

/* Keeps the result of the first request; the first failure counts, also one at commit. */
static void keep(struct pending *p, PGresult *result)
{
    if (p->result && PQresultStatus(p->result) == PGRES_FATAL_ERROR) {
        PQclear(result);
        return;
    }
    clear_result(p);
    p->result = result;
}

static void ask_single_row(struct connection *c)
{
    struct pending *p = c->sent.head;
    if (p && p->stream && !p->prelude && !p->single_row)
        p->single_row = PQsetSingleRowMode(c->pg) == 1;
}

/* Handles one result; false when there is none now. */
static bool take_result(struct connection *c)
{
    ask_single_row(c);
    if (PQisBusy(c->pg))
        return false;
    PGresult *result = PQgetResult(c->pg);
    struct pending *p = c->sent.head;
    switch (PQresultStatus(result)) {
    case PGRES_PIPELINE_SYNC:
        PQclear(result);
        finish(c);
        canceller_start(c);
        return true;
    case PGRES_SINGLE_TUPLE:
        tell(c, p, result, NULL, false);
        return true;
    case PGRES_PIPELINE_ABORTED:
        PQclear(result);
        return true;
    default:
        if (result)
            keep(p, result);
        else if (p)
            p->prelude = false;
        return true;
    }
}

void queue_receive(struct connection *c, bool readable)
{
    if (c->writing)
        flush(c);
    bool good = !c->open || !readable || PQconsumeInput(c->pg);
    /* What came before the end may still be the answer of a finished request. */
    while (c->open && c->sent.head && PQstatus(c->pg) == CONNECTION_OK && take_result(c))
        ;
    if (c->open && (!good || PQstatus(c->pg) == CONNECTION_BAD))
        broken(c);
}

static bool drop_from(struct queue *queue, const void *owner)
{
    bool streaming = false;
    for (struct pending *p = queue->head; p; p = p->next)
        if (p->owner == owner) {
            p->dropped = true;
            streaming = streaming || p->stream;
        }
    return streaming;
}

void connection_drop_owner(struct connection *c, const void *owner)
{
    struct pending **link = &c->waiting.head;
    while (*link) {
        if ((*link)->owner == owner && (*link)->kind == REQUEST_READ)
            free_pending(take(&c->waiting, link));
        else
            link = &(*link)->next;
    }
    drop_from(&c->waiting, owner);
    drop_from(&c->failed, owner);
    if (drop_from(&c->sent, owner))
        connection_cancel(c, owner);
}

bool connection_cancel(struct connection *c, const void *owner)
{
    bool some = false;
    struct pending **link = &c->waiting.head;
    while (*link) {
        if ((*link)->owner == owner && (*link)->kind == REQUEST_READ) {
            fail(c, take(&c->waiting, link), ERROR_CANCELLED, NULL, _("cancelled"));
            some = true;
        } else {
            link = &(*link)->next;
        }
    }
    for (struct pending *p = c->sent.head; p; p = p->next)
        if (p->owner == owner && p->kind == REQUEST_READ)
            some = p->cancelled = true;
    canceller_start(c);
    return some;
}

static int count(const struct queue *queue, const void *owner)
{
    int number = 0;
    for (const struct pending *p = queue->head; p; p = p->next)
        number += !p->dropped && (!owner || p->owner == owner);
    return number;
}

int connection_pending(const struct connection *c, const void *owner)
{
    return count(&c->waiting, owner) + count(&c->sent, owner) + count(&c->failed, owner);
}

int connection_uncertain(const struct connection *c)
{
    int number = 0;
    for (const struct pending *p = c->waiting.head; p; p = p->next)
        number += p->resent;
    for (const struct pending *p = c->sent.head; p; p = p->next)
        number += p->resent;
    return number;
}

static void take_version(void *data, struct answer *answer)
{
    struct connection *c = data;
    struct error error = ERROR_INIT;
    bool lost = answer->error && answer->error->kind == ERROR_UNREACHABLE;
    if (lost)
        return;
    if (!migrate_check(answer->rows, &error)) {
        link_refuse(c, LINK_REFUSED, &error);
        return;
    }
    link_ready(c);
}

void queue_check_schema(struct connection *c)
{
    const struct request request = {.sql = migrate_version_sql};
    struct pending *p = new_pending(c, c, &request);
    p->answer = take_version;
    p->data = c;
    push_front(&c->waiting, p);
}
