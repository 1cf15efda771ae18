#ifndef BANKOPS_RECONCILE_FORMATS_BAI2_PARSE_H
#define BANKOPS_RECONCILE_FORMATS_BAI2_PARSE_H

/* State shared by the parts of the BAI2 reader: bai2.c joins records, bai2_account.c reads what
 * belongs to an account. Functions that return bool have filled the error when they return false. */

#include "base/buffer.h"
#include "reconcile/source.h"

/* Sum and numbers that a trailer record states, beside those that its parts give. */
struct bai2_totals {
    int64_t sum;
    int64_t records, parts;
    char currency[4]; /* of all its parts, unless they are mixed */
    bool mixed;
};

struct bai2 {
    struct source *source;
    const struct sink *sink;
    struct error *error;
    char code[3];         /* of the record being joined, "" when none */
    struct buffer record; /* its body; what a record 88 adds stands behind a line feed */
    uint64_t line, offset;
    bool in_file, in_group, in_account;
    char group_currency[4];
    int day;              /* as-of date of the group */
    enum statement_kind kind;
    char file_id[64];
    struct bai2_totals account, group, file;
    struct statement statement;
    char account_name[128];
    struct {
        bool counted;
        int64_t sum, count, found_sum, found_count;
        uint64_t line;
    } credit, debit;      /* types 100 and 400 */
    struct buffer text;   /* of a line, blanks collapsed */
};

/* A place in the fields of a record: they end with a comma or where a record 88 continues. */
struct bai2_fields {
    const char *at, *end;
    bool over;
};

/* The beginning of the present record. */
struct bai2_fields bai2_fields(const struct bai2 *bai2);
/* Next field without blanks around it; empty when there is none. */
struct slice bai2_next(struct bai2_fields *fields);

/* Refuses the file at the record; `field` names what of it; returns false. */
bool bai2_refuse(struct bai2 *bai2, const char *field, const char *what);
/* Digits with an optional sign; empty is 0. */
bool bai2_amount(struct bai2 *bai2, const char *field, struct slice text, int64_t *amount);
bool bai2_count(struct bai2 *bai2, const char *field, struct slice text, int64_t *count);
/* YYMMDD, or YYYYMMDD as version 3 has it. */
bool bai2_day(struct bai2 *bai2, const char *field, struct slice text, int *day);
bool bai2_currency(struct bai2 *bai2, struct slice text, char currency[4]);
/* Reports what the trailer being read states: its total, the number of its parts ("accounts",
 * "groups", NULL for none) and of its records. */
bool bai2_trailer(struct bai2 *bai2, int statement, const char *part,
                  const struct bai2_totals *found, int64_t *stated);
/* Adds a part whose trailer stated this total to the whole. */
bool bai2_add_part(struct bai2 *bai2, struct bai2_totals *whole, const struct bai2_totals *part,
                   int64_t stated);

bool bai2_account_start(struct bai2 *bai2); /* 03 */
bool bai2_account_line(struct bai2 *bai2);  /* 16 */
bool bai2_account_end(struct bai2 *bai2);   /* 49 */

#endif
