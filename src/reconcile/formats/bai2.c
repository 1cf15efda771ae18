#include "reconcile/formats/bai2.h"

#include "base/date.h"
#include "base/language.h"
#include "reconcile/control.h"
#include "reconcile/formats/bai2_parse.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { RECORD_LIMIT = 4 << 20 };

bool bai2_refuse(struct bai2 *bai2, const char *field, const char *what)
{
    char name[60];
    snprintf(name, sizeof name, "%s%s%s", bai2->code, field ? " " : "", field ? field : "");
    return source_refuse_at(bai2->source, bai2->line, bai2->offset, name,
                            _("Ask the bank for the file again; nothing was imported."),
                            bai2->error, "%s", what);
}

struct bai2_fields bai2_fields(const struct bai2 *bai2)
{
    const char *text = buffer_text(&bai2->record);
    return (struct bai2_fields){text, text + bai2->record.length, !bai2->record.length};
}

static struct slice trimmed(const char *text, const char *end)
{
    return slice_trim(text, (size_t)(end - text));
}

struct slice bai2_next(struct bai2_fields *fields)
{
    const char *start = fields->at, *at = start;
    if (fields->over)
        return (struct slice){"", 0};
    while (at < fields->end && *at != ',' && *at != '\n')
        at++;
    fields->over = at == fields->end;
    fields->at = at + !fields->over;
    return trimmed(start, at);
}

bool bai2_amount(struct bai2 *bai2, const char *field, struct slice text, int64_t *amount)
{
    size_t sign = text.length && (*text.text == '+' || *text.text == '-');
    *amount = 0;
    for (size_t i = sign; i < text.length; i++)
        if (!isdigit((unsigned char)text.text[i]) ||
            __builtin_mul_overflow(*amount, 10, amount) ||
            __builtin_add_overflow(*amount, text.text[i] - '0', amount))
            return bai2_refuse(bai2, field, _("an amount is a whole number of minor units"));
    if (sign && *text.text == '-')
        *amount = -*amount;
    return sign < text.length || !text.length ||
           bai2_refuse(bai2, field, _("an amount is a whole number of minor units"));
}

bool bai2_count(struct bai2 *bai2, const char *field, struct slice text, int64_t *count)
{
    return text.length > 15 ? bai2_refuse(bai2, field, _("a whole number is expected"))
                            : bai2_amount(bai2, field, text, count);
}

bool bai2_day(struct bai2 *bai2, const char *field, struct slice text, int *day)
{
    int number = 0;
    for (size_t i = 0; i < text.length && text.length <= 8; i++)
        number = isdigit((unsigned char)text.text[i]) && number >= 0
                     ? number * 10 + text.text[i] - '0' : -1;
    int year = number / 10000;
    if (text.length == 6)
        year += year > 79 ? 1900 : 2000;
    return (number > 0 && (text.length == 6 || text.length == 8) &&
            date_from_civil(year, number / 100 % 100, number % 100, day) && item_is_day(*day)) ||
           bai2_refuse(bai2, field, _("no date YYMMDD that exists"));
}

bool bai2_currency(struct bai2 *bai2, struct slice text, char currency[4])
{
    if (text.length != 3 || !isupper((unsigned char)text.text[0]) ||
        !isupper((unsigned char)text.text[1]) || !isupper((unsigned char)text.text[2]))
        return bai2_refuse(bai2, "currency", _("a currency code of three capitals is expected"));
    memcpy(currency, text.text, 3);
    currency[3] = '\0';
    return true;
}

static bool report(struct bai2 *bai2, int statement, enum control_kind kind, const char *currency,
                   const char *part, int64_t expected, int64_t found)
{
    char label[40];
    int length = snprintf(label, sizeof label, "BAI %s %s", bai2->code, part);
    struct control control = {.statement = statement, .kind = kind, .expected = expected,
                              .found = found, .line = bai2->line,
                              .label = {label, (size_t)length}};
    if (kind == CONTROL_HASH)
        memcpy(control.currency, currency, 4);
    return control_report(bai2->sink, &control, bai2->error);
}

bool bai2_trailer(struct bai2 *bai2, int statement, const char *part,
                  const struct bai2_totals *found, int64_t *stated)
{
    struct bai2_fields fields = bai2_fields(bai2);
    struct slice sum = bai2_next(&fields);
    struct slice parts = part ? bai2_next(&fields) : (struct slice){"", 0};
    struct slice records = bai2_next(&fields);
    static const char mixed[4] = "";
    const char *currency = found->mixed ? mixed : found->currency;
    int64_t number;
    if (!sum.length)
        return bai2_refuse(bai2, "control total", _("the record states no control total"));
    if (!bai2_amount(bai2, "control total", sum, stated) ||
        !report(bai2, statement, CONTROL_HASH, currency, "total", *stated, found->sum))
        return false;
    if (parts.length &&
        (!bai2_count(bai2, part, parts, &number) ||
         !report(bai2, statement, CONTROL_PARTS, currency, part, number, found->parts)))
        return false;
    return !records.length ||
           (bai2_count(bai2, "records", records, &number) &&
            report(bai2, statement, CONTROL_RECORDS, currency, "records", number, found->records));
}

bool bai2_add_part(struct bai2 *bai2, struct bai2_totals *whole, const struct bai2_totals *part,
                   int64_t stated)
{
    whole->mixed |= part->mixed || (whole->parts && strcmp(whole->currency, part->currency));
    memcpy(whole->currency, part->currency, sizeof whole->currency);
    whole->parts++;
    whole->records += part->records;
    return !__builtin_add_overflow(whole->sum, stated, &whole->sum) ||
           bai2_refuse(bai2, "control total", _("the sum of the amounts exceeds 64 bits"));
}

static void start_totals(struct bai2_totals *totals)
{
    *totals = (struct bai2_totals){.records = totals->records};
}

static bool start_file(struct bai2 *bai2)
{
    struct bai2_fields fields = bai2_fields(bai2);
    if (bai2->in_file)
        return bai2_refuse(bai2, NULL, _("the file before has no trailer (99)"));
    bai2->in_file = true;
    start_totals(&bai2->file);
    for (int i = 0; i < 4; i++)
        bai2_next(&fields); /* sender, receiver, date, time */
    struct slice id = bai2_next(&fields);
    snprintf(bai2->file_id, sizeof bai2->file_id, "%.*s", (int)id.length, id.text);
    return true;
}

/* Group status: 1 update, 2 deletion, 3 correction, 4 test. As-of modifier: 1 and 3 are interim. */
static bool start_group(struct bai2 *bai2)
{
    struct bai2_fields fields = bai2_fields(bai2);
    if (!bai2->in_file)
        return bai2_refuse(bai2, NULL, _("the group stands outside a file (01)"));
    if (bai2->in_group)
        return bai2_refuse(bai2, NULL, _("the group before has no trailer (98)"));
    bai2->in_group = true;
    start_totals(&bai2->group);
    bai2_next(&fields), bai2_next(&fields); /* receiver, originator */
    struct slice status = bai2_next(&fields), day = bai2_next(&fields);
    bai2_next(&fields);
    struct slice currency = bai2_next(&fields), modifier = bai2_next(&fields);
    if (status.length == 1 && *status.text == '2')
        return bai2_refuse(bai2, "status", _("the group deletes what was sent before"));
    if (status.length == 1 && *status.text == '4')
        return bai2_refuse(bai2, "status", _("the group is a test"));
    bai2->kind = modifier.length == 1 && strchr("13", *modifier.text) ? STATEMENT_INTERIM
                                                                      : STATEMENT_BOOKED;
    memcpy(bai2->group_currency, "USD", 4);
    return bai2_day(bai2, "as-of date", day, &bai2->day) &&
           (!currency.length || bai2_currency(bai2, currency, bai2->group_currency));
}

static bool end_group(struct bai2 *bai2)
{
    int64_t stated;
    if (!bai2->in_group)
        return bai2_refuse(bai2, NULL, _("the group's trailer stands outside a group (02)"));
    if (bai2->in_account)
        return bai2_refuse(bai2, NULL, _("the account before has no trailer (49)"));
    bai2->in_group = false;
    return bai2_trailer(bai2, 0, "accounts", &bai2->group, &stated) &&
           bai2_add_part(bai2, &bai2->file, &bai2->group, stated);
}

static bool end_file(struct bai2 *bai2)
{
    int64_t stated;
    if (!bai2->in_file)
        return bai2_refuse(bai2, NULL, _("the file's trailer stands outside a file (01)"));
    if (bai2->in_group)
        return bai2_refuse(bai2, NULL, _("the group before has no trailer (98)"));
    bai2->in_file = false;
    return bai2_trailer(bai2, 0, "groups", &bai2->file, &stated);
}

/* The record and all that continues it are complete. */
static bool finish_record(struct bai2 *bai2)
{
    static const struct {
        const char *code;
        bool (*take)(struct bai2 *bai2);
    } records[] = {{"16", bai2_account_line}, {"03", bai2_account_start}, {"49", bai2_account_end},
                   {"02", start_group},       {"98", end_group},          {"01", start_file},
                   {"99", end_file}};
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        if (!memcmp(bai2->code, records[i].code, 3))
            return records[i].take(bai2);
    return true;
}

static bool add(struct bai2 *bai2, char mark, struct slice text)
{
    if (bai2->record.length + text.length > RECORD_LIMIT)
        return bai2_refuse(bai2, NULL, _("the record with what continues it exceeds 4 MiB"));
    if (mark)
        buffer_add_char(&bai2->record, mark);
    buffer_add_bytes(&bai2->record, text.text, text.length);
    return true;
}

/* Counts the physical record: each belongs to its account, group or file, the trailers too. */
static void count_record(struct bai2 *bai2)
{
    const char *code = bai2->code;
    if (!memcmp(code, "01", 2))
        bai2->file.records = 1;
    else if (!memcmp(code, "02", 2))
        bai2->group.records = 1;
    else if (!memcmp(code, "03", 2))
        bai2->account.records = 1;
    else if (!memcmp(code, "98", 2))
        bai2->group.records++;
    else if (!memcmp(code, "99", 2))
        bai2->file.records++;
    else if (bai2->in_account || !memcmp(code, "49", 2))
        bai2->account.records++;
}

static void count_continuation(struct bai2 *bai2)
{
    if (!memcmp(bai2->code, "03", 2) || bai2->in_account)
        bai2->account.records++;
    else if (!memcmp(bai2->code, "02", 2) || bai2->in_group)
        bai2->group.records++;
    else
        bai2->file.records++;
}

/* One physical record, with its code and without its slash. */
static bool take_record(struct bai2 *bai2, struct slice text, uint64_t offset)
{
    struct slice body = trimmed(text.text + 3, text.text + text.length);
    if (body.length && body.text[body.length - 1] == '/')
        body.length--;
    if (!memcmp(text.text, "88", 2)) {
        if (!bai2->code[0])
            return bai2_refuse(bai2, "88", _("nothing stands before that it could continue"));
        count_continuation(bai2);
        return add(bai2, '\n', body);
    }
    if (!finish_record(bai2))
        return false;
    memcpy(bai2->code, text.text, 2);
    bai2->line = source_line(bai2->source);
    bai2->offset = offset;
    buffer_clear(&bai2->record);
    count_record(bai2);
    return add(bai2, '\0', body);
}

static bool is_code(const char *text, size_t length)
{
    static const char *const codes[] = {"01,", "02,", "03,", "16,", "88,", "49,", "98,", "99,",
                                       "88:"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes && length >= 3; i++)
        if (!memcmp(text, codes[i], 3))
            return true;
    return false;
}

/* Length of the first record in a line: up to a slash behind which, after blanks, a code stands. */
static size_t record_length(struct slice line)
{
    const char *end = line.text + line.length;
    for (const char *at = line.text; (at = memchr(at, '/', (size_t)(end - at))); at++) {
        const char *next = at + 1;
        while (next < end && *next == ' ')
            next++;
        if (next > at + 1 && is_code(next, (size_t)(end - next)))
            return (size_t)(at + 1 - line.text);
    }
    return line.length;
}

/* A line that begins with no code goes on with the record before it. */
static bool wrap(struct bai2 *bai2, struct slice text)
{
    if (!bai2->code[0]) {
        bai2->line = source_line(bai2->source);
        return bai2_refuse(bai2, NULL, _("the line is no record"));
    }
    if (text.text[text.length - 1] == '/')
        text.length--;
    return add(bai2, ' ', trimmed(text.text, text.text + text.length));
}

static bool take_line(struct bai2 *bai2, struct slice line)
{
    const char *start = line.text, *end = line.text + line.length;
    for (line = trimmed(start, end); line.length; line = trimmed(line.text, end)) {
        struct slice part = {line.text, record_length(line)};
        uint64_t offset = source_offset(bai2->source) + (uint64_t)(part.text - start);
        if (!(is_code(part.text, part.length) ? take_record(bai2, part, offset)
                                              : wrap(bai2, part)))
            return false;
        line.text += part.length;
    }
    return true;
}

static bool finish(struct bai2 *bai2)
{
    if (!finish_record(bai2))
        return false;
    if (bai2->in_file)
        return bai2_refuse(bai2, NULL, _("the file ends without its trailer (99): it is truncated"));
    return bai2->statement.position || bai2_refuse(bai2, NULL, _("the file holds no account"));
}

bool bai2_read(struct source *source, const struct sink *sink, struct error *error)
{
    struct bai2 bai2 = {.source = source, .sink = sink, .error = error};
    struct slice line;
    bool done = true;
    error->kind = ERROR_NONE;
    while (done && source_next(source, &line, error))
        done = take_line(&bai2, line);
    done = done && error->kind == ERROR_NONE && finish(&bai2);
    buffer_free(&bai2.record);
    buffer_free(&bai2.text);
    return done;
}

bool bai2_recognise(struct slice head)
{
    while (head.length && (unsigned char)*head.text <= ' ')
        head.text++, head.length--;
    if (head.length < 3 || memcmp(head.text, "01,", 3))
        return false;
    for (const char *at = head.text, *end = at + head.length;
         (at = memmem(at, (size_t)(end - at), "02,", 3)); at++)
        if (strchr("\r\n/ ", at[-1]))
            return true;
    return false;
}
