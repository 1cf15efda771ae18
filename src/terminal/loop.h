#ifndef BANKOPS_TERMINAL_LOOP_H
#define BANKOPS_TERMINAL_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* The one event loop of a program: file descriptors, timers, signals, then one paint.
 * Order of a turn: input watches (keys: all that wait) - signals - timers - other watches -
 * paint, if loop_dirty() was called and no input waits. While input keeps coming the paint is put
 * off for at most LOOP_PAINT_MS. Nothing here blocks but poll().
 * Callbacks may add and remove watches and timers freely, themselves included. */
struct loop;
struct loop_watch;
struct loop_timer;

#define LOOP_PAINT_MS 100

/* One for a program. Free it with loop_free(). */
struct loop *loop_new(void);
/* Ends watches and timers and gives the signals back to their former handlers. */
void loop_free(struct loop *loop);

/* Calls ready(fd, revents, data) when one of `events` (POLLIN, POLLOUT) or POLLHUP, POLLERR is
 * there. The fd stays the caller's. */
struct loop_watch *loop_watch(struct loop *loop, int fd, short events,
                              void (*ready)(int fd, short revents, void *data), void *data);
/* Makes the watch ask before each poll: prepare(&fd, data) returns the events wanted now and may
 * change the fd (PQsocket moves while connecting); fd -1 or events 0 = not now. */
void loop_watch_prepare(struct loop_watch *watch, short (*prepare)(int *fd, void *data));
/* Runs before everything else in a turn (the terminal). */
void loop_watch_input(struct loop_watch *watch);
void loop_unwatch(struct loop *loop, struct loop_watch *watch);

/* Calls after `ms` milliseconds, and every `ms` again when `repeat`. A one-shot timer is gone once
 * its callback runs: do not cancel it then. */
struct loop_timer *loop_timer(struct loop *loop, int64_t ms, bool repeat, void (*call)(void *data),
                              void *data);
/* Ends the timer; NULL is allowed. */
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

/* Calls in the loop, not in the handler, when the signal arrived; one callback per signal, a
 * second call replaces it, NULL ignores the signal. */
void loop_signal(struct loop *loop, int signal, void (*call)(int signal, void *data), void *data);

/* The picture changed: paint at the end of the turn. */
void loop_dirty(struct loop *loop);
void loop_on_paint(struct loop *loop, void (*paint)(void *data), void *data);
/* Frames painted since the start. */
unsigned long loop_frames(const struct loop *loop);

/* Runs until loop_stop(); returns its `status`. */
int loop_run(struct loop *loop);
/* One turn that waits at most `ms` (-1 = until something happens). False after loop_stop(). */
bool loop_turn(struct loop *loop, int ms);
void loop_stop(struct loop *loop, int status);
bool loop_stopped(const struct loop *loop);

#endif
