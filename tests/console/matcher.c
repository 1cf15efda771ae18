/* The two-pane matcher and the approvals in the real program over the demo bank of one fixed day,
 * in every key map. Prints TAP. GENERATE=1 writes the goldens anew. */
#include "tests/lib/pty.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAIT = 10000, PAIRS = 8 };

/* Pairs of lines that no rule matched, due before all others: OURS-n of our book and THEIRS-n of
 * the statement, n.07; the last pair is too large for a clerk alone, and 12.00 less came. */
static void add_pairs(void)
{
    stage_sql(
        "WITH a AS (SELECT * FROM bank.recon_account WHERE currency = 'USD' LIMIT 1), "
        "n AS (SELECT n, CASE n WHEN 8 THEN 900000000 ELSE n * 100 + 7 END AS amount "
        "FROM generate_series(1, 8) n), "
        "i AS (INSERT INTO bank.recon_item (account_id, unit_id, side, amount, currency, "
        "value_date, day, reference, counterparty, narrative, fingerprint) "
        "SELECT a.account_id, a.unit_id, s, CASE s WHEN 'L' THEN n.amount ELSE 1200 * (n.n / 8) - "
        "n.amount END, 'USD', date '2026-01-05' + 3 * n.n, '2026-06-15', "
        "CASE s WHEN 'L' THEN 'OURS-' ELSE "
        "'THEIRS-' END || n.n, 'Adler', 'invoice', gen_random_uuid() FROM a, n, "
        "unnest('{L,S}'::char[]) s RETURNING *), "
        "o AS (INSERT INTO bank.recon_open SELECT account_id, item_id, side, amount, currency, "
        "value_date, day, bank.recon_key(reference) FROM i) "
        "INSERT INTO bank.recon_break (account_id, item_id, lane_id, unit_id, category, aged_from, "
        "due_on) SELECT i.account_id, i.item_id, a.lane_id, i.unit_id, CASE side WHEN 'L' THEN "
        "'ours-only' ELSE 'bank-only' END, value_date, "
        "bank.working_day_after(value_date, buffer_days) "
        "FROM i, a JOIN bank.recon_lane USING (lane_id) ORDER BY i.side, i.item_id");
}

static struct pty *start(const char *as, const char *language, const char *keymap,
                         const char *screen, int rows, int columns)
{
    const char *argv[] = {stage_program, "console", "--as",     as,     "--language", language,
                          "--keymap",    keymap,    "--screen", screen, NULL};
    static char config[1100];
    const char *environment[] = {config, "BANKOPS_NOW=2026-06-17T07:00:00Z",
                                 "BANKOPS_LANGUAGE_SET=1", "PGUSER", NULL};
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/config", getenv("BANKOPS_FIXTURE"));
    return pty_start(rows, columns, argv, environment);
}

/* State of the last match that took OURS-n, "-" when there is none. */
static bool stands(int n, const char *wanted)
{
    char text[512];
    snprintf(
        text, sizeof text,
        "SELECT coalesce((SELECT m.status || ' ' || m.cardinality FROM bank.recon_match m JOIN "
        "bank.recon_match_item x USING (account_id, match_id) JOIN bank.recon_item i USING "
        "(account_id, item_id) WHERE i.reference = 'OURS-%d' ORDER BY m.match_id DESC LIMIT 1), "
        "'-')",
        n);
    const char *got = stage_sql(text);
    if (strcmp(got, wanted) != 0)
        printf("# OURS-%d is %s\n", n, got);
    return !strcmp(got, wanted);
}

static void goldens(void)
{
    static const int sizes[][2] = {{24, 80}, {43, 132}};
    static const char *const languages[] = {"en", "zh"};
    for (int s = 0; s < 2; s++)
        for (int l = 0; l < 2; l++) {
            char name[96];
            struct pty *pty =
                start("clerk01", languages[l], "ibm", "mtc NOSTRO-USD", sizes[s][0], sizes[s][1]);
            pty_wait_text(pty, "THEIRS-1", WAIT);
            pty_settle(pty, 300, WAIT);
            snprintf(name, sizeof name, "console/golden/matcher-%dx%d-%s", sizes[s][1], sizes[s][0],
                     languages[l]);
            stage_ok(pty_wait_matches(pty, name, WAIT), name);
            pty_free(pty);
        }
}

/* One key matches a pair, one takes it back, in each key map; the next pair is under the cursor. */
static void matches_with_one_key(const char *keymap, int n)
{
    char what[128];
    struct pty *pty = start("clerk01", "en", keymap, "mtc NOSTRO-USD", 24, 80);
    snprintf(what, sizeof what, "THEIRS-%d", n);
    pty_wait_text(pty, what, WAIT);
    pty_settle(pty, 300, WAIT);
    pty_type(pty, "m");
    snprintf(what, sizeof what, "%s: one key matches a pair", keymap);
    stage_ok(pty_wait_text(pty, "The lines are matched.", WAIT) && stands(n, "confirmed 1:1"),
             what);
    pty_type(pty, "u");
    snprintf(what, sizeof what, "%s: one key takes it back", keymap);
    stage_ok(pty_wait_text(pty, "The last match is undone.", WAIT) && stands(n, "undone 1:1"),
             what);
    pty_settle(pty, 300, WAIT);
    pty_keys(pty, "Home", NULL);
    pty_settle(pty, 300, WAIT);
    pty_type(pty, "mm");
    snprintf(what, sizeof what, "%s: typed twice without waiting, nothing is matched twice",
             keymap);
    stage_ok(pty_wait_text(pty, "The lines are matched.", WAIT) && stands(n, "confirmed 1:1"),
             what);
    pty_settle(pty, 300, WAIT);
    pty_free(pty);
}

/* From the list of breaks: m opens the matcher on it, m matches it. */
static void two_keys_from_the_list(int n)
{
    char text[64];
    struct pty *pty = start("clerk01", "en", "ibm", "brk NOSTRO-USD", 24, 80);
    snprintf(text, sizeof text, "OURS-%d", n);
    pty_wait_text(pty, text, WAIT);
    pty_settle(pty, 300, WAIT);
    pty_keys(pty, "Home", NULL);
    pty_type(pty, "m");
    pty_wait_text(pty, "Candidates", WAIT);
    pty_wait_text(pty, "m matches them", WAIT);
    pty_type(pty, "m");
    stage_ok(pty_wait_text(pty, "The lines are matched.", WAIT) && stands(n, "confirmed 1:1"),
             "two keys from the list of breaks");
    pty_free(pty);
}

/* Lines marked on both sides: the difference counts along. */
static void marks_both_sides(int n)
{
    struct pty *pty = start("clerk01", "en", "vim", "mtc NOSTRO-USD", 43, 132);
    char text[64];
    snprintf(text, sizeof text, "THEIRS-%d", n);
    pty_wait_text(pty, text, WAIT);
    pty_settle(pty, 300, WAIT);
    pty_type(pty, " "); /* OURS-n; the cursor goes to the next */
    stage_ok(pty_wait_text(pty, "1 ours, 1 theirs Difference 0.00 USD", WAIT),
             "the candidates stay with the marked line");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, " ");
    pty_settle(pty, 300, WAIT);
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, " "); /* a second line of the left side */
    stage_ok(pty_wait_text(pty, "Difference -", WAIT), "one line more: a difference");
    pty_type(pty, "m");
    stage_ok(pty_wait_text(pty, "do not sum to zero", WAIT), "which cannot be matched");
    pty_keys(pty, "Up", NULL);
    pty_type(pty, " ");
    stage_ok(pty_wait_text(pty, "1 ours, 1 theirs Difference 0.00 USD", WAIT),
             "and one less: none");
    pty_type(pty, "m");
    stage_ok(pty_wait_text(pty, "The lines are matched.", WAIT) && stands(n, "confirmed 1:1"),
             "the marked lines are matched");
    pty_free(pty);
}

/* Marked lines with a difference: whoever confirms sees them all, and no mark outlives the match. */
static void adjusts_marked_lines(int n)
{
    struct pty *pty = start("clerk01", "en", "ibm", "mtc NOSTRO-USD", 24, 80);
    char text[64];
    snprintf(text, sizeof text, "THEIRS-%d", n);
    pty_wait_text(pty, text, WAIT);
    pty_settle(pty, 300, WAIT);
    pty_type(pty, " "); /* OURS-n, and the next of ours */
    pty_keys(pty, "Down", NULL);
    pty_type(pty, " ");
    pty_wait_text(pty, "2 ours, 0 theirs", WAIT);
    pty_type(pty, "d");
    pty_wait_text(pty, "*Why", WAIT);
    pty_keys(pty, "Tab", "Tab", NULL);
    pty_type(pty, "two at once");
    pty_keys(pty, "F10", NULL);
    snprintf(text, sizeof text, "Ours  OURS-%d  %d.07", n, n);
    pty_wait_text(pty, "y = yes", WAIT);
    stage_ok(strstr(pty_screen(pty), text) && strstr(pty_screen(pty), "2 ours, 0 theirs Difference"),
             "whoever confirms a difference sees all lines and their difference");
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "waits for a second person", WAIT) &&
                 pty_wait_text(pty, "1 ours", WAIT), "and the marks are gone with the lines");
    pty_free(pty);
}

/* A fee above the limit: voucher, second person, before and after. */
static void second_person(void)
{
    struct pty *pty = start("clerk01", "en", "ibm", "mtc NOSTRO-USD", 24, 80);
    pty_wait_text(pty, "OURS-8", WAIT);
    pty_settle(pty, 300, WAIT);
    for (int i = 0; i < 40 && !strstr(pty_row(pty, 17), "OURS-8"); i++) {
        pty_keys(pty, "Down", NULL);
        pty_settle(pty, 100, WAIT);
    }
    pty_wait_text(pty, "Difference 12.00 USD", WAIT);
    pty_type(pty, "d");
    pty_wait_text(pty, "*Why", WAIT);
    pty_keys(pty, "Tab", "Tab", NULL);
    pty_type(pty, "correspondent charges");
    pty_keys(pty, "F10", NULL);
    pty_wait_text(pty, "y = yes", WAIT);
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "waits for a second person", WAIT) && stands(8, "proposed 1:1"),
             "a fee is drafted and waits for a second person");
    stage_ok(!strcmp(stage_sql("SELECT kind || ' ' || amount || ' ' || debit_account FROM "
                               "bank.recon_adjustment ORDER BY adjustment_id DESC LIMIT 1"),
                     "fee -1200 6421-01"),
             "with its voucher");
    pty_type(pty, ":apr\r");
    stage_ok(pty_wait_text(pty, "Your own", WAIT), "its maker sees that it is his own");
    pty_free(pty);
    pty = start("super01", "zh", "ibm", "apr", 24, 80);
    pty_wait_text(pty, "-12.00", WAIT);
    pty_settle(pty, 300, WAIT);
    pty_keys(pty, "End", NULL); /* behind the vouchers of fees that rules found */
    pty_settle(pty, 300, WAIT);
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "OURS-8", WAIT) && pty_wait_text(pty, "待入账", WAIT),
             "the checker sees before and after");
    pty_type(pty, "A");
    pty_wait_text(pty, "请确认", WAIT);
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "已同意", WAIT) && stands(8, "confirmed 1:1"), "and approves");
    pty_free(pty);
}

/* The words after the code of a report are its fields; its amounts are seen at 80 columns. */
static void prints_a_lane(void)
{
    struct pty *pty = start("super01", "en", "ibm", "rbl 20260616 NOSTRO-HK", 24, 80);
    stage_ok(pty_wait_text(pty, "Lane: NOSTRO-HK   Day: 2026-06-16", WAIT),
             "a report takes its lane and day from the command line");
    stage_ok(pty_wait_text(pty, "Amount Ccy", WAIT) && pty_wait_text(pty, "Our book balance", WAIT),
             "the balance statement shows amounts at 80 columns");
    pty_free(pty);
}

/* After the code of a list: what it is divided by, else what it is searched by. */
static void finds_by_lane_or_reference(void)
{
    struct pty *pty = start("clerk01", "en", "ibm", "brk NOSTRO-USD", 24, 80);
    stage_ok(pty_wait_text(pty, "Lane: NOSTRO-USD", WAIT) && pty_wait_text(pty, "OURS-1", WAIT),
             "a lane after the code shows the lane");
    pty_type(pty, ":brk NO-SUCH");
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "Lane: NO-SUCH", WAIT), "what is nothing is still asked for");
    pty_type(pty, ":brk THEIRS-1");
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "Line · THEIRS-1", WAIT), "a reference after it opens the line");
    pty_free(pty);
}

int main(void)
{
    if (!stage_begin("golden"))
        return stage_end();
    pty_hide("2026-06-17");
    stage_ok(
        !strcmp(stage_sql(
                    "SELECT count(*) FILTER (WHERE p.difference <> 0) || ' of ' || (count(*) >= 3) "
                    "FROM bank.recon_lane_day d JOIN bank.recon_account a USING (lane_id), "
                    "bank.recon_proof(a.account_id, d.day) p WHERE d.run_id IS NOT NULL"),
                "0 of true"),
        "the balance of every day of the demo is proved");
    add_pairs();
    goldens();
    finds_by_lane_or_reference();
    matches_with_one_key("ibm", 1);
    matches_with_one_key("vim", 2);
    matches_with_one_key("finacle", 3);
    two_keys_from_the_list(4);
    marks_both_sides(5);
    adjusts_marked_lines(6);
    second_person();
    prints_a_lane();
    return stage_end();
}
