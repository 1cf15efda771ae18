/* Figures of the console in a pseudo-terminal against a throw-away database; see README.md. */
#include "base/clock.h"
#include "tests/lib/fixture.h"
#include "tests/lib/pty.h"

#include <sys/wait.h>
#include <unistd.h>

enum { WAIT = 10000, SAMPLES = 400, STARTS = 7 };

static char program[1024], screens[1100];

static struct pty *start(int rows, int columns, const char *screen)
{
    const char *argv[] = {program, "console", "--as", "t_super", "--language", "en",
                          screen ? "--screen" : NULL, screen, NULL};
    const char *environment[] = {screens, NULL};
    return pty_start(rows, columns, argv, environment);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void percentiles(const char *what, double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    printf("%-42s p50 %7.2f ms  p99 %7.2f ms\n", what, values[count / 2],
           values[count * 99 / 100]);
}

/* From exec until the text stands on the screen, best of several. */
static void starting(int rows, int columns)
{
    double best = 1e9;
    for (int i = 0; i < STARTS; i++) {
        int64_t then = clock_us();
        struct pty *pty = start(rows, columns, "pl");
        pty_wait_text(pty, "Row 00014", WAIT);
        double ms = (double)(clock_us() - then) / 1000;
        best = ms < best ? ms : best;
        pty_free(pty);
    }
    printf("%-42s best %6.1f ms\n", "start to first list", best);
}

/* From the write of a key to the first bytes painted. */
static void keys(const char *what, struct pty *pty, const char *key, const char *back)
{
    static double values[SAMPLES];
    unsigned long bytes = 0;
    for (int i = 0; i < SAMPLES; i++) {
        unsigned long frame = pty_frames(pty), before = pty_bytes(pty);
        int64_t then = clock_us();
        pty_keys(pty, i % 2 ? back : key, NULL);
        pty_wait_frame(pty, frame, WAIT);
        values[i] = (double)(clock_us() - then) / 1000;
        pty_settle(pty, 3, 200);
        bytes += pty_bytes(pty) - before;
    }
    percentiles(what, values, SAMPLES);
    printf("%-42s %lu B a key\n", "", bytes / SAMPLES);
}

static void burst(struct pty *pty)
{
    char bytes[301] = "";
    for (int i = 0; i < 100; i++)
        memcpy(bytes + 3 * i, "\033[B", 4);
    unsigned long before = pty_bytes(pty);
    int64_t then = clock_us();
    pty_type(pty, bytes);
    pty_wait_text(pty, "Row 00101", WAIT);
    double ms = (double)(clock_us() - then) / 1000;
    pty_settle(pty, 50, 1000);
    printf("%-42s %lu B, %.1f ms\n", "burst of 100 Down", pty_bytes(pty) - before, ms);
}

static void size(int rows, int columns)
{
    printf("\n%dx%d\n", columns, rows);
    starting(rows, columns);
    struct pty *pty = start(rows, columns, "pl");
    pty_wait_text(pty, "Row 00014", WAIT);
    pty_settle(pty, 300, 2000);
    printf("%-42s %ld kB (PSS %ld kB)\n", "resident memory", pty_rss(pty), pty_pss(pty));
    unsigned long before = pty_bytes(pty);
    pty_settle(pty, 5000, 5000);
    printf("%-42s %lu B in 5 s\n", "idle", pty_bytes(pty) - before);
    burst(pty);
    keys("cursor move", pty, "Up", "Down");
    keys("page", pty, "PgDn", "PgUp");
    pty_free(pty);
}

/* Memory with ten thousand rows, and keys while a query sleeps. */
static void load(void)
{
    printf("\nloaded, 80x24\n");
    struct pty *pty = start(24, 80, "pl");
    pty_wait_text(pty, "Row 00014", WAIT);
    for (int i = 0; i < 800 && !pty_has(pty, "Row 10000"); i++) {
        pty_keys(pty, "PgDn", NULL);
        pty_settle(pty, 8, 200);
    }
    printf("%-42s %ld kB (PSS %ld kB)%s\n", "resident memory, 10,000 rows", pty_rss(pty),
           pty_pss(pty), pty_has(pty, "Row 10000") ? "" : " (end not reached)");
    pty_free(pty);
    pty = start(24, 80, "ps");
    pty_wait_text(pty, "Slow", WAIT);
    pty_keys(pty, ":", NULL);
    pty_settle(pty, 200, 1000);
    keys("typing while a query runs", pty, "a", "Backspace");
    pty_free(pty);
}

int main(void)
{
    const char *build = getenv("BANKOPS_BUILD"), *source = getenv("BANKOPS_SOURCE");
    char command[2048];
    snprintf(program, sizeof program, "%s/bankops", build ? build : ".");
    snprintf(screens, sizeof screens, "BANKOPS_SCREENS=%s/tests/console/screens",
             source ? source : "..");
    if (!fixture_start(""))
        return 1;
    snprintf(command, sizeof command,
             "PGOPTIONS='-c client_min_messages=warning' psql -Xq -v ON_ERROR_STOP=1 "
             "-f '%s/tests/console/probe.sql' >/dev/null",
             source ? source : "..");
    bool ready = system(command) == 0 &&
                 system("psql -Xqc \"INSERT INTO bank.probe (probe_id, name, stage, amount) SELECT n, "
                        "'Row ' || lpad(n::text, 5, '0'), 'new', n FROM "
                        "generate_series(3001, 10000) n\"") == 0;
    if (ready) {
        size(24, 80);
        size(50, 200);
        load();
    }
    fixture_stop();
    return ready ? 0 : 1;
}
