#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Safeguard against what nothing beside a pair can tell: a number mistyped into another's, while the
 * own partners of both are lost. The two that are left look like an exact pair, or on one side like
 * movement and counter-movement. How often chance makes that follows from what the lane itself
 * shows: how many lines of an amount have no partner, how many are mistyped, how many of the
 * possible numbers are in use. Where it is more than once in many runs, the pairs of those amounts are
 * left to a person. */

/* Chance pairs that may be expected of all that a run confirms. */
static const double risk_pairs = 0.05, risk_reversals = 0.02;

enum { LINES_LEAST = 200 }; /* of an account; of fewer the faults of all accounts say more */

/* Lines of one account, size of amount and length of reference that have no partner. */
struct block {
    uint64_t key;
    uint32_t line;           /* one of them */
    uint32_t alone[2][2];    /* by side and direction */
    double pairs[2];         /* chance pairs expected, by direction */
    double reversals[2];     /* by side */
    bool doubtful[2], reversed[2];
};

/* What an account shows. */
struct faults {
    double lines, mistyped; /* of the book, with a reference; near pairs */
};

struct chance {
    struct match_store *store;
    struct block *blocks;
    size_t count, capacity;
    struct faults *faults, all;
};

static uint64_t size_of(const struct match_line *line)
{
    return line->amount < 0 ? 0 - (uint64_t)line->amount : (uint64_t)line->amount;
}

static int direction(const struct match_line *line)
{
    return line->amount < 0;
}

/* The account's name and not its number, which depends on the order of the files. */
static uint64_t block_key(const struct match_store *store, uint32_t index)
{
    const struct match_line *line = &store->lines[index];
    const struct match_account *account = &store->accounts[line->account];
    uint64_t name = match_mix(match_hash(account->name, strlen(account->name)),
                              match_hash(account->currency, 3));
    return match_mix(match_mix(name, size_of(line)), match_line_form(store, index).length);
}

/* Whether the line has no partner: open, or in a suggestion that no reference speaks for. */
static bool is_alone(const struct match_store *store, uint32_t index)
{
    const struct match_line *line = &store->lines[index];
    const struct match_rule *rule = match_line_rule(store, line);
    if (!line->form || match_line_status(line) == MATCH_CONFIRMED)
        return false;
    return !rule || rule->kind == MATCH_SUBSET || rule->kind == MATCH_AMOUNT ||
           rule->kind == MATCH_PAYER;
}

static void count_faults(struct chance *chance)
{
    const struct match_store *store = chance->store;
    chance->faults = xcalloc(store->account_count + 1, sizeof *chance->faults);
    for (size_t i = 0; i < store->counts[MATCH_BOOK]; i++)
        chance->faults[store->lines[i].account].lines += store->lines[i].form != 0;
    for (size_t i = 0; i < match_rest_count(store); i++) {
        const struct match_line *line = &store->lines[match_rest(store, i)];
        const struct match_rule *rule = match_line_rule(store, line);
        if (line->side == MATCH_BOOK && rule && rule->kind == MATCH_NEAR)
            chance->faults[line->account].mistyped++;
    }
    for (size_t i = 0; i < store->account_count; i++) {
        chance->all.lines += chance->faults[i].lines;
        chance->all.mistyped += chance->faults[i].mistyped;
    }
}

static void add_alone(struct chance *chance, const struct match_key *key)
{
    const struct match_line *line = &chance->store->lines[key->line];
    if (!chance->count || chance->blocks[chance->count - 1].key != key->key) {
        ARRAY_RESERVE(chance->blocks, chance->count, chance->capacity);
        chance->blocks[chance->count++] = (struct block){.key = key->key, .line = key->line};
    }
    chance->blocks[chance->count - 1].alone[line->side][direction(line)]++;
}

static void collect_blocks(struct chance *chance)
{
    const struct match_store *store = chance->store;
    struct match_keys keys = {NULL, 0, 0};
    for (size_t i = 0; i < match_rest_count(store); i++) {
        uint32_t line = match_rest(store, i);
        if (is_alone(store, line) && !match_is_copy(store, line))
            match_keys_add(&keys, block_key(store, line), line);
    }
    match_keys_sort(&keys);
    for (size_t i = 0; i < keys.count; i++)
        add_alone(chance, &keys.list[i]);
    match_keys_free(&keys);
}

/* Probability that a line of the block is mistyped into the number of one certain other line. Of lines
 * that are left on both sides any may be mistyped: blocks may be too large for the rule about near
 * ones. */
static double hit(const struct chance *chance, const struct block *block)
{
    const struct match_store *store = chance->store;
    uint32_t account = store->lines[block->line].account;
    const struct faults *own = &chance->faults[account];
    const struct faults *faults = own->lines < LINES_LEAST ? &chance->all : own;
    double book = block->alone[0][0] + block->alone[0][1];
    double statement = block->alone[1][0] + block->alone[1][1];
    double left = book < statement ? book : statement;
    double mistyped = faults->mistyped > left ? faults->mistyped : left;
    double typed = faults->lines > mistyped ? mistyped / faults->lines : 1;
    struct match_form form = match_line_form(store, block->line);
    return typed * match_lane_typed(store->lanes, account, form.length);
}

static void expect(const struct chance *chance, struct block *block)
{
    double probability = hit(chance, block);
    for (int i = 0; i < 2; i++) {
        block->pairs[i] = probability * block->alone[0][i] * block->alone[1][i];
        block->reversals[i] = probability * block->alone[i][0] * block->alone[i][1];
    }
}

/* Both kinds of chance pairs, of all blocks. */
static bool judge(struct chance *chance)
{
    struct match_share *shares = xcalloc(2 * chance->count + 1, sizeof *shares);
    bool any = false;
    for (int reversals = 0; reversals < 2; reversals++) {
        for (size_t i = 0; i < chance->count; i++) {
            struct block *block = &chance->blocks[i];
            for (int k = 0; k < 2; k++)
                shares[2 * i + (size_t)k] = (struct match_share){
                    reversals ? block->reversals[k] : block->pairs[k], 0, block->key,
                    reversals ? &block->reversed[k] : &block->doubtful[k]};
        }
        any |= match_spend(shares, 2 * chance->count, reversals ? risk_reversals : risk_pairs);
    }
    free(shares);
    return any;
}

static int by_key(const void *left, const void *right)
{
    const struct block *a = left, *b = right;
    return a->key < b->key ? -1 : a->key > b->key;
}

static void doubt_line(struct chance *chance, uint32_t index)
{
    struct match_store *store = chance->store;
    const struct match_line *line = &store->lines[index];
    const struct match_rule *rule = match_line_rule(store, line);
    bool pair = rule && rule->kind == MATCH_REFERENCE && !rule->fee.given && !rule->tolerance;
    if (match_line_status(line) != MATCH_CONFIRMED || !line->form ||
        !(pair || (rule && rule->kind == MATCH_REVERSAL)))
        return;
    struct block wanted = {.key = block_key(store, index)};
    const struct block *block =
        bsearch(&wanted, chance->blocks, chance->count, sizeof *chance->blocks, by_key);
    if (block && (pair ? block->doubtful[direction(line)] : block->reversed[line->side]))
        match_demote(store, index, MATCH_DOUBT_CHANCE, UINT32_MAX);
}

void match_doubt_chance(struct match_store *store)
{
    struct chance chance = {.store = store};
    count_faults(&chance);
    collect_blocks(&chance);
    for (size_t i = 0; i < chance.count; i++)
        expect(&chance, &chance.blocks[i]);
    if (chance.count && judge(&chance))
        for (size_t i = 0; i < store->count; i++)
            doubt_line(&chance, (uint32_t)i);
    free(chance.faults);
    free(chance.blocks);
}
