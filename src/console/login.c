#include "console/login.h"

#include "base/alloc.h"
#include "base/language.h"
#include "console/command_line.h"
#include "console/dialog.h"
#include "database/address.h"
#include "terminal/draw.h"
#include "terminal/form.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AHEAD = 64 };

struct login {
    struct key ahead[AHEAD]; /* typed while the connection was made; for the first screen */
    int ahead_count;
    struct form *form;
    int name, password; /* fields, -1 when not asked */
    char *tried;        /* the name the server was last asked with */
    bool asking;        /* a connection is under way */
    bool warned;        /* the library said something about it, which stays to be read */
    bool unasked;       /* it is made in the name of the account, as psql does: may fail silently */
    char *message;
    unsigned style;
};

static void say(struct login *login, unsigned style, const char *text)
{
    size_t named = login->tried ? strlen(login->tried) : 0;
    bool about_name = named && !strncmp(text, login->tried, named);
    free(login->message);
    login->message = xstrdup(text);
    if (!about_name) /* the database layer's texts follow a name on the command line */
        login->message[0] = (char)toupper((unsigned char)text[0]);
    login->style = style;
    screen_dirty();
}

/* What is wrong and what to do. */
static void say_error(struct login *login, const struct error *error)
{
    char *text =
        error->todo[0] ? xasprintf(_("%s. %s"), error->what, error->todo) : xstrdup(error->what);
    say(login, STYLE_ERROR, text);
    free(text);
}

void login_warn(struct console *console, const char *text)
{
    say(console->login, STYLE_WARNING, text);
    console->login->warned = true;
}

static void build(struct login *login, const char *name, bool password, bool locked)
{
    struct form_field user = {.name = "name",
                              .label = _("Name"),
                              .type = FORM_TEXT,
                              .length = 63,
                              .width = 24,
                              .required = true,
                              .readonly = locked && name};
    struct form_field secret = {.name = "password",
                                .label = _("Password"),
                                .type = FORM_PASSWORD,
                                .length = 200,
                                .width = 24};
    form_free(login->form);
    login->form = form_new();
    login->name = form_add(login->form, &user);
    login->password = password ? form_add(login->form, &secret) : -1;
    form_set(login->form, login->name, name ? name : "");
    if (password)
        form_set_focus(login->form, login->password);
}

static void remember_name(struct login *login, const char *name)
{
    char *copy = xstrdup(name);
    free(login->tried);
    login->tried = copy;
}

static void begin(struct console *console, const char *name)
{
    connection_set_role(console->connection, name);
    remember_name(console->login, name);
    console->login->asking = true;
    console->login->warned = false;
    connection_start(console->connection);
}

/* Who logs in when nobody said so: on a server of the bank's the one that psql would use. After the
 * form was painted. */
static void begin_default(void *data)
{
    struct console *console = data;
    struct login *login = console->login;
    bool named;
    if (!login || login->asking || *form_value(login->form, login->name))
        return;
    char *user = address_user(console->options.conninfo, &named);
    login->unasked = !named;
    if (named)
        form_set(login->form, login->name, user);
    begin(console, user);
    free(user);
}

void login_open(struct console *console, const char *name)
{
    struct login *login = xcalloc(1, sizeof *login);
    login_close(console);
    console->login = login;
    build(login, name ? name : "", false, console->locked || console->identity.known);
    if (console->locked) {
        say(login, STYLE_MESSAGE, _("Locked after a pause. Press Enter to log in again."));
        connection_set_role(console->connection, console->identity.login);
    } else if (name && *name && !console->identity.known) {
        begin(console, name);
    } else if (!console->identity.known && !connection_is_private(console->connection)) {
        loop_timer(console->loop, 1, false, begin_default, console);
    }
    screen_dirty();
}

void login_close(struct console *console)
{
    struct login *login = console->login;
    if (!login)
        return;
    form_free(login->form);
    free(login->message);
    free(login->tried);
    free(login);
    console->login = NULL;
}

/* The account is nobody whom the server knows: the form asks who it is. */
static void ask_name(struct login *login)
{
    login->unasked = login->asking = false;
    login->ahead_count = 0;
    say(login, STYLE_NORMAL, "");
}

void login_link_changed(struct console *console)
{
    struct login *login = console->login;
    const struct error *error = connection_error(console->connection);
    char *name = xstrdup(form_value(login->form, login->name));
    switch (connection_state(console->connection)) {
    case LINK_READY:
        if (login->asking)
            console_identify(console);
        break;
    case LINK_NEEDS_PASSWORD:
        if (login->unasked) {
            ask_name(login);
            break;
        }
        if (login->password >= 0) {
            console->refused++;
            snprintf(console->refused_name, sizeof console->refused_name, "%s", login->tried);
            say(login, STYLE_ERROR, _("Name or password is wrong."));
        } else if (!login->warned)
            say(login, STYLE_NORMAL, "");
        build(login, name, true, console->locked || console->identity.known);
        login->asking = false;
        login->ahead_count = 0;
        break;
    case LINK_REFUSED:
        if (login->unasked && *login->tried && !strncmp(error->code, "28", 2)) {
            ask_name(login);
            break;
        }
        login->asking = false;
        login->ahead_count = 0;
        say_error(login, error);
        break;
    case LINK_LOST:
        say(login, STYLE_WARNING, connection_banner(console->connection));
        break;
    case LINK_CONNECTING:
        if (!login->warned)
            say(login, STYLE_MUTED, connection_banner(console->connection));
        break;
    case LINK_CLOSED:
        break;
    }
    free(name);
    screen_dirty();
}

void login_refused(struct console *console, const struct error *error)
{
    if (!console->login)
        login_open(console, NULL);
    if (console->login->unasked && (!error || error->kind == ERROR_REFUSED)) {
        ask_name(console->login);
        return;
    }
    console->login->asking = false;
    console->login->ahead_count = 0;
    if (error)
        say_error(console->login, error);
    else
        say(console->login, STYLE_ERROR, _("This login does not belong to active staff."));
}

static void open_first(struct console *console)
{
    char *text = console->start_text;
    console->start_text = NULL;
    console_open(console, "home", NULL);
    if (text)
        command_run(console, text);
    free(text);
}

void login_done(struct console *console)
{
    struct page *page = console_page(console);
    struct key ahead[AHEAD];
    int ahead_count = console->login ? console->login->ahead_count : 0;
    char title[256];
    if (ahead_count)
        memcpy(ahead, console->login->ahead, sizeof ahead);
    console->locked = false;
    login_close(console);
    snprintf(title, sizeof title, "bankops %s", console->identity.login);
    screen_title(title);
    if (!page)
        open_first(console);
    else if (page->ops->refresh)
        page->ops->refresh(page);
    for (int i = 0; i < ahead_count; i++)
        console_key(&ahead[i], console);
    screen_dirty();
}

/* Asks the server in the name that stands in the form: one changed beside the password counts. */
static void ask(struct console *console, const char *name)
{
    struct login *login = console->login;
    bool same = login->tried && !strcmp(login->tried, name) &&
                connection_state(console->connection) == LINK_NEEDS_PASSWORD;
    login->asking = true;
    login->unasked = login->warned = false;
    if (!console->locked && !same) {
        connection_set_role(console->connection, name);
        remember_name(login, name);
    }
    if (login->password >= 0) {
        connection_set_password(console->connection, form_value(login->form, login->password));
        form_set(login->form, login->password, "");
    }
    connection_start(console->connection);
}

static void submit(struct console *console)
{
    struct login *login = console->login;
    const char *name = form_value(login->form, login->name);
    if (form_validate(login->form) >= 0) {
        screen_bell();
        return;
    }
    ask(console, name);
    say(login, STYLE_MUTED, _("Connecting…"));
}

void login_key(struct console *console, const struct key *key)
{
    struct login *login = console->login;
    if (key->code == K_F(3) || (key->code == K_ESCAPE && !console->locked) ||
        key->code == (K_CTRL | 'c')) {
        console_quit(console);
        return;
    }
    if (login->asking) {
        if (login->ahead_count < AHEAD && key->code != K_PASTE)
            login->ahead[login->ahead_count++] = *key;
        return;
    }
    if (console->locked && key->code == K_ENTER && login->password < 0) {
        submit(console);
        return;
    }
    switch (form_key(login->form, key)) {
    case FORM_SUBMIT:
        submit(console);
        break;
    case FORM_BELL:
    case FORM_IGNORED:
        screen_bell();
        break;
    case FORM_HANDLED:
    case FORM_EDITED:
    case FORM_PICK:
        break;
    }
    screen_dirty();
}

void login_paint(struct console *console)
{
    struct login *login = console->login;
    struct line line = LINE_INIT;
    int width = 52, rows = form_layout(login->form, width, 4), row, column;
    int top = screen_rows() / 2 - 6, left = (screen_columns() - width) / 2;
    const char *hint = connection_is_private(console->connection)
                           ? _("Demonstration logins: clerk01 rm01 super01 audit01 admin01")
                           : "";
    draw_box(top, left - 3, rows + 11, width + 6, STYLE_BORDER, " bankops ");
    draw_text(top + 2, left, width, STYLE_HEADING,
              console->locked ? _("The console is locked") : _("Bank operations console"));
    for (int i = 0; i < rows; i++) {
        line_clear(&line);
        form_line(login->form, i, &line, !screen_unicode());
        draw_line(top + 4 + i, left, width, &line, STYLE_NORMAL, 0);
    }
    line_free(&line);
    struct area message = {top + rows + 5, left, 5, width};
    dialog_paragraph(login->message ? login->message : hint, &message, login->style);
    draw_text(screen_rows() - 1, 1, screen_columns() - 2, STYLE_KEY_LABEL,
              _("Enter = log in   F3 or Ctrl-Q = quit"));
    if (form_cursor(login->form, &row, &column))
        draw_cursor(top + 4 + row, left + column, true);
}
