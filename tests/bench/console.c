/* Figures of the console in a pseudo-terminal against a throw-away database; see README.md. */
#include "base/clock.h"
#include "tests/bench/figures.h"
#include "tests/lib/fixture.h"
#include "tests/lib/pty.h"

#include <sys/wait.h>
#include <unistd.h>

/* STILL: ms without output after which a paint counts as complete. */
enum { WAIT = 10000, SAMPLES = 400, STARTS = 9, STILL = 8 };

static char screens[1100], trace[64] = "BANKOPS_TRACE=/tmp/bankops-trace-XXXXXX";

static struct pty *start_as(int rows, int columns, const char *login, const char *screen)
{
    const char *argv[9] = {figures_program(), "console", "--language", "en"};
    const char *environment[] = {screens, trace, NULL};
    int at = 4;
    if (login) {
        argv[at++] = "--as";
        argv[at++] = login;
    }
    if (screen) {
        argv[at++] = "--screen";
        argv[at++] = screen;
    }
    return pty_start(rows, columns, argv, environment);
}

static struct pty *start(int rows, int columns, const char *screen)
{
    return start_as(rows, columns, "t_super", screen);
}

/* From exec until the text stands on the screen: best and middle of several. */
static void starting(int rows, int columns, const char *what, const char *login,
                     const char *screen, const char *text)
{
    double times[STARTS];
    for (int i = 0; i < STARTS; i++) {
        int64_t then = clock_us();
        struct pty *pty = start_as(rows, columns, login, screen);
        pty_wait_text(pty, text, WAIT);
        times[i] = (double)(clock_us() - then) / 1000;
        pty_free(pty);
    }
    figures_sort(times, STARTS);
    printf("%-42s best %6.2f ms  p50 %6.2f ms\n", what, times[0], times[STARTS / 2]);
}

/* From the closing of the terminal until the program has ended. */
static void leaving(int rows, int columns)
{
    double times[STARTS];
    for (int i = 0; i < STARTS; i++) {
        int status;
        struct pty *pty = start(rows, columns, "pl");
        pty_wait_text(pty, "Row 00014", WAIT);
        int64_t then = clock_us();
        pty_hang_up(pty);
        pty_wait_exit(pty, &status, WAIT);
        times[i] = (double)(clock_us() - then) / 1000;
        pty_free(pty);
    }
    figures_print("end after hang-up", times, STARTS);
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
        pty_settle(pty, STILL, 200);
        bytes += pty_bytes(pty) - before;
    }
    figures_print(what, values, SAMPLES);
    printf("%-42s %lu B a key\n", "", bytes / SAMPLES);
}

/* Frames painted by all consoles so far. */
static int traced(void)
{
    FILE *file = fopen(trace + strlen("BANKOPS_TRACE="), "r");
    int lines = 0, c;
    while (file && (c = getc(file)) != EOF)
        lines += c == '\n';
    if (file)
        fclose(file);
    return lines;
}

static void burst(struct pty *pty)
{
    char bytes[301] = "";
    for (int i = 0; i < 100; i++)
        memcpy(bytes + 3 * i, "\033[B", 4);
    unsigned long before = pty_bytes(pty);
    int frames = traced();
    int64_t then = clock_us();
    pty_type(pty, bytes);
    pty_wait_text(pty, "Row 00101", WAIT);
    double ms = (double)(clock_us() - then) / 1000;
    pty_settle(pty, 50, 1000);
    printf("%-42s %lu B, %.1f ms, %d frame(s)\n", "burst of 100 Down", pty_bytes(pty) - before, ms,
           traced() - frames);
}

static void size(int rows, int columns)
{
    printf("\n%dx%d\n", columns, rows);
    starting(rows, columns, "start to login form", NULL, NULL, "Name");
    starting(rows, columns, "start to the password asked for", "t_secret", NULL, "Password");
    starting(rows, columns, "start to home", "t_super", NULL, "Customers");
    starting(rows, columns, "start to first list", "t_super", "pl", "Row 00014");
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
    leaving(rows, columns);
}

/* Memory with ten thousand rows. */
static void load(int rows, int columns)
{
    struct pty *pty = start(rows, columns, "pl");
    pty_wait_text(pty, "Row 00014", WAIT);
    for (int i = 0; i < 800 && !pty_has(pty, "Row 10000"); i++) {
        pty_keys(pty, "PgDn", NULL);
        pty_settle(pty, STILL, 200);
    }
    printf("%-42s %ld kB (PSS %ld kB)%s\n", "resident memory, 10,000 rows", pty_rss(pty),
           pty_pss(pty), pty_has(pty, "Row 10000") ? "" : " (end not reached)");
    pty_free(pty);
}

/* Keys while a query sleeps. */
static void busy(void)
{
    struct pty *pty = start(24, 80, "ps");
    pty_wait_text(pty, "Slow", WAIT);
    pty_keys(pty, ":", NULL);
    pty_settle(pty, 200, 1000);
    keys("typing while a query runs", pty, "a", "Backspace");
    pty_free(pty);
}

/* A role that the server asks for a password. */
static bool ask_for_password(void)
{
    const char *data = getenv("BANKOPS_DATA");
    char sql[1024];
    snprintf(sql, sizeof sql,
             "COPY (VALUES ('local all t_secret scram-sha-256'), ('local all all trust')) "
             "TO '%s/cluster/pg_hba.conf'",
             data ? data : "");
    return figures_sql("CREATE ROLE t_secret LOGIN PASSWORD 'secret' IN ROLE bankops_clerk") &&
           figures_sql(sql) && figures_sql("SELECT pg_reload_conf()");
}

static bool prepare(void)
{
    char command[2048];
    snprintf(command, sizeof command,
             "PGOPTIONS='-c client_min_messages=warning' psql -Xq -v ON_ERROR_STOP=1 "
             "-f '%s' >/dev/null",
             figures_source("tests/console/probe.sql"));
    return system(command) == 0 && ask_for_password() &&
           figures_sql("INSERT INTO bank.probe (probe_id, name, stage, amount) SELECT n, "
                       "'Row ' || lpad(n::text, 5, '0'), 'new', n "
                       "FROM generate_series(3001, 10000) n");
}

int main(void)
{
    snprintf(screens, sizeof screens, "BANKOPS_SCREENS=%s",
             figures_source("tests/console/screens"));
    int file = mkstemp(trace + strlen("BANKOPS_TRACE="));
    if (file < 0 || !fixture_start(""))
        return 1;
    close(file);
    bool ready = prepare();
    if (ready) {
        figures_machine();
        size(24, 80);
        load(24, 80);
        busy();
        size(50, 200);
        load(50, 200);
        figures_machine();
    }
    fixture_stop();
    unlink(trace + strlen("BANKOPS_TRACE="));
    return ready ? 0 : 1;
}
