#include "base/alloc.h"
#include "base/language.h"
#include "console/console.h"
#include "console/flow.h"
#include "console/leave.h"
#include "console/names.h"
#include "console/perform.h"
#include "console/report_period.h"
#include "console/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGES_MOST = 40 };

struct page *console_page(const struct console *console)
{
    return console->page_count ? console->pages[console->page_at] : NULL;
}

static void page_free(struct page *page)
{
    connection_drop_owner(page->console->connection, page);
    perform_forget(page);
    page->ops->close(page);
    values_clear(&page->arguments);
    free(page->name);
    free(page->heading);
    free(page);
}

static void drop(struct console *console, int at)
{
    if (at <= console->page_at)
        leave_page(console->pages[at]);
    page_free(console->pages[at]);
    memmove(&console->pages[at], &console->pages[at + 1],
            (size_t)(console->page_count - at - 1) * sizeof *console->pages);
    console->page_count--;
    if (console->page_at >= at && console->page_at > 0)
        console->page_at--;
}

static const struct page_ops *ops_of(const struct definition *definition)
{
    static const struct page_ops *const kinds[] = {&list_page_ops,   &form_page_ops, &view_page_ops,
                                                   &report_page_ops, &menu_page_ops};
    if (definition->kind == KIND_FLOW) {
        const struct flow *flow = flow_find(definition->name);
        return flow ? flow->ops : &broken_page_ops;
    }
    return kinds[definition->kind];
}

static struct page *page_new(struct console *console, const char *name,
                             const struct definition *definition, const struct values *arguments)
{
    static const enum context contexts[] = {CONTEXT_LIST,   CONTEXT_FORM, CONTEXT_VIEW,
                                            CONTEXT_REPORT, CONTEXT_MENU, CONTEXT_FLOW};
    struct page *page = xcalloc(1, sizeof *page);
    page->console = console;
    page->definition = definition;
    page->ops = definition ? ops_of(definition) : &broken_page_ops;
    page->flow = definition && definition->kind == KIND_FLOW ? flow_find(definition->name) : NULL;
    page->context = definition ? contexts[definition->kind] : CONTEXT_MENU;
    page->name = xstrdup(name);
    page->refresh_left = definition ? definition->refresh : 0;
    if (arguments)
        values_copy(&page->arguments, arguments);
    return page;
}

static void show(struct console *console, struct page *page)
{
    while (console->page_count > console->page_at + 1)
        drop(console, console->page_count - 1);
    if (console->page_count >= PAGES_MOST)
        drop(console, 1);
    ARRAY_RESERVE(console->pages, console->page_count, console->page_capacity);
    console->pages[console->page_count++] = page;
    console->page_at = console->page_count - 1;
    if (page->definition)
        console_names(page, false);
    page->ops->open(page);
    screen_dirty();
}

/* The console whose lists are asked for; there is one. */
static struct console *naming;

static void names_came(void *data, struct answer *answer)
{
    naming->names_open--;
    if (answer->error)
        return; /* the codes stand for themselves */
    names_take((int)(intptr_t)data, answer->rows);
    for (int i = 0; i < naming->page_count; i++) {
        struct page *page = naming->pages[i];
        if (page->definition)
            names_apply(page->definition);
        if (page->context == CONTEXT_FORM) /* its choices were made without them */
            page->ops->translate(page);
    }
    screen_dirty();
}

void console_names(struct page *page, bool again)
{
    struct query query = QUERY_INIT;
    int done = 0, list;
    naming = page->console;
    while (names_next(page->definition, again, &done, &query, &list)) {
        struct request request = {.sql = buffer_text(&query.sql),
                                  .n = query.count,
                                  .values = (const char *const *)query.values,
                                  .kind = REQUEST_READ};
        connection_request(naming->connection, naming, &request, names_came,
                           (void *)(intptr_t)list);
        naming->names_open++;
        query_free(&query);
        query = (struct query)QUERY_INIT;
    }
    names_apply(page->definition);
}

static bool fields_named(const struct fields *fields)
{
    for (int i = 0; i < fields->count; i++)
        if (fields->items[i].names.view)
            return true;
    return false;
}

static bool filter_named(const struct definition *definition)
{
    for (int i = 0; i < definition->filter_count; i++)
        if (definition->filters[i].names.view)
            return true;
    return fields_named(&definition->fields);
}

/* `code` of 0: any action of the page. */
static bool action_named(struct page *page, int code)
{
    const struct defined_action *action;
    for (int i = 0; (action = page_action(page, i)); i++)
        if (fields_named(&action->ask) &&
            (!code || (action->key && key_parse(action->key) == code)))
            return true;
    return false;
}

bool console_unnamed(struct page *page, const struct key *key)
{
    bool typing = page->ops->typing && page->ops->typing(page);
    if (!page->console->names_open || !page->definition || page->context == CONTEXT_FORM)
        return false;
    switch (action_for_key(page->console->keymap, page->context, typing, key->code)) {
    case ACTION_FILTER:
        return filter_named(page->definition);
    case ACTION_OPEN: /* carries out options */
    case ACTION_ACTIONS:
    case ACTION_NEW:
        return action_named(page, 0);
    case ACTION_NONE:
        return !typing && action_named(page, key->code);
    default:
        return false;
    }
}

bool console_may_open(struct console *console, const char *screen)
{
    struct catalogue *catalogue = console_catalogue(console);
    const struct catalogue_entry *entry = catalogue ? catalogue_find(catalogue, screen) : NULL;
    return entry && (entry->roles & console->identity.role_bit);
}

/* Whether the person may open it; says so when not. */
static bool allowed(struct console *console, const struct catalogue_entry *entry)
{
    if (entry->roles & console->identity.role_bit)
        return true;
    screen_bell();
    console_say(console, STYLE_WARNING, _("\"%s\" is not open to your role."),
                catalogue_title(entry));
    return false;
}

/* Parameters that `bindings` name, and how many of them have come. */
static void count_needed(const struct definition *definition, const struct bindings *bindings,
                         const struct values *arguments, int *needed, int *given)
{
    for (int i = 0; i < bindings->count; i++)
        for (int p = 0; bindings->items[i].name && p < definition->parameter_count; p++)
            if (!strcmp(bindings->items[i].name, definition->parameters[p])) {
                ++*needed;
                *given += arguments && values_has(arguments, definition->parameters[p]);
            }
}

/* A command gives one parameter: not enough for what is loaded by a key of several. */
static bool lacks_key(const struct definition *definition, const struct values *arguments)
{
    int needed = 0, given = 0;
    count_needed(definition, &definition->load.arguments, arguments, &needed, &given);
    count_needed(definition, &definition->load.where, arguments, &needed, &given);
    return needed > 1 && given == 1;
}

/* A screen without a code, or a form that is loaded, is reached from another screen, which says what
 * it is about. */
static bool lacks_object(const struct definition *definition, const struct values *arguments)
{
    const struct bindings *load = &definition->load.arguments;
    if (lacks_key(definition, arguments))
        return true;
    for (int i = 0; i < definition->parameter_count; i++)
        if (arguments && values_has(arguments, definition->parameters[i]))
            return false;
    return definition->parameter_count && (!definition->code || load->count);
}

void console_open(struct console *console, const char *screen, const struct values *arguments)
{
    struct error error = ERROR_INIT;
    struct catalogue *catalogue = console_catalogue(console);
    const struct catalogue_entry *entry = catalogue ? catalogue_find(catalogue, screen) : NULL;
    if (!catalogue || (entry && !entry->broken && !allowed(console, entry)))
        return;
    const struct definition *definition = catalogue_load(catalogue, screen, &error);
    if (definition && lacks_object(definition, arguments)) {
        console_refuse(console, _("This screen is about one object: open it from its row in a list."));
        return;
    }
    if (console->read_only && definition && definition->kind == KIND_FORM) {
        console_refuse(console, _("The program was started read-only."));
        return;
    }
    struct page *page = page_new(console, screen, definition, arguments);
    console_say(console, STYLE_MESSAGE, "%s", "");
    if (!definition) {
        values_set(&page->arguments, "where", error.where);
        values_set(&page->arguments, "what", error.what);
        values_set(&page->arguments, "todo", error.todo);
    }
    show(console, page);
}

void console_jump(struct page *from, const struct jump *jump, value_lookup lookup, void *data)
{
    struct values arguments = VALUES_INIT;
    const char *named = jump->screen_from ? lookup(data, jump->screen_from) : NULL;
    values_bind(&arguments, &jump->arguments, lookup, data);
    console_open(from->console, named ? named : jump->screen, &arguments);
    values_clear(&arguments);
}

static void arrive(struct console *console)
{
    struct page *page = console_page(console);
    console_say(console, STYLE_MESSAGE, "%s", "");
    if ((page->stale || page->outdated) && page->ops->refresh)
        page->ops->refresh(page);
    page->outdated = false;
}

void console_outdated(struct console *console)
{
    for (int i = 0; i < console->page_count; i++)
        console->pages[i]->outdated = i != console->page_at;
}

bool console_back(struct console *console)
{
    if (console->page_at <= 0)
        return false;
    struct page *left = console->pages[console->page_at--];
    left->stale = leave_page(left) || left->stale;
    arrive(console);
    if (left->ops->unsent && left->ops->unsent(left))
        console_say(console, STYLE_WARNING, _("Not sent. %s goes back to what you entered."),
                    action_key(console->keymap, ACTION_FORWARD, false));
    return true;
}

bool console_forward(struct console *console)
{
    if (console->page_at + 1 >= console->page_count)
        return false;
    console->page_at++;
    arrive(console);
    return true;
}

void console_close_page(struct console *console)
{
    if (console->page_count)
        drop(console, console->page_at);
    screen_dirty();
}

void console_home(struct console *console)
{
    while (console->page_count > 1)
        drop(console, console->page_count - 1);
    console->page_at = 0;
    if (!console->page_count)
        console_open(console, "home", NULL);
    else
        arrive(console);
}

const char *page_value(struct page *page, const char *name)
{
    const struct identity *identity = &page->console->identity;
    const char *value;
    if (name[0] == '@') {
        if (!strcmp(name, "@me"))
            return identity->login;
        if (!strcmp(name, "@unit"))
            return identity->unit_id;
        if (!strcmp(name, "@nobody")) { /* stands for unknown customers of the unit */
            static char nobody[sizeof identity->unit_id + 1];
            snprintf(nobody, sizeof nobody, "-%s", identity->unit_id);
            return nobody;
        }
        if (!strcmp(name, "@quarter")) {
            static char quarter[8];
            period_quarter(identity->today, quarter);
            return quarter;
        }
        return !strcmp(name, "@today") ? identity->today : NULL;
    }
    value = page->ops->value ? page->ops->value(page, name) : NULL;
    return value ? value : values_get(&page->arguments, name);
}

const char *page_lookup(void *page, const char *name)
{
    return page_value(page, name);
}
