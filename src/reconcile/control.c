#include "reconcile/control.h"

static const char *const names[CONTROL_KINDS] = {
    [CONTROL_COUNT] = "count",
    [CONTROL_SUM] = "sum",
    [CONTROL_NET] = "net",
    [CONTROL_CREDIT_COUNT] = "credit_count",
    [CONTROL_CREDIT_SUM] = "credit_sum",
    [CONTROL_DEBIT_COUNT] = "debit_count",
    [CONTROL_DEBIT_SUM] = "debit_sum",
    [CONTROL_FEE] = "fee",
    [CONTROL_RECORDS] = "records",
    [CONTROL_PARTS] = "parts",
    [CONTROL_HASH] = "hash",
    [CONTROL_BATCH_COUNT] = "batch_count",
    [CONTROL_BATCH_SUM] = "batch_sum",
    [CONTROL_OPENING] = "opening",
    [CONTROL_BALANCE] = "balance",
    [CONTROL_PAGE] = "page",
};

bool control_report(const struct sink *sink, const struct control *control, struct error *error)
{
    return !sink->control || sink->control(sink->context, control, error);
}

bool control_holds(const struct control *control)
{
    return control->expected == control->found;
}

bool control_is_amount(enum control_kind kind)
{
    switch (kind) {
    case CONTROL_COUNT:
    case CONTROL_CREDIT_COUNT:
    case CONTROL_DEBIT_COUNT:
    case CONTROL_RECORDS:
    case CONTROL_PARTS:
    case CONTROL_BATCH_COUNT:
    case CONTROL_PAGE: return false;
    default: return true;
    }
}

const char *control_name(enum control_kind kind)
{
    return names[kind];
}
