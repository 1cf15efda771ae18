#include "terminal/theme.h"

#include "base/buffer.h"
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

enum { OWN = -1, BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, BRIGHT = 8 };

#define B THEME_BOLD
#define R THEME_REVERSE
#define U THEME_UNDERLINE
#define D THEME_DIM

static const struct theme_look look_default[STYLE_COUNT] = {
    [STYLE_NORMAL] = {OWN, OWN, 0},
    [STYLE_TITLE] = {BRIGHT + WHITE, BLUE, B},
    [STYLE_HEADING] = {CYAN, OWN, B},
    [STYLE_LABEL] = {CYAN, OWN, 0},
    [STYLE_MUTED] = {OWN, OWN, D},
    [STYLE_DANGER] = {BRIGHT + RED, OWN, B},
    [STYLE_WARNING] = {YELLOW, OWN, B},
    [STYLE_GOOD] = {GREEN, OWN, 0},
    [STYLE_ACCENT] = {CYAN, OWN, U},
    [STYLE_KEY] = {OWN, OWN, B},
    [STYLE_KEY_LABEL] = {BLACK, CYAN, 0},
    [STYLE_DISABLED] = {OWN, OWN, D},
    [STYLE_INPUT] = {OWN, OWN, U},
    [STYLE_FOCUS] = {BRIGHT + WHITE, BLUE, B | U},
    [STYLE_ERROR] = {BRIGHT + WHITE, RED, B},
    [STYLE_MESSAGE] = {OWN, OWN, B},
    [STYLE_BORDER] = {OWN, OWN, D},
    [STYLE_SELECTED] = {BLACK, CYAN, 0},
    [STYLE_MARKED] = {YELLOW, OWN, B},
};

static const struct theme_look look_light[STYLE_COUNT] = {
    [STYLE_NORMAL] = {OWN, OWN, 0},
    [STYLE_TITLE] = {BRIGHT + WHITE, BLUE, B},
    [STYLE_HEADING] = {BLUE, OWN, B},
    [STYLE_LABEL] = {BLUE, OWN, 0},
    [STYLE_MUTED] = {OWN, OWN, D},
    [STYLE_DANGER] = {RED, OWN, B},
    [STYLE_WARNING] = {MAGENTA, OWN, B},
    [STYLE_GOOD] = {GREEN, OWN, B},
    [STYLE_ACCENT] = {BLUE, OWN, U},
    [STYLE_KEY] = {OWN, OWN, B},
    [STYLE_KEY_LABEL] = {BRIGHT + WHITE, BLUE, 0},
    [STYLE_DISABLED] = {OWN, OWN, D},
    [STYLE_INPUT] = {OWN, OWN, U},
    [STYLE_FOCUS] = {BLACK, YELLOW, U},
    [STYLE_ERROR] = {BRIGHT + WHITE, RED, B},
    [STYLE_MESSAGE] = {OWN, OWN, B},
    [STYLE_BORDER] = {OWN, OWN, D},
    [STYLE_SELECTED] = {BRIGHT + WHITE, BLUE, 0},
    [STYLE_MARKED] = {MAGENTA, OWN, B},
};

static const struct theme_look look_mono[STYLE_COUNT] = {
    [STYLE_NORMAL] = {OWN, OWN, 0},
    [STYLE_TITLE] = {OWN, OWN, R | B},
    [STYLE_HEADING] = {OWN, OWN, B | U},
    [STYLE_LABEL] = {OWN, OWN, 0},
    [STYLE_MUTED] = {OWN, OWN, D},
    [STYLE_DANGER] = {OWN, OWN, B | U},
    [STYLE_WARNING] = {OWN, OWN, U},
    [STYLE_GOOD] = {OWN, OWN, 0},
    [STYLE_ACCENT] = {OWN, OWN, B},
    [STYLE_KEY] = {OWN, OWN, B},
    [STYLE_KEY_LABEL] = {OWN, OWN, R},
    [STYLE_DISABLED] = {OWN, OWN, D},
    [STYLE_INPUT] = {OWN, OWN, U},
    [STYLE_FOCUS] = {OWN, OWN, R},
    [STYLE_ERROR] = {OWN, OWN, R | B},
    [STYLE_MESSAGE] = {OWN, OWN, B},
    [STYLE_BORDER] = {OWN, OWN, 0},
    [STYLE_SELECTED] = {OWN, OWN, R},
    [STYLE_MARKED] = {OWN, OWN, B},
};

static const struct theme_look look_contrast[STYLE_COUNT] = {
    [STYLE_NORMAL] = {BRIGHT + WHITE, BLACK, 0},
    [STYLE_TITLE] = {BLACK, BRIGHT + WHITE, B},
    [STYLE_HEADING] = {BRIGHT + YELLOW, BLACK, B | U},
    [STYLE_LABEL] = {BRIGHT + YELLOW, BLACK, 0},
    [STYLE_MUTED] = {BRIGHT + WHITE, BLACK, 0},
    [STYLE_DANGER] = {BRIGHT + WHITE, RED, B},
    [STYLE_WARNING] = {BLACK, BRIGHT + YELLOW, B},
    [STYLE_GOOD] = {BRIGHT + GREEN, BLACK, B},
    [STYLE_ACCENT] = {BRIGHT + CYAN, BLACK, B | U},
    [STYLE_KEY] = {BRIGHT + YELLOW, BLACK, B},
    [STYLE_KEY_LABEL] = {BLACK, BRIGHT + WHITE, 0},
    [STYLE_DISABLED] = {WHITE, BLACK, 0},
    [STYLE_INPUT] = {BRIGHT + WHITE, BLACK, U},
    [STYLE_FOCUS] = {BLACK, BRIGHT + YELLOW, B},
    [STYLE_ERROR] = {BRIGHT + WHITE, RED, B | U},
    [STYLE_MESSAGE] = {BRIGHT + YELLOW, BLACK, B},
    [STYLE_BORDER] = {BRIGHT + WHITE, BLACK, 0},
    [STYLE_SELECTED] = {BLACK, BRIGHT + CYAN, B},
    [STYLE_MARKED] = {BRIGHT + YELLOW, BLACK, B},
};

static const char *const names[] = {"default", "light", "mono", "high-contrast", NULL};
static const struct theme_look *const themes[] = {look_default, look_light, look_mono,
                                                  look_contrast};
static int current;

bool theme_set(const char *name, struct error *error)
{
    const char *no_color = getenv("NO_COLOR");
    if (!name || !*name)
        name = no_color && *no_color ? "mono" : "default";
    for (int i = 0; names[i]; i++)
        if (!strcmp(names[i], name)) {
            current = i;
            return true;
        }
    return error_set(error, ERROR_USAGE, "--theme", _("Use default, light, mono or high-contrast."),
                     _("unknown theme '%.40s'"), name);
}

const char *theme_name(void)
{
    return names[current];
}

const char *const *theme_names(void)
{
    return names;
}

struct theme_look theme_look(unsigned style)
{
    const struct theme_look *looks = themes[current];
    enum style base = STYLE_BASE(style) < STYLE_COUNT ? STYLE_BASE(style) : STYLE_NORMAL;
    struct theme_look look = looks[base];
    unsigned alarm = base == STYLE_DANGER || base == STYLE_WARNING ? THEME_UNDERLINE : 0;
    if (style & STYLE_ON_MARKED) {
        if (look.foreground == looks[STYLE_NORMAL].foreground)
            look.foreground = looks[STYLE_MARKED].foreground;
        look.attributes |= looks[STYLE_MARKED].attributes;
    }
    if (style & STYLE_ON_SELECTED) {
        unsigned kept = look.attributes & (THEME_BOLD | THEME_UNDERLINE);
        look = looks[STYLE_SELECTED];
        look.attributes |= kept | alarm;
    }
    return look;
}
