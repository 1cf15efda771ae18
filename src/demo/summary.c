#include "demo/summary.h"

#include "base/language.h"
#include "database/session.h"

#include <stdio.h>
#include <stdlib.h>

/* Figures of the bank: label, then a query of one number. */
static const struct {
    const char *label, *sql;
} figures[] = {
    {N_("customers"), "SELECT count(*) FROM bank.customer"},
    {N_("companies among them"), "SELECT count(*) FROM bank.customer WHERE kind = 'company'"},
    {N_("staff"), "SELECT count(*) FROM bank.staff WHERE active"},
    {N_("accounts"), "SELECT count(*) FROM bank.account"},
    {N_("account entries"), "SELECT greatest(reltuples, 0)::bigint FROM pg_class "
                            "WHERE oid = 'bank.entry'::regclass"},
    {N_("complaints"), "SELECT count(*) FROM bank.case_file WHERE case_type = 'complaint'"},
    {N_("open complaints"), "SELECT count(*) FROM bank.case_file WHERE case_type = 'complaint' "
                            "AND closed_at IS NULL"},
    {N_("overdue complaints"), "SELECT count(*) FROM bank.case_file WHERE case_type = 'complaint' "
                               "AND closed_at IS NULL AND due_at < now()"},
    {N_("suggestions"), "SELECT count(*) FROM bank.case_file WHERE case_type = 'suggestion'"},
    {N_("service requests"), "SELECT count(*) FROM bank.case_file WHERE case_type = 'service'"},
    {N_("points outstanding"),
     "SELECT coalesce(sum(available + pending), 0) FROM bank.points_account"},
};

bool summary_print(PGconn *connection, struct error *error)
{
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        char *value;
        if (!session_value(connection, figures[i].sql, 0, NULL, &value, error))
            return false;
        printf("%14s  %s\n", value, _(figures[i].label));
        free(value);
    }
    return true;
}
