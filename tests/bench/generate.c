/* Writes a labelled set of book and statement lines; README.md describes it. */
#include "generate.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const int64_t round_amounts[] = {1000,  2000,  5000,   9900,   10000,
                                        20000, 50000, 100000, 200000, 500000};

static int64_t amount(struct set *set)
{
    int64_t size = 100;
    if (below(&set->all, 100) < 35)
        return round_amounts[below(&set->all, sizeof round_amounts / sizeof *round_amounts)];
    for (int64_t powers = below(&set->all, 4); powers >= 0; powers--)
        size *= 10;
    return 300 + below(&set->all, size);
}

static void reference(struct set *set, int day, char *text)
{
    const char *style = set->style;
    if (!strcmp(style, "long"))
        snprintf(text, REFERENCE, "TX202406%02d%012lld", day,
                 (long long)below(&set->all, 1000000000000));
    else if (!strcmp(style, "rrn"))
        snprintf(text, REFERENCE, "%012lld", (long long)below(&set->all, 1000000000000));
    else if (!strcmp(style, "short"))
        snprintf(text, REFERENCE, "%08lld", (long long)below(&set->all, 100000000));
    else
        snprintf(text, REFERENCE, "%ld", 10000000 + set->serial);
    set->serial++;
}

struct line *put(struct set *set, char side, const struct line *like, const char *kind)
{
    return labelled_put(&set->all, side, like, kind);
}

struct line movement(struct set *set)
{
    struct line line = {.direction = below(&set->all, 5) < 3 ? 'C' : 'D',
                        .day = 1 + (int)below(&set->all, 5),
                        .account = (int)below(&set->all, set->accounts),
                        .amount = amount(set),
                        .currency = "CNY"};
    reference(set, line.day, line.reference);
    return line;
}

int late(struct set *set)
{
    static const int days[] = {0, 0, 0, 0, 0, 1, 1, 1, 2, 2};
    return days[below(&set->all, 10)];
}

struct line *pair(struct set *set, const struct line *line, const char *kind)
{
    put(set, 'L', line, kind);
    struct line *other = put(set, 'S', line, kind);
    other->day += late(set);
    return other;
}

static void split(struct set *set)
{
    struct line whole = movement(set), part;
    bool keyed = below(&set->all, 2), many_book = below(&set->all, 2);
    const char *kind = many_book ? keyed ? "split:nL1S:ref" : "split:nL1S:noref"
                       : keyed   ? "split:1LnS:ref"
                                 : "split:1LnS:noref";
    int parts = 2 + (int)below(&set->all, PARTS - 1), days = late(set);
    int64_t rest = whole.amount;
    if (!many_book)
        put(set, 'L', &whole, kind);
    for (int i = 1; i <= parts; i++) {
        part = whole;
        part.day += many_book ? 0 : days;
        part.amount = i == parts ? rest : 1 + below(&set->all, rest - (parts - i));
        rest -= part.amount;
        if (keyed)
            snprintf(part.reference, REFERENCE, "%.30s-%d", whole.reference, i);
        else
            snprintf(part.reference, REFERENCE, "P%010lld", (long long)below(&set->all, 10000000000));
        put(set, many_book ? 'L' : 'S', &part, kind);
    }
    whole.day += days;
    if (many_book)
        put(set, 'S', &whole, kind);
}

static void fee(struct set *set)
{
    struct line line = movement(set);
    if (line.amount < 500) {
        pair(set, &line, "exact");
        return;
    }
    struct line *other = pair(set, &line, "fee");
    int64_t fee = (line.amount * (3800 + below(&set->all, 2201)) + 500000) / 1000000;
    other->amount -= fee ? fee : 1;
}

static void reversal(struct set *set)
{
    struct line line = movement(set);
    char side = below(&set->all, 2) ? 'L' : 'S';
    const char *kind = side == 'L' ? "reversal:L" : "reversal:S";
    put(set, side, &line, kind);
    line.direction = line.direction == 'C' ? 'D' : 'C';
    put(set, side, &line, kind);
}

static void duplicate(struct set *set)
{
    struct line line = movement(set);
    line = *pair(set, &line, "exact");
    set->all.group++;
    put(set, 'S', &line, "dupline");
}

static void exact(struct set *set)
{
    struct line line = movement(set);
    memcpy(set->last, line.reference, REFERENCE);
    pair(set, &line, "exact");
}

static void reuse(struct set *set)
{
    struct line line = movement(set);
    if (set->last[0])
        memcpy(line.reference, set->last, REFERENCE);
    pair(set, &line, "refreuse");
}

static void missing(struct set *set)
{
    struct line line = movement(set);
    bool book = below(&set->all, 2);
    put(set, book ? 'L' : 'S', &line, book ? "missing:S" : "missing:L");
}

/* k equal lines on both sides, paired in their order. */
static void identical(struct set *set)
{
    struct line line = movement(set);
    int days = late(set);
    for (int64_t count = 2 + below(&set->all, 3); count > 0; count--) {
        put(set, 'L', &line, "identical");
        put(set, 'S', &line, "identical")->day += days;
        set->all.group += count > 1;
    }
}

static void event(struct set *set)
{
    const struct mix *mix = &set->mix;
    const struct {
        int share;
        void (*make)(struct set *);
    } kinds[] = {{mix->noise, noise},       {mix->split, split},         {mix->fee, fee},
                 {mix->reversal, reversal}, {mix->duplicate, duplicate}, {mix->reuse, reuse},
                 {mix->missing, missing},   {mix->identical, identical}, {mix->trap, trap}};
    int64_t dice = below(&set->all, 10000);
    set->all.group++;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (dice < kinds[i].share) {
            kinds[i].make(set);
            return;
        }
        dice -= kinds[i].share;
    }
    exact(set);
}

static bool set_mix(struct mix *mix, const char *name)
{
    static const struct mix hard = {.noise = 190,
                                    .split = 120,
                                    .fee = 110,
                                    .reversal = 55,
                                    .duplicate = 35,
                                    .reuse = 20,
                                    .missing = 90};
    static const struct mix plain = {.noise = 150, .split = 98, .missing = 50};
    static const struct mix wild = {.noise = 600,
                                    .split = 300,
                                    .fee = 200,
                                    .reversal = 200,
                                    .duplicate = 150,
                                    .reuse = 150,
                                    .missing = 300,
                                    .identical = 100,
                                    .trap = 300,
                                    .both_sides = true,
                                    .more_noise = true};
    *mix = !strcmp(name, "reference") ? plain : !strcmp(name, "wild") ? wild : hard;
    return !strcmp(name, "hard") || mix->noise != hard.noise;
}

/* NAME=COUNT of 10,000 events. */
static bool set_rate(struct mix *mix, const char *text)
{
    const struct {
        const char *name;
        int *rate;
    } rates[] = {
        {"noise", &mix->noise},       {"split", &mix->split},         {"fee", &mix->fee},
        {"reversal", &mix->reversal}, {"duplicate", &mix->duplicate}, {"reuse", &mix->reuse},
        {"missing", &mix->missing},   {"identical", &mix->identical}, {"trap", &mix->trap}};
    const char *equals = strchr(text, '=');
    for (size_t i = 0; equals && i < sizeof rates / sizeof *rates; i++)
        if (strlen(rates[i].name) == (size_t)(equals - text) &&
            !strncmp(text, rates[i].name, (size_t)(equals - text)))
            return *rates[i].rate = atoi(equals + 1), true;
    return false;
}

static const char *const styles[] = {"long", "rrn", "seq", "short"};

int main(int argc, char **argv)
{
    static const struct option known[] = {{"events", required_argument, NULL, 'e'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"style", required_argument, NULL, 't'},
                                          {"accounts", required_argument, NULL, 'a'},
                                          {"mix", required_argument, NULL, 'm'},
                                          {"rate", required_argument, NULL, 'r'},
                                          {"more-noise", no_argument, NULL, 'n'},
                                          {"both-sides", no_argument, NULL, 'b'},
                                          {NULL, 0, NULL, 0}};
    struct set set = {.accounts = 4, .style = "long"};
    long events = 20000;
    int option;
    bool good = set_mix(&set.mix, "hard");
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        switch (option) {
        case 'e':
            events = atol(optarg);
            break;
        case 's':
            set.all.state = strtoull(optarg, NULL, 10);
            break;
        case 't':
            set.style = optarg;
            break;
        case 'a':
            set.accounts = atoi(optarg);
            break;
        case 'm':
            good = set_mix(&set.mix, optarg) && good;
            break;
        case 'r':
            good = set_rate(&set.mix, optarg) && good;
            break;
        case 'n':
            set.mix.more_noise = true;
            break;
        case 'b':
            set.mix.both_sides = true;
            break;
        default:
            return 2;
        }
    if (!good || optind != argc - 1 || events < 1 || set.accounts < 1 ||
        !is_one_of(set.style, styles, sizeof styles / sizeof *styles)) {
        fputs("Usage: generate [--events N] [--seed S] [--style long|rrn|seq|short] "
              "[--accounts N]\n"
              "                [--mix hard|reference|wild] [--rate KIND=COUNT]… [--more-noise] "
              "[--both-sides] FOLDER\n",
              stderr);
        return 2;
    }
    labelled_begin(&set.all, argv[optind]);
    for (long i = 0; i < events; i++)
        event(&set);
    labelled_end(&set.all, argv[optind]);
    return 0;
}
