#include "base/date.h"
#include "demo/complaint-sample.h"
#include "demo/complaint-text.h"
#include "demo/maker.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 2000, HOUR = 3600 };

/* One complaint while it is made. */
struct complaint {
    const struct complaint_text *text;
    const char *business, *reason;
    bool composed; /* of phrases, instead of the text */
    int sum, small, count, card; /* what its blanks are filled with */
    int day;                     /* when it happened */
    bool english;
    const char *stage, *channel;
    int64_t received;
    int age_hours;
};

static size_t count_texts(const struct complaint_text *texts, int *total)
{
    size_t count = 0;
    for (*total = 0; texts[count].business; count++)
        *total += texts[count].weight;
    return count;
}

static const struct complaint_text *pick_text(struct random *random, bool english)
{
    const struct complaint_text *texts = english ? complaint_texts_english : complaint_texts;
    int total;
    size_t count = count_texts(texts, &total), index = 0;
    int at = (int)random_below(random, (uint32_t)total);
    while (index + 1 < count && at >= texts[index].weight)
        at -= texts[index++].weight;
    return &texts[index];
}

/* Half of the texts are made of phrases; a few of those are about what hardly anybody complains
 * about. */
static void pick_codes(struct random *random, struct complaint *c)
{
    c->business = c->text->business;
    c->reason = c->text->reason;
    c->composed = random_chance(random, 5000);
    if (c->composed && random_chance(random, 1200)) {
        c->business = complaint_code('B', random_below(random, 14));
        c->reason = complaint_code('C', random_below(random, 12));
    }
}

/* One of the blanks of a text. */
static void fill_in(struct buffer *out, struct random *random, const char *name,
                    const struct complaint *c)
{
    if (!strncmp(name, "day}", 4))
        complaint_day(out, c->day, c->english);
    else if (!strncmp(name, "time}", 5))
        buffer_format(out, c->english ? "%d pm" : "晚上%d点", (int)random_between(random, 7, 10));
    else if (!strncmp(name, "sum}", 4))
        buffer_format(out, "%d", c->sum);
    else if (!strncmp(name, "small}", 6))
        buffer_format(out, "%d", c->small);
    else if (!strncmp(name, "count}", 6))
        buffer_format(out, "%d", c->count);
    else if (!strncmp(name, "card}", 5))
        buffer_format(out, "%04d", c->card);
}

/* Expands choices and blanks. */
static void expand(struct buffer *out, struct random *random, const char *text,
                   const struct complaint *c)
{
    for (; *text; text++) {
        if (*text == '{') {
            fill_in(out, random, text + 1, c);
            text = strchr(text, '}');
        } else if (*text == '[') {
            const char *end = strchr(text, ']');
            int choices = 1;
            for (const char *at = text; at < end; at++)
                choices += *at == '|';
            int skip = (int)random_below(random, (uint32_t)choices);
            char part[TEXT_BYTES];
            const char *from = text + 1;
            while (skip--)
                from = strchr(from, '|') + 1;
            size_t length = strcspn(from, "|]");
            snprintf(part, sizeof part, "%.*s", (int)length, from);
            expand(out, random, part, c);
            text = end;
        } else {
            buffer_add_char(out, *text);
        }
    }
}

/* How long ago: a few today, more in the last days, most over the 18 months. */
static void pick_moment(const struct maker *maker, struct profile *p, struct complaint *c)
{
    const struct plan *plan = maker->plan;
    struct random *random = &p->random;
    int64_t expected = plan->customers / 42 + 1;
    uint32_t today = 12 + (uint32_t)(6000 / expected > 140 ? 140 : 6000 / expected);
    uint32_t draw = random_below(random, 1000);
    int most = plan->day - plan->month_start[0];
    int oldest = plan->day - p->opened < most ? plan->day - p->opened : most;
    int days = draw < today + 60
                   ? (int)random_between(random, 1, 15)
                   : (int)random_between(random, oldest > 3 ? 3 : 1, oldest > 4 ? oldest : 4);
    if (draw < today)
        c->received = plan->now - random_between(random, 300, 5 * HOUR);
    else
        c->received =
            plan_moment(plan->day - days, (int)random_between(random, 8 * HOUR, 21 * HOUR));
    if (c->received > plan->now - 300)
        c->received = plan->now - 300;
    c->age_hours = (int)((plan->now - c->received) / HOUR);
}

static void fill_blanks(struct random *random, struct complaint *c)
{
    c->day = (int)((c->received + 8 * HOUR) / 86400) - (int)random_between(random, 0, 6);
    c->sum = (int)random_scale(random, 3000, 80000);
    c->small = (int)random_between(random, 3, 60) * 20;
    c->count = (int)random_between(random, 3, 12);
    c->card = (int)random_below(random, 10000);
}

static const char *pick_stage(struct random *random, int age_hours)
{
    static const char *const stages[] = {"registered",    "classified", "assigned", "accepted",
                                         "investigating", "waiting",    "proposed", "approval",
                                         "decided",       "closed"};
    static const int today[] = {150, 600, 170, 50, 30, 0, 0, 0, 0, 0};
    static const int fresh[] = {0, 0, 90, 90, 420, 50, 20, 0, 80, 250};
    static const int weeks[] = {0, 0, 3, 6, 140, 50, 25, 8, 90, 678};
    static const int old[] = {0, 0, 0, 0, 3, 1, 0, 0, 1, 995};
    const int *weights = age_hours < 6     ? today
                         : age_hours < 72  ? fresh
                         : age_hours < 960 ? weeks
                                           : old;
    return stages[random_weighted(random, weights, 10, 1000)];
}

static const char *decide(const struct complaint *c, bool upheld)
{
    const struct complaint_decision *decision = complaint_decisions;
    if (c->english)
        return upheld ? "We found that the customer is right, apologised and put it right the same "
                        "day."
                      : "The rules were followed; we explained them in writing, in English.";
    while (decision->reason[0] && strcmp(decision->reason, c->reason))
        decision++;
    return upheld ? decision->upheld : decision->not_upheld;
}

static void write_texts(struct maker *maker, struct profile *p, const struct complaint *c)
{
    struct buffer text = BUFFER_INIT;
    struct rows *rows = maker->rows;
    if (c->composed) {
        struct complaint_sample sample = COMPLAINT_SAMPLE_INIT;
        sample.channel = c->channel;
        sample.business = c->business;
        sample.reason = c->reason;
        sample.english = c->english;
        sample.day = c->day;
        complaint_sample_make(&sample, &p->random);
        rows_text(rows, ROWS_COMPLAINT, buffer_text(&sample.subject));
        rows_text(rows, ROWS_COMPLAINT, buffer_text(&sample.facts));
        rows_text(rows, ROWS_COMPLAINT, buffer_text(&sample.remedy));
        complaint_sample_free(&sample);
        return;
    }
    const char *const parts[] = {c->text->subject, c->text->facts, c->text->remedy};
    for (int i = 0; i < 3; i++) {
        buffer_clear(&text);
        expand(&text, &p->random, parts[i], c);
        rows_text(rows, ROWS_COMPLAINT, buffer_text(&text));
    }
    buffer_free(&text);
}

static void write_handling(struct maker *maker, struct profile *p, const struct complaint *c)
{
    static const char *const told[] = {"phone", "phone", "sms", "app", "letter"};
    struct rows *rows = maker->rows;
    struct random *random = &p->random;
    bool about_staff = !strcmp(c->reason, "C01") && random_chance(random, 5000);
    bool upheld = random_chance(random, 6800);
    int clerk = plan_person(maker->plan, random, p->unit, "clerk");
    int handler = plan_person(maker->plan, random, p->unit, p->tier >= 4 ? "rm" : "clerk");
    int checker = plan_person(maker->plan, random, p->unit, "supervisor");
    int late = (int)random_below(random, 1000);
    rows_integer(rows, ROWS_COMPLAINT, p->tier);
    if (about_staff)
        rows_integer(rows, ROWS_COMPLAINT, plan_person(maker->plan, random, p->unit, "supervisor"));
    else
        rows_null(rows, ROWS_COMPLAINT);
    rows_integer(rows, ROWS_COMPLAINT, clerk);
    rows_integer(rows, ROWS_COMPLAINT, handler);
    rows_integer(rows, ROWS_COMPLAINT, checker);
    rows_text(rows, ROWS_COMPLAINT, c->stage);
    rows_moment(rows, ROWS_COMPLAINT, c->received);
    rows_integer(rows, ROWS_COMPLAINT,
                 late < 60 ? random_between(random, 121, 700) : random_between(random, 6, 118));
    int most = c->age_hours / 3 * 2 < 15 * 24 ? c->age_hours / 3 * 2 : 15 * 24;
    rows_integer(rows, ROWS_COMPLAINT,
                 late < 25 ? c->age_hours / 3 * 2 < 500 ? c->age_hours / 3 * 2 : 500
                           : random_scale(random, 4, most > 8 ? most : 8));
    rows_text(rows, ROWS_COMPLAINT, decide(c, upheld));
    rows_text(rows, ROWS_COMPLAINT, told[random_below(random, 5)]);
    rows_text(rows, ROWS_COMPLAINT,
              random_chance(random, 300) ? "withdrawn"
              : upheld                   ? "resolved"
                                         : "not_upheld");
}

static void write_complaint(struct maker *maker, struct profile *p, struct complaint *c)
{
    static const char *const sources[] = {"hotline", "app",       "card",
                                          "branch",  "regulator", "letter"};
    static const char *const channels[] = {"A032", "A033", "A032", "A01", "A05", "A99"};
    static const int weights[] = {520, 210, 120, 100, 35, 15};
    struct rows *rows = maker->rows;
    struct random *random = &p->random;
    size_t source = random_weighted(random, weights, 6, 1000);
    bool major = source == 4 ? random_chance(random, 1500) : random_chance(random, 60);
    bool complex = !major && random_chance(random, 900);
    rows_integer(rows, ROWS_COMPLAINT, p->id);
    rows_integer(rows, ROWS_COMPLAINT, maker->next_case++);
    rows_integer(rows, ROWS_COMPLAINT, p->unit);
    rows_text(rows, ROWS_COMPLAINT, major ? "major" : complex ? "complex" : "simple");
    rows_integer(rows, ROWS_COMPLAINT, major ? 1 : complex || source == 4 ? 2 : 3);
    rows_text(rows, ROWS_COMPLAINT, sources[source]);
    c->channel = channels[source];
    rows_text(rows, ROWS_COMPLAINT, c->channel);
    if (!strcmp(c->stage, "registered")) {
        rows_null(rows, ROWS_COMPLAINT);
        rows_null(rows, ROWS_COMPLAINT);
    } else {
        rows_text(rows, ROWS_COMPLAINT, c->business);
        rows_text(rows, ROWS_COMPLAINT, c->reason);
    }
    write_texts(maker, p, c);
    write_handling(maker, p, c);
    rows_end(rows, ROWS_COMPLAINT);
}

void complaint_make(struct maker *maker, struct profile *p)
{
    if (p->company || p->id <= PLAN_STAFF_RECORDS ||
        !random_chance(&p->random, p->active ? 370 : 110))
        return;
    for (bool again = true; again; again = random_chance(&p->random, 600)) {
        struct complaint c = {.english = p->latin};
        c.text = pick_text(&p->random, c.english);
        pick_codes(&p->random, &c);
        pick_moment(maker, p, &c);
        fill_blanks(&p->random, &c);
        c.stage = pick_stage(&p->random, c.age_hours);
        write_complaint(maker, p, &c);
    }
}
