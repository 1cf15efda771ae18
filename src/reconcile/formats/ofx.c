#include "reconcile/formats/ofx.h"

#include "base/date.h"
#include "base/language.h"
#include "base/money.h"
#include "reconcile/formats/narrative.h"
#include "reconcile/formats/ofx_token.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SHORT = 128, LONG = 4096, AMOUNT = 64 };

/* Aggregates that matter: what a tag in them means depends on the innermost one. */
enum place {
    OUTSIDE, STATUS, STATEMENT, ACCOUNT, LINES, PENDING, LINE, OTHER_ACCOUNT, PAYEE,
    CURRENCY, ORIGINAL, LEDGER, AVAILABLE, BALANCES
};

/* One STMTTRN, as it is written. */
struct line {
    uint64_t line, offset;
    char kind[32], posted[64], amount[AMOUNT], id[256], correct[8], server_id[SHORT], check[64],
        reference[SHORT], name[SHORT], extended[SHORT], payee[SHORT], memo[LONG], currency[16];
};

struct ofx {
    struct source *source;
    const struct sink *sink;
    struct error *error;
    struct ofx_token token;
    enum place path[16];
    int depth;
    char status_code[16], status_text[200];
    bool status_error;
    bool in_ofx, in_statement, pending;
    struct statement statement;
    char account[SHORT];
    char start[64], end[64];
    struct {
        char amount[AMOUNT], day[64];
        uint64_t line, offset;
    } ledger, available;
    struct line line;
    bool minus;                       /* an amount of the statement has a minus sign */
    uint64_t plus_line, plus_offset;  /* of its first DEBIT without one; line 0: none */
};

static bool refuse_at(struct ofx *ofx, uint64_t line, uint64_t offset, const char *field,
                      const char *what)
{
    return source_refuse_at(ofx->source, line, offset, field,
                            _("Ask the bank for the file again; nothing was imported."), ofx->error,
                            "%s", what);
}

static bool refuse(struct ofx *ofx, const char *field, const char *what)
{
    return refuse_at(ofx, ofx->token.line, ofx->token.offset, field, what);
}

static void keep(char *target, size_t size, struct slice text)
{
    size_t length = text.length < size ? text.length : size - 1;
    while (length < text.length && length && ((unsigned char)text.text[length] & 0xC0) == 0x80)
        length--; /* not inside a character */
    for (size_t i = 0; i < length; i++)
        target[i] = (unsigned char)text.text[i] < ' ' ? ' ' : text.text[i];
    target[length] = '\0';
}

static struct slice slice_of(const char *text)
{
    return (struct slice){text, strlen(text)};
}

/* YYYYMMDD, whatever time and zone follow: the day as the bank's clock showed it. */
static bool read_day(const char *text, int *day)
{
    char digits[9];
    for (int i = 0; i < 8; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    if (isdigit((unsigned char)text[8]) && strspn(text, "0123456789") < 12)
        return false;
    memcpy(digits, text, 8);
    digits[8] = '\0';
    return date_parse(digits, day);
}

/* A point, as OFX has it, or a comma that cannot be one of thousands. */
static bool read_amount(const char *text, const char *currency, int64_t *amount)
{
    const char *comma = strrchr(text, ','), *point = strrchr(text, '.');
    int digits = money_digits(currency);
    bool by_comma = comma && (!point || comma > point);
    const char *mark = by_comma ? comma : point;
    /* Three decimals of a currency that has fewer can be a thousand: 1.000 as well as 1,000. */
    if (mark && strlen(mark + 1) == 3 && digits < 3)
        return false;
    if (strlen(text) + 1 == AMOUNT) /* it may go on */
        return false;
    return money_parse(text, strlen(text), by_comma ? ',' : '.', digits, amount);
}

static bool is_currency(const char *text)
{
    return strlen(text) == 3 && isupper((unsigned char)text[0]) &&
           isupper((unsigned char)text[1]) && isupper((unsigned char)text[2]);
}

/* The currency of a line: CURRENCY says that its amount is not in the default one. */
static bool settle_currency(struct ofx *ofx)
{
    struct line *line = &ofx->line;
    char *own = ofx->statement.currency;
    if (is_currency(line->currency)) {
        if (!*own)
            memcpy(own, line->currency, 4);
        if (memcmp(own, line->currency, 4))
            return refuse_at(ofx, line->line, line->offset, "CURSYM",
                             _("the amount is not in the currency of the account"));
    }
    return *own || refuse_at(ofx, line->line, line->offset, "CURDEF",
                             _("the statement names no currency"));
}

static struct slice reference_of(const struct line *line)
{
    if (!narrative_no_reference(slice_of(line->reference)))
        return slice_of(line->reference);
    return strspn(line->check, "0") < strlen(line->check) ? slice_of(line->check)
                                                          : (struct slice){"", 0};
}

static bool give_line(struct ofx *ofx, int64_t amount, int day)
{
    const struct line *line = &ofx->line;
    const char *name = strlen(line->extended) > strlen(line->name) ? line->extended : line->name;
    struct item item = {.statement = ofx->statement.position,
                        .line = line->line,
                        .amount = amount,
                        .value_date = day,
                        .book_date = day,
                        .source_id = slice_of(line->id),
                        .kind = slice_of(line->kind),
                        .reference = reference_of(line),
                        .bank_reference = slice_of(*line->server_id ? line->server_id : line->id),
                        .counterparty = slice_of(*name ? name : line->payee),
                        .narrative = slice_of(*line->memo ? line->memo : name)};
    ofx->statement.item_count++;
    if (__builtin_add_overflow(ofx->statement.movement, amount, &ofx->statement.movement))
        return refuse(ofx, "TRNAMT", _("the sum of the lines exceeds 64 bits"));
    return ofx->sink->item(ofx->sink->context, &item, ofx->error);
}

static bool end_line(struct ofx *ofx)
{
    struct line *line = &ofx->line;
    int64_t amount;
    int day;
    if (!ofx->in_statement)
        return refuse(ofx, "STMTTRN", _("the line stands outside a statement"));
    if (*line->correct)
        return refuse_at(ofx, line->line, line->offset, "CORRECTFITID",
                         _("the line replaces or deletes one that was delivered before"));
    if (!settle_currency(ofx))
        return false;
    if (!read_amount(line->amount, ofx->statement.currency, &amount))
        return refuse_at(ofx, line->line, line->offset, "TRNAMT",
                         _("an amount with at most the decimals of its currency is expected"));
    if (amount > 0 && !strcmp(line->kind, "DEBIT") && !ofx->plus_line) {
        ofx->plus_line = line->line;
        ofx->plus_offset = line->offset;
    }
    ofx->minus |= amount < 0;
    if (ofx->pending) {
        ofx->statement.pending_count++;
        return !__builtin_add_overflow(ofx->statement.pending_sum, amount,
                                       &ofx->statement.pending_sum) ||
               refuse(ofx, "TRNAMT", _("the sum of the lines exceeds 64 bits"));
    }
    if (!read_day(line->posted, &day) || !item_is_day(day))
        return refuse_at(ofx, line->line, line->offset, "DTPOSTED",
                         _("no date YYYYMMDD that exists"));
    return give_line(ofx, amount, day);
}

static bool start_statement(struct ofx *ofx)
{
    int position = ofx->statement.position + 1;
    if (ofx->in_statement)
        return refuse(ofx, ofx->token.tag, _("the aggregate before is not closed"));
    ofx->statement = (struct statement){.position = position, .line = ofx->token.line,
                                        .number = -1, .page = -1, .open_date = ITEM_NO_DATE,
                                        .close_date = ITEM_NO_DATE};
    ofx->account[0] = ofx->start[0] = ofx->end[0] = '\0';
    ofx->ledger.amount[0] = ofx->ledger.day[0] = '\0';
    ofx->available.amount[0] = ofx->available.day[0] = '\0';
    ofx->in_statement = true;
    ofx->minus = false;
    ofx->plus_line = 0;
    return true;
}

/* Some banks leave the period or the balance empty: then it is not stated. */
static bool take_day(struct ofx *ofx, const char *field, const char *text, int *day)
{
    return !*text || read_day(text, day) ||
           refuse(ofx, field, _("no date YYYYMMDD that exists"));
}

static bool end_statement(struct ofx *ofx)
{
    struct statement *statement = &ofx->statement;
    if (!ofx->in_statement)
        return true;
    ofx->in_statement = false;
    if (ofx->plus_line && !ofx->minus)
        return refuse_at(ofx, ofx->plus_line, ofx->plus_offset, "TRNAMT",
                         _("a DEBIT without minus sign, and no amount of the statement has one: "
                           "the signs were left out"));
    if (!*ofx->account)
        return refuse(ofx, "ACCTID", _("the statement names no account"));
    if (!*statement->currency)
        return refuse(ofx, "CURDEF", _("the statement names no currency"));
    if (!take_day(ofx, "DTSTART", ofx->start, &statement->open_date) ||
        !take_day(ofx, "DTEND", ofx->end, &statement->close_date))
        return false;
    statement->has_closing = *ofx->ledger.amount;
    statement->has_available = *ofx->available.amount;
    if (statement->has_closing &&
        !read_amount(ofx->ledger.amount, statement->currency, &statement->closing))
        return refuse_at(ofx, ofx->ledger.line, ofx->ledger.offset, "LEDGERBAL BALAMT",
                         _("an amount with at most the decimals of its currency is expected"));
    if (statement->has_available &&
        !read_amount(ofx->available.amount, statement->currency, &statement->available))
        return refuse_at(ofx, ofx->available.line, ofx->available.offset, "AVAILBAL BALAMT",
                         _("an amount with at most the decimals of its currency is expected"));
    if (statement->has_closing &&
        !take_day(ofx, "LEDGERBAL DTASOF", ofx->ledger.day, &statement->close_date))
        return false;
    statement->account = slice_of(ofx->account);
    return ofx->sink->statement(ofx->sink->context, statement, ofx->error);
}

static bool start_line(struct ofx *ofx)
{
    memset(&ofx->line, 0, sizeof ofx->line);
    ofx->line.line = ofx->token.line;
    ofx->line.offset = ofx->token.offset;
    return true;
}

static bool refuse_investment(struct ofx *ofx)
{
    return refuse(ofx, "INVSTMTRS",
                  _("an investment statement: its lines are trades, not movements of an account"));
}

static bool start_status(struct ofx *ofx)
{
    ofx->status_error = false;
    ofx->status_code[0] = ofx->status_text[0] = '\0';
    return true;
}

/* The bank's server says why it delivers nothing. */
static bool end_status(struct ofx *ofx)
{
    char what[400];
    if (!ofx->status_error)
        return true;
    snprintf(what, sizeof what, _("the bank's server answered with error %s: %s"),
             ofx->status_code, ofx->status_text);
    return refuse(ofx, "STATUS", what);
}

static const struct aggregate {
    const char *tag;
    enum place place;
    bool (*start)(struct ofx *ofx);
    bool (*end)(struct ofx *ofx);
} aggregates[] = {
    {"STMTTRN", LINE, start_line, end_line},
    {"STMTTRNP", LINE, start_line, end_line},
    {"STMTRS", STATEMENT, start_statement, end_statement},
    {"CCSTMTRS", STATEMENT, start_statement, end_statement},
    {"INVSTMTRS", OUTSIDE, refuse_investment, NULL},
    {"STATUS", STATUS, start_status, end_status},
    {"BANKACCTFROM", ACCOUNT, NULL, NULL},
    {"CCACCTFROM", ACCOUNT, NULL, NULL},
    {"BANKTRANLIST", LINES, NULL, NULL},
    {"BANKTRANLISTP", PENDING, NULL, NULL},
    {"BANKACCTTO", OTHER_ACCOUNT, NULL, NULL},
    {"CCACCTTO", OTHER_ACCOUNT, NULL, NULL},
    {"PAYEE", PAYEE, NULL, NULL},
    {"CURRENCY", CURRENCY, NULL, NULL},
    {"ORIGCURRENCY", ORIGINAL, NULL, NULL},
    {"LEDGERBAL", LEDGER, NULL, NULL},
    {"AVAILBAL", AVAILABLE, NULL, NULL},
    {"BALLIST", BALANCES, NULL, NULL},
};

#define FIELD(place, tag, member)                                                                  \
    {place, tag, offsetof(struct ofx, member), sizeof(((struct ofx *)0)->member)}

/* Where the text of a leaf goes. */
static const struct leaf {
    enum place place;
    const char *tag;
    size_t offset, size;
} leaves[] = {
    FIELD(LINE, "TRNTYPE", line.kind), FIELD(LINE, "DTPOSTED", line.posted),
    FIELD(LINE, "DTTRAN", line.posted), FIELD(LINE, "TRNAMT", line.amount),
    FIELD(LINE, "FITID", line.id), FIELD(LINE, "CORRECTACTION", line.correct),
    FIELD(LINE, "SRVRTID", line.server_id), FIELD(LINE, "CHECKNUM", line.check),
    FIELD(LINE, "REFNUM", line.reference), FIELD(LINE, "NAME", line.name),
    FIELD(LINE, "EXTDNAME", line.extended), FIELD(LINE, "MEMO", line.memo),
    FIELD(PAYEE, "NAME", line.payee), FIELD(CURRENCY, "CURSYM", line.currency),
    FIELD(ACCOUNT, "ACCTID", account), FIELD(LINES, "DTSTART", start), FIELD(LINES, "DTEND", end),
    FIELD(LEDGER, "BALAMT", ledger.amount), FIELD(LEDGER, "DTASOF", ledger.day),
    FIELD(AVAILABLE, "BALAMT", available.amount), FIELD(AVAILABLE, "DTASOF", available.day),
    FIELD(STATUS, "CODE", status_code), FIELD(STATUS, "MESSAGE", status_text),
};

static const struct aggregate *find_aggregate(const char *tag)
{
    for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates; i++)
        if (!strcmp(aggregates[i].tag, tag))
            return &aggregates[i];
    return NULL;
}

static enum place place_of(const struct ofx *ofx)
{
    return ofx->depth ? ofx->path[ofx->depth - 1] : OUTSIDE;
}

static bool take_currency(struct ofx *ofx)
{
    char code[16];
    keep(code, sizeof code, ofx->token.value);
    if (!ofx->token.value.length)
        return true;
    if (!is_currency(code))
        return refuse(ofx, "CURDEF", _("a currency code of three capitals is expected"));
    memcpy(ofx->statement.currency, code, 4);
    return true;
}

static bool take_leaf(struct ofx *ofx)
{
    enum place place = place_of(ofx);
    const char *tag = ofx->token.tag;
    if (place == STATEMENT && !strcmp(tag, "CURDEF"))
        return take_currency(ofx);
    if (place == STATUS && !strcmp(tag, "SEVERITY"))
        ofx->status_error = ofx->token.value.length == 5 &&
                            !memcmp(ofx->token.value.text, "ERROR", 5);
    if (place == LEDGER)
        ofx->ledger.line = ofx->token.line, ofx->ledger.offset = ofx->token.offset;
    if (place == AVAILABLE)
        ofx->available.line = ofx->token.line, ofx->available.offset = ofx->token.offset;
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++)
        if (leaves[i].place == place && !strcmp(leaves[i].tag, tag)) {
            keep((char *)ofx + leaves[i].offset, leaves[i].size, ofx->token.value);
            break;
        }
    return true;
}

static bool open_aggregate(struct ofx *ofx, const struct aggregate *aggregate)
{
    if (ofx->depth == (int)(sizeof ofx->path / sizeof *ofx->path))
        return refuse(ofx, ofx->token.tag, _("aggregates are nested too deep"));
    if (place_of(ofx) == aggregate->place && aggregate->place != OUTSIDE)
        return refuse(ofx, ofx->token.tag, _("the aggregate before is not closed"));
    ofx->path[ofx->depth++] = aggregate->place;
    ofx->pending |= aggregate->place == PENDING || !strcmp(aggregate->tag, "STMTTRNP");
    return !aggregate->start || aggregate->start(ofx);
}

/* Closes the aggregate and whatever in it was left open, but no statement and no line. */
static bool close_aggregate(struct ofx *ofx, const struct aggregate *aggregate)
{
    int depth = ofx->depth;
    while (depth && ofx->path[depth - 1] != aggregate->place) {
        if (ofx->path[depth - 1] == STATEMENT || ofx->path[depth - 1] == LINE)
            return refuse(ofx, ofx->token.tag, _("the aggregate before is not closed"));
        depth--;
    }
    if (!depth)
        return refuse(ofx, ofx->token.tag, _("the aggregate is closed but was not opened"));
    ofx->depth = depth - 1;
    bool done = !aggregate->end || aggregate->end(ofx);
    if (aggregate->place == PENDING || !strcmp(aggregate->tag, "STMTTRNP"))
        ofx->pending = false;
    return done;
}

static bool take_token(struct ofx *ofx)
{
    const struct aggregate *aggregate = find_aggregate(ofx->token.tag);
    if (!strcmp(ofx->token.tag, "OFX"))
        ofx->in_ofx = !ofx->token.closes;
    if (!aggregate)
        return ofx->token.closes || take_leaf(ofx);
    /* CURRENCY and PAYEE may be leaves of other files: a text behind the tag tells. */
    if (ofx->token.closes)
        return close_aggregate(ofx, aggregate);
    return ofx->token.value.length ? take_leaf(ofx) : open_aggregate(ofx, aggregate);
}

bool ofx_read(struct source *source, const struct sink *sink, struct error *error)
{
    struct ofx_tokens tokens = {.source = source, .block = ""};
    struct ofx ofx = {.source = source, .sink = sink, .error = error};
    bool done = true;
    error->kind = ERROR_NONE;
    tokens.at = tokens.end = tokens.counted = tokens.block;
    while (done && ofx_token_next(&tokens, &ofx.token, error))
        done = take_token(&ofx);
    done = done && error->kind == ERROR_NONE;
    if (done && (ofx.in_ofx || ofx.in_statement || ofx.depth))
        done = refuse(&ofx, "OFX", _("the file ends before </OFX>: it is truncated"));
    if (done && !ofx.statement.position)
        done = refuse(&ofx, NULL, _("the file holds no statement"));
    ofx_token_free(&tokens);
    return done;
}

bool ofx_recognise(struct slice head)
{
    size_t length = head.length < 4096 ? head.length : 4096;
    for (size_t i = 0; i + 9 <= length; i++)
        if (!strncasecmp(head.text + i, "OFXHEADER", 9) || !strncasecmp(head.text + i, "<OFX>", 5))
            return true;
    return false;
}
