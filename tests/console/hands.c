/* Whose case it is, seen by others in the real program: what only its owner does is refused at once,
 * forms name the case, the question before a merge names the other one, another unit takes a case
 * over. Prints TAP. */
#include "tests/lib/person.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char name[2][80]; /* of clerk01, English and Chinese */

static void know_names(void)
{
    snprintf(name[0], sizeof name[0], "%s",
             stage_sql("SELECT name_en FROM bank.staff WHERE login = 'clerk01'"));
    snprintf(name[1], sizeof name[1], "%s",
             stage_sql("SELECT name_zh FROM bank.staff WHERE login = 'clerk01'"));
}

/* A colleague learns of it before he writes an answer, not after. */
static void refused_at_once(long id)
{
    char says[160];
    struct pty *pty = person_start_at("rm01", "cmp open", id);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Complaint · ", WAIT);
    pty_wait_text(pty, name[0], WAIT);
    pty_type(pty, "r");
    snprintf(says, sizeof says, "Not possible now: Owner is \"%s\".", name[0]);
    stage_ok(pty_wait_text(pty, says, WAIT),
             "who is not the owner cannot begin an answer, and reads whose it is");
    pty_free(pty);
}

/* The form names the case; its names follow the language, what was typed stays. */
static void form_names(long id)
{
    char number[32];
    snprintf(number, sizeof number, "T%09ld", id);
    struct pty *pty = person_start_at("super01", "cmp open", id);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Complaint · ", WAIT);
    pty_wait_text(pty, name[0], WAIT);
    pty_type(pty, "A");
    stage_ok(pty_wait_text(pty, "Assign the case", WAIT) && pty_wait_text(pty, number, WAIT) &&
                 pty_wait_text(pty, name[0], WAIT),
             "the form says which case it is about and who has it");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "on leave");
    pty_wait_text(pty, "on leave", WAIT);
    pty_keys(pty, "Ctrl-G", NULL);
    pty_type(pty, "language zh\r");
    stage_ok(pty_wait_text(pty, "现处理人", WAIT) && pty_wait_text(pty, name[1], WAIT) &&
                 pty_wait_text(pty, "on leave", WAIT),
             "in the other language with the owner's other name, and what was typed");
    pty_keys(pty, "Ctrl-G", NULL);
    pty_type(pty, "language en\r");
    pty_wait_text(pty, "Owner now", WAIT);
    pty_free(pty);
}

/* A repeat is merged after a question that names both. */
static void merged(long id)
{
    char text[512], says[160], number[32];
    snprintf(number, sizeof number, "T%09ld", id);
    snprintf(text, sizeof text,
             "SELECT (api.case_open(customer_id, 'A032', 'B03', 'C07', 'Said again', 'the fee', "
             "p_request => gen_random_uuid())).id FROM api.case_list WHERE lane = 'all' "
             "AND case_id = %ld",
             id);
    struct pty *pty = person_start_at("super01", "cmp open", id);
    pty_type(pty, "J");
    stage_ok(pty_wait_text(pty, "The open case that it repeats is \"none\"", WAIT),
             "what repeats nothing says so before a question");
    pty_free(pty);
    long again = atol(person_sql("clerk01", text));
    snprintf(text, sizeof text, "UPDATE bank.case_file SET repeat_of = %ld WHERE case_id = %ld", id,
             again);
    stage_sql(text);
    pty = person_start_at("super01", "cmp open", again);
    pty_type(pty, "J");
    snprintf(says, sizeof says, "T%09ld  Into: %s  Handed", again, number);
    stage_ok(pty_wait_text(pty, says, WAIT), "the question before a merge names the other case");
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "The case is merged", WAIT) &&
                 !strcmp(person_case_field(again, "outcome"), "merged"),
             "which it is merged into");
    pty_free(pty);
}

static void handed_over(long id)
{
    struct pty *pty = person_start_at("super01", "cmp open", id);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Complaint · ", WAIT);
    pty_type(pty, "H");
    stage_ok(pty_wait_text(pty, "Unit now", WAIT), "a supervisor hands a case to another unit");
    pty_keys(pty, "F4", NULL);
    pty_wait_text(pty, "open cases", WAIT);
    pty_keys(pty, "Enter", NULL);
    pty_wait_gone(pty, "open cases", WAIT);
    pty_keys(pty, "Tab", "Tab", NULL);
    pty_type(pty, "lives there now");
    pty_wait_text(pty, "lives there now", WAIT);
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The case is at the other unit.", WAIT) &&
                 !strcmp(person_case_field(id, "desk_id IS NOT NULL"), "t"),
             "chosen from those where somebody may see the customer");
    pty_free(pty);
}

/* From the lists too. Another region is refused with who can instead: head office, which takes it. */
static void from_lists(void)
{
    char who[80], region[24];
    long id = person_case("'B02'", "'C07'", "Far away");
    snprintf(who, sizeof who, "%s",
             stage_sql("SELECT s.name_en FROM bank.staff s JOIN bank.unit u USING (unit_id) WHERE "
                       "u.kind = 'head' AND s.role = 'supervisor' AND s.active ORDER BY staff_id"));
    snprintf(region, sizeof region, "%s",
             stage_sql("SELECT u.code FROM bank.unit u WHERE u.kind = 'branch' AND NOT EXISTS "
                       "(SELECT FROM bank.staff s WHERE s.login = 'super01' AND s.scope_id = "
                       "u.unit_id) ORDER BY unit_id LIMIT 1"));
    struct pty *pty = person_start_at("super01", "cmp open", id);
    pty_type(pty, "H");
    stage_ok(pty_wait_text(pty, "Unit now", WAIT) && pty_wait_text(pty, "Far away", WAIT),
             "from the list of complaints, the one under the cursor");
    pty_type(pty, region);
    pty_keys(pty, "Tab", "Tab", NULL);
    pty_type(pty, "happened there");
    pty_wait_text(pty, "happened there", WAIT);
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "That region does not see", WAIT) &&
                 pty_wait_text(pty, who, WAIT),
             "another region is refused, with who can instead");
    pty_keys(pty, "Ctrl-U", NULL);
    stage_ok(pty_wait_gone(pty, region, WAIT) && pty_wait_text(pty, "happened there", WAIT),
             "at the field of the unit it was to go to, where the cursor is then");
    pty_keys(pty, "F12", NULL);
    pty_wait_text(pty, "Show: ", WAIT);
    pty_free(pty);
    pty = person_start_at("super01", "cas open", id);
    pty_type(pty, "H");
    stage_ok(pty_wait_text(pty, "Unit now", WAIT) && pty_wait_text(pty, "Far away", WAIT),
             "from the list of every type, too");
    pty_type(pty, stage_sql("SELECT code FROM bank.unit WHERE kind = 'head'"));
    pty_keys(pty, "Tab", "Tab", NULL);
    pty_type(pty, "happened elsewhere");
    pty_wait_text(pty, "happened elsewhere", WAIT);
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The case is at the other unit.", WAIT) &&
                 !strcmp(person_case_field(id, "queue || (SELECT kind FROM bank.unit u WHERE "
                                               "u.unit_id = f.desk_id)"),
                         "executivehead"),
             "the executive desk of head office takes it");
    pty_free(pty);
}

int main(void)
{
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin("golden"))
        return stage_end();
    know_names();
    long id = person_case("'B02'", "'C07'", "Handed");
    person_takes(id);
    refused_at_once(id);
    form_names(id);
    merged(id);
    handed_over(id);
    from_lists();
    return stage_end();
}
