/* Long work beside the console: a lane is matched by all its rules while every key stays alive.
 * Prints TAP. */
#include "tests/lib/pty.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WAIT = 10000 };

static int number(const char *text)
{
    const char *line = stage_sql(text);
    return *line ? atoi(line) : -1;
}

/* Asks until it holds: `tries` looks of a server that needs a few ms for each. */
static bool becomes(const char *text, int wanted)
{
    for (int tries = 0; tries < 600; tries++) {
        if (number(text) == wanted)
            return true;
        usleep(20000);
    }
    return false;
}

static struct pty *start_as(const char *login, const char *screen)
{
    static char config[1100];
    const char *argv[] = {stage_program, "console",  "--as", login, "--language",
                          "en",          "--screen", screen, NULL};
    const char *environment[] = {config, "BANKOPS_LANGUAGE_SET=1", "PGUSER", NULL};
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/config", getenv("BANKOPS_FIXTURE"));
    return pty_start(24, 80, argv, environment);
}

static struct pty *start(const char *screen)
{
    return start_as("clerk01", screen);
}

/* A pair whose references differ in punctuation, which the rule of exact references does not see.
 */
static void add_pair(const char *reference, const char *other)
{
    char text[1536];
    snprintf(text, sizeof text,
             "WITH a AS (SELECT a.* FROM bank.recon_account a JOIN bank.recon_lane USING (lane_id) "
             "WHERE code = 'CLEARING'), "
             "i AS (INSERT INTO bank.recon_item (account_id, unit_id, side, amount, currency, "
             "value_date, day, reference, fingerprint) SELECT account_id, unit_id, side, amount, "
             "'CNY', '2026-06-15', '2026-06-15', r, gen_random_uuid() FROM a, (VALUES ('L', 777, "
             "'%s'), ('S', -777, '%s')) v (side, amount, r) RETURNING *) "
             "INSERT INTO bank.recon_open SELECT account_id, item_id, side, amount, currency, "
             "value_date, day, bank.recon_key(reference) FROM i",
             reference, other);
    number(text);
}

static const char runs[] = "SELECT count(*) FROM bank.recon_run r JOIN bank.recon_lane USING "
                           "(lane_id) WHERE code = 'CLEARING'";
static const char running[] = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'clerk01' AND "
                              "query LIKE '%run_begin%' AND wait_event_type = 'Lock'";

/* Somebody else has the lane: the run waits, the keys do not. */
static void waits_and_stops(void)
{
    int before = number(runs);
    FILE *other = popen("psql -XqAt", "we");
    fprintf(other, "BEGIN;\nSELECT 1 FROM bank.recon_lane WHERE code = 'CLEARING' FOR UPDATE;\n");
    fflush(other);
    stage_ok(becomes("SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE "
                     "c.relname = 'recon_lane' AND l.mode = 'RowShareLock' AND granted",
                     1),
             "the lane is in other hands");
    struct pty *pty = start("rec");
    pty_wait_text(pty, "CLEARING", WAIT);
    pty_keys(pty, "Home", NULL);
    pty_type(pty, "r");
    stage_ok(pty_wait_text(pty, "waiting for the lane", WAIT) && becomes(running, 1),
             "a run that waits says so");
    pty_keys(pty, "F1", NULL);
    stage_ok(pty_wait_text(pty, "how much is matched", WAIT), "help opens meanwhile");
    pty_keys(pty, "Esc", NULL);
    pty_wait_gone(pty, "how much is matched", WAIT);
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "Open breaks of the lane", WAIT), "and so does another screen");
    pty_type(pty, "r");
    pty_settle(pty, 200, WAIT);
    pty_keys(pty, "Ctrl-C", NULL);
    stage_ok(pty_wait_text(pty, "was stopped", WAIT) && becomes(running, 0), "Ctrl-C stops it");
    fprintf(other, "ROLLBACK;\n");
    pclose(other);
    stage_ok(number(runs) == before, "nothing of it is kept");
    pty_free(pty);
}

static void matches_by_all_rules(void)
{
    int before = number(runs);
    add_pair("REFWORK20260615001", "WORK-2026 0615001");
    struct pty *pty = start("rec");
    pty_wait_text(pty, "CLEARING", WAIT);
    pty_keys(pty, "Home", NULL);
    pty_type(pty, "r");
    stage_ok(pty_wait_text(pty, "1 matched", WAIT), "the result comes in a box");
    stage_ok(pty_wait_text(pty, "Reference equal but for its writing: 1 confirmed", WAIT),
             "and names the rule, which is not that of exact references");
    stage_ok(number(runs) == before + 1, "the run is kept");
    pty_keys(pty, "Enter", NULL);
    pty_free(pty);
}

static void outlives_the_console(void)
{
    int before = number(runs), status = -1;
    struct pty *pty = start("rec");
    pty_wait_text(pty, "CLEARING", WAIT);
    pty_keys(pty, "Home", NULL);
    pty_type(pty, "r");
    pty_keys(pty, "Ctrl-Q", NULL);
    stage_ok(pty_wait_exit(pty, &status, WAIT) && status == 0, "the program can be left at once");
    stage_ok(becomes(runs, before + 1), "and the run goes on to its end");
    pty_free(pty);
}

static void asks_for_many(void)
{
    int before = number("SELECT count(*) FROM bank.recon_run");
    struct pty *pty = start("rec");
    pty_wait_text(pty, "CLEARING", WAIT);
    pty_keys(pty, "Home", NULL);
    pty_type(pty, "  r");
    stage_ok(pty_wait_text(pty, "y = yes", WAIT), "several lanes are asked for once");
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "NOSTRO-EUR up to", WAIT) &&
                 pty_wait_text(pty, "CLEARING up to", WAIT),
             "and reported one after the other");
    stage_ok(number("SELECT count(*) FROM bank.recon_run") == before + 2, "each has its run");
    pty_free(pty);
}

/* The rule set's version in work is tried on a lane without leaving the console. */
static void tries_a_draft(void)
{
    number("WITH d AS (INSERT INTO bank.recon_rule_set (name, version, spec, status, note, "
           "created_by) SELECT name, 99, replace(spec, '\"confirm\"', '\"suggest\"'), 'draft', "
           "'trial', 'super01' FROM bank.recon_rule_set WHERE status = 'approved' LIMIT 1 "
           "RETURNING 1) SELECT count(*) FROM d");
    struct pty *pty = start_as("super01", "rules");
    pty_wait_text(pty, "Not tried", WAIT);
    pty_keys(pty, "Home", "Enter", NULL);
    pty_wait_text(pty, "Rule set", WAIT);
    pty_type(pty, "3");
    pty_wait_text(pty, "Lines that differ", WAIT);
    FILE *other = popen("psql -XqAt", "we");
    fprintf(other, "BEGIN;\nUPDATE bank.recon_rule_set SET note = note WHERE version = 99;\n");
    fflush(other);
    becomes("SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE "
            "c.relname = 'recon_rule_set' AND l.mode = 'RowExclusiveLock' AND granted", 1);
    pty_type(pty, "T");
    pty_wait_text(pty, "F10 = done", WAIT);
    pty_type(pty, "CLEARING");
    pty_keys(pty, "F10", NULL);
    pty_wait_text(pty, "Try: CLEARING", WAIT);
    pty_type(pty, ":rec");
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "NOSTRO", WAIT);
    fprintf(other, "ROLLBACK;\n");
    pclose(other);
    stage_ok(pty_wait_text(pty, "version 99 tried on", WAIT), "a draft is tried while people work on");
    pty_keys(pty, "F12", NULL);
    stage_ok(pty_wait_text(pty, "Confirmed before", WAIT), "its figures stand on the page behind");
    stage_ok(number("SELECT (count(*) > 0 AND bool_and(abs(i.amount) = abs((e ->> 'amount')::bigint)))"
                    "::int FROM bank.recon_rule_set s, jsonb_array_elements(s.trial -> 'examples') e "
                    "LEFT JOIN bank.recon_item i ON i.item_id = substr(e ->> 'reference', 3)::bigint "
                    "WHERE s.version = 99") == 1,
             "and so do the lines that differ");
    pty_free(pty);
}

int main(void)
{
    if (!stage_begin("golden"))
        return stage_end();
    waits_and_stops();
    matches_by_all_rules();
    outlives_the_console();
    asks_for_many();
    tries_a_draft();
    return stage_end();
}
