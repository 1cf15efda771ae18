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
void settings_free(struct settings *settings);
/* What an alias stands for, NULL when it is none. */
const char *settings_alias(const struct settings *settings, const char *name);

#endif
