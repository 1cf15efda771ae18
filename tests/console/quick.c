/* Complaints answered in the real program with few keys: found, taken down, classified by a
 * digit that takes what the machine or a service suggests. Prints TAP. */
#include "tests/lib/person.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MOST = 25 };

static int keys;

static void press(struct pty *pty, const char *characters)
{
    keys += (int)strlen(characters);
    pty_type(pty, characters);
}

static void press_key(struct pty *pty, const char *key)
{
    keys++;
    pty_keys(pty, key, NULL);
}

/* A pair that a service names, as the worker stores it. */
static void opine(long id)
{
    char text[512];
    snprintf(text, sizeof text,
             "INSERT INTO bank.opinion_call (customer_id, case_id, unit_id, day, state) SELECT "
             "customer_id, case_id, unit_id, '2000-01-01', 'answered' FROM bank.case_file WHERE "
             "case_id = %ld",
             id);
    stage_sql(text);
    snprintf(text, sizeof text,
             "INSERT INTO bank.prediction (customer_id, case_id, unit_id, service, business, reason, "
             "confidence, threshold, decision) SELECT customer_id, case_id, unit_id, 'judge-1', "
             "'{B05}', '{C06}', '{0.7}', 1, 'advice' FROM bank.case_file WHERE case_id = %ld",
             id);
    stage_sql(text);
}

/* A complaint that the machine asks about. */
static long asked_about(const char *subject)
{
    char text[512];
    long id = person_case("NULL", "NULL", subject);
    stage_sql("INSERT INTO bank.model (state, examples, corrections, threshold, held, hits, top3, "
              "auto, auto_hits, calibration) SELECT 'active', 1, 0, 0.8, 0, 0, 0, 0, 0, 0 WHERE NOT "
              "EXISTS (SELECT FROM bank.model WHERE state = 'active')");
    snprintf(text, sizeof text,
             "WITH f AS (UPDATE bank.case_file SET queue = 'triage' WHERE case_id = %ld RETURNING *) "
             "INSERT INTO bank.prediction (customer_id, case_id, unit_id, model_id, business, reason, "
             "confidence, threshold, decision) SELECT f.customer_id, f.case_id, f.unit_id, m.model_id, "
             "'{B02,B01,B03}', '{C07,C07,C03}', '{0.5,0.3,0.1}', 0.8, 'asked' FROM f, bank.model m "
             "WHERE m.state = 'active'",
             id);
    stage_sql(text);
    return id;
}

/* Presses the key until the case is classified: what has just changed is not taken at once. */
static bool presses_until(struct pty *pty, const char *key, const char *text)
{
    bool done = false;
    for (int i = 0; i < 20 && !done; i++) {
        pty_type(pty, key);
        done = pty_wait_text(pty, text, 700);
    }
    return done;
}

/* From the home menu: find, look, classify, take, answer. The machine may have classified it. */
static void simple(void)
{
    char number[32], text[256];
    long id = person_case("NULL", "NULL", "Twice charged");
    snprintf(number, sizeof number, "T%09ld", id);
    struct pty *pty = person_start("clerk01", "home");
    press(pty, ":cmp\r");
    pty_wait_text(pty, number, WAIT);
    press_key(pty, "End");
    press(pty, "\r");
    stage_ok(pty_wait_text(pty, "Complaint · T", WAIT) && pty_wait_text(pty, number, WAIT),
             "the case opens");
    if (!pty_wait_text(pty, "In queue", 5000)) {
        press(pty, "c");
        pty_wait_text(pty, "Classify the complaint", WAIT);
        press(pty, "b\rpr");
        press_key(pty, "F10");
    }
    stage_ok(pty_wait_text(pty, "In queue", WAIT), "classified, it is in its queue");
    press(pty, "t");
    stage_ok(pty_wait_text(pty, "The case is yours.", WAIT), "taken");
    press(pty, "r");
    pty_wait_text(pty, "*Answer", WAIT);
    pty_type(pty, "We have paid the fee back.");
    press_key(pty, "F10");
    stage_ok(pty_wait_text(pty, "The answer is on its way.", WAIT), "and answered");
    printf("# %d keys\n", keys);
    stage_ok(keys <= KEYS_MOST, "with at most 25 keys besides the text");
    pty_settle(pty, 300, 3000);
    snprintf(text, sizeof text, "%s",
             person_sql("super01",
                        "SELECT keystrokes FROM api.task_timing_summary WHERE task = 'complaint'"));
    stage_ok(atoi(text) == keys, "which is what the timing of the console says");
    if (atoi(text) != keys)
        printf("# timing: %s\n", text);
    stage_ok(
        atoi(person_sql("super01", "SELECT median_ms FROM api.task_timing_summary WHERE task = "
                                   "'complaint'")) <= 30000,
        "and within 30 seconds");
    pty_free(pty);
}

/* Taking one down: what is said in running words is text, in one line or in many. */
static void taken_down(void)
{
    struct pty *pty = person_start("clerk01", "home");
    pty_wait_text(pty, ":cmp", WAIT);
    keys = 0;
    press(pty, ":cnew\r");
    pty_wait_text(pty, "*Subject", WAIT);
    press_key(pty, "Tab");
    pty_type(pty, "The machine at the station kept the card of the caller");
    press_key(pty, "Tab");
    pty_type(pty, "He put it in and it did not come out again.");
    press_key(pty, "F10");
    stage_ok(pty_wait_text(pty, "Complaint · T", WAIT), "a complaint is taken down");
    pty_settle(pty, 300, 3000);
    int counted = atoi(stage_sql("SELECT keystrokes FROM bank.task_timing WHERE task = 'case-new' "
                                 "ORDER BY at DESC LIMIT 1"));
    stage_ok(counted == keys, "and only the keys besides the text are counted");
    if (counted != keys)
        printf("# %d keys, timing: %d\n", keys, counted);
    pty_free(pty);
}

/* What the machine asks about: chosen by its digit, routed, taken and answered, in either language. */
static void answered_by_digits(bool chinese)
{
    char number[32];
    long id = asked_about(chinese ? "Digits" : "Digits too");
    opine(id);
    snprintf(number, sizeof number, "T%09ld", id);
    struct pty *pty = person_start("clerk01", "home");
    pty_wait_text(pty, ":cmp", WAIT);
    pty_type(pty, chinese ? ":language zh\r" : ":language en\r");
    pty_wait_text(pty, chinese ? "投诉工单" : "Complaints", WAIT);
    keys = 0;
    press(pty, ":cmp new\r");
    pty_wait_text(pty, number, WAIT);
    press_key(pty, "End");
    press(pty, "\r");
    stage_ok(pty_wait_text(pty, number, WAIT) && pty_wait_text(pty, "70.0%", WAIT) &&
                 pty_wait_text(pty, "judge-1", WAIT) && pty_wait_text(pty, "我的信用卡年费", WAIT),
             "all that the choice needs is on one screen of 80x24");
    press(pty, "3");
    stage_ok(pty_wait_text(pty, chinese ? "待受理" : "In queue", WAIT), "3 classifies and routes");
    press(pty, "t");
    stage_ok(pty_wait_text(pty, chinese ? "工单已归您办理" : "The case is yours.", WAIT), "taken");
    press(pty, "r");
    pty_wait_text(pty, chinese ? "*答复内容" : "*Answer", WAIT);
    pty_type(pty, "We have paid the fee back.");
    press_key(pty, "F10");
    stage_ok(pty_wait_text(pty, chinese ? "答复已发出" : "The answer is on its way.", WAIT),
             "and answered");
    printf("# %d keys\n", keys);
    stage_ok(keys <= KEYS_MOST, "with at most 25 keys besides the text");
    pty_settle(pty, 300, 3000);
    stage_ok(atoi(person_sql("super01", "SELECT median_ms FROM api.task_timing_summary WHERE task = "
                                        "'complaint'")) <= 30000,
             "and within 30 seconds, as the console measures it");
    pty_type(pty, ":language en\r");
    pty_wait_text(pty, "Complaint · T", WAIT);
    pty_free(pty);
}

/* The three suggestions with their sources; a key that means another pair by now takes nothing. */
static void chosen(void)
{
    long id = asked_about("Chosen");
    struct pty *pty = person_start_at("clerk01", "cmp open", id);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Complaint · T", WAIT);
    stage_ok(pty_wait_text(pty, "1, 2 or 3 takes one", WAIT) && pty_wait_text(pty, "10.0%", WAIT) &&
                 pty_wait_text(pty, "model ", WAIT),
             "three suggestions stand in the pane, each with its source");
    opine(id);
    pty_type(pty, "3");
    stage_ok(pty_wait_text(pty, "Another suggestion has this key by now.", WAIT),
             "the key of what a second opinion took the place of is refused");
    stage_ok(pty_wait_text(pty, "judge-1", WAIT) && pty_wait_text(pty, "70.0%", WAIT) &&
                 pty_wait_gone(pty, "10.0%", WAIT),
             "the opinion stands third, under the name of the service");
    stage_ok(!strcmp(person_case_field(id, "stage"), "registered"), "nothing is classified");
    pty_keys(pty, "Escape", NULL);
    stage_ok(presses_until(pty, "3", "The case is classified.") &&
                 !strcmp(person_case_field(id, "business || reason"), "B05C06"),
             "its key takes it");
    stage_ok(pty_wait_gone(pty, "takes one", WAIT) && pty_wait_text(pty, "Classified by", WAIT),
             "then the pane says who classified it");
    pty_free(pty);
    id = asked_about("Chosen too");
    opine(id);
    pty = person_start_at("clerk01", "cmp open", id);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Complaint · T", WAIT);
    pty_type(pty, ":language zh\r");
    stage_ok(pty_wait_text(pty, "按 1、2、3 采纳", WAIT) && pty_wait_text(pty, "judge-1", WAIT) &&
                 pty_wait_text(pty, "模型 ", WAIT),
             "in Chinese, too");
    stage_ok(presses_until(pty, "1", "工单已分类") &&
                 !strcmp(person_case_field(id, "business || reason"), "B02C07"),
             "the first key takes the first");
    pty_type(pty, ":language en\r");
    pty_wait_text(pty, "Complaint · T", WAIT);
    pty_free(pty);
}

/* Suggestions that changed under the finger: a key pressed as they change takes none. Each try is
 * with a case of its own, because a machine that stands still for half a second lets the person see
 * them. */
static void changed(void)
{
    bool refused = false;
    char stage[64] = "";
    for (int i = 0; i < 5 && !refused; i++) {
        long id = asked_about("Changed under the finger");
        struct pty *pty = person_start_at("clerk01", "cmp open", id);
        pty_keys(pty, "Enter", NULL);
        pty_wait_text(pty, "10.0%", WAIT);
        pty_settle(pty, 100, 2000);
        opine(id);
        pty_keys(pty, "F5", NULL);
        pty_wait_text(pty, "judge-1", WAIT);
        pty_type(pty, "3");
        refused = pty_wait_text(pty, "has just changed", 3000);
        snprintf(stage, sizeof stage, "%s", person_case_field(id, "stage"));
        pty_free(pty);
    }
    stage_ok(refused && !strcmp(stage, "registered"),
             "a key pressed as the suggestions change takes none of them");
}

int main(void)
{
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin("golden"))
        return stage_end();
    simple();
    taken_down();
    answered_by_digits(false);
    answered_by_digits(true);
    chosen();
    changed();
    return stage_end();
}
