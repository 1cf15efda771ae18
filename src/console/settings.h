#ifndef BANKOPS_CONSOLE_SETTINGS_H
#define BANKOPS_CONSOLE_SETTINGS_H

#include "base/error.h"
#include "console/action.h"

/* The user's settings: ~/.config/bankops/bankops.conf, lines of `name = value`, # for comments.
 * `alias.NAME = TEXT` lets :NAME stand for :TEXT. */
struct alias {
    char *name, *text;
};

struct settings {
    enum keymap keymap;
    char *theme;    /* NULL: the default one */
    char *language; /* "en", "zh", NULL: from the locale */
    char *screens;  /* further folder of screens, NULL: none */
    int idle_lock;  /* seconds, 0 = never */
    bool ambiguous_wide;
    struct alias *aliases;
    int alias_count, alias_capacity;
};

/* Defaults, then the file, which may be missing. The error names file and line. */
bool settings_read(struct settings *settings, const char *path, struct error *error);
/* Changes one setting; the error says what is allowed. */
bool settings_set(struct settings *settings, const char *name, const char *value,
                  struct error *error);
/* Keeps one setting in the file, which is made when it is missing; all its other lines stay as they
 * are, and a link stays a link. A file with an error in it is left alone and the error returned. */
bool settings_keep(const char *path, const char *name, const char *value, struct error *error);
void settings_free(struct settings *settings);

/* Names of the settings by number, NULL after the last. */
const char *settings_name(int number);
/* The values that a setting can have, divided by |; "" when they cannot be listed. */
const char *settings_choices(int number);
/* What it is now, as the file would say it; "" for none. */
void settings_value(const struct settings *settings, int number, struct buffer *value);
/* What an alias stands for, NULL when it is none. */
const char *settings_alias(const struct settings *settings, const char *name);

#endif
