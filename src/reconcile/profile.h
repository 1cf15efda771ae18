#ifndef BANKOPS_RECONCILE_PROFILE_H
#define BANKOPS_RECONCILE_PROFILE_H

#include "base/error.h"
#include "reconcile/item.h"
#include "reconcile/scan.h"

#include <stdbool.h>
#include <stddef.h>

/* The fields of an item that a table's column can fill, and figures to check it by. */
enum column_role {
    COLUMN_SOURCE_ID, COLUMN_VALUE_DATE, COLUMN_BOOK_DATE, COLUMN_ACCOUNT, COLUMN_CURRENCY,
    COLUMN_DIRECTION, COLUMN_AMOUNT, COLUMN_INCOME, COLUMN_EXPENSE, COLUMN_REFERENCE,
    COLUMN_BANK_REFERENCE, COLUMN_COUNTERPARTY, COLUMN_NARRATIVE, COLUMN_KIND, COLUMN_BALANCE,
    COLUMN_FEE, COLUMN_NET, COLUMN_ROLES
};

enum {
    PROFILE_NAMES = 8,          /* header texts of one column */
    PROFILE_VALUES = 16,        /* cell values of one condition */
    PROFILE_EXTRAS = 12,        /* columns that only rules and totals look at */
    PROFILE_COLUMNS = COLUMN_ROLES + PROFILE_EXTRAS,
    PROFILE_TESTS = 4, PROFILE_RULES = 24, PROFILE_LABELS = 16, PROFILE_TOTALS = 16,
    PROFILE_CHECKS = 4, PROFILE_TERMS = 4, PROFILE_TEXTS = 8, PROFILE_SEPARATORS = 4,
    PROFILE_HEADER_LINES = 100  /* the header stands within so many lines */
};

struct profile_column {
    char *key;                  /* its name in the profile */
    char *names[PROFILE_NAMES]; /* any of these header texts; NULL-terminated unless full */
    int at, length;             /* fixed width: bytes of the record; length 0 otherwise */
    char *fixed;                /* value for every line instead of a column */
    bool required;
    bool minor_units;           /* amounts are whole minor units, not decimals */
    bool optional;              /* of the balance: unreadable means unknown */
    bool negative;              /* of the expense: money out has a minus; else that is taken back */
    char *from[PROFILE_VALUES], *to[PROFILE_VALUES]; /* texts that stand for others */
};

/* A cell that holds one of these texts; '*' at either end of a text stands for anything. */
struct profile_test {
    int column;
    char *values[PROFILE_VALUES];
};

struct profile_when {
    struct profile_test tests[PROFILE_TESTS]; /* all must hold */
    int count;
};

enum profile_take {
    TAKE_SIGNED,  /* a movement with the sign of its amount */
    TAKE_INCOME, TAKE_EXPENSE,
    TAKE_NEUTRAL, /* moves nothing of this account, but is counted in totals */
    TAKE_SKIP     /* did not happen: closed, failed */
};

/* What to make of rows; the first rule whose conditions hold decides. */
struct profile_rule {
    struct profile_when when;
    enum profile_take take;
    int reference; /* column to take the reference from, -1: the usual one */
};

/* A figure that the file states about its rows. */
struct profile_total {
    char *pattern;                /* of a line, see struct profile; NULL: of the summary row */
    char *count_name, *sum_name;  /* header texts in the summary row, or NULL */
    struct profile_when when;     /* the rows it is about */
    int column;                   /* whose figures it sums, -1: the amounts of the rows */
    bool is_signed;               /* with their signs */
    enum control_kind count_kind, sum_kind;
};

/* Columns of one row whose sum must be another column. */
struct profile_check {
    char *label;
    int terms[PROFILE_TERMS]; /* COLUMN_AMOUNT: the movement with its sign */
    int count, equals;
};

enum profile_layout {
    LAYOUT_SEPARATED, LAYOUT_FIXED,
    LAYOUT_SUMMARY /* separated, but sums without movements: recognised, not read */
};

/* How one kind of table is read: a JSON file of profiles/, described in profile.schema.json.
 * Patterns are texts in which {account}, {currency}, {opening}, {closing}, {from}, {to}, {month},
 * {number}, {count}, {sum} or {skip} stands for what is taken from the line; a blank stands for any
 * blanks or cell ends. */
struct profile {
    char *name;
    int version;
    char *title[2], *help[2];     /* English, Chinese */
    enum profile_layout layout;
    int lengths[PROFILE_TEXTS], length_count; /* fixed width: bytes of a record */
    char separators[PROFILE_SEPARATORS + 1]; /* the header shows which of them the file has */
    char field_mark;              /* begins every field of a row, so that a text may hold
                                   * separators; 0: none */
    bool quotes;                  /* fields may stand in quotes */
    bool has_encoding;
    enum encoding encoding;
    struct profile_column columns[PROFILE_COLUMNS];
    int column_count;             /* with the extra ones */
    char *trim;                   /* characters that surround cells, besides blanks and tabs */
    char *empty[PROFILE_TEXTS];   /* texts that mean nothing */
    bool short_rows;              /* rows may end before the header does */
    bool tell_unused;             /* people write the header: columns that are not read are told */
    char decimal_mark;
    bool negate;                  /* positive amounts are money out */
    char *date_format;            /* YYYY, MM and DD at their places, a time as hh, mm, ss */
    char *credit[PROFILE_NAMES], *debit[PROFILE_NAMES]; /* values of the direction column */
    char *opening, *closing;      /* values of the id column that mark balance rows, or NULL */
    char *markers[PROFILE_TEXTS]; /* texts that stand in or before the header of such a file */
    char *absent[PROFILE_TEXTS];  /* header texts that it does not have */
    char *file_names[PROFILE_TEXTS]; /* patterns of its name, with {day} as YYMMDD or YYYYMMDD */
    char *footer[PROFILE_TEXTS];  /* lines that begin with one of these end the table */
    bool footer_required;         /* a file without one, or without its summary row, is cut */
    char *labels[PROFILE_LABELS]; /* patterns of lines before and after the table */
    struct profile_rule rules[PROFILE_RULES];
    int rule_count;
    struct profile_total totals[PROFILE_TOTALS];
    int total_count;
    struct profile_check checks[PROFILE_CHECKS];
    int check_count;
    const char *account;          /* from the caller: every row's account, or NULL */
    const char *fallback;         /* from the caller: account of a file that names none, or NULL */
    int day;                      /* from the caller: day of a file without years, or
                                   * ITEM_NO_DATE */
};

/* Reads one profile; the error names file, line and JSON pointer of what is wrong. */
struct profile *profile_read(const char *path, struct error *error);
void profile_free(struct profile *profile);

/* Whether a list of texts, NULL-terminated unless full, has this one. */
bool profile_lists(char *const texts[], size_t room, struct slice text);

/* All profiles of the program's share folder in order of file name and then those of the folder
 * $BANKOPS_PROFILES, which replace those of the same name; or only the one called `name` (NULL:
 * all). */
struct profiles {
    struct profile **list;
    size_t count;
};
/* False when one cannot be read, or there is none of that name; then there is nothing to free. */
bool profiles_read(const char *folder, const char *name, struct profiles *profiles,
                   struct error *error);
/* As profiles_read; a name with a slash or that ends in .json is the path of the only profile. */
bool profiles_choose(const char *folder, const char *name, struct profiles *profiles,
                     struct error *error);
/* What the caller knows that files may not say; `account` is kept, not copied, and may be NULL. */
void profiles_assume(struct profiles *profiles, const char *account, int day);
/* The account of files that name none; kept, not copied. */
void profiles_fall_back(struct profiles *profiles, const char *account);
void profiles_free(struct profiles *profiles);

#endif
