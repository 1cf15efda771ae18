/* Situations that look like one movement and are not, or are and look otherwise. In each of them any
 * line may be lost besides, which is what makes them dangerous. */
#include "crowd.h"

#include <string.h>

enum { OFTEN = 20000 };

static void post_with_loss(struct crowd *crowd, const struct line *line, const char *kind)
{
    struct line other = *line;
    other.day += delay(crowd);
    post(crowd, line, &other, kind, OFTEN);
    crowd->all.group++;
}

static void turn(struct line *line)
{
    line->direction = line->direction == 'C' ? 'D' : 'C';
}

/* Another digit at some place of the reference. */
static void next_to(struct crowd *crowd, char *text)
{
    size_t length = strlen(text), at = length - 1 - (size_t)below(&crowd->all, 4);
    while (text[at] == '/' || text[at] == '-')
        at--;
    if (text[at] >= '0' && text[at] <= '9')
        text[at] = (char)('0' + (text[at] - '0' + 1 + below(&crowd->all, 9)) % 10);
    else
        text[at] = text[at] == 'f' ? 'e' : 'f';
}

/* One side has money in for money out. */
static void swapped(struct crowd *crowd)
{
    struct line line = new_movement(crowd), other = line;
    turn(&other);
    put(crowd, 'L', &line, "alone");
    crowd->all.group++;
    put(crowd, 'S', &other, "alone");
}

/* The same reference and amount next month. */
static void next_month(struct crowd *crowd)
{
    struct line line = new_movement(crowd);
    for (int i = 0; i < 3; i++) {
        post_with_loss(crowd, &line, "pair");
        line.day += 28 + (int)below(&crowd->all, 4);
    }
}

/* What is left of an amount after the fee is the price of another movement, whose reference is one
 * digit away. */
static void netted(struct crowd *crowd)
{
    struct line line = new_movement(crowd), other = line, less = line;
    other.amount = less.amount = line.amount - line.amount * 45 / 10000;
    next_to(crowd, less.reference);
    other.day += delay(crowd);
    post(crowd, &line, &other, "fee", OFTEN);
    crowd->all.group++;
    post_with_loss(crowd, &less, "pair");
}

/* Movement and counter-movement on one side, and a third line of their reference. */
static void third(struct crowd *crowd)
{
    struct line line = new_movement(crowd);
    char side = below(&crowd->all, 2) ? 'L' : 'S', sides = below(&crowd->all, 2) ? 'L' : 'S';
    if (below(&crowd->all, 2)) { /* two movements that both sides have */
        post_with_loss(crowd, &line, "pair");
        turn(&line);
        post(crowd, &line, &line, "pair", 0);
        return;
    }
    put(crowd, side, &line, "reversal");
    turn(&line);
    put(crowd, side, &line, "reversal");
    crowd->all.group++;
    if (below(&crowd->all, 2))
        turn(&line);
    put(crowd, sides, &line, "alone");
}

/* A line that quotes the order of another. */
static void quote(struct crowd *crowd)
{
    struct line line = new_movement(crowd), other = new_movement(crowd);
    other.account = line.account;
    other.direction = line.direction;
    other.amount = line.amount;
    other.day = line.day;
    snprintf(other.narrative, NARRATIVE, "REPLACES ORDER %.40s", line.reference);
    if (below(&crowd->all, 2)) { /* its own number stands in the text as well */
        struct line stated = other;
        snprintf(stated.narrative, NARRATIVE, "%.30s FOR %.30s", other.reference, line.reference);
        snprintf(stated.reference, REFERENCE, "NONREF");
        other.amount += 100; /* the price has changed */
        stated.amount = line.amount;
        put(crowd, 'L', &other, "alone");
        crowd->all.group++;
        put(crowd, 'S', &stated, "alone");
    } else {
        put(crowd, below(&crowd->all, 2) ? 'L' : 'S', &other, "alone");
    }
    crowd->all.group++;
    post_with_loss(crowd, &line, "pair");
}

/* Two channels that use the same digits. */
static void channels(struct crowd *crowd)
{
    static const char *const names[] = {"UPOP", "ALI", "WX", "NET", "INV", "PAY"};
    struct line line = new_movement(crowd);
    char digits[REFERENCE];
    int64_t one = below(&crowd->all, 6);
    snprintf(digits, sizeof digits, "%010lld", (long long)below(&crowd->all, 10000000000));
    for (int i = 0; i < 2; i++) {
        snprintf(line.reference, REFERENCE, "%s%.20s", names[(one + i) % 6], digits);
        post_with_loss(crowd, &line, "pair");
    }
}

/* A reference cut where another goes on. */
static void nested(struct crowd *crowd)
{
    struct line line = new_movement(crowd), longer = line;
    snprintf(longer.reference, REFERENCE, "%.30s%02d", line.reference, (int)below(&crowd->all, 100));
    post_with_loss(crowd, &line, "pair");
    for (int i = 0; i < 2; i++) {
        struct line other = longer;
        other.reference[strlen(other.reference) - (size_t)i] = '\0';
        post(crowd, &longer, &other, "pair", OFTEN);
        crowd->all.group++;
        next_to(crowd, longer.reference);
    }
}

/* The same movement in another currency. */
static void foreign(struct crowd *crowd)
{
    struct line line = new_movement(crowd);
    post_with_loss(crowd, &line, "pair");
    line.currency = below(&crowd->all, 2) ? "USD" : "HKD";
    post_with_loss(crowd, &line, "pair");
}

/* Numbers that follow each other, of which one side writes the one as the other. */
static void neighbours(struct crowd *crowd)
{
    struct line line = new_movement(crowd), other = line;
    next_to(crowd, other.reference);
    post_with_loss(crowd, &line, "pair");
    post_with_loss(crowd, &other, "pair");
}

/* Some lines of one reference, and the total of some of them. */
static void batch(struct crowd *crowd)
{
    struct line line = new_movement(crowd);
    int64_t total = 0;
    int lines = 2 + (int)below(&crowd->all, 4), missing = (int)below(&crowd->all, 2 * lines);
    for (int i = 0; i < lines; i++) {
        line.amount = crowd->price[below(&crowd->all, crowd->prices)];
        if (i != missing)
            put(crowd, 'L', &line, missing < lines ? "alone" : "total");
        crowd->all.group += missing < lines;
        total += line.amount;
    }
    line.amount = total;
    put(crowd, 'S', &line, missing < lines ? "alone" : "total");
}

void trap(struct crowd *crowd)
{
    static const struct {
        const char *name;
        void (*make)(struct crowd *crowd);
    } traps[] = {{"swapped", swapped},   {"month", next_month}, {"netted", netted},
                 {"third", third},       {"quote", quote},      {"channels", channels},
                 {"nested", nested},     {"foreign", foreign},  {"neighbours", neighbours},
                 {"batch", batch}};
    int64_t which = below(&crowd->all, sizeof traps / sizeof *traps);
    crowd->trap = traps[which].name;
    traps[which].make(crowd);
    crowd->trap = NULL;
}
