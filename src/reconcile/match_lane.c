#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SYMBOLS = 37,      /* digits, letters, the rest */
    SAMPLE = 65536,    /* lines whose references are looked at */
    TABLE = 8192,      /* accounts and lengths, at most half of it used */
    POOLED_BELOW = 40, /* references; fewer say little, those of all accounts say more */
    COMPARED = 2048    /* lines of a block that one reference is compared with */
};

/* How often each character stands at each place of the references of one length. */
struct places {
    uint64_t key; /* 0: unused */
    size_t length, count;
    uint32_t (*counts)[SYMBOLS];
    double *variety; /* how many characters a place takes, as if equally often */
};

struct match_lane {
    struct places table[TABLE], pooled[MATCH_FORM + 1];
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

struct match_lane *match_lanes_new(const struct match_store *store)
{
    struct match_lane *lanes = xcalloc(1, sizeof *lanes);
    size_t step = store->count / SAMPLE + 1;
    for (size_t i = 0; i < store->count; i += step) {
        const struct match_line *line = &store->lines[i];
        struct match_form form = match_plain(match_reference(store, line));
        if (!form.length || match_no_reference(match_reference(store, line),
                                               &store->rules->absent))
            continue;
        struct places *places = find(lanes, line->account, form.length);
        count_places(&lanes->pooled[form.length], &form);
        if (!places->key && lanes->used >= TABLE / 2)
            continue;
        lanes->used += !places->key;
        places->key = match_mix(line->account, form.length) | 1;
        count_places(places, &form);
    }
    for (size_t i = 0; i < TABLE; i++)
        if (lanes->table[i].key)
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

/* Those of the account, or of all accounts when it has few; NULL when there are none. */
static const struct places *places_of(const struct match_lane *lanes, uint32_t account,
                                      size_t length)
{
    if (length > MATCH_FORM)
        return NULL;
    const struct places *own = find((struct match_lane *)lanes, account, length);
    if (own->key && own->count >= POOLED_BELOW)
        return own;
    return lanes->pooled[length].variety ? &lanes->pooled[length] : NULL;
}

double match_lane_space(const struct match_lane *lanes, uint32_t account, size_t length)
{
    const struct places *places = places_of(lanes, account, length);
    double space = 1;
    for (size_t i = 0; places && i < length; i++)
        space *= places->variety[i];
    return space;
}

double match_lane_chance(const struct match_lane *lanes, uint32_t account, size_t length,
                         int edits)
{
    const struct places *places = places_of(lanes, account, length);
    double space = match_lane_space(lanes, account, length), sum = 0, chance;
    for (size_t i = 0; places && i < length; i++)
        sum += places->variety[i];
    chance = edits > 1 ? sum * sum / space : 2 * sum / space; /* twice: also insert and drop */
    return chance < 1 ? chance : 1;
}

double match_lane_piece(const struct match_lane *lanes, uint32_t account, size_t length,
                        size_t from, size_t count)
{
    const struct places *places = places_of(lanes, account, length);
    double space = 1;
    for (size_t i = from; places && i < from + count && i < length; i++)
        space *= places->variety[i];
    return 1 / space;
}

int match_edits_allowed(size_t length)
{
    return length >= 10 ? 2 : length >= 7 ? 1 : 0;
}

/* Neighbours counted so far, of an account. */
struct tally {
    size_t lines, step, seen, near;
    double chance;
};

static bool is_near(const struct match_form *one, const struct match_form *other)
{
    int allowed = match_edits_allowed(one->length), differ = 0;
    if (one->length != other->length || !allowed)
        return false;
    for (size_t i = 0; i < one->length && differ <= 2 * allowed; i++)
        differ += one->text[i] != other->text[i];
    if (differ > 2 * allowed || !differ)
        return false;
    int distance = match_distance((struct slice){one->text, one->length},
                                  (struct slice){other->text, other->length});
    return distance > 0 && distance <= allowed;
}

/* Compares the sampled lines of a block with the others in it. Every `step`th line of an account is
 * one; a block without is passed over. */
static void test_block(const struct match_store *store, const struct match_lane *lanes,
                       const struct match_rule *rule, const struct match_key *keys, size_t count,
                       struct tally *tallies)
{
    size_t step = count / COMPARED + 1;
    struct tally *first = &tallies[store->lines[keys[0].line].account];
    size_t phase = first->seen % first->step;
    if (count == 1 || (phase && phase + count <= first->step)) {
        first->seen += count;
        return;
    }
    struct match_form *forms = xmalloc(count * sizeof *forms);
    for (size_t i = 0; i < count; i++)
        forms[i] = match_plain(match_reference(store, &store->lines[keys[i].line]));
    for (size_t i = 0; i < count; i++) {
        const struct match_line *line = &store->lines[keys[i].line];
        struct tally *tally = &tallies[line->account];
        size_t compared = 0, near = 0;
        if (tally->seen++ % tally->step)
            continue;
        for (size_t j = i % step; j < count; j += step)
            if (abs(store->lines[keys[j].line].date - line->date) <= rule->early + rule->late) {
                compared++;
                near += is_near(&forms[i], &forms[j]);
            }
        tally->near += near * step;
        tally->chance += (double)(compared * step) *
                         match_lane_chance(lanes, line->account, forms[i].length,
                                           match_edits_allowed(forms[i].length));
    }
    free(forms);
}

struct match_nearness *match_lane_test(const struct match_store *store,
                                       const struct match_lane *lanes,
                                       const struct match_rule *rule)
{
    struct match_nearness *found = xcalloc(store->account_count + 1, sizeof *found);
    struct tally *tallies = xcalloc(store->account_count + 1, sizeof *tallies);
    struct match_keys keys = {NULL, 0, 0};
    size_t sample = 60000 / (store->account_count + 1);
    sample = sample < 500 ? 500 : sample > 4000 ? 4000 : sample;
    for (size_t i = 0; i < store->count; i++)
        if (store->lines[i].side == MATCH_BOOK && store->lines[i].form)
            tallies[store->lines[i].account].lines++;
    for (size_t i = 0; i < store->account_count; i++)
        tallies[i].step = tallies[i].lines / sample + 1;
    /* Whole blocks are needed: all lines of every amount. */
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i];
        if (line->side == MATCH_BOOK && line->form)
            match_keys_add(&keys, match_mix(line->account, (uint64_t)line->amount), (uint32_t)i);
    }
    match_keys_sort(&keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        test_block(store, lanes, rule, &keys.list[at], run, tallies);
    }
    for (size_t i = 0; i < store->account_count; i++) {
        double tested = ceil((double)tallies[i].seen / (double)tallies[i].step);
        found[i].share = tested > 0 ? (double)tallies[i].near / tested : 0;
        found[i].chance = tested > 0 ? tallies[i].chance / tested : 0;
    }
    match_keys_free(&keys);
    free(tallies);
    return found;
}
