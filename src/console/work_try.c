#include "console/work.h"

#include "base/alloc.h"
#include "base/language.h"
#include "reconcile/run_try.h"

#include <stdlib.h>

bool work_try(PGconn *connection, const struct values *arguments, const struct work_teller *teller,
              struct error *error)
{
    struct run_trial trial = {.lane = values_get(arguments, "lane"),
                              .rule_set = values_get(arguments, "rule_set")};
    struct run_trial_result result;
    teller->step(teller->data, trial.lane);
    if (!run_try(connection, &trial, &result, error))
        return false;
    char *text = xasprintf(
        _("%s: %s version %s tried on %lld lines\n"
          "  Confirmed: %lld instead of %lld, suggested: %lld instead of %lld\n"
          "  Lines gained: %lld, lost: %lld, otherwise: %lld (page 3)"),
        trial.lane, trial.rule_set, result.version, result.lines, result.confirmed[1],
        result.confirmed[0], result.suggested[1], result.suggested[0], result.gained, result.lost,
        result.other);
    teller->result(teller->data, text);
    free(text);
    return true;
}
