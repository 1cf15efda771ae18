#include "console/work.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/language.h"
#include "database/session.h"
#include "reconcile/run.h"

#include <stdlib.h>
#include <string.h>

struct told {
    const struct work_teller *teller;
    const char *lane;
};

static void step(void *data, const char *what)
{
    struct told *told = data;
    char *text = xasprintf("%s: %s", told->lane, what);
    told->teller->step(told->teller->data, text);
    free(text);
}

static const char *cell(const PGresult *rows, int row, const char *name)
{
    return PQgetvalue(rows, row, PQfnumber(rows, name));
}

static bool is_zero(const PGresult *rows, const char *name)
{
    return !strcmp(cell(rows, 0, name), "0");
}

/* How many matches each rule made. */
static bool add_rules(struct buffer *text, PGconn *connection, const char *run, struct error *error)
{
    PGresult *rules;
    bool chinese = language_current() == LANGUAGE_CHINESE;
    if (!session_rows(
            connection,
            "SELECT rule, title_zh, title_en, confirmed, suggested FROM api.run_rule_list "
            "WHERE run_id = $1::bigint ORDER BY seq, rule",
            1, &run, &rules, error))
        return false;
    for (int i = 0; i < PQntuples(rules); i++)
        buffer_format(text, _("\n  %s: %s confirmed, %s suggested"),
                      cell(rules, i, chinese ? "title_zh" : "title_en"),
                      cell(rules, i, "confirmed"), cell(rules, i, "suggested"));
    PQclear(rules);
    return true;
}

static void add_counts(struct buffer *text, const PGresult *run)
{
    buffer_format(text, _("%s up to %s: %s matched, %s newly suggested, %s breaks"),
                  cell(run, 0, "lane"), cell(run, 0, "as_of"), cell(run, 0, "match_count"),
                  cell(run, 0, "suggest_count"), cell(run, 0, "break_count"));
    buffer_format(text, _("\n  Open before: %s of ours, %s of theirs; %s s"),
                  cell(run, 0, "book_count"), cell(run, 0, "statement_count"),
                  cell(run, 0, "seconds"));
}

static void add_duties(struct buffer *text, const PGresult *run)
{
    if (!is_zero(run, "waiting"))
        buffer_format(text, _("\n  Suggestions wait for you: %s (:sug)"), cell(run, 0, "waiting"));
    if (!is_zero(run, "vouchers"))
        buffer_format(text, _("\n  Vouchers wait for a second person: %s (:apr)"),
                      cell(run, 0, "vouchers"));
    if (is_zero(run, "unexplained"))
        buffer_add(text, _("\n  The balances are explained."));
    else
        buffer_format(text, _("\n  Accounts whose balance is not explained: %s (B)"),
                      cell(run, 0, "unexplained"));
}

/* The figures of the run, before it is kept; from here on it cannot be stopped. */
static bool report(void *data, PGconn *connection, const char *run, struct error *error)
{
    struct told *told = data;
    struct buffer text = BUFFER_INIT;
    PGresult *rows;
    if (!session_rows(
            connection,
            "SELECT lane, as_of, book_count, statement_count, match_count, suggest_count, "
            "break_count, seconds, waiting, vouchers, unexplained "
            "FROM api.run_detail($1::bigint)",
            1, &run, &rows, error))
        return false;
    bool good = PQntuples(rows) == 1;
    if (good) {
        add_counts(&text, rows);
        good = add_rules(&text, connection, run, error);
        add_duties(&text, rows);
    }
    PQclear(rows);
    if (good) {
        told->teller->settle(told->teller->data);
        told->teller->result(told->teller->data, buffer_text(&text));
    }
    buffer_free(&text);
    return good;
}

bool work_reconcile(PGconn *connection, const struct values *arguments,
                    const struct work_teller *teller, struct error *error)
{
    struct told told = {teller, values_get(arguments, "lane")};
    struct run_options options = {.lane = told.lane,
                                  .date = values_get(arguments, "day"),
                                  .step = step,
                                  .step_data = &told,
                                  .report = report,
                                  .report_data = &told};
    return run_lane(connection, &options, error);
}
