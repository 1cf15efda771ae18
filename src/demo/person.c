#include "base/date.h"
#include "base/text.h"
#include "customer/identifier.h"
#include "customer/search_key.h"
#include "demo/maker.h"

#include <stdio.h>
#include <string.h>

enum { MOST_TERMS = 24 };

struct terms {
    char text[MOST_TERMS][NAME_BYTES];
    const char *kind[MOST_TERMS];
    int count;
};

static bool ascii(const char *text)
{
    while (*text > 0)
        text++;
    return *text == '\0';
}

/* The first kind of a term stays; an empty one is left out. */
static void add_term(struct terms *terms, const char *text, const char *kind)
{
    for (int i = 0; i < terms->count; i++)
        if (!strcmp(terms->text[i], text))
            return;
    if (!*text || terms->count == MOST_TERMS)
        return;
    snprintf(terms->text[terms->count], NAME_BYTES, "%s", text);
    terms->kind[terms->count++] = kind;
}

static void remove_blanks(char *text)
{
    char *to = text;
    for (; *text; text++)
        if (*text != ' ')
            *to++ = *text;
    *to = '\0';
}

/* Every tail of the words of an English name: "harbour machinery", "machinery". */
static void add_english(struct terms *terms, const char *name)
{
    struct buffer fold = BUFFER_INIT;
    char words[NAME_BYTES];
    size_t length = 0;
    if (!ascii(name))
        return;
    search_fold(&fold, name, strlen(name));
    for (const char *at = buffer_text(&fold); *at && length + 1 < sizeof words; at++)
        if (*at == ' ' || (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z'))
            words[length++] = *at;
    words[length] = '\0';
    buffer_free(&fold);
    for (const char *at = words; at && *at; at = strchr(at, ' '), at = at ? at + 1 : NULL)
        add_term(terms, at, "english");
}

static void write_terms(struct maker *maker, const struct profile *p, const char *folded,
                        char *pinyin, char *other, const char *initials)
{
    struct terms terms = {.count = 0};
    if (!ascii(p->name))
        add_term(&terms, folded, "name");
    remove_blanks(pinyin);
    remove_blanks(other);
    add_term(&terms, pinyin, "pinyin");
    add_term(&terms, other, "pinyin");
    add_term(&terms, initials, "initials");
    add_english(&terms, p->name_en);
    add_english(&terms, p->name);
    for (int i = 0; i < terms.count; i++) {
        rows_integer(maker->rows, ROWS_TERM, p->id);
        rows_text(maker->rows, ROWS_TERM, terms.text[i]);
        rows_text(maker->rows, ROWS_TERM, terms.kind[i]);
        rows_integer(maker->rows, ROWS_TERM, p->unit);
        rows_end(maker->rows, ROWS_TERM);
    }
}

static void write_search(struct maker *maker, const struct profile *p, const char *folded)
{
    struct rows *rows = maker->rows;
    char phone[24], identity[32];
    size_t length = strlen(p->identity);
    snprintf(phone, sizeof phone, "%.3s****%s", p->phone, p->phone + 7);
    snprintf(identity, sizeof identity, "%s", p->identity);
    memset(identity + 1, '*', length - 2);
    rows_integer(rows, ROWS_SEARCH, p->id);
    rows_integer(rows, ROWS_SEARCH, p->unit);
    rows_text(rows, ROWS_SEARCH, folded);
    rows_text(rows, ROWS_SEARCH, p->name);
    rows_text(rows, ROWS_SEARCH, p->company ? "company" : "person");
    rows_bool(rows, ROWS_SEARCH, p->restricted);
    rows_text(rows, ROWS_SEARCH, p->number);
    rows_text(rows, ROWS_SEARCH, phone);
    rows_text(rows, ROWS_SEARCH, identity);
    rows_text(rows, ROWS_SEARCH, plan_tiers[p->tier].code);
    rows_end(rows, ROWS_SEARCH);
}

static const char *lifecycle(const struct maker *maker, struct profile *p)
{
    if (p->opened > maker->plan->day - 90)
        return "new";
    if (p->dormant)
        return random_chance(&p->random, 1500) ? "lost" : "dormant";
    uint32_t at = random_below(&p->random, 100);
    return at < 14 ? "growing" : at < 20 ? "leaving" : "active";
}

static void write_customer(struct maker *maker, struct profile *p, const char *pinyin,
                           const char *other, const char *initials)
{
    static const char *const risks[] = {"C1", "C2", "C3", "C4", "C5"};
    struct rows *rows = maker->rows;
    bool rated = random_chance(&p->random, 7000);
    rows_integer(rows, ROWS_CUSTOMER, p->id);
    rows_text(rows, ROWS_CUSTOMER, p->number);
    rows_text(rows, ROWS_CUSTOMER, p->company ? "company" : "person");
    rows_text(rows, ROWS_CUSTOMER, p->name);
    rows_text_or_null(rows, ROWS_CUSTOMER, p->name_en);
    rows_text(rows, ROWS_CUSTOMER, pinyin);
    rows_text_or_null(rows, ROWS_CUSTOMER, other);
    rows_text(rows, ROWS_CUSTOMER, initials);
    rows_text_or_null(rows, ROWS_CUSTOMER, p->company ? NULL : p->male ? "M" : "F");
    if (p->company)
        rows_null(rows, ROWS_CUSTOMER);
    else
        rows_day(rows, ROWS_CUSTOMER, p->birth);
    rows_integer(rows, ROWS_CUSTOMER, p->unit);
    if (p->manager)
        rows_integer(rows, ROWS_CUSTOMER, p->manager);
    else
        rows_null(rows, ROWS_CUSTOMER);
    rows_text(rows, ROWS_CUSTOMER, lifecycle(maker, p));
    rows_text(rows, ROWS_CUSTOMER,
              p->elderly ? risks[random_below(&p->random, 3)] : risks[random_below(&p->random, 5)]);
    if (rated)
        rows_day(rows, ROWS_CUSTOMER, maker->plan->day + (int)random_between(&p->random, -40, 330));
    else
        rows_null(rows, ROWS_CUSTOMER);
    rows_bool(rows, ROWS_CUSTOMER, p->elderly);
    rows_bool(rows, ROWS_CUSTOMER, p->restricted);
    rows_bool(rows, ROWS_CUSTOMER, random_chance(&p->random, 15));
    rows_bool(rows, ROWS_CUSTOMER, p->no_contact);
    rows_text_or_null(rows, ROWS_CUSTOMER, p->company ? NULL : p->occupation);
    rows_text_or_null(rows, ROWS_CUSTOMER, p->company ? p->occupation : NULL);
    rows_day(rows, ROWS_CUSTOMER, p->opened);
    rows_moment(rows, ROWS_CUSTOMER, plan_moment(maker->plan->day - 1, 22 * 3600));
    rows_end(rows, ROWS_CUSTOMER);
}

static void write_names(struct maker *maker, struct profile *p)
{
    struct buffer pinyin = BUFFER_INIT, other = BUFFER_INIT, initials = BUFFER_INIT;
    struct buffer folded = BUFFER_INIT;
    if (p->company) {
        pinyin_text(maker->pinyin, p->name, &pinyin, &initials);
    } else {
        pinyin_name(maker->pinyin, p->name, &pinyin, &initials);
        pinyin_text(maker->pinyin, p->name, &other, NULL);
        if (!strcmp(buffer_text(&pinyin), buffer_text(&other)))
            buffer_clear(&other);
        if (!p->name_en[0] && !p->latin && random_chance(&p->random, 800))
            plan_english_name(buffer_text(&pinyin), p->name_en);
    }
    write_customer(maker, p, buffer_text(&pinyin), buffer_text(&other), buffer_text(&initials));
    search_fold(&folded, p->name, strlen(p->name));
    buffer_add(&folded, "");
    buffer_add(&pinyin, "");
    buffer_add(&other, "");
    remove_blanks(folded.data);
    write_search(maker, p, folded.data);
    write_terms(maker, p, folded.data, pinyin.data, other.data, buffer_text(&initials));
    buffer_free(&pinyin);
    buffer_free(&other);
    buffer_free(&initials);
    buffer_free(&folded);
}

static void make_phone(struct random *random, char phone[16])
{
    static const char *const blocks[] = {"138", "139", "136", "137", "135", "158", "159", "188",
                                         "187", "186", "130", "131", "132", "156", "185", "133",
                                         "153", "180", "189", "177", "150", "151", "152", "182",
                                         "183", "199", "198", "166", "191", "176", "173", "147"};
    int number = (int)random_below(random, 100000000);
    snprintf(phone, 16, "%s%08d", blocks[random_ranked(random, sizeof blocks / sizeof *blocks)],
             number);
}

static void write_phone(struct maker *maker, const struct profile *p, const char *phone,
                        const char *kind, bool first)
{
    struct rows *rows = maker->rows;
    rows_integer(rows, ROWS_PHONE, p->id);
    rows_text(rows, ROWS_PHONE, phone);
    rows_text(rows, ROWS_PHONE, kind);
    rows_bool(rows, ROWS_PHONE, first);
    if (first)
        rows_moment(rows, ROWS_PHONE, plan_moment(p->opened, 36000));
    else
        rows_null(rows, ROWS_PHONE);
    rows_integer(rows, ROWS_PHONE, p->unit);
    rows_end(rows, ROWS_PHONE);
}

static void write_address(struct maker *maker, struct profile *p)
{
    static const char *const postcodes[] = {"200000", "310000", "215000", "315000"};
    struct rows *rows = maker->rows;
    char address[NAME_BYTES];
    name_address(&p->random, p->city, address);
    rows_integer(rows, ROWS_ADDRESS, p->id);
    rows_text(rows, ROWS_ADDRESS, p->company ? "registered" : "home");
    rows_text(rows, ROWS_ADDRESS, address);
    rows_text(rows, ROWS_ADDRESS, postcodes[p->city]);
    rows_integer(rows, ROWS_ADDRESS, p->unit);
    rows_end(rows, ROWS_ADDRESS);
}

/* Numbers never repeat: sequence, district and birth day (see unique_birth) follow from the id. */
static void make_identity(struct profile *p, const char **kind)
{
    if (p->company) {
        const struct name_city *city = &name_cities[p->city];
        identifier_credit_make(city->district_codes[random_below(&p->random, 6)],
                               (int)((p->id * 61 + 10000019) % 100000000), p->identity);
        *kind = "credit_code";
    } else if (p->latin) {
        snprintf(p->identity, sizeof p->identity, "%c%08d", "EPXL"[p->id % 4],
                 (int)(p->id % 100000000));
        *kind = "passport";
    } else {
        int region = name_region((int)(p->id / 500 % NAME_REGIONS));
        int sequence = (int)(p->id % 500) * 2 + (p->male ? 1 : 0);
        identifier_resident_make(region, p->birth, sequence, p->identity);
        *kind = "resident_id";
    }
}

static void write_identity(struct maker *maker, struct profile *p, const char *kind)
{
    struct rows *rows = maker->rows;
    rows_integer(rows, ROWS_IDENTITY, p->id);
    rows_text(rows, ROWS_IDENTITY, kind);
    rows_text(rows, ROWS_IDENTITY, p->identity);
    if (p->company)
        rows_null(rows, ROWS_IDENTITY);
    else
        rows_day(rows, ROWS_IDENTITY,
                 maker->plan->day + (int)random_between(&p->random, -60, 20 * 365));
    rows_integer(rows, ROWS_IDENTITY, p->unit);
    rows_end(rows, ROWS_IDENTITY);
}

void person_write(struct maker *maker, struct profile *p)
{
    const char *kind;
    char second[16];
    identifier_customer_make(100000000 + p->id * 7 % 900000000, p->number);
    make_identity(p, &kind);
    make_phone(&p->random, p->phone);
    write_names(maker, p);
    write_identity(maker, p, kind);
    write_phone(maker, p, p->phone, p->company ? "work" : "mobile", true);
    if (random_chance(&p->random, 1200)) {
        make_phone(&p->random, second);
        if (strcmp(second, p->phone))
            write_phone(maker, p, second, p->company ? "agent" : "mobile", false);
    }
    write_address(maker, p);
}
