/* The console in a pseudo-terminal against a throw-away database. Prints TAP. */
#include "tests/lib/pty.h"
#include "tests/lib/stage.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT = 8000 };

static bool sql(const char *text)
{
    char command[2048];
    snprintf(command, sizeof command, "psql -Xq -v ON_ERROR_STOP=1 -c \"%s\" >/dev/null", text);
    return system(command) == 0;
}

/* Starts the console as somebody, at a size, with further arguments up to NULL. */
static struct pty *start(int rows, int columns, const char *as, const char *language, ...)
{
    const char *argv[16] = {stage_program, "console", "--as", as, "--language", language};
    static char screens[1100], config[1100];
    const char *environment[] = {screens, config, "BANKOPS_NOW=2026-11-21T06:03:22Z",
                                 "BANKOPS_LANGUAGE_SET=1", NULL};
    va_list list;
    int at = 6;
    snprintf(screens, sizeof screens, "BANKOPS_SCREENS=%s/tests/console/screens", stage_source);
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/config", getenv("BANKOPS_FIXTURE"));
    va_start(list, language);
    while (at < 15 && (argv[at] = va_arg(list, const char *)))
        at++;
    va_end(list);
    return pty_start(rows, columns, argv, environment);
}

static void golden(const char *language, int rows, int columns, const char *list_title,
                   const char *view_title, const char *form_title)
{
    char name[128];
    struct pty *pty = start(rows, columns, "t_super", language, "--screen", "pl", NULL);
    bool good = pty_wait_text(pty, "Row 00014", WAIT);
    snprintf(name, sizeof name, "console/golden/list-%dx%d-%s", columns, rows, language);
    pty_settle(pty, 150, 3000);
    stage_ok(good && pty_has(pty, list_title) && pty_matches(pty, name), name);
    pty_keys(pty, "Enter", NULL);
    good = pty_wait_text(pty, view_title, WAIT) && pty_wait_text(pty, "Row 02999", WAIT);
    pty_settle(pty, 150, 3000);
    snprintf(name, sizeof name, "console/golden/view-%dx%d-%s", columns, rows, language);
    stage_ok(good && pty_matches(pty, name), name);
    pty_keys(pty, "F12", "r", NULL);
    good = pty_wait_text(pty, form_title, WAIT) && pty_wait_text(pty, "123.45", WAIT);
    pty_settle(pty, 150, 3000);
    snprintf(name, sizeof name, "console/golden/form-%dx%d-%s", columns, rows, language);
    stage_ok(good && pty_matches(pty, name), name);
    pty_free(pty);
}

static void lists(void)
{
    struct pty *pty = start(24, 80, "t_super", "en", "--screen", "pl new", NULL);
    stage_ok(pty_wait_text(pty, "Stage: New", WAIT) && pty_wait_text(pty, "Row 00006", WAIT) &&
                 !pty_has(pty, "Row 00007"),
             "a filter value on the command line");
    pty_type(pty, ":pl Row 00007\r");
    stage_ok(pty_wait_text(pty, "Probe · Row 00007", WAIT), "exactly one hit opens at once");
    pty_type(pty, "[");
    stage_ok(pty_wait_text(pty, "Name: Row 00007", WAIT), "back to the list");
    pty_type(pty, ":pl\r");
    pty_wait_text(pty, "Row 00014", WAIT);
    stage_ok(!strstr(pty_title(pty), "owned"), "a hostile name sets no title");
    stage_ok(pty_has(pty, "evil") && pty_has(pty, "Row 00001"), "a hostile name clears no screen");
    pty_keys(pty, "End", NULL);
    stage_ok(pty_wait_text(pty, "Row 03000", WAIT), "End shows the last row");
    pty_keys(pty, "Home", NULL);
    pty_wait_text(pty, "Row 00001", WAIT);
    pty_keys(pty, "s", "Down", "Down", "Enter", NULL);
    stage_ok(pty_wait_text(pty, "Stage  ▲", WAIT) && pty_wait_text(pty, "=cmd|calc", WAIT),
             "sorting by another column");
    pty_type(pty, "=Row 02500\r");
    stage_ok(pty_wait_text(pty, "Row 02500", WAIT), "position-to");
    pty_type(pty, ":view reset\r");
    stage_ok(pty_wait_text(pty, "as it was delivered", WAIT), "forgetting the kept view");
    pty_settle(pty, 300, 3000);
    pty_free(pty);
}

static void changes(void)
{
    struct pty *pty = start(24, 80, "t_super", "en", "--screen", "pl", NULL);
    pty_wait_text(pty, "Row 00014", WAIT);
    pty_type(pty, "2");
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Rename a probe", WAIT);
    pty_wait_text(pty, "Name  : Row 00001", WAIT); /* read, and not the list of before */
    pty_keys(pty, "Ctrl-U", NULL);
    pty_type(pty, "bad");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "This name is refused.", WAIT), "a refusal is said at the field");
    pty_keys(pty, "Ctrl-U", NULL);
    pty_type(pty, "Renamed one");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "Renamed.", WAIT) && pty_wait_text(pty, "Renamed one", WAIT),
             "the change is done and the list shows it");
    stage_ok(sql("DO \\$\\$ BEGIN ASSERT (SELECT count(*) = 1 FROM bank.task_timing WHERE screen = "
                 "'probe-form' AND keystrokes > 10); END \\$\\$"),
             "its keystrokes and time are kept");
    pty_keys(pty, "Home", "Down", "Down", NULL);
    pty_type(pty, "  c");
    stage_ok(pty_wait_text(pty, "Close: 2 rows", WAIT) && pty_wait_text(pty, "493.80", WAIT),
             "the question names objects and amounts");
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_has(pty, "Close: 2 rows"), "Enter typed ahead does not answer it");
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "2 done, 0 refused", WAIT), "one result for each row");
    pty_keys(pty, "Enter", NULL);
    pty_free(pty);
    pty = start(24, 80, "t_clerk", "en", "--screen", "pl", "--read-only", NULL);
    pty_wait_text(pty, "Row 00014", WAIT);
    stage_ok(!pty_has(pty, "r/2 Rename"), "read-only blanks what writes");
    pty_type(pty, "r");
    stage_ok(pty_wait_text(pty, "started read-only", WAIT), "and says why");
    pty_keys(pty, "Down", NULL);
    pty_wait_gone(pty, "started read-only", WAIT);
    pty_type(pty, ":cnew\r");
    stage_ok(pty_wait_text(pty, "started read-only", WAIT) && !pty_has(pty, "What happened"),
       "and opens no form");
    pty_free(pty);
    pty = start(24, 80, "t_clerk", "en", "--screen", "pl", NULL);
    pty_wait_text(pty, "Row 00014", WAIT);
    pty_type(pty, "c");
    stage_ok(pty_wait_text(pty, "Your role does not permit this.", WAIT), "a role that may not");
    pty_free(pty);
}

static void exports(void)
{
    char line[4096], path[1200];
    FILE *file;
    struct pty *pty = start(24, 80, "t_super", "en", "--screen", "pl", NULL);
    snprintf(path, sizeof path, "%s/out.csv", getenv("BANKOPS_FIXTURE"));
    pty_wait_text(pty, "Row 00014", WAIT);
    pty_type(pty, "x");
    pty_wait_text(pty, "All rows, as filtered", WAIT);
    pty_keys(pty, "Ctrl-U", NULL);
    pty_type(pty, path);
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "3000 rows written", WAIT), "an export says how many rows");
    file = fopen(path, "r");
    bool guarded = false, clean = true;
    int lines = 0;
    while (file && fgets(line, sizeof line, file)) {
        lines++;
        guarded = guarded || strstr(line, "\"'=cmd|calc\"");
        clean = clean && !strpbrk(line, "\033\007") && !strstr(line, "\u202e");
    }
    if (file)
        fclose(file);
    stage_ok(lines == 3001, "the file is whole");
    stage_ok(guarded, "a formula is neutralised");
    stage_ok(clean, "and nothing in it acts on a terminal");
    pty_keys(pty, "Home", "Down", "Down", "y", NULL);
    stage_ok(pty_wait_text(pty, "1 row was copied.", WAIT) &&
                 strstr(pty_clipboard(pty), "evil[2J]0;ownedeman\t"),
             "nor in what is copied");
    stage_ok(
        sql("DO \\$\\$ BEGIN ASSERT (SELECT count(*) = 1 FROM bank.export_log WHERE rows = 3000); "
            "END \\$\\$"),
        "the export is audited");
    pty_free(pty);
}

static void search(void)
{
    struct pty *pty = start(24, 80, "t_clerk", "en", "--screen", "pq", NULL);
    pty_wait_text(pty, "Type part of a name.", WAIT);
    pty_type(pty, "row 0002");
    stage_ok(pty_wait_text(pty, "Row 00029", WAIT), "results while typing");
    pty_type(pty, "5");
    stage_ok(pty_wait_gone(pty, "Row 00029", WAIT) && pty_wait_text(pty, "Row 00025", WAIT),
             "the next letter narrows them");
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "Probe · Row 00025", WAIT), "Enter opens");
    pty_type(pty, ":pq calc\r");
    stage_ok(pty_wait_text(pty, "Probe · =cmd|calc", WAIT), "one hit opens directly");
    pty_free(pty);
}

static void troubles(void)
{
    char command[1200];
    int status = 0;
    /* Wide enough for the path of any checkout. */
    struct pty *pty = start(24, 240, "t_clerk", "en", "--screen", "pb", NULL);
    stage_ok(pty_wait_text(pty, "probe-bad.json:4", WAIT) && pty_wait_text(pty, "titel", WAIT),
             "a bad screen says where and what");
    pty_free(pty);
    pty = start(24, 80, "t_clerk", "en", "--screen", "pl", NULL);
    pty_wait_text(pty, "Row 000", WAIT);
    pty_type(pty, ":ps\r");
    pty_wait_text(pty, "Esc stops", WAIT);
    pty_keys(pty, "F1", NULL);
    stage_ok(pty_wait_text(pty, "type to search", WAIT), "keys live while a query runs");
    pty_keys(pty, "Esc", NULL);
    pty_wait_gone(pty, "type to search", WAIT);
    pty_keys(pty, "Esc", NULL);
    stage_ok(pty_wait_text(pty, "The query was stopped.", WAIT), "Esc stops a long query");
    pty_type(pty, ":pl\r");
    pty_wait_text(pty, "Row 00014", WAIT);
    snprintf(command, sizeof command,
             "env -u PGHOST -u PGDATABASE -u PGUSER '%s' database --quiet stop", stage_program);
    stage_ok(system(command) == 0 && pty_wait_text(pty, "As of ", WAIT) &&
                 pty_wait_text(pty, "Row 00014", WAIT),
             "the server is gone: rows stay, with their time");
    pty_keys(pty, "Down", "F1", NULL);
    stage_ok(pty_wait_text(pty, "type to search", WAIT), "keys live without a server");
    pty_keys(pty, "Esc", NULL);
    stage_ok(pty_wait_text(pty, ", next try in ", WAIT), "the line says when it tries again");
    snprintf(command, sizeof command,
             "env -u PGHOST -u PGDATABASE -u PGUSER '%s' database --quiet start", stage_program);
    pty_keys(pty, "F5", NULL);
    pty_wait_text(pty, "There is no connection", WAIT);
    stage_ok(system(command) == 0 && pty_wait_gone(pty, "As of ", 40000), "it comes back by itself");
    stage_ok(pty_wait_gone(pty, "There is no connection", WAIT), "and what was refused for it goes");
    pty_type(pty, ":exit\r");
    pty_wait_text(pty, ":wrk", WAIT);
    pty_type(pty, ":nosuch\r");
    stage_ok(pty_wait_text(pty, "There is no command", WAIT) && !pty_has(pty, "As of "),
       "a screen without rows is not called stale");
    pty_type(pty, ":pl\r");
    pty_wait_text(pty, "Row 00014", WAIT);
    pty_type(pty, ":language zh\r");
    stage_ok(pty_wait_text(pty, "探针", WAIT) && pty_wait_text(pty, "帮助", WAIT),
             "the language changes at once");
    pty_keys(pty, "Alt-l", NULL);
    stage_ok(pty_wait_gone(pty, "Row 00014", WAIT), "the lock forgets the rows");
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "Row 00014", WAIT), "and comes back to the same list");
    pty_resize(pty, 1, 1);
    pty_resize(pty, 10, 40);
    stage_ok(pty_wait_text(pty, "80×24", WAIT), "too small a terminal says so");
    pty_resize(pty, 24, 80);
    stage_ok(pty_wait_text(pty, "Row 00014", WAIT), "and survives");
    pty_hang_up(pty);
    stage_ok(pty_wait_exit(pty, &status, 2000), "a hang-up ends the program");
    pty_free(pty);
    pty = start(24, 80, "t_stranger", "en", NULL);
    stage_ok(pty_wait_text(pty, "does not belong to active staff", WAIT), "a login without staff");
    pty_keys(pty, "Ctrl-Q", NULL);
    stage_ok(pty_wait_exit(pty, &status, 2000) && WIFEXITED(status), "quit always works");
    pty_free(pty);
}

/* Each shipped screen opens without an error in its file, in both languages. */
static void every_screen(const char *language, const char *complaint)
{
    char command[1200], name[128];
    bool good = true;
    struct pty *pty = start(24, 80, "t_super", language, NULL);
    snprintf(command, sizeof command, "'%s' screens list", stage_program);
    FILE *pipe = popen(command, "r");
    pty_wait_text(pty, " F1 ", WAIT);
    while (pipe && fscanf(pipe, "%100s%*[^\n]", name) == 1) {
        char typed[160];
        unsigned long since = pty_frames(pty);
        snprintf(typed, sizeof typed, ":%s\r", name);
        pty_type(pty, typed);
        pty_wait_frame(pty, since, WAIT);
        pty_settle(pty, 60, 1500);
        if (pty_has(pty, complaint)) {
            printf("# %s\n", name);
            good = false;
        }
        for (int i = 0; i < 3; i++)
            pty_keys(pty, "Esc", NULL);
        pty_settle(pty, 60, 500);
    }
    if (pipe)
        pclose(pipe);
    good = good && kill(pty_pid(pty), 0) == 0;
    pty_keys(pty, "Ctrl-Q", NULL);
    int status = 1;
    stage_ok(good && pty_wait_exit(pty, &status, 2000) && WIFEXITED(status), language);
    pty_free(pty);
}

int main(void)
{
    char command[2048];
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin(""))
        return stage_end();
    snprintf(command, sizeof command,
             "psql -Xq -v ON_ERROR_STOP=1 -f '%s/tests/console/probe.sql'"
             " >/dev/null",
             stage_source);
    stage_ok(system(command) == 0, "the probe's tables");
    unsetenv("PGOPTIONS");
    golden("en", 24, 80, "Probes", "Probe · Row 00001", "Rename a probe");
    golden("zh", 24, 80, "探针", "探针 · Row 00001", "探针改名");
    golden("en", 43, 132, "Probes", "Probe · Row 00001", "Rename a probe");
    golden("zh", 43, 132, "探针", "探针 · Row 00001", "探针改名");
    lists();
    changes();
    exports();
    search();
    troubles();
    every_screen("en", "its file has an error");
    every_screen("zh", "文件有错误");
    return stage_end();
}
