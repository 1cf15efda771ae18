#ifndef BANKOPS_RECONCILE_MATCH_LOT_H
#define BANKOPS_RECONCILE_MATCH_LOT_H

#include "reconcile/match_store.h"

/* Lines of one reference, for the rules about them. */

enum { MATCH_IN, MATCH_OUT };

/* Lines of one reference or of one reference and amount, whatever their direction, by amount,
 * direction, writing and side. */
struct match_lot {
    const uint32_t *lines;
    size_t count;
};

static inline int match_direction(const struct match_line *line)
{
    return line->amount < 0 ? MATCH_OUT : MATCH_IN;
}

/* Calls the function for the lines of each reference, two of them open at least. What it does with one
 * reference has nothing to do with another. */
void match_each_run(struct match_store *store, const struct match_rule *rule,
                    void (*use)(struct match_store *, const struct match_rule *,
                                const struct match_lot *));
/* End of the lines from `from` that have one account and amount without sign. */
size_t match_lot_end(const struct match_store *store, const uint32_t *lines, size_t from,
                     size_t count);
/* Open lines of a lot by side and direction, and the first of them. */
void match_count_open(const struct match_store *store, const struct match_lot *lot,
                      size_t counts[2][2], uint32_t first[2][2]);
/* A word is no key: "CASH" on both sides is not one movement. */
bool match_is_key(struct slice reference, const struct match_line *line);
/* Whether the reference ends in a part number and a line carries the rest: else it is a mark. */
bool match_is_numbered(const struct match_store *store, const struct match_line *line);
/* Whether two writings of one form may be confirmed: equal, or the one is the other with a prefix,
 * and not a part number that looks like a mark. */
bool match_sure_writing(const struct match_store *store, uint32_t one, uint32_t other);

#endif
