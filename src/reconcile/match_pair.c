#include "reconcile/match_pair.h"

#include "base/alloc.h"
#include "reconcile/match_store.h"

#include <stdlib.h>
#include <string.h>

enum { BOOK_ONLY = 1 << MATCH_BOOK, STATEMENT_ONLY = 1 << MATCH_STATEMENT };

/* The only account of this currency with lines of these sides; count when there is none or more. */
static size_t find_only(const struct match_store *store, const uint8_t *sides, uint8_t wanted,
                        const char *currency)
{
    size_t found = store->account_count;
    for (size_t i = 0; i < store->account_count; i++) {
        if (sides[i] != wanted || memcmp(store->accounts[i].currency, currency, 3))
            continue;
        if (found < store->account_count)
            return store->account_count;
        found = i;
    }
    return found;
}

void match_pair_accounts(struct match_store *store)
{
    uint8_t *sides = xcalloc(store->account_count + 1, sizeof *sides);
    uint32_t *becomes = xcalloc(store->account_count + 1, sizeof *becomes);
    bool any = false, shared = false;
    for (size_t i = 0; i < store->count; i++)
        sides[store->lines[i].account] |= (uint8_t)(1 << store->lines[i].side);
    for (size_t i = 0; i < store->account_count; i++)
        shared = shared || sides[i] == (BOOK_ONLY | STATEMENT_ONLY);
    for (uint32_t i = 0; i < store->account_count && !shared; i++) {
        const char *currency = store->accounts[i].currency;
        size_t book = find_only(store, sides, BOOK_ONLY, currency);
        becomes[i] = i;
        if (sides[i] == STATEMENT_ONLY && book < store->account_count &&
            find_only(store, sides, STATEMENT_ONLY, currency) == i) {
            becomes[i] = (uint32_t)book;
            any = true;
        }
    }
    for (size_t i = 0; any && i < store->count; i++)
        store->lines[i].account = becomes[store->lines[i].account];
    free(sides);
    free(becomes);
}
