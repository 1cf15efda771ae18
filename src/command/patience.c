#include "command/patience.h"

#include "base/language.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static char note[128];
static volatile sig_atomic_t seconds;

static void say(const char *text, size_t length)
{
    if (write(STDERR_FILENO, text, length) < 0)
        return; /* a note more or less */
}

/* Only what may be done in a handler: the text is ready, the number is written digit by digit. */
static void tick(int signal_number)
{
    char digits[12];
    size_t at = sizeof digits;
    int rest = (int)++seconds;
    (void)signal_number;
    if (rest < 2)
        return;
    for (; rest > 0 && at > 0; rest /= 10)
        digits[--at] = (char)('0' + rest % 10);
    say("\r", 1);
    say(note, strlen(note));
    say(digits + at, sizeof digits - at);
    say(" s", 2);
}

static void every(long interval)
{
    const struct itimerval timer = {{interval, 0}, {interval, 0}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

void patience_begin(void)
{
    struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
    seconds = 0;
    if (!isatty(STDERR_FILENO))
        return;
    snprintf(note, sizeof note, "%s ", _("the database is reading, Ctrl-C stops:"));
    sigaction(SIGALRM, &action, NULL);
    every(1);
}

void patience_end(void)
{
    if (!isatty(STDERR_FILENO))
        return;
    every(0);
    signal(SIGALRM, SIG_DFL);
    if (seconds > 1)
        say("\r\033[K", 4);
}
