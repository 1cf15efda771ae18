/* Random keys in the real program, as each role, in both languages, at changing sizes: it stays
 * alive and answers, what is on the screen is all meant to be there. Without arguments a short run of
 * the same keys each time; monkey.t SECONDS [SEED] goes on with one seed after another for that long
 * (see README.md). Prints TAP. */
#include "tests/fuzz/monkey.h"

#include "base/clock.h"
#include "tests/lib/fixture.h"
#include "tests/lib/stage.h"

#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BOUND = 20000, BYTES = 20000, SHORT_STEPS = 40, LONG_STEPS = 240, LOG = 60 };
enum { UNCERTAIN = 4 }; /* left while the answer to a change was on its way: it says so */

static const char *const logins[] = {"clerk01", "super01", "rm01", "admin01", "audit01"};

static struct session {
    struct pty *pty;
    const char *login, *language;
    int rows, columns, step;
    bool stopped; /* the server */
    char halted[200]; /* processes of it that stand still for a while; "": none */
    char log[LOG][120];
    unsigned logged;
} now;

static char why[512];
static bool lengthy;

/* The first failure is told; what comes after it may follow from it. */
static bool fails(const char *what, const char *detail)
{
    if (!why[0])
        snprintf(why, sizeof why, "%s: %s", what, detail);
    return false;
}

static void log_bytes(const char *bytes, size_t length)
{
    char *line = now.log[now.logged++ % LOG];
    size_t to = 0;
    line[0] = '\0';
    for (size_t i = 0; i < length && to + 8 < sizeof now.log[0]; i++)
        to += (size_t)snprintf(line + to, sizeof now.log[0] - to,
                               bytes[i] >= ' ' && bytes[i] < 0x7F ? "%c" : "<%02x>",
                               (unsigned char)bytes[i]);
}

static void log_text(const char *text)
{
    log_bytes(text, strlen(text));
}

static void tell(uint64_t seed)
{
    printf("# seed %llu, step %d, %s in %s at %dx%d: %s\n", (unsigned long long)seed, now.step,
           now.login, now.language, now.columns, now.rows, why);
    unsigned from = now.logged > LOG ? now.logged - LOG : 0;
    for (unsigned i = from; i < now.logged; i++)
        printf("#   %s\n", now.log[i % LOG]);
    char *screen = strdup(pty_screen(now.pty)), *rest = screen, *line;
    while ((line = strsep(&rest, "\n")))
        printf("# |%s\n", line);
    free(screen);
    fflush(stdout);
}

/* Reports of the sanitizers stand in files of this name; the first is told and taken away. */
static bool sanitized(void)
{
    char command[1200];
    snprintf(command, sizeof command,
             "for f in '%s'/sanitizer.*; do [ -e \"$f\" ] && { sed 's/^/# /' \"$f\" | head -60 >&2; "
             "grep -h -m1 -E 'ERROR|runtime error' \"$f\"; rm -f \"$f\"; }; done",
             getenv("BANKOPS_FIXTURE"));
    const char *line = stage_line(command);
    return *line ? fails("sanitizer", line) : true;
}

static bool newer(struct pty *pty, void *data)
{
    return pty_frames(pty) > *(unsigned long *)data;
}

/* Ctrl-L is answered whatever is on the screen. */
static bool answers(void)
{
    unsigned long since = pty_frames(now.pty);
    pty_send(now.pty, "\014", 1);
    return pty_wait(now.pty, newer, &since, BOUND) || fails("hang", "no answer to Ctrl-L");
}

static bool has_control(const char *screen)
{
    for (const unsigned char *at = (const unsigned char *)screen; *at; at++)
        if ((*at < ' ' && *at != '\n') || *at == 0x7F || (*at == 0xC2 && at[1] < 0xA0) ||
            (*at == 0xE2 && at[1] == 0x80 && at[2] >= 0xAA && at[2] <= 0xAE) ||
            (*at == 0xE2 && at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9))
            return true;
    return false;
}

/* What only the database says to programmers. */
static const char *raw_error(const char *screen)
{
    static const char *const signs[] = {
        "ERROR:", "SQLSTATE", "syntax error", "violates ", "duplicate key", "null value in column",
        "permission denied for", "invalid input syntax", "out of range for type", "relation \"",
        "PL/pgSQL", "CONTEXT:", "value too long", "Code: 4", "Code: X",
        "代码： 4", "代码： X", "its file has an error", "文件有错误", "newer program", "(null)"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strstr(screen, signs[i]))
            return signs[i];
    return NULL;
}

/* Digits change by themselves: clocks, and what is due. */
static char *plain_screen(void)
{
    char *screen = strdup(pty_screen(now.pty));
    for (char *at = screen; *at; at++)
        if (isdigit((unsigned char)*at))
            *at = '0';
    return screen;
}

/* Nothing is left of an earlier screen: painted anew it is the same, unless something came
 * meanwhile. */
static bool nothing_left(void)
{
    char *before = NULL, *after = NULL;
    bool same = false;
    for (int i = 0; i < 2 && !same; i++) {
        free(before);
        free(after);
        before = after = NULL;
        pty_settle(now.pty, i ? 1200 : 60, 3000);
        before = plain_screen();
        if (!answers())
            break;
        pty_settle(now.pty, 60, 1000);
        after = plain_screen();
        same = !strcmp(before, after);
        if (!same && getenv("MONKEY_LEFT")) {
            printf("# differs before Ctrl-L:\n%s\n# and behind it:\n%s\n", before, after);
            fflush(stdout);
        }
    }
    free(before);
    free(after);
    return same || fails("left behind", "painted anew it is another screen");
}

static bool is_within(struct pty *pty, void *data)
{
    (void)data;
    return pty_beyond(pty) < 0;
}

/* The terminal shows a few columns more than it told the program. */
static bool within(void)
{
    return pty_wait(now.pty, is_within, NULL, BOUND) ||
           fails("too wide", "a line goes on behind the edge of the terminal");
}

static bool chinese(const char *screen)
{
    return strstr(screen, "F1 帮助") != NULL;
}

static bool screen_is_good(void)
{
    char *screen = strdup(pty_screen(now.pty));
    const char *raw = raw_error(screen);
    const char *english = chinese(screen) ? monkey_untranslated(screen) : NULL;
    bool good = true;
    if (has_control(screen))
        good = fails("control characters", "on the screen");
    else if (*pty_odd(now.pty))
        good = fails("odd sequences", pty_odd(now.pty));
    else if (strstr(pty_title(now.pty), "MONKEY"))
        good = fails("escape sequence of data", "changed the title");
    else if (raw)
        good = fails("raw error", raw);
    else if (english)
        good = fails("not translated", english);
    free(screen);
    return good;
}

static void start(void)
{
    const char *argv[] = {stage_program, "console", "--as", now.login, "--language", now.language,
                          NULL};
    static char home[1200], config[1200], asan[1300], ubsan[1300];
    const char *root = getenv("BANKOPS_FIXTURE");
    const char *environment[] = {home, config, asan, ubsan, "EDITOR=true", "VISUAL", "PGUSER",
                                 "BANKOPS_LANGUAGE_SET=1", NULL};
    snprintf(home, sizeof home, "HOME=%s/home", root);
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/home/%s", root, now.login);
    snprintf(asan, sizeof asan, "ASAN_OPTIONS=detect_leaks=0:log_path=%s/sanitizer", root);
    snprintf(ubsan, sizeof ubsan, "UBSAN_OPTIONS=print_stacktrace=1:log_path=%s/sanitizer", root);
    now.rows = 24;
    now.columns = 80;
    now.pty = pty_start(now.rows, now.columns, argv, environment);
    log_text("(start)");
}


static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

/* The sessions of the person stand still, so that answers come late, or go on. */
static void halt(bool still)
{
    char command[300];
    if (still) {
        snprintf(command, sizeof command,
                 "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE usename = '%s'",
                 now.login);
        snprintf(now.halted, sizeof now.halted, "%s", stage_sql(command));
    }
    snprintf(command, sizeof command, "kill -%s %s 2>&1", still ? "STOP" : "CONT", now.halted);
    if (now.halted[0]) {
        log_text(still ? "(answers are late)" : "(answers come)");
        stage_line(command);
    }
    if (!still)
        now.halted[0] = '\0';
}

static void server(const char *action)
{
    char command[1200];
    halt(false);
    snprintf(command, sizeof command,
             "env -u PGHOST -u PGDATABASE -u PGUSER '%s' database --quiet %s >/dev/null 2>&1",
             stage_program, action);
    log_text(action);
    if (system(command) != 0)
        log_text("(that failed)");
    now.stopped = !strcmp(action, "stop");
}

static bool first_screen(void)
{
    return pty_wait_text(now.pty, " F1 ", BOUND) || fails("start", "no first screen");
}

/* It may have been left by a key that leaves; by nothing else. */
static bool goes_on(void)
{
    int status = 0;
    if (!has_ended(pty_pid(now.pty)))
        return true;
    pty_wait_exit(now.pty, &status, BOUND);
    if (!sanitized())
        return false;
    if (!WIFEXITED(status) || (WEXITSTATUS(status) && WEXITSTATUS(status) != UNCERTAIN)) {
        char text[32];
        snprintf(text, sizeof text, "wait status %#x", (unsigned)status);
        return fails("the program ended", text);
    }
    pty_free(now.pty);
    halt(false);
    if (now.stopped)
        server("start");
    start();
    return first_screen();
}

static void resize(void)
{
    char text[32];
    if (monkey_random(3) == 0) {
        now.rows = 24;
        now.columns = 80;
    } else if (monkey_random(10) == 0) {
        now.rows = 1 + (int)monkey_random(6);
        now.columns = 2 + (int)monkey_random(20);
    } else {
        now.rows = 5 + (int)monkey_random(76);
        now.columns = 20 + (int)monkey_random(231);
    }
    snprintf(text, sizeof text, "(resize %dx%d)", now.columns, now.rows);
    log_text(text);
    pty_resize(now.pty, now.rows, now.columns);
}

static void press(void)
{
    static char bytes[BYTES];
    unsigned count = monkey_random(5) ? 1 : 2 + monkey_random(12);
    for (unsigned i = 0; i < count; i++) {
        size_t length = monkey_keys(bytes, sizeof bytes);
        log_bytes(bytes, length);
        pty_send(now.pty, bytes, length);
    }
}

/* What takes longer: that it answers, that no report stands there, that the screen is whole. */
static bool examine(void)
{
    bool good = answers();
    pty_settle(now.pty, 40, 1000);
    good = good && within();
    return good && (now.step % 24 != 23 || now.stopped || now.halted[0] || nothing_left());
}

/* A screen that was only half painted is good a little later. */
static bool looks_better(void)
{
    pty_settle(now.pty, 400, 3000);
    why[0] = '\0';
    return screen_is_good();
}

/* Whether its output has ended, and soon it has, too. */
static bool ends_now(void)
{
    for (int64_t until = clock_ms() + 3000; clock_ms() < until; poll(NULL, 0, 5))
        if (has_ended(pty_pid(now.pty)))
            return true;
    return false;
}

static bool step(void)
{
    unsigned of = monkey_random(1000);
    if (of < 60)
        resize();
    else if (lengthy && of < 64)
        server(now.stopped ? "start" : "stop");
    else if (lengthy && of < 94 && !now.stopped)
        halt(!now.halted[0]);
    else
        press();
    if (now.halted[0] && monkey_random(20) == 0)
        halt(false);
    pty_settle(now.pty, monkey_random(3) ? 12 : 80, 400);
    if (now.step % 12 == 11 && now.stopped && monkey_random(2))
        server("start");
    bool good = (screen_is_good() || looks_better()) && (now.step % 12 != 11 || examine());
    if (!good && ends_now()) { /* it could not answer */
        why[0] = '\0';
        return goes_on();
    }
    return good && (now.step % 12 != 11 || sanitized());
}

/* Data that would take the terminal over, if it reached it. */
static void poison(void)
{
    stage_sql("UPDATE bank.case_file SET subject = E'\\e]0;MONKEY\\a\\e[41m\\u009b31m' || "
              "E'\\u202e\\u200b\\x01\\r\\n\\t 宽' || left(subject, 100) WHERE case_id % 3 = 0");
    stage_sql("UPDATE bank.recon_item SET narrative = E'\\e]0;MONKEY\\a\\e[2J\\u009b\\u2066' || "
              "repeat('宽', 20) WHERE item_id % 3 = 0");
}

static bool session(uint64_t seed, unsigned role, bool in_chinese, int steps)
{
    memset(&now, 0, sizeof now);
    why[0] = '\0';
    monkey_seed(seed);
    now.login = logins[role % (sizeof logins / sizeof *logins)];
    now.language = in_chinese ? "zh" : "en";
    start();
    bool good = first_screen();
    for (; good && now.step < steps; now.step++)
        good = step();
    halt(false);
    if (good && now.stopped)
        server("start");
    if (good && !has_ended(pty_pid(now.pty)) && !answers())
        good = ends_now() && goes_on();
    if (!good)
        tell(seed);
    pty_free(now.pty);
    if (now.stopped)
        server("start");
    return (sanitized() || (tell(seed), false)) && good;
}

static bool begin(void)
{
    char folder[1200];
    if (!stage_begin("golden"))
        return false;
    snprintf(folder, sizeof folder, "%s/home", getenv("BANKOPS_FIXTURE"));
    mkdir(folder, 0755);
    if (chdir(folder))
        return false;
    poison();
    return true;
}

/* Every role once in each language, few keys each. */
static void short_run(void)
{
    char what[100];
    for (unsigned role = 0; role < sizeof logins / sizeof *logins; role++) {
        bool good = session(1000 + role, role, role % 2, SHORT_STEPS);
        snprintf(what, sizeof what, "%d random keys of %s in %s", SHORT_STEPS, logins[role],
                 role % 2 ? "Chinese" : "English");
        stage_ok(good, what);
    }
}

/* A bank of its own for each ten seeds: some keys disable people. */
static void long_run(int64_t seconds, uint64_t seed)
{
    int64_t until = clock_ms() + seconds * 1000;
    for (uint64_t at = seed; clock_ms() < until; at++) {
        char what[100];
        if (at > seed && (at - seed) % 10 == 0) {
            if (chdir("/"))
                return;
            fixture_stop();
            fixture_start("golden");
            if (chdir(getenv("BANKOPS_FIXTURE")) || mkdir("home", 0755) || chdir("home"))
                return;
            poison();
        }
        bool good = session(at, (unsigned)at, (at / 5) % 2, LONG_STEPS);
        snprintf(what, sizeof what, "seed %llu", (unsigned long long)at);
        stage_ok(good, what);
    }
}

int main(int argc, char **argv)
{
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    lengthy = argc > 1;
    pty_set_margin(4);
    if (!begin())
        return 1;
    monkey_know_screens();
    monkey_know_texts();
    if (lengthy)
        long_run(atoll(argv[1]), argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
    else
        short_run();
    if (chdir("/"))
        return 1;
    return stage_end();
}
