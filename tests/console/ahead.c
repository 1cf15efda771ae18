/* Keys typed ahead of an answer of the database, in the real program: a form before its case has
 * come, a list that was asked for, what comes behind F10. Prints TAP. */
#include "tests/lib/person.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Part of the name of a customer of clerk01's that few others have. */
static void some_name(char *name, size_t capacity)
{
    snprintf(
        name, capacity, "%s",
        stage_sql("SELECT left(c.name, 3) FROM bank.customer c JOIN bank.staff s ON "
                  "s.login = 'clerk01' JOIN bank.unit u ON u.unit_id = s.unit_id WHERE c.unit_id "
                  "BETWEEN u.low AND u.high AND NOT c.restricted AND c.kind = 'person' AND NOT "
                  "EXISTS (SELECT FROM bank.staff o WHERE o.customer_id = c.customer_id) "
                  "ORDER BY c.customer_id LIMIT 1"));
}

static long backend_of(const char *login)
{
    char text[200];
    snprintf(text, sizeof text,
             "SELECT pid FROM pg_stat_activity WHERE usename = '%s' AND backend_type = "
             "'client backend'",
             login);
    return atol(stage_sql(text));
}

static void halt(long backend, const char *how)
{
    char command[64];
    snprintf(command, sizeof command, "kill -%s %ld", how, backend);
    stage_line(command);
}

/* Keys typed before the case has come count; nothing that was typed is lost when it comes. */
static void ahead(void)
{
    char text[256];
    long id = person_case("'B02'", "'C07'", "Ahead");
    person_takes(id);
    struct pty *pty = person_start_at("clerk01", "cmp mine", id);
    long backend = backend_of("clerk01");
    halt(backend, "STOP");
    pty_type(pty, "r");
    stage_ok(backend > 1 && pty_wait_text(pty, "Reading…", WAIT) &&
                 pty_wait_text(pty, "*Answer", WAIT),
             "an answer can be begun before the case has come");
    pty_type(pty, "typed ahead");
    pty_keys(pty, "F10", NULL);
    pty_wait_text(pty, "typed ahead", WAIT);
    halt(backend, "CONT");
    stage_ok(pty_wait_text(pty, "The answer is on its way.", WAIT), "and is sent when it has");
    snprintf(text, sizeof text,
             "SELECT count(*) FROM bank.outbox WHERE case_id = %ld AND body LIKE '%%typed ahead%%'",
             id);
    stage_ok(!strcmp(stage_sql(text), "1"), "with what was typed meanwhile");
    pty_type(pty, "r");
    pty_wait_text(pty, "*Answer", WAIT);
    pty_keys(pty, "Ctrl-D", NULL);
    stage_ok(pty_wait_text(pty, "typed ahead", WAIT), "Ctrl-D puts what was sent last there again");
    pty_free(pty);
}

/* While the list of a field has not come, what is typed is for the list, not for the field. */
static void listed_ahead(void)
{
    char name[64], shown[96];
    some_name(name, sizeof name);
    struct pty *pty = person_start("clerk01", "cnew");
    long backend = backend_of("clerk01");
    pty_wait_text(pty, "Customer", WAIT);
    halt(backend, "STOP");
    pty_keys(pty, "F4", NULL);
    pty_type(pty, name);
    pty_keys(pty, "Enter", "Tab", NULL);
    pty_type(pty, "behind the list");
    stage_ok(pty_wait_text(pty, "Keys that wait: 20", WAIT) && !pty_has(pty, "behind the list"),
             "keys behind F4 wait for the list that was asked for");
    halt(backend, "CONT");
    snprintf(shown, sizeof shown, "  %s", name);
    stage_ok(pty_wait_text(pty, "behind the list", WAIT) && pty_wait_text(pty, shown, WAIT) &&
                 pty_wait_gone(pty, "Search: ", WAIT),
             "then they search in it, choose, and go on in the next field");
    pty_keys(pty, "Shift-Tab", NULL);
    halt(backend, "STOP");
    pty_keys(pty, "F4", NULL);
    pty_type(pty, "xyz");
    pty_wait_text(pty, "Keys that wait: 3", WAIT);
    pty_keys(pty, "Esc", NULL);
    stage_ok(pty_wait_gone(pty, "Keys that wait", WAIT) && pty_wait_text(pty, shown, WAIT),
             "Esc gives the list up, the form stays");
    halt(backend, "CONT");
    pty_keys(pty, "F4", NULL);
    stage_ok(pty_wait_text(pty, "Search: ", WAIT), "and asks for it again when F4 is pressed anew");
    pty_free(pty);
}

/* Behind F10: what is typed is for the screen that comes next. */
static void sent_ahead(void)
{
    long id = person_case("'B02'", "'C07'", "Sent ahead");
    person_takes(id);
    struct pty *pty = person_start_at("clerk01", "cmp mine", id);
    long backend = backend_of("clerk01");
    pty_type(pty, "r");
    pty_wait_text(pty, "*Answer", WAIT);
    pty_type(pty, "the answer");
    pty_wait_text(pty, "the answer", WAIT);
    pty_wait_gone(pty, "Reading…", WAIT);
    halt(backend, "STOP");
    pty_keys(pty, "F10", NULL);
    pty_type(pty, "\rrmore of it");
    stage_ok(pty_wait_text(pty, "Keys that wait: 12", WAIT), "keys behind F10 wait for the answer");
    halt(backend, "CONT");
    stage_ok(pty_wait_text(pty, ": more of it", WAIT) && pty_wait_text(pty, "*Answer", WAIT),
             "and are carried out on the list and the case, in their order");
    pty_free(pty);
}

/* F4 on an empty field: what is typed in the list is looked for. */
static void found(void)
{
    char name[64];
    some_name(name, sizeof name);
    struct pty *pty = person_start("clerk01", "cnew");
    pty_keys(pty, "F4", NULL);
    stage_ok(pty_wait_text(pty, "Type what you look for.", WAIT), "a list that waits to be asked");
    pty_type(pty, name);
    stage_ok(pty_wait_gone(pty, "Nothing has this text.", WAIT) &&
                 pty_wait_gone(pty, "Type what you look for.", WAIT),
             "finds while one types");
    pty_settle(pty, 300, 3000);
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_gone(pty, "Search: ", WAIT) && pty_wait_text(pty, name, WAIT),
             "and what is chosen stands in the field");
    pty_free(pty);
}

int main(void)
{
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin("golden"))
        return stage_end();
    ahead();
    listed_ahead();
    sent_ahead();
    found();
    return stage_end();
}
