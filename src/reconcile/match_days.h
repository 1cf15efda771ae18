#ifndef BANKOPS_RECONCILE_MATCH_DAYS_H
#define BANKOPS_RECONCILE_MATCH_DAYS_H

#include "reconcile/match_store.h"

/* How many lines of a day have no partner, by account and side: lines are not lost here and there
 * alone, but by days that one of the sides does not have. Measured on the matches that were made. */
struct match_days;

/* Measured once, after the rules have run; the caller frees it. */
struct match_days *match_days_new(const struct match_store *store);
void match_days_free(struct match_days *days);
/* The first day and how many there are; none where they lie too far apart to be told. */
int match_days_first(const struct match_days *days);
size_t match_days_span(const struct match_days *days);
/* Whether accounts are told apart; else an account has the figures of all. */
bool match_days_own(const struct match_days *days);
/* Lines of the side, without reversals. */
size_t match_days_lines(const struct match_days *days, uint32_t account, int side, int date);
size_t match_days_lines_of_all(const struct match_days *days, int side, int date);
/* Share of the side's lines of about that day that have no partner; 1 beyond the days. */
double match_days_lost(const struct match_days *days, uint32_t account, int side, int date);
double match_days_lost_of_all(const struct match_days *days, int side, int date);
/* The same of the day that has least, among those of so many lines that they tell; 1 without one. Of
 * one account, or of all. */
double match_days_least(const struct match_days *days, uint32_t account, bool all, int side);
/* Whether the day is between the first and the last of which the side has some lines. */
bool match_days_within(const struct match_days *days, uint32_t account, bool all, int side, int date);

#endif
