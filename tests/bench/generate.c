/* Writes a labelled set of book and statement lines; README.md describes it. */
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFERENCE = 40, PARTS = 5 };

struct line {
    char side, direction;
    int id, day, account;
    int64_t amount;
    char reference[REFERENCE], narrative[64];
};

struct set {
    struct line *lines;
    size_t count, capacity;
    FILE *truth;
    int ids[2], accounts;
    long match, serial;
    uint64_t state;
    const char *style;
    char last[REFERENCE];
};

static const int64_t round_amounts[] = {1000, 2000, 5000, 9900, 10000, 20000, 50000, 100000,
                                        200000, 500000};

static uint64_t next(struct set *set)
{
    uint64_t z = set->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int64_t below(struct set *set, int64_t limit)
{
    return (int64_t)(next(set) % (uint64_t)limit);
}

static int64_t amount(struct set *set)
{
    int64_t size = 100;
    if (below(set, 100) < 35)
        return round_amounts[below(set, sizeof round_amounts / sizeof *round_amounts)];
    for (int64_t powers = below(set, 4); powers >= 0; powers--)
        size *= 10;
    return 300 + below(set, size);
}

static void reference(struct set *set, int day, char *text)
{
    const char *style = set->style;
    if (!strcmp(style, "long"))
        snprintf(text, REFERENCE, "TX202406%02d%012lld", day, (long long)below(set, 1000000000000));
    else if (!strcmp(style, "rrn"))
        snprintf(text, REFERENCE, "%012lld", (long long)below(set, 1000000000000));
    else if (!strcmp(style, "short"))
        snprintf(text, REFERENCE, "%08lld", (long long)below(set, 100000000));
    else
        snprintf(text, REFERENCE, "%ld", 10000000 + set->serial);
    set->serial++;
}

static struct line *put(struct set *set, char side, const struct line *like, const char *kind)
{
    if (set->count == set->capacity) {
        set->capacity = set->capacity ? set->capacity * 2 : 4096;
        set->lines = realloc(set->lines, set->capacity * sizeof *set->lines);
        if (!set->lines)
            abort();
    }
    struct line *line = &set->lines[set->count++];
    *line = *like;
    line->side = side;
    line->id = ++set->ids[side == 'S'];
    fprintf(set->truth, "%ld,%s,%c,%c%08d\n", set->match, kind, side, side, line->id);
    return line;
}

static struct line movement(struct set *set)
{
    struct line line = {.direction = below(set, 5) < 3 ? 'C' : 'D',
                        .day = 1 + (int)below(set, 5),
                        .account = (int)below(set, set->accounts),
                        .amount = amount(set)};
    reference(set, line.day, line.reference);
    return line;
}

static int late(struct set *set)
{
    static const int days[] = {0, 0, 0, 0, 0, 1, 1, 1, 2, 2};
    return days[below(set, 10)];
}

static struct line *pair(struct set *set, const struct line *line, const char *kind)
{
    put(set, 'L', line, kind);
    struct line *other = put(set, 'S', line, kind);
    other->day += late(set);
    return other;
}

static const char *const noises[] = {"case",  "punct", "prefix",    "nozero", "trunc16",
                                     "innarr", "drop1", "transpose", "subst"};

static void spoil(struct set *set, const char *noise, struct line *line)
{
    static const char *const prefixes[] = {"REF:", "ALI", "UPOP", "NET"};
    char *text = line->reference, old[REFERENCE];
    size_t length = strlen(text), at = length - 1 - (size_t)below(set, 6), skip = 0;
    memcpy(old, text, REFERENCE);
    if (!strcmp(noise, "case")) {
        for (size_t i = 0; i < length; i++)
            text[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
    } else if (!strcmp(noise, "punct")) {
        snprintf(text, REFERENCE, "%.2s-%.2s/%.30s", old, old + 2, old + 4);
    } else if (!strcmp(noise, "prefix")) {
        snprintf(text, REFERENCE, "%s%.30s", prefixes[below(set, 4)], old);
    } else if (!strcmp(noise, "nozero")) {
        while (old[skip] == 'T' || old[skip] == 'X' || old[skip] == '0')
            skip++;
        memmove(text, old + skip, length - skip + 1);
    } else if (!strcmp(noise, "trunc16")) {
        text[length > 16 ? 16 : length] = '\0';
    } else if (!strcmp(noise, "innarr")) {
        snprintf(line->narrative, sizeof line->narrative, "PAYMENT %s THANK YOU", old);
        snprintf(text, REFERENCE, "NONREF");
    } else if (!strcmp(noise, "drop1")) {
        memmove(text + at, text + at + 1, length - at);
    } else if (!strcmp(noise, "transpose")) {
        text[at] = old[at - 1];
        text[at - 1] = old[at];
    } else {
        text[at] = (char)('0' + (old[at] - '0' + 1 + below(set, 9)) % 10);
    }
}

static void noise(struct set *set)
{
    const char *which = noises[below(set, sizeof noises / sizeof *noises)];
    char kind[40];
    struct line line = movement(set);
    snprintf(kind, sizeof kind, "refnoise:%s", which);
    spoil(set, which, pair(set, &line, kind));
}

static void split(struct set *set)
{
    struct line whole = movement(set), part;
    bool keyed = below(set, 2), many_book = below(set, 2);
    const char *kind = many_book ? keyed ? "split:nL1S:ref" : "split:nL1S:noref"
                       : keyed   ? "split:1LnS:ref"
                                 : "split:1LnS:noref";
    int parts = 2 + (int)below(set, PARTS - 1), days = late(set);
    int64_t rest = whole.amount;
    if (!many_book)
        put(set, 'L', &whole, kind);
    for (int i = 1; i <= parts; i++) {
        part = whole;
        part.day += many_book ? 0 : days;
        part.amount = i == parts ? rest : 1 + below(set, rest - (parts - i));
        rest -= part.amount;
        if (keyed)
            snprintf(part.reference, REFERENCE, "%.30s-%d", whole.reference, i);
        else
            snprintf(part.reference, REFERENCE, "P%010lld", (long long)below(set, 10000000000));
        put(set, many_book ? 'L' : 'S', &part, kind);
    }
    whole.day += days;
    if (many_book)
        put(set, 'S', &whole, kind);
}

static void event(struct set *set)
{
    int64_t dice = below(set, 10000);
    struct line line;
    set->match++;
    if (dice < 190) {
        noise(set);
        return;
    }
    if (dice < 310) {
        split(set);
        return;
    }
    line = movement(set);
    if (dice < 420 && line.amount >= 500) {
        struct line *other = pair(set, &line, "fee");
        int64_t fee = (line.amount * (3800 + below(set, 2201)) + 500000) / 1000000;
        other->amount -= fee ? fee : 1;
    } else if (dice < 475) {
        char side = below(set, 2) ? 'L' : 'S';
        const char *kind = side == 'L' ? "reversal:L" : "reversal:S";
        put(set, side, &line, kind);
        line.direction = line.direction == 'C' ? 'D' : 'C';
        put(set, side, &line, kind);
    } else if (dice < 510) {
        line = *pair(set, &line, "exact");
        set->match++;
        put(set, 'S', &line, "dupline");
    } else if (dice < 530 && set->last[0]) {
        memcpy(line.reference, set->last, REFERENCE);
        pair(set, &line, "refreuse");
    } else if (dice < 620) {
        put(set, dice < 575 ? 'L' : 'S', &line, dice < 575 ? "missing:S" : "missing:L");
    } else {
        memcpy(set->last, line.reference, REFERENCE);
        pair(set, &line, "exact");
    }
}

static FILE *open_file(const char *folder, const char *name, const char *header)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(2);
    }
    fprintf(file, "%s\n", header);
    return file;
}

static void close_file(FILE *file)
{
    if (ferror(file) || fclose(file)) {
        perror("generate");
        exit(2);
    }
}

/* The lines of one side in an order of their own. */
static void write_side(struct set *set, const char *folder, char side)
{
    FILE *file = open_file(folder, side == 'L' ? "ledger.csv" : "statement.csv",
                           "id,value_date,account,ccy,dc,amount_minor,ref,narrative");
    for (size_t i = set->count; i > 1; i--) {
        size_t other = (size_t)below(set, (int64_t)i);
        struct line swap = set->lines[i - 1];
        set->lines[i - 1] = set->lines[other];
        set->lines[other] = swap;
    }
    for (size_t i = 0; i < set->count; i++) {
        const struct line *line = &set->lines[i];
        if (line->side == side)
            fprintf(file, "%c%08d,202406%02d,A%03d,CNY,%c,%lld,%s,%s\n", side, line->id, line->day,
                    line->account, line->direction, (long long)line->amount, line->reference,
                    line->narrative);
    }
    close_file(file);
}

static bool known_style(const char *style)
{
    return !strcmp(style, "long") || !strcmp(style, "rrn") || !strcmp(style, "seq") ||
           !strcmp(style, "short");
}

int main(int argc, char **argv)
{
    static const struct option known[] = {{"events", required_argument, NULL, 'e'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"style", required_argument, NULL, 't'},
                                          {"accounts", required_argument, NULL, 'a'},
                                          {NULL, 0, NULL, 0}};
    struct set set = {.accounts = 4, .style = "long"};
    long events = 20000;
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        switch (option) {
        case 'e': events = atol(optarg); break;
        case 's': set.state = strtoull(optarg, NULL, 10); break;
        case 't': set.style = optarg; break;
        case 'a': set.accounts = atoi(optarg); break;
        default: return 2;
        }
    if (optind != argc - 1 || events < 1 || set.accounts < 1 || !known_style(set.style)) {
        fputs("Usage: generate [--events N] [--seed S] [--style long|rrn|seq|short] "
              "[--accounts N] FOLDER\n",
              stderr);
        return 2;
    }
    set.truth = open_file(argv[optind], "truth.csv", "match_id,kind,side,line_id");
    for (long i = 0; i < events; i++)
        event(&set);
    close_file(set.truth);
    write_side(&set, argv[optind], 'L');
    write_side(&set, argv[optind], 'S');
    free(set.lines);
    return 0;
}
