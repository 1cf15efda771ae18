#ifndef BANKOPS_RECONCILE_PROFILE_H
#define BANKOPS_RECONCILE_PROFILE_H

#include "base/error.h"
#include "reconcile/scan.h"

#include <stdbool.h>
#include <stddef.h>

/* The fields of an item that a table's column can fill. */
enum column_role {
    COLUMN_SOURCE_ID, COLUMN_VALUE_DATE, COLUMN_BOOK_DATE, COLUMN_ACCOUNT, COLUMN_CURRENCY,
    COLUMN_DIRECTION, COLUMN_AMOUNT, COLUMN_INCOME, COLUMN_EXPENSE, COLUMN_REFERENCE,
    COLUMN_BANK_REFERENCE, COLUMN_COUNTERPARTY, COLUMN_NARRATIVE, COLUMN_KIND, COLUMN_ROLES
};

enum { PROFILE_NAMES = 8, PROFILE_HEADER_LINES = 100 };

struct profile_column {
    char *names[PROFILE_NAMES]; /* any of these header texts; NULL-terminated unless full */
    char *fixed;                /* value for every line instead of a column */
    bool required;
};

/* How one kind of table is read: a JSON file of profiles/. */
struct profile {
    char *name;
    int version;
    char separator;
    bool has_encoding;
    enum encoding encoding;
    struct profile_column columns[COLUMN_ROLES];
    bool minor_units;  /* amounts are whole minor units, not decimals */
    char decimal_mark;
    bool negate;       /* positive amounts are money out */
    char *date_format; /* YYYY, MM and DD at their places, anything else as it stands */
    char *credit[PROFILE_NAMES], *debit[PROFILE_NAMES]; /* values of the direction column */
    char *opening, *closing; /* values of the id column that mark balance rows, or NULL */
    char *footer;            /* lines that begin with this end the table, or NULL */
};

/* Reads one profile; the error names file, line and pointer of what is wrong. */
struct profile *profile_read(const char *path, struct error *error);
void profile_free(struct profile *profile);

/* All profiles of the program's share folder in order of name, or only the one called `name`
 * (NULL: all). */
struct profiles {
    struct profile **list;
    size_t count;
};
bool profiles_read(const char *folder, const char *name, struct profiles *profiles,
                   struct error *error);
void profiles_free(struct profiles *profiles);

#endif
