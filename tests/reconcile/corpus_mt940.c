/* Compares MT940 files with the *.yml beside them, field by field. */
#include "corpus_file.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/money.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Four bytes in Base64: year, month, day. */
static void day_of(const cJSON *value, char day[11])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const cJSON *first = cJSON_GetArrayItem(value, 0);
    unsigned long long bits = 0;
    day[0] = '\0';
    if (!cJSON_IsString(first) || strlen(first->valuestring) < 8)
        return;
    for (int i = 0; i < 8; i++) {
        const char *at = strchr(letters, first->valuestring[i]);
        bits = bits << 6 | (at ? (unsigned long long)(at - letters) : 0);
    }
    int number;
    if (date_from_civil((int)(bits >> 32 & 0xFFFF), (int)(bits >> 24 & 0xFF),
                        (int)(bits >> 16 & 0xFF), &number))
        date_format(number, day);
}

static void our_day(int number, char day[11])
{
    day[0] = '\0';
    if (number != ITEM_NO_DATE)
        date_format(number, day);
}

/* An Amount of theirs as minor units and currency. */
static void amount_of(const cJSON *amount, char made[40])
{
    const cJSON *decimal = cJSON_GetArrayItem(corpus_get(amount, "amount"), 0);
    const char *currency = corpus_string(amount, "currency");
    int64_t minor = 0;
    made[0] = '\0';
    if (!cJSON_IsString(decimal))
        return;
    if (money_parse(decimal->valuestring, strlen(decimal->valuestring), '.',
                    money_digits(currency), &minor))
        snprintf(made, 40, "%lld %s", (long long)minor, currency);
    else
        snprintf(made, 40, "%.20s %.10s", decimal->valuestring, currency);
}

static bool no_reference(const char *reference)
{
    return !*reference || !strncmp(reference, "NONREF", 6);
}

static char *squeezed(const char *from)
{
    char *made = xmalloc(strlen(from) + 1), *to = made;
    for (; *from; from++)
        if (!isspace((unsigned char)*from))
            *to++ = *from;
    *to = '\0';
    return made;
}

/* Their text must stand in ours, blanks aside. */
static void contained(const char *path, const char *field, const char *theirs, const char *ours)
{
    char *left = squeezed(theirs), *right = squeezed(ours);
    if (!strstr(right, left))
        corpus_differ(path, field, theirs, ours);
    free(left);
    free(right);
}

static void equal_trimmed(const char *path, const char *field, const char *theirs,
                          const char *ours)
{
    char *left = squeezed(theirs), *right = squeezed(ours);
    if (strcmp(left, right))
        corpus_differ(path, field, theirs, *ours || *theirs ? ours : "");
    free(left);
    free(right);
}

static void compare_texts(const struct corpus_file *file, const char *prefix, const cJSON *data,
                          const struct corpus_item *item)
{
    static const char *const fields[] = {"purpose", "transaction_details", "extra_details",
                                         "additional_purpose"};
    char field[80];
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        snprintf(field, sizeof field, "%s %s", prefix, fields[i]);
        contained(file->path, field, corpus_string(data, fields[i]), item->narrative);
    }
    snprintf(field, sizeof field, "%s applicant_name", prefix);
    if (*corpus_string(data, "applicant_name"))
        contained(file->path, field, corpus_string(data, "applicant_name"), item->counterparty);
}

static void compare_item(const struct corpus_file *file, int number, const cJSON *data,
                         const struct corpus_item *item)
{
    char prefix[40], field[80], theirs[40], ours[40];
    const struct statement *statement =
        &file->statements[item->item.statement - 1].statement;
    snprintf(prefix, sizeof prefix, "transaction %d", number);
    amount_of(corpus_get(data, "amount"), theirs);
    snprintf(ours, sizeof ours, "%lld %s", (long long)item->item.amount, statement->currency);
    snprintf(field, sizeof field, "%s amount", prefix);
    corpus_differ(file->path, field, theirs, ours);
    day_of(corpus_get(data, "date"), theirs);
    our_day(item->item.value_date, ours);
    snprintf(field, sizeof field, "%s date", prefix);
    corpus_differ(file->path, field, theirs, ours);
    day_of(corpus_get(data, "entry_date"), theirs);
    our_day(item->item.book_date, ours);
    snprintf(field, sizeof field, "%s entry_date", prefix);
    corpus_differ(file->path, field, theirs, ours);
    snprintf(field, sizeof field, "%s id", prefix);
    equal_trimmed(file->path, field, corpus_string(data, "id"), item->kind);
    const char *reference = corpus_string(data, "customer_reference");
    if (no_reference(reference))
        reference = corpus_string(data, "end_to_end_reference");
    snprintf(field, sizeof field, "%s reference", prefix);
    equal_trimmed(file->path, field, no_reference(reference) ? "" : reference, item->reference);
    snprintf(field, sizeof field, "%s bank_reference", prefix);
    equal_trimmed(file->path, field, corpus_string(data, "bank_reference"), item->bank_reference);
    snprintf(field, sizeof field, "%s status", prefix);
    corpus_differ(file->path, field, *corpus_string(data, "status") == 'R' ? "reversal" : "",
                  item->item.reversal ? "reversal" : "");
    compare_texts(file, prefix, data, item);
}

static void compare_balance(const struct corpus_file *file, const cJSON *data, const char *name,
                            bool has, int64_t amount, const char *currency, int day)
{
    char field[80], theirs[60] = "", ours[60] = "", date[11];
    const cJSON *balance = corpus_get(data, name);
    if (balance) {
        amount_of(corpus_get(balance, "amount"), theirs);
        day_of(corpus_get(balance, "date"), date);
        if (*corpus_string(balance, "status") == 'D' && *theirs != '-' && *theirs != '0')
            memmove(theirs + 1, theirs, strlen(theirs) + 1), *theirs = '-';
        snprintf(theirs + strlen(theirs), 12, " %s", date);
    }
    if (has) {
        our_day(day, date);
        snprintf(ours, sizeof ours, "%lld %s %s", (long long)amount, currency, date);
    }
    snprintf(field, sizeof field, "statement %s", name);
    corpus_differ(file->path, field, theirs, ours);
}

/* Theirs are the fields of the last statement that had one: so are ours here. */
static void compare_statement(const struct corpus_file *file, const cJSON *data)
{
    const struct corpus_statement *last = &file->statements[file->statement_count - 1];
    const struct statement *found[4] = {NULL};
    static const char *const names[] = {"final_opening_balance", "intermediate_opening_balance",
                                        "final_closing_balance", "intermediate_closing_balance"};
    char ours[24];
    for (size_t i = 0; i < file->statement_count; i++) {
        const struct statement *at = &file->statements[i].statement;
        if (at->has_opening)
            found[at->opening_interim] = at;
        if (at->has_closing)
            found[2 + at->closing_interim] = at;
    }
    for (int i = 0; i < 4; i++)
        compare_balance(file, data, names[i], found[i],
                        !found[i] ? 0 : i < 2 ? found[i]->opening : found[i]->closing,
                        found[i] ? found[i]->currency : "",
                        !found[i] ? 0 : i < 2 ? found[i]->open_date : found[i]->close_date);
    equal_trimmed(file->path, "statement account_identification",
                  corpus_string(data, "account_identification"), last->account);
    equal_trimmed(file->path, "statement transaction_reference",
                  corpus_string(data, "transaction_reference"), last->reference);
    snprintf(ours, sizeof ours, "%d", last->statement.number > 0 ? last->statement.number : 0);
    long number = strtol(corpus_string(data, "statement_number"), NULL, 10);
    char theirs[24];
    snprintf(theirs, sizeof theirs, "%ld", number);
    corpus_differ(file->path, "statement statement_number", theirs, ours);
    snprintf(theirs, sizeof theirs, "%ld",
             strtol(corpus_string(data, "sequence_number"), NULL, 10));
    snprintf(ours, sizeof ours, "%d", last->statement.page > 0 ? last->statement.page : 0);
    corpus_differ(file->path, "statement sequence_number", theirs, ours);
}

void corpus_mt940(const struct corpus_file *file, const char *yml)
{
    char *dumped = corpus_text(yml), theirs[40], ours[40];
    if (!dumped)
        return;
    cJSON *root = corpus_yaml(dumped, "tags");
    const cJSON *list = corpus_get(root, "transactions");
    int count = cJSON_GetArraySize(list);
    snprintf(theirs, sizeof theirs, "%d", count);
    snprintf(ours, sizeof ours, "%zu", file->item_count);
    if (file->read) {
        corpus_differ(file->path, "transactions", theirs, ours);
        compare_statement(file, corpus_get(root, "data"));
        for (int i = 0; i < count && i < (int)file->item_count; i++)
            compare_item(file, i + 1, corpus_get(cJSON_GetArrayItem(list, i), "data"),
                         &file->items[i]);
    }
    cJSON_Delete(root);
    free(dumped);
}
