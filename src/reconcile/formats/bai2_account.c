#include "base/language.h"
#include "reconcile/control.h"
#include "reconcile/formats/bai2_parse.h"
#include "reconcile/formats/narrative.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Sums an amount field into the account's control total. */
static bool add_amount(struct bai2 *bai2, int64_t amount)
{
    return !__builtin_add_overflow(bai2->account.sum, amount, &bai2->account.sum) ||
           bai2_refuse(bai2, "amount", _("the sum of the amounts exceeds 64 bits"));
}

/* Fields that depend on the funds type: availability by day, which nothing here needs but the
 * value date. */
static bool skip_funds(struct bai2 *bai2, struct bai2_fields *fields, int *value_date)
{
    struct slice type = bai2_next(fields), text;
    int64_t pairs = 0;
    if (!type.length)
        return true;
    if (type.length != 1 || !strchr("012ZSVDzsvd", *type.text))
        return bai2_refuse(bai2, "funds type", _("a funds type is 0, 1, 2, D, S, V or Z"));
    switch (toupper((unsigned char)*type.text)) {
    case 'S': bai2_next(fields), bai2_next(fields), bai2_next(fields); return true;
    case 'V':
        text = bai2_next(fields);
        bai2_next(fields);
        return !text.length || bai2_day(bai2, "value date", text, value_date);
    case 'D':
        if (!bai2_count(bai2, "distributions", bai2_next(fields), &pairs))
            return false;
        while (pairs-- > 0 && !fields->over)
            bai2_next(fields), bai2_next(fields);
        return true;
    default: return true;
    }
}

static bool three_digits(struct slice text, int *code)
{
    *code = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (!isdigit((unsigned char)text.text[i]) || i >= 3)
            return false;
        *code = *code * 10 + text.text[i] - '0';
    }
    return text.length == 3;
}

static bool take_status(struct bai2 *bai2, int code, int64_t amount, struct slice count)
{
    struct statement *statement = &bai2->statement;
    switch (code) {
    case 10: statement->has_opening = true; statement->opening = amount; return true;
    case 15: statement->has_closing = true; statement->closing = amount; return true;
    case 45: statement->has_available = true; statement->available = amount; return true;
    case 100:
        bai2->credit.sum = amount;
        bai2->credit.counted = count.length > 0;
        return bai2_count(bai2, "item count", count, &bai2->credit.count);
    case 400:
        bai2->debit.sum = amount;
        bai2->debit.counted = count.length > 0;
        return bai2_count(bai2, "item count", count, &bai2->debit.count);
    default: return true;
    }
}

/* Groups of type, amount, item count and funds type, as many as there are. */
static bool read_status(struct bai2 *bai2, struct bai2_fields *fields)
{
    int code, ignored;
    int64_t amount;
    while (!fields->over) {
        struct slice type = bai2_next(fields);
        /* An empty last field of a record is the comma of a bank that ends records with ",/". */
        if (!type.length && (fields->over || fields->at[-1] == '\n'))
            continue;
        struct slice text = bai2_next(fields), count = bai2_next(fields);
        if (type.length && !three_digits(type, &code))
            return bai2_refuse(bai2, "type code", _("a type code is three digits"));
        if (!bai2_amount(bai2, "amount", text, &amount) || !add_amount(bai2, amount) ||
            (type.length && text.length && !take_status(bai2, code, amount, count)) ||
            !skip_funds(bai2, fields, &ignored))
            return false;
    }
    return true;
}

bool bai2_account_start(struct bai2 *bai2)
{
    struct bai2_fields fields = bai2_fields(bai2);
    struct slice name = bai2_next(&fields), currency = bai2_next(&fields);
    int position = bai2->statement.position + 1;
    if (!bai2->in_group)
        return bai2_refuse(bai2, NULL, _("the account stands outside a group (02)"));
    if (bai2->in_account)
        return bai2_refuse(bai2, NULL, _("the account before has no trailer (49)"));
    if (!name.length || name.length >= sizeof bai2->account_name)
        return bai2_refuse(bai2, "account", _("the record names no account"));
    memcpy(bai2->account_name, name.text, name.length);
    bai2->account_name[name.length] = '\0';
    bai2->statement = (struct statement){.position = position, .line = bai2->line,
                                         .kind = bai2->kind, .number = -1, .page = -1,
                                         .open_date = bai2->day, .close_date = bai2->day};
    bai2->account.sum = 0;
    memset(&bai2->credit, 0, sizeof bai2->credit);
    memset(&bai2->debit, 0, sizeof bai2->debit);
    bai2->credit.line = bai2->debit.line = bai2->line;
    bai2->in_account = true;
    memcpy(bai2->statement.currency, bai2->group_currency, 4);
    return (!currency.length || bai2_currency(bai2, currency, bai2->statement.currency)) &&
           read_status(bai2, &fields);
}

/* Detail codes: 1xx to 3xx credits, 4xx to 6xx debits, of loans and of the parties' own by the
 * ranges that the specification gives them. 0: no money moves. */
static bool direction(struct bai2 *bai2, int code, int *sign)
{
    if (code == 890)
        return *sign = 0, true;
    if ((code >= 100 && code <= 399) || (code >= 720 && code <= 722) ||
        (code >= 920 && code <= 959))
        return *sign = 1, true;
    if ((code >= 400 && code <= 699) || code == 760 || code >= 960)
        return *sign = -1, true;
    return bai2_refuse(bai2, "type code",
                       _("the type code is none of a credit (100–399) or a debit (400–699)"));
}

static struct slice read_text(struct bai2 *bai2, struct bai2_fields *fields)
{
    buffer_clear(&bai2->text);
    for (; fields->at < fields->end && !fields->over; fields->at++) {
        char c = (unsigned char)*fields->at <= ' ' ? ' ' : *fields->at;
        if (c != ' ' || (bai2->text.length && bai2->text.data[bai2->text.length - 1] != ' '))
            buffer_add_char(&bai2->text, c);
    }
    size_t length = bai2->text.length;
    while (length && bai2->text.data[length - 1] == ' ')
        length--;
    return source_text(bai2->source, (struct slice){buffer_text(&bai2->text), length});
}

static bool count_line(struct bai2 *bai2, int64_t amount)
{
    struct statement *statement = &bai2->statement;
    statement->item_count++;
    if (amount < 0)
        bai2->debit.found_count++, bai2->debit.found_sum -= amount;
    else
        bai2->credit.found_count++, bai2->credit.found_sum += amount;
    return !__builtin_add_overflow(statement->movement, amount, &statement->movement) ||
           bai2_refuse(bai2, "amount", _("the sum of the lines exceeds 64 bits"));
}

bool bai2_account_line(struct bai2 *bai2)
{
    struct bai2_fields fields = bai2_fields(bai2);
    struct item item = {.statement = bai2->statement.position, .line = bai2->line,
                        .value_date = bai2->day, .book_date = bai2->day};
    int code, sign = 0;
    if (!bai2->in_account)
        return bai2_refuse(bai2, NULL, _("the line stands outside an account (03)"));
    struct slice type = bai2_next(&fields), amount = bai2_next(&fields);
    if (!three_digits(type, &code))
        return bai2_refuse(bai2, "type code", _("a type code is three digits"));
    /* One with a minus could say debit a second time, or take the line back. */
    if (amount.length && *amount.text == '-')
        return bai2_refuse(bai2, "amount", _("the amount of a line has no sign: its type code says "
                                             "credit or debit"));
    if (!direction(bai2, code, &sign) || !bai2_amount(bai2, "amount", amount, &item.amount) ||
        !add_amount(bai2, item.amount) || !skip_funds(bai2, &fields, &item.value_date))
        return false;
    item.bank_reference = source_text(bai2->source, bai2_next(&fields));
    item.reference = source_text(bai2->source, bai2_next(&fields));
    if (narrative_no_reference(item.reference))
        item.reference = item.bank_reference;
    item.kind = type;
    item.narrative = read_text(bai2, &fields);
    if (!sign || !amount.length) {
        bai2->statement.pending_count++; /* a message, no money */
        return true;
    }
    item.amount *= sign;
    return count_line(bai2, item.amount) &&
           bai2->sink->item(bai2->sink->context, &item, bai2->error);
}

static bool report(struct bai2 *bai2, enum control_kind kind, const char *label, uint64_t line,
                   int64_t expected, int64_t found)
{
    struct control control = {.statement = bai2->statement.position, .kind = kind,
                              .expected = expected, .found = found, .line = line,
                              .label = {label, strlen(label)}};
    if (control_is_amount(kind))
        memcpy(control.currency, bai2->statement.currency, 4);
    return control_report(bai2->sink, &control, bai2->error);
}

/* The sums of all credits and all debits. An account may list no line, or only some: then the bank
 * states a sum and no number of items, and nothing can be compared. */
static bool report_sums(struct bai2 *bai2)
{
    if (bai2->statement.item_count && bai2->credit.counted &&
        (!report(bai2, CONTROL_CREDIT_SUM, "BAI 100", bai2->credit.line, bai2->credit.sum,
                 bai2->credit.found_sum) ||
         !report(bai2, CONTROL_CREDIT_COUNT, "BAI 100", bai2->credit.line, bai2->credit.count,
                 bai2->credit.found_count)))
        return false;
    return !bai2->statement.item_count || !bai2->debit.counted ||
           (report(bai2, CONTROL_DEBIT_SUM, "BAI 400", bai2->debit.line, bai2->debit.sum,
                   bai2->debit.found_sum) &&
            report(bai2, CONTROL_DEBIT_COUNT, "BAI 400", bai2->debit.line, bai2->debit.count,
                   bai2->debit.found_count));
}

bool bai2_account_end(struct bai2 *bai2)
{
    struct statement *statement = &bai2->statement;
    int64_t stated;
    if (!bai2->in_account)
        return bai2_refuse(bai2, NULL, _("the account's trailer stands outside an account (03)"));
    bai2->in_account = false;
    memcpy(bai2->account.currency, statement->currency, 4);
    if (!report_sums(bai2) ||
        !bai2_trailer(bai2, statement->position, NULL, &bai2->account, &stated) ||
        !bai2_add_part(bai2, &bai2->group, &bai2->account, stated))
        return false;
    statement->account = source_text(
        bai2->source, (struct slice){bai2->account_name, strlen(bai2->account_name)});
    statement->reference = (struct slice){bai2->file_id, strlen(bai2->file_id)};
    return bai2->sink->statement(bai2->sink->context, statement, bai2->error);
}
