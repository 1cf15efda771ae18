#ifndef BANKOPS_RECONCILE_FORMATS_MT940_PARSE_H
#define BANKOPS_RECONCILE_FORMATS_MT940_PARSE_H

/* State shared by the parts of the MT940 reader: mt940.c splits messages into fields and statements,
 * mt940_field.c reads balances, numbers and totals, mt940_entry.c makes items of :61: and :86:.
 * Functions that return bool have filled mt940->error when they return false. */

#include "reconcile/source.h"

enum { MT940_FIELD_LIMIT = 1 << 16, MT940_SHORT = 256, MT940_JOINED = 10 };

struct mt940_field {
    char *text; /* MT940_FIELD_LIMIT bytes, lines separated by a line feed */
    size_t length;
    uint64_t line, offset;
};

struct mt940 {
    struct source *source;
    const struct sink *sink;
    struct error *error;
    char tag[4];                /* tag of the field being collected, "" before the first */
    struct mt940_field field;   /* its text */
    struct mt940_field entry;   /* the :61: that waits for its :86: */
    struct mt940_field details; /* all its :86: */
    char *purpose;              /* memory for narrative_read(); from MT940_JOINED fields on, of what
                                 * is joined to it */
    bool entry_waits, behind_entry;
    bool open;                  /* inside a statement */
    bool in_block;              /* a FIN message began and did not end */
    struct statement statement;
    uint64_t statement_offset;
    uint64_t last_line, last_offset; /* of the last field, whose text may be gone */
    char account[MT940_SHORT], reference[MT940_SHORT];
    struct {
        int64_t sum;
        uint64_t count;
    } debit, credit;            /* of the items, for :90D: and :90C: */
    char last_account[MT940_SHORT]; /* the statement before, for its pages */
    int last_number, last_page;
};

/* Position in one field. */
struct mt940_cursor {
    const char *at, *end;
};

/* Refuses the file at this field: its tag is that of mt940->tag, or :61: for the entry. */
bool mt940_refuse(struct mt940 *mt940, const struct mt940_field *field, const char *what);

/* Pieces of a field: false leaves the cursor anywhere and refuses nothing. */
bool mt940_digits(struct mt940_cursor *cursor, int count, int *value);
bool mt940_date(struct mt940_cursor *cursor, int *days); /* YYMMDD, from 1980 on */
bool mt940_amount(struct mt940_cursor *cursor, const char *currency, int64_t *amount);
struct slice mt940_first_line(const struct mt940_field *field);

/* Whole fields, into the statement. */
bool mt940_field_opening(struct mt940 *mt940);   /* :60a: */
bool mt940_field_closing(struct mt940 *mt940);   /* :62a: */
bool mt940_field_available(struct mt940 *mt940); /* :64: */
bool mt940_field_number(struct mt940 *mt940);    /* :28a: */
bool mt940_field_floor(struct mt940 *mt940);     /* :34F: */
bool mt940_field_total(struct mt940 *mt940);     /* :90a: */
void mt940_field_time(struct mt940 *mt940);      /* :13a: */

/* The :61: that waited is complete: parses it with what followed and hands it over. */
bool mt940_entry_finish(struct mt940 *mt940);

/* The :NS: behind a :61:, a field of some banks with lines of two digits and a text. */
bool mt940_entry_non_swift(struct mt940 *mt940);

#endif
