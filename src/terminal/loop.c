#include "terminal/loop.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define SIGNAL_MAX 65

struct loop_watch {
    struct loop_watch *next;
    int fd;
    short events;
    bool input, dead;
    void (*ready)(int fd, short revents, void *data);
    short (*prepare)(int *fd, void *data);
    void *data;
};

struct loop_timer {
    struct loop_timer *next;
    int64_t due, every;
    bool dead;
    void (*call)(void *data);
    void *data;
};

struct caught {
    void (*call)(int signal, void *data);
    void *data;
    bool set;
    struct sigaction former;
};

struct loop {
    struct loop_watch *watches;
    struct loop_timer *timers;
    struct pollfd *polls;
    struct loop_watch **polled;
    size_t count, poll_capacity, watch_capacity;
    struct caught caught[SIGNAL_MAX];
    int pipe[2]; /* handlers wake the loop through it */
    void (*paint)(void *data);
    void *paint_data;
    bool dirty, stopped;
    int64_t dirty_since;
    unsigned long frames;
    int status;
};

/* What signal handlers may touch. */
static volatile sig_atomic_t arrived[SIGNAL_MAX];
static volatile int wake_fd = -1;

static void on_signal(int number)
{
    int saved = errno;
    arrived[number] = 1;
    if (wake_fd >= 0 && write(wake_fd, "", 1) < 0)
        errno = 0; /* full: the loop wakes anyway */
    errno = saved;
}

struct loop *loop_new(void)
{
    struct loop *loop = xcalloc(1, sizeof *loop);
    if (pipe2(loop->pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        loop->pipe[0] = loop->pipe[1] = -1; /* signals then wake poll() by EINTR only */
    wake_fd = loop->pipe[1];
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    for (int i = 1; i < SIGNAL_MAX; i++)
        if (loop->caught[i].set)
            sigaction(i, &loop->caught[i].former, NULL);
    wake_fd = -1;
    close(loop->pipe[0]);
    close(loop->pipe[1]);
    while (loop->watches) {
        struct loop_watch *next = loop->watches->next;
        free(loop->watches);
        loop->watches = next;
    }
    while (loop->timers) {
        struct loop_timer *next = loop->timers->next;
        free(loop->timers);
        loop->timers = next;
    }
    free(loop->polls);
    free(loop->polled);
    free(loop);
}

struct loop_watch *loop_watch(struct loop *loop, int fd, short events,
                              void (*ready)(int fd, short revents, void *data), void *data)
{
    struct loop_watch *watch = xcalloc(1, sizeof *watch);
    *watch = (struct loop_watch){.fd = fd, .events = events, .ready = ready, .data = data};
    struct loop_watch **end = &loop->watches;
    while (*end)
        end = &(*end)->next;
    *end = watch;
    return watch;
}

void loop_watch_prepare(struct loop_watch *watch, short (*prepare)(int *fd, void *data))
{
    watch->prepare = prepare;
}

void loop_watch_input(struct loop_watch *watch)
{
    watch->input = true;
}

void loop_unwatch(struct loop *loop, struct loop_watch *watch)
{
    (void)loop;
    if (watch)
        watch->dead = true;
}

struct loop_timer *loop_timer(struct loop *loop, int64_t ms, bool repeat, void (*call)(void *data),
                              void *data)
{
    struct loop_timer *timer = xcalloc(1, sizeof *timer);
    *timer = (struct loop_timer){loop->timers, clock_ms() + ms, repeat ? (ms > 0 ? ms : 1) : 0,
                                 false, call, data};
    loop->timers = timer;
    return timer;
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
    (void)loop;
    if (timer)
        timer->dead = true;
}

void loop_signal(struct loop *loop, int number, void (*call)(int signal, void *data), void *data)
{
    struct caught *caught = &loop->caught[number];
    struct sigaction action = {.sa_handler = call ? on_signal : SIG_IGN, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, caught->set ? NULL : &caught->former);
    caught->set = true;
    caught->call = call;
    caught->data = data;
}

void loop_dirty(struct loop *loop)
{
    if (!loop->dirty)
        loop->dirty_since = clock_ms();
    loop->dirty = true;
}

void loop_on_paint(struct loop *loop, void (*paint)(void *data), void *data)
{
    loop->paint = paint;
    loop->paint_data = data;
}

unsigned long loop_frames(const struct loop *loop)
{
    return loop->frames;
}

static void sweep(struct loop *loop)
{
    for (struct loop_watch **at = &loop->watches; *at;) {
        struct loop_watch *watch = *at;
        if (watch->dead) {
            *at = watch->next;
            free(watch);
        } else {
            at = &watch->next;
        }
    }
    for (struct loop_timer **at = &loop->timers; *at;) {
        struct loop_timer *timer = *at;
        if (timer->dead) {
            *at = timer->next;
            free(timer);
        } else {
            at = &timer->next;
        }
    }
}

/* Fills the poll set: the signal pipe, then the watches that want something. */
static void prepare(struct loop *loop)
{
    loop->count = 0;
    ARRAY_RESERVE(loop->polls, loop->count, loop->poll_capacity);
    ARRAY_RESERVE(loop->polled, loop->count, loop->watch_capacity);
    loop->polls[0] = (struct pollfd){loop->pipe[0], POLLIN, 0};
    loop->polled[loop->count++] = NULL;
    for (struct loop_watch *watch = loop->watches; watch; watch = watch->next) {
        if (watch->dead)
            continue;
        if (watch->prepare)
            watch->events = watch->prepare(&watch->fd, watch->data);
        if (watch->dead || watch->fd < 0 || watch->events == 0)
            continue;
        ARRAY_RESERVE(loop->polls, loop->count, loop->poll_capacity);
        ARRAY_RESERVE(loop->polled, loop->count, loop->watch_capacity);
        loop->polls[loop->count] = (struct pollfd){watch->fd, watch->events, 0};
        loop->polled[loop->count++] = watch;
    }
}

/* Milliseconds until something is due, at most `ms`. */
static int wait_time(const struct loop *loop, int ms)
{
    int64_t wait = ms < 0 ? INT_MAX : ms, now = clock_ms();
    for (const struct loop_timer *timer = loop->timers; timer; timer = timer->next) {
        int64_t left = timer->due > now ? timer->due - now : 0;
        if (!timer->dead && left < wait)
            wait = left;
    }
    if (loop->dirty)
        wait = 0;
    return wait == INT_MAX ? -1 : (int)wait;
}

static void run_watches(struct loop *loop, bool input)
{
    for (size_t i = 1; i < loop->count; i++) {
        struct loop_watch *watch = loop->polled[i];
        if (watch->input == input && !watch->dead && loop->polls[i].revents)
            watch->ready(loop->polls[i].fd, loop->polls[i].revents, watch->data);
    }
}

static void run_signals(struct loop *loop)
{
    char drop[64];
    while (read(loop->pipe[0], drop, sizeof drop) > 0)
        ;
    for (int i = 1; i < SIGNAL_MAX; i++)
        if (arrived[i]) {
            arrived[i] = 0;
            if (loop->caught[i].call)
                loop->caught[i].call(i, loop->caught[i].data);
        }
}

static void run_timers(struct loop *loop)
{
    int64_t now = clock_ms();
    struct loop_timer *next;
    for (struct loop_timer *timer = loop->timers; timer; timer = next) {
        next = timer->next;
        if (timer->dead || timer->due > now)
            continue;
        if (timer->every)
            timer->due = now + timer->every;
        else
            timer->dead = true;
        timer->call(timer->data);
        next = timer->next;
    }
}

/* Whether bytes wait on an input watch. */
static bool input_waits(const struct loop *loop)
{
    for (const struct loop_watch *watch = loop->watches; watch; watch = watch->next) {
        struct pollfd one = {watch->fd, POLLIN, 0};
        if (watch->input && !watch->dead && watch->fd >= 0 && poll(&one, 1, 0) > 0 &&
            one.revents & POLLIN)
            return true;
    }
    return false;
}

static void run_paint(struct loop *loop)
{
    if (!loop->dirty || loop->stopped || !loop->paint)
        return;
    if (input_waits(loop) && clock_ms() - loop->dirty_since < LOOP_PAINT_MS)
        return;
    loop->dirty = false;
    loop->frames++;
    loop->paint(loop->paint_data);
}

bool loop_turn(struct loop *loop, int ms)
{
    if (loop->stopped)
        return false;
    sweep(loop);
    prepare(loop);
    int ready = poll(loop->polls, (nfds_t)loop->count, wait_time(loop, ms));
    if (ready < 0)
        for (size_t i = 0; i < loop->count; i++)
            loop->polls[i].revents = 0;
    run_watches(loop, true);
    run_signals(loop);
    run_timers(loop);
    run_watches(loop, false);
    run_paint(loop);
    return !loop->stopped;
}

int loop_run(struct loop *loop)
{
    while (loop_turn(loop, -1))
        ;
    return loop->status;
}

void loop_stop(struct loop *loop, int status)
{
    if (!loop->stopped)
        loop->status = status;
    loop->stopped = true;
}

bool loop_stopped(const struct loop *loop)
{
    return loop->stopped;
}
