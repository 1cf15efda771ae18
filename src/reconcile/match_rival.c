#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* A mistyped reference may be that of another line. Where that line's own partner is missing or
 * damaged, the two look like an exact pair. What gives it away is the owner of the mistyped line:
 * open, of the same amount, its reference one edit from the pair's. So does a reference that was
 * cut: its owner is open and begins or ends with it. */

enum {
    LENGTH_MOST = 24,
    PIECE_LEAST = 5,
    FILTER_BITS = 1 << 25,
    TRIALS = 512,
    OFFSETS_LEAST = 1000,
    AGAIN_ONE_IN = 2000, /* lines of which one has its reference and amount again */
    LATE_LEAST = 50,     /* pairs that tell which days are usual */
    LATE_ONE_IN = 50,    /* of them have the days at least */
    LATE_DAYS = 2        /* usual where there are too few pairs to tell */
};

/* Stands for all amounts in the filter. */
static const int64_t CUT = INT64_MIN;

/* A reference that the line's could be, and the bit of the filter that knows of it. */
struct trial {
    uint64_t key, bit;
    bool whole; /* by the amount, else whatever the amount is */
};

struct rival {
    struct match_store *store;
    const struct match_lane *lanes;
    uint32_t line;
    struct slice core; /* of its reference */
    uint8_t *filter; /* references, amounts and sides of the pairs: nearly all tries miss */
    struct trial trials[TRIALS]; /* of the line, to be looked up together */
    size_t trial_count;
    struct match_rivals rivals;
};

static bool is_keyed_pair(const struct match_store *store, uint32_t line)
{
    const struct match_rule *rule = match_line_rule(store, &store->lines[line]);
    return rule &&
           (rule->kind == MATCH_REFERENCE || rule->kind == MATCH_NARRATIVE ||
            rule->kind == MATCH_TRUNCATED || rule->kind == MATCH_REVERSAL) &&
           match_line_status(&store->lines[line]) == MATCH_CONFIRMED;
}

/* One of several lines whose total is right: another's amount is easily the same as one of theirs. */
static bool is_of_total(const struct match_store *store, const struct match_line *line)
{
    const struct match_rule *rule = match_line_rule(store, line);
    return rule && rule->kind == MATCH_TOTAL && match_line_status(line) == MATCH_CONFIRMED;
}

static bool is_cut_pair(const struct match_store *store, uint32_t line)
{
    return is_keyed_pair(store, line) &&
           match_line_rule(store, &store->lines[line])->kind == MATCH_TRUNCATED;
}

/* Of a confirmed pair with a line of this reference: the line that another one of `side` could have
 * for its partner. */
static const struct match_line *wanted_of(const struct match_store *store,
                                          const struct match_line *taken, int side)
{
    const struct match_line *partner = &store->lines[taken->next];
    if (is_of_total(store, taken))
        return taken;
    if (partner->side == taken->side)
        return taken->side == side ? NULL : taken; /* a reversal */
    return taken->side == side ? partner : NULL;
}

/* Whether lines of the lane are so many days apart at all: once in 2000 pairs at least. */
static bool is_usual(const struct rival *rival, const struct match_line *one,
                     const struct match_line *other)
{
    return rival->rivals.pairs < OFFSETS_LEAST ||
           *match_offset_count(&rival->rivals, one, other) * 2000 >= rival->rivals.pairs;
}

static uint64_t pair_bit(uint64_t key, int64_t amount, int side)
{
    return match_mix(key, (uint64_t)amount * 2 + (uint64_t)side) & (FILTER_BITS - 1);
}

static void keep_rival(struct rival *rival, uint32_t taken)
{
    struct match_rivals *rivals = &rival->rivals;
    ARRAY_RESERVE(rivals->list, rivals->count, rivals->capacity);
    rivals->list[rivals->count].taken = taken;
    rivals->list[rivals->count++].line = rival->line;
}

/* The pairs that the reference is in. */
static void doubt_pairs(struct rival *rival, uint64_t key)
{
    struct match_store *store = rival->store;
    const struct match_line *line = &store->lines[rival->line];
    const struct match_keys *keys = &store->references;
    for (size_t at = match_keys_find(keys, key); at < keys->count && keys->list[at].key == key;
         at++) {
        uint32_t taken = keys->list[at].line;
        const struct match_line *other = &store->lines[taken];
        if (other->account != line->account ||
            !(is_keyed_pair(store, taken) || is_of_total(store, other)))
            continue;
        const struct match_line *wanted = wanted_of(store, other, line->side);
        bool agrees = wanted && (wanted->amount == line->amount ||
                                 (other->side == line->side && other->amount == line->amount));
        if (!agrees || !is_usual(rival, line, wanted))
            continue;
        if (match_line_rule(store, other)->kind == MATCH_REVERSAL) /* its lines may be others' then */
            match_demote(store, taken, MATCH_DOUBT_NEAR, rival->line);
        else
            keep_rival(rival, taken);
    }
}

/* The line that was taken for the owner of a piece which this one begins or ends with as well, whatever
 * their amounts. */
static void doubt_cut(const struct rival *rival, uint64_t key)
{
    struct match_store *store = rival->store;
    const struct match_line *line = &store->lines[rival->line];
    const struct match_keys *keys = &store->references;
    for (size_t at = match_keys_find(keys, key); at < keys->count && keys->list[at].key == key;
         at++)
        if (store->lines[keys->list[at].line].side != line->side &&
            is_cut_pair(store, keys->list[at].line))
            match_demote(store, keys->list[at].line, MATCH_DOUBT_PIECE, rival->line);
}

/* Looks up what was noted of the line: nearly all tries end at the filter. */
static void look_up(struct rival *rival)
{
    for (size_t i = 0; i < rival->trial_count; i++) {
        const struct trial *trial = &rival->trials[i];
        if (!(rival->filter[trial->bit >> 3] >> (trial->bit & 7) & 1))
            continue;
        if (trial->whole)
            doubt_pairs(rival, trial->key);
        else
            doubt_cut(rival, trial->key);
    }
    rival->trial_count = 0;
}

static void try_one(struct rival *rival, uint64_t key, bool whole)
{
    const struct match_line *line = &rival->store->lines[rival->line];
    uint64_t bit = pair_bit(key, whole ? line->amount : CUT, line->side);
    if (rival->trial_count == TRIALS)
        look_up(rival);
    __builtin_prefetch(&rival->filter[bit >> 3]);
    rival->trials[rival->trial_count++] = (struct trial){key, bit, whole};
}

/* A reference that the line's could be, zeros before it or not. */
static void try_core(struct rival *rival, const char *core, size_t length)
{
    while (length > MATCH_CORE_LEAST && *core == '0')
        core++, length--;
    if (length == rival->core.length && !memcmp(core, rival->core.text, length))
        return;
    uint32_t account = rival->store->lines[rival->line].account;
    try_one(rival, match_mix(match_hash(core, length) | 1, account), true);
}

/* The reference with another digit or a digit swapped with the one before. */
static void try_replaced(struct rival *rival, char *text, size_t length, size_t i)
{
    char was = text[i];
    for (text[i] = '0'; text[i] <= '9'; text[i]++)
        if (text[i] != was)
            try_core(rival, text, length);
    text[i] = was;
    if (!i || text[i] == text[i - 1])
        return;
    text[i] = text[i - 1];
    text[i - 1] = was;
    try_core(rival, text, length);
    text[i - 1] = text[i];
    text[i] = was;
}

/* The reference with another digit before this place. */
static void try_inserted(struct rival *rival, struct slice core, size_t i)
{
    char text[LENGTH_MOST + 1];
    memcpy(text, core.text, i);
    memcpy(text + i + 1, core.text + i, core.length - i);
    for (text[i] = i ? '0' : '1'; text[i] <= '9'; text[i]++)
        if (i == 0 || text[i] != core.text[i - 1])
            try_core(rival, text, core.length + 1);
}

/* The reference without the digit. */
static void try_dropped(struct rival *rival, struct slice core, size_t i)
{
    char text[LENGTH_MOST];
    if (i && core.text[i] == core.text[i - 1])
        return;
    memcpy(text, core.text, i + 1);
    memcpy(text + i, core.text + i + 1, core.length - i - 1);
    if (core.length > 1)
        try_core(rival, text, core.length - 1);
}

/* All references that one typing error in a digit makes of this one. */
static void try_all(struct rival *rival, struct slice core)
{
    char text[LENGTH_MOST];
    memcpy(text, core.text, core.length);
    for (size_t i = 0; i < core.length; i++)
        if (text[i] >= '0' && text[i] <= '9') {
            try_replaced(rival, text, core.length, i);
            try_inserted(rival, core, i);
            try_dropped(rival, core, i);
        }
    try_inserted(rival, core, core.length);
}

static bool is_candidate(const struct match_store *store, const struct match_line *line)
{
    const struct match_rule *rule = match_line_rule(store, line);
    enum match_status status = match_line_status(line);
    return line->form && (status == MATCH_OPEN ||
                          (status == MATCH_SUGGESTED &&
                           (rule->kind != MATCH_REFERENCE || !rule->confirm)));
}

static void note_pair(struct rival *rival, uint64_t key, int64_t amount, int side)
{
    uint64_t bit = pair_bit(key, amount, side);
    rival->filter[bit >> 3] |= (uint8_t)(1 << (bit & 7));
}

/* What a line of a confirmed pair is known by, and which amount its partner has. */
static void note_line(struct rival *rival, const struct match_line *line, int64_t wanted, int side,
                      bool cut)
{
    uint64_t key = match_reference_key(line);
    note_pair(rival, key, wanted, side);
    if (wanted != line->amount) /* less a fee */
        note_pair(rival, key, line->amount, line->side);
    if (cut)
        note_pair(rival, key, CUT, !line->side);
}

/* Notes what the confirmed pairs look like. */
static void survey(struct rival *rival)
{
    const struct match_store *store = rival->store;
    rival->filter = xcalloc(FILTER_BITS / 8, 1);
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i], *mate = &store->lines[line->next];
        if (i + 16 < store->count)
            __builtin_prefetch(&store->lines[store->lines[i + 16].next]);
        for (int side = 0; side < 2 && is_of_total(store, line); side++)
            note_pair(rival, match_reference_key(line), line->amount, side);
        if ((line->side == MATCH_STATEMENT && mate->side == MATCH_BOOK) ||
            !is_keyed_pair(store, (uint32_t)i))
            continue; /* a pair is noted from its book line */
        bool cut = is_cut_pair(store, (uint32_t)i);
        if (mate->side == line->side) { /* a reversal */
            note_line(rival, line, line->amount, !line->side, cut);
            continue;
        }
        note_line(rival, line, mate->amount, !mate->side, cut);
        note_line(rival, mate, line->amount, !line->side, cut);
        rival->rivals.pairs++;
        ++*match_offset_count(&rival->rivals, line, mate);
    }
}

/* All references that are the beginning or the end of this one. */
static void try_pieces(struct rival *rival, const struct match_form *form)
{
    const struct slice none = {"", 0};
    size_t whole = match_form_core(form).length;
    uint32_t account = rival->store->lines[rival->line].account;
    for (size_t length = PIECE_LEAST; length < form->length; length++)
        for (int end = 0; end < 2; end++) {
            const char *text = end ? form->text + form->length - length : form->text;
            struct match_form piece =
                match_form_of((struct slice){text, length}, none, rival->store->rules);
            struct slice core = match_form_core(&piece);
            if (!core.length || core.length >= whole)
                continue;
            uint64_t key = match_mix(match_hash(core.text, core.length) | 1, account);
            try_one(rival, key, true);
            try_one(rival, key, false);
        }
}

/* Where references come again with the same amount, a line may meet that of another week whose own
 * partner is lost: so many days are hardly ever between the two sides. */
static void doubt_late(struct rival *rival)
{
    struct match_store *store = rival->store;
    const struct match_rivals *rivals = &rival->rivals;
    bool known = rivals->pairs >= LATE_LEAST;
    if (store->again * AGAIN_ONE_IN < store->count)
        return;
    for (size_t i = 0; i < store->count; i++) {
        const struct match_line *line = &store->lines[i], *mate = &store->lines[line->next];
        if (line->side == MATCH_BOOK && mate->side != line->side &&
            is_keyed_pair(store, (uint32_t)i) &&
            (known ? *match_offset_count(&rival->rivals, line, mate) * LATE_ONE_IN < rivals->pairs
                   : (unsigned)(mate->date - line->date) > LATE_DAYS))
            match_demote(store, (uint32_t)i, MATCH_DOUBT_LATE, UINT32_MAX);
    }
}

/* Whether a typing error in a reference of this length may make another's. */
static bool is_close(const struct match_store *store, const struct match_line *line, size_t length)
{
    return match_lane_space(store->lanes, line->account, length) < MATCH_SPACE_MOST ||
           !store->nearness || store->nearness[line->account].found[MATCH_NEAR_CLOSE];
}

/* Whether a line without a reference that rules can read names this one's in its narrative. */
static bool quotes(const struct match_store *store, uint32_t line, uint32_t of)
{
    struct slice text = match_narrative(store, &store->lines[line]);
    struct slice reference = match_reference(store, &store->lines[of]);
    return reference.length >= PIECE_LEAST &&
           memmem(text.text, text.length, reference.text, reference.length) != NULL;
}

/* Whether the reference was cut to the piece. */
static bool is_piece(const struct match_form *whole, const struct match_form *piece)
{
    if (piece->length < PIECE_LEAST || piece->length >= whole->length)
        return false;
    return !memcmp(whole->text, piece->text, piece->length) ||
           !memcmp(whole->text + whole->length - piece->length, piece->text, piece->length);
}

uint32_t match_near_partner(const struct match_store *store, const struct match_keys *open,
                            uint32_t line, int most, uint32_t but)
{
    const struct match_line *one = &store->lines[line];
    uint64_t key = match_mix(match_mix(one->account, !one->side), (uint64_t)one->amount);
    struct match_form form = match_line_form(store, line);
    for (size_t at = match_keys_find(open, key); at < open->count && open->list[at].key == key;
         at++) {
        uint32_t other = open->list[at].line;
        if (other == but)
            continue;
        struct match_form near = match_line_form(store, other);
        int distance = near.length ? match_form_distance(&form, &near) : 3;
        if ((distance > 0 && distance <= most) || is_piece(&form, &near) ||
            (!near.length && quotes(store, other, line)))
            return other;
    }
    return UINT32_MAX;
}

static bool is_reversed(const struct match_store *store, const struct match_line *line)
{
    const struct match_rule *rule = match_line_rule(store, line);
    return rule && rule->kind == MATCH_REVERSAL;
}

/* Movement and counter-movement of one side are no sure ones where the other side has them too. */
static void collect_open(const struct match_store *store, struct match_keys *open)
{
    for (size_t i = 0; i < match_rest_count(store); i++) {
        const struct match_line *line = &store->lines[match_rest(store, i)];
        if (is_candidate(store, line) || is_reversed(store, line) ||
            (!line->form && line->narrative_length && !line->mark))
            match_keys_add(open,
                           match_mix(match_mix(line->account, line->side), (uint64_t)line->amount),
                           match_rest(store, i));
    }
    match_keys_sort(open);
}

void match_doubt_near(struct match_store *store, const struct match_days *days)
{
    size_t offsets[2 * MATCH_OFFSETS + 1] = {0};
    struct rival rival = {.store = store, .lanes = store->lanes, .rivals = {.offsets = offsets}};
    uint32_t *apart = NULL;
    size_t apart_count = 0, capacity = 0;
    survey(&rival);
    doubt_late(&rival);
    for (size_t i = 0; i < match_rest_count(store); i++) {
        const struct match_line *line = &store->lines[match_rest(store, i)];
        if (!is_candidate(store, line))
            continue;
        rival.line = match_rest(store, i);
        struct match_form form = match_line_form(store, rival.line);
        struct slice core = rival.core = match_form_core(&form);
        if (core.length && form.length <= LENGTH_MOST && is_close(store, line, form.length)) {
            while (core.text > form.text && core.text[-1] == '0') /* one of them may be the error */
                core.text--, core.length++;
            try_all(&rival, core);
        } else {
            ARRAY_RESERVE(apart, apart_count, capacity);
            apart[apart_count++] = rival.line;
        }
        try_pieces(&rival, &form);
        look_up(&rival);
    }
    free(rival.filter);
    match_doubt_beside(store, apart, apart_count);
    free(apart);
    struct match_keys open = {NULL, 0, 0};
    collect_open(store, &open);
    match_doubt_rivals(store, days, &rival.rivals, &open);
    match_keys_free(&open);
    free(rival.rivals.list);
}

/* A mistyped reference may hit that of a movement or of another mistyped one: then the two look
 * like movement and counter-movement; or one is a piece of the other. */
static void doubt_two(struct match_store *store, const struct match_keys *open, uint32_t line,
                      int most)
{
    uint32_t other = match_near_partner(store, open, line, most, UINT32_MAX);
    if (other == UINT32_MAX)
        other = match_near_partner(store, open, store->lines[line].next, most, UINT32_MAX);
    if (other != UINT32_MAX)
        match_demote(store, line, MATCH_DOUBT_NEAR, other);
}

/* A surplus of equal lines may be a copy, or another's line with its reference mistyped; then it
 * is not known which of them is which. */
static void doubt_surplus(struct match_store *store, const struct match_keys *open,
                          const struct match_key *keys, size_t count, uint32_t surplus)
{
    uint32_t other = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct match_line *line = &store->lines[keys[i].line];
        const struct match_rule *rule = match_line_rule(store, line);
        if (!rule || rule->ambiguity != MATCH_ORDER || line->side != store->lines[surplus].side ||
            line->amount != store->lines[surplus].amount)
            continue;
        if (other == UINT32_MAX)
            other = match_near_partner(store, open, surplus, 2, UINT32_MAX);
        if (other == UINT32_MAX)
            return;
        match_demote(store, keys[i].line, MATCH_DOUBT_NEAR, other);
    }
}

void match_doubt_copies(struct match_store *store)
{
    struct match_keys open = {NULL, 0, 0};
    const struct match_keys *keys = &store->residue;
    collect_open(store, &open);
    for (size_t i = 0; i < match_rest_count(store); i++) {
        uint32_t line = match_rest(store, i);
        const struct match_rule *rule = match_line_rule(store, &store->lines[line]);
        if (rule && rule->kind == MATCH_REVERSAL && store->lines[line].next > line)
            doubt_two(store, &open, line, 1);
        if (rule && rule->kind == MATCH_TRUNCATED && store->lines[line].next > line)
            doubt_two(store, &open, line, 2);
    }
    for (size_t at = 0, run; at < keys->count; at += run) {
        run = match_keys_run(keys, at);
        for (size_t i = at; run > 2 && run <= MATCH_PARTS && i < at + run; i++)
            if (match_is_open(store, keys->list[i].line))
                doubt_surplus(store, &open, &keys->list[at], run, keys->list[i].line);
    }
    match_keys_free(&open);
}
