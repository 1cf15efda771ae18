/* References that lie close together, and what becomes of them. */
#include "crowd.h"

#include <stdlib.h>
#include <string.h>

static char luhn(const char *digits)
{
    int sum = 0, weight = 2;
    for (size_t i = strlen(digits); i-- > 0; weight = 3 - weight) {
        int value = (digits[i] - '0') * weight;
        sum += value > 9 ? value - 9 : value;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static void name_running(struct crowd *crowd, const struct line *line, char *text)
{
    (void)line;
    snprintf(text, REFERENCE, "%ld", 40000000 + crowd->serial);
}

static void name_shop(struct crowd *crowd, const struct line *line, char *text)
{
    long shop = (long)below(&crowd->all, SHOPS);
    snprintf(text, REFERENCE, "SHOP%04ld202406%02d%06ld", 17 * shop, line->day,
             ++crowd->shops[shop]);
}

static void name_invoice(struct crowd *crowd, const struct line *line, char *text)
{
    (void)line;
    snprintf(text, REFERENCE, "%06ld/%04ld", 100000 + crowd->serial % 3000 * 37,
             crowd->serial / 3000 % 10000);
}

static void name_checked(struct crowd *crowd, const struct line *line, char *text)
{
    (void)line;
    snprintf(text, REFERENCE, "%011ld", 52000000000 + crowd->serial);
    text[11] = luhn(text);
    text[12] = '\0';
}

static void name_hex(struct crowd *crowd, const struct line *line, char *text)
{
    (void)line;
    snprintf(text, REFERENCE, "%08lx%08lx", (unsigned long)below(&crowd->all, 1l << 32),
             (unsigned long)below(&crowd->all, 1l << 32));
}

static void name_mandate(struct crowd *crowd, const struct line *line, char *text)
{
    (void)line;
    snprintf(text, REFERENCE, "M%07ld", 1000000 + crowd->serial % STANDING * 37);
}

static void name_twelve(struct crowd *crowd, const struct line *line, char *text)
{
    (void)line;
    snprintf(text, REFERENCE, "%04ld%08ld", (long)below(&crowd->all, 40),
             (long)below(&crowd->all, 100000000));
}

static void name_six(struct crowd *crowd, const struct line *line, char *text)
{
    (void)line;
    snprintf(text, REFERENCE, "%06ld", crowd->serial * 761003 % 1000000);
}

/* Every customer counts his own orders: the number stands for many movements. */
static void name_counter(struct crowd *crowd, const struct line *line, char *text)
{
    (void)line;
    snprintf(text, REFERENCE, "INV-%06ld", 1000 + ++crowd->orders[below(&crowd->all, CUSTOMERS)]);
}

/* Customer and number, which looks like the number of a part. */
static void name_slash(struct crowd *crowd, const struct line *line, char *text)
{
    (void)line;
    long customer = (long)below(&crowd->all, CUSTOMERS), serial = crowd->orders[customer]++;
    if (serial % 20 == 7)
        snprintf(text, REFERENCE, "%08ld", 70000000 + 100 * customer + serial / 100);
    else
        snprintf(text, REFERENCE, "%08ld/%ld", 70000000 + 100 * customer + serial / 100,
                 1 + serial % 100);
}

/* Numbers of eight to fourteen digits, many of them the beginning of others. */
static void name_nested(struct crowd *crowd, const struct line *line, char *text)
{
    static const int more[] = {0, 1, 2, 4, 6};
    (void)line;
    snprintf(text, REFERENCE, "%08ld", 60000000 + crowd->serial / 5);
    for (int i = 0; i < more[crowd->serial % 5]; i++)
        text[8 + i] = (char)('0' + below(&crowd->all, 10));
    text[8 + more[crowd->serial % 5]] = '\0';
}

/* One counter for several channels, which tell their numbers apart by letters or by digits before
 * them. */
static void name_tails(struct crowd *crowd, const struct line *line, char *text)
{
    static const char *const heads[] = {"WEB", "POS", "ATM", "APP", "88", "8801", "UPOP", "ALI"};
    (void)line;
    snprintf(text, REFERENCE, "%s%09ld", heads[crowd->serial % 8], 200000000 + crowd->serial / 8);
}

static const struct {
    const char *name;
    void (*make)(struct crowd *crowd, const struct line *line, char *text);
} styles[] = {{"running", name_running}, {"shop", name_shop},       {"invoice", name_invoice},
              {"checked", name_checked}, {"hex", name_hex},         {"mandate", name_mandate},
              {"twelve", name_twelve},   {"six", name_six},         {"counter", name_counter},
              {"slash", name_slash},     {"nested", name_nested},   {"tails", name_tails}};

enum { STYLES = sizeof styles / sizeof *styles };

bool is_style(const char *style)
{
    for (size_t i = 0; i < STYLES; i++)
        if (!strcmp(style, styles[i].name))
            return true;
    return false;
}

void name_movement(struct crowd *crowd, struct line *line)
{
    for (size_t i = 0; i < STYLES; i++)
        if (!strcmp(crowd->style, styles[i].name))
            styles[i].make(crowd, line, line->reference);
    crowd->serial += 1 + (below(&crowd->all, 8) == 0);
}

/* One slip of a hand at any place: another character, one lost, one doubled, two swapped. */
static void slip(struct crowd *crowd, char *text)
{
    size_t length = strlen(text), at = (size_t)below(&crowd->all, (int64_t)length);
    char was = text[at];
    switch (below(&crowd->all, 5)) {
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
            text[at] = (char)('0' + (was - '0' + 1 + below(&crowd->all, 9)) % 10);
        else
            text[at] = (char)('A' + below(&crowd->all, 26));
    }
}

void damage(struct crowd *crowd, struct line *line)
{
    char old[REFERENCE], *text = line->reference;
    memcpy(old, text, REFERENCE);
    switch (below(&crowd->all, 10)) {
    case 0:
        snprintf(text, REFERENCE, "REF %.40s", old);
        break;
    case 1:
        if (strlen(text) > 12)
            text[below(&crowd->all, 2) ? 12 : strlen(text) - 2] = '\0';
        break;
    case 2:
        snprintf(line->narrative, NARRATIVE, "TRF %.40s B/O", old);
        snprintf(text, REFERENCE, "NONREF");
        break;
    case 3:
        snprintf(text, REFERENCE, "%s", old + (*old == '0' || below(&crowd->all, 3) == 0));
        break;
    default:
        slip(crowd, text);
    }
}
