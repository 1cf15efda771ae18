/* Compares a personal export with the ledger (beancount) that another program made of it. */
#include "corpus_file.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/money.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One transaction of the ledger; what it does to the account of the file. */
struct entry {
    int day, sign; /* 0: the ledger does not tell the direction */
    int64_t amount;
    char currency[4];
    int64_t in, own;
    bool has_own;
};

/* Accounts of the ledgers that are the file's own. */
static const char *const own_accounts[] = {
    "Assets:ABC:DebitCard", "Assets:DebitCard:CMB", "Liabilities:CreditCard:CMB",
    "Assets:DC:BoC:3167", "Liabilities:CC:BoC:", "Liabilities:CreditCard:CITIC"};

static bool is_own(const char *account)
{
    for (size_t i = 0; i < sizeof own_accounts / sizeof *own_accounts; i++)
        if (!strncmp(account, own_accounts[i], strlen(own_accounts[i])))
            return true;
    return false;
}

static void take_posting(struct entry *entry, const char *line)
{
    char account[200], amount[40], currency[8];
    int64_t minor;
    if (sscanf(line, " %199s %39s %7s", account, amount, currency) != 3 ||
        strlen(currency) != 3 || !money_parse(amount, strlen(amount), '.', 2, &minor))
        return;
    memcpy(entry->currency, currency, 4);
    entry->in += minor > 0 ? minor : 0;
    if (!is_own(account))
        return;
    entry->has_own = true;
    entry->own += minor;
}

static void finish(struct entry *entry)
{
    if (entry->has_own)
        entry->sign = entry->own < 0 ? -1 : 1;
    entry->amount = entry->sign < 0 ? -entry->in : entry->in;
}

static size_t read_ledger(char *text, struct entry **entries)
{
    size_t count = 0, room = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char day[11];
        if (line[0] == '2' && line[10] == ' ' && line[11] == '*') {
            ARRAY_RESERVE(*entries, count, room);
            (*entries)[count] = (struct entry){.day = 0};
            snprintf(day, sizeof day, "%.10s", line);
            date_parse(day, &(*entries)[count++].day);
        } else if (count && strstr(line, "type: \"收入\"")) {
            (*entries)[count - 1].sign = 1;
        } else if (count && strstr(line, "type: \"支出\"")) {
            (*entries)[count - 1].sign = -1;
        } else if (count && line[0] == '\t' && line[1] >= 'A' && line[1] <= 'Z') {
            take_posting(&(*entries)[count - 1], line);
        }
    }
    for (size_t i = 0; i < count; i++)
        finish(&(*entries)[i]);
    return count;
}

static const char *currency_of(const struct corpus_file *file, const struct item *item)
{
    for (size_t i = 0; i < file->statement_count; i++)
        if (file->statements[i].statement.position == item->statement)
            return file->statements[i].statement.currency;
    return "";
}

static bool same(const struct corpus_file *file, const struct entry *entry,
                 const struct item *item)
{
    return (entry->day == item->value_date || entry->day == item->book_date) &&
           !strcmp(entry->currency, currency_of(file, item)) &&
           (entry->sign ? entry->amount == item->amount
                        : llabs(entry->amount) == llabs(item->amount));
}

static void tell(const char *path, const char *field, bool ours, int day, int64_t amount,
                 const char *currency)
{
    char text[120], when[11], money[40];
    date_format(day, when);
    snprintf(text, sizeof text, "%s %s %s", when,
             money_format(amount, currency, money, sizeof money), currency);
    corpus_differ(path, field, ours ? "" : text, ours ? text : "");
}

static void compare(const struct corpus_file *file, const struct entry *entries, size_t count)
{
    bool *used = xcalloc(file->item_count + 1, sizeof *used);
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < file->item_count &&
               (used[at] || !same(file, &entries[i], &file->items[at].item)))
            at++;
        used[at] = true;
        if (at == file->item_count)
            tell(file->path, "ledger", false, entries[i].day, entries[i].amount,
                 entries[i].currency);
    }
    for (size_t at = 0; at < file->item_count; at++) {
        const struct item *item = &file->items[at].item;
        char field[40];
        snprintf(field, sizeof field, "line %llu", (unsigned long long)item->line);
        if (!used[at])
            tell(file->path, field, true,
                 item->book_date == ITEM_NO_DATE ? item->value_date : item->book_date,
                 item->amount, currency_of(file, item));
    }
    free(used);
}

void corpus_ledger(const struct corpus_file *file)
{
    char pattern[4096];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%.*s/*.beancount",
             (int)(strrchr(file->path, '/') - file->path), file->path);
    if (!file->read || glob(pattern, 0, NULL, &found))
        return;
    struct entry *entries = NULL;
    char *text = corpus_text(found.gl_pathv[0]);
    size_t count = read_ledger(text, &entries);
    compare(file, entries, count);
    free(text);
    free(entries);
    globfree(&found);
}
