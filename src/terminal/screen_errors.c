#include "terminal/screen_errors.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#if defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer) /* its report has to be seen */
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static struct {
    int terminal, from, to; /* the terminal's standard error; both ends of the pipe */
    struct loop *loop;
    struct loop_watch *watch;
    void (*said)(const char *text, void *data);
    void *data;
} errors = {.terminal = -1};

static void hear(int fd, short revents, void *data)
{
    char text[2048], *rest = text, *line;
    ssize_t count = read(fd, text, sizeof text - 1);
    (void)revents;
    (void)data;
    if (count <= 0)
        return;
    text[count] = '\0';
    while ((line = strsep(&rest, "\n")))
        if (*line)
            errors.said(line, errors.data);
}

void screen_errors_take(void)
{
    if (errors.terminal >= 0)
        dup2(errors.to, STDERR_FILENO);
}

void screen_errors_give(void)
{
    if (errors.terminal >= 0)
        dup2(errors.terminal, STDERR_FILENO);
}

void screen_errors_open(struct loop *loop, void (*said)(const char *text, void *data), void *data)
{
    int ends[2];
    if (SANITIZED || !said || !isatty(STDERR_FILENO) || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    errors.terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    errors.from = ends[0];
    errors.to = ends[1];
    errors.loop = loop;
    errors.said = said;
    errors.data = data;
    errors.watch = loop_watch(loop, errors.from, POLLIN, hear, NULL);
    screen_errors_take();
}

void screen_errors_close(void)
{
    if (errors.terminal < 0)
        return;
    screen_errors_give();
    loop_unwatch(errors.loop, errors.watch);
    close(errors.terminal);
    close(errors.from);
    close(errors.to);
    errors.terminal = -1;
}
