#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SYMBOLS = 37,      /* digits, letters, the rest */
    SAMPLE = 65536,    /* lines whose references are looked at */
    TABLE = 16384,     /* accounts, sides and lengths, at most half of it used */
    FEW = 20,          /* references; of so few not even their length is usual */
    POOLED_BELOW = 40  /* references; fewer say little, those of all accounts say more */
};

/* How often each character stands at each place of the references of one length. */
struct places {
    uint64_t key; /* 0: unused */
    size_t length, count;
    uint32_t (*counts)[SYMBOLS];
    double *variety; /* how many characters a place takes, as if equally often */
};

struct match_lane {
    struct places table[TABLE], pooled[MATCH_FORM + 1]; /* under length 0: of all lengths */
    size_t used;
};

static int symbol(unsigned char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 10 : SYMBOLS - 1;
}

static void count_places(struct places *places, const struct match_form *form)
{
    if (!places->counts) {
        places->length = form->length;
        places->counts = xcalloc(form->length, sizeof *places->counts);
    }
    places->count++;
    for (size_t i = 0; i < form->length; i++)
        places->counts[i][symbol((unsigned char)form->text[i])]++;
}

/* exp of the entropy of each place. */
static void measure(struct places *places)
{
    places->variety = xcalloc(places->length + 1, sizeof *places->variety);
    for (size_t i = 0; i < places->length; i++) {
        double sum = 0, total = (double)places->count;
        for (int k = 0; k < SYMBOLS; k++)
            if (places->counts[i][k])
                sum -= places->counts[i][k] / total * log(places->counts[i][k] / total);
        places->variety[i] = exp(sum);
    }
    free(places->counts);
    places->counts = NULL;
}

static struct places *find(struct match_lane *lanes, uint32_t account, size_t length)
{
    uint64_t key = match_mix(account, length) | 1;
    size_t at = key >> 8 & (TABLE - 1);
    while (lanes->table[at].key && lanes->table[at].key != key)
        at = (at + 1) & (TABLE - 1);
    return &lanes->table[at];
}

/* Where the references of this length of one side are counted; those of any length under 0. */
static size_t length_of_side(int side, size_t length)
{
    return ((size_t)side + 1) << 16 | length;
}

/* All references of an account are counted under the length 0. */
static void count_one(struct match_lane *lanes, uint32_t account, size_t length)
{
    struct places *all = find(lanes, account, length);
    if (!all->key && lanes->used >= TABLE / 2)
        return;
    lanes->used += !all->key;
    all->key = match_mix(account, length) | 1;
    all->count++;
}

struct match_lane *match_lanes_new(const struct match_store *store)
{
    struct match_lane *lanes = xcalloc(1, sizeof *lanes);
    size_t step = store->count / SAMPLE + 1;
    for (size_t i = 0; i < store->count; i += step) {
        const struct match_line *line = &store->lines[i];
        struct match_form form = match_plain(match_reference(store, line));
        if (!form.length || match_no_reference(match_reference(store, line), &store->rules->absent))
            continue;
        count_places(&lanes->pooled[form.length], &form);
        lanes->pooled[0].count++;
        count_one(lanes, line->account, 0);
        count_one(lanes, line->account, length_of_side(line->side, 0));
        count_one(lanes, line->account, length_of_side(line->side, form.length));
        count_one(lanes, UINT32_MAX, length_of_side(line->side, 0));
        count_one(lanes, UINT32_MAX, length_of_side(line->side, form.length));
        struct places *places = find(lanes, line->account, form.length);
        if (!places->key && lanes->used >= TABLE / 2)
            continue;
        lanes->used += !places->key;
        places->key = match_mix(line->account, form.length) | 1;
        count_places(places, &form);
    }
    for (size_t i = 0; i < TABLE; i++)
        if (lanes->table[i].counts)
            measure(&lanes->table[i]);
    for (size_t i = 0; i <= MATCH_FORM; i++)
        if (lanes->pooled[i].count)
            measure(&lanes->pooled[i]);
    return lanes;
}

void match_lanes_free(struct match_lane *lanes)
{
    if (!lanes)
        return;
    for (size_t i = 0; i < TABLE; i++)
        free(lanes->table[i].variety);
    for (size_t i = 0; i <= MATCH_FORM; i++)
        free(lanes->pooled[i].variety);
    free(lanes);
}

/* The references of this length of the account, or of all accounts; NULL where few were seen. */
static const struct places *exactly(const struct match_lane *lanes, uint32_t account, size_t length,
                                    bool pooled)
{
    if (pooled)
        return lanes->pooled[length].variety ? &lanes->pooled[length] : NULL;
    const struct places *own = find((struct match_lane *)lanes, account, length);
    return own->key && own->count >= POOLED_BELOW ? own : NULL;
}

/* The commonest of these lengths. */
static const struct places *commonest(const struct match_lane *lanes, uint32_t account, size_t from,
                                      size_t to, bool pooled)
{
    const struct places *best = NULL;
    for (size_t length = from; length <= to; length++) {
        const struct places *places = exactly(lanes, account, length, pooled);
        if (places && (!best || places->count > best->count))
            best = places;
    }
    return best;
}

/* Those of the account, or of all accounts when it has few; NULL when there are none. A reference
 * with a character too many or too few is one of its neighbours in length. */
static const struct places *places_of(const struct match_lane *lanes, uint32_t account,
                                      size_t length)
{
    size_t from = length > 1 ? length - 1 : 1, to = length < MATCH_FORM ? length + 1 : MATCH_FORM;
    const struct places *best = commonest(lanes, account, from, to, false);
    if (!best)
        best = commonest(lanes, account, from, to, true);
    if (best && best->count >= FEW)
        return best;
    const struct places *any = commonest(lanes, account, 1, MATCH_FORM, false);
    if (!any)
        any = commonest(lanes, account, 1, MATCH_FORM, true);
    return any && any->count >= FEW && (!best || any->count > best->count) ? any : best;
}

double match_lane_space(const struct match_lane *lanes, uint32_t account, size_t length)
{
    const struct places *places = places_of(lanes, account, length);
    double space = 1;
    for (size_t i = 0; places && i < places->length; i++)
        space *= places->variety[i];
    return space;
}

double match_lane_share(const struct match_lane *lanes, uint32_t account, size_t length)
{
    const struct places *own = find((struct match_lane *)lanes, account, length);
    const struct places *all = find((struct match_lane *)lanes, account, 0);
    if (all->key && all->count >= POOLED_BELOW)
        return own->key ? (double)own->count / (double)all->count : 0;
    return lanes->pooled[0].count
               ? (double)lanes->pooled[length].count / (double)lanes->pooled[0].count
               : 0;
}

static double side_share(const struct match_lane *lanes, uint32_t account, int side, size_t length)
{
    const struct places *own =
        find((struct match_lane *)lanes, account, length_of_side(side, length));
    const struct places *all = find((struct match_lane *)lanes, account, length_of_side(side, 0));
    return all->key ? own->key ? (double)own->count / (double)all->count : 0 : 1;
}

double match_lane_side_share(const struct match_lane *lanes, uint32_t account, int side,
                             size_t length)
{
    const struct places *all = find((struct match_lane *)lanes, account, length_of_side(side, 0));
    double own = side_share(lanes, account, side, length), pooled;
    if (all->key && all->count >= POOLED_BELOW)
        return own;
    pooled = side_share(lanes, UINT32_MAX, side, length);
    return own > pooled ? own : pooled;
}

double match_lane_chance(const struct match_lane *lanes, uint32_t account, size_t length, int edits)
{
    const struct places *places = places_of(lanes, account, length);
    double space = match_lane_space(lanes, account, length), sum = 0, chance;
    for (size_t i = 0; places && i < places->length; i++)
        sum += places->variety[i];
    chance = edits > 1 ? sum * sum / (2 * space) : sum / space;
    return chance < 1 ? chance : 1;
}

size_t match_lane_middle(const struct match_lane *lanes, size_t length)
{
    const double *variety = length <= MATCH_FORM ? lanes->pooled[length].variety : NULL;
    double all = 0, sum = 0;
    size_t middle = 0;
    for (size_t i = 0; variety && i < length; i++)
        all += log(variety[i]);
    if (all <= 0)
        return length / 2;
    while (sum < all / 2)
        sum += log(variety[middle++]);
    return middle;
}

double match_lane_swapped(const struct match_lane *lanes, uint32_t account, size_t length)
{
    double chance = (double)length / match_lane_space(lanes, account, length);
    return chance < 1 ? chance : 1;
}

double match_lane_typed(const struct match_lane *lanes, uint32_t account, size_t length)
{
    /* nine other digits at each place */
    return length ? match_lane_chance(lanes, account, length, 1) / (9 * (double)length) : 0;
}

double match_lane_piece(const struct match_lane *lanes, uint32_t account, size_t length,
                        size_t from, size_t count)
{
    const struct places *places = places_of(lanes, account, length);
    double space = 1;
    for (size_t i = from; places && i < from + count && i < places->length; i++)
        space *= places->variety[i];
    return 1 / space;
}
