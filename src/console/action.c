#include "console/action.h"

#include "base/language.h"
#include "console/flow.h"

#include <ctype.h>
#include <string.h>

#define SAME(keys) {keys, keys, keys}
enum { TEXTLESS = CONTEXT_ALL & ~CONTEXT_FORM };

static const struct action actions[ACTION_COUNT] = {
    [ACTION_HELP] = {"help", N_("Help"), N_("Explain this screen and its keys; type to search."),
                     SAME("F1 ?"), CONTEXT_ALL, 0, DANGER_NONE, 1},
    [ACTION_EXIT] = {"exit", N_("Exit"), N_("Leave to the home menu; from there, end the program."),
                     {"F3", "F3", "F3"}, CONTEXT_ALL, 0, DANGER_NONE, 2},
    [ACTION_PROMPT] = {"prompt", N_("Values"), N_("List the values of the field under the cursor."),
                       {"F4", "F4", "F2"}, CONTEXT_FORM, 0, DANGER_NONE, 3},
    [ACTION_REFRESH] = {"refresh", N_("Refresh"), N_("Read the rows again."),
                        SAME("F5 Ctrl-R"), TEXTLESS, NEED_CONNECTION, DANGER_NONE, 4},
    [ACTION_NEW] = {"new", N_("New"), N_("Enter a new object, where the screen offers it."),
                    {"F6", "F6", "Insert"}, CONTEXT_LIST | CONTEXT_VIEW | CONTEXT_FLOW,
                    NEED_WRITE, DANGER_NONE, 5},
    [ACTION_PAGE_UP] = {"page-up", N_("Page up"), N_("Show the page before."),
                        {"F7 PgUp", "Ctrl-B PgUp F7", "F12 PgUp"}, TEXTLESS, 0, DANGER_NONE, 22},
    [ACTION_PAGE_DOWN] = {"page-down", N_("Page down"), N_("Show the next page."),
                          {"F8 PgDn", "Ctrl-F PgDn F8", "F6 PgDn"}, TEXTLESS, 0, DANGER_NONE, 21},
    [ACTION_ACTIONS] = {"actions", N_("Actions"),
                        N_("Choose from everything that can be done here."),
                        {"F9 a", "a F9", "F9 a"}, TEXTLESS, 0, DANGER_NONE, 6},
    [ACTION_SUBMIT] = {"submit", N_("Submit"), N_("Check the entries and send them."),
                       {"F10 Ctrl-S", "F10 Ctrl-S", "F10 Ctrl-S"}, CONTEXT_FORM,
                       NEED_WRITE | NEED_CONNECTION, DANGER_POST, 4},
    [ACTION_EDITOR] = {"editor", N_("Editor"),
                       N_("Write the text in your own editor ($VISUAL or $EDITOR)."),
                       SAME("F9 Ctrl-O"), CONTEXT_FORM, 0, DANGER_NONE, 7},
    [ACTION_ACCEPT] = {"next-field", N_("Next field"), N_("Accept the field and go to the next one."),
                       {"Tab", "Tab", "F4 Tab"}, CONTEXT_FORM, 0, DANGER_NONE, 0},
    [ACTION_ERASE] = {"erase-field", N_("Erase field"), N_("Empty the field under the cursor."),
                      {"Ctrl-X", "Ctrl-X", "Ctrl-F Ctrl-X"}, CONTEXT_FORM, 0, DANGER_NONE, 0},
    [ACTION_CANCEL] = {"cancel", N_("Back"),
                       N_("One step back; stops a query that is running. Entries are kept as a "
                          "draft."),
                       {"F12 Esc", "q Esc F12", "Esc"}, CONTEXT_ALL, 0, DANGER_NONE, 3},
    [ACTION_OPEN] = {"open", N_("Open"), N_("Open the row, or carry out the options typed."),
                     {"Enter", "Enter", "Enter Ctrl-E"}, TEXTLESS, NEED_ROW, DANGER_NONE, 0},
    [ACTION_FILTER] = {"filter", N_("Filter"), N_("Choose which rows are shown."),
                       {"/ F17", "/ F17", "/ F7"}, CONTEXT_LIST | CONTEXT_REPORT | CONTEXT_FLOW, 0,
                       DANGER_NONE, 7},
    [ACTION_POSITION] = {"position", N_("Position"), N_("Go to the first row from a text on."),
                         SAME("="), CONTEXT_LIST | CONTEXT_FLOW, 0, DANGER_NONE, 8},
    [ACTION_SORT] = {"sort", N_("Sort"), N_("Sort by a column; again for the other direction."),
                     SAME("s F18"), CONTEXT_LIST | CONTEXT_FLOW, 0, DANGER_NONE, 9},
    [ACTION_COLUMNS] = {"columns", N_("Columns"),
                        N_("Hide, move, widen or freeze columns; kept for you."),
                        SAME("o F19"), CONTEXT_LIST, 0, DANGER_NONE, 10},
    [ACTION_MARK] = {"mark", N_("Mark"), N_("Mark the row; actions then apply to all marked rows."),
                     SAME("Space"), CONTEXT_LIST | CONTEXT_FLOW, NEED_ROW, DANGER_NONE, 0},
    [ACTION_MARK_ALL] = {"mark-all", N_("Mark all"), N_("Mark every row that has been read."),
                         SAME("*"), CONTEXT_LIST | CONTEXT_FLOW, 0, DANGER_NONE, 0},
    [ACTION_UNMARK] = {"unmark-all", N_("Unmark"), N_("Take all marks and options away."),
                       SAME("\\"), CONTEXT_LIST | CONTEXT_FLOW, 0, DANGER_NONE, 0},
    [ACTION_EXPORT] = {"export", N_("Export"),
                       N_("Write all rows of the list, as filtered, to a CSV file."),
                       SAME("x F20"), CONTEXT_LIST | CONTEXT_REPORT | CONTEXT_VIEW | CONTEXT_FLOW,
                       NEED_CONNECTION, DANGER_NONE, 11},
    [ACTION_COPY] = {"copy", N_("Copy"),
                     N_("Copy the row, or all marked rows, to the clipboard of your terminal."),
                     SAME("y"), CONTEXT_ROWS | CONTEXT_FLOW, NEED_ROW, DANGER_NONE, 0},
    [ACTION_COPY_CELL] = {"copy-value", N_("Copy value"),
                          N_("Choose one value of the row and copy it to the clipboard."),
                          SAME("Y"), CONTEXT_ROWS | CONTEXT_FLOW, NEED_ROW, DANGER_NONE, 0},
    [ACTION_REVEAL] = {"reveal", N_("Reveal"),
                       N_("Show a masked field for half a minute; asks for a reason, audited."),
                       SAME("v"), CONTEXT_VIEW, NEED_CONNECTION, DANGER_NONE, 12},
    [ACTION_PANEL] = {"panel", N_("Next panel"), N_("Go to the next panel."), SAME("Tab"),
                      CONTEXT_VIEW | CONTEXT_FLOW, 0, DANGER_NONE, 13},
    [ACTION_PANEL_BACK] = {"panel-back", N_("Panel before"), N_("Go to the panel before."),
                           SAME("Shift-Tab"), CONTEXT_VIEW | CONTEXT_FLOW, 0, DANGER_NONE, 0},
    [ACTION_ZOOM] = {"zoom", N_("Zoom"), N_("Give the panel the whole screen, or take it back."),
                     SAME("z"), CONTEXT_VIEW | CONTEXT_FLOW, 0, DANGER_NONE, 14},
    [ACTION_RECORD_BACK] = {"record-back", N_("Record before"),
                            N_("Open the row before this one of the list it was opened from."),
                            SAME("("), CONTEXT_VIEW, NEED_CONNECTION, DANGER_NONE, 17},
    [ACTION_RECORD_NEXT] = {"record-next", N_("Next record"),
                            N_("Open the next row of the list it was opened from."), SAME(")"),
                            CONTEXT_VIEW, NEED_CONNECTION, DANGER_NONE, 16},
    [ACTION_MONTH_BACK] = {"month-back", N_("Period before"),
                           N_("Show the month, quarter or year before."), SAME("-"),
                           CONTEXT_REPORT, NEED_CONNECTION, DANGER_NONE, 8},
    [ACTION_MONTH_NEXT] = {"month-next", N_("Period after"),
                           N_("Show the month, quarter or year after."), SAME("+"),
                           CONTEXT_REPORT, NEED_CONNECTION, DANGER_NONE, 9},
    [ACTION_UP] = {"up", N_("Up"), N_("One row up."), {"Up", "k Up", "Up"}, TEXTLESS, 0,
                   DANGER_NONE, 0},
    [ACTION_DOWN] = {"down", N_("Down"), N_("One row down."), {"Down", "j Down", "Down"}, TEXTLESS,
                     0, DANGER_NONE, 0},
    [ACTION_TOP] = {"top", N_("Top"), N_("Go to the first row."), {"Home", "g Home", "Home"},
                    TEXTLESS, 0, DANGER_NONE, 0},
    [ACTION_BOTTOM] = {"bottom", N_("Bottom"), N_("Go to the last row."),
                       {"End", "G End", "End"}, TEXTLESS, 0, DANGER_NONE, 0},
    [ACTION_LEFT] = {"left", N_("Left"), N_("Show the columns to the left."),
                     {"< Left", "h < Left", "< Left"}, TEXTLESS, 0, DANGER_NONE, 0},
    [ACTION_RIGHT] = {"right", N_("Right"), N_("Show the columns to the right."),
                      {"> Right", "l > Right", "> Right"}, TEXTLESS, 0, DANGER_NONE, 0},
    [ACTION_COMMAND] = {"command", N_("Command"),
                        N_("Type a command: a screen's code and what to look for, or an action."),
                        SAME(": Ctrl-G"), CONTEXT_ALL, 0, DANGER_NONE, 15},
    [ACTION_BACK] = {"back", N_("Last screen"), N_("Go back to the screen before."),
                     SAME("[ Alt-Left"), CONTEXT_ALL, 0, DANGER_NONE, 0},
    [ACTION_FORWARD] = {"forward", N_("Next screen"), N_("Go forward again."),
                        SAME("] Alt-Right"), CONTEXT_ALL, 0, DANGER_NONE, 0},
    [ACTION_REDRAW] = {"redraw", N_("Redraw"), N_("Paint the screen again."), SAME("Ctrl-L"),
                       CONTEXT_ALL, 0, DANGER_NONE, 0},
    [ACTION_INTERRUPT] = {"interrupt", N_("Stop"), N_("Stop the query that is running."),
                          SAME("Ctrl-C"), CONTEXT_ALL, 0, DANGER_NONE, 0},
    [ACTION_SUSPEND] = {"suspend", N_("Suspend"), N_("Go to the shell; fg comes back."),
                        SAME("Ctrl-Z"), CONTEXT_ALL, 0, DANGER_NONE, 0},
    [ACTION_LOCK] = {"lock", N_("Lock"), N_("Blank the screen and forget what was read."),
                     SAME("Alt-l"), CONTEXT_ALL, 0, DANGER_NONE, 0},
    [ACTION_QUIT] = {"quit", N_("Quit"), N_("End the program; drafts are kept for the session only."),
                     SAME("Ctrl-Q"), CONTEXT_ALL, 0, DANGER_NONE, 0},
};

const struct command_word command_words[] = {
    {"language", "en|zh", N_("Change the language; kept for you.")},
    {"theme", "default|light|mono|high-contrast", N_("Change the colours; kept for you.")},
    {"keymap", "ibm|vim|finacle", N_("Change the keys; kept for you.")},
    {"set", "[NAME VALUE]", N_("List your settings, or change one; it is kept for you.")},
    {"password", "", N_("Change your password, on a server that asks for one.")},
    {"plain", "", N_("Say how to start the linear mode.")},
    {"view", "save [NAME]|NAME|list|delete NAME|reset",
     N_("Keep the columns, filters and sorting of this list, or bring back or forget them.")},
    {"q", "", N_("End the program.")},
    {NULL, NULL, NULL},
};

static const char *const map_names[KEYMAP_COUNT] = {"ibm", "vim", "finacle"};

const struct action *action_at(enum action_id id)
{
    return &actions[id];
}

enum action_id action_id(const struct action *action)
{
    return (enum action_id)(action - actions);
}

const struct action *action_find(const char *name)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (!strcmp(actions[i].name, name))
            return &actions[i];
    return NULL;
}

int keymap_find(const char *name)
{
    for (int i = 0; i < KEYMAP_COUNT; i++)
        if (!strcmp(map_names[i], name))
            return i;
    return -1;
}

const char *keymap_name(enum keymap map)
{
    return map_names[map];
}

bool command_is_reserved(const char *name)
{
    for (const struct command_word *word = command_words; word->name; word++)
        if (!strcmp(word->name, name))
            return true;
    return action_find(name) != NULL;
}

/* Steps through key names divided by blanks; false at the end. */
static bool next_key(const char **keys, char name[16])
{
    size_t length;
    *keys += strspn(*keys, " ");
    length = strcspn(*keys, " ");
    if (!length || length > 15)
        return false;
    memcpy(name, *keys, length);
    name[length] = '\0';
    *keys += length;
    return true;
}

/* Codes of the table's key names, parsed once. */
enum { KEYS_MOST = 4 };
static int codes[KEYMAP_COUNT][ACTION_COUNT][KEYS_MOST];

static void parse_keys(void)
{
    static bool parsed;
    if (parsed)
        return;
    parsed = true;
    for (int map = 0; map < KEYMAP_COUNT; map++)
        for (int id = 0; id < ACTION_COUNT; id++) {
            const char *keys = actions[id].keys[map];
            char name[16];
            for (int at = 0; at < KEYS_MOST && next_key(&keys, name); at++)
                codes[map][id][at] = key_parse(name);
        }
}

enum action_id action_for_key(enum keymap map, enum context context, bool typing, int key)
{
    parse_keys();
    if (typing && key_is_text(key))
        return ACTION_NONE;
    for (int id = 0; id < ACTION_COUNT; id++)
        for (int at = 0; (actions[id].contexts & context) && at < KEYS_MOST; at++)
            if (codes[map][id][at] == key && key)
                return (enum action_id)id;
    return ACTION_NONE;
}

struct key action_form_key(enum keymap map, const struct key *key)
{
    struct key copy = *key;
    enum action_id id = action_for_key(map, CONTEXT_FORM, true, key->code);
    if (id == ACTION_ACCEPT)
        copy.code = K_TAB;
    else if (id == ACTION_ERASE)
        copy.code = K_CTRL | 'x';
    else if (id == ACTION_NONE)
        id = action_for_key(map, CONTEXT_LIST, true, key->code);
    if (id == ACTION_PAGE_DOWN || id == ACTION_PAGE_UP) /* of a form that is longer than the screen */
        copy.code = id == ACTION_PAGE_DOWN ? K_PAGE_DOWN : K_PAGE_UP;
    return copy;
}

const char *action_key(enum keymap map, enum action_id id, bool typing)
{
    static char name[16];
    const char *keys = actions[id].keys[map];
    while (next_key(&keys, name))
        if (!typing || !key_is_text(key_parse(name)))
            return name;
    return NULL;
}

static enum context context_of(enum screen_kind kind)
{
    static const enum context contexts[] = {CONTEXT_LIST,   CONTEXT_FORM, CONTEXT_VIEW,
                                            CONTEXT_REPORT, CONTEXT_MENU, CONTEXT_FLOW};
    return contexts[kind];
}

const char *action_key_taken(const struct definition *definition, const char *key)
{
    enum context context = context_of(definition->kind);
    int code = key_parse(key);
    for (int map = 0; map < KEYMAP_COUNT; map++) {
        enum action_id id = action_for_key((enum keymap)map, context, false, code);
        if (id != ACTION_NONE &&
            (context != CONTEXT_FLOW || flow_offers(flow_find(definition->name), id)))
            return actions[id].name;
    }
    if (key[0] && !key[1] && isdigit((unsigned char)key[0]))
        return context == CONTEXT_LIST ? "option" : context == CONTEXT_VIEW ? NULL : "page";
    return NULL;
}

static void dump_one(struct buffer *out, const struct action *action, bool roff)
{
    for (int map = 0; map < KEYMAP_COUNT; map++) {
        const char *keys = action->keys[map];
        if (map && !strcmp(keys, action->keys[0]))
            continue;
        buffer_format(out, roff ? "%s\\fB%s\\fR%s%s" : "%s%s%s%s", map ? "; " : "",
                      keys[0] == '\\' && roff ? "\\e" : keys, map ? " in " : "",
                      map ? map_names[map] : "");
    }
}

void action_dump(struct buffer *out, bool roff)
{
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action *action = &actions[i];
        if (roff) {
            buffer_add(out, ".TP\n");
            dump_one(out, action, true);
            buffer_format(out, "\n.RB ( :%s )\n%s\n", action->name, _(action->help));
        } else {
            struct buffer keys = BUFFER_INIT;
            dump_one(&keys, action, false);
            buffer_format(out, "%-12s %-40s %s\n", action->name, buffer_text(&keys),
                          _(action->help));
            buffer_free(&keys);
        }
    }
    for (const struct command_word *word = command_words; word->name; word++)
        buffer_format(out, roff ? ".TP\n.RB : \"%s %s\"\n%s\n" : ":%-11s %-40s %s\n", word->name,
                      word->arguments, _(word->help));
}
