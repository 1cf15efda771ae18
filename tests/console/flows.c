/* Whole pieces of work in the real program over a demo bank, as several members of staff. Prints
 * TAP. */
#include "tests/lib/pty.h"
#include "tests/lib/stage.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT = 8000 };

static struct pty *start(const char *as, const char *language, const char *screen)
{
    const char *argv[16] = {stage_program, "console", "--language", language};
    static char config[1100];
    const char *environment[] = {config, "BANKOPS_LANGUAGE_SET=1", "PGUSER", NULL};
    int at = 4;
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/config", getenv("BANKOPS_FIXTURE"));
    if (as) {
        argv[at++] = "--as";
        argv[at++] = as;
    }
    if (screen) {
        argv[at++] = "--screen";
        argv[at++] = screen;
    }
    return pty_start(24, 80, argv, environment);
}

/* A customer of the first clerk's units with an open card, neither restricted nor staff. */
static const char *customer(const char *what, const char *condition)
{
    char text[1024];
    snprintf(
        text, sizeof text,
        "SELECT %s FROM bank.customer c JOIN bank.card d USING (customer_id) JOIN bank.account "
        "a ON a.customer_id = c.customer_id AND a.account_id = d.account_id, bank.staff s JOIN "
        "bank.unit u ON u.unit_id = s.scope_id WHERE s.login = 'clerk01' AND c.unit_id BETWEEN "
        "u.low AND u.high AND c.customer_id NOT IN (SELECT customer_id FROM bank.staff WHERE "
        "customer_id IS NOT NULL) AND %s ORDER BY c.customer_id, a.balance DESC, "
        "a.account_id LIMIT 1",
        what, condition);
    return stage_sql(text);
}

static struct pty *open_customer(const char *as, const char *language, const char *number)
{
    char text[128];
    snprintf(text, sizeof text, "cus %s", number);
    return start(as, language, text);
}

/* The way of psql: the name comes from the environment, the password from a file. */
static struct pty *start_unnamed(const char *user, const char *file)
{
    const char *argv[] = {stage_program, "console", "--language", "en", NULL};
    const char *environment[] = {user, file, "BANKOPS_LANGUAGE_SET=1", NULL};
    return pty_start(24, 80, argv, environment);
}

static void logs_in_as_psql_does(void)
{
    char file[1100], command[3400];
    snprintf(file, sizeof file, "PGPASSFILE=%s/pgpass", getenv("BANKOPS_FIXTURE"));
    const char *path = file + strlen("PGPASSFILE=");
    snprintf(command, sizeof command, "echo '*:*:*:clerk02:of the clerk' >'%s'; chmod 644 '%s'",
             path, path);
    stage_ok(system(command) == 0, "a password file that everybody may read");
    struct pty *pty = start_unnamed("PGUSER=clerk02", file);
    stage_ok(
        pty_wait_text(pty, "WARNING: password file", WAIT) &&
            pty_wait_text(pty, "Name    : clerk02", WAIT) &&
            pty_wait_text(pty, "WARNING: password file", WAIT) &&
            pty_wait_text(pty, "│  Bank operations console                               │", WAIT),
        "the warning of libpq stands in the form, not across it");
    pty_free(pty);
    chmod(path, 0600);
    pty = start_unnamed("PGUSER=clerk02", file);
    stage_ok(pty_wait_text(pty, "clerk02 ·", WAIT), "name and password are found as by psql");
    pty_free(pty);
    pty = start_unnamed("PGUSER=nobody7", file);
    stage_ok(pty_wait_text(pty, "nobody7: no login", WAIT), "a name that is none is refused");
    pty_free(pty);
    pty = start_unnamed("PGUSER", file);
    pty_wait_text(pty, "Name", WAIT);
    pty_settle(pty, 300, WAIT);
    stage_ok(pty_has(pty, "Name:  ") && !pty_has(pty, "no login"),
             "without one the form asks who it is");
    pty_free(pty);
}

/* Until the query answers that. */
static bool kept(const char *sql, const char *wanted)
{
    struct timespec pause = {0, 50000000};
    for (int waited = 0; waited < WAIT; waited += 50) {
        if (!strcmp(stage_sql(sql), wanted))
            return true;
        nanosleep(&pause, NULL);
    }
    printf("# %s\n", stage_sql(sql));
    return false;
}

static void logs_in(void)
{
    char command[2048];
    snprintf(command, sizeof command,
             "f=$BANKOPS_DATA/cluster/pg_hba.conf; o=$(stat -c %%U:%%G \"$f\"); "
             "printf 'local all clerk02,super01 scram-sha-256\\nlocal all all trust\\n' >\"$f\"; "
             "chown $o \"$f\"; psql -Xq -c \"ALTER ROLE clerk02 PASSWORD 'of the clerk'\" -c "
             "\"ALTER ROLE super01 PASSWORD 'of the supervisor'\" -c 'SELECT pg_reload_conf()' "
             ">/dev/null");
    stage_ok(system(command) == 0, "two logins with passwords");
    struct pty *pty = start("clerk02", "en", NULL);
    stage_ok(pty_wait_text(pty, "Password", WAIT), "a password is asked for");
    pty_type(pty, "not this\r");
    stage_ok(pty_wait_text(pty, "Name or password is wrong.", WAIT), "a wrong one is refused");
    pty_keys(pty, "Shift-Tab", "Ctrl-U", NULL);
    pty_type(pty, "super01");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "of the supervisor\r");
    stage_ok(pty_wait_text(pty, "super01 ·", WAIT) && pty_wait_gone(pty, "clerk02", WAIT),
             "a name changed beside the password is the one that logs in");
    stage_ok(kept("SELECT coalesce(string_agg(login || ' ' || action || ' ' || object_id, ', ' "
                  "ORDER BY audit_id), '') "
                  "FROM (SELECT * FROM bank.audit WHERE action LIKE 'sign%' AND login = 'super01' "
                  "ORDER BY audit_id DESC LIMIT 2) last",
                  "super01 sign_in_failed clerk02, super01 sign_in super01"),
             "both are in the audit trail, by the name that was tried and the one that came in");
    pty_free(pty);
    pty = start("super01", "en", NULL);
    pty_wait_text(pty, "Password", WAIT);
    pty_keys(pty, "Shift-Tab", "Ctrl-U", NULL);
    pty_type(pty, "clerk02");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "of the supervisor\r");
    stage_ok(pty_wait_text(pty, "Name or password is wrong.", WAIT),
             "another name does not enter with the password of the first");
    pty_free(pty);
    logs_in_as_psql_does();
    snprintf(command, sizeof command,
             "f=$BANKOPS_DATA/cluster/pg_hba.conf; o=$(stat -c %%U:%%G \"$f\"); "
             "echo 'local all all trust' >\"$f\"; chown $o \"$f\"; "
             "psql -Xq -c 'SELECT pg_reload_conf()' >/dev/null");
    stage_ok(system(command) == 0, "and without again");
}

/* Until nothing is left to seal. */
static bool sealed(int ms)
{
    char command[1200];
    struct timespec now, pause = {0, 100000000};
    snprintf(command, sizeof command, "'%s' --language en audit verify --as audit01",
             stage_program);
    for (int waited = 0; waited < ms; waited += 100) {
        if (strstr(stage_line(command), " 0 rows not sealed yet"))
            return true;
        clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, &now);
    }
    printf("# %s\n", stage_line(command));
    return false;
}

static void reveals(void)
{
    char number[64], account[64], card[64], phone[64];
    snprintf(number, sizeof number, "%s", customer("c.customer_number", "NOT c.restricted"));
    snprintf(account, sizeof account, "%s", customer("a.number", "NOT c.restricted"));
    snprintf(card, sizeof card, "%s", customer("d.card_number", "NOT c.restricted"));
    snprintf(phone, sizeof phone, "%s",
             customer("(SELECT phone FROM bank.phone p WHERE p.customer_id = c.customer_id "
                      "ORDER BY main DESC, phone LIMIT 1)",
                      "NOT c.restricted"));
    struct pty *pty = open_customer("clerk01", "en", number);
    stage_ok(pty_wait_text(pty, "Customer ·", WAIT) && !pty_has(pty, phone), "the phone is masked");
    pty_settle(pty, 150, 3000);
    pty_type(pty, "vphone\r");
    stage_ok(pty_wait_text(pty, "Reason", WAIT), "a reason is asked for");
    pty_type(pty, "customer calls back\r");
    stage_ok(pty_wait_text(pty, phone, WAIT), "then the phone is shown");
    pty_type(pty, "2");
    pty_wait_text(pty, "Holdings", WAIT);
    pty_type(pty, "v");
    pty_wait_text(pty, "Card", WAIT);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Reason", WAIT);
    pty_type(pty, "customer calls back\r");
    stage_ok(pty_wait_text(pty, account, WAIT), "an account number too");
    pty_type(pty, "v");
    pty_wait_text(pty, "Esc = cancel", WAIT);
    pty_keys(pty, "Down", "Enter", NULL);
    pty_wait_text(pty, "Reason", WAIT);
    pty_type(pty, "customer calls back\r");
    stage_ok(pty_wait_gone(pty, account, WAIT), "one at a time");
    pty_settle(pty, 150, 3000);
    stage_ok(
        !strcmp(stage_sql(
                    "SELECT count(*) FROM bank.audit WHERE action = 'customer_reveal' AND login = "
                    "'clerk01'"),
                "3"),
        "each is in the audit trail");
    stage_ok(sealed(8000), "and sealed soon after");
    pty_free(pty);
}

static void restricted(void)
{
    char number[64], name[64], own[64];
    snprintf(number, sizeof number, "%s", customer("c.customer_number", "c.restricted"));
    snprintf(name, sizeof name, "%s", customer("c.name", "c.restricted"));
    snprintf(
        own, sizeof own, "%s",
        stage_sql("SELECT customer_number FROM bank.customer JOIN bank.staff USING (customer_id) "
                  "WHERE login = 'clerk01'"));
    struct pty *clerk = open_customer("clerk01", "en", own);
    stage_ok(pty_wait_text(clerk, "This is your own record", WAIT), "one's own record is closed");
    pty_free(clerk);
    clerk = open_customer("clerk01", "en", number);
    stage_ok(pty_wait_text(clerk, "This customer is restricted", WAIT) && !pty_has(clerk, name),
             "a restricted customer is closed to the clerk");
    pty_type(clerk, "3");
    stage_ok(pty_wait_text(clerk, "Open cases", WAIT) && !pty_has(clerk, "No open case"),
             "and nothing says that he has no case");
    pty_keys(clerk, "Enter", NULL);
    pty_wait_gone(clerk, "Enter = close", WAIT);
    pty_type(clerk, "A");
    pty_wait_text(clerk, "*Reason", WAIT);
    pty_type(clerk, "customer is at the counter\r");
    stage_ok(pty_wait_text(clerk, "A supervisor has been asked.", WAIT), "the clerk asks");
    struct pty *boss = start("super01", "zh", "acc");
    stage_ok(pty_wait_text(boss, "customer is at", WAIT), "the supervisor sees it");
    pty_type(boss, "P");
    pty_wait_text(boss, "说明", WAIT);
    pty_keys(boss, "F10", NULL);
    if (pty_wait_text(boss, "请确认", 1000))
        pty_type(boss, "y");
    stage_ok(pty_wait_text(boss, "已授权访问", WAIT), "and grants it");
    pty_free(boss);
    char text[128];
    snprintf(text, sizeof text, ":cus %s\r", number);
    pty_type(clerk, text);
    stage_ok(pty_wait_text(clerk, name, WAIT) && pty_wait_text(clerk, "Customer ·", WAIT),
             "now the clerk opens the customer");
    pty_free(clerk);
}

/* Keys typed before the answers are there mean what they would mean afterwards. */
static void types_ahead(void)
{
    char text[160];
    struct pty *pty = start("clerk01", "en", NULL);
    pty_wait_text(pty, " F1 ", WAIT);
    snprintf(text, sizeof text, ":cus %s\rc", customer("c.customer_number", "NOT c.restricted"));
    pty_type(pty, text);
    stage_ok(pty_wait_text(pty, "What happened", WAIT),
             "customer found and complaint opened in one breath");
    pty_free(pty);
}

static void pastes(void)
{
    size_t size = 10 << 20;
    char *text = malloc(size);
    struct pty *pty = start("clerk01", "en", "cus");
    pty_wait_text(pty, "Search:", WAIT);
    memset(text, 'x', size);
    pty_paste(pty, text, size);
    stage_ok(pty_wait_text(pty, "too long; nothing of it was taken", WAIT),
       "ten megabytes pasted into a search: one message");
    pty_type(pty, ":theme ");
    stage_ok(pty_wait_text(pty, "theme light", WAIT), "the command line offers a word's values");
    pty_type(pty, "no\r");
    stage_ok(pty_wait_text(pty, "allowed is default, light", WAIT), "a theme that is none");
    pty_type(pty, ":the");
    pty_keys(pty, "Tab", NULL);
    stage_ok(pty_wait_text(pty, "  theme  Change the colours", WAIT),
             "Tab lists the commands with what they mean");
    pty_keys(pty, "Esc", NULL);
    stage_ok(pty_wait_gone(pty, "Change the colours", WAIT) && pty_wait_text(pty, " :theme", WAIT),
             "Esc takes the list away, and keeps the line");
    pty_keys(pty, "Ctrl-U", NULL);
    pty_type(pty, "cmp o");
    pty_keys(pty, "Tab", "Tab", NULL);
    stage_ok(pty_wait_text(pty, " :cmp overdue", WAIT) && pty_has(pty, "Show: Overdue"),
             "after a code its filters");
    pty_keys(pty, "Esc", "Esc", NULL);
    pty_type(pty, ":cnew\r");
    pty_wait_text(pty, "What happened", WAIT);
    pty_keys(pty, "Tab", NULL);
    pty_paste(pty, text, size);
    stage_ok(pty_wait_text(pty, "Too long: at most", WAIT), "pasted into a field: what it takes");
    free(text);
    pty_keys(pty, "F1", NULL);
    stage_ok(pty_wait_text(pty, "type to search", WAIT), "ten megabytes pasted: the program lives");
    pty_free(pty);
}

/* Settings changed while the program runs are those of the next start. */
static void keeps_settings(void)
{
    static char config[1100];
    const char *argv[] = {stage_program, "console", "--as", "clerk01", NULL};
    const char *environment[] = {config, "BANKOPS_LANGUAGE_SET", "PGUSER", NULL};
    char command[1300];
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/kept", getenv("BANKOPS_FIXTURE"));
    struct pty *pty = pty_start(24, 80, argv, environment);
    pty_wait_text(pty, " F1 ", WAIT);
    pty_type(pty, ":keymap vim\r");
    stage_ok(pty_wait_text(pty, "keymap is vim now", WAIT), "a key map is chosen");
    pty_type(pty, ":set idle_lock 15m\r");
    stage_ok(pty_wait_text(pty, "idle_lock is 15m now", WAIT), "and a setting");
    pty_type(pty, ":language zh\r");
    stage_ok(pty_wait_text(pty, "语言已改为中文", WAIT), "and a language");
    pty_type(pty, ":cus wangxiaoming\r");
    pty_wait_text(pty, "客户查询", WAIT);
    pty_keys(pty, "Ctrl-Q", NULL);
    pty_wait_exit(pty, NULL, WAIT);
    pty_free(pty);
    snprintf(command, sizeof command, "cd '%s/bankops'; tr '\\n' ' ' <history",
             config + strlen("XDG_CONFIG_HOME="));
    stage_ok(!strcmp(stage_line(command), "keymap vim set idle_lock 15m language zh cus "),
             "the history is kept, but not whom one looked for");
    pty = pty_start(24, 80, argv, environment);
    stage_ok(pty_wait_text(pty, " q 返回", WAIT), "they count at the next start");
    const char *other[] = {stage_program, "--language", "en", "console", "--as", "clerk01", NULL};
    struct pty *english = pty_start(24, 80, other, environment);
    stage_ok(pty_wait_text(english, " q Back", WAIT), "but not against the language asked for");
    pty_free(english);
    pty_type(pty, ":set\r");
    stage_ok(pty_wait_text(pty, "15m", WAIT) && pty_wait_text(pty, "您的设置", WAIT),
             ":set shows them");
    pty_keys(pty, "Esc", NULL);
    snprintf(command, sizeof command, "echo nonsense >>'%s/bankops/bankops.conf'",
             config + strlen("XDG_CONFIG_HOME="));
    stage_ok(system(command) == 0, "a line that is none is written into the file");
    pty_type(pty, ":theme light\r");
    stage_ok(pty_wait_text(pty, "bankops.conf:4", WAIT), "the broken file is named with its line");
    snprintf(command, sizeof command, "grep -c theme '%s/bankops/bankops.conf'",
             config + strlen("XDG_CONFIG_HOME="));
    stage_ok(!strcmp(stage_line(command), "0"), "and left as it is");
    pty_free(pty);
}

/* Left alone, the console hides everything and asks for the login; what was typed is still there. */
static void locks(void)
{
    static char config[1100];
    const char *argv[] = {stage_program, "--language", "en", "console", "--as", "clerk01", NULL};
    const char *environment[] = {config, "BANKOPS_LANGUAGE_SET", "PGUSER", NULL};
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/locked", getenv("BANKOPS_FIXTURE"));
    struct pty *pty = pty_start(24, 80, argv, environment);
    pty_wait_text(pty, " F1 ", WAIT);
    pty_type(pty, ":cnew\r");
    pty_wait_text(pty, "What happened", WAIT);
    pty_type(pty, "1000000001\tnobody else reads this");
    pty_keys(pty, "Ctrl-G", NULL);
    pty_type(pty, "set idle_lock 1s\r");
    stage_ok(pty_wait_text(pty, "The console is locked", WAIT), "a console left alone locks itself");
    stage_ok(!pty_has(pty, "nobody else") && !pty_has(pty, "What happened"),
             "and shows nothing of what was open");
    pty_type(pty, "xyz:q");
    pty_keys(pty, "Esc", NULL);
    stage_ok(pty_wait_text(pty, "Press Enter to log in again", WAIT) && !pty_has(pty, "xyz"),
             "no key but Enter does anything");
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "nobody else reads this", WAIT),
             "after the login what was typed is there again");
    pty_free(pty);
}

static void views_and_copies(void)
{
    char before[256];
    struct pty *pty = start("super01", "zh", "cmp");
    pty_wait_text(pty, "主题", WAIT);
    pty_settle(pty, 200, 3000);
    snprintf(before, sizeof before, "%s", pty_row(pty, 2));
    pty_type(pty, "a");
    pty_wait_text(pty, "回车=选择", WAIT);
    pty_keys(pty, "Esc", NULL);
    stage_ok(pty_wait_gone(pty, "回车=选择", WAIT) && !strcmp(before, pty_row(pty, 2)),
             "a dialog leaves no half characters behind");
    pty_type(pty, "y");
    pty_wait_text(pty, "已复制", WAIT);
    stage_ok(strstr(pty_clipboard(pty), "T0000") != NULL, "a row is copied to the clipboard");
    pty_type(pty, ":view save mine\r");
    stage_ok(pty_wait_text(pty, ":view mine", WAIT), "a view gets a name");
    pty_type(pty, ":view reset\r");
    stage_ok(pty_wait_text(pty, "列表已恢复", WAIT), "the list is as delivered");
    pty_type(pty, ":view\r");
    stage_ok(pty_wait_text(pty, "│ mine", WAIT), "the views are listed");
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "视图：mine", WAIT), "and come back");
    pty_type(pty, ":view delete mine\r");
    stage_ok(pty_wait_text(pty, "视图已删除", WAIT), "and go");
    pty_free(pty);
}

/* Seventy sizes over a list, a view, a form, a report and the menu. */
static void resizes(void)
{
    static const char *const screens[] = {"cmp", "cnew", "rsl", "rec", "home"};
    int status = 1;
    struct pty *pty = start("super01", "zh", NULL);
    pty_wait_text(pty, " F1 ", WAIT);
    for (int i = 0; i < 70; i++) {
        char text[32];
        if (i % 14 == 0) {
            pty_resize(pty, 24, 80);
            snprintf(text, sizeof text, ":%s", screens[i / 14]);
            pty_keys(pty, "Ctrl-G", NULL);
            pty_type(pty, screens[i / 14]);
            pty_wait_text(pty, text, WAIT); /* a window that is too small takes no keys */
            pty_keys(pty, "Enter", NULL);
            pty_wait_text(pty, " F1 ", WAIT);
        }
        pty_resize(pty, 1 + i * 37 % 70, 1 + i * 53 % 230);
        pty_keys(pty, "Down", "Tab", NULL);
    }
    pty_resize(pty, 24, 80);
    stage_ok(pty_wait_text(pty, " F1 ", WAIT), "seventy sizes");
    pty_settle(pty, 300, WAIT);
    pty_wipe(pty);
    pty_signal(pty, SIGWINCH);
    stage_ok(pty_wait_text(pty, " F1 ", WAIT), "a window that shrank and grew at once is painted anew");
    pty_keys(pty, "Ctrl-Q", NULL);
    stage_ok(pty_wait_exit(pty, &status, 3000) && WIFEXITED(status) && !WEXITSTATUS(status),
             "and a clean end");
    pty_free(pty);
}

/* Whether the linear mode, given this input on a screen, prints a text. */
static bool prints(const char *input, const char *screen, const char *wanted)
{
    char command[2048];
    snprintf(command, sizeof command,
             "printf '%s' | TERM=dumb PGUSER= '%s' --language en console --plain --as clerk01 "
             "--screen %s 2>&1",
             input, stage_program, screen);
    char line[4096];
    bool found = false;
    FILE *pipe = popen(command, "r");
    while (pipe && fgets(line, sizeof line, pipe))
        found = found || strstr(line, wanted);
    return pipe && pclose(pipe) == 0 && found;
}

static void plain(void)
{
    stage_ok(prints("q\\n", "home", "Find a customer :cus"), "the linear mode lists the menu");
    stage_ok(prints("?\\nq\\n", "cmp", "stage: Stage"), "a list and its filters");
    stage_ok(prints("n\\n:poi\\nn\\nn\\nq\\n", "poi", "There are more: n."), "and reads on");
    stage_ok(prints("99999\\nq\\n", "home", "no entry with this number"), "no such entry");
    stage_ok(prints(":nosuch\\nq\\n", "home", "no screen with this code"), "no such screen");
    char input[160], phone[32];
    snprintf(phone, sizeof phone, "%s",
             customer("(SELECT phone FROM bank.phone p WHERE p.customer_id = c.customer_id "
                      "AND main)", "NOT c.restricted"));
    snprintf(input, sizeof input, "cus %s\\n1\\nreveal phone\\nthe caller asks\\nq\\n",
             customer("c.customer_number", "NOT c.restricted"));
    stage_ok(prints(input, "home", phone), "a code at the menu, a row, a masked field");
    snprintf(input, sizeof input, "cus %s\\n1\\nquit\\n",
             customer("c.customer_number", "NOT c.restricted"));
    stage_ok(prints(input, "home | grep -c Found.by; true", "1"),
             "quit in a record ends the program: the list is not read again");
    stage_ok(prints("1\\n:cmp closed\\nb\\nq\\n", "wrk", "Complaints"),
             "a code from another screen");
    stage_ok(prints("Cannot log in\\n? \\n", "case-open", "Subject"), "a form asks field by field");
    stage_ok(prints("q\\n", "home | LC_ALL=C grep -c '\033'; true", "0"), "no escape sequence");
}

static void no_colour(void)
{
    setenv("NO_COLOR", "1", 1);
    struct pty *pty = start("super01", "en", "cmp");
    pty_wait_text(pty, "Number", WAIT);
    pty_settle(pty, 200, 3000);
    stage_ok(pty_is_reverse(pty, 3, 10), "without colour the row under the cursor is reversed");
    pty_free(pty);
    unsetenv("NO_COLOR");
}

int main(void)
{
    if (!stage_begin("demo 2000"))
        return stage_end();
    reveals();
    restricted();
    types_ahead();
    pastes();
    keeps_settings();
    locks();
    views_and_copies();
    resizes();
    plain();
    no_colour();
    logs_in();
    return stage_end();
}
