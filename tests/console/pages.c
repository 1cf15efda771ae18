/* The shipped screens over the demo bank of one fixed day: golden screens in both sizes and
 * languages, and every screen opened as a role that may. Prints TAP. GENERATE=1 writes the goldens
 * anew. */
#include "tests/lib/pty.h"
#include "tests/lib/stage.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT = 10000, KEYS_MOST = 8 };

/* A screen as somebody sees it: what --screen opens, with the first value of SELECT behind it,
 * then keys. */
struct view {
    const char *name, *as, *screen, *select;
    const char *keys[KEYS_MOST];
};

/* A customer of the clerk's own branch with points, cards and somebody else in the household. */
#define CUSTOMER                                                                                   \
    "SELECT c.customer_number FROM bank.customer c JOIN bank.points_account b USING "              \
    "(customer_id) "                                                                               \
    "JOIN bank.household_member h USING (customer_id) JOIN bank.contact t USING (customer_id), "   \
    "bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id WHERE s.login = 'clerk01' AND "       \
    "c.unit_id BETWEEN u.low AND u.high AND NOT c.restricted AND c.customer_id NOT IN (SELECT "    \
    "customer_id FROM bank.staff WHERE customer_id IS NOT NULL) GROUP BY 1, c.customer_id ORDER "  \
    "BY count(*) DESC, c.customer_id LIMIT 1"

static const struct view views[] = {
    {"home-clerk", "clerk01", NULL, NULL, {NULL}},
    {"home-manager", "rm01", NULL, NULL, {NULL}},
    {"home-administrator", "admin01", NULL, NULL, {NULL}},
    {"search", "clerk01", "cus li", NULL, {NULL}},
    {"customer", "clerk01", "cus ", CUSTOMER, {NULL}},
    {"customer-assets", "clerk01", "cus ", CUSTOMER, {"2", NULL}},
    {"customer-relations", "clerk01", "cus ", CUSTOMER, {"3", NULL}},
    {"customer-contacts", "clerk01", "cus ", CUSTOMER, {"4", NULL}},
    {"customer-timeline", "clerk01", "cus ", CUSTOMER, {"5", NULL}},
    {"points", "clerk01", "cus ", CUSTOMER, {"p", NULL}},
    {"cases", "super01", "cmp all", NULL, {NULL}},
    {"case", "super01", "cmp all", NULL, {"Enter", NULL}},
    {"queues", "super01", "que", NULL, {NULL}},
    {"lanes", "clerk01", "rec", NULL, {NULL}},
    {"lane", "clerk01", "rec", NULL, {"Enter", NULL}},
    {"breaks", "clerk01", "brk", NULL, {NULL}},
    {"files", "clerk01", "stm", NULL, {NULL}},
    {"worklist", "clerk01", "wrk", NULL, {NULL}},
    {"service-level", "super01", "rsl", NULL, {NULL}},
    {"owners", "super01", "rco", NULL, {NULL}},
    {"calendar", "clerk01", "cal", NULL, {NULL}},
    {"portfolio", "rm01", "pf", NULL, {NULL}},
    {"portfolio-tiers", "rm01", "pf", NULL, {"2", NULL}},
    {"my-customers", "rm01", "pfl", NULL, {NULL}},
    {"settings", "admin01", "par", NULL, {NULL}},
    {"staff", "admin01", "stf", NULL, {NULL}},
    {"help", "clerk01", "cmp all", NULL, {"F1", NULL}},
    {"command-line", "clerk01", NULL, NULL, {":", "c", "Tab", NULL}},
};

static const struct {
    int rows, columns;
} sizes[] = {{24, 80}, {43, 132}};

static struct pty *start(const char *as, const char *language, const char *screen, int size)
{
    const char *argv[] = {
        stage_program, "console", "--as", as, "--language", language, screen ? "--screen" : NULL,
        screen,        NULL};
    static char config[1100];
    const char *environment[] = {config, "BANKOPS_NOW=2026-06-17T07:00:00Z",
                                 "BANKOPS_LANGUAGE_SET=1", "PGUSER", NULL};
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/config", getenv("BANKOPS_FIXTURE"));
    return pty_start(sizes[size].rows, sizes[size].columns, argv, environment);
}

static void golden(const struct view *view, int size, const char *language)
{
    char screen[320], name[128];
    snprintf(screen, sizeof screen, "%s%s", view->screen ? view->screen : "",
             view->select ? stage_sql(view->select) : "");
    struct pty *pty = start(view->as, language, view->screen ? screen : NULL, size);
    pty_wait_text(pty, " F1 ", WAIT);
    if (view->keys[0])
        pty_settle(pty, 300, WAIT);
    for (int i = 0; i < KEYS_MOST && view->keys[i]; i++)
        pty_keys(pty, view->keys[i], NULL);
    snprintf(name, sizeof name, "console/golden/%s-%dx%d-%s", view->name, sizes[size].columns,
             sizes[size].rows, language);
    stage_ok(pty_wait_matches(pty, name, WAIT), name);
    pty_free(pty);
}

/* An error of a screen file, or one of the database that no rule has raised. */
static bool failed(struct pty *pty)
{
    static const char *const signs[] = {"its file has an error",
                                        "文件有错误",
                                        "newer program",
                                        "Code: 2",
                                        "Code: 4",
                                        "Code: X",
                                        "代码： 2",
                                        "代码： 4"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (pty_has(pty, signs[i]))
            return true;
    return false;
}

/* Opens each of the screens that are still unopened; false when one shows an error of the file or
 * of the database. */
static bool open_all(const char names[][64], bool *opened, int names_count, const char *as,
                     int size, const char *language)
{
    struct pty *pty = start(as, language, NULL, size);
    bool good = pty_wait_text(pty, " F1 ", WAIT);
    for (int i = 0; good && i < names_count; i++) {
        char typed[80];
        unsigned long since = pty_frames(pty);
        if (opened[i])
            continue;
        snprintf(typed, sizeof typed, ":%.60s\r", names[i]);
        pty_type(pty, typed);
        pty_wait_frame(pty, since, WAIT);
        pty_settle(pty, 80, 1500);
        opened[i] = !pty_has(pty, "is not open to your role") && !pty_has(pty, "您的岗位不能打开");
        if (failed(pty)) {
            printf("# %s as %s\n%s\n", names[i], as, pty_screen(pty));
            good = false;
        }
        pty_keys(pty, "Esc", "Esc", "Esc", NULL);
        pty_settle(pty, 30, 500);
    }
    good = good && kill(pty_pid(pty), 0) == 0;
    pty_free(pty);
    return good;
}

static void every_screen(int size, const char *language)
{
    static const char *const logins[] = {"super01", "clerk01", "admin01", "audit01", "rm01"};
    static char names[200][64];
    bool opened[200] = {false}, good = true;
    char command[1200], what[80];
    int names_count = 0;
    snprintf(command, sizeof command, "'%s' screens list", stage_program);
    FILE *pipe = popen(command, "r");
    while (pipe && names_count < 200 && fscanf(pipe, "%60s%*[^\n]", names[names_count]) == 1)
        names_count++;
    if (pipe)
        pclose(pipe);
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++)
        good = open_all((const char(*)[64])names, opened, names_count, logins[i], size, language) &&
               good;
    for (int i = 0; i < names_count; i++)
        if (!opened[i]) {
            printf("# nobody may open %s\n", names[i]);
            good = false;
        }
    snprintf(what, sizeof what, "each of %d screens opens at %dx%d in %s", names_count,
             sizes[size].columns, sizes[size].rows, language);
    stage_ok(good && names_count > 40, what);
}

/* Dates of today, as far as the bank's zone can be from ours. */
static void hide_today(void)
{
    for (int day = -1; day <= 1; day++) {
        time_t at = time(NULL) + day * 86400;
        struct tm local;
        char text[16];
        gmtime_r(&at, &local);
        strftime(text, sizeof text, "%Y-%m-%d", &local);
        pty_hide(text);
        pty_hide(text + 5);
    }
}

/* A code that the bank adds needs no new screen file. */
static void new_code(void)
{
    stage_sql("INSERT INTO bank.class_code (axis, code, label_en, label_zh) VALUES "
              "('B', 'B77', 'Moon loans', '月球贷款')");
    stage_sql("UPDATE bank.case_file SET business = 'B77'");
    struct pty *pty = start("super01", "en", "cmp all", 1);
    stage_ok(pty_wait_text(pty, "Moon loans", WAIT),
             "a code added to the database is shown by its name");
    pty_type(pty, "/");
    pty_wait_text(pty, "Business", WAIT);
    pty_keys(pty, "Tab", "Tab", "Tab", "F4", NULL);
    stage_ok(pty_wait_text(pty, "B77", WAIT), "and stands among the values of the filter");
    pty_free(pty);
    pty = start("super01", "zh", "cmp all", 1);
    stage_ok(pty_wait_text(pty, "月球贷款", WAIT), "in both languages");
    pty_free(pty);
}

int main(int argc, char **argv)
{
    static const char *const languages[] = {"en", "zh"};
    const char *only = argc > 1 ? argv[1] : NULL;
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin("golden"))
        return stage_end();
    hide_today();
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        for (int both = 0; both < 4; both++)
            if (!only || !strcmp(only, views[i].name))
                golden(&views[i], both / 2, languages[both % 2]);
    for (int both = 0; both < 4 && !only; both++)
        every_screen(both / 2, languages[both % 2]);
    if (!only)
        new_code();
    return stage_end();
}
