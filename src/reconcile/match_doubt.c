#include "reconcile/match_store.h"

#include "base/alloc.h"

#include <stdlib.h>

/* Safeguards: confirmed pairs of one reference that other lines of it make doubtful. */

enum {
    USES = 4,         /* lines of a side that one reference may stand for */
    AGAIN_ONE_IN = 5, /* lines of an account whose reference and amount come again */
    AGAIN_LEAST = 50, /* such lines; fewer say little */
    AGAIN_DAYS = 15   /* a monthly order is not taken for that of another month */
};

static bool is_confirmed_pair(const struct match_store *store, uint32_t line)
{
    const struct match_rule *rule = match_line_rule(store, &store->lines[line]);
    return rule && rule->kind == MATCH_REFERENCE && !rule->fee.given && !rule->tolerance &&
           match_line_status(&store->lines[line]) == MATCH_CONFIRMED;
}

static bool is_keyed_match(const struct match_store *store, uint32_t line)
{
    const struct match_rule *rule = match_line_rule(store, &store->lines[line]);
    return rule && rule->kind != MATCH_NEAR &&
           match_line_status(&store->lines[line]) == MATCH_CONFIRMED;
}

static bool is_known_fee(const struct match_store *store, const struct match_line *one,
                         const struct match_line *other)
{
    const struct match_line *book = one->side == MATCH_BOOK ? one : other;
    const struct match_line *statement = one->side == MATCH_BOOK ? other : one;
    for (size_t i = 0; i < store->rules->count; i++)
        if (store->rules->list[i].fee.given &&
            match_is_fee(book, statement, &store->rules->list[i].fee))
            return true;
    return false;
}

static bool one_way(const struct match_line *a, const struct match_line *b)
{
    return a->account == b->account && (a->amount < 0) == (b->amount < 0);
}

/* An open line that is a taken line less a fee could as well be its partner. */
static void doubt_run(struct match_store *store, const struct match_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; match_is_open(store, keys[i].line) && j < count; j++) {
            const struct match_line *open = &store->lines[keys[i].line];
            const struct match_line *taken = &store->lines[keys[j].line];
            if (open->side != taken->side && one_way(open, taken) &&
                is_confirmed_pair(store, keys[j].line) && is_known_fee(store, open, taken))
                match_demote(store, keys[j].line, MATCH_DOUBT_FEE, keys[i].line);
        }
}

void match_doubt_fees(struct match_store *store)
{
    const struct match_keys *keys = &store->residue;
    for (size_t at = 0, run; at < keys->count; at += run) {
        run = match_keys_run(keys, at);
        if (run <= MATCH_PARTS)
            doubt_run(store, &keys->list[at], run);
    }
}

/* Lines without a sure partner by account, side and direction, and among them by size of the amount. */
struct open_line {
    uint64_t group, size;
    uint32_t line;
};

struct match_open_lines {
    struct open_line *list;
    size_t count;
};

static struct open_line open_line(const struct match_store *store, uint32_t index)
{
    const struct match_line *line = &store->lines[index];
    bool out = line->amount < 0;
    return (struct open_line){((uint64_t)line->account * 2 + line->side) * 2 + out,
                              out ? 0 - (uint64_t)line->amount : (uint64_t)line->amount, index};
}

static int by_size(const void *left, const void *right)
{
    const struct open_line *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* The first of the list that has not less than the size. */
static size_t find_size(const struct open_line *list, size_t count, struct open_line wanted)
{
    size_t low = 0, high = count;
    wanted.line = 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (by_size(&list[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t match_near_fee(const struct match_store *store, const struct match_open_lines *open,
                        uint32_t index)
{
    const struct open_line *list = open->list;
    size_t count = open->count;
    const struct match_line *line = &store->lines[index];
    struct open_line wanted = open_line(store, index);
    struct match_form form = match_line_form(store, index);
    uint64_t span = wanted.size / 64 + 1; /* more than a fee is */
    uint64_t most = wanted.size + span;
    wanted.group ^= 2; /* of the other side */
    wanted.size -= wanted.size < span ? wanted.size : span;
    for (size_t at = find_size(list, count, wanted);
         at < count && list[at].group == wanted.group && list[at].size <= most; at++) {
        const struct match_line *other = &store->lines[list[at].line];
        if (other->amount == line->amount || !is_known_fee(store, line, other))
            continue;
        struct match_form near = match_line_form(store, list[at].line);
        if (match_form_distance(&form, &near) <= match_edits_allowed(form.length))
            return list[at].line;
    }
    return UINT32_MAX;
}

struct match_open_lines *match_open_lines_new(const struct match_store *store)
{
    struct match_open_lines *open = xcalloc(1, sizeof *open);
    open->list = xmalloc((match_rest_count(store) + 1) * sizeof *open->list);
    for (size_t i = 0; i < match_rest_count(store); i++) {
        uint32_t index = match_rest(store, i);
        if (store->lines[index].form &&
            match_line_status(&store->lines[index]) != MATCH_CONFIRMED)
            open->list[open->count++] = open_line(store, index);
    }
    qsort(open->list, open->count, sizeof *open->list, by_size);
    return open;
}

void match_open_lines_free(struct match_open_lines *open)
{
    free(open->list);
    free(open);
}

/* Near pairs beside an open line that would be as near, less a fee. */
void match_doubt_near_fees(struct match_store *store)
{
    struct match_open_lines *open = match_open_lines_new(store);
    for (size_t i = 0; i < match_rest_count(store); i++) {
        uint32_t index = match_rest(store, i), other;
        const struct match_rule *rule = match_line_rule(store, &store->lines[index]);
        if (rule && rule->kind == MATCH_NEAR &&
            match_line_status(&store->lines[index]) == MATCH_CONFIRMED &&
            (other = match_near_fee(store, open, index)) != UINT32_MAX)
            match_demote(store, index, MATCH_DOUBT_FEE, other);
    }
    match_open_lines_free(open);
}

/* A reference that stands for many lines, some of them open on both sides, is no key: the
 * partners of two lines of one amount may both be missing. */
void match_doubt_references(struct match_store *store)
{
    const struct match_keys *keys = &store->residue;
    for (size_t at = 0, run; at < keys->count; at += run) {
        uint32_t open[2] = {UINT32_MAX, UINT32_MAX};
        run = match_keys_run(keys, at);
        for (size_t i = at; run > 2 * USES && i < at + run; i++)
            if (match_is_open(store, keys->list[i].line))
                open[store->lines[keys->list[i].line].side] = keys->list[i].line;
        if (open[0] == UINT32_MAX || open[1] == UINT32_MAX)
            continue;
        for (size_t i = at; i < at + run; i++)
            if (is_confirmed_pair(store, keys->list[i].line))
                match_demote(store, keys->list[i].line, MATCH_DOUBT_REFERENCE, open[0]);
    }
}

static bool is_exact_pair(const struct match_store *store, uint32_t line)
{
    return is_confirmed_pair(store, line) &&
           match_line_rule(store, &store->lines[line])->writing == MATCH_SAME;
}

/* A line that reads the same may be another's whose reference was mistyped or cut, and the partner the
 * open one that has the reference in another writing. */
static void doubt_writing(struct match_store *store, const struct match_key *keys, size_t count,
                          uint32_t open)
{
    const struct match_line *line = &store->lines[open];
    for (size_t i = 0; i < count; i++) {
        const struct match_line *other = &store->lines[keys[i].line];
        if (other->side == line->side && other->amount == line->amount &&
            other->account == line->account && is_exact_pair(store, keys[i].line) &&
            !match_same_writing(store, open, keys[i].line) &&
            match_in_days(line, &store->lines[other->next], match_line_rule(store, other)))
            match_demote(store, keys[i].line, MATCH_DOUBT_WRITING, open);
    }
}

void match_doubt_writings(struct match_store *store)
{
    const struct match_keys *keys = &store->residue;
    for (size_t at = 0, run; at < keys->count; at += run) {
        run = match_keys_run(keys, at);
        for (size_t i = at; run > 2 && run <= MATCH_PARTS && i < at + run; i++) {
            uint32_t line = keys->list[i].line;
            if (match_is_open(store, line) &&
                !match_no_reference(match_reference(store, &store->lines[line]),
                                    &store->rules->absent))
                doubt_writing(store, &keys->list[at], run, line);
        }
    }
}

/* Whether nothing but the id tells two lines apart. */
static bool is_twin(const struct match_store *store, uint32_t one, uint32_t other)
{
    const struct match_line *a = &store->lines[one], *b = &store->lines[other];
    return a->side == b->side && a->account == b->account && a->amount == b->amount &&
           match_same_writing(store, one, other);
}

/* Lines paired in order are as good as each other, until one of them turns out to have a partner of
 * another kind or a doubtful one: then it matters which. A total of some lines that is but a guess says
 * nothing: the surplus is a copy more likely. */
void match_doubt_twins(struct match_store *store)
{
    const struct match_keys *keys = &store->residue;
    for (size_t at = 0, run; at < keys->count; at += run) {
        run = match_keys_run(keys, at);
        for (size_t i = at; run > 2 && run <= MATCH_PARTS && i < at + run; i++) {
            uint32_t one = keys->list[i].line;
            const struct match_rule *rule = match_line_rule(store, &store->lines[one]);
            if (!rule || rule->ambiguity != MATCH_ORDER)
                continue;
            for (size_t j = at; j < at + run; j++) {
                uint32_t other = keys->list[j].line;
                const struct match_rule *second = match_line_rule(store, &store->lines[other]);
                bool doubtful = match_line_status(&store->lines[other]) == MATCH_SUGGESTED;
                if (!second || second->kind == MATCH_SUBSET || (second == rule && !doubtful) ||
                    !is_twin(store, one, other))
                    continue;
                match_demote(store, one, MATCH_DOUBT_TWIN, other);
                match_demote(store, other, MATCH_DOUBT_TWIN, one);
            }
        }
    }
}

/* A line of the reference and amount that lies nearer in days than the partner could be it too:
 * the reference was used again, and one of the four is lost or written in another way. */
static void doubt_days(struct match_store *store, const struct match_key *keys, size_t count,
                       uint32_t book)
{
    const struct match_line *line = &store->lines[book], *mate = &store->lines[line->next];
    int days = abs(mate->date - line->date);
    for (size_t i = 0; i < count; i++) {
        const struct match_line *other = &store->lines[keys[i].line];
        const struct match_line *facing = other->side == MATCH_BOOK ? mate : line;
        if (other != line && other != mate && other->account == line->account &&
            other->amount == line->amount && abs(other->date - facing->date) < days) {
            match_demote(store, book, MATCH_DOUBT_DAYS, keys[i].line);
            return;
        }
    }
}

/* Lines with a reference, and those whose side has the reference and amount on another day near by. */
struct uses {
    size_t lines, again;
};

/* Days from the line to the nearest other day on which its side has the reference and amount; 0 without
 * one. */
static int days_to_next_use(const struct match_store *store, const struct match_key *keys,
                            size_t count, size_t index)
{
    const struct match_line *a = &store->lines[keys[index].line];
    int nearest = 0;
    for (size_t j = 0; j < count && j < MATCH_PARTS; j++) {
        const struct match_line *b = &store->lines[keys[j].line];
        int days = abs(a->date - b->date);
        if (a->side == b->side && a->account == b->account && a->amount == b->amount && days &&
            (!nearest || days < nearest))
            nearest = days;
    }
    return nearest;
}

static void count_uses(struct match_store *store, const struct match_key *keys, size_t count,
                       struct uses *uses)
{
    for (size_t i = 0; i < count; i++) {
        int days = days_to_next_use(store, keys, count, i);
        uses[store->lines[keys[i].line].account].again += days > 0 && days <= AGAIN_DAYS;
        store->again += days > 0;
    }
}

static bool is_no_key(const struct uses *uses)
{
    return uses->again >= AGAIN_LEAST && uses->again * AGAIN_ONE_IN > uses->lines;
}

/* Where a reference and amount mostly come again, a reference is no key: what stands once on each side
 * may be two mistyped ones, or two movements whose own partners are lost. */
static void doubt_accounts(struct match_store *store, const struct uses *uses)
{
    struct uses all = {0, 0};
    for (size_t i = 0; i < store->account_count; i++) {
        all.lines += uses[i].lines;
        all.again += uses[i].again;
    }
    bool no_key = is_no_key(&all);
    for (size_t i = 0; i < store->account_count; i++)
        no_key = no_key || is_no_key(&uses[i]);
    for (size_t i = 0; no_key && i < store->count; i++) {
        if ((is_no_key(&uses[store->lines[i].account]) || is_no_key(&all)) &&
            is_keyed_match(store, (uint32_t)i))
            match_demote(store, (uint32_t)i, MATCH_DOUBT_AGAIN, UINT32_MAX);
    }
}

void match_doubt_days(struct match_store *store)
{
    const struct match_keys *keys = &store->references;
    struct uses *uses = xcalloc(store->account_count + 1, sizeof *uses);
    for (size_t i = 0; i < store->count; i++)
        uses[store->lines[i].account].lines += store->lines[i].form != 0;
    for (size_t at = 0, run; at < keys->count; at += run) {
        run = match_keys_run(keys, at);
        if (run < 3)
            continue;
        count_uses(store, &keys->list[at], run, uses);
        if (run > MATCH_PARTS)
            continue;
        for (size_t i = at; i < at + run; i++)
            if (store->lines[keys->list[i].line].side == MATCH_BOOK &&
                is_confirmed_pair(store, keys->list[i].line) &&
                match_line_rule(store, &store->lines[keys->list[i].line])->ambiguity != MATCH_ORDER)
                doubt_days(store, &keys->list[at], run, keys->list[i].line);
    }
    doubt_accounts(store, uses);
    free(uses);
}

/* Four lines of one reference and amount, movement and counter-movement of each side, are two pairs or
 * two reversals: where one of the pairs is doubtful the other is too. */
static void doubt_counter(struct match_store *store, uint32_t doubtful)
{
    const struct match_line *line = &store->lines[doubtful];
    const struct match_keys *keys = &store->references;
    uint64_t key = match_reference_key(line);
    size_t from = match_keys_find(keys, key);
    for (size_t at = from;
         at < keys->count && keys->list[at].key == key && at < from + MATCH_PARTS; at++) {
        const struct match_line *other = &store->lines[keys->list[at].line];
        if (other->account == line->account &&
            (uint64_t)other->amount == 0 - (uint64_t)line->amount && line->amount &&
            is_confirmed_pair(store, keys->list[at].line))
            match_demote(store, keys->list[at].line, MATCH_DOUBT_TWIN, doubtful);
    }
}

void match_doubt_counters(struct match_store *store)
{
    for (size_t i = 0; i < store->note_count; i++)
        if (store->notes[i].doubt && store->lines[store->notes[i].line].form)
            doubt_counter(store, store->notes[i].line);
}
