/* What else happens to a complaint, in the real program: pauses, people, redress, more time,
 * causes, call back, re-check, messages that could not be sent. Prints TAP. */
#include "tests/lib/person.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char customers[] =
    "SELECT c.customer_id FROM bank.customer c, bank.staff s JOIN bank.unit u ON u.unit_id = "
    "s.unit_id "
    "WHERE s.login = 'clerk01' AND c.unit_id BETWEEN u.low AND u.high AND NOT c.restricted AND "
    "c.customer_id > 0 AND NOT EXISTS (SELECT FROM bank.staff o WHERE o.customer_id = "
    "c.customer_id) "
    "AND NOT EXISTS (SELECT FROM bank.case_file f WHERE f.customer_id = c.customer_id) AND EXISTS "
    "(SELECT FROM bank.account a WHERE a.customer_id = c.customer_id AND a.status = 'open') AND "
    "NOT "
    "EXISTS (SELECT FROM bank.member m JOIN bank.tier_def d USING (tier) WHERE m.customer_id = "
    "c.customer_id AND d.rank > 2) ORDER BY 1 LIMIT 1";

/* A complaint of a customer of clerk01's, who has taken it. Answers its id. */
static long open_case(const char *subject, const char *level)
{
    char text[1024], customer[32];
    snprintf(customer, sizeof customer, "%s", stage_sql(customers));
    snprintf(text, sizeof text,
             "SELECT (api.case_open(%s, 'A032', 'B02', 'C07', '%s', 'The fee was taken twice.', "
             "p_level => '%s', "
             "p_request => gen_random_uuid())).id",
             customer, subject, level);
    long id = atol(person_sql("clerk01", text));
    snprintf(text, sizeof text,
             "SELECT (api.case_take(customer_id, case_id, version, gen_random_uuid())).status FROM "
             "api.case_list WHERE lane = 'all' AND case_id = %ld",
             id);
    person_sql("clerk01", text);
    snprintf(text, sizeof text,
             "SELECT (api.case_check(k.customer_id, k.case_id, k.item, true, "
             "gen_random_uuid())).status FROM "
             "api.case_list f, api.case_checklist(f.customer_id, f.case_id) k WHERE lane = 'all' "
             "AND f.case_id = %ld",
             id);
    person_sql("clerk01", text);
    return id;
}

/* The case opened by its number. */
static struct pty *open_at(const char *login, long id)
{
    char command[64], number[32];
    snprintf(command, sizeof command, "cmp T%09ld", id);
    snprintf(number, sizeof number, "Complaint · T%09ld", id);
    struct pty *pty = person_start(login, command);
    pty_wait_text(pty, number, WAIT);
    pty_wait_text(pty, "Received", WAIT);
    return pty;
}

/* An inbox with the cursor on the case: the key, the form as it stands, the question. */
static void decide(const char *screen, const char *key, const char *form, const char *question,
                   const char *said, long id)
{
    char number[32];
    struct pty *pty = person_start("super01", screen);
    snprintf(number, sizeof number, "T%09ld", id);
    pty_wait_text(pty, number, WAIT);
    pty_type(pty, key);
    pty_wait_text(pty, form, WAIT);
    pty_keys(pty, "F10", NULL);
    pty_wait_text(pty, question, WAIT);
    stage_ok(pty_wait_text(pty, number, WAIT), "the question names the case");
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, said, WAIT), said);
    pty_free(pty);
}

static long worked;

/* It waits: for the customer the law runs on, for an expert it does not. */
static void pauses(void)
{
    long id = worked = open_case("Pauses", "complex");
    struct pty *pty = open_at("clerk01", id);
    pty_type(pty, "w");
    pty_wait_text(pty, "*Why", WAIT);
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "papers");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The case waits; the statutory clock runs on.", WAIT),
             "waiting for the customer does not stop the law");
    pty_wait_text(pty, "Paused", WAIT);
    pty_type(pty, "W");
    stage_ok(pty_wait_text(pty, "its clocks run", WAIT), "it is worked on again");
    pty_wait_gone(pty, "Paused", WAIT);
    pty_type(pty, "w");
    pty_wait_text(pty, "*Why", WAIT);
    pty_keys(pty, "Left", "Tab", NULL);
    pty_type(pty, "handwriting");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "the statutory clock stands still", WAIT),
             "an outside examination does");
    stage_ok(
        !strcmp(person_case_field(
                    id, "(SELECT waits_for FROM bank.case_pause p WHERE p.case_id = f.case_id AND "
                        "ended_at IS NULL)"),
                "appraisal"),
        "for whom it waits is kept");
    pty_wait_text(pty, "Paused", WAIT);
    pty_type(pty, "2");
    stage_ok(pty_wait_text(pty, "Outside", WAIT), "and stands in the history in one language");
    stage_ok(!pty_has(pty, "外部鉴定"), "not in both");
    pty_type(pty, "1W");
    pty_wait_text(pty, "its clocks run", WAIT);
    pty_type(pty, "m");
    pty_wait_text(pty, "*Note", WAIT);
    pty_type(pty, "asked again");
    pty_keys(pty, "F10", NULL);
    pty_wait_text(pty, "The note is kept.", WAIT);
    pty_type(pty, "2");
    stage_ok(pty_wait_text(pty, "asked again", WAIT), "and begins with what was done last");
    pty_free(pty);
}

/* What is refused comes back as it was entered, with the reason at its field. */
static void party(void)
{
    struct pty *pty = open_at("clerk01", worked);
    pty_type(pty, "N");
    pty_wait_text(pty, "*Name", WAIT);
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "Li Lei");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "13912345678");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "! An agent needs a power of attorney.", WAIT),
             "an agent has a power of attorney");
    stage_ok(pty_wait_text(pty, "Li Lei", WAIT) && pty_wait_text(pty, "13912345678", WAIT),
             "what was entered is still there");
    pty_type(pty, "No. 7");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The party is added.", WAIT), "and can be completed");
    pty_type(pty, "3");
    stage_ok(pty_wait_text(pty, "139****5678", WAIT), "the people of a case are masked");
    pty_free(pty);
}

static void entries(void)
{
    struct pty *pty = open_at("clerk01", worked);
    pty_type(pty, "r");
    pty_wait_text(pty, "*Answer", WAIT);
    pty_type(pty, "half an answer");
    pty_keys(pty, "F12", NULL);
    stage_ok(pty_wait_text(pty, "Not sent.", WAIT), "who leaves a form with entries is told");
    pty_type(pty, "]");
    stage_ok(pty_wait_text(pty, "half an answer", WAIT), "and finds them there");
    pty_keys(pty, "F12", NULL);
    pty_wait_text(pty, "Not sent.", WAIT);
    pty_type(pty, "r");
    pty_wait_text(pty, "*Answer", WAIT);
    pty_keys(pty, "Ctrl-D", NULL);
    stage_ok(pty_wait_text(pty, "half an answer", WAIT), "or by Ctrl-D in the next one");
    pty_free(pty);
}

static void redress(void)
{
    struct pty *pty = open_at("clerk01", worked);
    pty_type(pty, "L");
    pty_wait_text(pty, "Amount", WAIT);
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "84");
    pty_keys(pty, "Tab", "F4", NULL);
    pty_wait_text(pty, "type to search", WAIT);
    pty_keys(pty, "Enter", NULL);
    pty_wait_gone(pty, "type to search", WAIT);
    pty_keys(pty, "Tab", "Tab", NULL);
    pty_type(pty, "fee");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The redress waits for approval.", WAIT), "redress is asked for");
    pty_free(pty);
    decide("red", "P", "Note:", "y = yes", "The redress is approved.", worked);
    stage_ok(
        !strcmp(person_case_field(
                    worked,
                    "(SELECT count(*) FROM bank.case_redress r JOIN bank.account a ON a.number = "
                    "r.account AND a.customer_id = r.customer_id WHERE r.case_id = f.case_id AND "
                    "r.state = 'approved')"),
                "1"),
        "to an account that is the customer's");
}

/* Points are entered, listed and posted as points. */
static void points(void)
{
    struct pty *pty = open_at("clerk01", worked);
    pty_type(pty, "L");
    pty_wait_text(pty, "*Kind", WAIT);
    pty_type(pty, "Poi");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "12");
    pty_keys(pty, "Tab", "Tab", NULL);
    pty_type(pty, "12345");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "trouble");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "Leave the amount empty", WAIT), "points are not also an amount");
    pty_keys(pty, "Ctrl-U", "F10", NULL);
    stage_ok(pty_wait_text(pty, "The redress waits for approval.", WAIT), "points are asked for");
    pty_free(pty);
    pty = person_start("super01", "red");
    stage_ok(pty_wait_text(pty, "12,345", WAIT) && !pty_has(pty, "12,345.00"),
             "the list of redress has them as points");
    pty_free(pty);
    decide("red", "P", "Note:", "y = yes", "The redress is approved.", worked);
    stage_ok(!strcmp(person_case_field(worked,
                                       "(SELECT points FROM bank.points_transaction t WHERE "
                                       "t.customer_id = f.customer_id AND t.rule = 'goodwill' AND "
                                       "t.checked_by <> t.staff_id)"),
                     "12345"),
             "approved, they are in the ledger");
}

static void longer(void)
{
    struct pty *pty = open_at("clerk01", worked);
    pty_type(pty, "T");
    pty_wait_text(pty, "Clock    : Statutory", WAIT);
    pty_keys(pty, "Ctrl-U", NULL);
    pty_type(pty, "10");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "An expert.");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The extension waits for approval.", WAIT),
             "ten days more are asked for");
    pty_free(pty);
    decide("ext", "P", "Told by", "y = yes", "The extension is approved and the customer is told.",
           worked);
    stage_ok(
        !strcmp(
            person_case_field(
                worked,
                "(SELECT extension FROM bank.case_clock k WHERE k.case_id = f.case_id AND clock = "
                "'statutory' AND stopped_at IS NULL)"),
            "10"),
        "the clock has ten days more");
}

static void cause(void)
{
    struct pty *pty = open_at("clerk01", worked);
    pty_type(pty, "O");
    pty_wait_text(pty, "*What was found", WAIT);
    pty_type(pty, "p");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "posted twice");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "check the run");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "clerk01");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "+14");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The root cause is kept.", WAIT),
             "the root cause, a measure and its day");
    pty_free(pty);
    stage_ok(!strcmp(person_case_field(worked,
                                       "(SELECT due_on - bank.today() FROM bank.case_cause k WHERE "
                                       "k.case_id = f.case_id)"),
                     "14"),
             "in fourteen days");
}

/* What was typed of a file's name is completed when it leaves one. */
static void attach(struct pty *pty)
{
    char path[96], begun[64];
    snprintf(begun, sizeof begun, "/tmp/s%ld-", (long)getpid());
    snprintf(path, sizeof path, "%sa.txt", begun);
    FILE *file = fopen(path, "w");
    if (!file || fputs("paid twice\n", file) < 0 || fclose(file) != 0)
        return;
    pty_type(pty, "f");
    pty_wait_text(pty, "*File", WAIT);
    pty_type(pty, begun);
    pty_wait_text(pty, begun, WAIT);
    pty_keys(pty, "F4", NULL);
    stage_ok(pty_wait_text(pty, path, WAIT), "F4 completes the name of a file");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The file is attached", WAIT), "which is attached");
    remove(path);
}

/* Decided, called back by somebody else, checked again by the unit above. */
static void after(void)
{
    struct pty *pty = open_at("clerk01", worked);
    pty_type(pty, "L");
    pty_wait_text(pty, "*Kind", WAIT);
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "1500000");
    pty_keys(pty, "Tab", "Tab", "Tab", NULL);
    pty_type(pty, "too much");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "(1,500,000.00 > 1,000,000.00)", WAIT),
             "what nobody may approve is refused in money");
    stage_ok(pty_wait_gone(pty, "Working…", WAIT), "nothing is said to be under way any more");
    pty_keys(pty, "Esc", NULL);
    pty_wait_gone(pty, "*Kind", WAIT);
    attach(pty);
    pty_type(pty, "d");
    pty_wait_text(pty, "*Decision", WAIT);
    pty_type(pty, "Nothing is paid.");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The case is resolved.", WAIT), "decided");
    pty_wait_text(pty, "Closed", WAIT);
    pty_type(pty, "S");
    stage_ok(pty_wait_text(pty, "Not possible now: Call back is \"for a colleague\".", WAIT),
             "not called back by the owner, who sees it at once");
    pty_type(pty, "K");
    pty_wait_text(pty, "What the customer asks", WAIT);
    pty_type(pty, "Look again.");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "A superior unit checks the decision again.", WAIT),
             "a re-check is asked for");
    stage_ok(pty_wait_text(pty, "Re-check", WAIT), "which has a clock");
    pty_free(pty);
    pty = open_at("super01", worked);
    pty_type(pty, "t");
    stage_ok(pty_wait_text(pty, "The case is yours.", WAIT), "the branch above takes it");
    pty_wait_text(pty, "Owner", WAIT);
    pty_type(pty, "d");
    pty_wait_text(pty, "*Decision", WAIT);
    pty_type(pty, "The fee is paid back.");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The case is resolved.", WAIT), "and decides");
    pty_free(pty);
    pty = open_at("clerk01", worked);
    stage_ok(!strcmp(person_case_field(worked, "stage || ' ' || reopened"), "closed 1"),
             "it is closed again");
    pty_free(pty);
}

/* Somebody who does not say who he is: taken down, and shown. */
static void nobody(void)
{
    struct pty *pty = person_start("clerk01", "cmp");
    pty_keys(pty, "F6", NULL);
    pty_wait_text(pty, "*Subject", WAIT);
    pty_wait_text(pty, "Telephone bank", WAIT);
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "Unnamed");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "Twelve of us paid the fee.");
    pty_wait_text(pty, "Twelve of us", WAIT);
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "Complaint · T", WAIT) && pty_wait_text(pty, "Received", WAIT) &&
                 pty_wait_text(pty, "ANON", WAIT),
             "an anonymous complaint is taken down and shown");
    pty_free(pty);
}

/* A message that nobody could send goes out again from the list. */
static void dead(void)
{
    char text[512];
    snprintf(text, sizeof text,
             "UPDATE bank.outbox SET status = 'dead', attempts = 8, created_at = now(), error = "
             "'the gateway answered 500' WHERE "
             "case_id = %ld AND kind = 'case_extension'",
             worked);
    stage_sql(text);
    struct pty *pty = person_start("super01", "out");
    stage_ok(pty_wait_text(pty, "Given up", WAIT), "the supervisor sees what could not be sent");
    pty_type(pty, "S");
    stage_ok(pty_wait_gone(pty, "Given up", WAIT), "and sends it once more");
    stage_ok(strcmp(person_case_field(
                        worked,
                        "(SELECT status FROM bank.outbox o WHERE o.case_id = f.case_id AND kind = "
                        "'case_extension')"),
                    "dead") != 0,
             "so that it is tried again");
    pty_free(pty);
}

int main(void)
{
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin("golden"))
        return stage_end();
    pauses();
    party();
    entries();
    redress();
    points();
    longer();
    cause();
    after();
    dead();
    nobody();
    return stage_end();
}
