/* Compares camt files with the *.json beside them, field by field. */
#include "corpus_file.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/money.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void day_of(const cJSON *value, char day[11])
{
    snprintf(day, 11, "%.10s", corpus_string(value, "0"));
}

static void our_day(int number, char day[11])
{
    day[0] = '\0';
    if (number != ITEM_NO_DATE)
        date_format(number, day);
}

static void money_of(const cJSON *money, char made[48])
{
    snprintf(made, 48, "%.30s %.10s", corpus_string(money, "getAmount"),
             corpus_string(corpus_get(money, "getCurrency"), "getCode"));
}

static const struct corpus_statement *find_statement(const struct corpus_file *file,
                                                     const char *id, const char *currency)
{
    for (size_t i = 0; i < file->statement_count; i++)
        if (!strcmp(file->statements[i].reference, id) &&
            (!*currency || !strcmp(file->statements[i].statement.currency, currency)))
            return &file->statements[i];
    return NULL;
}

static const struct corpus_item *find_item(const struct corpus_file *file, int position, int index)
{
    for (size_t i = 0; i < file->item_count; i++)
        if (file->items[i].item.statement == position && index-- == 0)
            return &file->items[i];
    return NULL;
}

/* Booked balances of the record, each in the statement of its currency. */
static void compare_balances(const struct corpus_file *file, const cJSON *record)
{
    static const struct {
        const char *type;
        size_t has, amount, day;
    } known[] = {
        {"opening", offsetof(struct statement, has_opening), offsetof(struct statement, opening),
         offsetof(struct statement, open_date)},
        {"closing", offsetof(struct statement, has_closing), offsetof(struct statement, closing),
         offsetof(struct statement, close_date)},
        {"closing_available", offsetof(struct statement, has_available),
         offsetof(struct statement, available), 0},
    };
    const cJSON *balance;
    cJSON_ArrayForEach(balance, corpus_get(record, "getBalances")) {
        const cJSON *money = corpus_get(balance, "getAmount");
        char field[60], theirs[70], ours[70] = "", day[11];
        const struct corpus_statement *found =
            find_statement(file, corpus_string(record, "getId"),
                           corpus_string(corpus_get(money, "getCurrency"), "getCode"));
        money_of(money, theirs);
        snprintf(field, sizeof field, "balance %s", corpus_string(balance, "getType"));
        for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
            if (strcmp(known[i].type, corpus_string(balance, "getType")) || !found)
                continue;
            const char *base = (const char *)&found->statement;
            if (known[i].day) {
                day_of(corpus_get(balance, "getDate"), day);
                snprintf(theirs + strlen(theirs), 12, " %s", day);
                our_day(*(const int *)(base + known[i].day), day);
            }
            if (*(const bool *)(base + known[i].has))
                snprintf(ours, sizeof ours, "%lld %s%s%s",
                         (long long)*(const int64_t *)(base + known[i].amount),
                         found->statement.currency, known[i].day ? " " : "",
                         known[i].day ? day : "");
        }
        corpus_differ(file->path, field, theirs, ours);
    }
}

static void compare_record(const struct corpus_file *file, const cJSON *record)
{
    const struct corpus_statement *found = find_statement(file, corpus_string(record, "getId"), "");
    const char *sequence = corpus_string(record, "getElectronicSequenceNumber");
    char ours[24];
    corpus_differ(file->path, "record id", corpus_string(record, "getId"),
                  found ? found->reference : "");
    if (!found)
        return;
    corpus_differ(file->path, "record account",
                  corpus_string(corpus_get(record, "getAccount"), "getIdentification"),
                  found->account);
    if (!*sequence)
        sequence = corpus_string(record, "getLegalSequenceNumber");
    snprintf(ours, sizeof ours, "%d", found->statement.number);
    corpus_differ(file->path, "record sequence", *sequence ? sequence : "-1", ours);
    snprintf(ours, sizeof ours, "%d", found->statement.page);
    const char *page = corpus_string(corpus_get(record, "getPagination"), "getPageNumber");
    corpus_differ(file->path, "record page", *page ? page : "-1", ours);
    compare_balances(file, record);
}

/* Their references in the order that ours is chosen by. */
static const char *reference_of(const cJSON *entry, const cJSON *detail)
{
    static const char *const order[] = {"getEndToEndId", "getUuidEndToEndReference",
                                        "getTransactionId", "getInstructionId",
                                        "getAccountServicerReference"};
    const cJSON *references = corpus_get(detail, "getReference");
    for (size_t i = 0; i < ARRAY_LENGTH(order); i++)
        if (*corpus_string(references, order[i]) &&
            strcmp(corpus_string(references, order[i]), "NOTPROVIDED"))
            return corpus_string(references, order[i]);
    if (*corpus_string(entry, "getBatchPaymentId"))
        return corpus_string(entry, "getBatchPaymentId");
    if (*corpus_string(entry, "getAccountServicerReference"))
        return corpus_string(entry, "getAccountServicerReference");
    return corpus_string(corpus_get(corpus_get(detail, "getRemittanceInformation"),
                                    "getCreditorReferenceInformation"),
                         "getRef");
}

static void code_of(const cJSON *code, char made[60])
{
    const cJSON *domain = corpus_get(code, "getDomain"), *family = corpus_get(domain, "getFamily");
    if (domain)
        snprintf(made, 60, "%.18s-%.18s-%.18s", corpus_string(domain, "getCode"),
                 corpus_string(family, "getCode"), corpus_string(family, "getSubFamilyCode"));
    else
        snprintf(made, 60, "%.50s", corpus_string(corpus_get(code, "getProprietary"), "getCode"));
}

/* The other party: the debtor of a credit, the creditor of a debit. */
static const char *party_of(const cJSON *entry, const cJSON *detail)
{
    const char *wanted = !strcmp(corpus_string(entry, "getCreditDebitIndicator"), "CRDT")
                             ? "\\Debtor" : "\\Creditor";
    const cJSON *party;
    cJSON_ArrayForEach(party, corpus_get(detail, "getRelatedParties")) {
        const cJSON *type = corpus_get(party, "getRelatedPartyType");
        const char *class = corpus_string(type, "__CLASS__"), *last = strrchr(class, '\\');
        if (last && !strcmp(last, wanted))
            return corpus_string(type, "getName");
    }
    return "";
}

static void compare_item(const struct corpus_file *file, const cJSON *entry,
                         const struct corpus_item *item, const char *currency)
{
    const cJSON *detail = corpus_get(entry, "getTransactionDetail");
    char theirs[64], ours[64];
    money_of(corpus_get(entry, "getAmount"), theirs);
    snprintf(ours, sizeof ours, "%lld %s", (long long)item->item.amount, currency);
    corpus_differ(file->path, "entry amount", theirs, ours);
    day_of(corpus_get(entry, "getBookingDate"), theirs);
    our_day(item->item.book_date, ours);
    corpus_differ(file->path, "entry booking date", theirs, ours);
    day_of(corpus_get(entry, "getValueDate"), theirs);
    our_day(item->item.value_date, ours);
    corpus_differ(file->path, "entry value date", theirs, ours);
    corpus_differ(file->path, "entry reversal",
                  cJSON_IsTrue(corpus_get(entry, "getReversalIndicator")) ? "true" : "false",
                  item->item.reversal ? "true" : "false");
    corpus_differ(file->path, "entry reference", corpus_string(entry, "getReference"), item->id);
    corpus_differ(file->path, "entry account servicer reference",
                  corpus_string(entry, "getAccountServicerReference"), item->bank_reference);
    code_of(corpus_get(entry, "getBankTransactionCode"), theirs);
    corpus_differ(file->path, "entry code", theirs, item->kind);
    corpus_differ(file->path, "detail reference", reference_of(entry, detail), item->reference);
    const char *message =
        corpus_string(corpus_get(detail, "getRemittanceInformation"), "getMessage");
    corpus_differ(file->path, "detail message",
                  *message ? message : corpus_string(entry, "getAdditionalInfo"), item->narrative);
    corpus_differ(file->path, "detail party", party_of(entry, detail), item->counterparty);
    snprintf(theirs, sizeof theirs, "%d",
             cJSON_GetArraySize(corpus_get(entry, "getTransactionDetails")));
    snprintf(ours, sizeof ours, "%llu",
             item->item.batch_count ? (unsigned long long)item->item.batch_count
             : strcmp(theirs, "0")  ? 1ull : 0ull);
    corpus_differ(file->path, "entry details", theirs, ours);
}

static void compare_entry(const struct corpus_file *file, const cJSON *entry)
{
    const cJSON *record = corpus_get(entry, "getRecord");
    const char *currency =
        corpus_string(corpus_get(corpus_get(entry, "getAmount"), "getCurrency"), "getCode");
    const struct corpus_statement *found =
        find_statement(file, corpus_string(record, "getId"), currency);
    compare_record(file, record);
    if (!found) {
        corpus_differ(file->path, "entry", currency, "");
        return;
    }
    if (strcmp(corpus_string(entry, "getStatus"), "BOOK")) {
        char pending[24];
        snprintf(pending, sizeof pending, "%llu",
                 (unsigned long long)found->statement.pending_count);
        corpus_differ(file->path, "entry not booked", "1", pending);
        return;
    }
    const struct corpus_item *item = find_item(file, found->statement.position,
                                               corpus_get(entry, "getIndex")->valueint);
    if (item)
        compare_item(file, entry, item, found->statement.currency);
    else
        corpus_differ(file->path, "entry", currency, "");
}

void corpus_camt(const struct corpus_file *file, const char *json)
{
    char *dumped = corpus_text(json), theirs[24], ours[24];
    if (!dumped)
        return;
    cJSON *root = cJSON_Parse(dumped);
    const cJSON *entry, *record;
    size_t pending = 0;
    for (size_t i = 0; i < file->statement_count; i++)
        pending += file->statements[i].statement.pending_count;
    snprintf(theirs, sizeof theirs, "%d", cJSON_GetArraySize(corpus_get(root, "getEntries")));
    snprintf(ours, sizeof ours, "%zu", file->item_count + pending);
    if (!root)
        corpus_differ(file->path, "json", "readable", "not readable");
    else if (file->read)
        corpus_differ(file->path, "entries", theirs, ours);
    if (file->read) {
        cJSON_ArrayForEach(entry, corpus_get(root, "getEntries"))
            compare_entry(file, entry);
        cJSON_ArrayForEach(record, corpus_get(root, "getRecords"))
            if (cJSON_IsObject(record))
                compare_record(file, record);
    }
    cJSON_Delete(root);
    free(dumped);
}
