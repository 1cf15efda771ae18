#ifndef BANKOPS_RECONCILE_MATCH_PLAIN_H
#define BANKOPS_RECONCILE_MATCH_PLAIN_H

#include "reconcile/match_store.h"

/* What a line without a sure partner is to a confirmed pair beside it (match_odds.c). `index` is the
 * line, `taken` the line of the pair on its side; both are of the store. */

/* Whether two lines that agree in all stand beside one that differs from them in a slip and that
 * nothing else speaks for. */
bool match_is_plain(const struct match_store *store, uint32_t index, uint32_t taken);
/* Whether a near partner of the line explains it better: one typing error of the partner's own number
 * made it, and the pair's number is one error from the line's, but not from the partner's. For the pair
 * to be wrong, that partner would have to be another movement's. */
bool match_is_explained(const struct match_store *store, uint32_t index, uint32_t taken);
/* Whether one slip at one place, the same for both, makes the text of either of two others. */
bool match_is_slip_of(struct slice text, struct slice one, struct slice other);
/* The line's near partner, when one slip would make its number of the pair's too, or the pair's of
 * its: crosswise, the four lines are two movements as well, but for a second slip. UINT32_MAX when
 * not. */
uint32_t match_crossed(const struct match_store *store, uint32_t index, uint32_t taken);

#endif
