#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum {
    FILTER = 1 << 20, /* bits */
    SYMBOLS = 37,     /* digits, letters, the rest */
    COMPARED = 1024,  /* lines of a block that one reference is compared with */
    TESTED = 60000,   /* references of all accounts that are compared */
    ENOUGH = 1000,    /* of an account; what fewer say is that of all accounts */
    CLOSE = 20000     /* of them are looked for with other characters */
};

/* A length that at least this share of the references of a side has is usual. */
static const double usual_least = 0.05;

int match_edits_allowed(size_t length)
{
    return length >= 10 ? 2 : length >= 7 ? 1 : 0;
}

/* Neighbours counted so far, of an account. Each `step`th reference is tested. */
struct tally {
    size_t lines, step, tested[MATCH_NEARNESS], near[MATCH_NEARNESS];
    double chance[MATCH_NEARNESS];
};

/* Edits between two references of one length, 3 for more than those allowed. */
static int edits_between(const struct match_form *one, const struct match_form *other)
{
    int allowed = match_edits_allowed(one->length), differ;
    if (one->length != other->length || !allowed)
        return 3;
    differ = match_differences(one, other);
    if (differ > 2 * allowed || !differ)
        return 3;
    int distance = match_distance((struct slice){one->text, one->length},
                                  (struct slice){other->text, other->length});
    return distance > 0 && distance <= allowed ? distance : 3;
}

static bool is_tested(const struct match_line *line, const struct tally *tallies)
{
    return match_mix(line->form, 1) % tallies[line->account].step == 0;
}

/* Compares one line with those of its block, `step` apart when there are many. */
static void test_line(const struct match_store *store, const struct match_rule *rule,
                      const struct match_key *keys, const struct match_form *forms, size_t count,
                      size_t index, const double chance[2], struct tally *tally)
{
    const struct match_line *line = &store->lines[keys[index].line];
    size_t step = count / COMPARED + 1, compared = 0, near[4] = {0};
    for (size_t j = index % step; j < count; j += step)
        if (abs(store->lines[keys[j].line].date - line->date) <= rule->early + rule->late) {
            compared++;
            near[edits_between(&forms[index], &forms[j])]++;
        }
    tally->tested[MATCH_NEAR_ONE]++;
    tally->tested[MATCH_NEAR_TWO]++;
    tally->near[MATCH_NEAR_ONE] += near[1] * step;
    tally->near[MATCH_NEAR_TWO] += (near[1] + near[2]) * step;
    for (int i = 0; i < 2; i++)
        tally->chance[i] += (double)(compared * step) * chance[i];
}

static struct match_form *make_forms(const struct match_store *store, const struct match_key *keys,
                                     size_t count)
{
    struct match_form *forms = xmalloc(count * sizeof *forms);
    for (size_t i = 0; i < count; i++)
        forms[i] = match_plain(match_reference(store, &store->lines[keys[i].line]));
    return forms;
}

static void test_block(const struct match_store *store, const struct match_lane *lanes,
                       const struct match_rule *rule, const struct match_key *keys, size_t count,
                       struct tally *tallies)
{
    struct match_form *forms = NULL;
    double chance[2] = {0, 0};
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        const struct match_line *line = &store->lines[keys[i].line];
        struct tally *tally = &tallies[line->account];
        if (!is_tested(line, tallies))
            continue;
        if (!forms)
            forms = make_forms(store, keys, count);
        if (forms[i].length != length) {
            length = forms[i].length;
            for (int k = 0; k < 2; k++)
                chance[k] = k < match_edits_allowed(length)
                                ? match_lane_chance(lanes, line->account, length, k + 1)
                                : chance[0];
        }
        test_line(store, rule, keys, forms, count, i, chance, tally);
    }
    free(forms);
}

/* Book lines of the accounts and amounts that a tested line has, by them. Parts of one whole are
 * near by nature and are left out. */
static void collect_blocks(const struct match_store *store, const struct tally *tallies,
                           struct match_keys *keys)
{
    uint8_t *filter = xcalloc(FILTER / 8, 1);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < store->counts[MATCH_BOOK]; i++) { /* they come first */
            const struct match_line *line = &store->lines[i];
            uint64_t key = match_mix(line->account, (uint64_t)line->amount);
            uint8_t *byte = &filter[(key & (FILTER - 1)) >> 3];
            if (!line->form || !(pass ? *byte >> (key & 7) & 1 : is_tested(line, tallies)) ||
                match_has_part(store, line))
                continue;
            if (!pass)
                *byte |= (uint8_t)(1 << (key & 7));
            else
                match_keys_add(keys, key, (uint32_t)i);
        }
    free(filter);
    match_keys_sort(keys);
}

/* Book references of all accounts, and those that one is looked for among them. */
struct search {
    const struct match_store *store;
    struct match_filter filter;
    uint64_t keys[SYMBOLS];
    size_t count;
};

/* How many of the references looked for another book line of the account has, of whatever amount
 * and day. */
static size_t count_others(struct search *search, uint32_t account)
{
    const struct match_store *store = search->store;
    const struct match_keys *keys = &store->references;
    size_t found = 0;
    for (size_t i = 0; i < search->count; i++) {
        bool has = false;
        if (!match_filter_may_have(&search->filter, search->keys[i]))
            continue;
        for (size_t at = match_keys_find(keys, search->keys[i]);
             !has && at < keys->count && keys->list[at].key == search->keys[i]; at++) {
            const struct match_line *other = &store->lines[keys->list[at].line];
            has = other->side == MATCH_BOOK && other->account == account;
        }
        found += has;
    }
    search->count = 0;
    return found;
}

/* Counts the references that differ from that of the line in one character: any digit, and a letter
 * where there is one. */
static void test_close(struct search *search, const struct match_lane *lanes, uint32_t index,
                       struct tally *tally)
{
    const struct match_store *store = search->store;
    const struct match_line *line = &store->lines[index];
    struct match_form form = match_line_form(store, index);
    struct slice core = match_form_core(&form);
    double alike = match_lane_side_share(lanes, line->account, MATCH_BOOK, form.length);
    char text[MATCH_FORM];
    if (!match_edits_allowed(form.length) || alike < usual_least)
        return; /* what was cut crowds */
    tally->tested[MATCH_NEAR_CLOSE]++;
    memcpy(text, core.text, core.length);
    for (size_t i = 0; i < core.length; i++) {
        char was = text[i];
        bool digits = was >= '0' && was <= '9', letters = was >= 'A' && was <= 'Z';
        for (int k = 0; k < SYMBOLS - 1 && (digits || letters); k++) {
            text[i] = (char)(k < 10 ? '0' + k : 'A' + k - 10);
            if (text[i] == was || (k >= 10 && !letters))
                continue;
            uint64_t key = match_mix(match_hash(text, core.length) | 1, line->account);
            __builtin_prefetch(match_filter_byte(&search->filter, key));
            search->keys[search->count++] = key;
        }
        tally->near[MATCH_NEAR_CLOSE] += count_others(search, line->account);
        text[i] = was;
    }
    tally->chance[MATCH_NEAR_CLOSE] += (double)tally->lines * alike *
                                       match_lane_chance(lanes, line->account, form.length, 1);
}

/* All lines, or a part where there are many: trying all characters takes longer than comparing. */
static void test_all_close(const struct match_store *store, const struct match_lane *lanes,
                           struct tally *tallies)
{
    struct search search = {.store = store, .filter = match_filter_new(&store->references)};
    size_t step = store->counts[MATCH_BOOK] / CLOSE + 1;
    for (size_t i = 0; i < store->counts[MATCH_BOOK]; i++) {
        const struct match_line *line = &store->lines[i];
        if (line->form && match_mix(line->form, 2) % step == 0 && !match_has_part(store, line))
            test_close(&search, lanes, (uint32_t)i, &tallies[line->account]);
    }
    free(search.filter.bits);
}

static struct match_nearness nearness(const struct tally *tally)
{
    struct match_nearness nearness = {.found = {0}};
    for (int i = 0; i < MATCH_NEARNESS; i++) {
        double tested = tally->tested[i] ? (double)tally->tested[i] : 1;
        nearness.found[i] = tally->near[i];
        nearness.tested[i] = tally->tested[i];
        nearness.share[i] = (double)tally->near[i] / tested;
        nearness.chance[i] = tally->chance[i] / tested;
    }
    return nearness;
}

/* Those of all accounts, for one that is too small to tell by itself. */
static struct tally pooled(const struct tally *tallies, size_t count)
{
    struct tally all = {.lines = 0};
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < MATCH_NEARNESS; k++) {
            all.tested[k] += tallies[i].tested[k];
            all.near[k] += tallies[i].near[k];
            all.chance[k] += tallies[i].chance[k];
        }
    return all;
}

struct match_nearness *match_lane_test(const struct match_store *store,
                                       const struct match_lane *lanes,
                                       const struct match_rule *rule)
{
    struct match_nearness *found = xcalloc(store->account_count + 1, sizeof *found);
    struct tally *tallies = xcalloc(store->account_count + 1, sizeof *tallies);
    struct match_keys keys = {NULL, 0, 0};
    size_t sample = TESTED / (store->account_count + 1);
    sample = sample < 500 ? 500 : sample > 3000 ? 3000 : sample;
    for (size_t i = 0; i < store->counts[MATCH_BOOK]; i++)
        if (store->lines[i].form)
            tallies[store->lines[i].account].lines++;
    for (size_t i = 0; i < store->account_count; i++)
        tallies[i].step = tallies[i].lines / sample + 1;
    collect_blocks(store, tallies, &keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        test_block(store, lanes, rule, &keys.list[at], run, tallies);
    }
    test_all_close(store, lanes, tallies);
    struct tally all = pooled(tallies, store->account_count);
    for (size_t i = 0; i < store->account_count; i++) {
        bool own = tallies[i].tested[MATCH_NEAR_CLOSE] >= ENOUGH;
        found[i] = nearness(own ? &tallies[i] : &all);
        found[i].own = own;
    }
    match_keys_free(&keys);
    free(tallies);
    return found;
}
