#include "reconcile/match_dense.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILTER_BITS = 1 << 25,
    AROUND = 32,     /* numbers on each side that are looked for */
    DIGITS_MOST = 9, /* of the number that a reference ends in */
    DIGITS_LEAST = 4,
    SAMPLE = 1000,   /* other lines around which numbers are looked for */
    PRIOR = 500      /* numbers that those around all lines count as beside those around one */
};

static uint64_t bit_of(uint64_t form)
{
    return match_mix(form, 3) & (FILTER_BITS - 1);
}

static bool may_have(const struct match_dense *dense, uint64_t form)
{
    uint64_t bit = bit_of(form);
    return dense->filter[bit >> 3] >> (bit & 7) & 1;
}

static void survey(struct match_dense *dense, const struct match_store *store)
{
    struct match_filter wanted = match_filter_new(&dense->lines);
    size_t set = 0;
    dense->filter = xcalloc(FILTER_BITS / 8, 1);
    for (size_t i = 0; i < store->count; i++) {
        uint64_t form = store->lines[i].form, bit = bit_of(form);
        if (!form)
            continue;
        set += !(dense->filter[bit >> 3] >> (bit & 7) & 1);
        dense->filter[bit >> 3] |= (uint8_t)(1 << (bit & 7));
        if (!match_filter_may_have(&wanted, form))
            continue;
        size_t at = match_keys_find(&dense->lines, form);
        if (at < dense->lines.count && dense->lines.list[at].key == form)
            dense->lines.list[at].line++;
    }
    dense->by_chance = (double)set / FILTER_BITS;
    free(wanted.bits);
}

/* How many of the numbers around that of the line no line has, of `seen`. */
static double unused_around(const struct match_dense *dense, const struct match_store *store,
                            uint32_t line, size_t *seen)
{
    struct match_form form = match_line_form(store, line);
    struct slice core = match_form_core(&form);
    size_t digits = 0, unused = 0;
    char text[MATCH_FORM];
    int64_t number = 0, most = 1;
    *seen = 0;
    while (digits < core.length && digits < DIGITS_MOST &&
           core.text[core.length - digits - 1] >= '0' && core.text[core.length - digits - 1] <= '9') {
        number += (core.text[core.length - ++digits] - '0') * most;
        most *= 10;
    }
    if (digits < DIGITS_LEAST)
        return 0;
    memcpy(text, core.text, core.length);
    for (int64_t other = number - AROUND; other <= number + AROUND; other++) {
        int64_t rest = other;
        if (other == number || other < 0 || other >= most)
            continue;
        for (size_t i = 1; i <= digits; i++, rest /= 10)
            text[core.length - i] = (char)('0' + rest % 10);
        unused += !may_have(dense, match_hash(text, core.length) | 1);
        ++*seen;
    }
    return (double)unused;
}

void match_dense_measure(struct match_dense *dense, const struct match_store *store,
                         const struct match_rivals *rivals, const struct match_keys *alone)
{
    *dense = (struct match_dense){.store = store};
    for (size_t i = 0; i < alone->count; i++)
        match_keys_add(&dense->lines, store->lines[alone->list[i].line].form, 0);
    for (size_t i = 0; i < rivals->count; i++)
        if (!i || rivals->list[i].line != rivals->list[i - 1].line)
            match_keys_add(&dense->lines, store->lines[rivals->list[i].line].form, 0);
    match_keys_sort(&dense->lines);
    survey(dense, store);
    double unused = 0, seen = 0;
    for (size_t i = 0; i < rivals->count + SAMPLE; i++) {
        size_t count;
        uint32_t line = i < rivals->count
                            ? rivals->list[i].line
                            : (uint32_t)((i - rivals->count) * store->count / SAMPLE);
        if ((i && i < rivals->count && line == rivals->list[i - 1].line) || !store->lines[line].form)
            continue;
        double around = unused_around(dense, store, line, &count);
        if (around * 4 > (double)count) /* numbers of another kind, or their end */
            continue;
        unused += around;
        seen += (double)count;
    }
    dense->share = (unused + 2 * sqrt(unused) + 3) / (seen + 3);
}

void match_dense_free(struct match_dense *dense)
{
    free(dense->filter);
    match_keys_free(&dense->lines);
}

bool match_dense_has_other(const struct match_dense *dense, uint32_t line)
{
    uint64_t form = dense->store->lines[line].form;
    size_t at = match_keys_find(&dense->lines, form);
    return at < dense->lines.count && dense->lines.list[at].key == form &&
           dense->lines.list[at].line > 1;
}

double match_dense_unused(const struct match_dense *dense, uint32_t line)
{
    size_t seen;
    double unused = unused_around(dense, dense->store, line, &seen);
    if (!seen)
        return 1;
    double expected = (double)seen * dense->share, share;
    if (unused > expected + 2 * sqrt(expected) + 1) /* numbers end here, or begin */
        share = (unused + 1) / (double)seen;
    else
        share = (unused + PRIOR * dense->share) / ((double)seen + PRIOR);
    share /= 1 - dense->by_chance;
    return share < 1 ? share : 1;
}
