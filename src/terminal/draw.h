#ifndef BANKOPS_TERMINAL_DRAW_H
#define BANKOPS_TERMINAL_DRAW_H

#include "terminal/line.h"
#include "terminal/style.h"

#include <stdbool.h>

/* All drawing. Rows and columns count from 0 at the upper left of the terminal; anything outside
 * the terminal or the clip area is left out. Text may be any bytes: it is made safe (text_safe)
 * here, so nothing from the database can act on the terminal. Widths are in cells.
 * Call from the paint handler only; nothing is sent before it returns. */

/* Draws `text` cut or padded to exactly `width` cells. */
void draw_text(int row, int column, int width, unsigned style, const char *text);
void draw_text_right(int row, int column, int width, unsigned style, const char *text);
/* Draws as much of `text` as fits before the clip's right edge; returns the cells used. */
int draw_word(int row, int column, unsigned style, const char *text);
/* A line of the pure layers, cut at `width`, the rest filled with `style`. `flags` (STYLE_ON_…) are
 * added to each span. */
void draw_line(int row, int column, int width, const struct line *line, unsigned style,
               unsigned flags);
/* Fills with blanks. */
void draw_fill(int row, int column, int rows, int columns, unsigned style);
/* Box with an optional title in its upper edge; ASCII when the terminal needs it. The inside is
 * left as it is. */
void draw_box(int row, int column, int rows, int columns, unsigned style, const char *title);
void draw_rule(int row, int column, int columns, unsigned style);
void draw_rule_down(int row, int column, int rows, unsigned style);

/* Where the terminal's cursor stands after the paint: on the focused item (screen readers and
 * input methods follow it). The last call wins. Visible only when `visible`. */
void draw_cursor(int row, int column, bool visible);

/* Limits drawing to an area until draw_clip_end; areas nest (8 deep) and only ever shrink. */
void draw_clip(int row, int column, int rows, int columns);
void draw_clip_end(void);

#endif
