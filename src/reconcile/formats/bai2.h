#ifndef BANKOPS_RECONCILE_FORMATS_BAI2_H
#define BANKOPS_RECONCILE_FORMATS_BAI2_H

#include "reconcile/source.h"

/* Reads BAI2 cash management files (Cash Management Balance Reporting Specifications, version 2;
 * ANSI X9.121 names it version 3): records 01 02 03 16 88 49 98 99, one a line or several, ended by
 * a slash or by the line. Amounts are minor units of the account's currency (03, else 02, else
 * USD). The direction of a line is that of its type code. The totals and record counts of 49, 98
 * and 99, and the sums 100 and 400 that state their number of items, are reported as controls. */
bool bai2_read(struct source *source, const struct sink *sink, struct error *error);

/* Whether the head of a file is such a file. */
bool bai2_recognise(struct slice head);

#endif
