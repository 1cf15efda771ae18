#include "command/reconcile_hint.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST = 3 }; /* references that must agree before anything is said */

/* An account of each side; false when one has lines of both. */
static bool apart(const struct match_store *store, const struct match_account *of[2])
{
    uint8_t *sides = xcalloc(store->account_count + 1, 1);
    bool common = false;
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        sides[line->account] |= (uint8_t)(1 << line->side);
        common |= sides[line->account] == 3;
        of[line->side] = &store->accounts[line->account];
    }
    free(sides);
    return !common;
}

/* How the amounts of one reference differ: times that the book's is as large as the statement's, 0
 * when it is none of those that files are made with by mistake. */
static int times(int64_t book, int64_t statement)
{
    static const int known[] = {-1, 100, -100, 1000};
    int64_t product;
    for (size_t i = 0; i < ARRAY_LENGTH(known) && statement; i++)
        if (!__builtin_mul_overflow(statement, known[i], &product) && product == book)
            return known[i];
    return 0;
}

static void collect(const struct match_store *store, struct match_keys keys[2])
{
    for (size_t i = 0; i < store->count; i++)
        if (store->lines[i].form)
            match_keys_add(&keys[store->lines[i].side], match_reference_key(&store->lines[i]),
                           (uint32_t)i);
    match_keys_sort(&keys[0]);
    match_keys_sort(&keys[1]);
}

struct factor {
    size_t both;    /* references that stand once on each side */
    size_t count[2]; /* of them those that are `times`, by the side whose amount is larger */
    int times[2];
};

static void measure(const struct match_store *store, const struct match_keys keys[2],
                    struct factor *factor)
{
    for (size_t a = 0, b = 0; a < keys[0].count && b < keys[1].count;) {
        size_t runs[2] = {match_keys_run(&keys[0], a), match_keys_run(&keys[1], b)};
        uint64_t left = keys[0].list[a].key, right = keys[1].list[b].key;
        if (left == right && runs[0] == 1 && runs[1] == 1) {
            int64_t amount = store->lines[keys[0].list[a].line].amount;
            int64_t other = store->lines[keys[1].list[b].line].amount;
            factor->both++;
            for (int side = 0; side < 2; side++) {
                int found = side ? times(other, amount) : times(amount, other);
                if (!factor->times[side])
                    factor->times[side] = found;
                factor->count[side] += found && found == factor->times[side];
            }
        }
        a += left <= right ? runs[0] : 0;
        b += right <= left ? runs[1] : 0;
    }
}

static void tell(const struct factor *factor)
{
    for (int side = 0; side < 2; side++) {
        if (factor->both < LEAST || factor->count[side] * 10 < factor->both * 9)
            continue;
        if (factor->times[side] == -1)
            printf(_("%zu references stand on both sides with amounts of opposite sign: do both "
                     "files mean the same by money in?\n"), factor->count[side]);
        else
            printf(side ? _("%zu references stand on both sides, with amounts %d times as large in "
                            "the statement: are both in minor units?\n")
                        : _("%zu references stand on both sides, with amounts %d times as large in "
                            "the book: are both in minor units?\n"),
                   factor->count[side], factor->times[side]);
        return;
    }
}

static void tell_apart(const struct match_account *const of[2])
{
    struct buffer names[2] = {BUFFER_INIT, BUFFER_INIT};
    for (int side = 0; side < 2; side++)
        text_safe(&names[side], of[side]->name, strlen(of[side]->name));
    printf(_("no account stands on both sides: %s %s is one of the book, %s %s one of the "
             "statement\n"),
           buffer_text(&names[0]), of[0]->currency, buffer_text(&names[1]), of[1]->currency);
    buffer_free(&names[0]);
    buffer_free(&names[1]);
}

void reconcile_hint(const struct match_store *store)
{
    struct match_counts counts;
    const struct match_account *of[2] = {NULL, NULL};
    struct match_keys keys[2] = {{0}, {0}};
    struct factor factor = {0};
    match_count(store, &counts);
    if (!counts.lines[0] || !counts.lines[1] || counts.confirmed_lines[0] * 2 >= counts.lines[0] ||
        counts.confirmed_lines[1] * 2 >= counts.lines[1])
        return;
    if (apart(store, of)) {
        tell_apart(of);
        return;
    }
    collect(store, keys);
    measure(store, keys, &factor);
    tell(&factor);
    match_keys_free(&keys[0]);
    match_keys_free(&keys[1]);
}
