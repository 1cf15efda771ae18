#include "reconcile/formats/table.h"

#include "base/alloc.h"
#include "base/language.h"
#include "base/money.h"
#include "reconcile/format.h"
#include "reconcile/formats/table_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct profile_rule *find_rule(struct table *table)
{
    for (int i = 0; i < table->profile->rule_count; i++)
        if (table_when(table, &table->profile->rules[i].when))
            return &table->profile->rules[i];
    return NULL;
}

/* Keeps what the sign of an amount out shows: as most are written, or the other way round. */
static void note_sign(struct table *table, int64_t out)
{
    table->signs_tell |= out > 0;
    if (out < 0 && !table->minus_line) {
        table->minus_line = source_line(table->source);
        table->minus_offset = source_offset(table->source);
    }
}

static bool two_columns(struct table *table, const char *currency, int64_t *amount)
{
    int64_t out;
    if (!table_money(table, COLUMN_INCOME, currency, amount) ||
        !table_money(table, COLUMN_EXPENSE, currency, &out))
        return false;
    if (*amount && out)
        return table_refuse(table, COLUMN_EXPENSE,
                            _("the row has money in as well as money out"));
    if (table->profile->columns[COLUMN_EXPENSE].negative)
        out = -out;
    note_sign(table, out);
    *amount -= out; /* one of them is 0 */
    return true;
}

/* Rules that decide on directions leave no row without one. */
static bool needs_rule(const struct profile *profile)
{
    for (int i = 0; i < profile->rule_count; i++)
        if (profile->rules[i].take == TAKE_INCOME || profile->rules[i].take == TAKE_EXPENSE)
            return true;
    return false;
}

static bool refuse_kind(struct table *table)
{
    struct slice kind = table_text(table, COLUMN_KIND);
    return source_refuse(table->source, 0, table->columns[COLUMN_KIND] < 0 ? NULL : _("kind"),
                         _("Add a rule to the profile, or ask for one; nothing was imported."),
                         table->error, _("no rule of the profile says whether this row is money in "
                                         "or out: %.*s"),
                         (int)(kind.length < 100 ? kind.length : 100), kind.text);
}

static bool read_amount(struct table *table, const struct profile_rule *rule,
                        const char *currency, int64_t *amount)
{
    const struct profile *profile = table->profile;
    if (table->columns[COLUMN_AMOUNT] < 0 && !profile->columns[COLUMN_AMOUNT].fixed)
        return two_columns(table, currency, amount);
    if (!table_money(table, COLUMN_AMOUNT, currency, amount))
        return false;
    if (profile->negate)
        *amount = -*amount;
    if (rule) {
        if (rule->take == TAKE_EXPENSE)
            *amount = -*amount;
        return true;
    }
    if (table->columns[COLUMN_DIRECTION] < 0)
        return !needs_rule(profile) || refuse_kind(table);
    struct slice direction = table_text(table, COLUMN_DIRECTION);
    if (profile_lists(profile->credit, PROFILE_NAMES, direction)) {
        table->signs_tell |= *amount < 0;
        return true;
    }
    note_sign(table, *amount);
    *amount = -*amount;
    return profile_lists(profile->debit, PROFILE_NAMES, direction) ||
           table_refuse(table, COLUMN_DIRECTION,
                        _("neither the mark of money in nor that of money out"));
}

static bool read_number(struct table *table, struct slice text, int *number)
{
    int64_t value = 0;
    if (!text.length)
        return true;
    for (size_t i = 0; i < text.length && i < 9; i++)
        value = text.text[i] >= '0' && text.text[i] <= '9' ? value * 10 + text.text[i] - '0' : -1;
    if (value < 1 || value > 99999999 || text.length > 8)
        return table_refuse(table, COLUMN_REFERENCE,
                            _("a balance row carries the number of the statement here"));
    *number = (int)value;
    return true;
}

/* A row that states a balance instead of a movement. */
static bool take_balance(struct table *table, struct table_account *account, bool opening, int day,
                         int64_t amount)
{
    struct statement *statement = &account->statement;
    if (opening ? statement->has_opening : statement->has_closing)
        return table_refuse(table, COLUMN_SOURCE_ID,
                            _("the balance of this account is stated twice"));
    if (opening) {
        statement->has_opening = true;
        statement->opening = amount;
        statement->open_date = day;
    } else {
        statement->has_closing = true;
        statement->closing = amount;
        statement->close_date = day;
    }
    return read_number(table, table_cell(table, COLUMN_REFERENCE), &statement->number);
}

static void widen_dates(struct statement *statement, int day)
{
    if (!statement->has_opening &&
        (statement->open_date == ITEM_NO_DATE || day < statement->open_date))
        statement->open_date = day;
    if (!statement->has_closing &&
        (statement->close_date == ITEM_NO_DATE || day > statement->close_date))
        statement->close_date = day;
}

static bool take_item(struct table *table, struct table_account *account,
                      const struct profile_rule *rule, struct item *item)
{
    int reference = rule && rule->reference >= 0 ? rule->reference : COLUMN_REFERENCE;
    item->statement = account->statement.position;
    item->line = source_line(table->source);
    if (!table_check_id(table, COLUMN_SOURCE_ID, 0) || !table_check_id(table, reference, 1) ||
        !table_check_id(table, COLUMN_BANK_REFERENCE, 2))
        return false;
    item->source_id = table_text(table, COLUMN_SOURCE_ID);
    item->kind = table_text(table, COLUMN_KIND);
    item->reference = table_text(table, reference);
    item->bank_reference = table_text(table, COLUMN_BANK_REFERENCE);
    item->counterparty = table_text(table, COLUMN_COUNTERPARTY);
    item->narrative = table_text(table, COLUMN_NARRATIVE);
    account->statement.item_count++;
    if (__builtin_add_overflow(account->statement.movement, item->amount,
                               &account->statement.movement))
        return table_refuse(table, COLUMN_AMOUNT, _("the sum of the lines exceeds 64 bits"));
    widen_dates(&account->statement, item->value_date);
    return table->sink->item(table->sink->context, item, table->error);
}

/* Trims the cells of a row and checks that it has as many as the header. */
static bool check_width(struct table *table)
{
    struct record *record = &table->record;
    for (int i = 0; i < record->count; i++)
        record->fields[i] = record_trim(record->fields[i]);
    while (record->count > table->width && !record->fields[record->count - 1].length)
        record->count--;
    if (record->count == table->width ||
        (record->count < table->width &&
         (table->profile->short_rows || source_is_sheet(table->source))))
        return true;
    if (table_other_separator(table))
        return source_refuse(table->source, 0, NULL,
                             _("Save the table with one separator throughout; nothing was "
                               "imported."),
                             table->error,
                             _("the row is parted by another separator than the header"));
    return source_refuse(table->source, 0, NULL,
                         _("Ask the sender for the file again; nothing was imported."),
                         table->error,
                         _("the row has %d fields, the header %d: it is truncated or misses a "
                           "quote"),
                         record->count, table->width);
}

static bool read_currency(struct table *table, char currency[4])
{
    struct slice code = table_text(table, COLUMN_CURRENCY);
    if (!code.length && table->currency[0])
        return memcpy(currency, table->currency, 4), true;
    return table_currency(code, currency) ||
           table_refuse(table, COLUMN_CURRENCY,
                        _("a currency code of three capitals is expected"));
}

static bool read_account(struct table *table, struct slice *name)
{
    const char *given = table->profile->account;
    *name = given ? (struct slice){given, strlen(given)} : table_text(table, COLUMN_ACCOUNT);
    if (!name->length)
        *name = (struct slice){table->account, strlen(table->account)};
    if (!name->length && table->profile->fallback)
        *name = (struct slice){table->profile->fallback, strlen(table->profile->fallback)};
    if (!given && !table_check_id(table, COLUMN_ACCOUNT, -1))
        return false;
    if (name->length)
        return true;
    if (table->columns[COLUMN_ACCOUNT] >= 0)
        return table_refuse(table, COLUMN_ACCOUNT, _("the row names no account"));
    return source_refuse(table->source, 0, NULL, _("Give the account with --account."),
                         table->error, _("the file does not say whose account it is"));
}

static bool read_days(struct table *table, struct item *item)
{
    bool booked = table_text(table, COLUMN_BOOK_DATE).length > 0;
    if (booked && !table_day(table, COLUMN_BOOK_DATE, &item->book_date))
        return false;
    if (booked && !table_text(table, COLUMN_VALUE_DATE).length)
        return item->value_date = item->book_date, true;
    return table_day(table, COLUMN_VALUE_DATE, &item->value_date);
}

/* A row that moves nothing: only totals hear of it. */
static bool pass_over(struct table *table, const struct profile_rule *rule)
{
    char currency[4] = "CNY";
    int64_t amount;
    if (!read_currency(table, currency) || !read_amount(table, rule, currency, &amount)) {
        *table->error = (struct error)ERROR_INIT;
        amount = 0;
    }
    table_tally(table, currency, amount);
    return true;
}

static bool take_movement(struct table *table, const struct profile_rule *rule)
{
    struct item item = {.value_date = ITEM_NO_DATE, .book_date = ITEM_NO_DATE};
    char currency[4] = "";
    struct slice name;
    if (!read_currency(table, currency) || !read_account(table, &name) ||
        !read_days(table, &item) || !read_amount(table, rule, currency, &item.amount))
        return false;
    struct table_account *account = table_account(table, name, currency);
    if (table->profile->opening || table->profile->closing) {
        struct slice id = table_cell(table, COLUMN_SOURCE_ID);
        bool opening = table->profile->opening && table_same_text(id, table->profile->opening);
        if (opening || (table->profile->closing && table_same_text(id, table->profile->closing)))
            return take_balance(table, account, opening, item.value_date, item.amount);
    }
    table_tally(table, currency, item.amount);
    return table_check(table, currency, item.amount) &&
           table_balance(table, account, item.value_date, item.amount) &&
           take_item(table, account, rule, &item);
}

static bool take_row(struct table *table)
{
    if (!check_width(table))
        return false;
    const struct profile_rule *rule = find_rule(table);
    if (rule && (rule->take == TAKE_NEUTRAL || rule->take == TAKE_SKIP))
        return pass_over(table, rule);
    return take_movement(table, rule);
}

static bool is_footer(struct table *table)
{
    const struct profile *profile = table->profile;
    if (!profile->footer[0])
        return false;
    struct slice first = record_trim(table->record.fields[0]);
    if (!table->decoded)
        first = source_text(table->source, first);
    for (int i = 0; i < PROFILE_TEXTS && profile->footer[i]; i++)
        if (first.length >= strlen(profile->footer[i]) &&
            !memcmp(first.text, profile->footer[i], strlen(profile->footer[i])))
            return true;
    return false;
}

static bool is_blank(const struct record *record)
{
    for (int i = 0; i < record->count; i++)
        if (record_trim(record->fields[i]).length)
            return false;
    return true;
}

/* Everything behind the table can hold labels and totals. */
static bool read_footer(struct table *table)
{
    table->footer_seen = true;
    do
        if (!table_label(table))
            return false;
    while (table_next(table));
    return table->error->kind == ERROR_NONE;
}

static bool read_rows(struct table *table)
{
    bool summary = false;
    for (int i = 0; i < table->profile->total_count; i++)
        summary |= !table->profile->totals[i].pattern;
    while (table_next(table)) {
        if (is_blank(&table->record))
            continue;
        if (is_footer(table))
            return read_footer(table);
        if (summary && !table->footer_seen) {
            if (!table_summary(table))
                return false;
            if (table->footer_seen)
                continue;
        }
        if (!take_row(table))
            return false;
    }
    return table->error->kind == ERROR_NONE;
}

/* What the lines before and after the table say about its only account. */
static bool apply_labels(struct table *table, struct statement *statement)
{
    const struct {
        bool is_there;
        const char *text;
        bool *has;
        int64_t *amount;
    } balances[] = {{table->has_opening, table->opening, &statement->has_opening,
                     &statement->opening},
                    {table->has_closing, table->closing, &statement->has_closing,
                     &statement->closing}};
    for (int i = 0; i < 2; i++) {
        struct slice text = {balances[i].text, strlen(balances[i].text)};
        int64_t micro, factor = 1;
        if (!balances[i].is_there)
            continue;
        for (int digits = money_digits(statement->currency); digits < 6; digits++)
            factor *= 10;
        if (!table_micro_text(table, text, &micro) || micro % factor)
            return source_refuse(table->source, 0, NULL,
                                 _("Ask the sender for the file again."), table->error,
                                 _("the balance cannot be read: %s"), balances[i].text);
        *balances[i].has = true;
        *balances[i].amount = micro / factor;
    }
    if (table->from != ITEM_NO_DATE)
        statement->open_date = table->from;
    if (table->to != ITEM_NO_DATE)
        statement->close_date = table->to;
    if (table->number > 0)
        statement->number = table->number;
    return true;
}

/* A day without movements still is a statement if the file says whose. */
static bool add_empty(struct table *table)
{
    char currency[4] = "";
    struct slice name;
    struct error why = ERROR_INIT, *error = table->error;
    table->error = &why;
    table->record.count = 0;
    bool known = read_account(table, &name) && read_currency(table, currency);
    table->error = error;
    if (!known) {
        error_set(error, ERROR_INPUT, source_name(table->source),
                  _("A day without movements needs no table; else ask the sender for the rows."),
                  _("the table has a header and no rows"));
        if (error)
            snprintf(error->code, sizeof error->code, "%s", FORMAT_EMPTY);
        return false;
    }
    table_account(table, name, currency);
    return true;
}

/* A minus beside the mark of money out takes the entry back; where all amounts out have one and no
 * others, it says the same twice more likely. Balances show which. */
static bool check_signs(struct table *table)
{
    bool known = table->signs_tell || !table->minus_line;
    for (size_t i = 0; i < table->count; i++)
        known |= table->accounts[i].statement.has_closing;
    if (!known && table->columns[COLUMN_AMOUNT] < 0)
        return source_refuse_at(table->source, table->minus_line, table->minus_offset, _("expense"),
                                _("If this sender writes money out so, set or take away \"negative\" "
                                  "of that column in a copy of the profile; nothing was imported."),
                                table->error,
                                _("all amounts out have the sign that takes entries back"));
    return known ||
           source_refuse_at(table->source, table->minus_line, table->minus_offset,
                            _("amount"),
                            _("Write amounts without sign, and an entry that is taken back with the "
                              "other direction; nothing was imported."),
                            table->error,
                            _("all amounts out have a minus sign beside their direction: it can say "
                              "the same twice, or take the entries back"));
}

static bool hand_over(struct table *table)
{
    if (table->profile->footer_required && !table->footer_seen)
        return source_refuse(table->source, 0, NULL,
                             _("Ask the sender for the file again; nothing was imported."),
                             table->error,
                             _("the lines that end such a file are missing: it was cut"));
    if (!table->count && !add_empty(table))
        return false;
    if (!table_check_ids(table) ||
        (table->count == 1 && !apply_labels(table, &table->accounts[0].statement)))
        return false;
    for (size_t i = 0; i < table->count; i++) {
        struct statement *statement = &table->accounts[i].statement;
        const char *name = table->accounts[i].name;
        statement->account = (struct slice){name, strlen(name)};
        statement->reference = (struct slice){"", 0};
        if (!table_report_balances(table, &table->accounts[i]) ||
            !table->sink->statement(table->sink->context, statement, table->error))
            return false;
    }
    return check_signs(table) && table_report_totals(table);
}

bool table_read(struct source *source, const struct profile *profile, const struct sink *sink,
                struct error *error)
{
    struct table *table = xcalloc(1, sizeof *table);
    *table = (struct table){.source = source, .profile = profile, .sink = sink, .error = error,
                            .from = ITEM_NO_DATE, .to = ITEM_NO_DATE, .year_day = ITEM_NO_DATE};
    error->kind = ERROR_NONE;
    bool done = table_begin(table) && read_rows(table) && hand_over(table);
    table_free_accounts(table);
    record_free(&table->record);
    free(table);
    return done;
}
