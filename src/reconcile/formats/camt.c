#include "reconcile/formats/camt.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/language.h"
#include "base/money.h"
#include "reconcile/formats/camt_parse.h"
#include "reconcile/xml_reason.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool camt_refuse(struct camt *camt, const char *field, const char *what)
{
    camt->failed = true;
    return source_refuse_at(camt->source, XML_GetCurrentLineNumber(camt->parser),
                            camt->start + (uint64_t)XML_GetCurrentByteIndex(camt->parser), field,
                            _("Ask the bank for the file again; nothing was imported."),
                            camt->error, "%s", what);
}

/* Counted by hand: the parser's own count costs as much as the parsing. */
uint64_t camt_line(struct camt *camt)
{
    uint64_t index = (uint64_t)XML_GetCurrentByteIndex(camt->parser);
    if (index < camt->index)
        return XML_GetCurrentLineNumber(camt->parser);
    const char *at = camt->block + (camt->index - camt->block_index);
    const char *end = camt->block + (index - camt->block_index);
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        camt->line++;
        at++;
    }
    camt->index = index;
    return camt->line;
}

bool camt_amount(struct camt *camt, const char *field, struct slice text, const char *currency,
                 int64_t *minor)
{
    bool plain = text.length > 0;
    for (size_t i = 0; i < text.length; i++)
        plain = plain && (isdigit((unsigned char)text.text[i]) || text.text[i] == '.');
    if (!plain)
        return camt_refuse(camt, field, _("an amount is digits with at most one point"));
    return money_parse(text.text, text.length, '.', money_digits(currency), minor) ||
           camt_refuse(camt, field,
                       _("the amount is too large or has decimals that its currency does not"));
}

static int number_at(const char *text, int digits)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (!isdigit((unsigned char)text[i]))
            return -1;
        value = value * 10 + text[i] - '0';
    }
    return value;
}

/* The day of an ISODate or ISODateTime as it is written, without regard to its time zone. */
static bool take_day(struct camt *camt, const char *field, struct slice text, int *day)
{
    const char *at = text.text;
    return (text.length >= 10 && at[4] == '-' && at[7] == '-' &&
            (text.length == 10 || strchr("TZ+-", at[10])) &&
            date_from_civil(number_at(at, 4), number_at(at + 5, 2), number_at(at + 8, 2), day)) ||
           camt_refuse(camt, field, _("no date YYYY-MM-DD that exists"));
}

static bool take_item_day(struct camt *camt, const char *field, struct slice text, int *day)
{
    return take_day(camt, field, text, day) &&
           (item_is_day(*day) || camt_refuse(camt, field, _("no year that a movement can be of")));
}

static bool is(struct slice text, const char *word)
{
    return text.length == strlen(word) && !memcmp(text.text, word, text.length);
}

/* CRDT is 1, DBIT is -1. */
static bool take_sign(struct camt *camt, struct slice text, int *sign)
{
    *sign = is(text, "CRDT") ? 1 : -1;
    return *sign > 0 || is(text, "DBIT") ||
           camt_refuse(camt, "CdtDbtInd", _("the indicator is neither CRDT nor DBIT"));
}

/* A number that identifies a page or a statement; -1 when it is none or too large to compare. */
static int sequence(struct slice text)
{
    int64_t value = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (!isdigit((unsigned char)text.text[i]) || i >= 18)
            return -1;
        value = value * 10 + text.text[i] - '0';
    }
    return text.length && value <= INT_MAX ? (int)value : -1;
}

static bool count_of(struct camt *camt, const char *field, struct slice text, int64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (!isdigit((unsigned char)text.text[i]) || i >= 15)
            return camt_refuse(camt, field, _("a whole number is expected"));
        *value = *value * 10 + text.text[i] - '0';
    }
    return text.length || camt_refuse(camt, field, _("a whole number is expected"));
}

static void keep(char *target, size_t size, struct slice text)
{
    size_t length = text.length < size ? text.length : size - 1;
    while (length < text.length && length && ((unsigned char)text.text[length] & 0xC0) == 0x80)
        length--; /* not inside a character */
    memcpy(target, text.text, length);
    target[length] = '\0';
}

static bool currency_code(struct camt *camt, const char *field, struct slice text, char code[4])
{
    if (text.length != 3 || !isupper((unsigned char)text.text[0]) ||
        !isupper((unsigned char)text.text[1]) || !isupper((unsigned char)text.text[2]))
        return camt_refuse(camt, field, _("a currency code of three capitals is expected"));
    memcpy(code, text.text, 3);
    code[3] = '\0';
    return true;
}

static bool take_balance(struct camt *camt, enum camt_place place, struct slice text)
{
    struct camt_statement *statement = &camt->statement;
    switch (place) {
    case CAMT_BALANCE_CODE: keep(statement->balance.code, sizeof statement->balance.code, text);
        return true;
    case CAMT_BALANCE_AMOUNT:
        statement->balance.has_amount = true;
        memcpy(statement->balance.currency, camt->currency, 4);
        return camt_amount(camt, "Bal/Amt", text, camt->currency, &statement->balance.amount);
    case CAMT_BALANCE_SIGN: return take_sign(camt, text, &statement->balance.sign);
    default: return take_day(camt, "Bal/Dt", text, &statement->balance.day);
    }
}

static bool take_total(struct camt *camt, enum camt_place place, enum camt_place of,
                       struct slice text)
{
    struct camt_statement *statement = &camt->statement;
    struct camt_total *total = &statement->total[of - CAMT_ALL];
    total->line = camt_line(camt);
    if (place == CAMT_NUMBER_OF) {
        total->counted = true;
        return count_of(camt, "NbOfNtries", text, &total->count);
    }
    keep(place == CAMT_SUM_OF ? total->sum : statement->net, sizeof total->sum, text);
    return true;
}

static bool take_statement(struct camt *camt, enum camt_place place, enum camt_place of,
                           struct slice text)
{
    struct camt_statement *statement = &camt->statement;
    struct camt_book *book;
    char currency[4];
    switch (place) {
    case CAMT_PAGE_NUMBER:
        *(of == CAMT_PAGINATION ? &camt->message_page : &statement->page) = sequence(text);
        return true;
    case CAMT_LAST_PAGE:
        *(of == CAMT_PAGINATION ? &camt->message_more : &statement->more_pages) =
            is(text, "false") || is(text, "0");
        return true;
    case CAMT_STATEMENT_ID: keep(statement->id, sizeof statement->id, text); return true;
    case CAMT_SEQUENCE: statement->sequence = sequence(text); return true;
    case CAMT_LEGAL_SEQUENCE: statement->legal_sequence = sequence(text); return true;
    case CAMT_CREATED: return take_day(camt, "CreDtTm", text, &statement->created);
    case CAMT_FROM: return take_day(camt, "FrToDt", text, &statement->from);
    case CAMT_TO: return take_day(camt, "FrToDt", text, &statement->to);
    case CAMT_ACCOUNT_NUMBER:
        keep(statement->account, sizeof statement->account, text);
        return true;
    case CAMT_ACCOUNT_CURRENCY:
        book = currency_code(camt, "Acct/Ccy", text, currency)
                   ? camt_statement_book(camt, currency) : NULL;
        return book != NULL;
    case CAMT_NUMBER_OF:
    case CAMT_SUM_OF:
    case CAMT_NET_OF: return take_total(camt, place, of, text);
    default: return take_balance(camt, place, text);
    }
}

static bool take_status(struct camt *camt, struct slice text)
{
    struct camt_entry *entry = &camt->entry;
    if (text.length || !entry->status_given)
        entry->booked = is(text, "BOOK");
    entry->status_given |= text.length > 0;
    return true;
}

static bool take_charges(struct camt *camt, struct slice text)
{
    struct camt_entry *entry = &camt->entry;
    int64_t amount;
    if (memcmp(camt->currency, entry->currency, 4))
        return true;
    return camt_amount(camt, "TtlChrgsAndTaxAmt", text, camt->currency, &amount) &&
           (!__builtin_add_overflow(entry->charges, amount, &entry->charges) ||
            camt_refuse(camt, "TtlChrgsAndTaxAmt", _("the amount exceeds 64 bits")));
}

static bool take_entry(struct camt *camt, enum camt_place place, struct slice text)
{
    struct camt_entry *entry = &camt->entry;
    int64_t number;
    switch (place) {
    case CAMT_AMOUNT:
        if (entry->currency[0])
            return camt_refuse(camt, "Ntry/Amt", _("it stands in the entry twice"));
        memcpy(entry->currency, camt->currency, 4);
        return camt_amount(camt, "Ntry/Amt", text, camt->currency, &entry->own.amount);
    case CAMT_REVERSAL: entry->reversal = is(text, "true") || is(text, "1"); return true;
    case CAMT_STATUS: return take_status(camt, text);
    case CAMT_BOOKING_DAY: return take_item_day(camt, "BookgDt", text, &entry->book_date);
    case CAMT_VALUE_DAY: return take_item_day(camt, "ValDt", text, &entry->value_date);
    case CAMT_CHARGE_TOTAL: return take_charges(camt, text);
    case CAMT_BATCH_NUMBER:
        if (!count_of(camt, "NbOfTxs", text, &number))
            return false;
        entry->batch_number += (uint64_t)number;
        return true;
    case CAMT_DETAIL_AMOUNT: return camt_entry_detail_amount(camt, 4, text);
    case CAMT_TRANSACTION_AMOUNT: return camt_entry_detail_amount(camt, 3, text);
    case CAMT_COUNTER_AMOUNT: return camt_entry_detail_amount(camt, 2, text);
    case CAMT_INSTRUCTED_AMOUNT: return camt_entry_detail_amount(camt, 1, text);
    default: return take_sign(camt, text, &entry->detail.sign);
    }
}

/* The text of an element is complete; `of` is the place around it. */
static bool take_text(struct camt *camt, const struct camt_step *step, enum camt_place of)
{
    struct slice text = slice_trim(camt->text, camt->text_length);
    enum camt_place place = step->to;
    if (place == CAMT_TEXT)
        return camt_entry_text(camt, step->slot, text);
    if (place == CAMT_SIGN && of == CAMT_ENTRY && camt->entry.own.sign)
        return camt_refuse(camt, "Ntry/CdtDbtInd", _("it stands in the entry twice"));
    if (place == CAMT_SIGN)
        return take_sign(camt, text,
                         of == CAMT_ENTRY ? &camt->entry.own.sign : &camt->statement.net_sign);
    return place < CAMT_ENTRY ? take_statement(camt, place, of, text)
                              : take_entry(camt, place, text);
}

static bool end_place(struct camt *camt, enum camt_place place)
{
    switch (place) {
    case CAMT_STATEMENT: return camt_statement_end(camt);
    case CAMT_BALANCE: return camt_statement_balance_end(camt);
    case CAMT_ENTRY: return camt_entry_end(camt);
    case CAMT_DETAIL: return camt_entry_detail_end(camt);
    default: return true;
    }
}

static void start_place(struct camt *camt, enum camt_place place)
{
    switch (place) {
    case CAMT_STATEMENT: camt_statement_start(camt); break;
    case CAMT_BALANCE: camt_statement_balance_start(camt); break;
    case CAMT_ENTRY: camt_entry_start(camt); break;
    case CAMT_DETAIL: camt_entry_detail_start(camt); break;
    default: break;
    }
}

static void start_message(struct camt *camt, const char *name)
{
    camt->kind = strstr(name, "Ntfctn") ? STATEMENT_ADVICE
                 : strstr(name, "AcctRpt") ? STATEMENT_INTERIM
                                           : STATEMENT_BOOKED;
    camt->in_message = true;
    camt->message_page = -1;
    camt->message_more = false;
}

/* Attribute Ccy: every amount that counts has one. */
static bool read_currency(struct camt *camt, const struct camt_step *step, const char **attributes)
{
    bool needed = step->to == CAMT_AMOUNT || step->to == CAMT_BALANCE_AMOUNT;
    camt->currency[0] = '\0';
    for (; attributes[0]; attributes += 2)
        if (!strcmp(attributes[0], "Ccy"))
            return currency_code(camt, step->name,
                                 (struct slice){attributes[1], strlen(attributes[1])},
                                 camt->currency);
    return !needed || camt_refuse(camt, step->name, _("the amount names no currency (Ccy)"));
}

static enum camt_place place_of(const struct camt *camt)
{
    return camt->depth ? camt->path[camt->depth - 1]->to : CAMT_ROOT;
}

static void stop(struct camt *camt)
{
    camt->failed = true;
    XML_StopParser(camt->parser, XML_FALSE);
}

static void XMLCALL start_element(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct camt *camt = context;
    if (camt->failed)
        return;
    if (camt->passed) {
        camt->passed++;
        return;
    }
    const char *local = name, *end = name;
    for (; *end; end++)
        if (*end == ':')
            local = end + 1;
    const struct camt_step *step = camt_place_step(place_of(camt), local, (size_t)(end - local));
    if (!step || camt->depth == CAMT_DEPTH) {
        camt->passed++;
        return;
    }
    camt->path[camt->depth++] = step;
    camt->wants_text = step->text;
    camt->text_length = 0;
    if (step->to == CAMT_MESSAGE)
        start_message(camt, local);
    start_place(camt, step->to);
    if (step->text && !read_currency(camt, step, attributes))
        stop(camt);
}

static void XMLCALL end_element(void *context, const XML_Char *name)
{
    struct camt *camt = context;
    (void)name;
    if (camt->failed)
        return;
    if (camt->passed) {
        camt->passed--;
        return;
    }
    const struct camt_step *step = camt->path[--camt->depth];
    enum camt_place of = place_of(camt);
    if (!(step->text ? take_text(camt, step, of) : end_place(camt, step->to)))
        stop(camt);
    camt->wants_text = false;
    camt->text_length = 0;
}

static void XMLCALL take_characters(void *context, const XML_Char *text, int length)
{
    struct camt *camt = context;
    if (!camt->wants_text || camt->failed || camt->passed)
        return;
    if (camt->text_length + (size_t)length > CAMT_TEXT_LIMIT) {
        camt_refuse(camt, camt->path[camt->depth - 1]->name,
                    _("the element is longer than 64 KiB"));
        stop(camt);
        return;
    }
    memcpy(camt->text + camt->text_length, text, (size_t)length);
    camt->text_length += (size_t)length;
}

/* A document type may declare entities that grow or reach outside: no statement has one. */
static void XMLCALL refuse_doctype(void *context, const XML_Char *name, const XML_Char *system,
                                   const XML_Char *public, int internal)
{
    struct camt *camt = context;
    (void)name, (void)system, (void)public, (void)internal;
    camt_refuse(camt, "DOCTYPE", _("a document type is not accepted"));
    stop(camt);
}

static bool refuse_xml(struct camt *camt)
{
    char what[200];
    if (camt->failed)
        return false;
    snprintf(what, sizeof what, _("the XML is broken or truncated (%s)"),
             xml_reason(XML_GetErrorCode(camt->parser)));
    return camt_refuse(camt, NULL, what);
}

static bool feed(struct camt *camt)
{
    struct slice block;
    while (source_block(camt->source, &block, camt->error)) {
        struct slice text = source_text(camt->source, block);
        camt->block = text.text;
        camt->line = source_line(camt->source);
        camt->index = camt->block_index;
        if (!camt->index)
            camt->start = source_offset(camt->source);
        if (XML_Parse(camt->parser, text.text, (int)text.length, XML_FALSE) != XML_STATUS_OK)
            return refuse_xml(camt);
        camt->block_index += text.length;
    }
    if (camt->error->kind != ERROR_NONE)
        return false;
    return XML_Parse(camt->parser, "", 0, XML_TRUE) == XML_STATUS_OK || refuse_xml(camt);
}

/* The content tells UTF-8; only for other text the declaration is asked. */
static bool use_declared(struct source *source, struct error *error)
{
    static const char mark[] = "encoding=";
    struct slice head = source_peek(source);
    char name[20];
    enum encoding encoding;
    size_t length = 0;
    const char *at = memmem(head.text, head.length < 200 ? head.length : 200, mark,
                            sizeof mark - 1);
    if (!at || source_scan(source)->encoding == ENCODING_UTF8)
        return true;
    for (at += sizeof mark; at < head.text + head.length && length + 1 < sizeof name &&
                            !strchr("\"'>", *at); at++)
        name[length++] = *at;
    name[length] = '\0';
    return !encoding_find(name, &encoding) || encoding == ENCODING_UTF8 ||
           source_set_encoding(source, encoding, error);
}

bool camt_read(struct source *source, const struct sink *sink, struct error *error)
{
    struct camt camt = {.source = source, .sink = sink, .error = error,
                        .last_sequence = -1, .message_page = -1};
    error->kind = ERROR_NONE;
    camt.text = xmalloc(CAMT_TEXT_LIMIT);
    camt.statement.books = xcalloc(CAMT_CURRENCIES, sizeof *camt.statement.books);
    camt.parser = XML_ParserCreate("UTF-8"); /* the source decodes, whatever the header says */
    XML_SetUserData(camt.parser, &camt);
    XML_SetElementHandler(camt.parser, start_element, end_element);
    XML_SetCharacterDataHandler(camt.parser, take_characters);
    XML_SetStartDoctypeDeclHandler(camt.parser, refuse_doctype);
    bool done = use_declared(source, error) && feed(&camt);
    if (done && !camt.positions)
        done = camt_refuse(&camt, NULL,
                           camt.in_message ? _("the message holds no statement")
                                           : _("the document is no camt.052, camt.053 or camt.054"));
    XML_ParserFree(camt.parser);
    free(camt.text);
    free(camt.statement.books);
    free(camt.entry.held);
    buffer_free(&camt.entry.memory);
    buffer_free(&camt.narrative);
    buffer_free(&camt.code);
    return done;
}

bool camt_recognise(struct slice head)
{
    while (head.length && (unsigned char)*head.text <= ' ')
        head.text++, head.length--;
    return head.length && *head.text == '<' &&
           memmem(head.text, head.length, "BkToCstmr", 9) != NULL;
}
