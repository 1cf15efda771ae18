#ifndef BANKOPS_TERMINAL_SCREEN_H
#define BANKOPS_TERMINAL_SCREEN_H

#include "base/error.h"
#include "terminal/key.h"
#include "terminal/loop.h"

/* The terminal as a whole: one per program. Draw with terminal/draw.h. */

struct screen_handlers {
    /* A key, a paste or a resize (K_RESIZE). */
    void (*key)(const struct key *key, void *data);
    /* Paints everything that is to be seen, with draw_…; called once per turn after loop_dirty.
     * The screen was erased before; only changed cells are sent. */
    void (*paint)(void *data);
    /* The terminal is gone (hang-up, end of file, I/O error) or the program is asked to end
     * (SIGTERM). The loop is stopping already; save nothing that needs the terminal. May be NULL. */
    void (*gone)(void *data);
    /* A line that a library wrote to standard error meanwhile, any bytes. May be NULL: such lines
     * are left to the terminal. */
    void (*said)(const char *text, void *data);
    void *data;
};

/* Takes over the terminal of standard input and output: alternate screen, raw keys, bracketed
 * paste, no mouse. Watches it in `loop`, together with SIGWINCH, SIGTSTP, SIGCONT, SIGINT (a key:
 * Ctrl-C), SIGTERM, SIGHUP. Fails with a clear message, and leaves the terminal alone, when standard
 * input or output is no terminal, or TERM is unset, unknown, "dumb" or cannot move its cursor.
 * Restores the terminal when memory runs out or on a crash (SIGSEGV, SIGABRT, SIGBUS, SIGFPE,
 * SIGILL). Start the locale (language_start) and pick a theme (theme_set) before. */
bool screen_open(struct loop *loop, const struct screen_handlers *handlers, struct error *error);
/* Gives the terminal back as it was. Does nothing when it is not open. */
void screen_close(void);

int screen_rows(void);
int screen_columns(void);
/* False when boxes and blocks have to be ASCII. */
bool screen_unicode(void);

/* Calls the paint handler at the end of this turn. */
void screen_dirty(void);
/* Sends the whole picture again (Ctrl-L, after another program wrote on the terminal). */
void screen_redraw(void);
void screen_bell(void);
/* Title of the terminal's window; `text` may be any bytes. */
void screen_title(const char *text);
/* Copies to the clipboard of the user's terminal (OSC 52), through tmux and screen too. At most
 * 74,994 bytes (what xterm takes); false when longer. */
bool screen_copy(const char *text, size_t length);
/* Keys typed ahead are forgotten (only after an error that makes them meaningless). */
void screen_flush_keys(void);

/* Stops the program as Ctrl-Z does and comes back with a full picture. */
void screen_suspend(void);
/* Runs another program on the terminal (an editor, a pager) and waits for it; argv[0] is looked up
 * in PATH. *status gets its wait status. False with an error when it cannot be started. */
bool screen_run(char *const argv[], int *status, struct error *error);

/* Called about twice a second while another program has the terminal: for what must go on without a
 * picture. It may not paint. */
void screen_on_wait(void (*call)(void *data), void *data);

/* Bytes sent to the terminal and frames painted since the start; for tests. */
unsigned long screen_frames(void);

#endif
