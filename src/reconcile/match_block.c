#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Rules about open lines of one account and amount. */

static bool one_block(const struct match_store *store, const struct match_key *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct match_line *a = &store->lines[keys[0].line], *b = &store->lines[keys[i].line];
        if (a->account != b->account || a->amount != b->amount)
            return false;
    }
    return true;
}

void match_blocks(struct match_store *store, uint32_t most,
                  bool (*take)(const struct match_store *store, const struct match_line *line),
                  void (*use)(struct match_store *store, const struct match_block *block,
                              void *context),
                  void *context)
{
    struct match_keys keys = {NULL, 0, 0};
    struct match_block block = {
        {xmalloc(most * sizeof(uint32_t)), xmalloc(most * sizeof(uint32_t))}, {0, 0}};
    for (size_t i = 0; i < match_rest_count(store); i++) {
        const struct match_line *line = &store->lines[match_rest(store, i)];
        if (!line->mark && take(store, line))
            match_keys_add(&keys, match_mix(line->account, (uint64_t)line->amount),
                           match_rest(store, i));
    }
    match_keys_sort(&keys);
    for (size_t at = 0, run; at < keys.count; at += run) {
        run = match_keys_run(&keys, at);
        block.counts[0] = block.counts[1] = 0;
        for (size_t i = at; run > 1 && run <= most && i < at + run; i++) {
            int side = store->lines[keys.list[i].line].side;
            block.lines[side][block.counts[side]++] = keys.list[i].line;
        }
        if (block.counts[0] && block.counts[1] && one_block(store, &keys.list[at], run))
            use(store, &block, context);
    }
    match_keys_free(&keys);
    free(block.lines[0]);
    free(block.lines[1]);
}

/* The only partner of each line of a block, by a rule of its own. */
enum { NOBODY = -1, SEVERAL = -2 };

static void note(long *partner, long other)
{
    *partner = *partner == NOBODY ? other : SEVERAL;
}

/* Joins the lines that are each other's only partner. */
static void join_only(struct match_store *store, const struct match_rule *rule,
                      const struct match_block *block,
                      bool (*agree)(void *context, size_t book, size_t statement, bool *sure),
                      void *context)
{
    size_t book = block->counts[0], statement = block->counts[1];
    long *partners = xmalloc((book + statement) * sizeof *partners);
    bool *sure = xcalloc(book + 1, sizeof *sure), one;
    for (size_t i = 0; i < book + statement; i++)
        partners[i] = NOBODY;
    for (size_t i = 0; i < book; i++)
        for (size_t j = 0; j < statement; j++)
            if (match_in_days(&store->lines[block->lines[0][i]], &store->lines[block->lines[1][j]],
                              rule) &&
                agree(context, i, j, &one)) {
                note(&partners[i], (long)j);
                note(&partners[book + j], (long)i);
                sure[i] = one;
            }
    for (size_t i = 0; i < book; i++)
        if (partners[i] >= 0 && partners[book + (size_t)partners[i]] == (long)i) {
            const uint32_t lines[] = {block->lines[0][i], block->lines[1][partners[i]]};
            match_join(store, lines, 2, rule, sure[i]);
        }
    free(partners);
    free(sure);
}

static bool has_reference(const struct match_store *store, const struct match_line *line)
{
    return line->reference_length &&
           !match_no_reference(match_reference(store, line), &store->rules->absent);
}

/* A length that at least this share of the references of a side has is that of its references: only
 * those are cut, and they are no pieces. */
static const double whole_least = 0.05;

struct cut {
    const struct match_rule *rule;
    const struct match_lane *lanes;
    uint32_t account;
    const size_t *counts; /* open lines of each side of the block */
    struct match_form *forms[2];
};

/* Whether `piece` is the beginning or the end of the whole, and which of its characters. */
static bool is_piece(struct slice whole, struct slice piece, size_t least, size_t *from)
{
    if (piece.length < least || piece.length >= whole.length)
        return false;
    *from = 0;
    if (!memcmp(whole.text, piece.text, piece.length))
        return true;
    *from = whole.length - piece.length;
    return !memcmp(whole.text + *from, piece.text, piece.length);
}

static bool agree_cut(void *context, size_t book, size_t statement, bool *sure)
{
    const struct cut *cut = context;
    const struct match_form *forms[] = {&cut->forms[0][book], &cut->forms[1][statement]};
    int whole = forms[0]->length > forms[1]->length ? 0 : 1;
    struct slice one = {forms[whole]->text, forms[whole]->length};
    struct slice piece = {forms[!whole]->text, forms[!whole]->length};
    size_t from;
    double cut_here = match_lane_side_share(cut->lanes, cut->account, !whole, piece.length);
    if (!is_piece(one, piece, cut->rule->length, &from) ||
        (one.length - piece.length == 1 && cut_here < whole_least)) /* a typing error */
        return false;
    double chance = match_lane_piece(cut->lanes, cut->account, one.length, from, piece.length);
    *sure = (chance * (double)cut->counts[whole] <= MATCH_PIECE_CHANCE ||
             chance * (double)cut->counts[0] * (double)cut->counts[1] <= MATCH_PIECE_PAIRS) &&
            match_lane_side_share(cut->lanes, cut->account, whole, piece.length) < whole_least &&
            match_lane_side_share(cut->lanes, cut->account, whole, one.length) >= whole_least;
    return true;
}

static void join_cut(struct match_store *store, const struct match_block *block, void *context)
{
    struct cut *cut = context;
    for (int side = 0; side < 2; side++) {
        cut->forms[side] = xmalloc(block->counts[side] * sizeof **cut->forms);
        for (size_t i = 0; i < block->counts[side]; i++)
            cut->forms[side][i] =
                match_plain(match_reference(store, &store->lines[block->lines[side][i]]));
    }
    cut->account = store->lines[block->lines[0][0]].account;
    cut->counts = block->counts;
    join_only(store, cut->rule, block, agree_cut, cut);
    free(cut->forms[0]);
    free(cut->forms[1]);
}

static bool has_long_reference(const struct match_store *store, const struct match_line *line)
{
    return line->reference_length > 4 && has_reference(store, line);
}

void match_rule_truncated(struct match_store *store, const struct match_rule *rule)
{
    struct cut cut = {.rule = rule, .lanes = store->lanes};
    match_blocks(store, rule->block, has_long_reference, join_cut, &cut);
}

struct bare {
    const struct match_store *store;
    const struct match_rule *rule;
    const struct match_block *block;
};

static bool agree_amount(void *context, size_t book, size_t statement, bool *sure)
{
    const struct bare *bare = context;
    *sure = false;
    return !bare->store->lines[bare->block->lines[0][book]].form ||
           !bare->store->lines[bare->block->lines[1][statement]].form;
}

static void join_amount(struct match_store *store, const struct match_block *block, void *context)
{
    struct bare bare = {store, context, block};
    join_only(store, context, block, agree_amount, &bare);
}

static bool agree_payer(void *context, size_t book, size_t statement, bool *sure)
{
    const struct bare *bare = context;
    *sure = false;
    return bare->store->lines[bare->block->lines[0][book]].payer ==
           bare->store->lines[bare->block->lines[1][statement]].payer;
}

static void join_payer(struct match_store *store, const struct match_block *block, void *context)
{
    struct bare bare = {store, context, block};
    join_only(store, context, block, agree_payer, &bare);
}

static bool has_payer(const struct match_store *store, const struct match_line *line)
{
    (void)store;
    return line->payer && line->amount;
}

void match_rule_payer(struct match_store *store, const struct match_rule *rule)
{
    match_blocks(store, rule->block, has_payer, join_payer, (void *)rule);
}

static bool any_line(const struct match_store *store, const struct match_line *line)
{
    (void)store;
    return line->amount != 0;
}

void match_rule_amount(struct match_store *store, const struct match_rule *rule)
{
    match_blocks(store, rule->block, any_line, join_amount, (void *)rule);
}
