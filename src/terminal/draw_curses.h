#ifndef BANKOPS_TERMINAL_DRAW_CURSES_H
#define BANKOPS_TERMINAL_DRAW_CURSES_H

/* Between terminal/screen and terminal/draw only. */

/* Colours may be used: once after newterm(). */
void draw_start(void);
/* Before the paint handler: empties the picture. After it: places the cursor and sends what
 * changed. */
void draw_begin(void);
void draw_end(void);

#endif
