#include "console/settings.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/language.h"
#include "terminal/theme.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_LIMIT = 1 << 16, IDLE_LOCK = 600, IDLE_LOCK_MOST = 86400 };

static char *trim(char *text)
{
    char *end = text + strlen(text);
    while (isspace((unsigned char)*text))
        text++;
    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return text;
}

static bool set_keymap(struct settings *settings, const char *value)
{
    int map = keymap_find(value);
    settings->keymap = map < 0 ? settings->keymap : (enum keymap)map;
    return map >= 0;
}

static bool set_theme(struct settings *settings, const char *value)
{
    for (const char *const *name = theme_names(); *name; name++)
        if (!strcmp(*name, value)) {
            free(settings->theme);
            settings->theme = xstrdup(value);
            return true;
        }
    return false;
}

static bool set_language(struct settings *settings, const char *value)
{
    if (strcmp(value, "en") != 0 && strcmp(value, "zh") != 0)
        return false;
    free(settings->language);
    settings->language = xstrdup(value);
    return true;
}

/* Seconds, or minutes with an m: "90", "90s", "10m". */
static bool set_idle_lock(struct settings *settings, const char *value)
{
    char *end;
    errno = 0;
    long seconds = strtol(value, &end, 10);
    if (end == value || errno || seconds < 0)
        return false;
    if (*end == 'm')
        seconds *= 60, end++;
    else if (*end == 's')
        end++;
    if (*end || seconds > IDLE_LOCK_MOST)
        return false;
    settings->idle_lock = (int)seconds;
    return true;
}

static bool set_screens(struct settings *settings, const char *value)
{
    if (access(value, R_OK) != 0)
        return false;
    free(settings->screens);
    settings->screens = xstrdup(value);
    return true;
}

static bool set_ambiguous(struct settings *settings, const char *value)
{
    if (strcmp(value, "1") != 0 && strcmp(value, "2") != 0)
        return false;
    settings->ambiguous_wide = *value == '2';
    return true;
}

static void show_keymap(const struct settings *settings, struct buffer *value)
{
    buffer_add(value, keymap_name(settings->keymap));
}

static void show_theme(const struct settings *settings, struct buffer *value)
{
    buffer_add(value, settings->theme ? settings->theme : theme_names()[0]);
}

static void show_language(const struct settings *settings, struct buffer *value)
{
    buffer_add(value, settings->language ? settings->language : "");
}

static void show_idle_lock(const struct settings *settings, struct buffer *value)
{
    bool minutes = settings->idle_lock && settings->idle_lock % 60 == 0;
    buffer_format(value, minutes ? "%dm" : "%d", settings->idle_lock / (minutes ? 60 : 1));
}

static void show_ambiguous(const struct settings *settings, struct buffer *value)
{
    buffer_add(value, settings->ambiguous_wide ? "2" : "1");
}

static void show_screens(const struct settings *settings, struct buffer *value)
{
    buffer_add(value, settings->screens ? settings->screens : "");
}

static const struct {
    const char *name, *choices, *allowed; /* allowed is marked N_() */
    bool (*set)(struct settings *settings, const char *value);
    void (*show)(const struct settings *settings, struct buffer *value);
} known[] = {
    {"keymap", "ibm|vim|finacle", N_("ibm, vim or finacle"), set_keymap, show_keymap},
    {"theme", "default|light|mono|high-contrast", N_("default, light, mono or high-contrast"),
     set_theme, show_theme},
    {"language", "en|zh", N_("en or zh"), set_language, show_language},
    {"idle_lock", "", N_("90s, 10m or 0 = never; at most a day"), set_idle_lock,
     show_idle_lock},
    {"ambiguous_width", "1|2", N_("1 or 2"), set_ambiguous, show_ambiguous},
    {"screens", "", N_("a folder that can be read"), set_screens, show_screens},
};

const char *settings_name(int number)
{
    return number < (int)ARRAY_LENGTH(known) ? known[number].name : NULL;
}

const char *settings_choices(int number)
{
    return known[number].choices;
}

void settings_value(const struct settings *settings, int number, struct buffer *value)
{
    known[number].show(settings, value);
}

static void add_alias(struct settings *settings, const char *name, const char *text)
{
    ARRAY_RESERVE(settings->aliases, settings->alias_count, settings->alias_capacity);
    settings->aliases[settings->alias_count++] = (struct alias){xstrdup(name), xstrdup(text)};
}

static bool set_one(struct settings *settings, const char *name, const char *value,
                    const char *where, struct error *error)
{
    if (!strncmp(name, "alias.", 6) && name[6] && *value) {
        if (command_is_reserved(name + 6))
            return error_set(error, ERROR_INPUT, where, _("Choose another name."),
                             _("\"%s\" is a command of the program"), name + 6);
        add_alias(settings, name + 6, value);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        if (strcmp(known[i].name, name) != 0)
            continue;
        if (known[i].set(settings, value))
            return true;
        return error_set(error, ERROR_INPUT, where,
                         where ? _("Correct the line in this file.") : NULL,
                         _("%s = \"%.60s\": allowed is %s"), name, value, _(known[i].allowed));
    }
    return error_set(error, ERROR_INPUT, where, _("man bankops lists the settings."),
                     _("there is no setting \"%.60s\""), name);
}

static bool read_line(struct settings *settings, char *line, const char *where,
                      struct error *error)
{
    char *text = trim(line), *equals;
    if (!*text || *text == '#')
        return true;
    equals = strchr(text, '=');
    if (!equals)
        return error_set(error, ERROR_INPUT, where, _("Write: name = value"),
                         _("this line has no \"=\""));
    *equals = '\0';
    return set_one(settings, trim(text), trim(equals + 1), where, error);
}

bool settings_read(struct settings *settings, const char *path, struct error *error)
{
    char *text, *rest, *line;
    size_t length;
    bool good = true;
    *settings = (struct settings){.keymap = KEYMAP_IBM, .idle_lock = IDLE_LOCK};
    if (access(path, F_OK) != 0)
        return true;
    if (!file_read(path, FILE_LIMIT, &text, &length, error))
        return false;
    if (memchr(text, '\0', length)) {
        free(text);
        return error_set(error, ERROR_INPUT, path, _("Write: name = value"),
                         _("is not a text file"));
    }
    rest = text;
    for (int number = 1; good && (line = strsep(&rest, "\n")); number++) {
        char *where = xasprintf("%s:%d", path, number);
        good = read_line(settings, line, where, error);
        free(where);
    }
    free(text);
    return good;
}

bool settings_set(struct settings *settings, const char *name, const char *value,
                  struct error *error)
{
    return set_one(settings, name, value, NULL, error);
}

/* Whether a line of the file gives this setting. */
static bool gives(const char *line, size_t length, const char *name)
{
    size_t blank = 0, named = strlen(name);
    while (blank < length && isspace((unsigned char)line[blank]))
        blank++;
    line += blank, length -= blank;
    if (length <= named || strncmp(line, name, named) != 0)
        return false;
    for (line += named, length -= named; length && isspace((unsigned char)*line); line++)
        length--;
    return length && *line == '=';
}

/* The text of the file with this setting changed: in its own line, else in a new one at the end. */
static void replace(const char *text, const char *name, const char *value, struct buffer *out)
{
    bool placed = false;
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (!gives(text, length, name))
            buffer_format(out, "%.*s\n", (int)length, text);
        else if (!placed)
            buffer_format(out, "%s = %s\n", name, value);
        placed = placed || gives(text, length, name);
        text += length + (text[length] == '\n');
    }
    if (!placed)
        buffer_format(out, "%s = %s\n", name, value);
}

static bool make_folder(const char *path, struct error *error)
{
    char *folder = xstrdup(path);
    *strrchr(folder, '/') = '\0';
    bool made = file_make_directory(folder, 0700, error);
    free(folder);
    return made;
}

bool settings_keep(const char *path, const char *name, const char *value, struct error *error)
{
    struct settings read;
    struct buffer out = BUFFER_INIT;
    char *text = NULL, *real = realpath(path, NULL);
    size_t length;
    bool good = settings_read(&read, path, error);
    settings_free(&read);
    if (good && real)
        good = file_read(real, FILE_LIMIT, &text, &length, error);
    else if (good)
        good = make_folder(path, error);
    if (good) {
        replace(text ? text : "", name, value, &out);
        good = file_write(real ? real : path, buffer_text(&out), out.length, error);
    }
    buffer_free(&out);
    free(text);
    free(real);
    return good;
}

void settings_free(struct settings *settings)
{
    for (int i = 0; i < settings->alias_count; i++) {
        free(settings->aliases[i].name);
        free(settings->aliases[i].text);
    }
    free(settings->aliases);
    free(settings->theme);
    free(settings->language);
    free(settings->screens);
}

const char *settings_alias(const struct settings *settings, const char *name)
{
    for (int i = 0; i < settings->alias_count; i++)
        if (!strcmp(settings->aliases[i].name, name))
            return settings->aliases[i].text;
    return NULL;
}
