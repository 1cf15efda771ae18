#include "terminal/style.h"

#include <string.h>

static const char *const names[STYLE_COUNT] = {
    "normal", "title", "heading", "label", "muted", "danger", "warning", "good", "accent",
    "key", "key-label", "disabled", "input", "focus", "error", "message", "border", "selected",
    "marked",
};

int style_find(const char *name)
{
    for (int i = 0; i < STYLE_COUNT; i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}

const char *style_name(enum style style)
{
    return names[style];
}
