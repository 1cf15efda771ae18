#include "reconcile/match_slip.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PRIOR = 1000,  /* lines that those of all accounts count as beside those of one */
    SMOOTHING = 3, /* slips that each place and difference counts as beside those seen */
    COMPARED = 10, /* lines of a reference */
    MANY = 1000    /* lines of an amount */
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static struct match_slip between_equal(struct slice one, struct slice other)
{
    struct match_slip slip = {MATCH_SLIP_NONE, 0, 0, one.length};
    const char *a = one.text, *b = other.text;
    size_t from = 0, end = one.length;
    while (from < end && a[from] == b[from])
        from++;
    while (end > from && a[end - 1] == b[end - 1])
        end--;
    for (size_t i = from; i < end; i++)
        if (!is_digit(a[i]) || !is_digit(b[i]))
            return slip;
    slip.place = one.length - from - 1;
    if (end == from + 1) {
        slip.kind = MATCH_SLIP_DIGIT;
        slip.apart = abs(a[from] - b[from]);
    } else if (end == from + 2 && a[from] == b[from + 1] && a[from + 1] == b[from]) {
        slip.kind = MATCH_SLIP_SWAP;
    }
    return slip;
}

static struct match_slip between_unequal(struct slice longer, struct slice shorter)
{
    struct match_slip slip = {MATCH_SLIP_NONE, 0, 0, longer.length};
    const char *a = longer.text, *b = shorter.text;
    size_t at = 0;
    if (longer.length != shorter.length + 1 || !memcmp(a, b, shorter.length) ||
        !memcmp(a + 1, b, shorter.length))
        return slip;
    while (at < shorter.length && a[at] == b[at])
        at++;
    if (!is_digit(a[at]) || memcmp(a + at + 1, b + at, shorter.length - at))
        return slip;
    slip.kind = MATCH_SLIP_LENGTH;
    slip.place = longer.length - at - 1;
    return slip;
}

struct match_slip match_slip_between(struct slice one, struct slice other)
{
    if (one.length > MATCH_FORM || other.length > MATCH_FORM)
        return (struct match_slip){MATCH_SLIP_NONE, 0, 0, 0};
    if (one.length == other.length)
        return between_equal(one, other);
    return one.length > other.length ? between_unequal(one, other) : between_unequal(other, one);
}

uint64_t match_slip_block(const struct match_line *line, int side)
{
    return match_mix(match_mix(line->account, (uint64_t)side), (uint64_t)line->amount);
}

/* Whether another line of the account that has a sure partner has the reference. */
static bool is_taken(const struct match_store *store, uint32_t index)
{
    const struct match_line *line = &store->lines[index];
    const struct match_keys *keys = &store->references;
    uint64_t key = match_reference_key(line);
    size_t from = match_keys_find(keys, key);
    for (size_t at = from;
         at < keys->count && keys->list[at].key == key && at < from + COMPARED; at++) {
        const struct match_line *other = &store->lines[keys->list[at].line];
        if (other != line && other->account == line->account &&
            match_line_status(other) == MATCH_CONFIRMED)
            return true;
    }
    return false;
}

static void count_near(struct match_slips *slips, uint32_t book)
{
    const struct match_store *store = slips->store;
    const struct match_line *line = &store->lines[book];
    struct match_faults *faults = &slips->accounts[line->account];
    struct match_slip slip = match_slip_between(match_reference(store, line),
                                                match_reference(store, &store->lines[line->next]));
    if (slip.kind == MATCH_SLIP_NONE) {
        faults->unclear++;
        return;
    }
    faults->typed[slip.kind]++;
    slips->seen[slip.kind]++;
    slips->places[slip.kind][slip.place]++;
    if (slip.kind == MATCH_SLIP_DIGIT)
        slips->apart[slip.apart]++;
    bool own = is_taken(store, book), other = is_taken(store, line->next);
    if (slip.kind != MATCH_SLIP_LENGTH && own != other)
        faults->told[own ? MATCH_BOOK : MATCH_STATEMENT]++;
}

static void count_line(struct match_slips *slips, uint32_t index, struct match_keys *left)
{
    const struct match_store *store = slips->store;
    const struct match_line *line = &store->lines[index];
    const struct match_rule *rule = match_line_rule(store, line);
    struct match_faults *faults = &slips->accounts[line->account];
    if (rule && rule->kind == MATCH_NEAR && line->side == MATCH_BOOK)
        count_near(slips, index);
    if (!line->form || match_line_status(line) == MATCH_CONFIRMED ||
        (rule && rule->kind == MATCH_REFERENCE))
        return;
    uint32_t other = match_original(store, index);
    if (other != UINT32_MAX) {
        faults->copies[line->side]++;
        faults->late[line->side] += store->lines[other].date != line->date;
        return;
    }
    faults->alone[line->side]++;
    match_keys_add(&slips->alone, match_slip_block(line, line->side), index);
    if (!rule || rule->kind != MATCH_NEAR)
        match_keys_add(left, match_slip_block(line, MATCH_BOOK), index);
}

/* Where many lines of an amount are left on both sides any of them may be mistyped: there may be too
 * many for the rule about near ones. */
static void count_left(struct match_slips *slips, struct match_keys *left)
{
    const struct match_line *lines = slips->store->lines;
    match_keys_sort(left);
    for (size_t at = 0, run; at < left->count; at += run) {
        size_t sides[2] = {0, 0};
        run = match_keys_run(left, at);
        for (size_t i = at; run > MANY && i < at + run; i++)
            sides[lines[left->list[i].line].side]++;
        slips->accounts[lines[left->list[at].line].account].unclear +=
            (double)(sides[0] < sides[1] ? sides[0] : sides[1]);
    }
}

static void add_faults(struct match_faults *all, const struct match_faults *own)
{
    for (int side = 0; side < 2; side++) {
        all->lines[side] += own->lines[side];
        all->alone[side] += own->alone[side];
        all->copies[side] += own->copies[side];
        all->late[side] += own->late[side];
        all->told[side] += own->told[side];
    }
    for (int kind = 0; kind < MATCH_SLIPS; kind++)
        all->typed[kind] += own->typed[kind];
    all->unclear += own->unclear;
}

void match_slips_measure(struct match_slips *slips, const struct match_store *store)
{
    struct match_keys left = {NULL, 0, 0};
    *slips = (struct match_slips){.store = store};
    slips->accounts = xcalloc(store->account_count + 1, sizeof *slips->accounts);
    for (size_t i = 0; i < store->count; i++)
        slips->accounts[store->lines[i].account].lines[store->lines[i].side]++;
    for (size_t i = 0; i < match_rest_count(store); i++)
        count_line(slips, match_rest(store, i), &left);
    count_left(slips, &left);
    match_keys_free(&left);
    match_keys_sort(&slips->alone);
    for (size_t i = 0; i < store->account_count; i++)
        add_faults(&slips->all, &slips->accounts[i]);
}

void match_slips_free(struct match_slips *slips)
{
    free(slips->accounts);
    match_keys_free(&slips->alone);
}

double match_slips_alone(const struct match_slips *slips, uint64_t block)
{
    size_t at = match_keys_find(&slips->alone, block), end = at;
    while (end < slips->alone.count && slips->alone.list[end].key == block)
        end++;
    return (double)(end - at);
}

double match_slips_bound(double seen, double lines, double before, double more)
{
    double share = (seen + 2 * sqrt(seen) + (more > 0 ? 0 : 3) + before * more) / (lines + more + 1);
    return share < 1 ? share : 1;
}

double match_slips_most(double seen)
{
    return seen + 2 * sqrt(seen);
}

double match_slips_least(double seen)
{
    double least = seen - 2 * sqrt(seen);
    return least > 0.5 ? least : seen < 0.5 ? seen : 0.5;
}

/* By what its account shows, and all. */
static double bound(double own, double own_lines, double all, double all_lines)
{
    return match_slips_bound(own, own_lines, match_slips_bound(all, all_lines, 0, 0), PRIOR);
}

double match_slips_rate(const struct match_slips *slips, uint32_t account, int side,
                        enum match_slip_kind kind)
{
    const struct match_faults *own = &slips->accounts[account], *all = &slips->all;
    double rate = bound(own->typed[kind] + own->unclear, own->lines[side],
                        all->typed[kind] + all->unclear, all->lines[side]);
    double told = own->told[0] + own->told[1];
    if (kind != MATCH_SLIP_LENGTH)
        rate *= match_slips_bound(own->told[side], told + 2, 0, 0);
    return rate;
}

/* A digit at each place, and as far apart, as often as was seen; where few were seen as often as chance
 * would have it. */
double match_slips_share(const struct match_slips *slips, const struct match_slip *slip)
{
    double length = (double)slip->length, seen = slips->seen[slip->kind];
    double place = (slips->places[slip->kind][slip->place] + SMOOTHING) / (seen + SMOOTHING * length);
    if (slip->kind == MATCH_SLIP_SWAP)
        return place;
    if (slip->kind == MATCH_SLIP_LENGTH) /* one of two equal digits */
        return 2 * place;
    double even = 2 * (10 - slip->apart) / 90.0; /* share of all pairs of digits */
    return place / 9 * (slips->apart[slip->apart] + SMOOTHING) / (seen * even + SMOOTHING);
}

double match_slips_copied(const struct match_slips *slips, uint32_t account, int side)
{
    const struct match_faults *own = &slips->accounts[account], *all = &slips->all;
    return bound(own->copies[side], own->lines[side], all->copies[side], all->lines[side]);
}

double match_slips_late(const struct match_slips *slips)
{
    const struct match_faults *all = &slips->all;
    return match_slips_bound(all->late[0] + all->late[1], all->copies[0] + all->copies[1] + 2, 0, 0);
}
