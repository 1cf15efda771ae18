#ifndef BANKOPS_RECONCILE_MATCH_PAIR_H
#define BANKOPS_RECONCILE_MATCH_PAIR_H

#include "reconcile/match.h"

/* Our number of an account is seldom that of the bank. Where, of one currency, exactly one account
 * has lines of the book only and exactly one has lines of the statement only, they are taken for
 * the two sides of one lane. Not where any account has one number on both sides: then another number
 * is another account. Call it after the last line and before match_run(). */
void match_pair_accounts(struct match_store *store);

#endif
