#include "console/console.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/place.h"
#include "base/text.h"
#include "console/ahead.h"
#include "console/command_line.h"
#include "console/dialog.h"
#include "console/format.h"
#include "console/login.h"
#include "console/password.h"
#include "console/task.h"
#include "console/work.h"
#include "database/address.h"
#include "terminal/theme.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = 1000, PATIENCE = 700 };

/* $BANKOPS_NOW (2026-11-21T06:03:22Z) stops the clock: for pictures in manuals and for tests. */
static int64_t stopped_clock(void)
{
    static int64_t stopped = -1;
    const char *text = getenv("BANKOPS_NOW");
    if (stopped < 0 && !(text && format_timestamp(text, &stopped)))
        stopped = 0;
    return stopped;
}

int64_t console_now(const struct console *console)
{
    struct timespec now;
    if (stopped_clock())
        return stopped_clock();
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + console->identity.offset_ms;
}

void console_say(struct console *console, unsigned style, const char *text, ...)
{
    va_list list;
    char *made;
    va_start(list, text);
    if (vasprintf(&made, text, list) < 0)
        made = NULL;
    va_end(list);
    free(console->message);
    console->message = made;
    console->message_style = style;
    screen_dirty();
}

void console_refuse(struct console *console, const char *why)
{
    screen_bell();
    console_say(console, STYLE_WARNING, "%s", why);
}

void console_error(struct console *console, const struct error *error)
{
    struct buffer text = BUFFER_INIT;
    if (error->kind == ERROR_CANCELLED) {
        console_say(console, STYLE_WARNING, "%s", _("The query was stopped."));
        return;
    }
    if (error->kind == ERROR_UNREACHABLE)
        return;
    buffer_add(&text, error->what);
    if (error->where[0] && strncmp(error->where, "p_", 2) != 0) /* a parameter tells nobody */
        buffer_format(&text, "\n\n%s %s", _("Where:"), error->where);
    if (error->todo[0])
        buffer_format(&text, "\n\n%s %s", _("What to do:"), error->todo);
    if (error->code[0])
        buffer_format(&text, "\n\n%s %s", _("Code:"), error->code);
    console_say(console, STYLE_MESSAGE, "%s", ""); /* what was under way is not any more */
    screen_bell();
    screen_flush_keys();
    ahead_forget(console);
    dialog_text(console, error->kind == ERROR_REFUSED ? _("Not possible") : _("Error"),
                buffer_text(&text), STYLE_ERROR);
    buffer_free(&text);
}

struct catalogue *console_catalogue(struct console *console)
{
    struct error error = ERROR_INIT;
    if (!console->catalogue) {
        console->catalogue = catalogue_new(console->settings.screens, &error);
        if (!console->catalogue)
            console_error(console, &error);
    }
    return console->catalogue;
}

unsigned console_ask(struct page *page, struct query *query, answer_function answer, void *data)
{
    struct request request = {.sql = buffer_text(&query->sql),
                              .n = query->count,
                              .values = (const char *const *)query->values,
                              .kind = REQUEST_READ,
                              .repeats = query->repeats};
    if (!connection_pending(page->console->connection, page))
        page->console->busy_since = clock_ms();
    unsigned id =
        connection_request(page->console->connection, page, &request, answer, data);
    query_free(query);
    return id;
}

bool console_waits(const struct console *console, const struct page *page)
{
    return connection_pending(console->connection, page) &&
           clock_ms() - console->busy_since > PATIENCE;
}

static void copy_cell(char *to, size_t capacity, const PGresult *rows, int column)
{
    snprintf(to, capacity, "%s", PQgetvalue(rows, 0, column));
}

/* Every clock of the program shows the bank's local time, without needing the zone's rules here. */
static void use_zone(int64_t zone_ms)
{
    char zone[32];
    long minutes = labs((long)(zone_ms / 60000));
    char east = zone_ms < 0 ? '-' : '+', west = zone_ms < 0 ? '+' : '-';
    snprintf(zone, sizeof zone, "<%c%02ld%02ld>%c%02ld:%02ld", east, minutes / 60 % 100,
             minutes % 60, west, minutes / 60 % 100, minutes % 60);
    setenv("TZ", zone, 1);
    tzset();
}

static void signed_in(void *data, struct answer *answer)
{
    struct console *console = data;
    if (!answer->error)
        console->refused = 0;
}

/* Who signed in stands in the audit trail, also when only reading. */
static void sign_in(struct console *console)
{
    char key[37], refused[16];
    const char *values[] = {refused, console->refused_name, key};
    clock_uuid(key);
    snprintf(refused, sizeof refused, "%d", console->refused);
    struct request request = {.sql = "SELECT status FROM api.sign_in($1::int, $2, $3::uuid)",
                              .n = 3,
                              .values = values,
                              .kind = REQUEST_READ};
    connection_request(console->connection, console, &request, signed_in, console);
}

static void identified(void *data, struct answer *answer)
{
    struct console *console = data;
    struct identity *identity = &console->identity;
    struct timespec now;
    if (answer->error || PQntuples(answer->rows) != 1) {
        login_refused(console, answer->error);
        return;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    copy_cell(identity->login, sizeof identity->login, answer->rows, 0);
    copy_cell(identity->role, sizeof identity->role, answer->rows, 1);
    copy_cell(identity->name[0], sizeof identity->name[0], answer->rows, 2);
    copy_cell(identity->name[1], sizeof identity->name[1], answer->rows, 3);
    copy_cell(identity->unit_id, sizeof identity->unit_id, answer->rows, 4);
    copy_cell(identity->unit[0], sizeof identity->unit[0], answer->rows, 5);
    copy_cell(identity->unit[1], sizeof identity->unit[1], answer->rows, 6);
    copy_cell(identity->bank[0], sizeof identity->bank[0], answer->rows, 7);
    copy_cell(identity->bank[1], sizeof identity->bank[1], answer->rows, 8);
    copy_cell(identity->today, sizeof identity->today, answer->rows, 9);
    identity->offset_ms = atoll(PQgetvalue(answer->rows, 0, 10)) -
                          ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    identity->zone_ms = atoll(PQgetvalue(answer->rows, 0, 11));
    identity->password_first = PQgetvalue(answer->rows, 0, 12)[0] == 't';
    use_zone(identity->zone_ms);
    identity->role_bit = role_bit(identity->role);
    identity->known = true;
    login_done(console);
    sign_in(console);
    password_ask_first(console);
}

/* The user's own settings of lists; without them the lists are as delivered. */
static void views_arrived(void *data, struct answer *answer)
{
    struct console *console = data;
    for (int i = 0; answer->rows && i < PQntuples(answer->rows); i++)
        values_set(&console->views, PQgetvalue(answer->rows, i, 0),
                   PQgetvalue(answer->rows, i, 1));
}

void console_identify(struct console *console)
{
    static const char views[] = "SELECT screen, definition->>'settings' FROM api.saved_view_list "
                                "WHERE name = 'default'";
    static const char sql[] =
        "SELECT login, role, name_en, name_zh, unit_id, unit_en, unit_zh, bank_en, bank_zh, today, "
        "now_ms, zone_ms, password_first FROM api.console_identity()";
    struct request request = {.sql = sql, .kind = REQUEST_READ};
    struct request view_request = {.sql = views, .kind = REQUEST_READ};
    connection_request(console->connection, console, &view_request, views_arrived, console);
    connection_request(console->connection, console, &request, identified, console);
}

void console_set_language(struct console *console, enum language language)
{
    language_set(language);
    for (int i = 0; i < console->page_count; i++)
        if (console->pages[i]->ops->translate)
            console->pages[i]->ops->translate(console->pages[i]);
    console_outdated(console); /* people and units are read in the language of the screen */
    struct page *page = console_page(console);
    if (page && page->ops->refresh && !console->login)
        page->ops->refresh(page);
    console_say(console, STYLE_MESSAGE, "%s", _("The language is English now."));
}

void console_quit(struct console *console)
{
    int uncertain = connection_uncertain(console->connection);
    loop_stop(console->loop, uncertain ? 4 : 0);
}

void console_lock(struct console *console)
{
    if (console->login)
        return;
    dialog_close_all(console);
    command_line_close(console);
    ahead_forget(console);
    for (int i = 0; i < console->page_count; i++)
        if (console->pages[i]->ops->forget)
            console->pages[i]->ops->forget(console->pages[i]);
    connection_drop_owner(console->connection, console);
    console->locked = true;
    console_say(console, STYLE_MESSAGE, "%s", "");
    login_open(console, console->identity.login);
    screen_redraw();
}

/* Callbacks run in here; one of them may show a file in another program. */
static void step_link(struct console *console, short revents)
{
    console->stepping = true;
    connection_step(console->connection, revents);
    console->stepping = false;
}

/* Connection: the loop asks what to wait for, and when to look again. */
static void link_due(void *data)
{
    struct console *console = data;
    console->link_timer = NULL;
    step_link(console, 0);
    ahead_drain(console);
}

static short link_prepare(int *fd, void *data)
{
    struct console *console = data;
    int wait = connection_next_timeout_ms(console->connection);
    int64_t due = wait < 0 ? -1 : clock_ms() + wait;
    if (due < 0 || !console->link_timer || due < console->link_due - 2 ||
        due > console->link_due + 2) {
        loop_timer_cancel(console->loop, console->link_timer);
        console->link_timer =
            due < 0 ? NULL : loop_timer(console->loop, wait, false, link_due, console);
        console->link_due = due;
    }
    *fd = connection_socket(console->connection);
    return connection_events(console->connection);
}

static void link_ready(int fd, short revents, void *data)
{
    struct console *console = data;
    (void)fd;
    step_link(console, revents);
    ahead_drain(console);
}

static void link_changed(void *data)
{
    struct console *console = data;
    enum connection_state state = connection_state(console->connection);
    struct page *page = console_page(console);
    screen_dirty();
    if (console->login) {
        login_link_changed(console);
        return;
    }
    if (state == LINK_NEEDS_PASSWORD || state == LINK_REFUSED) {
        login_open(console, console->identity.login);
        login_link_changed(console);
    }
    for (int i = 0; state == LINK_LOST && i < console->page_count; i++)
        console->pages[i]->stale = console->pages[i]->ops->refresh != NULL;
    if (state == LINK_READY && console->message &&
        !strcmp(console->message, _("There is no connection to the database.")))
        console_say(console, STYLE_MESSAGE, "%s", "");
    if (state == LINK_READY && page && page->stale && page->ops->refresh)
        page->ops->refresh(page);
}

static void each_second(void *data)
{
    struct console *console = data;
    struct page *page = console_page(console);
    int limit = console->settings.idle_lock;
    int64_t now = clock_ms();
    if (limit && !console->login && console->identity.known &&
        now - console->last_key > (int64_t)limit * SECOND &&
        !connection_uncertain(console->connection)) {
        console_lock(console);
        return;
    }
    work_tick(console);
    if (console->login || !page)
        return;
    if (page->ops->tick)
        page->ops->tick(page);
    if (page->refresh_left > 0 && --page->refresh_left == 0) {
        page->refresh_left = page->definition ? page->definition->refresh : 0;
        if (page->ops->refresh && !console->dialog)
            page->ops->refresh(page);
    }
    if (now / 60000 != console->last_second / 60000 ||
        connection_state(console->connection) != LINK_READY ||
        connection_pending(console->connection, page) || console->ahead_count)
        screen_dirty();
    console->last_second = now;
}

/* Another program has the terminal: the connection goes on, and colleagues still see who has the
 * object open. */
static void aside(void *data)
{
    struct console *console = data;
    struct page *page = console_page(console);
    struct pollfd link = {connection_socket(console->connection),
                          connection_events(console->connection), 0};
    int64_t second = clock_ms() / SECOND;
    if (console->stepping)
        return;
    poll(&link, link.fd >= 0, 0);
    step_link(console, link.revents);
    if (page && page->ops->aside && second != console->last_aside)
        page->ops->aside(page);
    console->last_aside = second;
}

static void gone(void *data)
{
    (void)data;
}

/* Warnings of libpq, about a .pgpass that others may read, say. */
static void library_said(const char *text, void *data)
{
    struct console *console = data;
    if (console->login)
        login_warn(console, text);
    else
        console_say(console, STYLE_WARNING, "%s", text);
}

static bool start_settings(struct console *console, struct error *error)
{
    const struct console_options *options = &console->options;
    const char *theme = options->theme ? options->theme : console->settings.theme;
    console->keymap = console->settings.keymap;
    if (options->keymap) {
        int map = keymap_find(options->keymap);
        if (map < 0)
            return error_set(error, ERROR_USAGE, "--keymap", _("Use ibm, vim or finacle."),
                             _("there is no key map \"%.40s\""), options->keymap);
        console->keymap = (enum keymap)map;
    }
    text_set_ambiguous_wide(console->settings.ambiguous_wide);
    return theme_set(theme, error);
}

static void start_connection(struct console *console)
{
    struct connection_options options = {.conninfo = console->options.conninfo,
                                         .as = console->options.as};
    console->connection = connection_new(&options);
    connection_on_change(console->connection, link_changed, console);
    console->watch = loop_watch(console->loop, -1, 0, link_ready, console);
    loop_watch_prepare(console->watch, link_prepare);
}

/* Read while the server answers the first question. */
static void warm_up(void *data)
{
    console_catalogue(data);
}

static int run(struct console *console, struct error *error)
{
    struct screen_handlers handlers = {console_key, console_paint, gone, library_said,
                                       console};
    if (!screen_open(console->loop, &handlers, error))
        return -1;
    screen_on_wait(aside, console);
    start_connection(console);
    console->last_key = clock_ms();
    login_open(console, console->options.as);
    loop_timer(console->loop, SECOND, true, each_second, console);
    loop_timer(console->loop, 1, false, warm_up, console);
    int status = loop_run(console->loop);
    dialog_close_all(console);
    screen_close();
    return status;
}

static void console_free(struct console *console)
{
    login_close(console);
    ahead_forget(console);
    work_close(console);
    command_line_close(console);
    command_line_save(console);
    while (console->page_count) {
        console->page_at = console->page_count - 1;
        console_close_page(console);
    }
    free(console->pages);
    if (console->connection)
        connection_free(console->connection);
    catalogue_free(console->catalogue);
    settings_free(&console->settings);
    free(console->message);
    free(console->start_text);
    values_clear(&console->views);
    values_clear(&console->sent);
    loop_free(console->loop);
}

int console_run(const struct console_options *options)
{
    struct console console = {.options = *options, .read_only = options->read_only};
    struct error error = ERROR_INIT;
    char *path = place_config("bankops.conf");
    int status = -1;
    console.loop = loop_new();
    console.start_text = options->screen ? xstrdup(options->screen) : NULL;
    if (settings_read(&console.settings, path, &error) && start_settings(&console, &error)) {
        if (console.settings.language && !getenv("BANKOPS_LANGUAGE_SET"))
            language_set(console.settings.language[0] == 'z' ? LANGUAGE_CHINESE
                                                             : LANGUAGE_ENGLISH);
        status = address_check(options->conninfo, &error) ? run(&console, &error) : -1;
    }
    if (status < 0)
        error_print(&error);
    int uncertain = console.connection ? connection_uncertain(console.connection) : 0;
    console_free(&console);
    free(path);
    if (uncertain)
        fprintf(stderr, "%s\n",
                _("bankops: a change was sent, but its result is not known. Look it up before you "
                  "enter it again."));
    return status < 0 ? error_exit_status(&error) : status;
}
