#include "reconcile/formats/table_part.h"

#include "base/alloc.h"
#include "base/language.h"
#include "reconcile/control.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_of(struct slice name, const char *currency)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (unsigned char)name.text[i]) * 1099511628211u;
    for (int i = 0; i < 3; i++)
        hash = (hash ^ (unsigned char)currency[i]) * 1099511628211u;
    return hash;
}

static bool is_account(const struct table_account *account, struct slice name,
                       const char *currency)
{
    return strlen(account->name) == name.length &&
           !memcmp(account->name, name.text, name.length) &&
           !memcmp(account->statement.currency, currency, 3);
}

static void grow_table(struct table *table)
{
    table->slot_count = table->slot_count ? table->slot_count * 2 : 64;
    free(table->slots);
    table->slots = xcalloc(table->slot_count, sizeof *table->slots);
    for (size_t i = 0; i < table->count; i++) {
        struct slice name = {table->accounts[i].name, strlen(table->accounts[i].name)};
        size_t at = hash_of(name, table->accounts[i].statement.currency) & (table->slot_count - 1);
        while (table->slots[at])
            at = (at + 1) & (table->slot_count - 1);
        table->slots[at] = i + 1;
    }
}

static struct table_account *add_account(struct table *table, struct slice name,
                                         const char *currency)
{
    ARRAY_RESERVE(table->accounts, table->count, table->capacity);
    struct table_account *account = &table->accounts[table->count++];
    *account = (struct table_account){.name = xstrndup(name.text, name.length)};
    account->statement = (struct statement){.position = (int)table->count,
                                            .line = source_line(table->source),
                                            .number = -1,
                                            .page = -1,
                                            .open_date = ITEM_NO_DATE,
                                            .close_date = ITEM_NO_DATE};
    memcpy(account->statement.currency, currency, 4);
    return account;
}

/* The account of a row; a new one when the file names it for the first time. */
struct table_account *table_account(struct table *table, struct slice name, const char *currency)
{
    if (table->count && is_account(&table->accounts[table->last], name, currency))
        return &table->accounts[table->last];
    if ((table->count + 1) * 2 > table->slot_count)
        grow_table(table);
    size_t at = hash_of(name, currency) & (table->slot_count - 1);
    for (; table->slots[at]; at = (at + 1) & (table->slot_count - 1)) {
        table->last = table->slots[at] - 1;
        if (is_account(&table->accounts[table->last], name, currency))
            return &table->accounts[table->last];
    }
    struct table_account *account = add_account(table, name, currency);
    table->slots[at] = table->count;
    table->last = table->count - 1;
    return account;
}

static void note_break(struct table_balance *balance, int order, uint64_t line, int64_t stated,
                       int64_t follows)
{
    if (stated == follows)
        return;
    if (balance->breaks[order] < TABLE_BREAKS)
        balance->places[order][balance->breaks[order]] =
            (struct table_break){line, stated, follows};
    balance->breaks[order]++;
}

/* Amounts that do not fit are breaks of their own; they wrap here instead of overflowing. */
static int64_t sum(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

bool table_balance(struct table *table, struct table_account *account, int day, int64_t amount)
{
    int64_t now;
    if (table->columns[COLUMN_BALANCE] < 0)
        return true;
    if (!account->balance)
        account->balance = xcalloc(1, sizeof *account->balance);
    struct table_balance *balance = account->balance;
    struct slice text = table_text(table, COLUMN_BALANCE);
    if (!text.length ||
        !table_money(table, COLUMN_BALANCE, account->statement.currency, &now)) {
        if (text.length && !table->profile->columns[COLUMN_BALANCE].optional)
            return false;
        *table->error = (struct error)ERROR_INIT;
        return balance->unknown = true;
    }
    uint64_t line = source_line(table->source);
    if (balance->rows) {
        note_break(balance, 0, line, now, sum(balance->last, amount));
        note_break(balance, 1, line, now, sum(balance->last, -balance->last_amount));
    } else {
        balance->first = now;
        balance->first_amount = amount;
        balance->first_day = day;
    }
    balance->rows++;
    balance->last = now;
    balance->last_amount = amount;
    balance->last_day = day;
    return true;
}

static bool report_breaks(struct table *table, const struct table_account *account, int order)
{
    const struct table_balance *balance = account->balance;
    const char *name = table->profile->columns[COLUMN_BALANCE].names[0];
    name = name ? name : "balance";
    for (int i = 0; i < balance->breaks[order] && i < TABLE_BREAKS; i++) {
        const struct table_break *place = &balance->places[order][i];
        struct control control = {.statement = account->statement.position,
                                  .kind = CONTROL_BALANCE,
                                  .expected = place->stated,
                                  .found = place->follows,
                                  .line = place->line,
                                  .label = {name, strlen(name)}};
        memcpy(control.currency, account->statement.currency, 4);
        if (!control_report(table->sink, &control, table->error))
            return false;
    }
    return true;
}

/* Sets the balances of the statement from its first and last line, whichever is older. */
bool table_report_balances(struct table *table, struct table_account *account)
{
    const struct table_balance *balance = account->balance;
    struct statement *statement = &account->statement;
    if (!balance || !balance->rows || balance->unknown)
        return true;
    int order = balance->breaks[0] != balance->breaks[1]
                    ? balance->breaks[1] < balance->breaks[0]
                    : balance->first_day > balance->last_day;
    if (!statement->has_opening) {
        statement->has_opening = true;
        statement->opening = order ? sum(balance->last, -balance->last_amount)
                                   : sum(balance->first, -balance->first_amount);
    }
    if (!statement->has_closing) {
        statement->has_closing = true;
        statement->closing = order ? balance->first : balance->last;
    }
    return report_breaks(table, account, order);
}

void table_free_accounts(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->accounts[i].name);
        free(table->accounts[i].balance);
    }
    free(table->accounts);
    free(table->slots);
}
