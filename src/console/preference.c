#include "console/preference.h"

#include "base/alloc.h"
#include "base/place.h"
#include "base/text.h"
#include "console/command_line.h"
#include "console/dialog.h"
#include "console/password.h"
#include "terminal/theme.h"

#include <stdlib.h>
#include <string.h>

static char *settings_path(void)
{
    return place_config("bankops.conf");
}

/* Lets the program follow its settings; `name` is the one that changed. */
static void apply(struct console *console, const char *name)
{
    const struct settings *settings = &console->settings;
    if (!strcmp(name, "language"))
        console_set_language(console, settings->language[0] == 'z' ? LANGUAGE_CHINESE
                                                                   : LANGUAGE_ENGLISH);
    else if (!strcmp(name, "theme"))
        theme_set(settings->theme, NULL);
    else if (!strcmp(name, "keymap"))
        console->keymap = settings->keymap;
    else if (!strcmp(name, "ambiguous_width"))
        text_set_ambiguous_wide(settings->ambiguous_wide);
    else if (!strcmp(name, "screens")) /* the catalogue was read from the folder before */
        console_say(console, STYLE_GOOD, "%s", _("Kept; it counts from the next start on."));
    screen_redraw();
}

static void refuse(struct console *console, const struct error *error)
{
    screen_bell();
    console_say(console, STYLE_WARNING, "%s", error->what);
}

void preference_change(struct console *console, const char *name, const char *value)
{
    struct error error = ERROR_INIT;
    char *path = settings_path();
    if (!settings_set(&console->settings, name, value, &error)) {
        refuse(console, &error);
    } else {
        console_say(console, STYLE_GOOD, _("%s is %s now, and the next time."), name, value);
        apply(console, name);
        if (!settings_keep(path, name, value, &error))
            console_error(console, &error);
    }
    free(path);
}

/* What counts now, which an option of the command line may have chosen. */
static void current(struct console *console, int number, struct buffer *value)
{
    struct settings now = console->settings;
    bool chinese = language_current() == LANGUAGE_CHINESE;
    now.keymap = console->keymap;
    now.theme = (char *)theme_name();
    now.language = (char *)(chinese ? "zh" : "en");
    settings_value(&now, number, value);
}

enum { PASSWORD = 1000 };

static void chosen(void *data, int tag)
{
    if (tag == PASSWORD) {
        password_open(data);
        return;
    }
    char *text = tag < 0 ? NULL : xasprintf("set %s ", settings_name(tag));
    if (text)
        command_line_open(data, text);
    free(text);
}

static void list(struct console *console)
{
    static const char *const meanings[] = {
        N_("The keys."),
        N_("The colours."),
        N_("Chinese or English."),
        N_("After this long without a key the screen is locked; 0 = never."),
        N_("Cells that characters of ambiguous width take in your terminal."),
        N_("A further folder of screens."),
    };
    struct dialog_items items = {NULL, 0, 0};
    char *path = settings_path(), *title = xasprintf("%s · %s", _("Your settings"), path);
    const char *name;
    for (int i = 0; (name = settings_name(i)); i++) {
        struct buffer value = BUFFER_INIT;
        current(console, i, &value);
        dialog_item_add(&items, i, name, value.length ? buffer_text(&value) : _("none"), NULL,
                        _(meanings[i]));
        buffer_free(&value);
    }
    bool asked = connection_asked_password(console->connection);
    dialog_item_add(&items, PASSWORD, "password", ":password",
                    asked ? NULL : _("This server does not ask you for a password."),
                    _("Change your password, on a server that asks for one."));
    for (int i = 0; i < console->settings.alias_count; i++) {
        char *alias = xasprintf("alias.%s", console->settings.aliases[i].name);
        dialog_item_add(&items, -1, alias, console->settings.aliases[i].text,
                        _("Change an alias in the file."), NULL);
        free(alias);
    }
    struct dialog *dialog = dialog_choose(console, title, &items, chosen, console);
    dialog_choose_keys(dialog, _("Enter = change   Esc = close   type to search"), NULL);
    free(title);
    free(path);
}

void preference_set(struct console *console, const char *text)
{
    char *name = xstrndup(text, strcspn(text, " ="));
    const char *value = text + strlen(name);
    value += strspn(value, " =");
    if (*value)
        preference_change(console, name, value);
    else
        list(console);
    free(name);
}
