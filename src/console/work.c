#include "console/work.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/language.h"
#include "console/command_line.h"
#include "console/dialog.h"
#include "console/seal.h"
#include "console/task.h"
#include "database/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct work_kind kinds[] = {
    {"reconcile", work_reconcile},
    {"try", work_try},
};

/* What the child says: one write, so that it comes whole. */
struct message {
    enum { STEP, RESULT, FAILED, FINISHED } what;
    int done; /* objects done so far */
    char text[2048];
    struct error error;
};
_Static_assert(sizeof(struct message) <= PIPE_BUF, "a message is written in one piece");

struct work {
    struct page *page; /* that it was started on; NULL: left since */
    const struct work_kind *kind;
    char *title, *task;
    pid_t child;
    int pipe;
    struct loop_watch *watch;
    int64_t start; /* ms */
    int done;
    bool stopping, finished;
    char *step, *banner;
    struct buffer result;
    struct error error;
    /* what is still to be read of a message */
    struct message message;
    size_t length;
};

const struct work_kind *work_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (!strcmp(kinds[i].name, name))
            return &kinds[i];
    return NULL;
}

/* The child. */

static struct {
    int pipe, done;
    PGcancel *cancel;
} child;

/* Nothing is kept of what runs: the server ends its statement, the end of the connection the rest. */
static void stop(int signal)
{
    char text[256];
    (void)signal;
    if (child.cancel)
        PQcancel(child.cancel, text, sizeof text);
    _exit(1);
}

static void tell(struct message *message)
{
    message->done = child.done;
    while (write(child.pipe, message, sizeof *message) < 0 && errno == EINTR)
        ;
}

static void tell_text(int what, const char *text)
{
    struct message message = {.done = 0};
    message.what = what;
    snprintf(message.text, sizeof message.text, "%s", text);
    tell(&message);
}

static void hold(bool held)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(held ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

static void child_step(void *data, const char *text)
{
    (void)data;
    hold(false);
    tell_text(STEP, text);
}

static void child_result(void *data, const char *text)
{
    (void)data;
    tell_text(RESULT, text);
}

static void child_settle(void *data)
{
    (void)data;
    hold(true);
}

/* Away from the terminal and its signals. */
static void detach(void)
{
    static const int quiet[] = {SIGINT, SIGHUP, SIGPIPE, SIGTSTP, SIGQUIT};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct sigaction action = {.sa_handler = SIG_IGN};
    setsid();
    for (size_t i = 0; i < ARRAY_LENGTH(quiet); i++)
        sigaction(quiet[i], &action, NULL);
    action.sa_handler = SIG_DFL;
    sigaction(SIGWINCH, &action, NULL);
    action.sa_handler = stop;
    sigaction(SIGTERM, &action, NULL);
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
    hold(false);
}

static _Noreturn void labour(const struct console *console, const struct work_kind *kind,
                             const struct values *arguments, int count, int pipe)
{
    struct session_options wanted = {.conninfo = console->options.conninfo,
                                     .as = console->identity.login};
    struct work_teller teller = {child_step, child_result, child_settle, NULL};
    struct message last = {.what = FINISHED, .error = ERROR_INIT};
    const char *password = connection_password(console->connection);
    child.pipe = pipe;
    detach();
    if (password)
        setenv("PGPASSWORD", password, 1);
    PGconn *connection = session_open(&wanted, &last.error);
    bool good = connection != NULL;
    if (good)
        child.cancel = PQgetCancel(connection);
    for (int i = 0; i < count && good; i++) {
        good = kind->run(connection, &arguments[i], &teller, &last.error);
        child.done += good;
    }
    last.what = good ? FINISHED : FAILED;
    tell(&last);
    PQfinish(connection);
    _exit(0);
}

/* The console. */

static void work_free(struct work *work)
{
    free(work->title);
    free(work->task);
    free(work->step);
    free(work->banner);
    buffer_free(&work->result);
    free(work);
}

static void describe(struct console *console)
{
    struct work *work = console->work;
    int seconds = (int)((clock_ms() - work->start) / 1000);
    free(work->banner);
    work->banner = xasprintf(work->stopping ? _("%s: being stopped …")
                             : seconds      ? _("%s: %s, %d s. Ctrl-C stops it.")
                                            : _("%s: %s. Ctrl-C stops it."),
                             work->title, work->step, seconds);
    screen_dirty();
}

/* In a box where it was asked for, in the message line anywhere else. */
static void show_result(struct console *console, struct work *work)
{
    const char *text = buffer_text(&work->result);
    bool here = work->page && console_page(console) == work->page && !console->dialog &&
                !console->login && !command_line_active(console);
    if (here) {
        dialog_text(console, work->title, text, work->finished ? STYLE_GOOD : STYLE_WARNING);
        return;
    }
    console_say(console, work->finished ? STYLE_GOOD : STYLE_WARNING, "%s: %.*s", work->title,
                (int)strcspn(text, "\n"), text);
}

static void end_message(struct console *console, struct work *work)
{
    bool failed = work->error.kind != ERROR_NONE;
    if (work->done)
        show_result(console, work);
    if (failed && work->error.kind != ERROR_UNREACHABLE && !console->login)
        console_error(console, &work->error);
    else if (failed)
        console_say(console, STYLE_ERROR, "%s: %s", work->title, work->error.what);
    else if (!work->finished && work->stopping)
        console_say(console, STYLE_WARNING, _("%s was stopped; nothing more of it was kept."),
                    work->title);
    else if (!work->finished)
        console_say(console, STYLE_ERROR, _("%s ended before its time; nothing more of it was kept."),
                    work->title);
}

static void end(struct console *console)
{
    struct work *work = console->work;
    struct page *page = console_page(console);
    loop_unwatch(console->loop, work->watch);
    close(work->pipe);
    while (waitpid(work->child, NULL, 0) < 0 && errno == EINTR)
        ;
    console->work = NULL;
    end_message(console, work);
    if (work->done) {
        seal_soon(console);
        if (work->page)
            task_done(work->page, work->task);
    }
    if (work->page && work->page->ops->unmark && work->finished)
        work->page->ops->unmark(work->page, NULL);
    console_outdated(console); /* also those that lie under this one */
    if (page && page->ops->refresh && !console->login)
        page->ops->refresh(page);
    work_free(work);
}

static void hear(struct console *console)
{
    struct work *work = console->work;
    const struct message *message = &work->message;
    work->done = message->done;
    switch (message->what) {
    case STEP:
        free(work->step);
        work->step = xstrdup(message->text);
        describe(console);
        break;
    case RESULT:
        buffer_format(&work->result, "%s%s", work->result.length ? "\n\n" : "", message->text);
        break;
    case FAILED:
        work->error = message->error;
        break;
    case FINISHED:
        work->finished = true;
        break;
    }
}

static void ready(int fd, short revents, void *data)
{
    struct console *console = data;
    struct work *work = console->work;
    (void)revents;
    ssize_t got = read(fd, (char *)&work->message + work->length,
                       sizeof work->message - work->length);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        end(console);
        return;
    }
    work->length += (size_t)got;
    if (work->length == sizeof work->message) {
        work->length = 0;
        hear(console);
    }
}

static bool start_child(struct console *console, struct work *work, const struct values *arguments,
                        int count)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return false;
    work->child = fork();
    if (work->child == 0) {
        fcntl(ends[1], F_SETFL, 0);
        close(ends[0]);
        labour(console, work->kind, arguments, count, ends[1]);
    }
    close(ends[1]);
    work->pipe = ends[0];
    if (work->child > 0)
        return true;
    close(ends[0]);
    return false;
}

void work_start(struct page *page, const struct defined_action *action,
                const struct values *arguments, int count)
{
    struct console *console = page->console;
    struct error error = ERROR_INIT;
    if (console->work) {
        console_refuse(console, work_banner(console));
        return;
    }
    struct work *work = xcalloc(1, sizeof *work);
    work->page = page;
    work->kind = work_find(action->work);
    work->title = xstrdup(both_text(&action->title));
    work->task = xstrdup(action->name);
    work->step = xstrdup(_("connecting"));
    work->start = clock_ms();
    if (!start_child(console, work, arguments, count)) {
        error_errno(&error, action->name, NULL, _("the work cannot be started"));
        console_error(console, &error);
        work_free(work);
        return;
    }
    console->work = work;
    work->watch = loop_watch(console->loop, work->pipe, POLLIN, ready, console);
    console_say(console, STYLE_MESSAGE, "%s", "");
    describe(console);
}

bool work_stop(struct console *console, const struct page *page)
{
    struct work *work = console->work;
    if (!work || (page && work->page != page))
        return false;
    work->stopping = true;
    kill(work->child, SIGTERM);
    describe(console);
    return true;
}

const char *work_banner(const struct console *console)
{
    return console->work ? console->work->banner : NULL;
}

void work_tick(struct console *console)
{
    if (console->work)
        describe(console);
}

void work_forget(const struct page *page)
{
    struct work *work = page->console->work;
    if (work && work->page == page)
        work->page = NULL;
}

void work_close(struct console *console)
{
    if (!console->work)
        return;
    loop_unwatch(console->loop, console->work->watch);
    close(console->work->pipe);
    work_free(console->work);
    console->work = NULL;
}
