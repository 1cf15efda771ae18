#ifndef BANKOPS_RECONCILE_MATCH_TEXT_H
#define BANKOPS_RECONCILE_MATCH_TEXT_H

#include "reconcile/item.h"

enum { MATCH_FORM = 96, MATCH_CUT = 16 };

/* A reference in the form in which two writings of it are equal. */
struct match_form {
    char text[MATCH_FORM];
    size_t length;
};

/* Whether the field says that there is no reference: empty, NONREF, NOTPROVIDED. */
bool match_no_reference(struct slice reference);

/* Upper case letters and digits of the reference alone. Empty when it has more than MATCH_FORM. */
struct match_form match_plain(struct slice reference);

/* The same without a channel prefix (known ones, or letters before at least eight digits) and
 * without leading zeros. Empty when less than five characters are left. */
struct match_form match_core(struct slice reference);

/* The first word of a narrative that is a reference: at least eight digits, letters only before
 * them. Empty when there is none, or two that differ. */
struct match_form match_mined(struct slice narrative);

/* The core of the reference or, when the field says there is none, what the narrative holds; as it
 * is written when it has no core. Empty when it has more than MATCH_FORM. */
struct match_form match_form_of(struct slice reference, struct slice narrative);

/* The reference without its part number "-1" to "-99". Returns whether it has one. */
bool match_parent(struct slice reference, struct slice *parent);

/* Edits (insert, drop, replace, swap neighbours) that make one text of the other, 3 when more than
 * two, 0 when equal. */
int match_distance(struct slice one, struct slice other);

#endif
