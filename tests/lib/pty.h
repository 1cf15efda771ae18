#ifndef BANKOPS_TESTS_LIB_PTY_H
#define BANKOPS_TESTS_LIB_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A program running in a pseudo-terminal whose screen is kept by libvterm. Nothing here sleeps:
 * every wait ends as soon as its condition holds, or fails after `ms` milliseconds (multiplied by
 * $PTY_SLOW, for valgrind and sanitizers). Failing waits print the screen to standard error. */
struct pty;

/* Starts argv[0] (looked up in PATH) at rows x columns. `environment` are "NAME=value" strings set
 * on top of the inherited environment ("NAME" alone unsets), NULL-terminated, may be NULL.
 * TERM is xterm-256color and LC_ALL C.UTF-8 unless given; LINES and COLUMNS are unset. */
struct pty *pty_start(int rows, int columns, const char *const *argv,
                      const char *const *environment);
/* Ends the program if it still runs (hang-up, then kill) and frees everything. */
void pty_free(struct pty *pty);

/* Sends keys: names ("F5", "Down", "PgDn", "Enter", "Ctrl-L", "Esc", "Shift-Tab") in one write, up
 * to a NULL: pty_keys(p, "F5", "Down", NULL). pty_type sends bytes as they are; pty_paste wraps
 * them as a bracketed paste. */
void pty_keys(struct pty *pty, const char *key, ...) __attribute__((sentinel));
void pty_type(struct pty *pty, const char *text);
void pty_send(struct pty *pty, const void *bytes, size_t count);
void pty_paste(struct pty *pty, const char *text, size_t length);

/* Waits until the text stands anywhere on the screen. Beware of text that was there before: wait
 * for the new title, or use pty_wait_gone and pty_wait_frame. */
bool pty_wait_text(struct pty *pty, const char *text, int ms);
bool pty_wait_gone(struct pty *pty, const char *text, int ms);
/* Waits until check(pty, data) is true; it is asked after every piece of output. */
bool pty_wait(struct pty *pty, bool (*check)(struct pty *pty, void *data), void *data, int ms);
/* Every read from the program counts as a frame. Waits for one after `since` (from pty_frames). */
unsigned long pty_frames(const struct pty *pty);
bool pty_wait_frame(struct pty *pty, unsigned long since, int ms);
/* Reads what comes until nothing came for `quiet` ms (at most `ms` in all); for byte counts. */
void pty_settle(struct pty *pty, int quiet, int ms);
/* Waits for the end of the program; *status is its wait status. */
bool pty_wait_exit(struct pty *pty, int *status, int ms);

/* The screen as text: one line per row, blanks at line ends removed, wide characters once, empty
 * lines kept. Owned by the pty until the next call. */
const char *pty_screen(struct pty *pty);
/* One row (from 0) the same way. */
const char *pty_row(struct pty *pty, int row);
bool pty_has(struct pty *pty, const char *text);
void pty_cursor(struct pty *pty, int *row, int *column, bool *visible);
/* Whether the cell is shown reversed, bold, underlined; colour numbers are not checked. */
bool pty_is_reverse(struct pty *pty, int row, int column);
bool pty_is_bold(struct pty *pty, int row, int column);
/* Whether the alternate screen is shown. */
bool pty_is_alternate(const struct pty *pty);
/* Title and OSC 52 clipboard text the program sent last; "" when none. */
const char *pty_title(const struct pty *pty);
const char *pty_clipboard(const struct pty *pty);
unsigned pty_bells(const struct pty *pty);
/* Terminals started from now on have that many columns more than they tell the program. */
void pty_set_margin(int columns);
/* The first row with something in those columns, -1 when there is none. */
int pty_beyond(struct pty *pty);
/* Control characters and sequences of the program that this terminal does not know; "" when none. */
const char *pty_odd(const struct pty *pty);

void pty_resize(struct pty *pty, int rows, int columns);
/* What stands on the terminal is gone, as when its window shrinks and grows. */
void pty_wipe(struct pty *pty);
/* Closes the terminal's side: the program gets SIGHUP and end of file. */
void pty_hang_up(struct pty *pty);
pid_t pty_pid(const struct pty *pty);
void pty_signal(struct pty *pty, int signal);

/* Bytes the program wrote since the start. */
unsigned long pty_bytes(const struct pty *pty);
/* Resident memory now: /proc/PID/status VmRSS and smaps_rollup Pss, in kB; -1 when not readable. */
long pty_rss(const struct pty *pty);
long pty_pss(const struct pty *pty);
/* User and system time of the ended program in ms (after pty_wait_exit). */
long pty_cpu_ms(const struct pty *pty);

/* Compares the screen with $BANKOPS_SOURCE/tests/NAME.txt (NAME like "console/golden/list-80x24");
 * prints the first different line. With GENERATE=1 in the environment the file is written instead. */
bool pty_matches(struct pty *pty, const char *name);
/* The same, but waits until it is so; with GENERATE=1 until the screen is quiet. */
bool pty_wait_matches(struct pty *pty, const char *name, int ms);
/* From now on this text, and a time of day behind it, count as # in both functions above: today's
 * date, say. */
void pty_hide(const char *text);

#endif
