/* Routing kept on the screen: a rule is added, a person is changed without losing what else is said
 * of him, and the next complaint goes to who can do it. Prints TAP. */
#include "tests/lib/person.h"
#include "tests/lib/pty.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <string.h>

/* Rule 45: bank cards, to the cards team, to somebody with a skill that nobody has. */
static void adds_a_rule(void)
{
    struct pty *pty = person_start("admin01", "rou");
    pty_wait_text(pty, "Bank card", WAIT);
    pty_keys(pty, "F6", NULL);
    stage_ok(pty_wait_text(pty, "*Order", WAIT), "F6 opens an empty rule");
    pty_wait_text(pty, "0/19", WAIT);
    pty_type(pty, "45000");
    pty_keys(pty, "Tab", "Right", "Right", NULL);
    pty_wait_text(pty, ": Bank card", WAIT);
    pty_keys(pty, "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", NULL);
    pty_keys(pty, "Right", "Right", "Right", "Right", "Right", "Right", NULL);
    pty_wait_text(pty, ": Cards", WAIT);
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "card_fee");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "Card fees");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "x");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "! The order is no number of a type", WAIT) &&
                 pty_wait_text(pty, "complaint 1-999", WAIT),
             "what is wrong stands at its field, what to do below");
    pty_keys(pty, "Ctrl-U", NULL);
    pty_type(pty, "45");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "nobody of this team has the skill yet", WAIT),
             "that nobody can do it is said when it is saved");
    pty_free(pty);
    long id = person_case("'B02'", "'C07'", "Nobody");
    stage_ok(!strcmp(person_case_field(id, "queue || (owner_id IS NULL)"), "cardtrue"),
             "then a case waits for the team");
}

/* Who gets a skill keeps his absence, who goes away his skills: each form shows what stands. */
static void changes_a_person(void)
{
    static const char what[] = "SELECT capacity || ' ' || skills || ' ' || coalesce(away_why, '-') "
                               "FROM api.route_staff WHERE login = 'clerk01'";
    static const char owner[] = "(SELECT s.login FROM bank.staff s WHERE s.staff_id = f.owner_id)";
    struct pty *pty = person_start("super01", "rst");
    pty_wait_text(pty, "clerk01", WAIT);
    pty_keys(pty, "Home", NULL);
    pty_type(pty, "E");
    stage_ok(pty_wait_text(pty, "*Open cases at most: 40", WAIT),
             "the form shows how much a person carries");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "card_fee en");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "work is saved", WAIT), "skills are given");
    stage_ok(!strcmp(person_sql("super01", what), "40 card_fee en -"), "the number stays");
    long id = person_case("'B02'", "'C07'", "Skilled");
    stage_ok(!strcmp(person_case_field(id, owner), "clerk01"),
             "the next case goes to the one who can do it");
    pty_type(pty, "E");
    stage_ok(pty_wait_text(pty, "card_fee en", WAIT), "the form shows the skills");
    pty_keys(pty, "Tab", "Tab", NULL);
    pty_type(pty, stage_sql("SELECT bank.local_day(now())"));
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, stage_sql("SELECT bank.local_day(now()) + 1"));
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "course");
    pty_keys(pty, "F10", NULL);
    pty_wait_text(pty, "work is saved", WAIT);
    stage_ok(!strcmp(person_sql("super01", what), "40 card_fee en course"),
             "who goes away keeps the skills");
    id = person_case("'B02'", "'C07'", "Absent");
    stage_ok(!strcmp(person_case_field(id, "owner_id IS NULL"), "t"), "and gets nothing meanwhile");
    pty_free(pty);
}

int main(void)
{
    if (!stage_begin("golden"))
        return stage_end();
    adds_a_rule();
    changes_a_person();
    return stage_end();
}
