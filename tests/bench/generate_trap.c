#include "generate.h"

#include <string.h>

/* One line that has to stay open, in a group of its own. */
static void single(struct set *set, char side, const struct line *line, const char *kind)
{
    put(set, side, line, kind);
    set->all.group++;
}

/* Two lines of which something differs that may not differ. */
static void differing(struct set *set)
{
    struct line line = movement(set), other = line;
    other.day += late(set);
    const char *kind = "trap:amount";
    switch (below(&set->all, 5)) {
    case 0:
        other.amount += 1 + below(&set->all, other.amount);
        break;
    case 1:
        kind = "trap:account";
        other.account = line.account + set->accounts;
        break;
    case 2:
        kind = "trap:currency";
        other.currency = "USD";
        break;
    case 3:
        kind = "trap:direction";
        other.direction = line.direction == 'C' ? 'D' : 'C';
        break;
    default:
        kind = "trap:reference";
        memcpy(other.reference, movement(set).reference, REFERENCE);
    }
    single(set, 'L', &line, kind);
    single(set, 'S', &other, kind);
}

/* An exact pair, and a line whose narrative speaks of it. */
static void mention(struct set *set)
{
    struct line line = movement(set), other = line;
    pair(set, &line, "exact");
    set->all.group++;
    snprintf(other.narrative, sizeof other.narrative, "CHARGES FOR %.40s", line.reference);
    snprintf(other.reference, REFERENCE, "NONREF");
    other.amount = below(&set->all, 2) ? line.amount : 200;
    single(set, below(&set->all, 2) ? 'L' : 'S', &other, "trap:mention");
}

/* Other letters before the same digits are another reference. */
static void letters(struct set *set)
{
    struct line line = movement(set), other = line;
    snprintf(line.reference, REFERENCE, "INV%.30s", other.reference);
    snprintf(other.reference, REFERENCE, "PAY%.30s", line.reference + 3);
    single(set, 'L', &line, "trap:letters");
    single(set, 'S', &other, "trap:letters");
}

/* The same line again on a later day. */
static void resent(struct set *set)
{
    struct line line = movement(set);
    line = *pair(set, &line, "trap:resent");
    set->all.group++;
    line.day += 3;
    single(set, 'S', &line, "trap:copy");
}

/* Movement and counter-movement are on both sides. */
static void reversed(struct set *set)
{
    struct line line = movement(set);
    pair(set, &line, "exact");
    set->all.group++;
    line.direction = line.direction == 'C' ? 'D' : 'C';
    pair(set, &line, "exact");
}

/* A whole whose parts do not add up: one is missing, or changed. */
static void partial(struct set *set)
{
    struct line whole = movement(set), part = whole;
    whole.amount += 1000;
    for (int i = 1; i <= 3; i++) {
        part.amount = i < 3 ? whole.amount / 3 : whole.amount / 3 - 100;
        snprintf(part.reference, REFERENCE, "%.30s-%d", whole.reference, i);
        single(set, 'S', &part, "trap:part");
    }
    single(set, 'L', &whole, "trap:whole");
}

/* A part that is the amount of another movement, which stands beside it. */
static void twin(struct set *set)
{
    struct line whole = movement(set), part = whole, other = movement(set);
    other.account = whole.account;
    other.direction = whole.direction;
    whole.amount = other.amount * 2 + 17;
    put(set, 'L', &whole, "split:1LnS:ref");
    part.amount = other.amount;
    snprintf(part.reference, REFERENCE, "%.30s-1", whole.reference);
    put(set, 'S', &part, "split:1LnS:ref");
    part.amount = whole.amount - part.amount;
    snprintf(part.reference, REFERENCE, "%.30s-2", whole.reference);
    put(set, 'S', &part, "split:1LnS:ref");
    set->all.group++;
    pair(set, &other, "exact");
}

/* Words are no references. */
static void word(struct set *set)
{
    static const char *const words[] = {"CASH", "SALARY", "INTEREST", "TRANSFER"};
    struct line line = movement(set);
    snprintf(line.reference, REFERENCE, "%s", words[below(&set->all, 4)]);
    single(set, below(&set->all, 2) ? 'L' : 'S', &line, "trap:word");
}

/* One number is the beginning of another. */
static void beginning(struct set *set)
{
    struct line line = movement(set), other = line;
    snprintf(other.reference, REFERENCE, "%.30s%02d", line.reference, (int)below(&set->all, 100));
    pair(set, &line, "exact");
    set->all.group++;
    pair(set, &other, "exact");
}

void trap(struct set *set)
{
    static void (*const traps[])(struct set *) = {
        differing, differing, mention, letters, resent, reversed, partial, twin, word, beginning};
    traps[below(&set->all, sizeof traps / sizeof *traps)](set);
    set->all.group++;
}
