#include "terminal/screen_internal.h"

#include "base/alloc.h"
#include "base/language.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

const char *screen_capability(const char *name)
{
    const char *value = tigetstr(name);
    return value == (const char *)-1 || !value || !*value ? NULL : value;
}

bool screen_check_terminal(struct error *error)
{
    const char *term = getenv("TERM");
    const char *todo = _("Set TERM to the kind of your terminal, for example: TERM=xterm-256color. "
                         "--plain works on any terminal.");
    int status = 0;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(error, ERROR_SYSTEM, "console",
                         _("Run it in a terminal window or over ssh -t."),
                         _("standard input and output must be a terminal"));
    if (!term || !*term)
        return error_set(error, ERROR_SYSTEM, "TERM", todo, _("TERM is not set"));
    if (setupterm(term, STDOUT_FILENO, &status) != OK)
        return error_set(error, ERROR_SYSTEM, "TERM", todo,
                         status == -1 ? _("the terminal database is missing (package ncurses-base); "
                                          "TERM is '%.60s'")
                                      : _("the terminal kind '%.60s' is not known here"),
                         term);
    bool able = screen_capability("cup") && (screen_capability("clear") || screen_capability("ed"));
    del_curterm(cur_term);
    return able || error_set(error, ERROR_SYSTEM, "TERM", todo,
                             _("a terminal of kind '%.60s' cannot place its cursor"), term);
}

void screen_learn_keys(struct key_decoder *decoder)
{
    static const struct {
        const char *name;
        int code;
    } keys[] = {
        {"kcuu1", K_UP},       {"kcud1", K_DOWN},     {"kcub1", K_LEFT},     {"kcuf1", K_RIGHT},
        {"khome", K_HOME},     {"kend", K_END},       {"kich1", K_INSERT},   {"kdch1", K_DELETE},
        {"kpp", K_PAGE_UP},    {"knp", K_PAGE_DOWN},  {"kcbt", K_SHIFT | K_TAB},
        {"kent", K_ENTER},     {"kbs", K_BACKSPACE},
    };
    char name[8] = "kf";
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
        key_decoder_learn(decoder, screen_capability(keys[i].name), keys[i].code);
    for (int number = 1; number <= 24; number++) {
        name[2] = (char)(number < 10 ? '0' + number : '0' + number / 10);
        name[3] = (char)(number < 10 ? '\0' : '0' + number % 10);
        name[4] = '\0';
        key_decoder_learn(decoder, screen_capability(name), K_F(number));
    }
}

static bool kind_begins(const char *const *beginnings)
{
    const char *term = getenv("TERM");
    for (; term && *beginnings; beginnings++)
        if (!strncmp(term, *beginnings, strlen(*beginnings)))
            return true;
    return false;
}

bool screen_has_boxes(void)
{
    static const char *const without[] = {"vt", "ansi", "cons25", "sun", "wy", "ibm", NULL};
    static const char *const vte[] = {"vte", NULL};
    return !kind_begins(without) || kind_begins(vte);
}

bool screen_has_title(void)
{
    static const char *const with[] = {"xterm", "tmux",  "screen", "rxvt", "alacritty",
                                       "foot",  "kitty", "st-",    "vte",  "gnome",
                                       "konsole", "putty", "wezterm", NULL};
    return kind_begins(with);
}
