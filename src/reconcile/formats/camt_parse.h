#ifndef BANKOPS_RECONCILE_FORMATS_CAMT_PARSE_H
#define BANKOPS_RECONCILE_FORMATS_CAMT_PARSE_H

/* State shared by the parts of the camt reader: camt.c walks the elements, camt_entry.c makes items
 * of entries, camt_statement.c keeps what belongs to a Stmt. Functions that return bool have filled
 * camt->error when they return false. */

#include "base/buffer.h"
#include "reconcile/formats/camt_place.h"
#include "reconcile/source.h"

#include <expat.h>

enum {
    CAMT_DEPTH = 64,         /* nested elements of the places above */
    CAMT_SHORT = 128,        /* account, identification */
    CAMT_TEXT_LIMIT = 1 << 16,
    CAMT_CURRENCIES = 32,    /* of one Stmt */
    CAMT_DETAILS_HELD = 4096 /* details of one entry that wait for its end */
};

/* Text of a slot inside the entry's memory. */
struct camt_span {
    uint32_t at, length;
};

struct camt_facts {
    struct camt_span slot[CAMT_SLOTS];
    int64_t amount; /* without sign */
    int rank;       /* how good the source of the amount is; 0: none */
    int sign;       /* 1 credit, -1 debit, 0 not given */
    uint64_t line;
};

struct camt_entry {
    struct buffer memory; /* of all texts of the entry */
    size_t mark;          /* what of it belongs to the entry itself */
    struct camt_facts own, detail;
    struct camt_facts *held;
    size_t count, capacity;  /* of held; details seen so far are `details` */
    uint64_t details, batch_number;
    int64_t detail_sum, charges;
    bool in_detail, unusable, streaming, booked, status_given, reversal;
    char currency[4];
    int value_date, book_date;
    struct camt_book *book;
};

/* One currency of a Stmt: a statement of its own. */
struct camt_book {
    struct statement statement;
    int64_t first_interim, last_interim; /* ITBD balances in their order */
    int first_interim_date, last_interim_date, interims;
    int previous_date, opening_date, closing_date;
    bool booked_opening, booked_closing;
    int balance_faults[CONTROL_KINDS]; /* controls of single lines reported so far */
};

/* What TxsSummry says about all entries, the credits or the debits. */
struct camt_total {
    bool counted;
    int64_t count;
    char sum[40];
    uint64_t line;
};

struct camt_statement {
    struct camt_book *books; /* CAMT_CURRENCIES */
    int book_count;
    uint64_t line;
    char account[CAMT_SHORT], id[CAMT_SHORT];
    int sequence, legal_sequence, page;
    bool more_pages;
    int from, to, created;
    struct camt_total total[3]; /* all, credits, debits */
    char net[40];
    int net_sign;
    int64_t count[3], sum[3]; /* found; sums without sign */
    struct {
        char code[8], currency[4];
        int64_t amount;
        int sign, day;
        bool has_amount;
    } balance;
};

struct camt {
    struct source *source;
    const struct sink *sink;
    struct error *error;
    XML_Parser parser;
    bool failed;
    const struct camt_step *path[CAMT_DEPTH];
    int depth, passed; /* elements on the path; unknown ones around the current place */
    char *text;        /* CAMT_TEXT_LIMIT bytes */
    size_t text_length;
    bool wants_text;
    char currency[4];     /* attribute Ccy of the amount being read */
    const char *block;    /* what the parser reads now */
    uint64_t block_index; /* its first byte, counted over all blocks */
    uint64_t index, line; /* line of the byte at index, counted from the block's start */
    uint64_t start;       /* offset in the file of the parser's first byte */
    enum statement_kind kind;
    int message_page;
    bool message_more, in_message;
    int positions; /* statements handed out */
    char last_account[CAMT_SHORT];
    int last_sequence, last_page;
    struct camt_statement statement;
    struct camt_entry entry;
    struct buffer narrative, code;
};

/* Refuses the file at the current element; returns false. `field` is an element's name. */
bool camt_refuse(struct camt *camt, const char *field, const char *what);
/* Line of the current element, from 1. */
uint64_t camt_line(struct camt *camt);
/* A decimal of at most five places in minor units of the currency; false (with the file refused)
 * when it has decimals that the currency does not. */
bool camt_amount(struct camt *camt, const char *field, struct slice text, const char *currency,
                 int64_t *minor);

void camt_statement_start(struct camt *camt);
bool camt_statement_end(struct camt *camt);
/* The statement of this currency; NULL with the file refused when there are too many. */
struct camt_book *camt_statement_book(struct camt *camt, const char *currency);
void camt_statement_balance_start(struct camt *camt);
bool camt_statement_balance_end(struct camt *camt);

void camt_entry_start(struct camt *camt);
void camt_entry_detail_start(struct camt *camt);
/* Adds text to a slot of the entry or of the detail being read; repeated elements are joined. */
bool camt_entry_text(struct camt *camt, enum camt_slot slot, struct slice text);
/* Takes the amount of a detail if none of a better rank was seen. */
bool camt_entry_detail_amount(struct camt *camt, int rank, struct slice text);
bool camt_entry_detail_end(struct camt *camt);
bool camt_entry_end(struct camt *camt);

#endif
