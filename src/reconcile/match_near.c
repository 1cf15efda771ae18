#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BESIDE = 100000, /* lines from which on a thread is worth it */
    DISTANCES = 2,   /* of near pairs: one edit, two */
    CLOSE_PART = 5,  /* of the share that may have a near neighbour: those of whatever amount */
    FOUND_LEAST = 5, /* neighbours; fewer may be chance */
    SAMPLE = 64,     /* lines of a side of a block whose days are compared */
    OFFSETS = 32,    /* days that are told apart */
    PAIRS = 20000,   /* whose days are looked at */
    PAIRS_LEAST = 1000,
    USUAL_ONE_IN = 2000 /* of them have so many days between them at least */
};

/* Fewer values than this are running numbers: a typing error makes another valid reference. */
static const double space_least = 3e7;

/* A length that at least this share of the references of a lane has is usual there. */
static const double usual_least = 0.25;

/* A line of each side whose references are at most two edits apart. */
struct pair {
    uint32_t book, statement, block, reserved;
    uint8_t distance, allowed;
    uint16_t days; /* apart, a statement that is early counts more */
};

/* What a block holds, for the risk of taking a neighbour for the partner. */
struct crowd {
    uint32_t account, block;
    int64_t amount;
    double expected[DISTANCES]; /* pairs so many edits apart by chance */
    size_t pairs[DISTANCES];    /* found */
    bool safe[DISTANCES];       /* more of them than chance makes */
};

struct near {
    const struct match_rule *rule;
    const struct match_lane *lanes;
    struct pair *pairs;
    size_t count, capacity;
    struct crowd *crowds;
    size_t crowd_count, crowd_capacity;
    uint32_t *partners; /* pairs of each line, by line; NULL until all are found */
    uint32_t (*best)[2]; /* places plus one of the two nearest pairs of each line; 0 without */
    bool usual[2 * OFFSETS + 1]; /* days from book to statement that surely matched pairs have */
};

/* Edits between the writings, or between their cores when that is less; 3 for more than two. With 0
 * the rules of references have left the pair: it is a rival, and no near pair. */
static int edits(const struct match_form *one, const struct match_form *other)
{
    int longer = one->length - other->length;
    if (!longer && match_differences(one, other) > 4)
        return 3;
    return longer > 8 || longer < -8 ? 3 : match_form_distance(one, other);
}

static uint16_t days_apart(const struct match_line *book, const struct match_line *statement)
{
    int days = statement->date - book->date;
    return (uint16_t)(days < 0 ? 100 - days : days);
}

static struct match_form *make_forms(const struct match_store *store, const uint32_t *lines,
                                     size_t count)
{
    struct match_form *forms = xcalloc(count, sizeof *forms);
    for (size_t i = 0; i < count; i++) {
        struct slice reference = match_reference(store, &store->lines[lines[i]]);
        struct match_form core = match_core(reference, &store->rules->prefixes);
        forms[i] = core.length ? core : match_plain(reference);
    }
    return forms;
}

bool match_is_copy(const struct match_store *store, uint32_t index)
{
    const struct match_line *line = &store->lines[index];
    const struct match_keys *keys = &store->references;
    uint64_t key = match_reference_key(line);
    for (size_t at = match_keys_find(keys, key); at < keys->count && keys->list[at].key == key;
         at++) {
        const struct match_line *other = &store->lines[keys->list[at].line];
        if (match_line_status(other) == MATCH_CONFIRMED && other->side == line->side &&
            other->amount == line->amount && other->account == line->account)
            return true;
    }
    return false;
}

static int offset(const struct match_line *book, const struct match_line *statement)
{
    int days = statement->date - book->date;
    return (days < -OFFSETS ? -OFFSETS : days > OFFSETS ? OFFSETS : days) + OFFSETS;
}

/* Which days are usual, from a part of the pairs; all of them where there are few pairs. */
static void find_usual_days(const struct match_store *store, bool usual[2 * OFFSETS + 1])
{
    size_t counts[2 * OFFSETS + 1] = {0}, pairs = 0;
    size_t step = store->counts[MATCH_BOOK] / PAIRS + 1;
    for (size_t i = 0; i < store->counts[MATCH_BOOK]; i += step) {
        const struct match_line *line = &store->lines[i], *mate = &store->lines[line->next];
        if (match_line_status(line) != MATCH_CONFIRMED || mate->side == MATCH_BOOK)
            continue;
        counts[offset(line, mate)]++;
        pairs++;
    }
    for (int i = 0; i <= 2 * OFFSETS; i++)
        usual[i] = pairs < PAIRS_LEAST || counts[i] * USUAL_ONE_IN >= pairs;
}

static bool is_usual_day(const struct near *near, const struct match_line *book,
                         const struct match_line *statement)
{
    return near->usual[offset(book, statement)] && match_in_days(book, statement, near->rule);
}

/* Share of the pairs of a block whose days are usual, from a part of it. */
static double days_share(const struct match_store *store, const struct near *near,
                         const struct match_block *block)
{
    size_t steps[] = {block->counts[0] / SAMPLE + 1, block->counts[1] / SAMPLE + 1};
    size_t seen = 0, within = 0;
    for (size_t i = 0; i < block->counts[0]; i += steps[0])
        for (size_t j = 0; j < block->counts[1]; j += steps[1], seen++)
            within += is_usual_day(near, &store->lines[block->lines[0][i]],
                                   &store->lines[block->lines[1][j]]);
    return (double)within / (double)seen;
}

/* Pairs that are near by chance, among the lines whose own partner is not there. */
static void expect(const struct match_store *store, const struct near *near,
                   const struct match_block *block, struct match_form *const forms[2],
                   bool *const paired[2], double expected[DISTANCES])
{
    size_t lengths[MATCH_FORM + 3] = {0};
    double share = -1;
    for (size_t j = 0; j < block->counts[1]; j++)
        lengths[forms[1][j].length + 1] += !paired[1][j] && !match_is_copy(store, block->lines[1][j]);
    for (size_t i = 0; i < block->counts[0]; i++) {
        size_t length = forms[0][i].length;
        size_t others = lengths[length] + lengths[length + 1] + lengths[length + 2];
        if (paired[0][i] || !others || match_is_copy(store, block->lines[0][i]))
            continue;
        share = share < 0 ? days_share(store, near, block) : share;
        for (int edits = 1; edits <= match_edits_allowed(length); edits++)
            expected[edits - 1] +=
                share * (double)others *
                match_lane_chance(near->lanes, store->lines[block->lines[0][i]].account, length,
                                  edits);
    }
}

static void compare_block(struct match_store *store, const struct match_block *block, void *context)
{
    struct near *near = context;
    struct match_form *forms[2];
    struct crowd crowd = {.account = store->lines[block->lines[0][0]].account,
                          .amount = store->lines[block->lines[0][0]].amount,
                          .block = (uint32_t)near->crowd_count};
    bool *paired[] = {xcalloc(block->counts[0], 1), xcalloc(block->counts[1], 1)};
    for (int side = 0; side < 2; side++)
        forms[side] = make_forms(store, block->lines[side], block->counts[side]);
    for (size_t i = 0; i < block->counts[0]; i++) {
        const struct match_form *form = &forms[0][i];
        const struct match_line *book = &store->lines[block->lines[0][i]];
        for (size_t j = 0; j < block->counts[1]; j++) {
            const struct match_line *statement = &store->lines[block->lines[1][j]];
            int distance = edits(form, &forms[1][j]), least;
            if (distance > 2 || !match_in_days(book, statement, near->rule))
                continue;
            least = form->length < forms[1][j].length ? form->length : forms[1][j].length;
            ARRAY_RESERVE(near->pairs, near->count, near->capacity);
            near->pairs[near->count++] = (struct pair){
                block->lines[0][i],          block->lines[1][j],
                (uint32_t)near->crowd_count, 0,
                (uint8_t)distance,           (uint8_t)match_edits_allowed((size_t)least),
                days_apart(book, statement)};
            if (distance && distance <= match_edits_allowed((size_t)least))
                crowd.pairs[distance - 1]++;
            paired[0][i] = paired[1][j] = true;
        }
    }
    expect(store, near, block, forms, paired, crowd.expected);
    for (int side = 0; side < 2; side++) {
        free(forms[side]);
        free(paired[side]);
    }
    ARRAY_RESERVE(near->crowds, near->crowd_count, near->crowd_capacity);
    near->crowds[near->crowd_count++] = crowd;
}

/* Nearest first; of equal ones the statement that follows the book soonest. */
static int by_distance(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    if (a->days != b->days)
        return a->days < b->days ? -1 : 1;
    if (a->book != b->book)
        return a->book < b->book ? -1 : 1;
    return a->statement < b->statement ? -1 : a->statement > b->statement;
}

/* Words have no typing errors that matter here. */
static bool has_number(const struct match_store *store, const struct match_line *line)
{
    struct slice reference = match_reference(store, line);
    bool digit = false;
    for (size_t i = 0; i < reference.length; i++)
        digit = digit || (reference.text[i] >= '0' && reference.text[i] <= '9');
    return digit && !match_no_reference(reference, &store->rules->absent);
}

/* By account, and within it those in which chance makes fewest pairs first; of equal ones the smaller
 * amount, whatever the order of the lines. */
static int by_expected(const void *left, const void *right, void *distance)
{
    const struct crowd *a = left, *b = right;
    double x = a->expected[*(const int *)distance], y = b->expected[*(const int *)distance];
    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    if (x != y)
        return x < y ? -1 : 1;
    return a->amount < b->amount ? -1 : a->amount > b->amount;
}

/* Of one account's blocks as many as hold more pairs than chance makes in all of them together:
 * also those without a pair count, for each could have had a wrong one. */
static void judge_account(struct crowd *crowds, size_t count, int distance, double risk)
{
    double expected = 0, pairs = 0;
    size_t safe = 0;
    for (size_t i = 0; i < count; i++) {
        expected += crowds[i].expected[distance];
        pairs += (double)crowds[i].pairs[distance];
        if (expected * 1e6 <= risk * pairs)
            safe = i + 1;
    }
    for (size_t i = 0; i < safe; i++)
        crowds[i].safe[distance] = true;
}

static int by_block(const void *left, const void *right)
{
    const struct crowd *a = left, *b = right;
    return a->block < b->block ? -1 : a->block > b->block;
}

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

/* The neighbour test, and what it says of each account. */
static const struct match_nearness *run_test(struct match_store *store,
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
        run_test(store, rule);
    return store->nearness && store->nearness[account].crowded;
}

/* Accounts whose own references lie so close that a near one may be another's are never safe. */
static void judge_crowds(struct match_store *store, struct near *near)
{
    const struct match_nearness *tests = run_test(store, near->rule);
    for (int distance = 0; distance < DISTANCES; distance++) {
        qsort_r(near->crowds, near->crowd_count, sizeof *near->crowds, by_expected, &distance);
        for (size_t from = 0, end; from < near->crowd_count; from = end) {
            for (end = from; end < near->crowd_count &&
                             near->crowds[end].account == near->crowds[from].account;)
                end++;
            if (!tests[near->crowds[from].account].crowded)
                judge_account(&near->crowds[from], end - from, distance,
                              distance ? near->rule->risk / 3.0 : near->rule->risk);
        }
    }
    qsort(near->crowds, near->crowd_count, sizeof *near->crowds, by_block);
}

/* Whether a reference of the pair has a length that is usual in the lane: of two that were cut or made
 * for one line alone the lane knows too little. */
static bool is_usual(const struct match_store *store, const struct near *near,
                     const struct pair *pair)
{
    uint32_t account = store->lines[pair->book].account;
    const uint32_t lines[] = {pair->book, pair->statement};
    for (int i = 0; i < 2; i++) {
        struct match_form form = match_plain(match_reference(store, &store->lines[lines[i]]));
        if (match_lane_share(near->lanes, account, form.length) >= usual_least)
            return true;
    }
    return false;
}

/* Whether one reference is longer in any writing by more than a typing error makes: two characters, or
 * one where another one differs. That is another reference, or a cut one. */
static bool is_longer(const struct match_store *store, const struct pair *pair)
{
    struct match_form one = match_line_form(store, pair->book);
    struct match_form other = match_line_form(store, pair->statement);
    int most = pair->distance > 1 ? 0 : 1;
    return abs(one.length - other.length) > most &&
           abs((one.length - one.head) - (other.length - other.head)) > most;
}

static bool is_safe(const struct match_store *store, const struct near *near,
                    const struct pair *pair)
{
    const struct match_line *line = &store->lines[pair->book];
    struct match_form form = match_plain(match_reference(store, line));
    if (!is_usual_day(near, line, &store->lines[pair->statement]))
        return false;
    if (!near->crowds[pair->block].safe[pair->distance - 1] || match_is_copy(store, pair->book) ||
        match_is_copy(store, pair->statement) || match_has_part(store, line) ||
        match_has_part(store, &store->lines[pair->statement]))
        return false;
    return is_usual(store, near, pair) && !is_longer(store, pair) && near->partners[pair->book] == 1 &&
           near->partners[pair->statement] == 1 &&
           match_lane_space(near->lanes, line->account, form.length) >= space_least;
}

static void keep_best(uint32_t best[2], uint32_t place)
{
    if (!best[0])
        best[0] = place;
    else if (!best[1])
        best[1] = place;
}

/* The pairs must be sorted. */
static void find_best(const struct match_store *store, struct near *near)
{
    near->partners = xcalloc(store->count + 1, sizeof *near->partners);
    near->best = xcalloc(store->count + 1, sizeof *near->best);
    for (size_t i = 0; i < near->count; i++) {
        const struct pair *pair = &near->pairs[i];
        near->partners[pair->book]++;
        near->partners[pair->statement]++;
        keep_best(near->best[pair->book], (uint32_t)i + 1);
        keep_best(near->best[pair->statement], (uint32_t)i + 1);
    }
}

/* The nearest pair of one of the lines but for their own. */
static const struct pair *runner_up(const struct near *near, size_t from)
{
    const struct pair *pair = &near->pairs[from];
    uint32_t found = 0;
    for (int i = 0; i < 2; i++) {
        uint32_t places[] = {near->best[pair->book][i], near->best[pair->statement][i]};
        for (int k = 0; k < 2; k++)
            if (places[k] && places[k] != from + 1 && (!found || places[k] < found))
                found = places[k];
    }
    return found ? &near->pairs[found - 1] : NULL;
}

static void join_pairs(struct match_store *store, struct near *near)
{
    judge_crowds(store, near);
    for (size_t i = 0; i < near->count; i++) {
        const struct pair *pair = &near->pairs[i];
        const uint32_t lines[] = {pair->book, pair->statement};
        if (!pair->distance || pair->distance > pair->allowed ||
            !match_is_open(store, pair->book) || !match_is_open(store, pair->statement))
            continue;
        const struct pair *second = runner_up(near, i);
        match_join(store, lines, 2, near->rule, is_safe(store, near, pair));
        match_note_add(store,
                       (struct match_note){.line = match_first(store, pair->book),
                                           .other = !second                      ? UINT32_MAX
                                                    : second->book == pair->book ? second->statement
                                                                                 : second->book,
                                           .distance = pair->distance,
                                           .second = second ? second->distance : 3});
    }
}

void match_rule_near(struct match_store *store, const struct match_rule *rule)
{
    struct near near = {.rule = rule, .lanes = store->lanes};
    find_usual_days(store, near.usual);
    match_blocks(store, rule->block, has_number, compare_block, &near);
    if (near.count) {
        qsort(near.pairs, near.count, sizeof *near.pairs, by_distance);
        find_best(store, &near);
        join_pairs(store, &near);
    }
    free(near.partners);
    free(near.best);
    free(near.pairs);
    free(near.crowds);
}
