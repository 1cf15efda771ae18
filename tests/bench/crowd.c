/* Writes a labelled set in which lines crowd: few prices, references that lie close together, and
 * damage, loss and copies that strike any line on either side, each by itself. MATCHING.md describes
 * it. Its movements share nothing with those of generate.c, so that what the one takes for granted the
 * other tries. */
#include "crowd.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

bool strikes(struct crowd *crowd, int rate)
{
    return below(&crowd->all, 100000) < rate;
}

struct line new_movement(struct crowd *crowd)
{
    /* Half of the movements have the commonest price. */
    int price = 0;
    while (price + 1 < crowd->prices && below(&crowd->all, 2))
        price++;
    struct line line = {.day = 1 + (int)below(&crowd->all, crowd->days),
                        .account = (int)below(&crowd->all, crowd->accounts),
                        .direction = below(&crowd->all, 4) ? 'C' : 'D',
                        .currency = "CNY",
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

int delay(struct crowd *crowd)
{
    return strikes(crowd, crowd->rates.late) ? 3 + (int)below(&crowd->all, 6)
                                             : (int)below(&crowd->all, 3) / 2;
}

void put(struct crowd *crowd, char side, const struct line *line, const char *kind)
{
    char name[40];
    snprintf(name, sizeof name, "%s%s%s", crowd->trap ? crowd->trap : "", crowd->trap ? ":" : "", kind);
    labelled_put(&crowd->all, side, line, name);
}

/* The line as one side writes it, with what befalls it there. */
static void write_line(struct crowd *crowd, char side, struct line line, const char *kind)
{
    if (strikes(crowd, crowd->rates.damage))
        damage(crowd, &line);
    put(crowd, side, &line, kind);
    if (side == crowd->copied && strikes(crowd, crowd->rates.copy)) {
        crowd->all.group++;
        put(crowd, side, &line, "copy");
    }
}

void post(struct crowd *crowd, const struct line *line, const struct line *other, const char *kind,
          int loss)
{
    bool lost[] = {strikes(crowd, loss), strikes(crowd, loss)};
    if (lost[0] || lost[1])
        kind = "alone";
    /* The side with copies last: a copy is a group of its own. */
    for (int i = 1; i >= 0; i--) {
        bool statement = (crowd->copied == 'S') == !i;
        if (!lost[statement])
            write_line(crowd, statement ? 'S' : 'L', statement ? *other : *line, kind);
    }
}

static void reverse(struct crowd *crowd)
{
    struct line line = new_movement(crowd);
    char side = below(&crowd->all, 2) ? 'S' : 'L';
    put(crowd, side, &line, "reversal");
    line.direction = line.direction == 'C' ? 'D' : 'C';
    line.day += (int)below(&crowd->all, 3);
    put(crowd, side, &line, "reversal");
}

static void split(struct crowd *crowd)
{
    struct line whole = new_movement(crowd), part = whole;
    bool statement = below(&crowd->all, 2);
    int parts = 2 + (int)below(&crowd->all, 4);
    int64_t rest = whole.amount;
    put(crowd, statement ? 'S' : 'L', &whole, "split");
    for (int i = 1; i <= parts; i++) {
        /* Parts that are prices themselves, where they fit. */
        part.amount = i == parts ? rest : rest / (parts - i + 1);
        for (int k = 0; i < parts && k < crowd->prices; k++)
            if (crowd->price[k] < rest - parts)
                part.amount = crowd->price[k];
        rest -= part.amount;
        snprintf(part.reference, REFERENCE, "%.40s-%c", whole.reference, (char)('0' + i));
        put(crowd, statement ? 'L' : 'S', &part, "split");
    }
}

static void pair(struct crowd *crowd)
{
    struct line line = new_movement(crowd);
    const char *kind = "pair";
    if (strikes(crowd, crowd->rates.again) && crowd->last.amount) {
        line = crowd->last; /* another movement of the same reference and amount */
        line.day += 5 + (int)below(&crowd->all, 5);
    }
    crowd->last = strikes(crowd, 10000) ? line : crowd->last;
    struct line other = line;
    other.day += delay(crowd);
    if (strikes(crowd, crowd->rates.fee)) {
        kind = "fee";
        other.amount -= (line.amount * (40 + below(&crowd->all, 18)) + 5000) / 10000;
    }
    post(crowd, &line, &other, kind, crowd->rates.loss);
}

static void move(struct crowd *crowd)
{
    crowd->all.group++;
    crowd->copied = below(&crowd->all, 2) ? 'S' : 'L';
    if (strikes(crowd, crowd->rates.trap))
        trap(crowd);
    else if (strikes(crowd, crowd->rates.reversal))
        reverse(crowd);
    else if (strikes(crowd, crowd->rates.split))
        split(crowd);
    else
        pair(crowd);
}

static const struct option options[] = {{"events", required_argument, NULL, 'e'},
                                        {"seed", required_argument, NULL, 's'},
                                        {"style", required_argument, NULL, 't'},
                                        {"accounts", required_argument, NULL, 'a'},
                                        {"prices", required_argument, NULL, 'p'},
                                        {"times", required_argument, NULL, 'x'},
                                        {"traps", required_argument, NULL, 'r'},
                                        {NULL, 0, NULL, 0}};

static int usage(void)
{
    fputs("Usage: crowd [--events N] [--seed S] [--accounts N] [--prices N] [--times N] [--traps N]\n"
          "             [--style running|shop|invoice|checked|hex|mandate|twelve|six|counter|slash|"
          "nested|tails]\n"
          "             FOLDER\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct crowd crowd = {.rates = {2000, 500, 300, 400, 300, 300, 500, 300, 0},
                          .style = "running", .accounts = 3, .prices = 6, .days = 18};
    long events = 20000;
    int option, times = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 'e':
            events = atol(optarg);
            break;
        case 's':
            crowd.all.state = strtoull(optarg, NULL, 10);
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
        case 'r':
            crowd.rates.trap = atoi(optarg);
            break;
        default:
            return 2;
        }
    if (optind != argc - 1 || events < 1 || crowd.accounts < 1 || crowd.prices < 1 ||
        crowd.prices > PRICES || times < 1 || !is_style(crowd.style))
        return usage();
    crowd.rates.damage *= times;
    crowd.rates.loss *= times;
    crowd.rates.copy *= times;
    for (int i = 0; i < crowd.prices; i++)
        crowd.price[i] = (10 + below(&crowd.all, 90)) * (i % 3 ? 500 : 10000);
    labelled_begin(&crowd.all, argv[optind]);
    for (long i = 0; i < events; i++)
        move(&crowd);
    labelled_end(&crowd.all, argv[optind]);
    return 0;
}
