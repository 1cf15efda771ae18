#include "base/alloc.h"
#include "base/language.h"
#include "base/money.h"
#include "reconcile/control.h"
#include "reconcile/formats/camt_parse.h"
#include "reconcile/formats/narrative.h"

#include <stdlib.h>
#include <string.h>

enum { MEMORY_HELD = 4 << 20 }; /* bytes of texts that wait for the end of an entry */

static void clear_facts(struct camt_facts *facts, uint64_t line)
{
    memset(facts, 0, sizeof *facts);
    facts->line = line;
}

void camt_entry_start(struct camt *camt)
{
    struct camt_entry *entry = &camt->entry;
    buffer_clear(&entry->memory);
    clear_facts(&entry->own, camt_line(camt));
    entry->mark = entry->count = 0;
    entry->details = entry->batch_number = 0;
    entry->detail_sum = entry->charges = 0;
    entry->in_detail = entry->unusable = entry->streaming = entry->reversal = false;
    entry->status_given = false;
    entry->booked = camt->kind != STATEMENT_INTERIM;
    entry->currency[0] = '\0';
    entry->value_date = entry->book_date = ITEM_NO_DATE;
    entry->book = NULL;
}

void camt_entry_detail_start(struct camt *camt)
{
    struct camt_entry *entry = &camt->entry;
    if (!entry->count)
        entry->mark = entry->memory.length;
    clear_facts(&entry->detail, camt_line(camt));
    entry->in_detail = true;
}

bool camt_entry_text(struct camt *camt, enum camt_slot slot, struct slice text)
{
    struct camt_entry *entry = &camt->entry;
    struct camt_span *span = &(entry->in_detail ? &entry->detail : &entry->own)->slot[slot];
    size_t at = entry->memory.length;
    if (!text.length)
        return true;
    if (at + span->length + text.length > (size_t)MEMORY_HELD * 4)
        return camt_refuse(camt, "Ntry", _("the entry holds more than 16 MiB of text"));
    if (span->length) {
        /* The text so far may move while the memory grows. */
        char *before = xstrndup(entry->memory.data + span->at, span->length);
        buffer_add_bytes(&entry->memory, before, span->length);
        buffer_add_char(&entry->memory, ' ');
        free(before);
    }
    buffer_add_bytes(&entry->memory, text.text, text.length);
    span->at = (uint32_t)at;
    span->length = (uint32_t)(entry->memory.length - at);
    return true;
}

bool camt_entry_detail_amount(struct camt *camt, int rank, struct slice text)
{
    struct camt_facts *detail = &camt->entry.detail;
    if (rank <= detail->rank || !camt->currency[0] ||
        memcmp(camt->currency, camt->entry.currency, 3))
        return true;
    detail->rank = rank;
    return camt_amount(camt, "TxDtls/Amt", text, camt->currency, &detail->amount);
}

static struct slice text_of(const struct camt_entry *entry, const struct camt_facts *facts,
                            enum camt_slot slot)
{
    struct camt_span span = facts->slot[slot];
    return (struct slice){buffer_text(&entry->memory) + span.at, span.length};
}

/* The detail's text, else the entry's; `detail` may be NULL. */
static struct slice either(const struct camt_entry *entry, const struct camt_facts *detail,
                           enum camt_slot slot)
{
    if (detail && detail->slot[slot].length)
        return text_of(entry, detail, slot);
    return text_of(entry, &entry->own, slot);
}

static struct slice first_reference(const struct camt_entry *entry,
                                    const struct camt_facts *detail, bool batch)
{
    static const enum camt_slot order[] = {
        CAMT_END_TO_END,       CAMT_UETR,          CAMT_TRANSACTION_ID,    CAMT_INSTRUCTION_ID,
        CAMT_PAYMENT_ID,       CAMT_BATCH_PAYMENT_ID, CAMT_BATCH_MESSAGE_ID,
        CAMT_SERVICER_REFERENCE, CAMT_STRUCTURED_REFERENCE};
    for (size_t i = 0; i < ARRAY_LENGTH(order); i++) {
        bool of_batch = order[i] == CAMT_PAYMENT_ID || order[i] == CAMT_BATCH_PAYMENT_ID ||
                        order[i] == CAMT_BATCH_MESSAGE_ID;
        struct slice text = either(entry, detail, order[i]);
        bool many = order[i] == CAMT_STRUCTURED_REFERENCE && text.length > ITEM_REFERENCE_LIMIT;
        if ((!of_batch || batch) && !many && !narrative_no_reference(text))
            return text; /* a long list of invoices stands in the narrative */
    }
    return (struct slice){"", 0};
}

static struct slice batch_reference(const struct camt_entry *entry,
                                    const struct camt_facts *detail)
{
    static const enum camt_slot order[] = {CAMT_BATCH_PAYMENT_ID, CAMT_PAYMENT_ID,
                                           CAMT_BATCH_MESSAGE_ID};
    for (size_t i = 0; i < ARRAY_LENGTH(order); i++)
        if (either(entry, detail, order[i]).length)
            return either(entry, detail, order[i]);
    return text_of(entry, &entry->own, CAMT_SERVICER_REFERENCE);
}

static struct slice bank_reference(const struct camt_entry *entry,
                                   const struct camt_facts *detail)
{
    struct slice text = either(entry, detail, CAMT_SERVICER_REFERENCE);
    if (narrative_no_reference(text))
        text = either(entry, detail, CAMT_CLEARING_REFERENCE);
    return narrative_no_reference(text) ? (struct slice){"", 0} : text;
}

/* Who paid us, or whom we paid; a reversal names the parties of the line it takes back. */
static struct slice counterparty(const struct camt_entry *entry, const struct camt_facts *detail,
                                 int64_t amount)
{
    bool in = (amount > 0) != entry->reversal;
    const enum camt_slot order[] = {in ? CAMT_DEBTOR_NAME : CAMT_CREDITOR_NAME,
                                    in ? CAMT_ULTIMATE_DEBTOR_NAME : CAMT_ULTIMATE_CREDITOR_NAME};
    struct slice name = either(entry, detail, order[0]);
    return name.length ? name : either(entry, detail, order[1]);
}

static struct slice code_of(struct camt *camt, const struct camt_facts *detail)
{
    static const enum camt_slot parts[] = {CAMT_DOMAIN_CODE, CAMT_FAMILY_CODE,
                                           CAMT_SUBFAMILY_CODE};
    const struct camt_entry *entry = &camt->entry;
    buffer_clear(&camt->code);
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        struct slice part = either(entry, detail, parts[i]);
        if (part.length && camt->code.length)
            buffer_add_char(&camt->code, '-');
        buffer_add_bytes(&camt->code, part.text, part.length);
    }
    if (!camt->code.length)
        return either(entry, detail, CAMT_PROPRIETARY_CODE);
    return (struct slice){camt->code.data, camt->code.length};
}

static bool is_blank(const struct slice text, size_t at)
{
    return (unsigned char)text.text[at] <= ' ';
}

/* Control characters and several blanks become one blank. */
static void add_words(struct buffer *narrative, struct slice text)
{
    if (text.length && narrative->length)
        buffer_add_char(narrative, ' ');
    for (size_t at = 0, end; at < text.length; at = end) {
        bool blank = is_blank(text, at);
        for (end = at + 1; end < text.length && is_blank(text, end) == blank;)
            end++;
        if (!blank)
            buffer_add_bytes(narrative, text.text + at, end - at);
        else if (narrative->length && narrative->data[narrative->length - 1] != ' ')
            buffer_add_char(narrative, ' ');
    }
}

/* Remittance information in the order of the message; else what is said about the entry. */
static struct slice narrative_of(struct camt *camt, const struct camt_facts *detail)
{
    const struct camt_entry *entry = &camt->entry;
    buffer_clear(&camt->narrative);
    add_words(&camt->narrative, either(entry, detail, CAMT_UNSTRUCTURED));
    add_words(&camt->narrative, either(entry, detail, CAMT_STRUCTURED_REFERENCE));
    add_words(&camt->narrative, either(entry, detail, CAMT_STRUCTURED_TEXT));
    if (detail)
        add_words(&camt->narrative, text_of(entry, detail, CAMT_INFORMATION));
    if (!camt->narrative.length)
        add_words(&camt->narrative, text_of(entry, &entry->own, CAMT_INFORMATION));
    return (struct slice){buffer_text(&camt->narrative), camt->narrative.length};
}

/* Hands over one line: the entry as a whole, or one of its details. */
static bool give_item(struct camt *camt, const struct camt_facts *detail, int64_t amount,
                      uint64_t batch_count)
{
    struct camt_entry *entry = &camt->entry;
    struct statement *statement = &entry->book->statement;
    bool batch = batch_count > 0, parts = detail && entry->details > 1;
    struct item item = {.statement = statement->position,
                        .line = detail ? detail->line : entry->own.line,
                        .amount = amount,
                        .value_date = entry->value_date,
                        .book_date = entry->book_date,
                        .source_id = parts ? (struct slice){"", 0}
                                           : text_of(entry, &entry->own, CAMT_ENTRY_REFERENCE),
                        .kind = code_of(camt, detail),
                        .reference = first_reference(entry, detail, batch),
                        .bank_reference = bank_reference(entry, detail),
                        .counterparty = counterparty(entry, detail, amount),
                        .narrative = narrative_of(camt, detail),
                        .reversal = entry->reversal,
                        .batch = batch || entry->details > 1 ? batch_reference(entry, detail)
                                                             : (struct slice){"", 0},
                        .batch_count = batch_count};
    statement->item_count++;
    if (__builtin_add_overflow(statement->movement, amount, &statement->movement))
        return camt_refuse(camt, "Ntry", _("the sum of the lines exceeds 64 bits"));
    return camt->sink->item(camt->sink->context, &item, camt->error);
}

static int64_t signed_amount(const struct camt_entry *entry, const struct camt_facts *detail)
{
    return detail->amount * (detail->sign ? detail->sign : entry->own.sign);
}

/* Frees the texts behind the mark; the entry's own among them are given up. */
static void forget_details(struct camt_entry *entry)
{
    entry->count = 0;
    entry->memory.length = entry->mark;
    for (int i = 0; i < CAMT_SLOTS; i++)
        if (entry->own.slot[i].at >= entry->mark)
            entry->own.slot[i].length = 0;
}

static bool give_details(struct camt *camt)
{
    struct camt_entry *entry = &camt->entry;
    for (size_t i = 0; i < entry->count; i++)
        if (!give_item(camt, &entry->held[i], signed_amount(entry, &entry->held[i]), 0))
            return false;
    forget_details(entry);
    return true;
}

static bool prepare(struct camt *camt);

/* Too many details to wait for the end of the entry: they are lines, whatever they sum to. */
static bool stream_details(struct camt *camt)
{
    struct camt_entry *entry = &camt->entry;
    if (entry->count < CAMT_DETAILS_HELD && entry->memory.length < MEMORY_HELD &&
        !entry->streaming)
        return true;
    entry->streaming = true;
    return prepare(camt) && give_details(camt);
}

static bool hold_detail(struct camt *camt)
{
    struct camt_entry *entry = &camt->entry;
    if (__builtin_add_overflow(entry->detail_sum, signed_amount(entry, &entry->detail),
                               &entry->detail_sum))
        return camt_refuse(camt, "TxDtls", _("the sum of the lines exceeds 64 bits"));
    ARRAY_RESERVE(entry->held, entry->count, entry->capacity);
    entry->held[entry->count++] = entry->detail;
    return entry->details == 1 || stream_details(camt);
}

bool camt_entry_detail_end(struct camt *camt)
{
    struct camt_entry *entry = &camt->entry;
    entry->in_detail = false;
    entry->details++;
    if (entry->booked && !entry->unusable && entry->details > 1 &&
        (!entry->detail.rank || (entry->details == 2 && !entry->held[0].rank))) {
        if (entry->streaming)
            return camt_refuse(camt, "TxDtls",
                               _("a detail of a large batch has no amount in its currency"));
        entry->unusable = true;
    }
    if (!entry->booked || entry->unusable) {
        forget_details(entry);
        return true;
    }
    return hold_detail(camt);
}

/* What every entry needs, checked when its own elements have been read. An entry without any date
 * takes the day of the closing balance, the end of the period or the day of the statement. */
static bool prepare(struct camt *camt)
{
    struct camt_entry *entry = &camt->entry;
    if (entry->book)
        return true;
    if (!entry->currency[0])
        return camt_refuse(camt, "Ntry/Amt", _("the entry has no amount with a currency"));
    if (!entry->own.sign)
        return camt_refuse(camt, "Ntry/CdtDbtInd", _("the entry is neither CRDT nor DBIT"));
    entry->book = camt_statement_book(camt, entry->currency);
    if (!entry->book)
        return false;
    const int days[] = {entry->value_date, entry->book_date, entry->book->closing_date,
                        camt->statement.to, camt->statement.created};
    for (size_t i = 0; i < ARRAY_LENGTH(days) && entry->value_date == ITEM_NO_DATE; i++)
        entry->value_date = days[i];
    return !entry->booked || entry->value_date != ITEM_NO_DATE ||
           camt_refuse(camt, "Ntry/ValDt", _("neither the entry nor its statement has a date"));
}

static bool report_line(struct camt *camt, enum control_kind kind, const char *label,
                        int64_t expected, int64_t found)
{
    struct camt_book *book = camt->entry.book;
    struct control control = {.statement = book->statement.position,
                              .kind = kind,
                              .expected = expected,
                              .found = found,
                              .line = camt->entry.own.line,
                              .label = {label, strlen(label)}};
    if (expected == found || book->balance_faults[kind]++ >= CONTROL_LINES)
        return true;
    if (control_is_amount(kind))
        memcpy(control.currency, book->statement.currency, 4);
    return control_report(camt->sink, &control, camt->error);
}

/* Charges may stand between the payments of a batch and what is booked for them. */
static bool explained(const struct camt_entry *entry, int64_t amount)
{
    int64_t difference;
    return !__builtin_sub_overflow(entry->detail_sum, amount, &difference) &&
           (difference == entry->charges || difference == -entry->charges);
}

static bool give_batch(struct camt *camt, int64_t amount)
{
    struct camt_entry *entry = &camt->entry;
    if (entry->batch_number && !report_line(camt, CONTROL_BATCH_COUNT, "Btch/NbOfTxs",
                                            (int64_t)entry->batch_number,
                                            (int64_t)entry->details))
        return false;
    if (entry->streaming || (!entry->unusable && entry->detail_sum == amount))
        return give_details(camt) &&
               report_line(camt, CONTROL_BATCH_SUM, "Ntry/Amt", amount, entry->detail_sum);
    if (!entry->unusable && !explained(entry, amount) &&
        !report_line(camt, CONTROL_BATCH_SUM, "Ntry/Amt", amount, entry->detail_sum))
        return false;
    return give_item(camt, NULL, amount, entry->details);
}

static bool count_entry(struct camt *camt, int64_t amount)
{
    struct camt_statement *statement = &camt->statement;
    const int side = amount < 0 || (!amount && camt->entry.own.sign < 0) ? 2 : 1;
    statement->count[0]++;
    statement->count[side]++;
    if (__builtin_add_overflow(statement->sum[0], llabs(amount), &statement->sum[0]))
        return camt_refuse(camt, "Ntry", _("the sum of the lines exceeds 64 bits"));
    statement->sum[side] += llabs(amount);
    return true;
}

bool camt_entry_end(struct camt *camt)
{
    struct camt_entry *entry = &camt->entry;
    if (!prepare(camt))
        return false;
    int64_t amount = entry->own.amount * entry->own.sign;
    struct statement *statement = &entry->book->statement;
    if (!count_entry(camt, amount))
        return false;
    if (!entry->booked) {
        statement->pending_count++;
        return !__builtin_add_overflow(statement->pending_sum, amount, &statement->pending_sum) ||
               camt_refuse(camt, "Ntry", _("the sum of the lines exceeds 64 bits"));
    }
    if (entry->details > 1)
        return give_batch(camt, amount);
    return give_item(camt, entry->details ? &entry->held[0] : NULL, amount,
                     entry->batch_number > 1 ? entry->batch_number : 0);
}
