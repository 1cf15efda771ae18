#ifndef BANKOPS_TERMINAL_THEME_H
#define BANKOPS_TERMINAL_THEME_H

#include "base/error.h"
#include "terminal/style.h"

#include <stdbool.h>

/* How styles look. Themes: "default" (16 colours on the terminal's own background), "light" (for
 * light backgrounds), "mono" (attributes only), "high-contrast". */

/* Picks a theme by name; NULL = "mono" when NO_COLOR is set and not empty (no-color.org), else
 * "default". May be called at any time; the next paint shows it. Error names the themes. */
bool theme_set(const char *name, struct error *error);
/* The theme in use. */
const char *theme_name(void);
/* Names in a fixed order, NULL-terminated. */
const char *const *theme_names(void);

/* For terminal/draw: the look of a style. Colours -1 = the terminal's own. */
struct theme_look {
    short foreground, background; /* 0-15 or -1 */
    unsigned attributes;          /* THEME_… bits */
};
#define THEME_BOLD      1u
#define THEME_REVERSE   2u
#define THEME_UNDERLINE 4u
#define THEME_DIM       8u
#define THEME_STANDOUT  16u

/* Of a style, with STYLE_ON_… added, in the present theme. */
struct theme_look theme_look(unsigned style);

#endif
