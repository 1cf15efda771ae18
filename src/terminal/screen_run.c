#include "terminal/screen.h"

#include "base/language.h"
#include "terminal/screen_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: runs the program or reports errno through the pipe. */
static void run_child(char *const argv[], int report)
{
    signal(SIGTTOU, SIG_DFL);
    execvp(argv[0], argv);
    int number = errno;
    if (write(report, &number, sizeof number) < 0)
        _exit(126);
    _exit(127);
}

static pid_t start_child(char *const argv[], struct error *error)
{
    int report[2], number = 0;
    if (pipe2(report, O_CLOEXEC) != 0) {
        error_errno(error, argv[0], NULL, _("the program cannot be started"));
        return -1;
    }
    pid_t child = fork();
    if (child == 0)
        run_child(argv, report[1]);
    close(report[1]);
    if (child < 0) {
        error_errno(error, argv[0], NULL, _("the program cannot be started"));
    } else if (read(report[0], &number, sizeof number) == (ssize_t)sizeof number) {
        waitpid(child, NULL, 0);
        errno = number;
        error_errno(error, argv[0], NULL, _("the program cannot be started"));
        child = -1;
    }
    close(report[0]);
    return child;
}

enum { WAIT_MS = 500, WAIT_BLIND_MS = 50 };

static void (*while_waiting)(void *data);
static void *waiting_data;

void screen_on_wait(void (*call)(void *data), void *data)
{
    while_waiting = call;
    waiting_data = data;
}

/* Waits for its end, and calls who wants to be called meanwhile. When it is stopped (Ctrl-Z there),
 * the program stops with it, so that the shell gets the terminal; fg wakes both. */
static void wait_child(pid_t child, int *status)
{
    struct pollfd ended = {child > 0 ? (int)syscall(SYS_pidfd_open, child, 0) : -1, POLLIN, 0};
    while (child > 0) {
        pid_t got = waitpid(child, status, WUNTRACED | WNOHANG);
        if (got < 0 ? errno != EINTR : got > 0 && !WIFSTOPPED(*status))
            break;
        if (got > 0)
            kill(getpid(), SIGSTOP);
        if (while_waiting)
            while_waiting(waiting_data);
        poll(&ended, ended.fd >= 0, ended.fd >= 0 ? WAIT_MS : WAIT_BLIND_MS);
    }
    if (ended.fd >= 0)
        close(ended.fd);
}

bool screen_run(char *const argv[], int *status, struct error *error)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit, stop;
    if (!screen_usable())
        return error_set(error, ERROR_SYSTEM, argv[0], NULL, _("there is no terminal"));
    screen_step_aside();
    pid_t child = start_child(argv, error);
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    sigaction(SIGTSTP, &ignore, &stop);
    wait_child(child, status);
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    sigaction(SIGTSTP, &stop, NULL);
    screen_come_back();
    return child > 0;
}
