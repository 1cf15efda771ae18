#include "reconcile/formats/csv.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/language.h"
#include "base/money.h"
#include "reconcile/formats/record.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const role_titles[COLUMN_ROLES] = {
    "id",       "value date", "booking date",   "account",      "currency",  "direction", "amount",
    "income",   "expense",    "reference",      "bank reference", "counterparty", "narrative",
    "kind"};

struct account {
    struct statement statement;
    char *name;
};

struct csv {
    struct source *source;
    const struct profile *profile;
    const struct sink *sink;
    struct error *error;
    struct record record;
    int columns[COLUMN_ROLES]; /* place in the row, -1 when absent */
    int width;                 /* fields of the header */
    struct account *accounts;
    size_t count, capacity, last;
    size_t *table, table_size; /* open addressing: index into accounts plus one */
    char date[16];             /* the date read last, and its day */
    size_t date_length;
    int day;
};

static bool refuse(struct csv *csv, enum column_role role, const char *what)
{
    struct slice row = csv->record.count ? csv->record.fields[0] : (struct slice){"", 0};
    struct slice cell = csv->columns[role] >= 0 ? csv->record.fields[csv->columns[role]] : row;
    size_t column = cell.text >= row.text && cell.text - row.text < SOURCE_LINE_LIMIT
                        ? (size_t)(cell.text - row.text) : 0;
    return source_refuse(csv->source, column, _(role_titles[role]),
                         _("Correct the file at its source and import it again; nothing was "
                           "imported."),
                         csv->error, "%s", what);
}

static struct slice cell(const struct csv *csv, enum column_role role)
{
    const char *fixed = csv->profile->columns[role].fixed;
    int column = csv->columns[role];
    if (fixed)
        return (struct slice){fixed, strlen(fixed)};
    return column < 0 ? (struct slice){"", 0} : record_trim(csv->record.fields[column]);
}

static struct slice text_cell(struct csv *csv, enum column_role role)
{
    return source_text(csv->source, cell(csv, role));
}

static bool equals(struct slice text, const char *other)
{
    return other && strlen(other) == text.length && !memcmp(text.text, other, text.length);
}

static bool listed(struct slice text, char *const names[PROFILE_NAMES])
{
    for (size_t i = 0; i < PROFILE_NAMES && names[i]; i++)
        if (equals(text, names[i]))
            return true;
    return false;
}

/* Places of the columns in this row if it is the header; false when a required one is missing. */
static bool find_columns(struct source *source, const struct record *record,
                         const struct profile *profile, int columns[COLUMN_ROLES])
{
    for (int role = 0; role < COLUMN_ROLES; role++) {
        const struct profile_column *column = &profile->columns[role];
        columns[role] = -1;
        for (int i = record->count - 1; i >= 0 && column->names[0]; i--)
            if (listed(source_text(source, record_trim(record->fields[i])), column->names))
                columns[role] = i;
        if (column->required && !column->fixed && columns[role] < 0)
            return false;
    }
    return true;
}

static bool find_header(struct csv *csv)
{
    char missing[400] = "";
    for (int line = 0; line < PROFILE_HEADER_LINES; line++) {
        if (!record_next(csv->source, csv->profile->separator, &csv->record, csv->error))
            break;
        csv->width = csv->record.count;
        if (find_columns(csv->source, &csv->record, csv->profile, csv->columns))
            return true;
    }
    if (csv->error->kind != ERROR_NONE)
        return false;
    for (int role = 0; role < COLUMN_ROLES; role++)
        if (csv->profile->columns[role].required && csv->profile->columns[role].names[0])
            strncat(strncat(missing, " ", sizeof missing - strlen(missing) - 1),
                    csv->profile->columns[role].names[0], sizeof missing - strlen(missing) - 2);
    return error_set(csv->error, ERROR_INPUT, source_name(csv->source),
                     _("Name the right profile with --profile; bankops import --profiles lists "
                       "them."),
                     _("no header with the columns%s in the first %d lines"), missing,
                     PROFILE_HEADER_LINES);
}

static bool number(const char *text, size_t count, int *value)
{
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
        *value = *value * 10 + text[i] - '0';
    }
    return count > 0;
}

/* YYYYMMDD, or YYYY-MM-DD with any mark, each perhaps followed by a blank or T and a time. */
static bool plain_date(struct slice text, int *day)
{
    int year, month, date;
    size_t wide = text.length >= 10 && !isdigit((unsigned char)text.text[4]);
    size_t length = wide ? 10 : 8;
    if (text.length < length || (text.length > length && !strchr(" T", text.text[length])))
        return false;
    if (wide && text.text[4] != text.text[7])
        return false;
    return number(text.text, 4, &year) && number(text.text + 4 + wide, 2, &month) &&
           number(text.text + 6 + 2 * wide, 2, &date) && date_from_civil(year, month, date, day);
}

static bool formatted_date(const char *format, struct slice text, int *day)
{
    int year, month, date;
    const char *y = strstr(format, "YYYY"), *m = strstr(format, "MM"), *d = strstr(format, "DD");
    if (!y || !m || !d || text.length < strlen(format))
        return false;
    for (size_t i = 0; format[i]; i++)
        if (!strchr("YMD", format[i]) && format[i] != text.text[i])
            return false;
    return number(text.text + (y - format), 4, &year) &&
           number(text.text + (m - format), 2, &month) &&
           number(text.text + (d - format), 2, &date) && date_from_civil(year, month, date, day);
}

static bool read_day(struct csv *csv, struct slice text, int *day)
{
    const char *format = csv->profile->date_format;
    if (text.length && text.length == csv->date_length &&
        !memcmp(text.text, csv->date, text.length))
        return *day = csv->day, true;
    if (!(format ? formatted_date(format, text, day) : plain_date(text, day)))
        return false;
    if (text.length < sizeof csv->date) {
        memcpy(csv->date, text.text, text.length);
        csv->date_length = text.length;
        csv->day = *day;
    }
    return true;
}

/* Currency signs in front of an amount: the yen and yuan sign in both widths. */
static struct slice without_sign(struct slice text)
{
    if (text.length > 2 && !memcmp(text.text, "\xC2\xA5", 2))
        return (struct slice){text.text + 2, text.length - 2};
    if (text.length > 3 && !memcmp(text.text, "\xEF\xBF\xA5", 3))
        return (struct slice){text.text + 3, text.length - 3};
    return text;
}

static bool whole_number(struct slice text, int64_t *value)
{
    size_t at = text.length && (*text.text == '-' || *text.text == '+');
    int64_t sum = 0;
    if (text.length - at < 1 || text.length - at > 18)
        return false;
    for (size_t i = at; i < text.length; i++) {
        if (!isdigit((unsigned char)text.text[i]))
            return false;
        sum = sum * 10 + text.text[i] - '0';
    }
    *value = *text.text == '-' ? -sum : sum;
    return true;
}

static bool read_money(struct csv *csv, enum column_role role, const char *currency,
                       int64_t *amount)
{
    struct slice text = cell(csv, role);
    if (csv->profile->minor_units && role == COLUMN_AMOUNT)
        return whole_number(text, amount) ||
               refuse(csv, role, _("a whole number of minor units (cents) is expected"));
    text = without_sign(source_text(csv->source, text));
    if (!text.length && role != COLUMN_AMOUNT)
        return *amount = 0, true;
    return money_parse(text.text, text.length, csv->profile->decimal_mark, money_digits(currency),
                       amount) ||
           refuse(csv, role, _("an amount with at most the decimals of its currency is expected"));
}

static bool read_amount(struct csv *csv, const char *currency, int64_t *amount)
{
    const struct profile *profile = csv->profile;
    if (csv->columns[COLUMN_AMOUNT] < 0) {
        int64_t expense;
        return read_money(csv, COLUMN_INCOME, currency, amount) &&
               read_money(csv, COLUMN_EXPENSE, currency, &expense) &&
               (!__builtin_sub_overflow(*amount, llabs(expense), amount) ||
                refuse(csv, COLUMN_EXPENSE, _("the amount exceeds 64 bits")));
    }
    if (!read_money(csv, COLUMN_AMOUNT, currency, amount))
        return false;
    if (profile->negate)
        *amount = -*amount;
    if (csv->columns[COLUMN_DIRECTION] < 0)
        return true;
    struct slice direction = text_cell(csv, COLUMN_DIRECTION);
    if (listed(direction, profile->credit))
        return true;
    *amount = -*amount;
    return listed(direction, profile->debit) ||
           refuse(csv, COLUMN_DIRECTION, _("neither the mark of money in nor that of money out"));
}

static uint64_t hash_of(struct slice name, const char *currency)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (unsigned char)name.text[i]) * 1099511628211u;
    for (int i = 0; i < 3; i++)
        hash = (hash ^ (unsigned char)currency[i]) * 1099511628211u;
    return hash;
}

static bool is_account(const struct account *account, struct slice name, const char *currency)
{
    return equals(name, account->name) && !memcmp(account->statement.currency, currency, 3);
}

static void grow_table(struct csv *csv)
{
    csv->table_size = csv->table_size ? csv->table_size * 2 : 64;
    free(csv->table);
    csv->table = xcalloc(csv->table_size, sizeof *csv->table);
    for (size_t i = 0; i < csv->count; i++) {
        struct slice name = {csv->accounts[i].name, strlen(csv->accounts[i].name)};
        size_t at = hash_of(name, csv->accounts[i].statement.currency) & (csv->table_size - 1);
        while (csv->table[at])
            at = (at + 1) & (csv->table_size - 1);
        csv->table[at] = i + 1;
    }
}

static struct account *add_account(struct csv *csv, struct slice name, const char *currency)
{
    ARRAY_RESERVE(csv->accounts, csv->count, csv->capacity);
    struct account *account = &csv->accounts[csv->count++];
    *account = (struct account){.name = xstrndup(name.text, name.length)};
    account->statement = (struct statement){.position = (int)csv->count,
                                            .line = source_line(csv->source),
                                            .number = -1,
                                            .page = -1,
                                            .open_date = ITEM_NO_DATE,
                                            .close_date = ITEM_NO_DATE};
    memcpy(account->statement.currency, currency, 4);
    return account;
}

/* The account of the row; a new one when the file names it for the first time. */
static struct account *find_account(struct csv *csv, struct slice name, const char *currency)
{
    if (csv->count && is_account(&csv->accounts[csv->last], name, currency))
        return &csv->accounts[csv->last];
    if ((csv->count + 1) * 2 > csv->table_size)
        grow_table(csv);
    size_t at = hash_of(name, currency) & (csv->table_size - 1);
    for (; csv->table[at]; at = (at + 1) & (csv->table_size - 1)) {
        csv->last = csv->table[at] - 1;
        if (is_account(&csv->accounts[csv->last], name, currency))
            return &csv->accounts[csv->last];
    }
    struct account *account = add_account(csv, name, currency);
    csv->table[at] = csv->count;
    csv->last = csv->count - 1;
    return account;
}

static bool read_number(struct csv *csv, struct slice text, int *number_out)
{
    int64_t value;
    if (!text.length)
        return true;
    if (!whole_number(text, &value) || value < 1 || value > 99999999)
        return refuse(csv, COLUMN_REFERENCE,
                      _("a balance row carries the number of the statement here"));
    *number_out = (int)value;
    return true;
}

/* A row that states a balance instead of a movement. */
static bool take_balance(struct csv *csv, struct account *account, bool opening, int day,
                         int64_t amount)
{
    struct statement *statement = &account->statement;
    if (opening ? statement->has_opening : statement->has_closing)
        return refuse(csv, COLUMN_SOURCE_ID, _("the balance of this account is stated twice"));
    if (opening) {
        statement->has_opening = true;
        statement->opening = amount;
        statement->open_date = day;
    } else {
        statement->has_closing = true;
        statement->closing = amount;
        statement->close_date = day;
    }
    return read_number(csv, cell(csv, COLUMN_REFERENCE), &statement->number);
}

/* Excel turns long numbers into 6.22848E+18 and their digits are gone. */
static bool check_digits(struct csv *csv, enum column_role role)
{
    struct slice text = cell(csv, role);
    const char *at = memmem(text.text, text.length, "E+", 2);
    if (!at || text.length > 14 || text.length < 6 || text.text[1] != '.')
        return true;
    for (const char *p = text.text; p < text.text + text.length; p++)
        if (!isdigit((unsigned char)*p) && !strchr(".E+", *p))
            return true;
    return refuse(csv, role,
                  _("the number was shortened by a spreadsheet (E+ notation); use the file as "
                    "the sender delivered it"));
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

static bool take_item(struct csv *csv, struct account *account, int day, int64_t amount)
{
    struct item item = {.statement = account->statement.position,
                        .line = source_line(csv->source),
                        .amount = amount,
                        .value_date = day,
                        .book_date = ITEM_NO_DATE};
    struct slice booked = cell(csv, COLUMN_BOOK_DATE);
    if (booked.length && !read_day(csv, booked, &item.book_date))
        return refuse(csv, COLUMN_BOOK_DATE, _("no date that exists"));
    if (!check_digits(csv, COLUMN_SOURCE_ID) || !check_digits(csv, COLUMN_REFERENCE) ||
        !check_digits(csv, COLUMN_BANK_REFERENCE))
        return false;
    item.source_id = text_cell(csv, COLUMN_SOURCE_ID);
    item.kind = text_cell(csv, COLUMN_KIND);
    item.reference = text_cell(csv, COLUMN_REFERENCE);
    item.bank_reference = text_cell(csv, COLUMN_BANK_REFERENCE);
    item.counterparty = text_cell(csv, COLUMN_COUNTERPARTY);
    item.narrative = text_cell(csv, COLUMN_NARRATIVE);
    account->statement.item_count++;
    if (__builtin_add_overflow(account->statement.movement, amount, &account->statement.movement))
        return refuse(csv, COLUMN_AMOUNT, _("the sum of the lines exceeds 64 bits"));
    widen_dates(&account->statement, day);
    return csv->sink->item(csv->sink->context, &item, csv->error);
}

static bool check_width(struct csv *csv)
{
    struct record *record = &csv->record;
    while (record->count > csv->width && !record->fields[record->count - 1].length)
        record->count--;
    if (record->count == csv->width)
        return true;
    return source_refuse(csv->source, 0, NULL,
                         _("Ask the sender for the file again; nothing was imported."), csv->error,
                         _("the row has %d fields, the header %d: it is truncated or misses a "
                           "quote"),
                         record->count, csv->width);
}

static bool take_row(struct csv *csv)
{
    char currency[4] = "";
    int day;
    int64_t amount;
    if (!check_width(csv) || !check_digits(csv, COLUMN_ACCOUNT))
        return false;
    struct slice code = cell(csv, COLUMN_CURRENCY);
    if (code.length != 3 || !isupper((unsigned char)code.text[0]) ||
        !isupper((unsigned char)code.text[1]) || !isupper((unsigned char)code.text[2]))
        return refuse(csv, COLUMN_CURRENCY, _("a currency code of three capitals is expected"));
    memcpy(currency, code.text, 3);
    struct slice name = text_cell(csv, COLUMN_ACCOUNT);
    if (!name.length)
        return refuse(csv, COLUMN_ACCOUNT, _("the row names no account"));
    if (!read_day(csv, cell(csv, COLUMN_VALUE_DATE), &day))
        return refuse(csv, COLUMN_VALUE_DATE, _("no date that exists (YYYYMMDD or YYYY-MM-DD)"));
    if (!read_amount(csv, currency, &amount))
        return false;
    struct account *account = find_account(csv, name, currency);
    struct slice id = cell(csv, COLUMN_SOURCE_ID);
    bool opening = equals(id, csv->profile->opening);
    if (opening || equals(id, csv->profile->closing))
        return take_balance(csv, account, opening, day, amount);
    return take_item(csv, account, day, amount);
}

static bool is_footer(const struct csv *csv)
{
    const char *footer = csv->profile->footer;
    struct slice first = source_text(csv->source, csv->record.fields[0]);
    return footer && first.length >= strlen(footer) && !memcmp(first.text, footer, strlen(footer));
}

static bool read_rows(struct csv *csv)
{
    while (record_next(csv->source, csv->profile->separator, &csv->record, csv->error)) {
        if (csv->record.count == 1 && !record_trim(csv->record.fields[0]).length)
            continue;
        if (is_footer(csv))
            break;
        if (!take_row(csv))
            return false;
    }
    return csv->error->kind == ERROR_NONE;
}

static bool hand_over(struct csv *csv)
{
    if (!csv->count)
        return error_set(csv->error, ERROR_INPUT, source_name(csv->source), NULL,
                         _("the table has a header and no rows"));
    for (size_t i = 0; i < csv->count; i++) {
        struct statement *statement = &csv->accounts[i].statement;
        const char *name = csv->accounts[i].name;
        statement->account = (struct slice){name, strlen(name)};
        statement->reference = (struct slice){"", 0};
        if (!csv->sink->statement(csv->sink->context, statement, csv->error))
            return false;
    }
    return true;
}

bool csv_read(struct source *source, const struct profile *profile, const struct sink *sink,
              struct error *error)
{
    struct csv csv = {.source = source, .profile = profile, .sink = sink, .error = error};
    error->kind = ERROR_NONE;
    bool done = find_header(&csv) && read_rows(&csv) && hand_over(&csv);
    for (size_t i = 0; i < csv.count; i++)
        free(csv.accounts[i].name);
    free(csv.accounts);
    free(csv.table);
    record_free(&csv.record);
    return done;
}

static const struct profile *match_header(struct source *source, const struct profiles *profiles,
                                          char separator, struct error *error)
{
    const struct profile *found = NULL;
    struct record record = {.count = 0};
    int columns[COLUMN_ROLES];
    if (!source_rewind(source, error))
        return NULL;
    for (int line = 0; line < PROFILE_HEADER_LINES && !found; line++) {
        if (!record_next(source, separator, &record, error))
            break;
        for (size_t i = 0; i < profiles->count && !found; i++)
            if (profiles->list[i]->separator == separator &&
                find_columns(source, &record, profiles->list[i], columns))
                found = profiles->list[i];
    }
    record_free(&record);
    error->kind = ERROR_NONE;
    return found;
}

const struct profile *csv_recognise(struct source *source, const struct profiles *profiles,
                                    struct error *error)
{
    const struct profile *found = NULL;
    for (const char *separator = ",;\t"; *separator && !found; separator++)
        found = match_header(source, profiles, *separator, error);
    return source_rewind(source, error) ? found : NULL;
}
