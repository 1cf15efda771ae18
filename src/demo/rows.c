#include "demo/rows.h"

#include "base/date.h"

#include <string.h>

const struct rows_target rows_targets[ROWS_TABLES] = {
    [ROWS_CUSTOMER] = {"bank.customer",
                       "customer_id, customer_number, kind, name, name_en, pinyin, pinyin_other, "
                       "initials, sex, birth_date, unit_id, manager_id, lifecycle, risk_level, "
                       "risk_expires_on, elderly, restricted, aml_flag, no_contact, occupation, "
                       "industry, opened_on, updated_at"},
    [ROWS_SEARCH] = {"bank.customer_search",
                     "customer_id, unit_id, folded, name, kind, restricted, customer_number, "
                     "phone_masked, identity_masked, tier"},
    [ROWS_TERM] = {"bank.customer_term", "customer_id, term, kind, unit_id"},
    [ROWS_IDENTITY] = {"bank.customer_identity", "customer_id, kind, number, expires_on, unit_id"},
    [ROWS_PHONE] = {"bank.phone", "customer_id, phone, kind, main, verified_at, unit_id"},
    [ROWS_ADDRESS] = {"bank.address", "customer_id, kind, address, postcode, unit_id"},
    [ROWS_HOUSEHOLD] = {"bank.household", "household_id, name, head_customer_id, unit_id"},
    [ROWS_HOUSEHOLD_MEMBER] = {"bank.household_member", "customer_id, household_id, role, unit_id"},
    [ROWS_RELATION] = {"bank.relation",
                       "customer_id, other_id, kind, share_percent, since, unit_id"},
    [ROWS_ACCOUNT] = {"bank.account",
                      "customer_id, account_id, number, product, currency, balance, "
                      "status, opened_on, matures_on, unit_id"},
    [ROWS_CARD] = {"bank.card",
                   "customer_id, card_number, account_id, kind, status, expires_on, unit_id"},
    [ROWS_HOLDING] = {"bank.holding", "customer_id, holding_id, product, units, value, cost, "
                                      "currency, since, matures_on, unit_id"},
    [ROWS_BALANCE_MONTH] = {"bank.balance_month",
                            "customer_id, account_id, month, balance, average, currency, unit_id"},
    [ROWS_ENTRY] = {"bank.entry", "customer_id, entry_id, account_id, at, amount, currency, "
                                  "balance_after, channel, counterparty, narrative, unit_id"},
    [ROWS_EXTERNAL_ASSET] = {"bank.external_asset", "customer_id, asset_id, institution, kind, "
                                                    "value, currency, as_of, source, unit_id"},
    [ROWS_CONSENT] = {"bank.consent",
                      "customer_id, channel, purpose, granted, at, source, unit_id"},
    [ROWS_CUSTOMER_TAG] = {"bank.customer_tag",
                           "customer_id, tag, source, confidence, verified, verified_by, at, "
                           "unit_id"},
    [ROWS_LIFECYCLE_EVENT] = {"bank.lifecycle_event",
                              "customer_id, event_id, at, kind, from_value, "
                              "to_value, reason, unit_id"},
    [ROWS_CONTACT] = {"bank.contact", "customer_id, contact_id, at, staff_id, channel, direction, "
                                      "topic, summary, outcome, unit_id"},
    [ROWS_TASK] = {"bank.task", "customer_id, task_id, title, note, due_at, owner_id, created_by, "
                                "created_at, state, done_at, done_note, source, unit_id"},
    [ROWS_MEMBER] = {"bank.member", "customer_id, member_number, tier, since, protect_until, "
                                    "assets_average, joined_on, unit_id"},
    [ROWS_CAMPAIGN_MEMBER] = {"bank.campaign_member",
                              "customer_id, campaign_id, variant, state, at, unit_id"},
    [ROWS_BENEFIT_USE] = {"bank.benefit_use",
                          "customer_id, use_id, benefit, quantity, used_on, at, staff_id, unit_id"},
    [ROWS_POINTS_ACCOUNT] = {"bank.points_account",
                             "customer_id, programme, unit_id, available, pending, negative"},
    [ROWS_POINTS_TRANSACTION] = {"bank.points_transaction",
                                 "customer_id, transaction_id, programme, unit_id, kind, rule, "
                                 "points, note, request, staff_id, business_date, posted_at, "
                                 "balance_after"},
    [ROWS_POINTS_POSTING] = {"bank.points_posting", "customer_id, transaction_id, line, unit_id, "
                                                    "from_account, to_account, points"},
    [ROWS_POINTS_BUCKET] = {"bank.points_bucket",
                            "customer_id, bucket_id, programme, unit_id, pending, points, "
                            "remaining, earned_on, available_on, expires_on"},
    [ROWS_POINTS_USE] = {"bank.points_use",
                         "customer_id, transaction_id, bucket_id, unit_id, points"},
    [ROWS_COMPLAINT] =
        {"demo_complaint",
         "customer_id, case_id, unit_id, level, urgency, source, channel, business, "
         "reason, subject, facts, remedy, tier, staff_id, clerk_id, handler_id, "
         "checker_id, progress, received_at, response_minutes, decide_hours, decision, "
         "told_how, outcome"},
};

void rows_clear(struct rows *rows)
{
    for (int i = 0; i < ROWS_TABLES; i++)
        buffer_clear(&rows->text[i]);
    memset(rows->counts, 0, sizeof rows->counts);
}

void rows_free(struct rows *rows)
{
    for (int i = 0; i < ROWS_TABLES; i++)
        buffer_free(&rows->text[i]);
}

static struct buffer *field(struct rows *rows, enum rows_table table)
{
    struct buffer *text = &rows->text[table];
    if (text->length && text->data[text->length - 1] != '\n')
        buffer_add_char(text, '\t');
    return text;
}

static void add_digits(struct buffer *text, uint64_t value, int least)
{
    char digits[20];
    int count = 0;
    do
        digits[19 - count++] = (char)('0' + value % 10);
    while ((value /= 10) || count < least);
    buffer_add_bytes(text, digits + 20 - count, (size_t)count);
}

void rows_integer(struct rows *rows, enum rows_table table, int64_t value)
{
    struct buffer *text = field(rows, table);
    if (value < 0)
        buffer_add_char(text, '-');
    add_digits(text, value < 0 ? -(uint64_t)value : (uint64_t)value, 1);
}

/* An empty first field would look like no field at all: no table starts with a text. */
void rows_text(struct rows *rows, enum rows_table table, const char *value)
{
    struct buffer *text = field(rows, table);
    while (*value) {
        size_t plain = strcspn(value, "\t\n\r\\");
        buffer_add_bytes(text, value, plain);
        value += plain;
        if (!*value)
            break;
        buffer_add_char(text, '\\');
        buffer_add_char(text, *value == '\t'   ? 't'
                              : *value == '\n' ? 'n'
                              : *value == '\r' ? 'r'
                                               : '\\');
        value++;
    }
}

void rows_null(struct rows *rows, enum rows_table table)
{
    buffer_add_bytes(field(rows, table), "\\N", 2);
}

void rows_text_or_null(struct rows *rows, enum rows_table table, const char *text)
{
    if (text && *text)
        rows_text(rows, table, text);
    else
        rows_null(rows, table);
}

void rows_bool(struct rows *rows, enum rows_table table, bool value)
{
    buffer_add_char(field(rows, table), value ? 't' : 'f');
}

static void add_day(struct buffer *text, int day)
{
    int year, month, of_month;
    date_to_civil(day, &year, &month, &of_month);
    add_digits(text, (uint64_t)year, 4);
    buffer_add_char(text, '-');
    add_digits(text, (uint64_t)month, 2);
    buffer_add_char(text, '-');
    add_digits(text, (uint64_t)of_month, 2);
}

void rows_day(struct rows *rows, enum rows_table table, int day)
{
    add_day(field(rows, table), day);
}

void rows_moment(struct rows *rows, enum rows_table table, int64_t moment)
{
    struct buffer *text = field(rows, table);
    int64_t day = moment >= 0 ? moment / 86400 : -((86399 - moment) / 86400);
    int64_t second = moment - day * 86400;
    add_day(text, (int)day);
    buffer_add_char(text, ' ');
    add_digits(text, (uint64_t)second / 3600, 2);
    buffer_add_char(text, ':');
    add_digits(text, (uint64_t)second / 60 % 60, 2);
    buffer_add_char(text, ':');
    add_digits(text, (uint64_t)second % 60, 2);
    buffer_add_bytes(text, "+00", 3);
}

void rows_end(struct rows *rows, enum rows_table table)
{
    if (rows->bare && (table == ROWS_ENTRY || table == ROWS_BALANCE_MONTH)) {
        buffer_clear(&rows->text[table]);
        return;
    }
    buffer_add_char(&rows->text[table], '\n');
    rows->counts[table]++;
}
