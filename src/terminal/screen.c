#include "terminal/screen.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "terminal/draw_curses.h"
#include "terminal/screen_errors.h"
#include "terminal/screen_internal.h"
#include "terminal/screen_restore.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define TURN_BYTES  262144 /* read from the terminal in one turn at most */
#define MODES_ON    "\033[?2004h"
#define MODES_OFF   "\033[?2004l"
#define TITLE_PUSH  "\033[22;2t"
#define TITLE_POP   "\033[23;2t"

static struct {
    bool open, gone, unicode, titled, repaint;
    struct loop *loop;
    struct loop_watch *watch;
    struct loop_timer *pause; /* an unfinished key sequence or paste */
    struct screen_handlers handlers;
    struct key_decoder *decoder;
    SCREEN *curses;
    FILE *trace; /* $BANKOPS_TRACE: a line for each frame */
    unsigned long keys; /* since the last frame */
} screen;

bool screen_usable(void)
{
    return screen.open && !screen.gone;
}

int screen_rows(void)
{
    return screen.open ? getmaxy(stdscr) : 0;
}

int screen_columns(void)
{
    return screen.open ? getmaxx(stdscr) : 0;
}

bool screen_unicode(void)
{
    return screen.unicode;
}

unsigned long screen_frames(void)
{
    return screen.loop ? loop_frames(screen.loop) : 0;
}

void screen_send(const char *bytes, size_t length)
{
    while (length > 0 && !screen.gone) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
}

static void send_text(const char *text)
{
    screen_send(text, strlen(text));
}

/* The terminal is gone or the program is told to end: stop, draw no more. */
static void lose(int status)
{
    if (screen.gone)
        return;
    screen.gone = true;
    loop_unwatch(screen.loop, screen.watch);
    screen.watch = NULL;
    loop_stop(screen.loop, status);
    if (screen.handlers.gone)
        screen.handlers.gone(screen.handlers.data);
}

static void dispatch(void);

static void on_pause(void *data)
{
    (void)data;
    screen.pause = NULL;
    dispatch();
}

/* Hands out all keys that are complete; comes back later for one that may not be. */
static void dispatch(void)
{
    struct key key;
    while (screen.open && !loop_stopped(screen.loop) &&
           key_decoder_next(screen.decoder, clock_ms(), &key)) {
        screen.keys++;
        screen.handlers.key(&key, screen.handlers.data);
    }
    if (!screen.open)
        return;
    loop_timer_cancel(screen.loop, screen.pause);
    int wait = key_decoder_wait(screen.decoder, clock_ms());
    screen.pause = wait < 0 ? NULL : loop_timer(screen.loop, wait, false, on_pause, NULL);
}

static void on_input(int fd, short revents, void *data)
{
    static char bytes[16384];
    struct pollfd more = {fd, POLLIN, 0};
    size_t taken = 0;
    (void)data;
    do {
        ssize_t count = read(fd, bytes, sizeof bytes);
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            break;
        if (count <= 0) {
            dispatch();
            lose(128 + SIGHUP);
            return;
        }
        key_decoder_feed(screen.decoder, bytes, (size_t)count, clock_ms());
        taken += (size_t)count;
    } while (taken < TURN_BYTES && poll(&more, 1, 0) > 0 && more.revents & POLLIN);
    dispatch();
    if (revents & (POLLHUP | POLLERR | POLLNVAL) && !(revents & POLLIN))
        lose(128 + SIGHUP);
}

/* For whoever looks for what makes a screen slow: when, after how many keys, how long. */
static void trace_frame(int64_t started_us)
{
    if (screen.trace)
        fprintf(screen.trace, "%lld frame %lu keys %lu us %lld\n", (long long)clock_ms(),
                screen_frames(), screen.keys, (long long)(clock_us() - started_us));
    screen.keys = 0;
}

static void on_paint(void *data)
{
    int64_t started_us = clock_us();
    (void)data;
    if (!screen_usable())
        return;
    if (screen.repaint)
        clearok(curscr, TRUE);
    screen.repaint = false;
    draw_begin();
    screen.handlers.paint(screen.handlers.data);
    if (screen.open)
        draw_end();
    trace_frame(started_us);
}

void screen_dirty(void)
{
    if (screen.open)
        loop_dirty(screen.loop);
}

void screen_redraw(void)
{
    screen.repaint = true;
    screen_dirty();
}

/* Takes over the terminal's size; true when it differs. */
static bool take_size(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return false;
    int rows = size.ws_row ? size.ws_row : 24, columns = size.ws_col ? size.ws_col : 80;
    if (rows == getmaxy(stdscr) && columns == getmaxx(stdscr))
        return false;
    resize_term(rows, columns);
    screen.repaint = true;
    return true;
}

static void on_resize(int number, void *data)
{
    struct key key = {.code = K_RESIZE};
    (void)number;
    (void)data;
    take_size();
    screen_redraw(); /* there and back at once: the size is the same, what stood there is gone */
    screen.handlers.key(&key, screen.handlers.data);
}

static void on_interrupt(int number, void *data)
{
    struct key key = {.code = K_CTRL | 'c'};
    (void)number;
    (void)data;
    screen.handlers.key(&key, screen.handlers.data);
}

static void on_end(int number, void *data)
{
    (void)data;
    lose(128 + number);
}

/* Leaves the terminal to others; screen_come_back() takes it again. */
void screen_step_aside(void)
{
    send_text(MODES_OFF);
    screen_restore_arm(false);
    endwin();
    screen_errors_give();
}

void screen_come_back(void)
{
    struct key key = {.code = K_RESIZE};
    screen_errors_take();
    reset_prog_mode();
    screen_restore_arm(true);
    bool resized = take_size();
    clearok(curscr, TRUE);
    refresh();
    send_text(MODES_ON);
    screen_redraw();
    if (resized)
        screen.handlers.key(&key, screen.handlers.data);
}

static void on_continue(int number, void *data)
{
    (void)number;
    (void)data;
    screen_come_back();
}

static void on_stop(int number, void *data)
{
    (void)number;
    (void)data;
    screen_suspend();
}

void screen_suspend(void)
{
    if (!screen_usable())
        return;
    screen_step_aside();
    struct sigaction stop = {.sa_handler = SIG_DFL}, former[2];
    sigemptyset(&stop.sa_mask);
    sigaction(SIGTSTP, &stop, &former[0]);
    sigaction(SIGCONT, &stop, &former[1]);
    kill(0, SIGTSTP); /* stops here until SIGCONT */
    sigaction(SIGTSTP, &former[0], NULL);
    sigaction(SIGCONT, &former[1], NULL);
    screen_come_back();
}

static void watch_signals(void)
{
    loop_signal(screen.loop, SIGWINCH, on_resize, NULL);
    loop_signal(screen.loop, SIGINT, on_interrupt, NULL);
    loop_signal(screen.loop, SIGTERM, on_end, NULL);
    loop_signal(screen.loop, SIGHUP, on_end, NULL);
    loop_signal(screen.loop, SIGTSTP, on_stop, NULL);
    loop_signal(screen.loop, SIGCONT, on_continue, NULL);
    loop_signal(screen.loop, SIGTTOU, NULL, NULL);
}

/* What a fault handler sends: the terminal's own strings, without delays. */
static void prepare_restore(void)
{
    struct buffer bytes = BUFFER_INIT;
    static const char *const names[] = {"sgr0", "cnorm", "rmcup"};
    buffer_add(&bytes, MODES_OFF);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const char *value = screen_capability(names[i]);
        for (; value && *value; value++)
            if (value[0] == '$' && value[1] == '<')
                value += strcspn(value, ">") - (strchr(value, '>') == NULL);
            else
                buffer_add_char(&bytes, *value);
    }
    buffer_add(&bytes, "\r\n");
    screen_restore_bytes(buffer_text(&bytes));
    buffer_free(&bytes);
}

static bool start_curses(struct error *error)
{
    screen_restore_prepare(STDIN_FILENO);
    use_tioctl(TRUE);
    screen.curses = newterm(NULL, stdout, stdin);
    if (!screen.curses)
        return error_set(error, ERROR_SYSTEM, "console", NULL,
                         _("the terminal could not be set up"));
    raw();
    noecho();
    nonl();
    typeahead(-1);
    scrollok(stdscr, FALSE);
    idlok(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    prepare_restore();
    draw_start();
    return true;
}

bool screen_open(struct loop *loop, const struct screen_handlers *handlers, struct error *error)
{
    static bool registered;
    const char *trace = getenv("BANKOPS_TRACE");
    if (!screen_check_terminal(error))
        return false;
    memset(&screen, 0, sizeof screen);
    screen.trace = trace && *trace ? fopen(trace, "ae") : NULL;
    if (screen.trace)
        setlinebuf(screen.trace);
    screen.loop = loop;
    screen.handlers = *handlers;
    screen.unicode = screen_has_boxes();
    watch_signals();
    if (!start_curses(error))
        return false;
    watch_signals(); /* newterm() may have set its own */
    screen.decoder = key_decoder_new();
    screen_learn_keys(screen.decoder);
    screen.open = true;
    screen_restore_arm(true);
    alloc_on_exit(screen_restore_now);
    if (!registered && atexit(screen_close) == 0)
        registered = true;
    send_text(MODES_ON);
    screen.watch = loop_watch(loop, STDIN_FILENO, POLLIN, on_input, NULL);
    loop_watch_input(screen.watch);
    loop_on_paint(loop, on_paint, NULL);
    screen_errors_open(loop, handlers->said, handlers->data);
    take_size();
    screen_dirty();
    return true;
}

void screen_close(void)
{
    if (!screen.open)
        return;
    screen.open = false;
    bool gone = screen.gone;
    screen.gone = false;
    loop_unwatch(screen.loop, screen.watch);
    loop_timer_cancel(screen.loop, screen.pause);
    loop_on_paint(screen.loop, NULL, NULL);
    send_text(screen.titled ? MODES_OFF TITLE_POP : MODES_OFF);
    screen.gone = gone;
    endwin();
    screen_errors_close();
    screen_restore_arm(false);
    alloc_on_exit(NULL);
    delscreen(screen.curses);
    key_decoder_free(screen.decoder);
    screen.curses = NULL;
    screen.decoder = NULL;
    if (screen.trace)
        fclose(screen.trace);
    screen.trace = NULL;
}

void screen_flush_keys(void)
{
    if (!screen.open)
        return;
    tcflush(STDIN_FILENO, TCIFLUSH);
    key_decoder_flush(screen.decoder);
}

void screen_bell(void)
{
    if (screen.open)
        send_text("\a");
}

void screen_title(const char *text)
{
    struct buffer title = BUFFER_INIT;
    if (!screen.open || !screen_has_title())
        return;
    if (!screen.titled)
        buffer_add(&title, TITLE_PUSH);
    screen.titled = true;
    buffer_add(&title, "\033]2;");
    text_safe(&title, text, strnlen(text, 200));
    buffer_add(&title, "\a");
    screen_send(title.data, title.length);
    buffer_free(&title);
}
