#include "demo/complaint-sample.h"

#include "base/date.h"
#include "base/text.h"
#include "demo/complaint-part.h"

#include <stdio.h>
#include <string.h>

/* While a sample is written. */
struct pen {
    struct random *random;
    const struct complaint_sample *sample;
    const char *product;
};

static const struct complaint_part *axis_parts(char axis)
{
    return axis == 'A' ? complaint_places : axis == 'B' ? complaint_products : complaint_faults;
}

const char *complaint_code(char axis, size_t k)
{
    return axis_parts(axis)[k].code;
}

static size_t count_codes(char axis)
{
    size_t count = 0;
    while (axis_parts(axis)[count].code)
        count++;
    return count;
}

static const struct complaint_part *find(char axis, const char *code)
{
    const struct complaint_part *part = axis_parts(axis);
    while (part->code && strcmp(part->code, code))
        part++;
    return part->code ? part : part - 1;
}

static const char *pick(struct pen *pen, const struct complaint_part *part)
{
    const char *const *phrases = pen->sample->english ? part->en : part->zh;
    uint32_t count = 0;
    while (count < PART_CHOICES && phrases[count])
        count++;
    return phrases[random_below(pen->random, count)];
}

void complaint_day(struct buffer *out, int day, bool english)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    int year, month, of_month;
    date_to_civil(day, &year, &month, &of_month);
    if (english)
        buffer_format(out, "%d %s", of_month, months[month - 1]);
    else
        buffer_format(out, "%d月%d日", month, of_month);
}

static void write(struct buffer *out, struct pen *pen, const char *text);

/* A blank of a phrase, `name` beginning after its brace. */
static void fill(struct buffer *out, struct pen *pen, const char *name)
{
    if (!strncmp(name, "p}", 2))
        write(out, pen, pen->product);
    else if (!strncmp(name, "day}", 4))
        complaint_day(out, pen->sample->day, pen->sample->english);
    else if (!strncmp(name, "time}", 5))
        buffer_format(out, pen->sample->english ? "%d pm" : "晚上%d点",
                      (int)random_between(pen->random, 7, 10));
    else if (!strncmp(name, "sum}", 4))
        buffer_format(out, "%d", (int)random_scale(pen->random, 1000, 90000));
    else if (!strncmp(name, "small}", 6))
        buffer_format(out, "%d", (int)random_between(pen->random, 1, 80) * 5);
    else if (!strncmp(name, "count}", 6))
        buffer_format(out, "%d", (int)random_between(pen->random, 2, 15));
    else if (!strncmp(name, "card}", 5))
        buffer_format(out, "%04d", (int)random_below(pen->random, 10000));
}

/* One of the choices of "[a|b]", whose first byte is `from`; returns its end. */
static const char *choose(struct buffer *out, struct pen *pen, const char *from)
{
    const char *end = strchr(from, ']');
    uint32_t choices = 1;
    char part[600];
    for (const char *at = from; at < end; at++)
        choices += *at == '|';
    for (uint32_t skip = random_below(pen->random, choices); skip; skip--)
        from = strchr(from, '|') + 1;
    snprintf(part, sizeof part, "%.*s", (int)strcspn(from, "|]"), from);
    write(out, pen, part);
    return end;
}

static void write(struct buffer *out, struct pen *pen, const char *text)
{
    for (; *text; text++) {
        if (*text == '{') {
            fill(out, pen, text + 1);
            text = strchr(text, '}');
        } else if (*text == '[') {
            text = choose(out, pen, text + 1);
        } else {
            buffer_add_char(out, *text);
        }
    }
}

/* A sentence: where, what went wrong. */
static void write_fault(struct buffer *out, struct pen *pen, const char *business,
                        const char *reason, bool place)
{
    bool english = pen->sample->english;
    size_t start = out->length;
    pen->product = pick(pen, find('B', business));
    if (place)
        write(out, pen, pick(pen, find('A', pen->sample->channel)));
    if (place && english && out->length > start)
        buffer_add_char(out, ' ');
    write(out, pen, pick(pen, find('C', reason)));
    if (english && out->data[start] >= 'a' && out->data[start] <= 'z' &&
        random_chance(pen->random, 7000))
        out->data[start] = (char)(out->data[start] - 32);
    buffer_add(out, english ? ". " : random_chance(pen->random, 8000) ? "。" : "，");
}

static void write_other(struct buffer *out, struct pen *pen, const struct complaint_part *part)
{
    write(out, pen, pick(pen, part));
    buffer_add(out, pen->sample->english ? ". " : "，");
}

/* A typing error now and then: a letter left out or doubled, two swapped, a character dropped, and
 * what people confuse. */
static void make_typos(struct buffer *text, struct random *random, uint32_t parts)
{
    static const char *const confused[][2] = {{"账", "帐"}, {"的", "得"}, {"在", "再"},
                                              {"登录", "登陆"}, {"扣", "寇"}, {"催", "崔"}};
    struct buffer out = BUFFER_INIT;
    uint32_t c;
    for (size_t at = 0, used; at < text->length; at += used) {
        const char *from = text->data + at;
        used = text_decode(from, text->length - at, &c);
        if (!random_chance(random, parts)) {
            buffer_add_bytes(&out, from, used);
            continue;
        }
        size_t kind = random_below(random, 3);
        const char *instead = NULL;
        for (size_t i = 0; i < sizeof confused / sizeof *confused && !instead; i++)
            if (!strncmp(from, confused[i][0], strlen(confused[i][0]))) {
                instead = confused[i][1];
                used = strlen(confused[i][0]);
            }
        if (instead)
            buffer_add(&out, instead);
        else if (kind == 1 && c >= 'a' && c <= 'z')
            buffer_format(&out, "%c%c", (int)c, (int)c);
        else if (kind == 2 && at + used < text->length && c < 0x80 && from[1] > ' ')
            buffer_format(&out, "%c%c", from[1], (int)c), used++;
        else if (c == '\'' || c == ',' || c == '.' || kind)
            buffer_add_bytes(&out, c == '\'' ? "" : from, c == '\'' ? 0 : used);
    }
    buffer_clear(text);
    buffer_add(text, buffer_text(&out));
    buffer_free(&out);
}

/* Some write without capitals. */
static void lower(struct buffer *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (text->data[i] >= 'A' && text->data[i] <= 'Z')
            text->data[i] = (char)(text->data[i] + 32);
}

static void write_facts(struct complaint_sample *sample, struct pen *pen)
{
    struct random *random = pen->random;
    struct buffer *out = &sample->facts;
    uint32_t length = random_below(random, 4); /* a line, two middling, long */
    write(out, pen, pick(pen, &complaint_openings));
    write_fault(out, pen, sample->business, sample->reason, random_chance(random, 7000));
    for (uint32_t i = 0; i < length; i++)
        write_other(out, pen, &complaint_harms);
    if (length == 3)
        write_fault(out, pen, sample->business, sample->reason, false);
    /* Something else is spoken of as well. */
    if (length && random_chance(random, 1800)) {
        const char *reason = random_chance(random, 6000)
                                 ? sample->reason
                                 : complaint_code('C', random_below(random, 12));
        write_fault(out, pen, complaint_code('B', random_below(random, 13)), reason, false);
    }
    if (random_chance(random, 6000))
        write_other(out, pen, &complaint_wishes);
    if (random_chance(random, 5000))
        write(out, pen, pick(pen, &complaint_moods));
    if (random_chance(random, 5000))
        make_typos(out, random, sample->english ? 120 : 250);
    if (sample->english && random_chance(random, 2500))
        lower(out);
}

void complaint_sample_make(struct complaint_sample *sample, struct random *random)
{
    struct pen pen = {random, sample, ""};
    if (!sample->business)
        sample->business = complaint_code('B', random_below(random, (uint32_t)count_codes('B')));
    if (!sample->reason)
        sample->reason =
            complaint_code('C', random_below(random, random_chance(random, 400) ? 13 : 12));
    if (!sample->channel)
        sample->channel = complaint_code('A', random_below(random, (uint32_t)count_codes('A')));
    buffer_clear(&sample->subject);
    buffer_clear(&sample->facts);
    buffer_clear(&sample->remedy);
    pen.product = pick(&pen, find('B', sample->business));
    if (random_chance(random, 4000))
        write(&sample->subject, &pen, pen.product);
    else
        write(&sample->subject, &pen, pick(&pen, find('C', sample->reason)));
    write_facts(sample, &pen);
    write(&sample->remedy, &pen, pick(&pen, &complaint_wishes));
}

void complaint_sample_expand(struct buffer *out, struct random *random, const char *text,
                             bool english, int day)
{
    struct complaint_sample sample = {.english = english, .day = day};
    struct pen pen = {random, &sample, ""};
    write(out, &pen, text);
}

void complaint_sample_free(struct complaint_sample *sample)
{
    buffer_free(&sample->subject);
    buffer_free(&sample->facts);
    buffer_free(&sample->remedy);
}
