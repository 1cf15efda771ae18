#ifndef BANKOPS_CONSOLE_CHECK_PART_H
#define BANKOPS_CONSOLE_CHECK_PART_H

#include "console/catalogue.h"
#include "console/finding.h"

/* Checks of the parts of a screen file, for check.c. `pointer` is the JSON Pointer of the part; what is
 * wrong goes to `found`. */
struct check {
    const struct definition *definition;
    const struct catalogue *catalogue;
    struct findings *found;
};

/* Where a value may come from at a place of the file. */
struct scope {
    const struct defined_columns *columns[2];
    const struct fields *fields;
    bool filters, search;
    bool loads; /* of what submit needs, a form asks its source for the rest */
};

/* Whether the fields (NULL: none), the filters or the parameters of the screen have one of this
 * name. */
bool check_has_field(const struct fields *fields, const char *name);
bool check_has_filter(const struct definition *definition, const char *name);
bool check_has_parameter(const struct definition *definition, const char *name);

/* Each value must have a source in `scope`. */
void check_bindings(struct check *check, const struct bindings *bindings, const struct scope *scope,
                    const char *pointer);
/* One view or one function, with arguments that have a value. */
void check_source(struct check *check, const struct source *source, const struct scope *scope,
                  const char *pointer);
/* Titles, currencies and columns named by others must be there, and one column must be shown. */
void check_columns(struct check *check, const struct defined_columns *columns, const char *pointer);
/* The screen must exist and its arguments have a value. */
void check_jump(struct check *check, const struct jump *jump, const struct scope *scope,
                const char *pointer);
/* `row`: the columns under the cursor that a lookup may name beside the fields; NULL: none. */
void check_fields(struct check *check, const struct fields *fields, const struct scope *row,
                  const char *pointer);
/* Each action does one thing, under a name and a key that nothing else has. */
void check_actions(struct check *check, const struct actions *actions, const struct scope *scope,
                   const char *pointer);
/* Each key column must be listed, and for keyset pages also stand in the order. */
void check_key(struct check *check, const int *key, int key_count, const struct order *order,
               int order_count, bool keyset, const char *pointer);

#endif
