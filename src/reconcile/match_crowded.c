#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>

/* What the neighbour test (match_lane.c) says of each account: whether its references lie so close
 * that a near one may be another's. */

enum {
    BESIDE = 100000, /* lines from which on a thread is worth it */
    CLOSE_PART = 5,  /* of the share that may have a near neighbour: those of whatever amount */
    FOUND_LEAST = 5  /* neighbours; fewer may be chance */
};

/* Whether the references of the account have neighbours, and more of them than chance makes; or so many
 * that one character mostly makes another reference. */
static bool is_crowded(const struct match_nearness *test, uint32_t most)
{
    for (int i = 0; i < MATCH_NEAR_CLOSE; i++)
        if (test->found[i] >= FOUND_LEAST && test->share[i] * 1e6 > most &&
            test->share[i] > 4 * test->chance[i])
            return true;
    double found = (double)test->found[MATCH_NEAR_CLOSE], share = test->share[MATCH_NEAR_CLOSE];
    double expected = share > 0 ? found * test->chance[MATCH_NEAR_CLOSE] / share : 0;
    return share >= 1 || (found >= 2 && share * 1e6 * CLOSE_PART > most &&
                          found > 1.3 * expected + 3 * sqrt(expected));
}

/* The references of all accounts that are not crowded by themselves: the few neighbours that each of
 * them has may be many together. */
static struct match_nearness pool(const struct match_nearness *tests, size_t count, uint32_t most)
{
    struct match_nearness all = {.own = true};
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < MATCH_NEARNESS && tests[i].own && !is_crowded(&tests[i], most); k++) {
            all.found[k] += tests[i].found[k];
            all.tested[k] += tests[i].tested[k];
            all.chance[k] += tests[i].chance[k] * (double)tests[i].tested[k];
        }
    for (int k = 0; k < MATCH_NEARNESS; k++) {
        double tested = all.tested[k] ? (double)all.tested[k] : 1;
        all.share[k] = (double)all.found[k] / tested;
        all.chance[k] /= tested;
    }
    return all;
}

struct match_near_test {
    const struct match_store *store;
    const struct match_rule *rule;
    struct match_nearness *found;
    struct match_task *task;
};

static void test_lanes(void *part)
{
    struct match_near_test *test = part;
    test->found = match_lane_test(test->store, test->store->lanes, test->rule);
}

static const struct match_rule *first_near(const struct match_store *store)
{
    for (size_t i = 0; i < store->rules->count; i++)
        if (store->rules->list[i].kind == MATCH_NEAR)
            return &store->rules->list[i];
    return NULL;
}

void match_near_begin(struct match_store *store)
{
    const struct match_rule *rule = first_near(store);
    if (!rule || store->count < BESIDE)
        return;
    store->near_test = xcalloc(1, sizeof *store->near_test);
    *store->near_test = (struct match_near_test){.store = store, .rule = rule};
    store->near_test->task = match_begin(test_lanes, store->near_test);
}

struct match_nearness *match_near_end(struct match_store *store, const struct match_rule *rule)
{
    struct match_near_test *test = store->near_test;
    struct match_nearness *found = NULL;
    store->near_test = NULL;
    if (test) {
        match_end(test->task);
        if (test->rule == rule || !rule)
            found = test->found;
        else
            free(test->found);
        free(test);
    }
    return found || !rule ? found : match_lane_test(store, store->lanes, rule);
}

const struct match_nearness *match_near_nearness(struct match_store *store,
                                                 const struct match_rule *rule)
{
    uint32_t most = rule->neighbours;
    free(store->nearness);
    store->nearness = match_near_end(store, rule);
    struct match_nearness all = pool(store->nearness, store->account_count, most);
    bool crowded = is_crowded(&all, most);
    for (size_t i = 0; i < store->account_count; i++) {
        struct match_nearness *test = &store->nearness[i];
        test->crowded = is_crowded(test, most) || (test->own && crowded);
    }
    return store->nearness;
}

bool match_near_crowded(struct match_store *store, uint32_t account)
{
    const struct match_rule *rule = store->nearness ? NULL : first_near(store);
    if (rule)
        match_near_nearness(store, rule);
    return store->nearness && store->nearness[account].crowded;
}
