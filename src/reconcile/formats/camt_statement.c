#include "base/alloc.h"
#include "base/language.h"
#include "reconcile/control.h"
#include "reconcile/formats/camt_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void camt_statement_start(struct camt *camt)
{
    struct camt_book *books = camt->statement.books;
    camt->statement = (struct camt_statement){.books = books,
                                              .line = camt_line(camt),
                                              .sequence = -1,
                                              .legal_sequence = -1,
                                              .page = camt->message_page,
                                              .more_pages = camt->message_more,
                                              .from = ITEM_NO_DATE,
                                              .to = ITEM_NO_DATE,
                                              .created = ITEM_NO_DATE};
}

struct camt_book *camt_statement_book(struct camt *camt, const char *currency)
{
    struct camt_statement *statement = &camt->statement;
    for (int i = 0; i < statement->book_count; i++)
        if (!memcmp(statement->books[i].statement.currency, currency, 3))
            return &statement->books[i];
    if (statement->book_count == CAMT_CURRENCIES) {
        camt_refuse(camt, "Amt", _("the statement names more than 32 currencies"));
        return NULL;
    }
    struct camt_book *book = &statement->books[statement->book_count++];
    *book = (struct camt_book){.statement = {.position = ++camt->positions,
                                             .line = statement->line,
                                             .kind = camt->kind,
                                             .number = -1,
                                             .page = -1},
                               .previous_date = ITEM_NO_DATE,
                               .opening_date = ITEM_NO_DATE,
                               .closing_date = ITEM_NO_DATE};
    memcpy(book->statement.currency, currency, 4);
    return book;
}

void camt_statement_balance_start(struct camt *camt)
{
    memset(&camt->statement.balance, 0, sizeof camt->statement.balance);
    camt->statement.balance.sign = 1; /* some banks leave out the indicator of a credit */
    camt->statement.balance.day = ITEM_NO_DATE;
}

static void take_opening(struct camt_book *book, int64_t amount, int day)
{
    book->statement.has_opening = book->booked_opening = true;
    book->statement.opening = amount;
    book->opening_date = day;
}

static void take_previous(struct camt_book *book, int64_t amount, int day)
{
    book->statement.has_previous = true;
    book->statement.previous = amount;
    book->previous_date = day;
}

static void take_closing(struct camt_book *book, int64_t amount, int day)
{
    book->statement.has_closing = book->booked_closing = true;
    book->statement.closing = amount;
    book->closing_date = day;
}

static void take_interim(struct camt_book *book, int64_t amount, int day)
{
    if (!book->interims++) {
        book->first_interim = amount;
        book->first_interim_date = day;
    }
    book->last_interim = amount;
    book->last_interim_date = day;
}

/* Balances of ISO 20022 external code set BalanceType12Code; those not listed are no booked ones. */
bool camt_statement_balance_end(struct camt *camt)
{
    static const struct {
        const char *code;
        void (*take)(struct camt_book *book, int64_t amount, int day);
    } booked[] = {{"OPBD", take_opening}, {"PRCD", take_previous}, {"CLBD", take_closing},
                  {"ITBD", take_interim}};
    struct camt_statement *statement = &camt->statement;
    const char *code = statement->balance.code;
    int64_t amount = statement->balance.amount * statement->balance.sign;
    for (size_t i = 0; i < ARRAY_LENGTH(booked); i++) {
        if (strcmp(code, booked[i].code))
            continue;
        if (!statement->balance.has_amount)
            return camt_refuse(camt, "Bal/Amt", _("the balance has no amount with a currency"));
        struct camt_book *book = camt_statement_book(camt, statement->balance.currency);
        if (book)
            booked[i].take(book, amount, statement->balance.day);
        return book != NULL;
    }
    for (int i = 0; i < statement->book_count && !strcmp(code, "CLAV"); i++) {
        struct statement *found = &statement->books[i].statement;
        if (!memcmp(found->currency, statement->balance.currency, 3)) {
            found->has_available = true;
            found->available = amount;
        }
    }
    return true;
}

/* A page begins or ends with an interim balance where the booked one is on another page. */
static void use_interims(struct camt_book *book)
{
    struct statement *statement = &book->statement;
    if (!statement->has_opening && (book->interims > 1 || statement->has_closing)) {
        statement->has_opening = statement->opening_interim = true;
        statement->opening = book->first_interim;
        book->opening_date = book->first_interim_date;
    }
    if (!statement->has_closing) {
        statement->has_closing = statement->closing_interim = true;
        statement->closing = book->last_interim;
        book->closing_date = book->last_interim_date;
    }
}

static void settle_balances(struct camt *camt, struct camt_book *book)
{
    struct statement *statement = &book->statement;
    if (statement->has_previous && !statement->has_opening) {
        statement->has_opening = true;
        statement->opening = statement->previous;
        book->opening_date = book->previous_date;
    }
    if (book->interims)
        use_interims(book);
    statement->opening_interim |= camt->statement.page > 1;
    statement->closing_interim |= camt->statement.more_pages;
    statement->open_date =
        book->opening_date != ITEM_NO_DATE ? book->opening_date : camt->statement.from;
    statement->close_date =
        book->closing_date != ITEM_NO_DATE ? book->closing_date : camt->statement.to;
}

static bool report(struct camt *camt, const struct control *control)
{
    return control_report(camt->sink, control, camt->error);
}

static bool report_previous(struct camt *camt, const struct camt_book *book)
{
    static const char label[] = "PRCD";
    struct control control = {.statement = book->statement.position,
                              .kind = CONTROL_OPENING,
                              .expected = book->statement.previous,
                              .found = book->statement.opening,
                              .line = book->statement.line,
                              .label = {label, sizeof label - 1}};
    memcpy(control.currency, book->statement.currency, 4);
    return !book->statement.has_previous || !book->booked_opening || report(camt, &control);
}

/* One sum of TxsSummry. With several currencies a sum means nothing and is not compared. */
static bool report_sum(struct camt *camt, enum control_kind kind, const char *label,
                       const char *text, int sign, int64_t found, uint64_t line)
{
    struct camt_statement *statement = &camt->statement;
    if (!*text || statement->book_count != 1)
        return true;
    struct control control = {.statement = statement->books[0].statement.position,
                              .kind = kind,
                              .found = found,
                              .line = line,
                              .label = {label, strlen(label)}};
    memcpy(control.currency, statement->books[0].statement.currency, 4);
    if (!camt_amount(camt, label, (struct slice){text, strlen(text)}, control.currency,
                     &control.expected))
        return false;
    control.expected *= sign;
    return report(camt, &control);
}

static bool report_count(struct camt *camt, enum control_kind kind, const char *label,
                         const struct camt_total *total, int64_t found)
{
    struct control control = {.statement = camt->statement.books[0].statement.position,
                              .kind = kind,
                              .expected = total->count,
                              .found = found,
                              .line = total->line,
                              .label = {label, strlen(label)}};
    return !total->counted || report(camt, &control);
}

static bool report_totals(struct camt *camt)
{
    static const struct {
        const char *label;
        enum control_kind count, sum;
    } totals[] = {{"TtlNtries", CONTROL_COUNT, CONTROL_SUM},
                  {"TtlCdtNtries", CONTROL_CREDIT_COUNT, CONTROL_CREDIT_SUM},
                  {"TtlDbtNtries", CONTROL_DEBIT_COUNT, CONTROL_DEBIT_SUM}};
    struct camt_statement *statement = &camt->statement;
    for (size_t i = 0; i < ARRAY_LENGTH(totals); i++) {
        const struct camt_total *total = &statement->total[i];
        if (!report_count(camt, totals[i].count, totals[i].label, total, statement->count[i]) ||
            !report_sum(camt, totals[i].sum, totals[i].label, total->sum, 1, statement->sum[i],
                        total->line))
            return false;
    }
    return report_sum(camt, CONTROL_NET, "TtlNetNtry", statement->net,
                      statement->net_sign < 0 ? -1 : 1, statement->sum[1] - statement->sum[2],
                      statement->total[0].line);
}

/* Pages of one statement in one file: each follows the one before. */
static bool report_page(struct camt *camt, int sequence)
{
    static const char label[] = "PgNb";
    struct camt_statement *statement = &camt->statement;
    bool same = sequence >= 0 && sequence == camt->last_sequence && camt->last_page > 0 &&
                statement->page > 0 && !strcmp(statement->account, camt->last_account);
    struct control control = {.statement = statement->books[0].statement.position,
                              .kind = CONTROL_PAGE,
                              .expected = camt->last_page + 1,
                              .found = statement->page,
                              .line = statement->line,
                              .label = {label, sizeof label - 1}};
    camt->last_sequence = sequence;
    camt->last_page = statement->page;
    memcpy(camt->last_account, statement->account, sizeof camt->last_account);
    return !same || report(camt, &control);
}

static bool hand_over(struct camt *camt, struct camt_book *book, int sequence)
{
    struct camt_statement *common = &camt->statement;
    struct statement *statement = &book->statement;
    settle_balances(camt, book);
    statement->account = (struct slice){common->account, strlen(common->account)};
    statement->reference = (struct slice){common->id, strlen(common->id)};
    statement->number = sequence;
    statement->page = common->page > 0 ? common->page : -1;
    return report_previous(camt, book) &&
           camt->sink->statement(camt->sink->context, statement, camt->error);
}

bool camt_statement_end(struct camt *camt)
{
    struct camt_statement *statement = &camt->statement;
    int sequence = statement->sequence >= 0 ? statement->sequence : statement->legal_sequence;
    if (!*statement->account)
        return camt_refuse(camt, "Acct/Id", _("the statement names no account"));
    if (!statement->book_count)
        return camt_refuse(camt, "Acct/Ccy",
                           _("the statement names no currency: it has neither balances nor "
                             "entries"));
    if (!report_totals(camt) || !report_page(camt, sequence))
        return false;
    for (int i = 0; i < statement->book_count; i++)
        if (!hand_over(camt, &statement->books[i], sequence))
            return false;
    return true;
}
