/* What people do all day at a desk, in the real program over the bank of one fixed day: record
 * after record, copying, forms opened from a record, administration, keys in bursts. Prints TAP. */
#include "tests/lib/pty.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAIT = 10000 };

static struct pty *start_with(const char *as, const char *screen, const char *keymap,
                              const char *more)
{
    const char *argv[] = {stage_program, "console",  "--as", as,  "--screen",
                          screen,        "--keymap", keymap, NULL};
    static char config[1100];
    const char *environment[] = {
        config, "BANKOPS_NOW=2026-06-17T07:00:00Z", "BANKOPS_LANGUAGE_SET=1", "PGUSER", more, NULL};
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/config", getenv("BANKOPS_FIXTURE"));
    struct pty *pty = pty_start(24, 80, argv, environment);
    pty_wait_text(pty, " F1 ", WAIT);
    return pty;
}

static struct pty *start(const char *as, const char *screen, const char *more)
{
    return start_with(as, screen, "ibm", more);
}

static void records(void)
{
    struct pty *pty = start("clerk01", "poi", NULL);
    char first[64], second[64];
    pty_wait_text(pty, "1-18 of", WAIT);
    pty_wait_text(pty, "1000000", WAIT);
    pty_settle(pty, 200, 3000);
    snprintf(first, sizeof first, "Points · %.10s", pty_row(pty, 3) + 3);
    snprintf(second, sizeof second, "Points · %.10s", pty_row(pty, 4) + 3);
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, first, WAIT), "Enter opens the first row");
    pty_type(pty, "2)");
    stage_ok(pty_wait_text(pty, second, WAIT) && pty_wait_text(pty, "▸ Postings", WAIT),
             "the next record opens on the same page");
    pty_type(pty, "(");
    stage_ok(pty_wait_text(pty, first, WAIT), "and the one before");
    pty_type(pty, "(");
    stage_ok(pty_wait_text(pty, "first row of the list", WAIT), "the list has a start");
    pty_keys(pty, "F12", NULL);
    stage_ok(pty_wait_text(pty, "Points accounts", WAIT), "one step back is the list");
    pty_type(pty, "Y");
    pty_wait_text(pty, "Customer no.", WAIT);
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "Customer no. was copied.", WAIT) &&
                 !strcmp(pty_clipboard(pty), first + strlen("Points · ")),
             "one value is copied");
    pty_type(pty, "  y");
    stage_ok(pty_wait_text(pty, "2 rows were copied.", WAIT) && strchr(pty_clipboard(pty), '\n') &&
                 strchr(pty_clipboard(pty), '\t'),
             "all marked rows are copied");
    pty_free(pty);
}

/* The keys that hands know from Finacle. */
static void finacle(void)
{
    struct pty *pty = start_with("clerk01", "poi", "finacle", NULL);
    pty_wait_text(pty, "1-18 of", WAIT);
    pty_keys(pty, "Ctrl-E", NULL);
    stage_ok(pty_wait_text(pty, "▸ Balance", WAIT), "Ctrl-E opens the row");
    pty_type(pty, "V");
    pty_wait_text(pty, "Customer · ", WAIT);
    pty_type(pty, "n");
    pty_wait_text(pty, "Log a contact", WAIT);
    pty_type(pty, "wrong words");
    pty_wait_text(pty, "Summary     : wrong words", WAIT);
    pty_keys(pty, "Ctrl-F", NULL);
    stage_ok(pty_wait_gone(pty, "wrong words", WAIT), "Ctrl-F empties the field");
    pty_type(pty, "asked for a card");
    pty_keys(pty, "F4", NULL);
    pty_type(pty, "b");
    stage_ok(pty_wait_text(pty, "Channel     : Branch", WAIT) &&
                 pty_wait_text(pty, "Summary     : asked for a card", WAIT),
             "F4 accepts it and goes on");
    pty_free(pty);
}

/* What is typed in one go does the same as what is typed step by step. */
static void ahead(void)
{
    char typed[160];
    struct pty *pty = start("clerk01", "home", NULL);
    const char *number =
        stage_sql("SELECT customer_number FROM bank.customer c WHERE NOT restricted AND EXISTS "
                  "(SELECT FROM bank.staff s WHERE s.login = 'clerk01' AND s.unit_id = c.unit_id) "
                  "AND NOT EXISTS (SELECT FROM bank.staff s WHERE s.customer_id = c.customer_id) "
                  "ORDER BY customer_id LIMIT 1");
    snprintf(typed, sizeof typed, ":cus %.20s\r\rnahead of all that comes", number);
    pty_type(pty, typed);
    stage_ok(pty_wait_text(pty, "Summary     : ahead of all that comes", WAIT),
             "keys typed ahead keep their order through two screens");
    pty_keys(pty, "F12", NULL);
    pty_wait_text(pty, "Customer · ", WAIT);
    pty_type(pty, ":cus\r");
    pty_wait_text(pty, "Find a customer", WAIT);
    snprintf(typed, sizeof typed, "%.20s\rtahead again", number);
    pty_type(pty, typed);
    stage_ok(pty_wait_text(pty, "Task        : ahead again", WAIT), "also from the search box");
    pty_free(pty);
}

static int lines_of(const char *path)
{
    FILE *file = fopen(path, "r");
    int lines = 0, c;
    while (file && (c = getc(file)) != EOF)
        lines += c == '\n';
    if (file)
        fclose(file);
    return lines;
}

/* A burst costs the frame of the keys and, when rows had to be read, one of the rows. */
static void burst(void)
{
    char trace[300], keys[301] = "";
    snprintf(trace, sizeof trace, "BANKOPS_TRACE=%s/trace", getenv("BANKOPS_FIXTURE"));
    struct pty *pty = start("clerk01", "poi", trace);
    pty_wait_text(pty, "1-18 of", WAIT);
    pty_settle(pty, 300, 3000);
    int before = lines_of(trace + strlen("BANKOPS_TRACE="));
    for (int i = 0; i < 100; i++)
        memcpy(keys + 3 * i, "\033[B", 4);
    pty_type(pty, keys);
    bool moved = pty_wait_text(pty, "84-101 of", WAIT);
    int frames = lines_of(trace + strlen("BANKOPS_TRACE=")) - before;
    printf("# %d frame(s)\n", frames);
    stage_ok(moved && frames <= 2, "100 keys at once are at most two frames");
    pty_free(pty);
}

static void forms(void)
{
    char screen[80], number[64];
    snprintf(number, sizeof number, "%s",
             stage_sql(
                 "SELECT c.customer_number FROM bank.customer c, bank.staff s JOIN bank.unit u ON "
                 "u.unit_id = s.scope_id WHERE s.login = 'clerk01' AND c.unit_id BETWEEN u.low AND "
                 "u.high AND NOT c.restricted AND c.customer_id NOT IN (SELECT customer_id FROM "
                 "bank.staff WHERE customer_id IS NOT NULL) ORDER BY c.customer_id LIMIT 1"));
    snprintf(screen, sizeof screen, "cus %s", number);
    struct pty *pty = start("clerk01", screen, NULL);
    pty_wait_text(pty, "Customer ·", WAIT);
    pty_type(pty, "n");
    stage_ok(pty_wait_text(pty, number, WAIT) && pty_wait_text(pty, "Summary", WAIT) &&
                 !pty_has(pty, "Error"),
             "logging a contact starts with the customer");
    pty_type(pty, "asked about a card");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "Customer ·", WAIT),
             "what is typed at once is the summary; it comes back to the record");
    stage_ok(
        !strcmp(stage_sql("SELECT count(*) FROM bank.contact WHERE summary = 'asked about a card'"),
                "1"),
        "the contact is kept");
    pty_type(pty, "t");
    stage_ok(pty_wait_text(pty, "New task", WAIT) && pty_wait_text(pty, number, WAIT) &&
                 !pty_has(pty, "Error"),
             "so does a new task");
    pty_free(pty);
    pty = start("clerk01", "home", NULL);
    pty_type(pty, ":contact-log\r");
    stage_ok(pty_wait_text(pty, "about one object", WAIT),
             "a form of a record opens from the record only");
    pty_free(pty);
}

/* The profile is everything of the record, timeline to its end, and stands in the audit trail. */
static void profile(void)
{
    char screen[80], path[1100], line[4096], entries[32];
    const char *customer =
        "(SELECT e.customer_id FROM bank.entry e JOIN bank.customer c USING (customer_id), "
        "bank.staff s JOIN bank.unit u ON u.unit_id = s.scope_id WHERE s.login = 'clerk01' "
        "AND c.unit_id BETWEEN u.low AND u.high AND NOT c.restricted AND c.customer_id NOT IN "
        "(SELECT customer_id FROM bank.staff WHERE customer_id IS NOT NULL) "
        "GROUP BY 1 HAVING count(*) > 60 ORDER BY 1 LIMIT 1)";
    char *query = malloc(2048);
    int lines = 0, titles = 0;
    snprintf(query, 2048, "SELECT count(*) FROM bank.entry WHERE customer_id = %s", customer);
    snprintf(entries, sizeof entries, "%s", stage_sql(query));
    snprintf(query, 2048, "SELECT customer_number FROM bank.customer WHERE customer_id = %s",
             customer);
    snprintf(screen, sizeof screen, "cus %.60s", stage_sql(query));
    snprintf(path, sizeof path, "%s/profile.csv", getenv("BANKOPS_FIXTURE"));
    free(query);
    struct pty *pty = start("clerk01", screen, NULL);
    pty_wait_text(pty, "Customer ·", WAIT);
    pty_type(pty, "x");
    stage_ok(pty_wait_text(pty, "The whole record", WAIT), "the whole record or one panel");
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Every panel of this record", WAIT);
    pty_keys(pty, "Ctrl-U", NULL);
    pty_type(pty, path);
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "rows written to", WAIT), "the profile is exported");
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        titles += !strncmp(line, "Identity\r", 9) || !strncmp(line, "\xef\xbb\xbfIdentity\r", 12) ||
                  !strncmp(line, "Benefits\r", 9) || !strncmp(line, "Everything that happened", 24);
        lines += strstr(line, ",Entry,") != NULL;
    }
    if (file)
        fclose(file);
    stage_ok(titles == 3 && lines == atoi(entries), "every panel with all its rows");
    stage_ok(!strcmp(stage_sql("SELECT count(*) FROM bank.export_log WHERE screen = 'customer' AND "
                               "customer_id IS NOT NULL AND rows > 60"),
                     "1"),
             "and stands in the audit trail");
    pty_free(pty);
}

static void closed_record(void)
{
    char screen[80];
    snprintf(screen, sizeof screen, "cus %.60s",
             stage_sql(
                 "UPDATE bank.customer SET restricted = true WHERE customer_id = (SELECT "
                 "max(c.customer_id) FROM bank.customer c, bank.staff s JOIN bank.unit u ON "
                 "u.unit_id = s.scope_id WHERE s.login = 'clerk01' AND c.unit_id BETWEEN u.low AND "
                 "u.high) RETURNING customer_number"));
    struct pty *pty = start("clerk01", screen, NULL);
    stage_ok(pty_wait_text(pty, "This customer is restricted.", WAIT) &&
                 pty_wait_text(pty, "A = Ask access", WAIT),
             "a closed record says which key asks for access");
    pty_type(pty, "A");
    stage_ok(pty_wait_text(pty, "Reason", WAIT), "and the key does");
    pty_free(pty);
}

/* A case is opened by its number, and the bottom line tells only keys that work. */
static void numbers(void)
{
    char number[16] = "", title[64], command[64];
    struct pty *pty = start("clerk01", "cmp all", NULL);
    pty_wait_text(pty, "T0000000", WAIT);
    pty_settle(pty, 200, 3000);
    const char *at = strstr(pty_row(pty, 3), "T0000000");
    snprintf(number, sizeof number, "%.10s", at ? at : "none");
    stage_ok(pty_has(pty, "/6 Resolve"), "a list names its options");
    snprintf(command, sizeof command, ":cmp %s\r", number);
    snprintf(title, sizeof title, "Complaint · %s", number);
    pty_type(pty, command);
    stage_ok(pty_wait_text(pty, title, WAIT) && pty_wait_text(pty, " m Note ", WAIT),
             "a number opens the case, where a digit turns the page");
    pty_type(pty, ":cmp nothing of the kind\r");
    pty_wait_text(pty, "Nothing here.", WAIT);
    pty_type(pty, "C");
    stage_ok(pty_wait_text(pty, "There is no row under the cursor.", WAIT),
             "an action for marked rows wants a row");
    pty_type(pty, ":cus zs\r");
    stage_ok(pty_wait_text(pty, "Tab then:  c/", WAIT), "the search box has the letters");
    pty_keys(pty, "Tab", NULL);
    stage_ok(pty_wait_gone(pty, "Tab then:", WAIT), "until Tab leads to the rows");
    pty_free(pty);
}

static void administration(void)
{
    struct pty *pty = start("admin01", "par grant_hours", NULL);
    pty_wait_text(pty, "grant_hours", WAIT);
    pty_type(pty, "c");
    pty_wait_text(pty, "New value", WAIT);
    pty_type(pty, "12");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "New value: 12", WAIT) && pty_wait_text(pty, "Value: 8", WAIT),
             "the question says what was and what will be");
    pty_type(pty, "y");
    stage_ok(
        pty_wait_text(pty, "The setting is changed.", WAIT) &&
            !strcmp(stage_sql("SELECT value FROM bank.setting WHERE name = 'grant_hours'"), "12"),
        "a setting is changed");
    pty_type(pty, ":cal\r");
    stage_ok(pty_wait_text(pty, "2026-06", WAIT) && pty_wait_text(pty, "17 ◆", WAIT),
             "the calendar stands on the business date");
    pty_keys(pty, "Right", "PgDn", NULL);
    stage_ok(pty_wait_text(pty, "Day 2026-07-18", WAIT), "and moves by day and month");
    pty_type(pty, "c");
    pty_wait_text(pty, "Kind", WAIT);
    pty_type(pty, "hol");
    pty_keys(pty, "Tab", "Tab", "Tab", NULL);
    pty_type(pty, "by decree");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The change waits for a second person.", WAIT),
             "that a coming day becomes a holiday is proposed");
    pty_free(pty);
    pty = start("clerk01", "cal", NULL);
    pty_wait_text(pty, "17 ◆", WAIT);
    pty_type(pty, "c");
    stage_ok(pty_wait_text(pty, "Your role does not permit this.", WAIT),
             "only for an administrator");
    pty_free(pty);
}

/* The linear mode holds an action to its conditions as the screen does. */
static void plain(void)
{
    char command[2048];
    snprintf(
        command, sizeof command,
        "printf 'lane closed\\ntake 1\\nq\\n' | '%s' --language en console --as super01 --plain "
        "--screen cmp | grep -c 'Not possible now: Stage is'",
        stage_program);
    stage_ok(!strcmp(stage_line(command), "1"), "--plain refuses what the row does not permit");
}

/* Texts of dialogs are wrapped, not cut. */
static void whole(void)
{
    struct pty *pty = start("admin01", "cals", NULL);
    pty_wait_text(pty, "1-", WAIT);
    pty_type(pty, "x");
    stage_ok(pty_wait_text(pty, "A name in .xlsx: a workbook. ", WAIT),
             "what an export writes is said in full");
    pty_keys(pty, "Esc", NULL);
    pty_wait_gone(pty, " workbook. ", WAIT);
    pty_keys(pty, "F9", NULL);
    pty_wait_text(pty, "a second person agrees.", WAIT);
    pty_keys(pty, "Down", NULL);
    stage_ok(pty_wait_text(pty, "one open on the", WAIT) &&
                 pty_wait_text(pty, "weekend, say.", WAIT),
             "the help of an action below the list of actions, too");
    pty_free(pty);
}

int main(void)
{
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin("golden"))
        return stage_end();
    records();
    burst();
    forms();
    profile();
    closed_record();
    numbers();
    ahead();
    finacle();
    administration();
    plain();
    whole();
    return stage_end();
}
