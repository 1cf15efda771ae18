#ifndef BANKOPS_RECONCILE_CONTROL_H
#define BANKOPS_RECONCILE_CONTROL_H

#include "reconcile/item.h"

/* Hands the control to the sink, if it wants any. */
bool control_report(const struct sink *sink, const struct control *control, struct error *error);

/* Whether the lines give what the file states. */
bool control_holds(const struct control *control);

/* Whether it is an amount in minor units; else it is a number. */
bool control_is_amount(enum control_kind kind);

/* Name in the database and in output: "count", "credit_sum" … Never freed. */
const char *control_name(enum control_kind kind);

#endif
