#ifndef BANKOPS_TERMINAL_SCREEN_INTERNAL_H
#define BANKOPS_TERMINAL_SCREEN_INTERNAL_H

#include "base/error.h"
#include "terminal/key.h"

#include <stdbool.h>

/* Shared by the files of terminal/screen only. */

/* Checks that standard input and output are a terminal of a kind that can show screens. */
bool screen_check_terminal(struct error *error);
/* Teaches the decoder the keys of this terminal's description (after newterm). */
void screen_learn_keys(struct key_decoder *decoder);
/* Whether this kind of terminal shows boxes, understands window titles. */
bool screen_has_boxes(void);
bool screen_has_title(void);
/* String capability of the terminal, NULL when it lacks it. */
const char *screen_capability(const char *name);

/* Open and not gone. */
bool screen_usable(void);
/* Sends bytes past curses. */
void screen_send(const char *bytes, size_t length);
/* Leaves the terminal to another program; takes it back. */
void screen_step_aside(void);
void screen_come_back(void);

#endif
