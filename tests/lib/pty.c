#include "pty.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

struct pty {
    int fd; /* -1 after hang-up */
    pid_t pid;
    bool ended;
    int status;
    struct rusage usage;
    VTerm *vterm;
    VTermScreen *screen;
    int rows, columns, margin;
    VTermPos cursor;
    bool cursor_visible, alternate;
    unsigned bells;
    unsigned long frames, bytes;
    struct buffer text, title, clipboard, odd;
};

static int new_margin;

static int on_cursor(VTermPos position, VTermPos former, int visible, void *data)
{
    struct pty *pty = data;
    (void)former;
    (void)visible;
    pty->cursor = position;
    return 1;
}

static int on_property(VTermProp property, VTermValue *value, void *data)
{
    struct pty *pty = data;
    if (property == VTERM_PROP_CURSORVISIBLE)
        pty->cursor_visible = value->boolean;
    else if (property == VTERM_PROP_ALTSCREEN)
        pty->alternate = value->boolean;
    else if (property == VTERM_PROP_TITLE) {
        buffer_clear(&pty->title);
        buffer_add(&pty->title, value->string);
    }
    return 1;
}

static int on_bell(void *data)
{
    ((struct pty *)data)->bells++;
    return 1;
}

static int digit_value(char digit)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = digit ? strchr(digits, digit) : NULL;
    return found ? (int)(found - digits) : -1;
}

static int on_osc(const char *command, size_t length, void *data)
{
    struct pty *pty = data;
    unsigned bits = 0;
    int count = 0;
    if (length < 5 || strncmp(command, "52;c;", 5) != 0)
        return 0;
    buffer_clear(&pty->clipboard);
    for (size_t i = 5; i < length && digit_value(command[i]) >= 0; i++) {
        bits = bits << 6 | (unsigned)digit_value(command[i]);
        count += 6;
        if (count >= 8) {
            count -= 8;
            buffer_add_char(&pty->clipboard, (char)(bits >> count));
        }
    }
    return 1;
}

static int on_control(unsigned char control, void *data)
{
    buffer_format(&((struct pty *)data)->odd, "control %#x; ", control);
    return 1;
}

static int on_csi(const char *leader, const long arguments[], int count, const char *intermediate,
                  char command, void *data)
{
    (void)arguments;
    (void)count;
    if (command != 't') /* the stack of titles */
        buffer_format(&((struct pty *)data)->odd, "CSI %s … %s%c; ", leader ? leader : "",
                  intermediate ? intermediate : "", command);
    return 1;
}

static int on_dcs(const char *command, size_t length, void *data)
{
    buffer_format(&((struct pty *)data)->odd, "DCS %.*s; ", (int)length, command);
    return 1;
}

static const VTermScreenCallbacks screen_callbacks = {
    .movecursor = on_cursor, .settermprop = on_property, .bell = on_bell};
static const VTermParserCallbacks other_callbacks = {
    .osc = on_osc, .control = on_control, .csi = on_csi, .dcs = on_dcs};

static void start_screen(struct pty *pty)
{
    pty->margin = new_margin;
    pty->vterm = vterm_new(pty->rows, pty->columns + pty->margin);
    vterm_set_utf8(pty->vterm, 1);
    pty->screen = vterm_obtain_screen(pty->vterm);
    vterm_screen_set_callbacks(pty->screen, &screen_callbacks, pty);
    vterm_screen_set_unrecognised_fallbacks(pty->screen, &other_callbacks, pty);
    vterm_screen_enable_altscreen(pty->screen, 1);
    vterm_screen_reset(pty->screen, 1);
    pty->cursor_visible = true;
}

static void run_child(const char *const *argv, const char *const *environment)
{
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("LINES");
    unsetenv("COLUMNS");
    unsetenv("TMUX");
    unsetenv("STY");
    for (; environment && *environment; environment++) {
        char *pair = strdup(*environment), *equals = pair ? strchr(pair, '=') : NULL;
        if (equals) {
            *equals = '\0';
            setenv(pair, equals + 1, 1);
        } else if (pair) {
            unsetenv(pair);
        }
    }
    signal(SIGPIPE, SIG_DFL);
    execvp(argv[0], (char *const *)argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

struct pty *pty_start(int rows, int columns, const char *const *argv,
                      const char *const *environment)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    struct pty *pty = xcalloc(1, sizeof *pty);
    pty->rows = rows;
    pty->columns = columns;
    start_screen(pty);
    pty->pid = forkpty(&pty->fd, NULL, NULL, &size);
    if (pty->pid == 0)
        run_child(argv, environment);
    if (pty->pid < 0) {
        perror("forkpty");
        abort();
    }
    fcntl(pty->fd, F_SETFL, fcntl(pty->fd, F_GETFL) | O_NONBLOCK);
    fcntl(pty->fd, F_SETFD, FD_CLOEXEC);
    return pty;
}

static bool reap(struct pty *pty, int options)
{
    if (!pty->ended && wait4(pty->pid, &pty->status, options, &pty->usage) == pty->pid)
        pty->ended = true;
    return pty->ended;
}

void pty_free(struct pty *pty)
{
    if (!pty)
        return;
    pty_hang_up(pty);
    for (int64_t until = clock_ms() + 500; !reap(pty, WNOHANG) && clock_ms() < until;)
        poll(NULL, 0, 2);
    if (!pty->ended) {
        kill(pty->pid, SIGKILL);
        reap(pty, 0);
    }
    vterm_free(pty->vterm);
    buffer_free(&pty->text);
    buffer_free(&pty->title);
    buffer_free(&pty->clipboard);
    buffer_free(&pty->odd);
    free(pty);
}

/* Reads what is there. False at the end of the program's output. */
static bool take(struct pty *pty)
{
    char bytes[65536];
    ssize_t count = pty->fd < 0 ? 0 : read(pty->fd, bytes, sizeof bytes);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (count <= 0)
        return false;
    pty->frames++;
    pty->bytes += (unsigned long)count;
    vterm_input_write(pty->vterm, bytes, (size_t)count);
    vterm_screen_flush_damage(pty->screen);
    char answer[256];
    size_t length = vterm_output_read(pty->vterm, answer, sizeof answer);
    if (length > 0 && write(pty->fd, answer, length) < 0)
        return errno == EAGAIN;
    return true;
}

static int64_t deadline(int ms)
{
    const char *slow = getenv("PTY_SLOW");
    int factor = slow ? atoi(slow) : 1;
    return clock_ms() + (int64_t)ms * (factor > 0 ? factor : 1);
}

/* Waits for output until `until`; false when time is up or the output ended. */
static bool wait_output(struct pty *pty, int64_t until)
{
    struct pollfd one = {pty->fd, POLLIN, 0};
    int64_t left = until - clock_ms();
    if (pty->fd < 0 || left < 0)
        return false;
    int ready = poll(&one, 1, (int)left);
    if (ready < 0)
        return errno == EINTR;
    return ready > 0 && take(pty);
}

void pty_send(struct pty *pty, const void *bytes, size_t count)
{
    const char *next = bytes;
    while (count > 0 && pty->fd >= 0) {
        struct pollfd one = {pty->fd, POLLIN | POLLOUT, 0};
        poll(&one, 1, 1000);
        if (one.revents & POLLIN && !take(pty))
            return;
        ssize_t written = write(pty->fd, next, count);
        if (written < 0 && errno != EAGAIN && errno != EINTR)
            return;
        if (written > 0) {
            next += written;
            count -= (size_t)written;
        }
    }
}

static void add_cell(struct pty *pty, int row, int column, struct buffer *out, int *width)
{
    VTermScreenCell cell;
    VTermPos position = {row, column};
    *width = 1;
    if (!vterm_screen_get_cell(pty->screen, position, &cell))
        return;
    *width = cell.width > 0 ? cell.width : 1;
    if (cell.chars[0] == 0 || cell.chars[0] == (uint32_t)-1)
        buffer_add_char(out, ' ');
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] && cell.chars[0] != (uint32_t)-1;
         i++)
        text_encode(out, cell.chars[i]);
}

static void add_row(struct pty *pty, int row, struct buffer *out)
{
    size_t start = out->length;
    int width;
    buffer_add(out, "");
    for (int column = 0; column < pty->columns; column += width)
        add_cell(pty, row, column, out, &width);
    while (out->length > start && out->data[out->length - 1] == ' ')
        out->data[--out->length] = '\0';
}

const char *pty_screen(struct pty *pty)
{
    buffer_clear(&pty->text);
    for (int row = 0; row < pty->rows; row++) {
        add_row(pty, row, &pty->text);
        buffer_add_char(&pty->text, '\n');
    }
    return buffer_text(&pty->text);
}

const char *pty_row(struct pty *pty, int row)
{
    buffer_clear(&pty->text);
    if (row >= 0 && row < pty->rows)
        add_row(pty, row, &pty->text);
    return buffer_text(&pty->text);
}

bool pty_has(struct pty *pty, const char *text)
{
    return strstr(pty_screen(pty), text) != NULL;
}

static void show(struct pty *pty, const char *what, const char *text)
{
    fprintf(stderr, "# waited in vain: %s '%s'; the screen is\n", what, text);
    const char *line = pty_screen(pty);
    for (int row = 0; row < pty->rows; row++) {
        size_t length = strcspn(line, "\n");
        fprintf(stderr, "# |%.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    if (reap(pty, WNOHANG))
        fprintf(stderr, "# the program has ended, wait status %#x\n", (unsigned)pty->status);
}

bool pty_wait(struct pty *pty, bool (*check)(struct pty *pty, void *data), void *data, int ms)
{
    int64_t until = deadline(ms);
    while (!check(pty, data))
        if (!wait_output(pty, until))
            return check(pty, data);
    return true;
}

static bool has_text(struct pty *pty, void *data)
{
    return pty_has(pty, data);
}

static bool lacks_text(struct pty *pty, void *data)
{
    return !pty_has(pty, data);
}

bool pty_wait_text(struct pty *pty, const char *text, int ms)
{
    if (pty_wait(pty, has_text, (void *)text, ms))
        return true;
    show(pty, "text", text);
    return false;
}

bool pty_wait_gone(struct pty *pty, const char *text, int ms)
{
    if (pty_wait(pty, lacks_text, (void *)text, ms))
        return true;
    show(pty, "end of text", text);
    return false;
}

unsigned long pty_frames(const struct pty *pty)
{
    return pty->frames;
}

static bool newer_frame(struct pty *pty, void *data)
{
    return pty->frames > *(unsigned long *)data;
}

bool pty_wait_frame(struct pty *pty, unsigned long since, int ms)
{
    if (pty_wait(pty, newer_frame, &since, ms))
        return true;
    show(pty, "a frame", "");
    return false;
}

void pty_settle(struct pty *pty, int quiet, int ms)
{
    int64_t until = deadline(ms);
    for (;;) {
        int64_t calm = clock_ms() + quiet;
        if (!wait_output(pty, calm < until ? calm : until))
            return;
    }
}

bool pty_wait_exit(struct pty *pty, int *status, int ms)
{
    int64_t until = deadline(ms);
    while (!reap(pty, WNOHANG)) {
        struct pollfd one = {pty->fd, POLLIN, 0};
        if (clock_ms() >= until) {
            show(pty, "end of the program", "");
            return false;
        }
        if (pty->fd >= 0 && poll(&one, 1, 1) > 0 && !take(pty))
            poll(NULL, 0, 1); /* the output has ended; the program is about to */
        else if (pty->fd < 0)
            poll(NULL, 0, 1);
    }
    while (pty->fd >= 0 && wait_output(pty, clock_ms()))
        ; /* its last words */
    if (status)
        *status = pty->status;
    return true;
}

void pty_cursor(struct pty *pty, int *row, int *column, bool *visible)
{
    if (row)
        *row = pty->cursor.row;
    if (column)
        *column = pty->cursor.col;
    if (visible)
        *visible = pty->cursor_visible;
}

static VTermScreenCellAttrs attributes(struct pty *pty, int row, int column)
{
    VTermScreenCell cell = {0};
    VTermPos position = {row, column};
    vterm_screen_get_cell(pty->screen, position, &cell);
    return cell.attrs;
}

bool pty_is_reverse(struct pty *pty, int row, int column)
{
    return attributes(pty, row, column).reverse;
}

bool pty_is_bold(struct pty *pty, int row, int column)
{
    return attributes(pty, row, column).bold;
}

bool pty_is_alternate(const struct pty *pty)
{
    return pty->alternate;
}

const char *pty_title(const struct pty *pty)
{
    return buffer_text(&pty->title);
}

const char *pty_clipboard(const struct pty *pty)
{
    return buffer_text(&pty->clipboard);
}

unsigned pty_bells(const struct pty *pty)
{
    return pty->bells;
}

void pty_set_margin(int columns)
{
    new_margin = columns;
}

int pty_beyond(struct pty *pty)
{
    for (int row = 0; row < pty->rows; row++)
        for (int column = pty->columns; column < pty->columns + pty->margin; column++) {
            VTermScreenCell cell;
            VTermPos position = {row, column};
            bool there = vterm_screen_get_cell(pty->screen, position, &cell) != 0;
            if (there && cell.chars[0] && cell.chars[0] != ' ')
                return row;
        }
    return -1;
}

const char *pty_odd(const struct pty *pty)
{
    return buffer_text(&pty->odd);
}

void pty_resize(struct pty *pty, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    pty->rows = rows;
    pty->columns = columns;
    /* libvterm writes a wide character past a screen of one column. */
    columns += pty->margin;
    vterm_set_size(pty->vterm, rows, columns < 2 ? 2 : columns);
    if (pty->fd >= 0)
        ioctl(pty->fd, TIOCSWINSZ, &size);
}

void pty_wipe(struct pty *pty)
{
    static const char clear[] = "\033[2J";
    vterm_input_write(pty->vterm, clear, sizeof clear - 1);
}

void pty_hang_up(struct pty *pty)
{
    if (pty->fd >= 0)
        close(pty->fd);
    pty->fd = -1;
}

pid_t pty_pid(const struct pty *pty)
{
    return pty->pid;
}

void pty_signal(struct pty *pty, int number)
{
    kill(pty->pid, number);
}

unsigned long pty_bytes(const struct pty *pty)
{
    return pty->bytes;
}

long pty_cpu_ms(const struct pty *pty)
{
    const struct rusage *usage = &pty->usage;
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000 +
           (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1000;
}
