#include "tests/lib/person.h"

#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>

struct pty *person_start(const char *login, const char *screen)
{
    const char *argv[] = {stage_program, "console", "--as", login, "--screen", screen, NULL};
    static char config[1100];
    const char *environment[] = {config, "PGUSER", NULL};
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/person", getenv("BANKOPS_FIXTURE"));
    struct pty *pty = pty_start(24, 80, argv, environment);
    pty_wait_text(pty, " F1 ", WAIT);
    return pty;
}

const char *person_sql(const char *login, const char *text)
{
    char command[2048];
    snprintf(command, sizeof command, "psql -U %s -XqAt -c \"%s\" 2>&1", login, text);
    return stage_line(command);
}

long person_case(const char *business, const char *reason, const char *subject)
{
    char text[1024], customer[32];
    snprintf(
        customer, sizeof customer, "%s",
        stage_sql("SELECT c.customer_id FROM bank.customer c, bank.staff s JOIN bank.unit u ON "
                  "u.unit_id = s.unit_id WHERE s.login = 'clerk01' AND c.unit_id BETWEEN u.low "
                  "AND u.high AND NOT c.restricted AND c.customer_id > 0 AND NOT EXISTS (SELECT "
                  "FROM bank.staff o WHERE o.customer_id = c.customer_id) AND NOT EXISTS (SELECT "
                  "FROM bank.case_file f WHERE f.customer_id = c.customer_id) AND NOT EXISTS "
                  "(SELECT FROM bank.member m JOIN bank.tier_def d USING (tier) WHERE "
                  "m.customer_id = c.customer_id AND d.rank > 2) ORDER BY 1 LIMIT 1"));
    snprintf(
        text, sizeof text,
        "SELECT (api.case_open(%s, 'A032', %s, %s, '%s', '我的信用卡年费被扣了两次，要求退还', "
        "p_request => gen_random_uuid())).id",
        customer, business, reason, subject);
    return atol(person_sql("clerk01", text));
}

void person_takes(long id)
{
    char text[256];
    snprintf(text, sizeof text,
             "SELECT (api.case_take(customer_id, case_id, version, gen_random_uuid())).status FROM "
             "api.case_list WHERE lane = 'all' AND case_id = %ld",
             id);
    person_sql("clerk01", text);
}

const char *person_case_field(long id, const char *expression)
{
    char text[512];
    snprintf(text, sizeof text, "SELECT %s FROM bank.case_file f WHERE case_id = %ld", expression,
             id);
    return stage_sql(text);
}

bool person_sees_moved(struct pty *pty, const char *type, const char *page)
{
    char text[640];
    snprintf(text, sizeof text,
             "INSERT INTO bank.case_clock_change (customer_id, case_id, unit_id, clock, run, cause, "
             "due_before, due_after, before, after) SELECT k.customer_id, k.case_id, k.unit_id, "
             "k.clock, k.run, 'calendar', '2031-02-03 10:00', '2031-02-04 10:00', '{}', '{}' FROM "
             "bank.case_clock k JOIN bank.case_file f USING (customer_id, case_id) WHERE "
             "f.case_type = '%s' ORDER BY f.case_id DESC LIMIT 1",
             type);
    stage_sql(text);
    pty_type(pty, page);
    pty_wait_text(pty, "Why due times moved", WAIT);
    pty_keys(pty, "F5", NULL);
    bool seen = pty_wait_text(pty, "Days changed", WAIT) && pty_wait_text(pty, "2031-02-04", WAIT);
    pty_type(pty, "1");
    return seen;
}

struct pty *person_start_at(const char *login, const char *screen, long id)
{
    char number[32];
    struct pty *pty = person_start(login, screen);
    snprintf(number, sizeof number, "T%09ld", id);
    pty_wait_text(pty, "1-", WAIT);
    pty_type(pty, "=");
    pty_wait_text(pty, "Position to", WAIT);
    pty_type(pty, number);
    pty_keys(pty, "Enter", NULL);
    pty_wait_gone(pty, "Position to", WAIT);
    pty_settle(pty, 300, 3000);
    return pty;
}
