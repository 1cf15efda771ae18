#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum {
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

/* Sorts of near pairs. Chance seldom makes the rarer ones: a number has nine neighbours in each digit,
 * but one in each two that are swapped, and a length that is not usual is hardly another line's. */
enum sort { OTHER, SWAPPED, LENGTH, TWO, SORTS };

/* A line of each side whose references are at most two edits apart. */
struct pair {
    uint32_t book, statement, block;
    uint8_t sort; /* enum sort */
    uint8_t distance, allowed;
    uint16_t days; /* apart, a statement that is early counts more */
};

/* What a block holds of one sort, for the risk of taking a neighbour for the partner. */
struct crowd {
    uint32_t account, place; /* of the block, then of the sort */
    int64_t amount;
    double expected; /* pairs by chance */
    size_t pairs;    /* found */
    bool safe;       /* more of them than chance makes */
};

struct near {
    const struct match_rule *rule;
    const struct match_lane *lanes;
    struct pair *pairs;
    size_t count, capacity;
    struct crowd *crowds; /* SORTS for each block */
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

/* By the writings, or by their cores where one has a prefix or zeros more. */
static enum sort sort_of(const struct match_form *one, const struct match_form *other, int distance)
{
    struct slice a = {one->text, one->length}, b = {other->text, other->length};
    if (distance > 1)
        return TWO;
    if (a.length != b.length) {
        a = match_form_core(one);
        b = match_form_core(other);
    }
    if (a.length != b.length)
        return LENGTH;
    for (size_t i = 0; i + 1 < a.length; i++)
        if (a.text[i] != b.text[i])
            return a.text[i] == b.text[i + 1] && a.text[i + 1] == b.text[i] ? SWAPPED : OTHER;
    return OTHER;
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

uint32_t match_original(const struct match_store *store, uint32_t index)
{
    const struct match_line *line = &store->lines[index];
    const struct match_keys *keys = &store->references;
    uint64_t key = match_reference_key(line);
    for (size_t at = match_keys_find(keys, key); at < keys->count && keys->list[at].key == key;
         at++) {
        const struct match_line *other = &store->lines[keys->list[at].line];
        if (match_line_status(other) == MATCH_CONFIRMED && other->side == line->side &&
            other->amount == line->amount && other->account == line->account)
            return keys->list[at].line;
    }
    return UINT32_MAX;
}

bool match_is_copy(const struct match_store *store, uint32_t index)
{
    return match_original(store, index) != UINT32_MAX;
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
                   bool *const paired[2], struct crowd crowds[SORTS])
{
    size_t lengths[MATCH_FORM + 3] = {0};
    double share = -1;
    for (size_t j = 0; j < block->counts[1]; j++)
        lengths[forms[1][j].length + 1] += !paired[1][j] && !match_is_copy(store, block->lines[1][j]);
    for (size_t i = 0; i < block->counts[0]; i++) {
        size_t length = forms[0][i].length, same = lengths[length + 1];
        size_t others = lengths[length] + lengths[length + 2];
        uint32_t account = store->lines[block->lines[0][i]].account;
        if (paired[0][i] || same + others == 0 || match_is_copy(store, block->lines[0][i]))
            continue;
        share = share < 0 ? days_share(store, near, block) : share;
        if (match_edits_allowed(length) > 0) {
            double one = share * match_lane_chance(near->lanes, account, length, 1);
            double swapped = share * match_lane_swapped(near->lanes, account, length);
            crowds[OTHER].expected += (one - swapped) * (double)same; /* but for the digit itself */
            crowds[SWAPPED].expected += swapped * (double)same;
            crowds[LENGTH].expected += one * (double)others;
        }
        if (match_edits_allowed(length) > 1)
            crowds[TWO].expected += share * (double)(same + others) *
                                    match_lane_chance(near->lanes, account, length, 2);
    }
}

static void compare_block(struct match_store *store, const struct match_block *block, void *context)
{
    struct near *near = context;
    struct match_form *forms[2];
    struct crowd crowds[SORTS];
    for (uint32_t sort = 0; sort < SORTS; sort++)
        crowds[sort] = (struct crowd){.account = store->lines[block->lines[0][0]].account,
                                      .amount = store->lines[block->lines[0][0]].amount,
                                      .place = (uint32_t)near->crowd_count + sort};
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
                (uint32_t)near->crowd_count, (uint8_t)sort_of(form, &forms[1][j], distance),
                (uint8_t)distance,           (uint8_t)match_edits_allowed((size_t)least),
                days_apart(book, statement)};
            if (distance && distance <= match_edits_allowed((size_t)least))
                crowds[near->pairs[near->count - 1].sort].pairs++;
            paired[0][i] = paired[1][j] = true;
        }
    }
    expect(store, near, block, forms, paired, crowds);
    for (int side = 0; side < 2; side++) {
        free(forms[side]);
        free(paired[side]);
    }
    for (int sort = 0; sort < SORTS; sort++) {
        ARRAY_RESERVE(near->crowds, near->crowd_count, near->crowd_capacity);
        near->crowds[near->crowd_count++] = crowds[sort];
    }
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

static bool is_of_two(const struct crowd *crowd)
{
    return crowd->place % SORTS == TWO;
}

/* By account, those of two edits last, and those first in which chance makes fewest pairs; of equal
 * ones the smaller amount, whatever the order of the lines. */
static int by_expected(const void *left, const void *right)
{
    const struct crowd *a = left, *b = right;
    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    if (is_of_two(a) != is_of_two(b))
        return is_of_two(b) ? -1 : 1;
    if (a->expected < b->expected || a->expected > b->expected)
        return a->expected < b->expected ? -1 : 1;
    if (a->amount != b->amount)
        return a->amount < b->amount ? -1 : 1;
    return (int)(a->place % SORTS) - (int)(b->place % SORTS);
}

/* Of one account's blocks and sorts as many as hold more pairs than chance makes in all of them
 * together: also those without a pair count, for each could have had a wrong one. */
static void judge_account(struct crowd *crowds, size_t count, double risk)
{
    double expected = 0, pairs = 0;
    size_t safe = 0;
    for (size_t i = 0; i < count; i++) {
        expected += crowds[i].expected;
        pairs += (double)crowds[i].pairs;
        if (expected * 1e6 <= risk * pairs)
            safe = i + 1;
    }
    for (size_t i = 0; i < safe; i++)
        crowds[i].safe = true;
}

static int by_place(const void *left, const void *right)
{
    const struct crowd *a = left, *b = right;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* Accounts whose own references lie so close that a near one may be another's are never safe. */
static void judge_crowds(struct match_store *store, struct near *near)
{
    const struct match_nearness *tests = match_near_nearness(store, near->rule);
    qsort(near->crowds, near->crowd_count, sizeof *near->crowds, by_expected);
    for (size_t from = 0, end; from < near->crowd_count; from = end) {
        const struct crowd *first = &near->crowds[from];
        for (end = from; end < near->crowd_count && near->crowds[end].account == first->account &&
                         is_of_two(&near->crowds[end]) == is_of_two(first);)
            end++;
        if (!tests[first->account].crowded)
            judge_account(&near->crowds[from], end - from,
                          is_of_two(first) ? near->rule->risk / 3.0 : near->rule->risk);
    }
    qsort(near->crowds, near->crowd_count, sizeof *near->crowds, by_place);
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
    if (!near->crowds[pair->block + pair->sort].safe || match_is_copy(store, pair->book) ||
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
