#include "console/command_line.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/language.h"
#include "base/place.h"
#include "base/text.h"
#include "console/command_arguments.h"
#include "console/command_complete.h"
#include "console/page_list.h"
#include "console/password.h"
#include "console/perform.h"
#include "console/preference.h"
#include "terminal/draw.h"
#include "terminal/edit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HISTORY_MOST = 200, HISTORY_BYTES = 1 << 16 };

struct command_line {
    struct edit edit;
    bool open, changed;
    char *history[HISTORY_MOST]; /* oldest first */
    int count, at;
    char *typed;     /* what stood there before going through the history */
    struct completions found; /* what Tab goes through; nothing while it is not pressed */
    int candidate;
    bool completing;
};

static struct command_line *line_of(struct console *console)
{
    if (!console->command_line) {
        console->command_line = xcalloc(1, sizeof *console->command_line);
        console->command_line->edit = (struct edit)EDIT_INIT;
    }
    return console->command_line;
}

static void remember(struct command_line *line, const char *text)
{
    if (!*text || (line->count && !strcmp(line->history[line->count - 1], text)))
        return;
    if (line->count == HISTORY_MOST) {
        free(line->history[0]);
        memmove(line->history, line->history + 1, (HISTORY_MOST - 1) * sizeof *line->history);
        line->count--;
    }
    line->history[line->count++] = xstrdup(text);
}

static void history_read(struct command_line *line)
{
    char *path = place_config("history"), *text = NULL, *rest, *entry;
    size_t length;
    struct error error = ERROR_INIT;
    if (access(path, R_OK) == 0 && file_read(path, HISTORY_BYTES, &text, &length, &error)) {
        rest = text;
        while ((entry = strsep(&rest, "\n")))
            remember(line, entry);
    }
    free(text);
    free(path);
}

static void complete_end(struct command_line *line)
{
    completions_free(&line->found);
    line->completing = false;
}

/* How much of an entry goes into the file: whom one looked for stays with the session. */
static int kept_length(struct console *console, const char *entry)
{
    char code[64];
    size_t length = strcspn(entry, " ");
    snprintf(code, sizeof code, "%.*s", (int)length, entry);
    const struct catalogue_entry *found =
        console->catalogue ? catalogue_find_code(console->catalogue, code) : NULL;
    const struct definition *definition =
        found ? catalogue_load(console->catalogue, found->name, NULL) : NULL;
    return definition && definition->search ? (int)length : (int)strlen(entry);
}

void command_line_save(struct console *console)
{
    struct command_line *line = console->command_line;
    struct buffer text = BUFFER_INIT;
    struct error error = ERROR_INIT;
    char *path = place_config("history"), *folder = place_config("");
    if (line && line->changed && file_make_directory(folder, 0700, &error)) {
        for (int i = 0; i < line->count; i++)
            buffer_format(&text, "%.*s\n", kept_length(console, line->history[i]),
                          line->history[i]);
        file_write(path, buffer_text(&text), text.length, &error);
    }
    for (int i = 0; line && i < line->count; i++)
        free(line->history[i]);
    if (line) {
        edit_free(&line->edit);
        free(line->typed);
        complete_end(line);
    }
    free(line);
    console->command_line = NULL;
    buffer_free(&text);
    free(folder);
    free(path);
}

bool command_line_active(const struct console *console)
{
    return console->command_line && console->command_line->open;
}

void command_line_open(struct console *console, const char *text)
{
    struct command_line *line = line_of(console);
    if (!line->count)
        history_read(line);
    line->open = true;
    line->at = line->count;
    complete_end(line);
    edit_set(&line->edit, text);
    screen_dirty();
}

void command_line_close(struct console *console)
{
    if (console->command_line)
        console->command_line->open = false;
    screen_dirty();
}

static void open_screen(struct console *console, const struct catalogue_entry *entry,
                        const char *rest)
{
    struct values values = VALUES_INIT;
    command_arguments(catalogue_load(console->catalogue, entry->name, NULL), rest, &values);
    console_open(console, entry->name, &values);
    values_clear(&values);
}

static void change_view(struct console *console, const char *what)
{
    struct page *page = console_page(console);
    if (!page || page->context != CONTEXT_LIST)
        console_refuse(console, _("Only lists keep a view."));
    else
        list_page_view(page, what);
}

static bool run_word(struct console *console, const char *name, const char *rest)
{
    if (!strcmp(name, "language") || !strcmp(name, "theme") || !strcmp(name, "keymap"))
        preference_change(console, name, rest);
    else if (!strcmp(name, "set"))
        preference_set(console, rest);
    else if (!strcmp(name, "password"))
        password_open(console);
    else if (!strcmp(name, "view"))
        change_view(console, rest);
    else if (!strcmp(name, "plain"))
        console_say(console, STYLE_MESSAGE, "%s",
                    _("Start the program as: bankops console --plain"));
    else if (!strcmp(name, "q"))
        console_quit(console);
    else
        return false;
    return true;
}

static bool run_action(struct console *console, const char *name)
{
    struct page *page = console_page(console);
    const struct action *action = action_find(name);
    const struct defined_action *own;
    if (action) {
        console_act(console, action_id(action));
        return true;
    }
    for (int i = 0; page && (own = page_action(page, i)); i++)
        if (!strcmp(own->name, name)) {
            perform(page, own);
            return true;
        }
    return false;
}

static void run_expanded(struct console *console, const char *text, bool aliases)
{
    char name[64];
    size_t length = strcspn(text, " ");
    const char *rest = text + length + strspn(text + length, " ");
    struct catalogue *catalogue = console_catalogue(console);
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    const char *alias = aliases ? settings_alias(&console->settings, name) : NULL;
    const struct catalogue_entry *entry =
        catalogue ? catalogue_find_code(catalogue, name) : NULL;
    if (catalogue && !entry && !command_is_reserved(name)) /* a word of ours goes before a name */
        entry = catalogue_find(catalogue, name);
    if (alias) {
        char *whole = xasprintf("%s%s%s", alias, *rest ? " " : "", rest);
        run_expanded(console, whole, false);
        free(whole);
    } else if (entry) {
        open_screen(console, entry, rest);
    } else if (!run_word(console, name, rest) && !run_action(console, name)) {
        screen_bell();
        console_say(console, STYLE_WARNING, _("There is no command \"%s\"; Tab completes."), name);
    }
}

void command_run(struct console *console, const char *text)
{
    text += strspn(text, " :=");
    if (*text)
        run_expanded(console, text, true);
}

/* Tab: the next of what may stand here, Shift-Tab the one before. */
static void complete_step(struct console *console, struct command_line *line, int by)
{
    if (!line->completing) {
        completions_find(console, edit_text(&line->edit), &line->found);
        line->completing = true;
        line->candidate = by > 0 ? -1 : 0;
    }
    if (!line->found.count) {
        screen_bell();
        return;
    }
    line->candidate = (line->candidate + by + line->found.count) % line->found.count;
    edit_set(&line->edit, line->found.items[line->candidate].text);
}

static void history_step(struct command_line *line, int by)
{
    int at = line->at + by;
    if (at < 0 || at > line->count) {
        screen_bell();
        return;
    }
    if (line->at == line->count) {
        free(line->typed);
        line->typed = xstrdup(edit_text(&line->edit));
    }
    line->at = at;
    edit_set(&line->edit, at == line->count ? line->typed : line->history[at]);
}

static void enter(struct console *console, struct command_line *line)
{
    char *text = xstrdup(edit_text(&line->edit));
    remember(line, text);
    line->changed = true;
    command_line_close(console);
    command_run(console, text);
    free(text);
}

static void typed(struct console *console, struct command_line *line, const struct key *key)
{
    enum edit_result result = edit_key(&line->edit, key);
    if (result == EDIT_FULL && key->code == K_PASTE) {
        command_line_close(console);
        console_refuse(console, _("What was pasted is too long; nothing of it was taken."));
    } else if (result == EDIT_IGNORED || result == EDIT_FULL) {
        screen_bell();
    }
}

void command_line_key(struct console *console, const struct key *key)
{
    struct command_line *line = console->command_line;
    screen_dirty();
    bool escape = key->code == K_ESCAPE && line->completing;
    if (key->code != K_TAB && key->code != (K_SHIFT | K_TAB))
        complete_end(line);
    if (escape) /* closes the list first */
        return;
    if (key->code == K_ESCAPE || key->code == K_F(12) || key->code == K_F(3) ||
        (key->code == K_BACKSPACE && !*edit_text(&line->edit)))
        command_line_close(console);
    else if (key->code == K_ENTER)
        enter(console, line);
    else if (key->code == K_TAB || key->code == (K_SHIFT | K_TAB))
        complete_step(console, line, key->code == K_TAB ? 1 : -1);
    else if (key->code == K_UP || key->code == K_DOWN)
        history_step(line, key->code == K_UP ? -1 : 1);
    else
        typed(console, line, key);
}

/* What Tab goes through, with what each means, above the line. */
static void paint_found(const struct command_line *line, int row, int columns)
{
    const struct completions *found = &line->found;
    int rows = row - 3 < found->count ? row - 3 : found->count;
    int first = line->candidate - rows / 2, name = 0;
    if (rows < 1)
        return;
    first = first + rows > found->count ? found->count - rows : first;
    first = first < 0 ? 0 : first;
    for (int i = 0; i < found->count; i++)
        name = text_width(found->items[i].text) > name ? text_width(found->items[i].text) : name;
    name = name > columns / 2 ? columns / 2 : name;
    draw_fill(row - rows - 1, 0, rows + 1, columns, STYLE_NORMAL);
    draw_rule(row - rows - 1, 0, columns, STYLE_MUTED);
    for (int i = 0; i < rows; i++) {
        const struct completion *item = &found->items[first + i];
        unsigned style = first + i == line->candidate ? STYLE_SELECTED : STYLE_NORMAL;
        draw_fill(row - rows + i, 0, 1, columns, style);
        draw_text(row - rows + i, 2, name, style, item->text);
        draw_text(row - rows + i, name + 4, columns - name - 5, style, item->title);
    }
}

/* The line, and to its right what Tab would give. */
void command_line_paint(struct console *console, int row, int columns)
{
    struct command_line *command = console->command_line;
    struct line line = LINE_INIT;
    struct buffer hints = BUFFER_INIT;
    struct completions found = {NULL, 0};
    int cursor;
    const char *text = edit_text(&command->edit);
    if (command->completing)
        paint_found(command, row, columns);
    else if (*text)
        completions_find(console, text, &found);
    for (int i = 0; i < found.count && i < 8; i++)
        buffer_format(&hints, "  %s", found.items[i].text);
    completions_free(&found);
    draw_word(row, 0, STYLE_KEY, " :");
    edit_line(&command->edit, &line, STYLE_FOCUS, columns / 2, &cursor);
    draw_line(row, 2, columns / 2, &line, STYLE_FOCUS, 0);
    draw_text(row, 2 + columns / 2, columns - columns / 2 - 2, STYLE_MUTED,
              hints.length          ? buffer_text(&hints)
              : command->completing ? _("  Tab next  Enter = do it  Esc = hide")
                                    : _("  Tab completes  Up history  Esc close"));
    draw_cursor(row, 2 + cursor, true);
    line_free(&line);
    buffer_free(&hints);
}
