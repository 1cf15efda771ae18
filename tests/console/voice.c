/* Suggestions in the real program: written down from the customer, grouped, judged, adopted, walked
 * through the backlog, told; a service request done. Prints TAP. */
#include "tests/lib/person.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The newest case of the type. */
static long newest(const char *type)
{
    char text[200];
    snprintf(text, sizeof text, "SELECT max(case_id) FROM bank.case_file WHERE case_type = '%s'",
             type);
    return atol(stage_sql(text));
}

/* From the customer: what is known is not asked. */
static long write_down(const char *number, const char *said)
{
    char command[100];
    struct pty *pty = person_start("clerk01", "cus");
    snprintf(command, sizeof command, ":cus %s", number);
    pty_type(pty, command);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Customer · ", WAIT);
    pty_wait_text(pty, number, WAIT);
    pty_type(pty, "s");
    stage_ok(pty_wait_text(pty, "Write down a suggestion", WAIT) &&
                 pty_wait_text(pty, number, WAIT),
             "a suggestion is written down from the customer");
    pty_type(pty, said);
    pty_keys(pty, "Tab", "Right", "Right", "Right", "F10", NULL);
    stage_ok(pty_wait_text(pty, "Suggestion · T", WAIT) && pty_wait_text(pty, "Assessment", WAIT),
             "it has a pane, and the clock of its assessment runs");
    pty_free(pty);
    return newest("suggestion");
}

static int group(long one, long two)
{
    char number[32];
    struct pty *pty = person_start("clerk01", "voc");
    snprintf(number, sizeof number, "T%09ld", two);
    pty_wait_text(pty, "1-", WAIT);
    pty_settle(pty, 200, 3000);
    /* The two newest are the first two rows; a mark goes on to the next. */
    pty_type(pty, "  m");
    stage_ok(pty_wait_text(pty, "Theme:", WAIT), "m asks for a theme");
    pty_type(pty, "A loan form of one page");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "Group: 2 rows", WAIT) && pty_wait_text(pty, number, WAIT),
             "the question names both");
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "2 done, 0 refused", WAIT), "both are in it");
    pty_free(pty);
    stage_ok(!strcmp(person_case_field(one, "stage"), "grouped") &&
                 !strcmp(person_case_field(two, "stage"), "grouped"),
             "they are grouped");
    return atoi(
        stage_sql("SELECT theme_id FROM bank.theme WHERE title = 'A loan form of one page'"));
}

static const char *theme(int id, const char *column)
{
    char text[200];
    snprintf(text, sizeof text, "SELECT %s FROM bank.theme WHERE theme_id = %d", column, id);
    return stage_sql(text);
}

static void decide(int id)
{
    char open[64];
    struct pty *pty = person_start("super02", "voc");
    pty_wait_text(pty, "1-", WAIT);
    pty_settle(pty, 200, 3000);
    pty_type(pty, "T");
    snprintf(open, sizeof open, "Theme · A loan form");
    stage_ok(pty_wait_text(pty, open, WAIT) && pty_wait_text(pty, "Grouped", WAIT),
             "T opens the theme with its suggestions");
    pty_type(pty, "+");
    stage_ok(pty_wait_text(pty, "Not possible now", WAIT),
             "nothing is adopted before it is judged");
    pty_type(pty, "e");
    pty_wait_text(pty, "Pain, 1 little", WAIT);
    pty_keys(pty, "Right", "Right", "Right", "Right", "Tab", "Right", "F10", NULL);
    stage_ok(pty_wait_text(pty, "The theme is assessed.", WAIT), "e judges it");
    pty_type(pty, "+");
    pty_wait_text(pty, "What shall be done", WAIT);
    pty_type(pty, "One page");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "it is in the backlog", WAIT), "+ adopts it");
    for (int step = 2; step <= 6; step++) {
        char now[40];
        pty_settle(pty, 200, 3000);
        pty_type(pty, "b");
        pty_wait_text(pty, "Note; for use", WAIT);
        pty_type(pty, step == 6 ? "Release 8.1" : "on");
        pty_keys(pty, "F10", NULL);
        snprintf(now, sizeof now, "%d", step);
        pty_wait_text(pty, "The theme has moved on.", WAIT);
        if (strcmp(theme(id, "step"), now) != 0)
            printf("# step %s, expected %s\n", theme(id, "step"), now);
    }
    stage_ok(!strcmp(theme(id, "step"), "6"), "b walks it through the backlog");
    pty_settle(pty, 200, 3000);
    pty_type(pty, "L");
    pty_wait_text(pty, "What has changed", WAIT);
    pty_type(pty, "Your form has one page now.");
    pty_keys(pty, "F10", NULL);
    pty_wait_text(pty, "Please confirm", WAIT);
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "The customers are told.", WAIT), "L tells the customers");
    pty_free(pty);
}

static void request(const char *number)
{
    char command[100];
    long id;
    struct pty *pty = person_start("super02", "cus");
    snprintf(command, sizeof command, ":cus %s", number);
    pty_type(pty, command);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Customer · ", WAIT);
    pty_wait_text(pty, number, WAIT);
    pty_type(pty, "r");
    pty_wait_text(pty, "Write down a request", WAIT);
    pty_wait_text(pty, number, WAIT);
    pty_type(pty, "Print my statement");
    pty_keys(pty, "Tab", "Right", "Tab", NULL);
    pty_type(pty, "6473");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "Service request · T", WAIT) && pty_wait_text(pty, "6473", WAIT),
             "a service request keeps its own fields");
    id = newest("service");
    stage_ok(!strcmp(person_case_field(id, "fields ->> 'kind'"), "statement"),
             "in the database too");
    pty_type(pty, "t");
    stage_ok(pty_wait_text(pty, "The case is yours.", WAIT), "t takes it");
    stage_ok(person_sees_moved(pty, "service", "3"), "a page says why a due time moved");
    pty_settle(pty, 200, 3000);
    pty_type(pty, "d");
    pty_wait_text(pty, "What was done", WAIT);
    pty_type(pty, "Printed");
    pty_keys(pty, "F10", NULL);
    pty_wait_text(pty, "The case has moved on.", WAIT);
    stage_ok(!strcmp(person_case_field(id, "stage"), "done"), "d says it is done");
    pty_settle(pty, 200, 3000);
    pty_type(pty, "C");
    pty_wait_text(pty, "Closed", WAIT);
    pty_settle(pty, 300, 3000);
    stage_ok(!strcmp(person_case_field(id, "outcome"), "done"), "C closes it");
    pty_free(pty);
}

int main(void)
{
    char number[32];
    long one, two;
    int id;
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin("golden"))
        return stage_end();
    snprintf(
        number, sizeof number, "%s",
        stage_sql("SELECT c.customer_number FROM bank.customer c, bank.staff s JOIN bank.unit u "
                  "ON u.unit_id = s.unit_id WHERE s.login = 'clerk01' AND c.unit_id BETWEEN "
                  "u.low AND u.high AND NOT c.restricted AND c.customer_id > 0 AND NOT EXISTS "
                  "(SELECT FROM bank.staff o WHERE o.customer_id = c.customer_id) ORDER BY "
                  "c.customer_id LIMIT 1"));
    one = write_down(number, "The loan form asks everything twice");
    two = write_down(number, "Shorten the loan form to one page");
    id = group(one, two);
    decide(id);
    stage_ok(!strcmp(person_case_field(one, "outcome"), "adopted") &&
                 !strcmp(person_case_field(two, "stage"), "told"),
             "the suggestions are over, adopted");
    request(number);
    return stage_end();
}
