#include "terminal/screen_restore.h"

#include "terminal/screen_errors.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int faults[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
#define FAULTS (sizeof faults / sizeof *faults)

static struct termios modes;
static int modes_fd = -1;
static char bytes_back[256];
static size_t bytes_length;
static volatile sig_atomic_t armed_now;
static struct sigaction former[FAULTS];
static void *fault_stack;

void screen_restore_prepare(int fd)
{
    modes_fd = tcgetattr(fd, &modes) == 0 ? fd : -1;
}

void screen_restore_bytes(const char *bytes)
{
    snprintf(bytes_back, sizeof bytes_back, "%s", bytes);
    bytes_length = strlen(bytes_back);
}

static void say(const char *bytes, size_t length, int fd)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written <= 0)
            return;
        bytes += written;
        length -= (size_t)written;
    }
}

void screen_restore_now(void)
{
    if (!armed_now)
        return;
    armed_now = 0;
    screen_errors_give();
    say(bytes_back, bytes_length, STDOUT_FILENO);
    if (modes_fd >= 0)
        tcsetattr(modes_fd, TCSANOW, &modes);
}

static void on_fault(int number)
{
    static const char message[] =
        "bankops: stopped by a fault in the program; the terminal was restored.\n"
        "  What was saved is safe in the database; please report what you did.\n";
    if (armed_now) {
        screen_restore_now();
        say(message, sizeof message - 1, STDERR_FILENO);
    }
    signal(number, SIG_DFL);
    raise(number);
}

void screen_restore_arm(int armed)
{
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_RESETHAND};
    if (armed == armed_now)
        return;
    if (armed && !fault_stack) {
        stack_t stack = {.ss_size = 65536};
        fault_stack = stack.ss_sp = malloc(stack.ss_size);
        if (fault_stack)
            sigaltstack(&stack, NULL);
    }
    for (size_t i = 0; i < FAULTS; i++) {
        if (!armed) {
            sigaction(faults[i], &former[i], NULL);
            continue;
        }
        sigaction(faults[i], NULL, &former[i]);
        if (former[i].sa_handler == SIG_DFL) /* a sanitizer's own handler stays */
            sigaction(faults[i], &action, NULL);
    }
    armed_now = armed;
}
