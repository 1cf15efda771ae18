#ifndef BANKOPS_CONSOLE_ACTION_H
#define BANKOPS_CONSOLE_ACTION_H

#include "base/buffer.h"
#include "console/definition.h"
#include "terminal/key.h"

/* The one table of what the console can do on every screen. Dispatcher, bottom line, help, command
 * line completion and the manual page derive from it; screens add actions of their own. */

enum keymap { KEYMAP_IBM, KEYMAP_VIM, KEYMAP_FINACLE, KEYMAP_COUNT };

/* Where an action exists. */
enum context {
    CONTEXT_LIST = 1,
    CONTEXT_VIEW = 2,
    CONTEXT_FORM = 4,
    CONTEXT_REPORT = 8,
    CONTEXT_MENU = 16,
    CONTEXT_FLOW = 32,
};
enum { CONTEXT_ALL = 63, CONTEXT_ROWS = CONTEXT_LIST | CONTEXT_VIEW | CONTEXT_REPORT };

enum action_id {
    ACTION_NONE = -1,
    ACTION_HELP,
    ACTION_EXIT,
    ACTION_PROMPT,
    ACTION_REFRESH,
    ACTION_NEW,
    ACTION_PAGE_UP,
    ACTION_PAGE_DOWN,
    ACTION_ACTIONS,
    ACTION_SUBMIT,
    ACTION_EDITOR,
    ACTION_ACCEPT,
    ACTION_ERASE,
    ACTION_CANCEL,
    ACTION_OPEN,
    ACTION_FILTER,
    ACTION_POSITION,
    ACTION_SORT,
    ACTION_COLUMNS,
    ACTION_MARK,
    ACTION_MARK_ALL,
    ACTION_UNMARK,
    ACTION_EXPORT,
    ACTION_COPY,
    ACTION_COPY_CELL,
    ACTION_REVEAL,
    ACTION_PANEL,
    ACTION_PANEL_BACK,
    ACTION_ZOOM,
    ACTION_RECORD_BACK,
    ACTION_RECORD_NEXT,
    ACTION_MONTH_BACK,
    ACTION_MONTH_NEXT,
    ACTION_UP,
    ACTION_DOWN,
    ACTION_TOP,
    ACTION_BOTTOM,
    ACTION_LEFT,
    ACTION_RIGHT,
    ACTION_COMMAND,
    ACTION_BACK,
    ACTION_FORWARD,
    ACTION_REDRAW,
    ACTION_INTERRUPT,
    ACTION_SUSPEND,
    ACTION_LOCK,
    ACTION_QUIT,
    ACTION_COUNT
};

struct action {
    const char *name;               /* stable, as typed after a colon */
    const char *label;              /* for the bottom line, marked N_() */
    const char *help;               /* one sentence, marked N_() */
    const char *keys[KEYMAP_COUNT]; /* key names divided by blanks, first one is shown */
    unsigned contexts;              /* enum context */
    unsigned needs;                 /* enum need */
    enum danger danger;
    int rank; /* place in the bottom line, 0 = not there */
};

/* The action of that number; it lives as long as the program. */
const struct action *action_at(enum action_id id);
/* The action of that name, NULL when there is none. */
const struct action *action_find(const char *name);
/* The number of an action of this table. */
enum action_id action_id(const struct action *action);

/* The action a key (terminal/key.h) means; ACTION_NONE when it means none here. While `typing` (a
 * field has the cursor) characters mean themselves. */
enum action_id action_for_key(enum keymap map, enum context context, bool typing, int key);
/* A key of a form as the form itself knows it: maps give other keys to accepting and erasing a
 * field. */
struct key action_form_key(enum keymap map, const struct key *key);
/* Name of the key to show for an action; NULL when it has none here. `typing` as above. */
const char *action_key(enum keymap map, enum action_id id, bool typing);

/* Name of the action that owns a key on this kind of screen in any key map; NULL when it is free
 * for the screen's own use. */
const char *action_key_taken(const struct definition *definition, const char *key);

int keymap_find(const char *name); /* -1 when unknown */
/* Name of a key map, as in settings and for `:keymap`. */
const char *keymap_name(enum keymap map);

/* Commands of the command line that are not screens. */
struct command_word {
    const char *name, *arguments, *help; /* help marked N_() */
};
extern const struct command_word command_words[];
/* Whether a command word or an action of every screen has this name: no screen can. */
bool command_is_reserved(const char *name);

/* Appends the whole table as text for `bankops screens keys`, or as roff for the manual page. */
void action_dump(struct buffer *out, bool roff);

#endif
