#include "console/command_line.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/language.h"
#include "base/place.h"
#include "console/command_arguments.h"
#include "console/page_list.h"
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
    char *completed; /* the text that Tab completes */
    int candidate;
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

void command_line_save(struct console *console)
{
    struct command_line *line = console->command_line;
    struct buffer text = BUFFER_INIT;
    struct error error = ERROR_INIT;
    char *path = place_config("history"), *folder = place_config("");
    if (line && line->changed && file_make_directory(folder, 0700, &error)) {
        for (int i = 0; i < line->count; i++)
            buffer_format(&text, "%s\n", line->history[i]);
        file_write(path, buffer_text(&text), text.length, &error);
    }
    for (int i = 0; line && i < line->count; i++)
        free(line->history[i]);
    if (line) {
        edit_free(&line->edit);
        free(line->typed);
        free(line->completed);
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

/* The n-th completion of a text; false when there are fewer. Order: screens, actions of the screen,
 * actions, words, filter values after a screen's code. */
struct completing {
    const char *text;
    int nth;
    char *found;
};

static bool offer(struct completing *completing, const char *candidate)
{
    size_t length = strlen(completing->text);
    if (completing->found || strncmp(candidate, completing->text, length) != 0 ||
        completing->nth-- > 0)
        return completing->found != NULL;
    completing->found = xstrdup(candidate);
    return true;
}

/* Offers a text before each of several words: "en|zh", "save [NAME]|NAME|list". */
static void complete_choices(struct completing *completing, const char *before, const char *words)
{
    while (*words) {
        size_t length = strcspn(words, "| ");
        char *whole = xasprintf("%s %.*s", before, (int)length, words);
        if (length && !isupper((unsigned char)*words) && *words != '[')
            offer(completing, whole);
        free(whole);
        words += strcspn(words, "|");
        words += *words == '|';
    }
}

/* What may stand after a word of the command line. */
static void complete_word(struct completing *completing, const char *name)
{
    const char *setting;
    for (const struct command_word *word = command_words; word->name; word++)
        if (!strcmp(word->name, name))
            complete_choices(completing, name, word->arguments);
    for (int i = 0; !strcmp(name, "set") && (setting = settings_name(i)); i++) {
        char *whole = xasprintf("set %s", setting);
        if (strchr(completing->text + strlen("set "), ' '))
            complete_choices(completing, whole, settings_choices(i));
        else
            offer(completing, whole);
        free(whole);
    }
}

static void complete_values(struct console *console, struct completing *completing)
{
    char code[64];
    size_t length = strcspn(completing->text, " ");
    const char *last = strrchr(completing->text, ' ');
    snprintf(code, sizeof code, "%.*s", (int)length, completing->text);
    complete_word(completing, code);
    const struct catalogue_entry *entry = catalogue_find_code(console->catalogue, code);
    const struct definition *definition =
        entry ? catalogue_load(console->catalogue, entry->name, NULL) : NULL;
    for (int i = 0; definition && i < definition->filter_count; i++)
        for (int v = 0; v < definition->filters[i].value_count; v++) {
            char *whole = xasprintf("%.*s%s", (int)(last + 1 - completing->text), completing->text,
                                    definition->filters[i].values[v].value);
            offer(completing, whole);
            free(whole);
        }
}

static char *complete(struct console *console, const char *text, int nth)
{
    struct completing completing = {text, nth, NULL};
    struct page *page = console_page(console);
    const struct defined_action *own;
    struct catalogue *catalogue = console_catalogue(console);
    if (strchr(text, ' ')) {
        complete_values(console, &completing);
        return completing.found;
    }
    for (int i = 0; catalogue && i < catalogue_count(catalogue); i++) {
        const struct catalogue_entry *entry = catalogue_at(catalogue, i);
        if (entry->code && (entry->roles & console->identity.role_bit))
            offer(&completing, entry->code);
    }
    for (int i = 0; page && (own = page_action(page, i)); i++)
        offer(&completing, own->name);
    for (int i = 0; i < console->settings.alias_count; i++)
        offer(&completing, console->settings.aliases[i].name);
    for (int i = 0; i < ACTION_COUNT; i++)
        if (!page || page_offers(page, (enum action_id)i))
            offer(&completing, action_at((enum action_id)i)->name);
    for (const struct command_word *word = command_words; word->name; word++)
        offer(&completing, word->name);
    return completing.found;
}

static void complete_next(struct console *console, struct command_line *line)
{
    char *found;
    if (!line->completed) {
        line->completed = xstrdup(edit_text(&line->edit));
        line->candidate = 0;
    }
    found = complete(console, line->completed, line->candidate);
    if (!found && line->candidate) {
        line->candidate = 0;
        found = complete(console, line->completed, 0);
    }
    if (found) {
        edit_set(&line->edit, found);
        line->candidate++;
    } else {
        screen_bell();
    }
    free(found);
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
    if (key->code != K_TAB) {
        free(line->completed);
        line->completed = NULL;
    }
    if (key->code == K_ESCAPE || key->code == K_F(12) || key->code == K_F(3) ||
        (key->code == K_BACKSPACE && !*edit_text(&line->edit)))
        command_line_close(console);
    else if (key->code == K_ENTER)
        enter(console, line);
    else if (key->code == K_TAB)
        complete_next(console, line);
    else if (key->code == K_UP || key->code == K_DOWN)
        history_step(line, key->code == K_UP ? -1 : 1);
    else
        typed(console, line, key);
}

/* The line, and to its right what Tab would give. */
void command_line_paint(struct console *console, int row, int columns)
{
    struct command_line *command = console->command_line;
    struct line line = LINE_INIT;
    struct buffer hints = BUFFER_INIT;
    int cursor;
    const char *text = edit_text(&command->edit);
    for (int i = 0; i < 8 && *text; i++) {
        char *found = complete(console, command->completed ? command->completed : text, i);
        if (!found)
            break;
        buffer_format(&hints, "  %s", found);
        free(found);
    }
    draw_word(row, 0, STYLE_KEY, " :");
    edit_line(&command->edit, &line, STYLE_FOCUS, columns / 2, &cursor);
    draw_line(row, 2, columns / 2, &line, STYLE_FOCUS, 0);
    draw_text(row, 2 + columns / 2, columns - columns / 2 - 2, STYLE_MUTED,
              hints.length ? buffer_text(&hints) : _("  Tab completes, Up = history, Esc = close"));
    draw_cursor(row, 2 + cursor, true);
    line_free(&line);
    buffer_free(&hints);
}
