/* From an absent data folder to what somebody sees who starts the console; see README.md. */
#include "base/clock.h"
#include "tests/bench/figures.h"
#include "tests/lib/pty.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { RUNS = 5, WAIT = 60000 };

/* Every run has a folder of its own, removed at the end: a file system that has just lost thousands
 * of files is slow to make new ones. */
static char place[] = "/tmp/bankops-first-XXXXXX";

static void shell(const char *format, int run)
{
    char command[2048], data[64];
    snprintf(data, sizeof data, "%s/%d", place, run);
    setenv("BANKOPS_DATA", data, 1);
    snprintf(command, sizeof command, "%s %s", figures_program(), format);
    if (system(command) != 0)
        fprintf(stderr, "first: %s failed\n", command);
}

/* ms from exec until the text stands on the screen. */
static double until(int run, const char *login, const char *text)
{
    char data[128];
    const char *argv[] = {figures_program(),     "--language", "en", "console",
                          login ? "--as" : NULL, login,        NULL};
    const char *environment[] = {data, "PGHOST", NULL};
    snprintf(data, sizeof data, "BANKOPS_DATA=%s/%d", place, run);
    int64_t then = clock_us();
    struct pty *pty = pty_start(24, 80, argv, environment);
    pty_wait_text(pty, text, WAIT);
    double ms = (double)(clock_us() - then) / 1000;
    pty_free(pty);
    return ms;
}

static double init(int run)
{
    int64_t then = clock_us();
    shell("database --quiet init", run);
    return (double)(clock_us() - then) / 1000;
}

/* What PostgreSQL's own program takes of that, with the options that bankops gives it: the least
 * that a new database costs on this machine at this minute. */
static double initdb(int run)
{
    static const char make[] =
        "program=$(ls -d /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1); "
        "program=${program:-initdb}; "
        "make=\"$program -D '%1$s/%2$d/cluster' -U bankops_dba -E UTF8 --locale=C.UTF-8 "
        "--data-checksums --no-instructions --no-sync\"; mkdir -p '%1$s/%2$d'; "
        "if [ $(id -u) = 0 ]; then chown postgres '%1$s/%2$d'; "
        "su postgres -s /bin/sh -c \"$make\"; else $make; fi >/dev/null 2>&1";
    char command[1024];
    snprintf(command, sizeof command, make, place, run);
    int64_t then = clock_us();
    if (system(command) != 0)
        fprintf(stderr, "first: initdb failed\n");
    return (double)(clock_us() - then) / 1000;
}

int main(void)
{
    static const char answer[] = "no login of this database";
    double form[RUNS], first[RUNS], later[RUNS], command[RUNS], alone[RUNS];
    if (!mkdtemp(place) || chmod(place, 0755) < 0)
        return 1;
    figures_machine();
    for (int i = 0; i < RUNS; i++) {
        form[i] = until(i, NULL, "Name");
        first[i] = until(i, "somebody", answer);
        shell("database --quiet stop", i);
        later[i] = until(i, "somebody", answer);
        shell("database --quiet stop", i);
        command[i] = init(RUNS + i);
        shell("database --quiet stop", RUNS + i);
        alone[i] = initdb(2 * RUNS + i);
    }
    figures_print("empty folder: to the login form", form, RUNS);
    figures_print("empty folder: to the database's answer", first, RUNS);
    figures_print("stopped server: to the database's answer", later, RUNS);
    figures_print("empty folder: bankops database init", command, RUNS);
    figures_print("of that, PostgreSQL's initdb alone", alone, RUNS);
    figures_machine();
    char remove[64];
    snprintf(remove, sizeof remove, "rm -rf '%s'", place);
    return system(remove) == 0 ? 0 : 1;
}
