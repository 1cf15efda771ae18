#ifndef BANKOPS_RECONCILE_FORMATS_TABLE_PART_H
#define BANKOPS_RECONCILE_FORMATS_TABLE_PART_H

#include "reconcile/formats/record.h"
#include "reconcile/profile.h"

/* Inside of the table reader: shared by table*.c. */

__extension__ typedef __int128 table_wide;

enum { TABLE_BREAKS = 16, TABLE_CAPTURES = 4, TABLE_TEXT = 160 };

/* A line whose running balance does not follow from the line before. */
struct table_break {
    uint64_t line;
    int64_t stated, follows;
};

/* Running balances of one account, checked in both orders until the order is known. */
struct table_balance {
    bool unknown; /* one cannot be read */
    uint64_t rows;
    int64_t first, first_amount, last, last_amount;
    int first_day, last_day;
    int breaks[2]; /* oldest first, newest first */
    struct table_break places[2][TABLE_BREAKS];
};

struct table_account {
    struct statement statement;
    char *name;
    struct table_balance *balance; /* NULL: the profile has none */
};

struct table_tally {
    uint64_t count;
    table_wide sum; /* millionths of the currency */
    bool has_count, has_sum;    /* stated by the file */
    int64_t stated_count, stated_sum; /* the sum in millionths */
    uint64_t line;
};

/* Ids that a spreadsheet cuts to 15 digits. */
struct table_ids {
    bool whole; /* one has other digits than 0 behind the 15th */
    uint64_t zeros, line;
};

struct table {
    struct source *source;
    const struct profile *profile;
    const struct sink *sink;
    struct error *error;
    struct record record;
    struct slice line;            /* the record, of fixed width only */
    struct record_style style;
    bool decoded;                 /* fields are UTF-8 already */
    bool plain;                   /* and are taken as they are */
    int columns[PROFILE_COLUMNS]; /* place in the row, -1 when absent */
    int width;                    /* fields of the header */
    struct table_account *accounts;
    size_t count, capacity, last;
    size_t *slots, slot_count;    /* open addressing: index into accounts plus one */
    char date[32];                /* the date read last, and its day */
    size_t date_length;
    int day;
    char account[TABLE_TEXT], currency[4]; /* from labels */
    bool has_opening, has_closing;
    char opening[TABLE_TEXT], closing[TABLE_TEXT]; /* as written */
    int from, to, year_day;       /* ITEM_NO_DATE when not known; year_day: what dates without a
                                   * year lie before */
    int number;
    struct table_tally tallies[PROFILE_TOTALS];
    int check_breaks;
    struct table_ids ids[3];
    bool footer_seen;
    uint64_t minus_line, minus_offset; /* of the first amount with a minus beside the mark of money
                                        * out; line 0: none */
    bool signs_tell;              /* others show that such a minus takes an entry back */
};

/* table_begin.c */
/* Prepares to read and goes behind the header. */
bool table_begin(struct table *table);
/* The next row or record of fixed width. */
bool table_next(struct table *table);

/* table_separator.c */
/* Of the separators of the profile the one that the header is parted by; else the first. Rewinds. */
char table_separator(struct table *table, enum encoding encoding);
/* Refuses the header that is there only when several separators count: true then, with *error set.
 * Does not rewind. */
bool table_mixed(struct source *source, const struct profile *profile, struct error *error);
/* Whether the row would be as wide as the header if it were parted by other separators as well. */
bool table_other_separator(const struct table *table);

/* table_cell.c */
bool table_refuse(struct table *table, int column, const char *what);
/* The same with what to do about it. */
bool table_refuse_hint(struct table *table, int column, const char *hint, const char *what);
/* But for small letters and capitals, and full-width forms. */
bool table_same_text(struct slice text, const char *other);
/* Of the current row, without blanks around it; raw bytes of the file, or as table->decoded. */
struct slice table_cell(const struct table *table, int column);
/* As UTF-8, without what the profile trims; "" when it means nothing. */
struct slice table_text(struct table *table, int column);
bool table_matches(struct slice text, char *const values[], size_t room);
bool table_when(struct table *table, const struct profile_when *when);

/* table_value.c: dates, amounts, currencies. */
bool table_day(struct table *table, int column, int *day);
bool table_day_text(const struct table *table, struct slice text, int *day);
bool table_money(struct table *table, int column, const char *currency, int64_t *amount);
/* Millionths of the currency; an empty cell is 0. */
bool table_micro(struct table *table, int column, const char *currency, int64_t *amount);
bool table_micro_text(const struct table *table, struct slice text, int64_t *amount);
bool table_currency(struct slice text, char currency[4]);
/* Refuses a number in E+ notation; `which` of the ids is watched for zeros, -1: none. */
bool table_check_id(struct table *table, int column, int which);
bool table_check_ids(struct table *table);

/* table_account.c */
struct table_account *table_account(struct table *table, struct slice name, const char *currency);
bool table_balance(struct table *table, struct table_account *account, int day, int64_t amount);
bool table_report_balances(struct table *table, struct table_account *account);
void table_free_accounts(struct table *table);

/* table_label.c */
/* Places of `pattern` in the line: texts of its captures in order. */
bool table_pattern(const char *pattern, struct slice line, struct slice captures[TABLE_CAPTURES]);
/* Takes what labels and totals say from the current row, which is not one of the table. */
bool table_label(struct table *table);
bool table_file_name(struct table *table);
/* The first of the profile's file names that the file bears, with its captures; NULL: none. */
const char *table_name_pattern(const struct profile *profile, const struct source *source,
                               struct slice captures[TABLE_CAPTURES]);

/* table_total.c */
void table_tally(struct table *table, const char *currency, int64_t amount);
bool table_check(struct table *table, const char *currency, int64_t amount);
bool table_summary(struct table *table);
bool table_report_totals(struct table *table);

/* table_find.c */
/* Places of the profile's columns in this row if it is the header. */
bool table_columns(struct source *source, const struct record *record, bool decoded,
                   const struct profile *profile, int columns[PROFILE_COLUMNS]);
bool table_fixed_next(struct table *table);

#endif
