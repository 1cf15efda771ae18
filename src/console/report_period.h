#ifndef BANKOPS_CONSOLE_REPORT_PERIOD_H
#define BANKOPS_CONSOLE_REPORT_PERIOD_H

#include <stdbool.h>

/* Periods that reports are asked for: a year "2026", a quarter "2026-Q4" or a month "2026-11". */

/* The quarter of a day "2026-11-24" into text; empty when that is no day. */
void period_quarter(const char *day, char text[8]);

/* The period `by` of its own lengths after another one (before it when negative) into text; false
 * when the other is no period. */
bool period_step(const char *period, int by, char text[8]);

/* Whether the period has begun on this day. */
bool period_begun(const char *period, const char *day);

#endif
