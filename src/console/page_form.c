#include "console/page.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "console/ahead.h"
#include "console/console.h"
#include "console/dialog.h"
#include "console/entry.h"
#include "console/file_field.h"
#include "console/format.h"
#include "console/offer.h"
#include "console/page_form_conflict.h"
#include "console/perform.h"
#include "console/seal.h"
#include "console/task.h"
#include "terminal/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A form: entries survive errors, a lost connection and the idle lock; the same key of the request
 * is used until the entries change, so that a change in doubt is never made twice. */
struct form_state {
    struct entry *entry;
    struct values loaded;
    char request[37];
    char *sent; /* what the request key was used for */
    char *id;   /* returned by the change */
    bool sending, loading;
    bool unread; /* what is to be changed has not been read */
    bool wanted; /* submitted before it was read: done when it is */
    struct form_conflict conflict;
    char *here;       /* colleagues who have the object open, NULL: nobody */
    int presence_left; /* seconds until that is asked again */
};

static const char *form_value_of(struct page *page, const char *name)
{
    struct form_state *state = page->state;
    if (!state)
        return NULL;
    if (!strcmp(name, "@id"))
        return state->id;
    /* A field that is only shown has the value that was read, not the words it is shown with. */
    int at = state->entry ? form_find(entry_form(state->entry), name) : -1;
    if (at >= 0 ? page->definition->fields.items[at].type != FIELD_SHOW
                : state->entry && file_field_named(&page->definition->fields, name))
        return entry_value(state->entry, name);
    return values_get(&state->loaded, name);
}

/* A name of the form's own: a field (null when empty), else the page's. */
static const char *submit_value(void *data, const char *name)
{
    struct page *page = data;
    struct form_state *state = page->state;
    int at;
    if (!strcmp(name, "@id"))
        return state->id;
    at = form_find(entry_form(state->entry), name);
    if (at >= 0 ? page->definition->fields.items[at].type != FIELD_SHOW
                : file_field_named(&page->definition->fields, name))
        return entry_value(state->entry, name);
    return page_value(page, name);
}

static void fill(struct page *page)
{
    struct form_state *state = page->state;
    struct values values = VALUES_INIT;
    values_copy(&values, &state->loaded);
    values_copy(&values, &page->arguments);
    entry_fill(state->entry, &values);
    values_clear(&values);
}

static void submit_now(struct page *page);

/* There is nothing to fill in: the form goes before anybody types into it. */
static void refused_to_open(struct page *page, const struct error *error)
{
    struct console *console = page->console;
    struct form_state *state = page->state;
    ahead_forget(console);
    if (error->kind == ERROR_REFUSED && page == console_page(console) && console->page_count > 1 &&
        !form_changed(entry_form(state->entry)))
        console_close_page(console);
    console_error(console, error);
}

static void loaded(void *data, struct answer *answer)
{
    struct page *page = data;
    struct form_state *state = page->state;
    bool wanted = state->wanted;
    state->loading = state->wanted = false;
    if (answer->error) {
        refused_to_open(page, answer->error);
        return;
    }
    if (!PQntuples(answer->rows)) {
        ahead_forget(page->console);
        console_refuse(page->console, _("The object was not found, or is outside your branch."));
        return;
    }
    for (int i = 0; i < PQnfields(answer->rows); i++)
        values_set(&state->loaded, PQfname(answer->rows, i),
                   PQgetisnull(answer->rows, 0, i) ? NULL : PQgetvalue(answer->rows, 0, i));
    state->unread = false;
    fill(page);
    screen_dirty();
    if (wanted && page == console_page(page->console))
        submit_now(page);
}

static bool given(void *data, const char *name)
{
    return values_has(&((struct page *)data)->arguments, name);
}

/* Reads the object of the form, the columns of its fields and those that submit needs; false when it
 * has none to read. */
static bool ask_load(struct page *page, answer_function done)
{
    const struct definition *definition = page->definition;
    struct defined_column items[LOAD_MOST];
    struct query query = QUERY_INIT;
    if (!definition->load.view && !definition->load.function)
        return false;
    struct defined_columns all = definition_load(definition, given, page, items);
    query_source(&query, &definition->load, &all, 1, page_lookup, page);
    console_ask(page, &query, done, page);
    return true;
}

static void load(struct page *page)
{
    struct form_state *state = page->state;
    if (ask_load(page, loaded))
        state->loading = state->unread = true;
}

enum { PRESENCE_SECONDS = 60 };

static void presence_known(void *data, struct answer *answer)
{
    struct page *page = data;
    struct form_state *state = page->state;
    bool known = !answer->error && PQntuples(answer->rows) && !PQgetisnull(answer->rows, 0, 0);
    free(state->here);
    state->here = known ? xstrdup(PQgetvalue(answer->rows, 0, 0)) : NULL;
    screen_dirty();
}

static void ask_presence(struct page *page)
{
    struct form_state *state = page->state;
    struct defined_column here = {.name = "here"};
    struct defined_columns columns = {&here, 1};
    struct query query = QUERY_INIT;
    state->presence_left = PRESENCE_SECONDS;
    if (!page->definition->presence.function ||
        connection_state(page->console->connection) != LINK_READY)
        return;
    query_source(&query, &page->definition->presence, &columns, 1, page_lookup, page);
    console_ask(page, &query, presence_known, page);
}

static void form_tick(struct page *page)
{
    struct form_state *state = page->state;
    if (--state->presence_left <= 0)
        ask_presence(page);
}

static void form_open(struct page *page)
{
    struct form_state *state = xcalloc(1, sizeof *state);
    page->state = state;
    state->entry = entry_new(page, &page->definition->fields);
    state->conflict = (struct form_conflict){.entry = state->entry, .loaded = &state->loaded};
    fill(page);
    load(page);
    ask_presence(page);
}

static bool form_unsent(struct page *page)
{
    struct form_state *state = page->state;
    if (state->sending || !form_changed(entry_form(state->entry)))
        return false;
    entry_remember(state->entry);
    return true;
}

static void form_close(struct page *page)
{
    struct form_state *state = page->state;
    entry_free(state->entry);
    values_clear(&state->loaded);
    free(state->sent);
    free(state->conflict.version);
    free(state->here);
    free(state->id);
    free(state);
}

static void paint_here(const struct area *area, const char *here)
{
    struct buffer text = BUFFER_INIT;
    buffer_format(&text, _("Also open at: %s"), here);
    draw_text(area->top, area->left + 2, area->columns - 4, STYLE_WARNING, buffer_text(&text));
    buffer_free(&text);
}

static void form_paint(struct page *page, const struct area *area)
{
    struct form_state *state = page->state;
    struct area body = {area->top + 1, area->left + 2, area->rows - 1, area->columns - 4};
    if (state->loading || entry_waits(state->entry))
        draw_text(area->top, area->left + 2, area->columns - 4, STYLE_MUTED, _("Reading…"));
    else if (connection_uncertain(page->console->connection))
        draw_text(area->top, area->left + 2, area->columns - 4, STYLE_WARNING,
                  _("Sent, but not confirmed yet: it is settled when the connection is back."));
    else if (state->here)
        paint_here(area, state->here);
    entry_paint(state->entry, &body);
    if (form_more(entry_form(state->entry)))
        draw_text(area->top, area->left + area->columns - text_width(_("More…")) - 2,
                  text_width(_("More…")), STYLE_MUTED, _("More…"));
}

static void outcome_refused(struct page *page, const struct error *error)
{
    struct form_state *state = page->state;
    ahead_forget(page->console); /* they were meant for what comes after it */
    if (form_conflict_ask(page, &state->conflict, error)) {
        console_say(page->console, STYLE_WARNING, "%s", error->what);
        return;
    }
    if (offer_ask(page, &page->definition->submit.offer, error, submit_value, page))
        return;
    const char *field = bindings_name(&page->definition->submit.arguments, error->where);
    if (error->kind == ERROR_REFUSED || error->kind == ERROR_INPUT)
        if (entry_refuse(state->entry, field, error->what)) {
            screen_bell();
            /* what is wrong stands at the field, if there is room */
            bool room = error->todo[0] && entry_says_all(state->entry);
            console_say(page->console, STYLE_ERROR, "%s", room ? error->todo : error->what);
            return;
        }
    if (error->kind == ERROR_UNREACHABLE) {
        screen_bell();
        console_say(page->console, STYLE_WARNING, "%s",
                    _("Not sent: there is no connection. The entries stay here."));
        return;
    }
    console_error(page->console, error);
}

static void answered(void *data, struct answer *answer)
{
    struct page *page = data;
    struct form_state *state = page->state;
    state->sending = false;
    if (!answer->rows || PQntuples(answer->rows) != 1) {
        if (answer->error)
            outcome_refused(page, answer->error);
        screen_dirty();
        return;
    }
    free(state->id);
    state->id = xstrdup(PQgetvalue(answer->rows, 0, 1));
    perform_outcome(page, answer->rows, answer->resent);
    char *said = page->console->message ? xstrdup(page->console->message) : NULL;
    struct console *console = page->console;
    seal_soon(console);
    entry_remember(state->entry);
    form_clean(entry_form(state->entry));
    task_done(page, page->name);
    perform_after(page, &page->definition->submit.after, state->id, submit_value, page);
    if (said)
        console_say(console, STYLE_GOOD, "%s", said);
    free(said);
}

/* A new key for new content; the same for the same, so that a repeat is recognised. */
static void choose_request(struct form_state *state, const struct query *query)
{
    struct buffer content = BUFFER_INIT;
    for (int i = 0; i < query->count; i++)
        buffer_format(&content, "%s\x1f", query->values[i] ? query->values[i] : "\x1e");
    if (!state->sent || strcmp(state->sent, buffer_text(&content)) != 0) {
        clock_uuid(state->request);
        free(state->sent);
        state->sent = xstrdup(buffer_text(&content));
    }
    buffer_free(&content);
}

static void send_form(struct page *page)
{
    struct form_state *state = page->state;
    const struct submit *submit = &page->definition->submit;
    struct query content = QUERY_INIT, query = QUERY_INIT;
    query_call(&content, submit->function, &submit->arguments, "", submit_value, page);
    choose_request(state, &content);
    query_free(&content);
    query_call(&query, submit->function, &submit->arguments, state->request, submit_value, page);
    struct request request = {.sql = buffer_text(&query.sql),
                              .n = query.count,
                              .values = (const char *const *)query.values,
                              .kind = REQUEST_WRITE};
    state->sending = true;
    connection_request(page->console->connection, page, &request, answered, page);
    query_free(&query);
    console_say(page->console, STYLE_MESSAGE, "%s", _("Sending…"));
}

static void confirmed(void *data, bool yes)
{
    if (yes)
        send_form(data);
}

/* "Title: value" of one filled field, with the name of a chosen value. */
static void confirm_field(struct buffer *text, struct entry *entry, int at,
                          const struct defined_field *field)
{
    const char *value = form_value(entry_form(entry), at);
    const struct named_value *named = named_value_find(field->values, field->value_count, value);
    if (!value || !*value || field->type == FIELD_MEMO || field->type == FIELD_PASSWORD)
        return;
    char *called = entry_named(entry, at);
    buffer_format(text, "\n%s: %s", both_text(&field->title),
                  named && named->title.en ? both_text(&named->title)
                  : called                 ? called
                                           : value);
    free(called);
}

/* Names what is about to happen: the whole entry, the customer and the amount among it. */
static void confirm(struct page *page)
{
    struct form_state *state = page->state;
    const struct submit *submit = &page->definition->submit;
    const struct fields *fields = &page->definition->fields;
    struct form *form = entry_form(state->entry);
    bool shown = submit->label && form_find(form, submit->label) >= 0;
    const char *label = submit->label && !shown ? page_value(page, submit->label) : NULL;
    struct buffer text = BUFFER_INIT;
    buffer_format(&text, "%s %s\n", both_text(submit->title.en ? &submit->title
                                                            : &page->definition->title),
                  label ? label : "");
    for (int i = 0; i < fields->count; i++)
        confirm_field(&text, state->entry, i, &fields->items[i]);
    if (submit->danger == DANGER_POST)
        buffer_format(&text, "\n\n%s", _("This is booked at once."));
    dialog_confirm(page->console, _("Please confirm"), buffer_text(&text), confirmed, page);
    buffer_free(&text);
}

static void submit_form(struct page *page)
{
    struct form_state *state = page->state;
    struct console *console = page->console;
    const char *why = console_refusal(console, ACTION_SUBMIT);
    if (state->sending)
        why = _("It is being sent already.");
    if (why)
        console_refuse(console, why);
    else if (page->definition->submit.danger != DANGER_NONE)
        confirm(page);
    else
        send_form(page);
}

/* Keys typed ahead of a slow connection count: the form is submitted once it is complete. */
static void submit_when_read(struct page *page)
{
    struct form_state *state = page->state;
    if (!state->loading)
        load(page);
    state->wanted = true;
    screen_dirty();
}

static bool form_key_pressed(struct page *page, const struct key *key)
{
    struct form_state *state = page->state;
    enum keymap map = page->console->keymap;
    enum action_id id = action_for_key(map, CONTEXT_FORM, true, key->code);
    if (id == ACTION_CANCEL && entry_give_up(state->entry))
        return true;
    if (id == ACTION_EXIT || id == ACTION_CANCEL || id == ACTION_HELP || id == ACTION_COMMAND)
        return false;
    if (id == ACTION_EDITOR && state->sending) {
        console_refuse(page->console, _("It is being sent already."));
        return true;
    }
    state->wanted = false;
    if (id == ACTION_SUBMIT && state->unread) {
        submit_when_read(page);
        return true;
    }
    switch (entry_key(state->entry, key)) {
    case ENTRY_SUBMIT:
        if (state->unread)
            submit_when_read(page);
        else
            submit_form(page);
        return true;
    case ENTRY_USED:
        return true;
    case ENTRY_IGNORED:
        return false;
    }
    return false;
}

static void submit_now(struct page *page)
{
    form_key_pressed(page, &(struct key){.code = K_F(10)});
}

static bool form_act(struct page *page, enum action_id id)
{
    struct key key = {.code = id == ACTION_PROMPT   ? K_F(4)
                              : id == ACTION_EDITOR ? K_F(9)
                                                    : K_F(10)};
    if (id != ACTION_SUBMIT && id != ACTION_PROMPT && id != ACTION_EDITOR)
        return false;
    form_key_pressed(page, &key);
    return true;
}

/* Keys behind F4 are meant for the list, those behind F10 for what comes after the form, those in a
 * field for the value that it gets. */
static bool form_waits(struct page *page, const struct key *key)
{
    struct form_state *state = page->state;
    enum action_id id = action_for_key(page->console->keymap, CONTEXT_FORM, true, key->code);
    bool done = state->sending || state->wanted;
    if ((done || state->loading) && ahead_is_first(page->console, key) &&
        ((done && id == ACTION_SUBMIT) || id == ACTION_HELP || id == ACTION_COMMAND))
        return false; /* pressed twice: said to be on its way; the others are for any screen */
    return entry_waits(state->entry) || entry_unnamed(state->entry, key) || done ||
           (state->loading && id != ACTION_SUBMIT && entry_unread(state->entry, key)) ||
           state->conflict.asking;
}

static bool form_typing(struct page *page)
{
    (void)page;
    return true;
}

/* Names of people and units that are only shown come in the new language; what is to be changed, and
 * the version it has, stay as they were read. */
static void renamed(void *data, struct answer *answer)
{
    struct page *page = data;
    struct form_state *state = page->state;
    const struct fields *fields = &page->definition->fields;
    if (answer->error || !PQntuples(answer->rows))
        return;
    for (int i = 0; i < fields->count; i++) {
        int column = PQfnumber(answer->rows, fields->items[i].name);
        if (fields->items[i].type == FIELD_SHOW && column >= 0 && !PQgetisnull(answer->rows, 0, column))
            values_set(&state->loaded, fields->items[i].name, PQgetvalue(answer->rows, 0, column));
    }
    fill(page);
    screen_dirty();
}

static void form_translate(struct page *page)
{
    struct form_state *state = page->state;
    entry_translate(state->entry);
    fill(page);
    ask_load(page, renamed); /* also when it is being read: that was asked for in the other language */
    ask_presence(page);
}

const struct page_ops form_page_ops = {
    .open = form_open,
    .close = form_close,
    .paint = form_paint,
    .key = form_key_pressed,
    .waits = form_waits,
    .act = form_act,
    .value = form_value_of,
    .tick = form_tick,
    .aside = form_tick,
    .unsent = form_unsent,
    .typing = form_typing,
    .translate = form_translate,
};
