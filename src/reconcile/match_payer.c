#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>

/* Names of payers, as numbers. */

static unsigned char letter(unsigned char byte)
{
    if (byte >= 'a' && byte <= 'z')
        return (unsigned char)(byte - 'a' + 'A');
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80 ? byte : 0;
}

uint32_t match_payer_name(struct slice name)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < name.length; i++)
        if (letter((unsigned char)name.text[i]))
            hash = (hash ^ letter((unsigned char)name.text[i])) * 0x100000001b3u + 0x9e3779b97f4a7c15u;
    return hash ? (uint32_t)match_mix(hash, 0) | 1 : 0;
}

static int by_name(const void *left, const void *right)
{
    const struct match_payer *a = left, *b = right;
    if (a->name != b->name)
        return a->name < b->name ? -1 : 1;
    return a->meaning < b->meaning ? -1 : a->meaning > b->meaning;
}

void match_payers_sort(struct match_payers *payers)
{
    if (payers->count)
        qsort(payers->list, payers->count, sizeof *payers->list, by_name);
}

uint32_t match_payer_of(const struct match_payers *payers, struct slice counterparty)
{
    uint32_t name = match_payer_name(counterparty);
    size_t low = 0, high = payers->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (payers->list[middle].name < name)
            low = middle + 1;
        else
            high = middle;
    }
    return low < payers->count && payers->list[low].name == name ? payers->list[low].meaning : name;
}
