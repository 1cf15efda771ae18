#include "console/password.h"

#include "base/alloc.h"
#include "console/dialog.h"
#include "console/perform.h"
#include "terminal/draw.h"
#include "terminal/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 62, TRIES = 3 };

struct changing {
    struct form *form;
    int old, new, again; /* fields */
    int wrong;           /* tries with another present password */
    bool first;          /* must be changed: the box stays */
};

/* The box that is open, and the password that was sent: both outlive a lock of the console. */
static struct dialog *box;
static char *sent;

static void wipe(char **text)
{
    if (*text)
        explicit_bzero(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

static const char *explanation(const struct changing *changing)
{
    return changing->first
               ? _("Somebody else chose the password that you logged in with. Choose one that only "
                   "you know.")
               : _("At least 10 characters. Nobody else can read it, here or in the database.");
}

static void paint(struct dialog *dialog)
{
    struct changing *changing = dialog->state;
    struct line line = LINE_INIT;
    int most = screen_columns() - 6, width = WIDTH < most ? WIDTH : most, row, column;
    int rows = form_layout(changing->form, width, 12);
    struct area in, text = {0, 0, 0, width};
    int head = dialog_paragraph(explanation(changing), &text, STYLE_MESSAGE) + 1;
    dialog_box(dialog, head + rows + 2, width, STYLE_BORDER, &in);
    dialog_paragraph(explanation(changing), &in, STYLE_MESSAGE);
    rows = form_layout(changing->form, in.columns, in.rows - head - 2);
    for (int i = 0; i < rows && head + i < in.rows - 1; i++) {
        line_clear(&line);
        form_line(changing->form, i, &line, !screen_unicode());
        draw_line(in.top + head + i, in.left, in.columns, &line, STYLE_NORMAL, 0);
    }
    line_free(&line);
    draw_text(in.top + in.rows - 1, in.left, in.columns, STYLE_KEY_LABEL,
              changing->first ? _("Enter = next field, at the last one done   Ctrl-Q = quit")
                              : _("Enter = next field, at the last one done   Esc = cancel"));
    if (form_cursor(changing->form, &row, &column))
        draw_cursor(in.top + head + row, in.left + column, true);
}

/* What cannot be seen is typed again from this field on. */
static void refuse(struct changing *changing, int field, const char *message)
{
    for (int i = field; i <= changing->again; i++)
        form_set(changing->form, i, "");
    form_set_focus(changing->form, field);
    form_set_message(changing->form, field, message);
    screen_bell();
}

static int characters(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += (*text & 0xc0) != 0x80;
    return count;
}

/* Whether what was typed can be a new password; says at its field when not. */
static bool fits(struct console *console, struct changing *changing)
{
    const char *new = form_value(changing->form, changing->new);
    if (characters(new) < PASSWORD_LEAST)
        refuse(changing, changing->new, _("Type at least 10 characters."));
    else if (strstr(new, console->identity.login))
        refuse(changing, changing->new, _("Your login must not stand in it."));
    else if (!strcmp(new, form_value(changing->form, changing->old)))
        refuse(changing, changing->new, _("This is the present one."));
    else if (strcmp(new, form_value(changing->form, changing->again)) != 0)
        refuse(changing, changing->new, _("The two new passwords differ."));
    else
        return true;
    return false;
}

/* One who does not know the password is not the one who logged in. */
static bool knows_present(struct console *console, struct changing *changing)
{
    if (connection_is_password(console->connection, form_value(changing->form, changing->old)))
        return true;
    if (++changing->wrong == TRIES) {
        console->refused += TRIES;
        snprintf(console->refused_name, sizeof console->refused_name, "%s",
                 console->identity.login);
        console_lock(console);
    } else {
        refuse(changing, changing->old, _("This is not your present password."));
    }
    return false;
}

static void changed(struct page *page, const struct perform_result *result, void *data)
{
    struct console *console = page->console;
    bool elsewhere = !connection_password(console->connection);
    (void)data;
    if (result->good && sent) {
        connection_keep_password(console->connection, sent);
        console->identity.password_first = false;
        if (box)
            dialog_close(box);
        if (elsewhere)
            console_say(console, STYLE_WARNING, "%s",
                        _("Your password is changed. The file it was read from still has the old "
                          "one."));
    }
    wipe(&sent);
}

static void submit(struct dialog *dialog)
{
    struct console *console = dialog->console;
    struct changing *changing = dialog->state;
    struct values values = VALUES_INIT;
    if (form_validate(changing->form) >= 0) {
        screen_bell();
        return;
    }
    if (sent || !knows_present(console, changing) || !fits(console, changing))
        return;
    const char *new = form_value(changing->form, changing->new);
    char *verifier = connection_verifier(console->connection, new);
    if (verifier) {
        sent = xstrdup(new);
        values_set(&values, "p_verifier", verifier);
        if (!perform_call(console_page(console), "password_change", &values, changed, NULL))
            wipe(&sent);
        values_clear(&values);
    } else {
        console_refuse(console, _("There is no connection to the database."));
    }
    PQfreemem(verifier);
}

static void press(struct dialog *dialog, const struct key *key)
{
    struct changing *changing = dialog->state;
    screen_dirty();
    if (dialog_leaves(key)) {
        if (changing->first)
            console_refuse(dialog->console, _("First choose a password of your own."));
        else
            dialog_close(dialog);
        return;
    }
    switch (form_key(changing->form, key)) {
    case FORM_SUBMIT:
        submit(dialog);
        break;
    case FORM_BELL:
    case FORM_IGNORED:
        screen_bell();
        break;
    default:
        break;
    }
}

static void changing_free(struct dialog *dialog)
{
    struct changing *changing = dialog->state;
    form_free(changing->form);
    free(changing);
    box = NULL;
}

static bool waits(struct dialog *dialog, const struct key *key)
{
    (void)dialog;
    (void)key;
    return sent != NULL;
}

static const struct dialog_ops password_ops = {paint, press, changing_free, NULL, waits};

static int add(struct form *form, const char *name, const char *label)
{
    struct form_field field = {.name = name,
                               .label = label,
                               .type = FORM_PASSWORD,
                               .length = PASSWORD_LENGTH,
                               .width = 32,
                               .required = true};
    return form_add(form, &field);
}

static void open_box(struct console *console, bool first)
{
    struct changing *changing = xcalloc(1, sizeof *changing);
    changing->form = form_new();
    changing->first = first;
    changing->old = add(changing->form, "old", _("Present password"));
    changing->new = add(changing->form, "new", _("New password"));
    changing->again = add(changing->form, "again", _("Once more"));
    form_set_focus(changing->form, changing->old);
    box = dialog_push(console, &password_ops, _("Your password"), changing);
}

void password_open(struct console *console)
{
    if (box || sent)
        return;
    if (console->read_only)
        console_refuse(console, _("The program was started read-only."));
    else if (connection_state(console->connection) != LINK_READY)
        console_refuse(console, _("There is no connection to the database."));
    else if (!connection_asked_password(console->connection))
        console_refuse(console, _("This server does not ask you for a password."));
    else
        open_box(console, false);
}

void password_ask_first(struct console *console)
{
    if (console->identity.password_first && !box && !console->read_only &&
        connection_asked_password(console->connection))
        open_box(console, true);
}
