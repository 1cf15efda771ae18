#include "base/language.h"
#include "complaint/store.h"
#include "database/copy.h"
#include "database/session.h"
#include "demo/learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 5000 };

static const char page_sql[] =
    "SELECT customer_id, case_id, unit_id, received_at, subject || E'\\n' || facts "
    "FROM bank.case_file WHERE case_id > $1::bigint AND business IS NOT NULL "
    "ORDER BY case_id LIMIT 5000";

static const char copy_sql[] =
    "COPY bank.prediction (customer_id, case_id, unit_id, at, model_id, channel, "
    "channel_confidence, business, reason, confidence, threshold, decision) FROM STDIN";

/* People decided what the machine was not sure of, and put right what it got wrong. */
static const char label_sql[] =
    "INSERT INTO bank.training_label (customer_id, case_id, unit_id, at, staff_id, channel, "
    "business, reason, said_business, said_reason) "
    "SELECT f.customer_id, f.case_id, f.unit_id, f.received_at + interval '2 minutes', "
    "f.opened_by, f.channel, f.business, f.reason, p.business[1], p.reason[1] "
    "FROM bank.prediction p JOIN bank.case_file f USING (customer_id, case_id) "
    "WHERE p.decision <> 'routed' "
    "OR (f.business, f.reason) IS DISTINCT FROM (p.business[1], p.reason[1])";

static bool send_row(struct copy *copy, const PGresult *rows, int row,
                     const struct triage *triage, const struct triage_answer *answer,
                     const double bounds[2], struct error *error)
{
    struct buffer lists[3] = {{0}};
    char number[24];
    double sure = (double)answer->confidence[0];
    for (int i = 0; i < 4; i++)
        copy_text(copy, PQgetvalue(rows, row, i));
    copy_integer(copy, triage->model_id);
    copy_text(copy, answer->channel);
    snprintf(number, sizeof number, "%.4f", (double)answer->channel_confidence);
    copy_text(copy, number);
    triage_arrays(answer, lists);
    for (int i = 0; i < 3; i++) {
        copy_text(copy, buffer_text(&lists[i]));
        buffer_free(&lists[i]);
    }
    snprintf(number, sizeof number, "%.4f", bounds[0]);
    copy_text(copy, number);
    copy_text(copy, sure >= bounds[0] ? "routed" : sure >= bounds[1] ? "asked" : "unknown");
    return copy_row_end(copy, error);
}

static bool predict_page(PGconn *connection, struct triage *triage, const PGresult *rows,
                         const double bounds[2], struct error *error)
{
    struct copy copy;
    if (!copy_begin(&copy, connection, copy_sql, error))
        return false;
    for (int i = 0; i < PQntuples(rows); i++) {
        struct triage_answer answer;
        triage_say(triage, PQgetvalue(rows, i, 4), (size_t)PQgetlength(rows, i, 4), &answer);
        if (!send_row(&copy, rows, i, triage, &answer, bounds, error)) {
            copy_abort(&copy);
            return false;
        }
    }
    return copy_end(&copy, error);
}

static bool predict_all(PGconn *connection, struct triage *triage, const double bounds[2],
                        struct error *error)
{
    char after[24] = "0";
    const char *values[] = {after};
    for (int found = PAGE; found == PAGE;) {
        PGresult *rows;
        if (!session_rows(connection, page_sql, 1, values, &rows, error))
            return false;
        found = PQntuples(rows);
        bool good = !found || predict_page(connection, triage, rows, bounds, error);
        if (found)
            snprintf(after, sizeof after, "%s", PQgetvalue(rows, found - 1, 1));
        PQclear(rows);
        if (!good)
            return false;
    }
    return true;
}

bool learn_history(PGconn *connection, struct error *error)
{
    struct triage *triage = NULL;
    PGresult *rows;
    double bounds[2];
    if (!learn_begin(connection, error) || !store_load(connection, NULL, &triage, error) ||
        !session_rows(connection, "SELECT threshold, floor FROM api.classify_bounds()", 0, NULL,
                      &rows, error)) {
        triage_close(triage);
        return false;
    }
    bool good = PQntuples(rows) == 1 && triage;
    bounds[0] = good ? strtod(PQgetvalue(rows, 0, 0), NULL) : 0;
    bounds[1] = good ? strtod(PQgetvalue(rows, 0, 1), NULL) : 0;
    PQclear(rows);
    if (!good)
        error_set(error, ERROR_REFUSED, "classify", NULL, _("the bounds cannot be read"));
    good = good && predict_all(connection, triage, bounds, error) &&
                session_do(connection, label_sql, 0, NULL, error);
    triage_close(triage);
    return good;
}
