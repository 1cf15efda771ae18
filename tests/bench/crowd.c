/* Writes a labelled set in which lines crowd: few prices, references that lie close together, and
 * damage, loss and copies that strike any line on either side, each by itself. README.md describes
 * it. It shares nothing with generate.c, so that what the one takes for granted the other tries. */
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFERENCE = 48, PRICES = 64, SHOPS = 30, STANDING = 40000 };

struct line {
    int id, day, account, direction;
    long amount;
    char reference[REFERENCE], narrative[64];
};

struct lines {
    struct line *list;
    size_t count, capacity;
};

/* Of 100,000 movements. */
struct rates {
    int damage, loss, copy, reversal, split, fee, late, again;
};

struct crowd {
    struct lines sides[2];
    struct line last;
    struct rates rates;
    const char *style;
    int accounts, prices, days, copied; /* side that has copies */
    long price[PRICES], serial, group, shops[SHOPS];
    uint64_t state;
    FILE *truth;
};

static uint64_t next(struct crowd *crowd)
{
    crowd->state = crowd->state * 6364136223846793005u + 1442695040888963407u;
    uint64_t word = crowd->state ^ crowd->state >> 33;
    word *= 0xff51afd7ed558ccdu;
    return word ^ word >> 32;
}

static long below(struct crowd *crowd, long limit)
{
    return (long)(next(crowd) % (uint64_t)limit);
}

static bool strikes(struct crowd *crowd, int rate)
{
    return below(crowd, 100000) < rate;
}

static char luhn(const char *digits)
{
    int sum = 0, weight = 2;
    for (size_t i = strlen(digits); i-- > 0; weight = 3 - weight) {
        int value = (digits[i] - '0') * weight;
        sum += value > 9 ? value - 9 : value;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static void name_movement(struct crowd *crowd, struct line *line)
{
    long shop = below(crowd, SHOPS);
    char *text = line->reference;
    if (!strcmp(crowd->style, "running")) {
        snprintf(text, REFERENCE, "%ld", 40000000 + crowd->serial);
    } else if (!strcmp(crowd->style, "shop")) {
        snprintf(text, REFERENCE, "SHOP%04ld202406%02d%06ld", 17 * shop, line->day,
                 ++crowd->shops[shop]);
    } else if (!strcmp(crowd->style, "invoice")) {
        snprintf(text, REFERENCE, "%06ld/%04ld", 100000 + crowd->serial % 3000 * 37,
                 crowd->serial / 3000 % 10000);
    } else if (!strcmp(crowd->style, "checked")) {
        snprintf(text, REFERENCE, "%011ld", 52000000000 + crowd->serial);
        text[11] = luhn(text);
        text[12] = '\0';
    } else if (!strcmp(crowd->style, "hex")) {
        snprintf(text, REFERENCE, "%08lx%08lx", (unsigned long)(next(crowd) & 0xFFFFFFFF),
                 (unsigned long)(next(crowd) & 0xFFFFFFFF));
    } else if (!strcmp(crowd->style, "mandate")) {
        snprintf(text, REFERENCE, "M%07ld", 1000000 + crowd->serial % STANDING * 37);
    } else if (!strcmp(crowd->style, "twelve")) {
        snprintf(text, REFERENCE, "%04ld%08ld", below(crowd, 40), below(crowd, 100000000));
    } else {
        snprintf(text, REFERENCE, "%06ld", crowd->serial * 761003 % 1000000);
    }
    crowd->serial += 1 + (below(crowd, 8) == 0);
}

static const char *const styles[] = {"running", "shop",    "invoice", "checked",
                                     "hex",     "mandate", "twelve",  "six"};

/* One slip of a hand at any place: another character, one lost, one doubled, two swapped. */
static void slip(struct crowd *crowd, char *text)
{
    size_t length = strlen(text), at = (size_t)below(crowd, (long)length);
    char was = text[at];
    switch (below(crowd, 5)) {
    case 0:
        memmove(text + at, text + at + 1, length - at);
        break;
    case 1:
        memmove(text + at + 1, text + at, length - at + 1);
        break;
    case 2:
        at = at + 1 < length ? at : 0;
        was = text[at];
        text[at] = text[at + 1];
        text[at + 1] = was;
        break;
    default:
        if (was >= '0' && was <= '9')
            text[at] = (char)('0' + (was - '0' + 1 + below(crowd, 9)) % 10);
        else
            text[at] = (char)('A' + below(crowd, 26));
    }
}

/* What becomes of a reference on its way: one slip mostly, now and then another writing, a cut or
 * none at all with its text in the narrative. */
static void damage(struct crowd *crowd, struct line *line)
{
    char old[REFERENCE], *text = line->reference;
    memcpy(old, text, REFERENCE);
    switch (below(crowd, 10)) {
    case 0:
        snprintf(text, REFERENCE, "REF %.40s", old);
        break;
    case 1:
        if (strlen(text) > 12)
            text[below(crowd, 2) ? 12 : strlen(text) - 2] = '\0';
        break;
    case 2:
        snprintf(line->narrative, sizeof line->narrative, "TRF %.40s B/O", old);
        snprintf(text, REFERENCE, "NONREF");
        break;
    case 3:
        snprintf(text, REFERENCE, "%s", old + (*old == '0' || below(crowd, 3) == 0));
        break;
    default:
        slip(crowd, text);
    }
}

static void write_line(struct crowd *crowd, int side, const struct line *like, const char *kind)
{
    struct lines *lines = &crowd->sides[side];
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity ? lines->capacity * 2 : 4096;
        lines->list = realloc(lines->list, lines->capacity * sizeof *lines->list);
        if (!lines->list)
            abort();
    }
    struct line *line = &lines->list[lines->count++];
    *line = *like;
    line->id = (int)lines->count;
    fprintf(crowd->truth, "%ld,%s,%c,%c%07d\n", crowd->group, kind, side ? 'S' : 'L',
            side ? 'S' : 'L', line->id);
}

static struct line new_movement(struct crowd *crowd)
{
    /* Half of the movements have the commonest price. */
    int price = 0;
    while (price + 1 < crowd->prices && below(crowd, 2))
        price++;
    struct line line = {.day = 1 + (int)below(crowd, crowd->days),
                        .account = (int)below(crowd, crowd->accounts),
                        .direction = below(crowd, 4) ? 'C' : 'D',
                        .amount = crowd->price[price]};
    if (!strcmp(crowd->style, "running") || !strcmp(crowd->style, "checked"))
        line.day = 1 + (int)(crowd->serial / 2000 % crowd->days);
    if (!strcmp(crowd->style, "mandate")) { /* the same every week */
        long mandate = crowd->serial % STANDING;
        line.day = 1 + (int)(crowd->serial / STANDING * 7);
        line.account = (int)(mandate * 31 % crowd->accounts);
        line.amount = crowd->price[mandate * 17 % crowd->prices];
        line.direction = 'C';
    }
    name_movement(crowd, &line);
    return line;
}

static int delay(struct crowd *crowd)
{
    return strikes(crowd, crowd->rates.late) ? 3 + (int)below(crowd, 6) : (int)below(crowd, 3) / 2;
}

/* The line as one side writes it, with what befalls it there. */
static void post(struct crowd *crowd, int side, struct line line, const char *kind)
{
    if (strikes(crowd, crowd->rates.damage))
        damage(crowd, &line);
    write_line(crowd, side, &line, kind);
    if (side == crowd->copied && strikes(crowd, crowd->rates.copy)) {
        crowd->group++;
        write_line(crowd, side, &line, "copy");
    }
}

static void reverse(struct crowd *crowd)
{
    struct line line = new_movement(crowd);
    int side = (int)below(crowd, 2);
    write_line(crowd, side, &line, "reversal");
    line.direction = line.direction == 'C' ? 'D' : 'C';
    line.day += (int)below(crowd, 3);
    write_line(crowd, side, &line, "reversal");
}

static void split(struct crowd *crowd)
{
    struct line whole = new_movement(crowd), part = whole;
    int whole_side = (int)below(crowd, 2), parts = 2 + (int)below(crowd, 4);
    long rest = whole.amount;
    write_line(crowd, whole_side, &whole, "split");
    for (int i = 1; i <= parts; i++) {
        /* Parts that are prices themselves, where they fit. */
        part.amount = i == parts ? rest : rest / (parts - i + 1);
        for (int k = 0; i < parts && k < crowd->prices; k++)
            if (crowd->price[k] < rest - parts)
                part.amount = crowd->price[k];
        rest -= part.amount;
        snprintf(part.reference, REFERENCE, "%.40s-%d", whole.reference, i);
        write_line(crowd, !whole_side, &part, "split");
    }
}

static void move(struct crowd *crowd)
{
    crowd->group++;
    crowd->copied = (int)below(crowd, 2);
    if (strikes(crowd, crowd->rates.reversal)) {
        reverse(crowd);
    } else if (strikes(crowd, crowd->rates.split)) {
        split(crowd);
    } else {
        struct line line = new_movement(crowd);
        if (strikes(crowd, crowd->rates.again) && crowd->last.amount) {
            line = crowd->last; /* another movement of the same reference and amount */
            line.day += 5 + (int)below(crowd, 5);
        }
        crowd->last = strikes(crowd, 10000) ? line : crowd->last;
        struct line other = line;
        bool lost[] = {strikes(crowd, crowd->rates.loss), strikes(crowd, crowd->rates.loss)};
        const char *kind = lost[0] || lost[1] ? "alone" : "pair";
        other.day += delay(crowd);
        if (!strcmp(kind, "pair") && strikes(crowd, crowd->rates.fee)) {
            kind = "fee";
            other.amount -= (line.amount * (40 + below(crowd, 18)) + 5000) / 10000;
        }
        /* The side with copies last: a copy is a group of its own. */
        for (int i = 1; i >= 0; i--) {
            int side = i ? !crowd->copied : crowd->copied;
            if (!lost[side])
                post(crowd, side, side ? other : line, kind);
        }
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

static void write_side(struct crowd *crowd, int side, const char *folder)
{
    struct lines *lines = &crowd->sides[side];
    FILE *file = open_file(folder, side ? "statement.csv" : "ledger.csv",
                           "id,value_date,account,ccy,dc,amount_minor,ref,narrative");
    for (size_t i = lines->count; i > 1; i--) {
        size_t other = (size_t)below(crowd, (long)i);
        struct line swap = lines->list[i - 1];
        lines->list[i - 1] = lines->list[other];
        lines->list[other] = swap;
    }
    for (size_t i = 0; i < lines->count; i++) {
        const struct line *line = &lines->list[i];
        fprintf(file, "%c%07d,2024%02d%02d,K%02d,CNY,%c,%ld,%s,%s\n", side ? 'S' : 'L', line->id,
                6 + (line->day - 1) / 30, 1 + (line->day - 1) % 30, line->account, line->direction,
                line->amount, line->reference, line->narrative);
    }
    if (fclose(file)) {
        perror(folder);
        exit(2);
    }
}

static bool known_style(const char *style)
{
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
        if (!strcmp(styles[i], style))
            return true;
    return false;
}

static const struct option options[] = {{"events", required_argument, NULL, 'e'},
                                        {"seed", required_argument, NULL, 's'},
                                        {"style", required_argument, NULL, 't'},
                                        {"accounts", required_argument, NULL, 'a'},
                                        {"prices", required_argument, NULL, 'p'},
                                        {"times", required_argument, NULL, 'x'},
                                        {NULL, 0, NULL, 0}};

int main(int argc, char **argv)
{
    struct crowd crowd = {.rates = {2000, 500, 300, 400, 300, 300, 500, 300},
                          .style = "running", .accounts = 3, .prices = 6, .days = 18};
    long events = 20000;
    int option, times = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 'e':
            events = atol(optarg);
            break;
        case 's':
            crowd.state = strtoull(optarg, NULL, 10);
            break;
        case 't':
            crowd.style = optarg;
            break;
        case 'a':
            crowd.accounts = atoi(optarg);
            break;
        case 'p':
            crowd.prices = atoi(optarg);
            break;
        case 'x':
            times = atoi(optarg);
            break;
        default:
            return 2;
        }
    if (optind != argc - 1 || events < 1 || crowd.accounts < 1 || crowd.prices < 1 ||
        crowd.prices > PRICES || times < 1 || !known_style(crowd.style)) {
        fputs("Usage: crowd [--events N] [--seed S] [--accounts N] [--prices N] [--times N]\n"
              "             [--style running|shop|invoice|checked|hex|mandate|twelve|six] FOLDER\n",
              stderr);
        return 2;
    }
    crowd.rates.damage *= times;
    crowd.rates.loss *= times;
    crowd.rates.copy *= times;
    for (int i = 0; i < crowd.prices; i++)
        crowd.price[i] = (10 + below(&crowd, 90)) * (i % 3 ? 500 : 10000);
    crowd.truth = open_file(argv[optind], "truth.csv", "match_id,kind,side,line_id");
    for (long i = 0; i < events; i++)
        move(&crowd);
    if (fclose(crowd.truth))
        return 2;
    write_side(&crowd, 0, argv[optind]);
    write_side(&crowd, 1, argv[optind]);
    free(crowd.sides[0].list);
    free(crowd.sides[1].list);
    return 0;
}
